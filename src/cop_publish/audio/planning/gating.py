"""Gated loudness from blocks: integrated loudness and loudness range, before or after a gain.

ITU-R BS.1770-5 annex 1 (gating blocks of 400 ms overlapping by 75 %, gates of -70 LUFS and -10 LU) and EBU
Tech 3342 (short-term loudness, gates of -70 LUFS and -20 LU, 10th to 95th percentile).  The blocks come from
ffmpeg's ebur128 filter, one every 100 ms: entry k ends at sample 4800 x (k + 1).  Until its window is full,
the filter says -120 LUFS, which no gate lets through.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cop_publish.audio.grid import BLOCK, HOP, Array, Doubles
from cop_publish.audio.planning.levels import pieces

if TYPE_CHECKING:
    from cop_publish.audio.grid import Floats

ABSOLUTE_GATE_LUFS = -70.0  # BS.1770-5
RELATIVE_GATE_LU = -10.0  # BS.1770-5
RANGE_GATE_LU = -20.0  # Tech 3342
RANGE_PERCENT = (10, 95)  # Tech 3342
SILENCE_LUFS = ABSOLUTE_GATE_LUFS  # what is said of sound in which no block passes the gate
NO_SIGNAL_LUFS = -100.0  # below is digital silence: it is not the noise of a room
FLOOR_PERCENT = 10
MOMENTARY_BLOCKS = 4  # of 100 ms
SHORT_TERM_BLOCKS = 30
BLOCKS_A_MINUTE = 600
HOPS_A_BLOCK = BLOCK // HOP


def integrated_lufs(momentary: Array) -> float:
    """Integrated loudness; `SILENCE_LUFS` if nothing passes the absolute gate."""
    heard = momentary[momentary > ABSOLUTE_GATE_LUFS]
    if not len(heard):
        return SILENCE_LUFS
    return _mean_lufs(heard[heard > _mean_lufs(heard) + RELATIVE_GATE_LU])


def range_lu(short_term: Array) -> float:
    """Loudness range; 0 if nothing passes the absolute gate."""
    heard = short_term[short_term >= ABSOLUTE_GATE_LUFS]
    if not len(heard):
        return 0.0
    kept = np.sort(heard[heard >= _mean_lufs(heard) + RANGE_GATE_LU])
    low, high = (kept[round((len(kept) - 1) * percent / 100)] for percent in RANGE_PERCENT)
    return float(high - low)


def minutes_lufs(momentary: Array) -> tuple[float, ...]:
    """Integrated loudness of each minute, the last one as long as it is."""
    return tuple(integrated_lufs(momentary[a:b]) for a, b in pieces(len(momentary), BLOCKS_A_MINUTE))


def noise_floor_lufs(momentary: Array) -> float:
    """What is heard when nobody speaks: the level that a tenth of the blocks stays below."""
    alive = momentary[momentary > NO_SIGNAL_LUFS]
    return float(np.percentile(alive, FLOOR_PERCENT)) if len(alive) else SILENCE_LUFS


def block_energies(power: Floats | Doubles) -> Doubles:
    """Energies of 100 ms from powers of 2 ms; what is left over at the end is in no block."""
    whole = len(power) - len(power) % HOPS_A_BLOCK
    return np.asarray(power[:whole].reshape(-1, HOPS_A_BLOCK).sum(axis=1, dtype=np.float64))


def changed_lufs(lufs: Array, before: Doubles, after: Doubles, window: int) -> Doubles:
    """Loudness of the blocks when a gain has turned energies `before` (each 100 ms) into `after`.

    `window` is how many of them a block is long.  Exact where the gain is constant within a block; elsewhere
    as good as the weighting of the energies (`levels`).
    """
    count = min(len(lufs), len(before))
    was, now = (_windowed(energies, window)[:count] for energies in (before, after))
    change = np.zeros(len(lufs))
    change[:count] = 10 * np.log10(np.divide(now, was, out=np.ones(count), where=(was > 0) & (now > 0)))
    return lufs + change


def decibels(ratio: float) -> float:
    """A linear level in decibels."""
    return 20 * math.log10(ratio) if ratio > 0 else -math.inf


def _windowed(energies: Doubles, window: int) -> Doubles:
    """Sum over each block and the ones before it; not by differences of a running sum, which would drift."""
    return np.convolve(energies, np.ones(window))[: len(energies)]


def _mean_lufs(blocks: Array) -> float:
    """The loudness of the mean energy; BS.1770's -0.691 is on both sides and falls out."""
    return float(10 * np.log10(np.mean(10 ** (blocks.astype(np.float64) / 10))))
