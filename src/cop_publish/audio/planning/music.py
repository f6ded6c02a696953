"""Speech or music, told by how the level moves: between syllables it drops, in sustained music hardly.

The low-energy ratio: the share of frames of 20 ms with less than half the mean power of the second round them
(J. Saunders, "Real-time discrimination of broadcast speech/music", ICASSP 1996; E. Scheirer and M. Slaney,
ICASSP 1997).  Speech has it high all the time; sustained music has it low for many seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cop_publish.audio.planning.gating import SILENCE_LUFS, integrated_lufs

if TYPE_CHECKING:
    from cop_publish.audio.grid import Doubles
    from cop_publish.audio.planning.levels import Levels

FRAME_HOPS = 10  # 20 ms
FRAMES_AN_ENTRY = 5
FRAMES_A_SECOND = 50
LOW = 0.5  # of the mean power
MODULATED_RATIO = 0.4  # of frames, in speech
MUSIC_RATIO = 0.36  # between: of what was tried, speech stays over 0.45, sustained music under 0.3
MUSIC_WINDOW = 30  # entries: 3 s
UNSURE = 20  # entries: half of these 3 s, and of the second that a frame is compared with
SHORTEST_MUSIC = 10  # entries: 1 s that is sure, so 5 s of music
FAINTEST_LU = 20.0  # under the whole's loudness; fainter steady sound is the noise of a room

Flags = npt.NDArray[np.bool_]


def is_modulated(levels: Levels, entries: int) -> Flags:
    """Where the level rises and falls as in speech."""
    return np.asarray(low_energy_ratio(levels, entries) > MODULATED_RATIO)


def is_steady(levels: Levels, entries: int) -> Flags:
    """Where for 3 s the level does not do so: in sustained music, and in the noise of a room.

    Beside talk its last 2 s are left out, for in what was looked at the talk may have begun by then.
    """
    steady = _mean(low_energy_ratio(levels, entries), MUSIC_WINDOW) < MUSIC_RATIO
    padded = np.pad(steady, UNSURE, constant_values=True)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * UNSURE + 1).all(axis=1))


def loud_runs(steady: Flags, level: Doubles) -> list[tuple[int, int]]:
    """Entries (first, last not included) of long steady stretches that are loud enough to be meant: music."""
    faintest = integrated_lufs(level) - FAINTEST_LU
    edges = np.flatnonzero(np.diff(steady.astype(np.int8), prepend=0, append=0))
    runs = [(int(a), int(b)) for a, b in edges.reshape(-1, 2) if b - a >= SHORTEST_MUSIC]
    return [(a, b) for a, b in runs if integrated_lufs(level[a:b]) > max(faintest, SILENCE_LUFS)]


def low_energy_ratio(levels: Levels, entries: int) -> Doubles:
    """Round each entry (every 100 ms): share of frames below half the mean of the second round it."""
    whole = len(levels.power) - len(levels.power) % FRAME_HOPS
    frames = levels.power[:whole].reshape(-1, FRAME_HOPS).mean(axis=1, dtype=np.float64)
    if not len(frames):
        return np.zeros(entries)
    low = (frames < LOW * _mean(frames, FRAMES_A_SECOND)).astype(np.float64)
    places = np.minimum(np.arange(entries) * FRAMES_AN_ENTRY, len(frames) - 1)
    return _mean(low, FRAMES_A_SECOND)[places]


def _mean(values: Doubles, window: int) -> Doubles:
    """Of a centred window; at the ends, of what there is of it."""
    half, count = window // 2, len(values)
    sums = np.concatenate([np.zeros(half + 1), np.cumsum(values)])
    sums = np.concatenate([sums, np.full(half, sums[-1])])
    totals = sums[2 * half + 1 :] - sums[:count]
    places = np.arange(count)
    return np.asarray(totals / (np.minimum(places, half) + np.minimum(places[::-1], half) + 1))
