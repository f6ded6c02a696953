"""The master's sound in small: a peak and a power every 2 ms, from which everything is planned.

Three hours are 5.4 million hops, so two arrays of 22 MB; the sound itself is read in pieces of at most 5 s.

Powers are weighted nearly as loudness is (ITU-R BS.1770-5, stage 1: a shelf of +4 dB above 1.7 kHz), because
claps and hisses, which a limiter turns down, count for more than the voices they stand among.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from cop_publish.audio.grid import HOP, Array, Floats
from cop_publish.audio.scratch import FLOAT_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PIECE_HOPS = 2400  # 4.8 s, and a few samples more
SHELF = 10 ** (4 / 20)  # BS.1770-5, stage 1
SMOOTH = 16  # samples: their mean passes what is below 1.7 kHz, half of it there
ONE_AS_TWO = 2.0  # a master of one channel is heard from two loudspeakers: 3.01 dB more


class Read(Protocol):
    """Gives samples `start` to `stop` (not included) as float32 (n, channels); zeros where there are none."""

    def __call__(self, start: int, stop: int, /) -> Floats: ...


class Share(Protocol):
    """Does a piece of work with every part, as `map` does, in any order or side by side."""

    def __call__(
        self, work: Callable[[tuple[int, int]], None], parts: Iterable[tuple[int, int]], /
    ) -> Iterable[None]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """By hops of 2 ms; the last one may be part of a hop, and counts as if zeros followed."""

    samples: int
    channels: int
    peak: Floats  # (hops,) highest |sample| of any channel, full scale 1
    power: Floats  # (hops,) mean square of the weighted sound, summed over the loudspeakers

    @property
    def hops(self) -> int:
        return len(self.peak)


def levels(read: Read, samples: int, channels: int, share: Share = map) -> Levels:
    """Read the whole sound once."""
    hops = -(-samples // HOP)
    peak, power = _mapped(hops), _mapped(hops)
    speakers = ONE_AS_TWO if channels == 1 else 1.0

    def look(part: tuple[int, int]) -> None:
        first, last = part
        sound = read(first * HOP - SMOOTH // 2, last * HOP + SMOOTH // 2 - 1)
        rows = sound[SMOOTH // 2 : SMOOTH // 2 + (last - first) * HOP].reshape(last - first, -1)
        peak[first:last] = np.maximum(rows.max(axis=1), -rows.min(axis=1))
        heard = _shelved(sound).reshape(last - first, -1)
        power[first:last] = np.einsum("ij,ij->i", heard, heard) * np.float32(speakers / HOP)

    for _ in share(look, pieces(hops, PIECE_HOPS)):
        pass
    return Levels(samples, channels, peak, power)


def _mapped(count: int) -> Floats:
    """Zeros that go back to the system with the array.

    `malloc` would keep them; once it has seen large blocks come and go, it keeps as much for every thread.
    """
    return np.frombuffer(mmap.mmap(-1, max(1, count * FLOAT_BYTES)), np.float32, count)


def _shelved(sound: Floats) -> Floats:
    """The sound with its upper part raised, 15 samples shorter: the standard's shelf within 0.7 dB."""
    sums, width = sound, 1
    while width < SMOOTH:
        sums, width = sums[:-width] + sums[width:], 2 * width
    shelved = sound[SMOOTH // 2 : SMOOTH // 2 + len(sums)] * np.float32(SHELF)
    sums *= np.float32((1 - SHELF) / SMOOTH)
    shelved += sums
    return shelved


def pieces(count: int, most: int) -> Iterator[tuple[int, int]]:
    """Cut `count` things into stretches of at most `most`: (first, last not included)."""
    for first in range(0, count, most):
        yield first, min(first + most, count)


def reader(sound: Array) -> Read:
    """Sound that is in memory, (samples, channels), read as one reads a file."""

    def read(start: int, stop: int, /) -> Floats:
        inside = sound[max(start, 0) : max(stop, 0)]
        before = min(max(-start, 0), stop - start)
        after = stop - start - before - len(inside)
        if not (before or after):
            return inside.astype(np.float32, copy=False)
        return np.pad(inside, ((before, after), (0, 0))).astype(np.float32, copy=False)

    return read
