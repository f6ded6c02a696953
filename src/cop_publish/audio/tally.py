"""Takes sound as it arrives: to the scratch file, and into a few sums that say what kind of sound it is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np

from cop_publish.audio.mix import Energies
from cop_publish.audio.scratch import FLOAT_BYTES
from cop_publish.core.timeline import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from cop_publish.audio.grid import Array, Floats

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
    """Counts, keeps and sums up interleaved 32-bit float PCM, whatever pieces it comes in.

    It has twice the channels: those to keep, and beside them the talk as it was (`hearing.py`).
    """

    def __init__(self, file: IO[bytes], channels: int, skipped: int, at: int) -> None:
        """The first `skipped` samples are thrown away; the next one is sample `at` of the file."""
        self.samples = 0  # kept
        self._file, self._channels, self._skipped, self._at = file, channels, skipped, at
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._energies, self._offsets = np.zeros(3), np.zeros(channels)
        self._clipped = 0
        self._flat = [_FlatTops() for _ in range(channels)]

    @property
    def frame_bytes(self) -> int:
        return 2 * self._channels * FLOAT_BYTES

    def take(self, pcm: bytes) -> int:
        """Take some of it; says how many samples were looked at by that.  Raises NotFinite, OSError."""
        self._waiting.append(pcm)
        self._waiting_bytes += len(pcm)
        return self._look() if self._waiting_bytes >= LOOK_SAMPLES * self.frame_bytes else 0

    def finish(self) -> Sums:
        """After the last piece.  Raises NotFinite, OSError."""
        self._look()
        self._keep(np.frombuffer(b"".join(self._waiting), "<f4"))
        left, right, cross = self._energies.tolist()
        return Sums(self.samples, (left, right, cross), tuple(self._offsets.tolist()), self._clipped)

    def _look(self) -> int:
        whole = b"".join(self._waiting)
        step, before = LOOK_SAMPLES * self.frame_bytes, self.samples
        end = len(whole) - len(whole) % step
        for start in range(0, end, step):
            self._keep(np.frombuffer(whole, "<f4", step // FLOAT_BYTES, start))
        self._waiting, self._waiting_bytes = [whole[end:]], len(whole) - end
        return self.samples - before

    def _keep(self, values: Floats) -> None:
        width = 2 * self._channels
        frames = values[: len(values) // width * width].reshape(-1, width)
        skipped = min(self._skipped, len(frames))
        self._skipped -= skipped
        frames = frames[skipped:]
        if not np.isfinite(frames.sum(dtype=np.float64)):
            _refuse_broken(frames, self.samples)
        kept = np.ascontiguousarray(frames[:, : self._channels])
        _write_at(self._file, kept, self._at + self.samples)
        self._sum_up(np.ascontiguousarray(frames[:, self._channels :].T))
        self.samples += len(frames)

    def _sum_up(self, channels: Floats) -> None:
        if len(channels) > 1:
            left, right = channels
            self._energies += (np.dot(left, left), np.dot(right, right), np.dot(left, right))
        self._offsets += channels.sum(axis=1, dtype=np.float64)
        self._clipped += sum(flat.count(one) for flat, one in zip(self._flat, channels, strict=True))


class _FlatTops:
    """Counts the samples of one channel that lie in flat tops, over the edges of pieces too."""

    def __init__(self) -> None:
        self._last = np.zeros(FLAT_SAMPLES, np.float32)

    def count(self, sound: Floats) -> int:
        line = np.concatenate([self._last, sound])
        self._last = line[-FLAT_SAMPLES:].copy()
        if len(sound) == 0 or max(float(line.max()), -float(line.min())) < ALMOST_FULL:
            return 0
        same = (line[1:] == line[:-1]) & (np.abs(line[1:]) >= ALMOST_FULL)
        ends = same[1:] & same[:-1]  # the third of a run and every one after it
        begins = ends[1:] & ~ends[:-1]  # the first of them is known from the piece before
        return int(ends[1:].sum()) + (FLAT_SAMPLES - 1) * int(begins.sum())


def _refuse_broken(frames: Floats, before: int) -> None:
    """A sum may be too large where all of its values are finite."""
    finite = np.isfinite(frames).all(axis=1)
    if not finite.all():
        raise NotFinite(before + int(np.argmin(finite)))


def _write_at(file: IO[bytes], frames: Array, sample: int) -> None:
    rest = memoryview(frames.reshape(-1).view(np.uint8).data)
    at = sample * frames.shape[1] * FLOAT_BYTES
    while rest:
        written = os.pwrite(file.fileno(), rest, at)
        rest, at = rest[written:], at + written
