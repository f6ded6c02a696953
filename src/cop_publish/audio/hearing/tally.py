"""Takes the talk as it arrives, into a few sums that say what kind of sound it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cop_publish.audio.hearing.mix import Energies
from cop_publish.audio.scratch import FLOAT_BYTES
from cop_publish.core.timeline import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from cop_publish.audio.grid import Floats

ALMOST_FULL = 0.98  # -0.18 dBFS: flat there, it was clipped
FLAT_SAMPLES = 3  # as long as this without a change at such a level
LOOK_SAMPLES = SAMPLE_RATE_HZ  # at a time: the sums do not depend on the pieces that a pipe gives


class NotFinite(Exception):
    """A sample is not a finite number; `sample` counts from where the tally began."""

    def __init__(self, sample: int) -> None:
        super().__init__(f"sample {sample} is not a finite number")
        self.sample = sample


@dataclass(frozen=True, slots=True)
class Sums:
    """Of the untouched talk; the values of two stretches add up."""

    samples: int
    energies: tuple[float, float, float]  # left squared, right squared, left times right
    offsets: tuple[float, ...]  # the sum of each channel
    clipped: int  # samples in flat tops, all channels together

    def __add__(self, other: Sums) -> Sums:
        left, right, cross = (a + b for a, b in zip(self.energies, other.energies, strict=True))
        offsets = tuple(a + b for a, b in zip(self.offsets, other.offsets, strict=True))
        return Sums(self.samples + other.samples, (left, right, cross), offsets, self.clipped + other.clipped)

    @property
    def dc_offset(self) -> float:
        """That of the channel that has most; full scale 1."""
        return max((abs(offset) for offset in self.offsets), default=0.0) / max(1, self.samples)

    def mix_energies(self) -> Energies | None:
        """None for one channel."""
        return Energies(*self.energies) if len(self.offsets) > 1 else None


class Tally:
    """Sums up interleaved 32-bit float PCM, whatever pieces it comes in."""

    def __init__(self, channels: int, skipped: int = 0) -> None:
        """The first `skipped` samples do not count."""
        self.samples = 0  # that counted
        self._channels, self._skipped = channels, skipped
        # The same memory each time: fresh pages would cost as much as everything else here.
        self._window = np.zeros((LOOK_SAMPLES, channels), np.float32)
        self._bytes = memoryview(self._window.reshape(-1).view(np.uint8).data)
        self._filled = 0  # bytes of it
        self._apart = np.zeros((channels, LOOK_SAMPLES), np.float32)
        self._adder = Adder(channels)

    def take(self, pcm: bytes | memoryview) -> int:
        """Take some of it; says how many samples were counted by that.  Raises NotFinite."""
        before, rest = self.samples, memoryview(pcm)
        while rest:
            some = rest[: len(self._bytes) - self._filled]
            self._bytes[self._filled : self._filled + len(some)] = some
            self._filled += len(some)
            rest = rest[len(some) :]
            if self._filled == len(self._bytes):
                self._look(LOOK_SAMPLES)
        return self.samples - before

    def finish(self) -> Sums:
        """After the last piece.  Raises NotFinite."""
        self._look(self._filled // (self._channels * FLOAT_BYTES))
        return self._adder.sums()

    def _look(self, samples: int) -> None:
        skipped = min(self._skipped, samples)
        self._skipped -= skipped
        self._filled = 0
        frames = self._window[skipped:samples]
        if not np.isfinite(frames.sum()):
            _refuse_broken(frames, self.samples)
        apart = self._apart[:, : len(frames)]
        apart[:] = frames.T
        self._adder.take(apart)
        self.samples += len(frames)


class Adder:
    """Sums up a sound a second at a time."""

    def __init__(self, channels: int) -> None:
        self._samples, self._clipped = 0, 0
        self._energies, self._offsets = np.zeros(3), np.zeros(channels)
        self._flat = [_FlatTops() for _ in range(channels)]

    def take(self, channels: Floats) -> None:
        """Take what follows, (channels, n)."""
        if len(channels) > 1:
            left, right = channels
            self._energies += (np.dot(left, left), np.dot(right, right), np.dot(left, right))
        self._offsets += channels.sum(axis=1)
        self._clipped += sum(flat.count(one) for flat, one in zip(self._flat, channels, strict=True))
        self._samples += channels.shape[1]

    def sums(self) -> Sums:
        """Of all that was taken."""
        left, right, cross = self._energies.tolist()
        return Sums(self._samples, (left, right, cross), tuple(self._offsets.tolist()), self._clipped)


class _FlatTops:
    """Counts the samples of one channel that lie in flat tops, over the edges of pieces too."""

    def __init__(self) -> None:
        self._last = np.zeros(FLAT_SAMPLES, np.float32)

    def count(self, sound: Floats) -> int:
        before = self._last
        self._last = np.concatenate([before, sound[-FLAT_SAMPLES:]])[-FLAT_SAMPLES:]
        if max(float(sound.max(initial=0)), -float(sound.min(initial=0))) < ALMOST_FULL:
            return 0
        line = np.concatenate([before, sound])
        same = (line[1:] == line[:-1]) & (np.abs(line[1:]) >= ALMOST_FULL)
        ends = same[1:] & same[:-1]  # the third of a run and every one after it
        begins = ends[1:] & ~ends[:-1]  # the first of them is known from the piece before
        return int(ends[1:].sum()) + (FLAT_SAMPLES - 1) * int(begins.sum())


def _refuse_broken(frames: Floats, before: int) -> None:
    """A sum may be too large where all of its values are finite."""
    finite = np.isfinite(frames).all(axis=1)
    if not finite.all():
        raise NotFinite(before + int(np.argmin(finite)))
