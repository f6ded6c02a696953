"""What is true of a finished MP3, said by programs that none of the contenders is made of."""

from __future__ import annotations

import mmap
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from generated_sound import Turn
from meters import FRAME_SECONDS, Reading, hear, other_readings, spread_lu
from search import decode, scores
from synth import RATE_HZ
from wav_file import DEVICE, SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from generated_sound import TestSound

MONO_HEARD_LU: Final = 3.01  # one channel comes from both loudspeakers
MONO: Final = 3  # ISO/IEC 11172-3: the mode in a frame's header
UNTAGGED: Final = "No supported tags in the file"  # mp3val's words
CONTROL_SECONDS: Final = 4.0
SPELLINGS: Final = ("utf-8", "utf-16-le", "utf-16-be")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything judged; loudness as heard, a mono file from both loudspeakers.

    `planted` is the best match of the planted stretch, `control` the worst of a stretch that must be there.
    """

    channels: int
    kbps: int
    heard_lufs: dict[str, float]  # by meter
    true_peak_dbtp: dict[str, float]
    range_lu: float
    spread_before_lu: float
    spread_lu: float
    samples_off: int  # decoded, beyond what the recording has
    mp3val: list[str] | None  # its warnings; None where it is not installed
    leaked: list[str]  # what the recording says of its maker, found anywhere in the bytes
    tags: list[str]
    planted: float | None
    control: float | None


def judge(engine: str, sound: TestSound, path: Path, *, cut_samples: int) -> Verdict:
    """Decode, meter and search a contender's file.  Raises CalledProcessError, OSError."""
    heard = hear(engine, path)
    channels = channels_of(path)
    readings = [heard.reading("wheel's ffmpeg"), *other_readings(path)]
    lift = MONO_HEARD_LU if channels == 1 else 0.0
    planted, control = _searched(engine, sound, path)
    return Verdict(
        channels=channels,
        kbps=round(8 * path.stat().st_size / (len(heard.momentary_lufs) * FRAME_SECONDS) / 1000),
        heard_lufs={reading.meter: round(reading.plain_lufs + lift, 3) for reading in readings},
        true_peak_dbtp=_peaks(readings),
        range_lu=heard.range_lu,
        spread_before_lu=round(_spread_before(engine, sound), 2),
        spread_lu=round(spread_lu(heard.momentary_lufs, _turns(sound, cut_samples)), 2),
        samples_off=_samples(engine, path, channels) - (sound.samples - cut_samples),
        mp3val=_mp3val(path),
        leaked=leaked(path),
        tags=_tags(engine, path),
        planted=planted,
        control=control,
    )


def channels_of(path: Path) -> int:
    """By the header of the first frame behind an ID3v2 tag."""
    with path.open("rb") as file:
        head = file.read(10)
        size = sum((byte & 0x7F) << (21 - 7 * place) for place, byte in enumerate(head[6:10]))
        file.seek(10 + size if head[:3] == b"ID3" else 0)
        behind = file.read(1 << 16)
    start = behind.find(b"\xff\xfb")
    if start < 0:
        raise ValueError("No frame of an MP3 where one should begin.")
    return 1 if behind[start + 3] >> 6 == MONO else 2


def leaked(path: Path) -> list[str]:
    """Which of the recorder's words stand in the file, in any spelling."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        return [
            word for word in (SECRET, DEVICE) if any(whole.find(word.encode(way)) >= 0 for way in SPELLINGS)
        ]


def tag_names(ffmetadata: str) -> list[str]:
    """The names of the tags in what ffmpeg writes of a file, but the one that it writes of itself."""
    names = [line.partition("=")[0] for line in ffmetadata.splitlines() if "=" in line]
    return [name for name in names if name != "encoder"]


def warnings_in(said: str) -> list[str]:
    """Those of mp3val, without paths.  A file without a tag is no fault: tags are written later."""
    lines = [line for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))]
    return [text for line in lines if (text := line.rpartition('": ')[2]) != UNTAGGED]


def _peaks(readings: list[Reading]) -> dict[str, float]:
    return {reading.meter: round(reading.true_peak_dbtp, 3) for reading in readings}


def _turns(sound: TestSound, cut_samples: int) -> list[Turn]:
    """Who speaks when in the master: what comes behind the removed stretch moves up."""
    moved = cut_samples / RATE_HZ
    after = sound.planted[1] if sound.planted else 0.0
    return [turn if turn.start_seconds < after else _earlier(turn, moved) for turn in sound.turns]


def _earlier(turn: Turn, seconds: float) -> Turn:
    return Turn(turn.speaker, turn.start_seconds - seconds, turn.end_seconds - seconds)


@cache
def _spread_before(engine: str, sound: TestSound) -> float:
    return spread_lu(hear(engine, sound.path).momentary_lufs, sound.turns)


def _samples(engine: str, path: Path, channels: int) -> int:
    """As many as a player gets."""
    options = ["-nostdin", "-v", "error", "-i", f"file:{path}", "-map", "0:a:0", "-f", "s16le", "-"]
    counted = 0
    with subprocess.Popen([engine, *options], stdout=subprocess.PIPE) as child:
        while child.stdout and (piece := child.stdout.read(1 << 20)):
            counted += len(piece)
    return counted // (2 * channels)


def _mp3val(path: Path) -> list[str] | None:
    program = shutil.which("mp3val")
    if program is None:
        return None
    return warnings_in(
        subprocess.run([program, str(path)], capture_output=True, text=True, check=True).stdout
    )


def _tags(engine: str, path: Path) -> list[str]:
    options = ["-nostdin", "-v", "error", "-i", f"file:{path}", "-f", "ffmetadata", "-"]
    return tag_names(subprocess.run([engine, *options], capture_output=True, text=True, check=True).stdout)


def _searched(engine: str, sound: TestSound, path: Path) -> tuple[float | None, float | None]:
    """The planted stretch, and what was said just before it, which every master must hold."""
    if sound.planted is None:
        return None, None
    recording, master = decode(engine, sound.path), decode(engine, path)
    kept = max(turn.end_seconds for turn in sound.turns if turn.end_seconds <= sound.planted[0])
    planted = scores(recording, sound.planted, master)
    control = scores(recording, (kept - CONTROL_SECONDS, kept), master)
    return round(max(planted), 3), round(min(control), 3)
