"""What a master may hold, put together once more from the original recording, apart from what made it.

It is kept as two layers, because their gains differ: the talk with its tones, and beside it the intro, the
outro and the other phase of the tones.  Removed ranges are silent here even if the timeline should hold them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from cop_publish.audio.proof.sketch import RATE_HZ, SIXTH
from cop_publish.core.timeline import Origin, Piece, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.audio.grid import Array, Floats
    from cop_publish.audio.pcm import Readable

TONE_HZ: Final = 1000.0
TONE_SIZE: Final = 0.1  # -20 dBFS, so that one gain fits it and the talk beside it
REACH: Final = 32  # taps on either side: 4 ms
_AS_IT_IS = np.ones(1, np.float32)


@dataclass(frozen=True, slots=True)
class Originals:
    """Sketches of what went in, in the channels of the master; no intro, no outro: None."""

    recording: Readable
    intro: Readable | None = None
    outro: Readable | None = None


@dataclass(frozen=True, slots=True)
class Alone:
    """A stretch of a sound, and silence around it: samples `first` to `last` (not included)."""

    sound: Readable
    first: int
    last: int

    @property
    def channels(self) -> int:
        return self.sound.channels

    @property
    def samples(self) -> int:
        return self.sound.samples

    def read(self, start: int, stop: int) -> Floats:
        """Samples as (n, channels), zeros outside the stretch."""
        frames = self.sound.read(start, stop)
        frames[: max(self.first - start, 0)] = 0.0
        frames[max(self.last - start, 0) :] = 0.0
        return frames


@dataclass(frozen=True, slots=True, eq=False)
class Permitted:
    """The permitted sound of a timeline.  `response` is what the processing does to the talk, as taps."""

    timeline: Timeline
    originals: Originals
    response: Floats
    removed: tuple[tuple[int, int], ...]  # samples at 48 kHz of the recording, in order

    def read(self, start: int, stop: int) -> tuple[Floats, Floats]:
        """Both layers of samples `start` to `stop` at 8 kHz of published time, each (n, channels)."""
        layers = np.zeros((2, stop - start, self.originals.recording.channels), np.float32)
        pieces = self.timeline.pieces
        for index, (piece, at) in enumerate(zip(pieces, self.timeline.starts, strict=True)):
            first, last = max(start, _up(at)), min(stop, _up(at + piece.end - piece.start))
            if first >= last:
                continue
            after = pieces[index + 1].overlap if index + 1 < len(pieces) else 0
            fade = _fades(piece, at, after, np.arange(first, last))[:, None]
            for layer, sound in self._sounds(piece, at, first, last):
                layers[layer, first - start : last - start] += fade * sound
        return layers[0], layers[1]

    def without(self, start: int, end: int) -> Permitted:
        """The same with one more removed range."""
        return replace(self, removed=tuple(sorted((*self.removed, (start, end)))))

    def _sounds(self, piece: Piece, at: int, first: int, last: int) -> Iterator[tuple[int, Floats]]:
        if piece.origin is Origin.RECORDING:
            yield 0, self._talk(piece.start - at, first, last)
        elif piece.origin is Origin.TONE:
            turns = 2 * np.pi * TONE_HZ * np.arange(first, last) / RATE_HZ
            yield 0, (TONE_SIZE * np.sin(turns))[:, None].astype(np.float32)
            yield 1, (TONE_SIZE * np.cos(turns))[:, None].astype(np.float32)
        elif piece.origin is not Origin.SILENCE:
            clip = self.originals.intro if piece.origin is Origin.INTRO else self.originals.outro
            if clip is not None:
                yield 1, shifted(clip, piece.start - at, first, last, _AS_IT_IS)

    def _talk(self, ahead: int, first: int, last: int) -> Floats:
        sound = shifted(self.originals.recording, ahead, first, last, self.response)
        for start, end in self.removed:
            begin, stop = (start - ahead) // SIXTH - first, _up(end - ahead) - first
            sound[max(begin, 0) : max(stop, 0)] = 0.0
        return sound


def permitted_of(timeline: Timeline, originals: Originals) -> Permitted:
    """As the timeline and its gaps have it, as if nothing had been processed."""
    removed = tuple((gap.start, gap.end) for gap in timeline.gaps)
    return Permitted(timeline, originals, _AS_IT_IS, removed)


def shifted(source: Readable, ahead: int, first: int, last: int, taps: Floats) -> Floats:
    """A sketch read `ahead` samples of 48 kHz further on: whole ones at 8 kHz by place, sixths by filter."""
    whole, sixths = divmod(ahead, SIXTH)
    both = np.convolve(_sixths(sixths), taps).astype(np.float32) if sixths else taps
    reach = len(both) // 2
    return convolved(source.read(first + whole - reach, last + whole + reach), both)


def convolved(sound: Floats, taps: Floats) -> Floats:
    """Filter each channel; the middle tap is without delay, and half a filter is lost at either end."""
    if len(taps) == 1:
        return np.asarray(sound * taps[0], np.float32)
    size = 1 << (len(sound) - 1).bit_length()
    spectrum = np.fft.rfft(sound, size, axis=0) * np.fft.rfft(taps, size)[:, None]
    return np.asarray(np.fft.irfft(spectrum, size, axis=0)[len(taps) - 1 : len(sound)], np.float32)


def _sixths(count: int) -> Floats:
    """Taps that look `count` sixths of a sample ahead: a windowed sinc."""
    places = np.arange(-REACH, REACH + 1) + count / SIXTH
    window = 0.5 + 0.5 * np.cos(np.pi * np.clip(places / (REACH + 1), -1, 1))
    return np.asarray(np.sinc(places) * window, np.float32)


def _fades(piece: Piece, at: int, after: int, places: Array) -> Floats:
    """The weight of a piece: rising over its overlap with the one before, falling over the one after."""
    since = places * SIXTH - at
    if since[0] >= piece.overlap and piece.end - piece.start - since[-1] >= after:
        return np.ones(1, np.float32)
    weight = np.ones(len(places))
    if piece.overlap:
        weight = np.minimum(weight, since / piece.overlap)
    if after:
        weight = np.minimum(weight, (piece.end - piece.start - since) / after)
    return np.asarray(np.clip(weight, 0.0, 1.0), np.float32)


def _up(sample: int) -> int:
    return math.ceil(sample / SIXTH)
