"""Voices, music, claps and a room, made of whole numbers, tables and plain sums: the same bytes everywhere.

Nothing here depends on a machine's mathematics library beyond the fifth digit of a table, and the tables are
rounded; random numbers come from generators whose output is promised never to change.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

RATE_HZ: Final = 48_000
TABLE_BITS: Final = 12  # a period of a voice is 4096 numbers
HIGHEST_PARTIAL_HZ: Final = 5500
STEP: Final = RATE_HZ // 4  # a note of the music
VOWELS_HZ: Final = (  # the first three formants of spoken vowels
    (730, 1090, 2440),
    (270, 2290, 3010),
    (300, 870, 2240),
    (530, 1840, 2480),
    (570, 840, 2410),
    (440, 1020, 2240),
)
TUNE_HZ: Final = (220, 277, 330, 440, 196, 247, 294, 392, 175, 220, 262, 349, 196, 247, 294, 440)

Samples = npt.NDArray[np.float64]  # one channel, full scale 1


class Dice:
    """Random choices, by the one method of Python's generator that is promised to stay."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - test sounds are no secrets

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self._random.random()

    def whole(self, below: int) -> int:
        return int(self._random.random() * below)


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker: pitch, size of the throat, level, and the place between the loudspeakers."""

    pitch_hz: int
    throat: float  # scales the formants
    gain: float
    left: float  # left and right together have the power of both loudspeakers at 1
    right: float


def speak(voice: Voice, seconds: float, dice: Dice) -> Samples:
    """Syllables in phrases with pauses between them, as long as asked."""
    sound = np.zeros(round(seconds * RATE_HZ))
    place = 0
    while place < len(sound):
        phrase_end = place + round(dice.between(1.5, 4.0) * RATE_HZ)
        drop = 1.15  # a phrase begins high and falls
        while place < min(phrase_end, len(sound)):
            syllable = _syllable(voice, drop, dice)
            kept = syllable[: len(sound) - place]
            sound[place : place + len(kept)] = kept
            place += len(syllable)
            drop = max(0.85, drop - 0.03)
        place += round(dice.between(0.25, 0.7) * RATE_HZ)
    return sound


def noise(count: int, dice: Dice) -> Samples:
    """Even noise between -1 and 1."""
    raw = np.random.PCG64(dice.whole(1 << 48)).random_raw(-(-count // 4))
    return np.asarray(raw.astype("<u8").view("<i2")[:count] / 32768.0)


def music(start: int, stop: int) -> Samples:
    """An endless tune between two places of it: plucked chords."""
    notes = np.arange(start // STEP, -(-stop // STEP))
    whole = np.concatenate([_chord(int(note) % len(TUNE_HZ)) for note in notes])
    first = start - int(notes[0]) * STEP
    return whole[first : first + stop - start]


def drum(dice: Dice) -> Samples:
    """A hit that is all peak: 20 ms of noise, gone as fast as it came."""
    count = RATE_HZ * 20 // 1000
    fall = 1.0 - np.arange(count) / count
    return noise(count, dice) * fall * fall * fall * fall


def hum(start: int, stop: int) -> Samples:
    """Mains, with two of its overtones."""
    times = np.arange(start, stop, dtype=np.int64)
    return (_sine(times, 50) + 0.5 * _sine(times, 100) + 0.25 * _sine(times, 150)) / 1.75


def _syllable(voice: Voice, drop: float, dice: Dice) -> Samples:
    count = round(dice.between(0.13, 0.26) * RATE_HZ)
    pitch = voice.pitch_hz * drop * dice.between(0.94, 1.06)
    steps = _steps(pitch, pitch * dice.between(0.92, 1.04), count)
    index = (np.cumsum(steps) >> (32 - TABLE_BITS)) & ((1 << TABLE_BITS) - 1)
    tables = _vowels(voice.pitch_hz, voice.throat)
    one, other = tables[dice.whole(len(tables))][index], tables[dice.whole(len(tables))][index]
    turn = np.arange(count) / count
    stress = dice.between(0.4, 1.0)
    sung = (one + (other - one) * turn) * _swell(count, 0.025, 0.06) * stress
    if dice.between(0.0, 1.0) < 0.6:
        length = min(count, round(dice.between(0.03, 0.08) * RATE_HZ))
        hissed = noise(length + 1, dice)
        sung[:length] += 0.1 * (hissed[1:] - hissed[:-1]) * _swell(length, 0.01, 0.02)
    return np.asarray(voice.gain * sung)


def _steps(pitch_hz: float, end_hz: float, count: int) -> npt.NDArray[np.int64]:
    """How far each sample moves on through a period of 2**32, from one pitch to another."""
    first, last = (round(hz * 2**32 / RATE_HZ) for hz in (pitch_hz, end_hz))
    return first + (last - first) * np.arange(count, dtype=np.int64) // count


@cache
def _vowels(pitch_hz: int, throat: float) -> tuple[Samples, ...]:
    return tuple(_vowel(pitch_hz, tuple(throat * f for f in formants)) for formants in VOWELS_HZ)


def _vowel(pitch_hz: int, formants_hz: tuple[float, ...]) -> Samples:
    """One period: every partial as loud as the throat lets it through."""
    turns = np.arange(1 << TABLE_BITS) / (1 << TABLE_BITS)
    period = np.zeros(1 << TABLE_BITS)
    for partial in range(1, HIGHEST_PARTIAL_HZ // pitch_hz + 1):
        hz = partial * pitch_hz
        loud = sum((1 / (1 + ((hz - f) / (60 + f / 12)) ** 2)) / (1 + k) for k, f in enumerate(formants_hz))
        period += (0.02 + loud) / partial**0.5 * np.sin(2 * np.pi * partial * turns)
    return _rounded(period / np.sqrt(np.mean(period * period)))


@cache
def _chord(step: int) -> Samples:
    times = np.arange(STEP, dtype=np.int64)
    root = TUNE_HZ[step]
    sound = sum((_sine(times, hz) for hz in (root // 2, root, root * 5 // 4, root * 3 // 2)), np.zeros(STEP))
    fall = 1.0 - 0.7 * times / STEP
    return np.asarray(_rounded(sound / 4) * fall * _swell(STEP, 0.005, 0.01))


def _sine(times: npt.NDArray[np.int64], hz: int) -> Samples:
    table = _rounded(np.sin(2 * np.pi * np.arange(RATE_HZ) / RATE_HZ))
    return table[(times * hz) % RATE_HZ]


def _swell(count: int, rise_seconds: float, fall_seconds: float) -> Samples:
    """Up from nothing and down to nothing, smoothly."""
    places = np.arange(count)
    up = np.minimum(1.0, places / (rise_seconds * RATE_HZ))
    down = np.minimum(1.0, (count - 1 - places) / (fall_seconds * RATE_HZ))
    edge = np.minimum(up, down)
    return np.asarray(edge * edge * (3.0 - 2.0 * edge))


def _rounded(table: Samples) -> Samples:
    """Five digits: what is left where sines differ in their last bits between machines."""
    return np.asarray(np.rint(table * 1e5) / 1e5)
