"""Who is compared, and the command of each: all with the same ffmpeg."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import imageio_ffmpeg  # type: ignore[import-untyped]  # it has no types

if TYPE_CHECKING:
    from collections.abc import Callable

    from generated_sound import TestSound

HERE: Final = Path(__file__).parent
OUR_FADE: Final = 480  # 10 ms at a cut, as docs/formats.md says
FFN_USUAL: Final = ("-t", "-16", "-tp", "-1", "-c:a", "libmp3lame", "-b:a", "128k", "-ar", "48000")
FFN_MONO: Final = ("-t", "-19", "-tp", "-1", "-ac", "1", "-c:a", "libmp3lame", "-b:a", "96k", "-ar", "48000")


@dataclass(frozen=True, slots=True)
class Contender:
    """A name for the table, and the command that makes the MP3 of a sound."""

    name: str
    command: Callable[[TestSound, Path], tuple[str, ...]]
    cuts: bool = False  # leaves the planted stretch out, so what comes behind it moves up
    fade_samples: int = 0  # ... and by these too, for the two sides sound together so long


@cache
def engine() -> str:
    """The ffmpeg of everyone."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def environment(source: Path) -> dict[str, str]:
    """`source` is the copy of our program to run, whatever is edited meanwhile."""
    ours = {"PYTHONPATH": str(source), "OPENBLAS_NUM_THREADS": "1"}  # as our command line has it
    return {**os.environ, "FFMPEG_PATH": engine(), "PYTHONWARNINGS": "ignore", **ours}


def _ours(name: str, channels: str, *more: str, cuts: bool = False) -> Contender:
    def command(sound: TestSound, target: Path) -> tuple[str, ...]:
        cut = [repr(second) for second in sound.planted or ()] if cuts else []
        options = (*more, "--cut", *cut) if cut else more
        return _script("by_cop_publish", str(sound.path), str(target), channels, *options)

    return Contender(name, command, cuts, OUR_FADE if cuts else 0)


def _normalizer(name: str, *options: str) -> Contender:
    def command(sound: TestSound, target: Path) -> tuple[str, ...]:
        program = str(Path(sys.executable).with_name("ffmpeg-normalize"))
        return (sys.executable, program, str(sound.path), "-o", str(target), "-f", *options)

    return Contender(name, command)


def _floor(name: str, channels: int, kbps: int) -> Contender:
    def command(sound: TestSound, target: Path) -> tuple[str, ...]:
        asked = (str(channels), str(kbps), f"{sound.seconds}")
        return _script("by_lame", engine(), str(sound.path), str(target), *asked)

    return Contender(name, command)


def _by_hand(name: str, graph: str, *, cuts: bool) -> Contender:
    """One ffmpeg with a filter that names `start` and `end` of the planted stretch."""

    def command(sound: TestSound, target: Path) -> tuple[str, ...]:
        start, end = sound.planted or (0.0, 0.0)
        filters = graph.format(start=f"{start:.6f}", end=f"{end:.6f}")
        coding = ("-c:a", "libmp3lame", "-b:a", "128k", "-y", str(target))
        return (
            engine(),
            "-nostdin",
            "-v",
            "error",
            "-i",
            str(sound.path),
            "-filter_complex",
            filters,
            *coding,
        )

    return Contender(name, command, cuts)


def _by(name: str, script: str) -> Contender:
    return Contender(name, lambda sound, target: _script(script, engine(), str(sound.path), str(target)))


def _script(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, str(HERE / f"{name}.py"), *arguments)


FFN: Final = _normalizer("ffmpeg-normalize, as users run it", *FFN_USUAL)
FFN_LIKE_MONO: Final = _normalizer("ffmpeg-normalize, mono 96k", *FFN_MONO)
LOUDNORM: Final = _by("loudnorm by hand, two passes", "by_loudnorm")
PYDUB: Final = _by("pydub only", "by_pydub")
FLOOR_STEREO: Final = _floor("floor: LAME alone, stereo 128k", 2, 128)
FLOOR_MONO: Final = _floor("floor: LAME alone, mono 96k", 1, 96)
MUTED: Final = _by_hand("volume=0 by hand", "volume=0:enable='between(t,{start},{end})'", cuts=False)
TRIMMED: Final = _by_hand(
    "atrim and concat by hand",
    "asplit[a][b];[a]atrim=end={start}[c];[b]atrim=start={end},asetpts=PTS-STARTPTS[d];[c][d]concat=v=0:a=1",
    cuts=True,
)
OURS_AUTO: Final = _ours("ours, left to choose", "auto")
OURS_STEREO: Final = _ours("ours, stereo 128k", "stereo")
OURS_MONO: Final = _ours("ours, mono 96k", "mono")
QUICK_STEREO: Final = _ours("ours, stereo 128k, unverified", "stereo", "--unverified")
QUICK_MONO: Final = _ours("ours, mono 96k, unverified", "mono", "--unverified")
CUT_STEREO: Final = _ours("ours, stereo 128k, stretch removed", "stereo", cuts=True)
CUT_MONO: Final = _ours("ours, mono 96k, stretch removed", "mono", cuts=True)

PEERS: Final = (FFN, FFN_LIKE_MONO, LOUDNORM, PYDUB)
FLOORS: Final = (FLOOR_STEREO, FLOOR_MONO)
OURS: Final = (OURS_STEREO, OURS_MONO, QUICK_STEREO, QUICK_MONO)
