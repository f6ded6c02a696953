"""The decoded sound, on disk and not in memory: 32-bit float at 48 kHz, read a few seconds at a time.

Places are counted in Python's integers: a float32 could not tell samples apart after the first 350 seconds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from cop_publish.audio.scratch import FLOAT_BYTES

if TYPE_CHECKING:
    from typing import IO

    from cop_publish.audio.grid import Floats
    from cop_publish.audio.hearing.mix import Mix


class Readable(Protocol):
    """Sound that can be read anywhere, by any number of threads at once."""

    @property
    def channels(self) -> int: ...

    @property
    def samples(self) -> int: ...

    def read(self, start: int, stop: int) -> Floats:
        """Samples `start` to `stop` (not included) as (n, channels); zeros outside."""
        ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """Interleaved samples in a file that stays open (`scratch.py`), after some that do not count."""

    file: IO[bytes]
    samples: int
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Pcm:
    """Stretches that follow each other."""

    channels: int
    stretches: tuple[Stretch, ...]

    @property
    def samples(self) -> int:
        return sum(stretch.samples for stretch in self.stretches)

    def read(self, start: int, stop: int) -> Floats:
        """Samples as (n, channels), zeros outside the sound.  Raises OSError, EOFError of a short file."""
        frames, begin = np.empty((max(0, stop - start), self.channels), np.float32), 0
        filled = min(max(0, -start), len(frames))
        frames[:filled] = 0
        for stretch in self.stretches:
            first, last = max(start, begin), min(stop, begin + stretch.samples)
            if first < last:
                filled = last - start
                self._fill(frames[first - start : filled], stretch, first - begin)
            begin += stretch.samples
        frames[filled:] = 0
        return frames

    def close(self) -> None:
        """The samples are gone with it."""
        for stretch in self.stretches:
            stretch.file.close()

    def _fill(self, frames: Floats, stretch: Stretch, first: int) -> None:
        """By position and not by `read`: the file has one place to stand, and there are many readers."""
        wanted = frames.reshape(-1).view(np.uint8).data
        at = (stretch.skipped + first) * self.channels * FLOAT_BYTES
        while wanted:
            got = os.preadv(stretch.file.fileno(), [wanted], at)
            if got == 0:
                raise EOFError("the scratch file is shorter than its sound")
            wanted, at = wanted[got:], at + got


@dataclass(frozen=True, slots=True)
class Mixed:
    """The same sound in the channels of the master."""

    pcm: Readable
    mix: Mix

    @property
    def channels(self) -> int:
        return self.mix.channels

    @property
    def samples(self) -> int:
        return self.pcm.samples

    def read(self, start: int, stop: int) -> Floats:
        """Samples as (n, channels of the master), zeros outside the sound."""
        return self.mix.apply(self.pcm.read(start, stop))
