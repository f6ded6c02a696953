"""The leveller, planned: a gain every 100 ms that brings speakers to one loudness, and leaves music as it is.

Entry j of a curve holds at j x 100 ms.  Momentary loudness looks 400 ms back, so the level *at* a moment is
the one said 200 ms later: the curve has no lag.  Between entries the gain runs straight, in decibels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cop_publish.audio.grid import BLOCK, Array, Doubles
from cop_publish.audio.planning.gating import integrated_lufs, noise_floor_lufs
from cop_publish.audio.planning.music import is_modulated, is_steady, loud_runs

if TYPE_CHECKING:
    from cop_publish.audio.planning.levels import Levels

MOST_DB = 15.0  # what a faint voice may be raised by: beyond, its room comes up with it
LEAST_DB = -10.0
MUSIC_MOST_DB = 6.0
SIGMA_BLOCKS = 6.0  # 0.6 s: half a phrase on either side, so words keep their weight in it
NEIGHBOURS = 31  # blocks among which the loudest sets what counts as speech: 3.1 s
BELOW_NEIGHBOURS_LU = 12.0
ABOVE_FLOOR_LU = 6.0
FAINTEST_VOICE_LU = 25.0  # under the talk's loudness; what is fainter is no speaker
FADE_BLOCKS = 10  # from a kept passage into the talk: 1 s, on the talk's side
KERNEL_BLOCKS = 30  # 5 sigma
MOVE_BLOCKS = 8  # in a pause, from one speaker's gain to the next one's: 0.8 s

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Passage:
    """Entries `first` to `last` (not included) that keep one gain."""

    first: int
    last: int
    gain_db: float


def leveller_db(
    momentary: Array, levels: Levels, strength: float, protected: tuple[tuple[int, int], ...]
) -> Doubles:
    """The curve, an entry more than there are whole blocks; `protected` are samples that get 0 dB."""
    entries = levels.samples // BLOCK + 1
    if strength <= 0 or len(momentary) <= FIRST_FULL:
        return np.zeros(entries)
    level = centred(momentary, entries)
    kept = [Passage(a // BLOCK, min(-(-b // BLOCK) + 1, entries), 0.0) for a, b in protected]
    talk = ~_inside(kept, entries)
    steady = is_steady(levels, entries)
    speech = talk & ~steady & is_speech(level, levels, momentary)
    target = integrated_lufs(level[speech])
    music = [_music(a, b, level, target) for a, b in loud_runs(steady & talk, level)]
    if not speech.any():
        return _with_passages(np.zeros(entries), kept)
    wanted = wanted_db(target - speech_level(level, speech), strength)
    gain = held_in_pauses(np.clip(wanted, LEAST_DB, MOST_DB), speech)
    return _with_passages(gain, [*music, *kept])


FIRST_FULL = 3  # the first block whose 400 ms are all there


def centred(momentary: Array, entries: int) -> Doubles:
    """The level at each entry: of the 400 ms round it."""
    places = np.clip(np.arange(entries) + 1, FIRST_FULL, len(momentary) - 1)
    return np.asarray(momentary[places], np.float64)


def is_speech(level: Doubles, levels: Levels, momentary: Array) -> Flags:
    """Where somebody speaks: not much fainter than what is near, and above the room's noise.

    Talk without pauses has no noise in it to compare with; there, sound that rises and falls as syllables do
    counts too.
    """
    near = level > _highest(level, NEIGHBOURS) - BELOW_NEIGHBOURS_LU
    clear = level > noise_floor_lufs(momentary) + ABOVE_FLOOR_LU
    voiced = is_modulated(levels, len(level)) & (level > integrated_lufs(level) - FAINTEST_VOICE_LU)
    return np.asarray(near & (clear | voiced))


def speech_level(level: Doubles, speech: Flags) -> Doubles:
    """The level of the speech round each entry: a mean under a bell.  Far from any, it says nothing."""
    bell = np.exp(-0.5 * (np.arange(-KERNEL_BLOCKS, KERNEL_BLOCKS + 1) / SIGMA_BLOCKS) ** 2)
    weight = _same(speech.astype(np.float64), bell)
    return np.divide(_same(np.where(speech, level, 0.0), bell), weight, out=level.copy(), where=weight > 0)


def held_in_pauses(gain: Doubles, speech: Flags) -> Doubles:
    """Pauses get the lower gain of the speech on both sides; a higher one goes and comes within 0.8 s."""
    places, spoken = np.arange(len(gain)), np.flatnonzero(speech)
    following = np.searchsorted(spoken, places)
    before = spoken[np.maximum(following - 1, 0)]
    after = spoken[np.minimum(following, len(spoken) - 1)]
    left, right = gain[before], gain[after]
    low, length = np.minimum(left, right), np.minimum(after - before, MOVE_BLOCKS)
    share = np.maximum(length, 1)
    leaving = left + (low - left) * np.minimum(np.abs(places - before) / share, 1)
    coming = right + (low - right) * np.minimum(np.abs(after - places) / share, 1)
    return np.asarray(np.where(speech, gain, np.maximum(leaving, coming)))


def wanted_db(distance: Doubles, strength: float) -> Doubles:
    """The gain for speech that is `distance` below the target.

    Strength leaves every speaker within 2 ((1 - strength) / strength)^2 LU of the target: 0.1 LU at 0.8, 2 LU
    at 0.5, 11 LU at 0.3; who is nearer than that is hardly touched.
    """
    room = 2 * ((1 - strength) / strength) ** 2
    return np.asarray(distance - room * np.tanh(distance / room)) if room > 0 else distance


def _music(first: int, last: int, level: Doubles, target: float) -> Passage:
    loudness = integrated_lufs(level[first:last])
    return Passage(first, last, float(np.clip(target - loudness, LEAST_DB, MUSIC_MOST_DB)))


def _with_passages(gain: Doubles, kept: list[Passage]) -> Doubles:
    """Passages have their own gain, later ones in `kept` over earlier ones; the talk beside them fades."""
    held, near = gain.copy(), np.zeros(len(gain), np.bool_)
    for one in kept:
        near[max(one.first - FADE_BLOCKS, 0) : one.last + FADE_BLOCKS] = True
    for one in kept:
        held[one.first : one.last] = one.gain_db
    known = ~near | _inside(kept, len(gain))
    return np.asarray(np.interp(np.arange(len(gain)), np.flatnonzero(known), held[known]))


def _inside(passages: list[Passage], entries: int) -> Flags:
    flags = np.zeros(entries, np.bool_)
    for one in passages:
        flags[one.first : one.last] = True
    return flags


def _highest(level: Doubles, window: int) -> Doubles:
    """The highest of a centred window."""
    padded = np.pad(level, window // 2, mode="edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, window).max(axis=1))


def _same(values: Doubles, bell: Doubles) -> Doubles:
    return np.convolve(values, bell)[len(bell) // 2 :][: len(values)]
