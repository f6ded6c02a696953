"""A sound as the proof hears it: 8 kHz, bright, and small enough to look through whole.

What tells one stretch of speech from another lies below 4 kHz.  A gentle treble boost (pre-emphasis) keeps
the strong low harmonics, which many vowels share, from hiding that.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cop_publish.audio import faults
from cop_publish.audio.argv import DEMUXERS, Input
from cop_publish.audio.engine import run
from cop_publish.audio.faults import Refused
from cop_publish.audio.pcm import Pcm, Stretch
from cop_publish.audio.scratch import FLOAT_BYTES, open_scratch, write_whole
from cop_publish.core.timeline import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cop_publish.audio.grid import Floats

RATE_HZ: Final = 8000
SIXTH: Final = SAMPLE_RATE_HZ // RATE_HZ  # samples at 48 kHz in one of a sketch
BLOCK: Final = RATE_HZ // 10  # 100 ms
EMPHASIS: Final = np.float32(0.95)  # of the sample before: 6 dB an octave above 65 Hz
_DECIMATED_AT_ONCE = 480_000  # 10 s at 48 kHz; its factors are small, so that its transform is quick
_PASS, _STOP = 3400.0, 4000.0  # Hz
_COUNT = re.compile(r"\] \[info\] Number of samples: (\d+)$")


@dataclass(frozen=True, slots=True)
class Sketch:
    """A whole file at 8 kHz on disk, without the treble boost, and its exact length at 48 kHz."""

    pcm: Pcm
    samples: int


@contextmanager
def sketch(engine: str, source: Input, folder: Path) -> Iterator[Sketch]:
    """Decode a file; the sketch is gone at the end.  Raises Refused of one that is no sound, OSError."""
    counts: list[int] = []

    def hear(line: str) -> None:
        if found := _COUNT.search(line):
            counts.append(int(found[1]))

    with open_scratch(folder) as file:
        argv = sketch_argv(engine, source)
        outcome = run(argv, lambda chunk: write_whole(file.fileno(), chunk), hear)
        if not outcome.ok or not counts:
            raise Refused(faults.cannot_run(outcome))
        samples = file.tell() // (FLOAT_BYTES * source.channels)
        yield Sketch(Pcm(source.channels, (Stretch(file, samples),)), counts[-1])


def sketch_argv(engine: str, source: Input) -> list[str]:
    """32-bit float PCM at 8 kHz on standard output; how many samples it was at 48 kHz on standard error."""
    graph = (
        f"{source.resampled},aformat=sample_fmts=flt:channel_layouts={source.layout},"
        f"astats=measure_perchannel=none:measure_overall=Number_of_samples,aresample={RATE_HZ}"
    )
    length = ["-ignore_length", "1"] if source.ignore_length else []
    allowed = ["-protocol_whitelist", "file,pipe", "-format_whitelist", DEMUXERS]
    return [
        *(engine, "-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info"),
        *(*length, "-t", f"{source.seconds:.6f}", *allowed, "-i", f"file:{source.path}"),
        *("-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-af", graph, "-c:a", "pcm_f32le", "-f", "f32le", "pipe:1"),
    ]


def sketched(frames: Floats) -> Floats:
    """Sound at 48 kHz, (n, channels), as a sketch holds it: (n / 6, channels), in step to the sample."""
    parts = [
        _decimated(frames[start : start + _DECIMATED_AT_ONCE])
        for start in range(0, len(frames), _DECIMATED_AT_ONCE)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, frames.shape[1]), np.float32)


def emphasised(frames: Floats) -> Floats:
    """With the treble boost: (n, channels) becomes (n - 1, channels); the first has none before it."""
    return frames[1:] - EMPHASIS * frames[:-1]


def _decimated(frames: Floats) -> Floats:
    """By cutting the spectrum off: no delay; what wraps round at the ends does so in every sound alike."""
    short = -len(frames) % SIXTH
    whole = np.pad(frames, ((0, short), (0, 0)))
    bands = np.fft.rfft(whole, axis=0)[: len(whole) // SIXTH // 2 + 1]
    hertz = np.linspace(0.0, RATE_HZ / 2, len(bands))
    slope = np.clip((_STOP - hertz) / (_STOP - _PASS), 0.0, 1.0).astype(np.float32)
    small = np.fft.irfft(bands * slope[:, None], len(whole) // SIXTH, axis=0)
    return (small / SIXTH).astype(np.float32)
