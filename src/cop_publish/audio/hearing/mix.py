"""Mono or stereo, and what to do with a dead or an inverted channel: decided from energies.  Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
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
BOTH_ALIKE = Mix(2, ((1.0,), (1.0,)))
LEFT_ONLY = Mix(1, ((1.0, 0.0),), ONE_SPEAKER_DB, "the right channel is silent, so the left one is used")
RIGHT_ONLY = Mix(1, ((0.0, 1.0),), ONE_SPEAKER_DB, "the left channel is silent, so the right one is used")
_TURNED = "one channel was upside down, and is turned back"
MIDDLE_TURNED = Mix(1, ((0.5, -0.5),), remark=_TURNED)
STEREO_TURNED = Mix(2, ((1.0, 0.0), (0.0, -1.0)), remark=_TURNED)


def choose_mix(energies: Energies | None, channels: str = "auto") -> Mix:
    """Stereo only where the sides carry something; None for a recording of one channel.

    A dead channel is left out and an inverted one turned, because on one loudspeaker they would halve the
    voice or cancel it.  `channels` is the setting: auto, mono or stereo.
    """
    if energies is None:
        return BOTH_ALIKE if channels == "stereo" else AS_IT_IS_MONO
    if alone := _alone(energies):
        return alone if channels != "stereo" else replace(alone, channels=2, rows=alone.rows * 2)
    turned = energies.cross < INVERTED_CORRELATION * math.sqrt(energies.left * energies.right)
    narrow = channels == "mono" or (channels == "auto" and _is_narrow(energies, turned))
    if turned:
        return MIDDLE_TURNED if narrow else STEREO_TURNED
    return MIDDLE if narrow else AS_IT_IS_STEREO


def untouched(channels: int) -> Mix:
    """The mix of what is already in the channels of the master."""
    return AS_IT_IS_MONO if channels == 1 else AS_IT_IS_STEREO


def as_heard(lufs: Floats, mix: Mix) -> Floats:
    """Loudness of a recording as loudness after its mix."""
    return lufs + np.float32(mix.louder_db) if mix.louder_db else lufs


def _alone(energies: Energies) -> Mix | None:
    if _decibels(energies.right, energies.left) < DEAD_CHANNEL_DB:
        return LEFT_ONLY
    return RIGHT_ONLY if _decibels(energies.left, energies.right) < DEAD_CHANNEL_DB else None


def _is_narrow(energies: Energies, turned: bool) -> bool:  # noqa: FBT001 - of one comparison's result
    both, cross = energies.left + energies.right, -energies.cross if turned else energies.cross
    return _decibels(both - 2 * cross, both + 2 * cross) < MONO_SIDE_DB


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
