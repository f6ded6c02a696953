"""How alike sounds are: blocks against what they should be, and a search for what may not be there.  Pure.

A sound is (n, channels) at 8 kHz with the treble boost of `sketch.py`, and all channels count together: what
sits in one of them alone, or upside down, cannot hide in a sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cop_publish.audio.proof.sketch import BLOCK, RATE_HZ, emphasised, sketched

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.audio.grid import Array, Doubles, Floats

WINDOW: Final = RATE_HZ // 2  # half a second: a leak of part of a range fills a window too
STRIDE: Final = WINDOW // 2
FIT: Final = RATE_HZ // 40  # 25 ms: a limiter moves no faster
LEFT_OVER: Final = 0.22  # of a sound's size (-13 dB): what is left below that is the encoder's noise
A_BLOCK: Final = 2 * BLOCK // FIT  # frames that begin in a block
ALERT: Final = 0.4  # from here on it is worth asking whether a place is permitted and like the window
REPEATED: Final = 0.5  # other speech is so much like a window at no place in ten minutes but a handful
BESIDE: Final = 4  # samples: half a millisecond
STRETCH_DB: Final = -45.0
STRETCH_BESIDE_DB: Final = 20.0
_TRANSFORM = 1 << 13  # about a second: what is searched are short stretches
_TOGETHER = 16  # windows searched for with one transform of the sound
_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """Blocks of 100 ms of published sound, each with its level and how much of it is as permitted, 0 to 1."""

    levels_db: Floats
    scores: Floats


def accounted(source: Floats, output: Floats) -> Accounts:
    """Compare decoded sound with what went into the encoder, both at 48 kHz, (n, channels), in step."""
    heard = emphasised(_led(sketched(output)))
    meant = emphasised(_led(sketched(source)))
    return account(heard, meant, np.zeros_like(meant))


def account(heard: Floats, first: Floats, second: Floats) -> Accounts:
    """How much of each block is some gain of the one permitted layer and some of the other.

    A block's score is that of the worst 50 ms in it where that is less: half a block of something else,
    beside half a block of loud permitted sound, would pass.  The rest after the last block helps with that.
    """
    blocks, hop = len(heard) // BLOCK, FIT // 2
    count = max((len(heard) - FIT) // hop + 1, 0)
    rows = [_frames(x, count, hop).reshape(count, -1) for x in (heard, first, second)]
    power, explained = _explained(*rows)
    whole = [_summed(x, blocks) for x in (power, explained)]
    scores = np.minimum(_share(whole[1], whole[0]), _worst_stretches(power, explained, blocks))
    mean = whole[0] * (hop / FIT) / (BLOCK * heard.shape[1])
    return Accounts(_decibels(mean), scores)


def left_over(heard: Floats, first: Floats, second: Floats) -> Floats:
    """What remains of a sound when the permitted layers, each at the gain that fits best, are taken away.

    The gains follow the sound in steps of 12.5 ms; as much at either end is without meaning.
    """
    hop = FIT // 2
    weights = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FIT) / FIT)).astype(np.float32)
    frames = (len(heard) - FIT) // hop + 1
    rest = heard.copy()
    if frames < 1:
        return rest
    rows = [_frames(x, frames, hop) for x in (heard, first, second)]
    halves = np.sqrt(weights)[None, :, None]
    gains = _gains(*((x * halves).reshape(frames, -1) for x in rows))
    fitted = gains[0][:, None, None] * rows[1] + gains[1][:, None, None] * rows[2]
    fitted *= weights[None, :, None]
    for start in (0, 1):  # frames that do not overlap, two sets of them
        some = fitted[start::2].reshape(-1, heard.shape[1])
        rest[start * hop : start * hop + len(some)] -= some
    return rest


def windows_of(range_sound: Floats) -> Floats:
    """Windows of half a second of a removed range, (k, WINDOW, channels), each of size 1.

    Left out is what says little: a pause (25 dB under the loudest of the others), and a window with hardly
    more in it than a click or the edge of a word (nearly all of it in less than 100 ms): it resembles any.
    """
    last = len(range_sound) - WINDOW
    starts = sorted({*range(0, last + 1, STRIDE), last}) if last >= 0 else []
    if not starts:
        return np.zeros((0, WINDOW, range_sound.shape[1]), np.float32)
    windows = np.stack([range_sound[s : s + WINDOW] for s in starts])
    power = np.square(windows).reshape(len(windows), WINDOW // FIT, -1).sum(axis=2)
    size = np.sqrt(power.sum(axis=1))
    frames = np.square(power.sum(axis=1)) / (np.square(power).sum(axis=1) + _TINY**2)
    full = frames * FIT >= BLOCK
    telling = full & (size >= max(float(size[full].max(initial=0.0)) * 10 ** (-25 / 20), 1e-9))
    return np.asarray(windows[telling] / size[telling][:, None, None], np.float32)


def search(windows: Floats, rest: Floats, heard: Floats, stretches: Iterable[tuple[int, int]]) -> Floats:
    """The highest normalised correlation of each window (size 1) in stretches of `rest`: (k,), 0 to 1.

    `rest` is what is left of `heard`; where that is less than `LEFT_OVER` of it, it counts as so much: noise
    is not blown up until it looks like something.  A place does not count where permitted sound itself is
    like the window: a jingle that is heard elsewhere too leaves something over that is like it.
    """
    best = np.zeros(len(windows), np.float32)
    steps = [step for begin, end in stretches for step in _steps(begin, min(end, len(rest)))]
    if not steps:
        return best
    fitted = heard - rest
    against = np.maximum(sizes(rest), np.float32(LEFT_OVER) * sizes_near(heard)) + np.float32(1e-6)
    for few in range(0, len(windows), _TOGETHER):
        spectra = np.conj(np.fft.rfft(windows[few : few + _TOGETHER], _TRANSFORM, axis=1))
        for start, stop in steps:
            sound = np.fft.rfft(rest[start : start + _TRANSFORM], _TRANSFORM, axis=0)
            found = np.fft.irfft((spectra * sound[None]).sum(axis=2), _TRANSFORM, axis=1)
            scores = np.abs(found[:, : stop - start]) / against[None, start:stop]
            for row in np.flatnonzero(scores.max(axis=1) >= ALERT):
                scores[row, _is_repeated(spectra[row], fitted, start, stop)] = 0.0
            best[few : few + _TOGETHER] = np.maximum(best[few : few + _TOGETHER], scores.max(axis=1))
    return np.minimum(best, 1.0)


def _is_repeated(spectrum: Array, fitted: Floats, start: int, stop: int) -> Array:
    """The places from `start` to `stop` at or beside which permitted sound is like a window."""
    sound = np.fft.rfft(fitted[start : start + _TRANSFORM], _TRANSFORM, axis=0)
    found = np.fft.irfft((spectrum * sound).sum(axis=1), _TRANSFORM)[: stop - start]
    alike = np.abs(found) >= REPEATED * sizes(fitted[start : stop + WINDOW - 1]) + 1e-6
    return np.convolve(alike, np.ones(2 * BESIDE + 1), "same")[: len(alike)] > 0


def sizes(sound: Floats) -> Floats:
    """The size of every window of a sound, from one running sum in double precision."""
    total = np.concatenate([[0.0], np.cumsum(np.square(sound, dtype=np.float64).sum(axis=1))])
    return np.asarray(np.sqrt(np.maximum(total[WINDOW:] - total[:-WINDOW], 0.0)), np.float32)


def sizes_near(sound: Floats) -> Floats:
    """The same, or that of the window 100 ms before or after where it is more.

    At the edge of a loud sound a window holds little of it, and mostly what the encoder spreads around it.
    """
    here = np.pad(sizes(sound), BLOCK)
    return np.asarray(np.maximum(here[BLOCK:-BLOCK], np.maximum(here[: -2 * BLOCK], here[2 * BLOCK :])))


def _led(frames: Floats) -> Floats:
    """One silent sample in front, so that the treble boost keeps the length."""
    return np.pad(frames, ((1, 0), (0, 0)))


def _steps(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Overlap-save: the places in a stretch that one transform judges without wrapping round."""
    places, step = end - WINDOW + 1, _TRANSFORM - WINDOW + 1
    for start in range(begin, places, step):
        yield start, min(start + step, places)


def _frames(sound: Floats, count: int, hop: int) -> Floats:
    if count == 0:
        return np.zeros((0, FIT, sound.shape[1]), np.float32)
    views = np.lib.stride_tricks.sliding_window_view(sound, FIT, axis=0)[::hop][:count]
    return views.transpose(0, 2, 1)


def _explained(heard: Floats, first: Floats, second: Floats) -> tuple[Doubles, Doubles]:
    """Row by row: the energy, and how much of it the layers explain."""
    gains = _gains(heard, first, second)
    explained = gains[0] * _dot(heard, first) + gains[1] * _dot(heard, second)
    return _dot(heard, heard), explained


def _worst_stretches(power: Doubles, explained: Doubles, blocks: int) -> Floats:
    """For each block the lowest score of three frames in a row, of which the best counts, 50 ms in all.

    Quiet frames, and those that are much quieter than what is near them, are the encoder's and pass.
    """
    near = np.lib.stride_tricks.sliding_window_view(np.pad(power, A_BLOCK), 2 * A_BLOCK + 1)
    floor = FIT * 10 ** (STRETCH_DB / 10)
    passes = (power < floor) | (power < near.max(axis=1) * 10 ** (-STRETCH_BESIDE_DB / 10))
    scores = np.where(passes, np.float32(1.0), _share(explained, power))
    runs = np.ones(blocks * A_BLOCK, np.float32)
    best = np.maximum(np.maximum(scores[:-2], scores[1:-1]), scores[2:])[: len(runs)]
    runs[: len(best)] = best
    return np.asarray(runs.reshape(blocks, A_BLOCK).min(axis=1, initial=1.0))


def _summed(frames: Doubles, blocks: int) -> Doubles:
    """Of the frames that begin in each block."""
    whole = np.zeros(blocks * A_BLOCK)
    whole[: len(frames)] = frames[: len(whole)]
    return np.asarray(whole.reshape(blocks, A_BLOCK).sum(axis=1))


def _share(part: Doubles, of: Doubles) -> Floats:
    return np.asarray(np.sqrt(np.clip(part / (of + _TINY), 0.0, 1.0)), np.float32)


def _decibels(power: Doubles) -> Floats:
    return np.asarray(10 * np.log10(power + _TINY), np.float32)


def _gains(heard: Floats, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Least squares, row by row: the gains of two layers that together come nearest to what is heard."""
    aa, bb, ab = _dot(first, first), _dot(second, second), _dot(first, second)
    ya, yb = _dot(heard, first), _dot(heard, second)
    steady = 1e-6 * (aa + bb) + 1e-15  # keeps the two apart where they are nearly one, or nothing
    aa, bb = aa + steady, bb + steady
    det = aa * bb - ab * ab
    return ((ya * bb - yb * ab) / det).astype(np.float32), ((yb * aa - ya * ab) / det).astype(np.float32)


def _dot(one: Floats, other: Floats) -> Doubles:
    return np.asarray(np.einsum("ij,ij->i", one, other), np.float64)
