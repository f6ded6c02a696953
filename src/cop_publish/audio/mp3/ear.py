"""Hears a decoded chunk while it comes out of the decoder: true peaks, and whether it is what was put in.

Block by block of 100 ms the decoded sound is correlated with what was fed to the encoder, at the very place
where it must be.  A block that holds anything else - a cut that is not one, a piece in the wrong place -
correlates with it no more than chance does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cop_publish.audio import faults
from cop_publish.audio.faults import Refused
from cop_publish.audio.grid import BLOCK, FRAME, HOP, Array, Doubles, Floats
from cop_publish.audio.planning.levels import reader
from cop_publish.audio.planning.true_peak import near_hops, reach, true_peaks

if TYPE_CHECKING:
    from cop_publish.audio.planning.levels import Read

PIECE = 20 * BLOCK  # 2 s: what is looked at in one go
FLOAT_BYTES = 4


@dataclass(frozen=True, slots=True)
class Stretch:
    """Places in samples of the master: what is decoded begins at `decoded`, what is heard at `start`."""

    decoded: int
    start: int
    end: int
    samples: int  # of the whole master: after them there is nothing


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What was heard between samples `start` and `end` of the master.

    Loudness has a value for each whole block of 100 ms, everything else for a part of one at the end too.
    """

    start: int
    end: int
    momentary: Floats  # LUFS as heard
    short_term: Floats
    peak: Floats  # linear; the true peak wherever it may pass the limit or be the highest
    power: Floats  # mean square over samples and channels
    correlation: Floats  # with what was fed, -1 to 1; 0 where either is silent
    loud_hops: Array  # hops of 2 ms above the limit, counted from the start of the master
    loud_peaks: Doubles  # linear


class Ear:
    """Takes 32-bit float PCM in whatever pieces it comes, and looks at 2 s at a time."""

    def __init__(self, fed: Read, channels: int, stretch: Stretch, limit: float) -> None:
        self._fed, self._channels, self._stretch, self._limit = fed, channels, stretch, limit
        self._place = stretch.start  # of what is to be heard next
        # A hop more on each side lets the true peak look between the samples at the edges.
        self._window = np.zeros((PIECE + 2 * HOP, channels), np.float32)
        self._filled = HOP if stretch.start == stretch.decoded else 0
        self._skipped = max(0, stretch.start - HOP - stretch.decoded)
        self._rest = b""
        self._highest = 0.0
        self._blocks: list[tuple[Floats, Floats, Floats]] = []
        self._loud: list[tuple[Array, Doubles]] = [(np.zeros(0, np.int64), np.zeros(0))]

    def take(self, pcm: bytes | memoryview) -> int:
        """Take some of the PCM; says how many samples it was."""
        content = self._rest + pcm if self._rest else pcm
        whole = len(content) - len(content) % (FLOAT_BYTES * self._channels)
        self._rest = bytes(content[whole:])
        frames = np.frombuffer(content[:whole], "<f4").reshape(-1, self._channels)
        left = frames[self._skipped :]
        self._skipped = max(0, self._skipped - len(frames))
        while len(left) and self._place < self._stretch.end:
            some = left[: len(self._window) - self._filled]
            self._window[self._filled : self._filled + len(some)] = some
            self._filled += len(some)
            left = left[len(some) :]
            if self._filled == len(self._window):
                self._look()
        return len(frames)

    def heard(self, momentary: Floats, short_term: Floats) -> Heard:
        """Everything, after the last of the PCM.  Raises Refused where that is not as long as it must be."""
        start, end = self._stretch.start, self._stretch.end
        if self._place < end:
            if self._place + self._filled - HOP < end:
                raise Refused(faults.WRONG_LENGTH)
            self._look()
        if len(momentary) != (end - start) // BLOCK:
            raise Refused(faults.WRONG_LENGTH)
        peak, power, correlation = (np.concatenate(values) for values in zip(*self._blocks, strict=True))
        hops, peaks = (np.concatenate(values) for values in zip(*self._loud, strict=True))
        return Heard(start, end, momentary, short_term, peak, power, correlation, hops, peaks)

    def _look(self) -> None:
        """Hear what is in the window, and move on."""
        count = min(PIECE, self._stretch.end - self._place)
        self._window[self._filled :] = 0
        if self._place + count == self._stretch.samples:
            self._window[HOP + count :] = 0
        peaks = self._peaks(-(-count // HOP))
        heard, fed = self._window[HOP : HOP + count], self._fed(self._place, self._place + count)
        self._blocks.append((_highest_of(peaks), *_compared(heard, fed)))
        self._window[: 2 * HOP] = self._window[-2 * HOP :].copy()
        self._filled = 2 * HOP
        self._place += count

    def _peaks(self, hops: int) -> Doubles:
        """The peak of each hop; the true peak of those that may be too high, or the highest of the chunk."""
        window = self._window[: (hops + 2) * HOP]
        rows = window.reshape(hops + 2, -1)
        peaks = np.maximum(rows.max(axis=1), -rows.min(axis=1))
        self._highest = max(self._highest, float(peaks.max()))
        limit = min(self._limit, self._highest)
        near = near_hops(peaks, limit)
        near = near[(near > 0) & (near <= hops)]
        near = near[reach(reader(window), near) > np.float32(limit)]
        found: Doubles = peaks[1:-1].astype(np.float64)
        found[near - 1] = true_peaks(reader(window), near)
        loud = np.flatnonzero(found > self._limit)
        self._loud.append((self._place // HOP + loud, found[loud]))
        return found


def nothing_heard(samples: int) -> Heard:
    """A master of which nothing has been heard yet; `note` fills it in."""
    whole, begun = samples // BLOCK, -(-samples // BLOCK)
    momentary, short_term = (np.zeros(whole, np.float32) for _ in range(2))
    peak, power, correlation = (np.zeros(begun, np.float32) for _ in range(3))
    nothing = np.zeros(0, np.int64), np.zeros(0)
    return Heard(0, samples, momentary, short_term, peak, power, correlation, *nothing)


def note(master: Heard, part: Heard) -> None:
    """Write what was heard of a part in its place."""
    first = part.start // BLOCK
    for name in ("momentary", "short_term", "peak", "power", "correlation"):
        values = getattr(part, name)
        getattr(master, name)[first : first + len(values)] = values


def _highest_of(peaks: Doubles) -> Floats:
    """The highest of each block."""
    return np.maximum.reduceat(peaks, np.arange(0, len(peaks), BLOCK // HOP)).astype(np.float32)


def _compared(heard: Floats, fed: Floats) -> tuple[Floats, Floats]:
    """Of each block: the mean square of what is heard, and its correlation with what was fed."""
    blocks, channels = -(-len(heard) // BLOCK), heard.shape[1]
    x, y = (_in_blocks(sound, blocks) for sound in (fed, heard))
    xx, yy, xy = (np.einsum("ij,ij->i", a, b) for a, b in ((x, x), (y, y), (x, y)))
    norm = np.sqrt(xx * yy)
    correlation = np.divide(xy, norm, out=np.zeros_like(xy), where=norm > 0)
    lengths = np.minimum(BLOCK, len(heard) - BLOCK * np.arange(blocks)) * channels
    return (yy / lengths).astype(np.float32), correlation


def _in_blocks(sound: Floats, blocks: int) -> Floats:
    missing = blocks * BLOCK - len(sound)
    return np.pad(sound, ((0, missing), (0, 0))).reshape(blocks, -1) if missing else sound.reshape(blocks, -1)


assert FRAME % HOP == 0 == PIECE % BLOCK  # noqa: S101 - or nothing here would be on its grid
