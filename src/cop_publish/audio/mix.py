"""Mono or stereo, and what to do with a dead or an inverted channel: decided from energies.  Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cop_publish.audio.grid import Floats

ONE_SPEAKER_DB = 10 * math.log10(2)  # a channel alone, then heard from both loudspeakers
MONO_SIDE_DB = -25.0  # sides weaker than this against the middle carry nothing
DEAD_CHANNEL_DB = -35.0
INVERTED_CORRELATION = -0.5


@dataclass(frozen=True, slots=True)
class Energies:
    """Sums over a whole stereo recording: left squared, right squared, left times right."""

    left: float
    right: float
    cross: float


@dataclass(frozen=True, slots=True)
class Mix:
    """Which channels the master has: each a row of weights of the recording's; none: untouched."""

    channels: int
    rows: tuple[tuple[float, ...], ...] = ()
    louder_db: float = 0.0  # how much louder it is heard than the recording was
    remark: str = ""  # for the producer, where the recording was not as it should be

    def apply(self, frames: Floats) -> Floats:
        """Samples (n, channels of the recording) as samples (n, channels of the master)."""
        if not self.rows:
            return frames
        # Column by column in float32: a matrix product may round otherwise on another machine.
        columns = [_weighted(frames, row) for row in self.rows]
        return np.stack(columns, axis=1)


AS_IT_IS_MONO = Mix(1)
AS_IT_IS_STEREO = Mix(2)
MIDDLE = Mix(1, ((0.5, 0.5),))
LEFT_ONLY = Mix(1, ((1.0, 0.0),), ONE_SPEAKER_DB, "the right channel is silent, so the left one is used")
RIGHT_ONLY = Mix(1, ((0.0, 1.0),), ONE_SPEAKER_DB, "the left channel is silent, so the right one is used")
_TURNED = "one channel was upside down, and is turned back"
MIDDLE_TURNED = Mix(1, ((0.5, -0.5),), remark=_TURNED)
STEREO_TURNED = Mix(2, ((1.0, 0.0), (0.0, -1.0)), remark=_TURNED)


def choose_mix(energies: Energies | None) -> Mix:
    """Stereo only where the sides carry something; None for a recording of one channel.

    A dead channel is left out and an inverted one turned, because on one loudspeaker they would halve the
    voice or cancel it.
    """
    if energies is None:
        return AS_IT_IS_MONO
    left, right, cross = energies.left, energies.right, energies.cross
    if _decibels(right, left) < DEAD_CHANNEL_DB:
        return LEFT_ONLY
    if _decibels(left, right) < DEAD_CHANNEL_DB:
        return RIGHT_ONLY
    turned = cross < INVERTED_CORRELATION * math.sqrt(left * right)
    middle, side = left + right + 2 * abs(cross), left + right - 2 * abs(cross)
    if cross < 0 and not turned:
        middle, side = side, middle
    narrow = _decibels(side, middle) < MONO_SIDE_DB
    if turned:
        return MIDDLE_TURNED if narrow else STEREO_TURNED
    return MIDDLE if narrow else AS_IT_IS_STEREO


def _weighted(frames: Floats, row: tuple[float, ...]) -> Floats:
    total = np.zeros(len(frames), np.float32)
    for weight, column in zip(row, frames.T, strict=True):
        if weight:
            total += np.float32(weight) * column
    return total


def _decibels(power: float, against: float) -> float:
    if against <= 0:
        return 0.0
    return 10 * math.log10(power / against) if power > 0 else -math.inf
