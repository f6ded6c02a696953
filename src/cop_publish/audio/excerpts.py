"""A minute or so of a finished master as a small MP3 of its own: what somebody's part will sound like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cop_publish.audio import faults
from cop_publish.audio.argv import encode_chunk_argv, excerpt_argv
from cop_publish.audio.clips import LONGEST_SECONDS, excerpt
from cop_publish.audio.engine import limits_for, run
from cop_publish.audio.faults import Refused
from cop_publish.audio.recording.probe import probe
from cop_publish.core.timeline import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.audio.grid import Floats

KBPS: Final = {1: 64, 2: 96}  # by channels: an e-mail carries ten minutes of it


def excerpt_mp3(engine: str, master: Path, start_seconds: float, end_seconds: float) -> bytes:
    """Cut a stretch out of a master, faded in and out, without tags or anything else of the file.

    At most two minutes (`LONGEST_SECONDS`).  Raises Refused, OSError.
    """
    end_seconds = min(end_seconds, start_seconds + LONGEST_SECONDS)
    source = _Master(engine, master, probe(engine, master).input.channels)
    frames = excerpt(source, start_seconds, end_seconds)
    made = bytearray()
    argv = encode_chunk_argv(engine, source.channels, KBPS[source.channels])
    pcm = np.ascontiguousarray(frames, "<f4").tobytes()
    outcome = run(argv, made.extend, _ignore, limits_for(LONGEST_SECONDS), [pcm])
    if not outcome.ok:
        raise Refused(faults.UNDECODABLE)
    return bytes(made)


@dataclass(frozen=True, slots=True)
class _Master:
    """A finished file, of which only what is asked for is decoded."""

    engine: str
    path: Path
    channels: int
    samples: int = 0

    def read(self, start: int, stop: int) -> Floats:
        found = bytearray()
        span = start / SAMPLE_RATE_HZ, (stop - start) / SAMPLE_RATE_HZ
        argv = excerpt_argv(self.engine, self.path, self.channels, span)
        outcome = run(argv, found.extend, _ignore, limits_for(LONGEST_SECONDS))
        if not outcome.ok:
            raise Refused(faults.UNDECODABLE)
        frames = np.frombuffer(bytes(found), "<f4").reshape(-1, self.channels)
        return np.asarray(frames, np.float32)


def _ignore(_: str) -> None:
    """What ffmpeg says could quote the file."""
