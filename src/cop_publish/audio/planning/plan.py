"""The plan of a master: one gain curve of leveller, static gain and limiter, in 1/1000 dB.  Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cop_publish.audio.grid import HOP, Array, Doubles, Floats
from cop_publish.audio.planning.gating import (
    HOPS_A_BLOCK,
    MOMENTARY_BLOCKS,
    block_energies,
    changed_lufs,
    integrated_lufs,
)
from cop_publish.audio.planning.leveller import leveller_db
from cop_publish.audio.planning.levels import Levels, Read, Share, pieces
from cop_publish.audio.planning.limiter import NO_CAPS, PAGE, Caps, Limiter, Whole, limit
from cop_publish.audio.planning.true_peak import Reaches, near_hops, true_peaks
from cop_publish.core.timeline import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.audio.hearing.mix import Mix
    from cop_publish.settings import Sound

ROUNDS = 6
NEAR_LU = 0.002
TURN_MOST_DB = 0.5  # peaks are known for this much more gain
BELOW_OVERSHOOT_DB = 0.3  # an overshooting place goes this much further down than it was over
SLACK_MDB = 1  # so that no rounding passes the ceiling
RAMP = np.arange(HOP, dtype=np.float32) / np.float32(HOP)


@dataclass(frozen=True, slots=True)
class Overshoot:
    """Samples `start` to `stop` (not included) of a master that are above the limit, and by how much."""

    start: int
    stop: int
    excess_db: float


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What a plan is made from; all of it of the mixed sound in published time."""

    read: Read
    levels: Levels
    momentary: Array  # LUFS as heard, entry k for the 400 ms before sample 4800 x (k + 1)
    protected: tuple[tuple[int, int], ...] = ()  # intro and outro, in samples: not levelled
    share: Share = map  # who looks at the parts of what is long


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything that rendering needs to know."""

    mix: Mix
    kbps: int
    samples: int  # at 48 kHz
    ceiling_dbtp: float  # before the encoder
    levelled: Whole  # thousandths of a decibel, one entry at every 100 ms
    static_mdb: int
    caps: Caps
    limiter: Limiter
    encoder_db: float = 0.0  # what the encoder takes, measured: given back just before it

    def gain(self, start: int, stop: int) -> Floats:
        """The linear gain of each sample from `start` to `stop`, the same whatever pieces it is asked in."""
        return _line(linear(self.mdb(start // HOP, -(-stop // HOP) + 1)), start, stop)

    def encoder_gain(self, start: int, stop: int) -> Floats:
        """The same, with what the encoder will take given back: multiply by this what the encoder gets."""
        mdb = self.mdb(start // HOP, -(-stop // HOP) + 1) + to_mdb(self.encoder_db)
        return _line(linear(mdb), start, stop)

    def mdb(self, first: int, last: int) -> Whole:
        """The whole gain at boundaries `first` to `last` (not included) of hops."""
        return self.base_mdb(np.arange(first, last)) + self.limiter.mdb(first, last)

    def base_mdb(self, boundaries: Array) -> Whole:
        """Leveller and static gain at these boundaries: straight lines of decibels between the blocks."""
        final = len(self.levelled) - 1
        block, rest = np.divmod(np.clip(boundaries, 0, final * HOPS_A_BLOCK), HOPS_A_BLOCK)
        here, there = self.levelled[block], self.levelled[np.minimum(block + 1, final)]
        between = (here * (HOPS_A_BLOCK - rest) + there * rest + HOPS_A_BLOCK // 2) // HOPS_A_BLOCK
        return np.asarray(between + self.static_mdb, np.int64)

    @property
    def limited_most_db(self) -> float:
        """The deepest that the limiter goes, as a positive number; 0: never."""
        return -self.limiter.deepest_mdb / 1000

    @property
    def limited_seconds(self) -> float:
        """For how long it works."""
        return self.limiter.hops * HOP / SAMPLE_RATE_HZ

    @property
    def leveller_range_db(self) -> tuple[float, float]:
        """The least and the most that the leveller gives; pauses have the gain of the speech beside them."""
        return int(self.levelled.min()) / 1000, int(self.levelled.max()) / 1000

    def turned(self, db: float) -> Plan:
        """Louder or quieter by up to half a decibel, limited anew.  Raises ValueError beyond."""
        if abs(db) > TURN_MOST_DB:
            raise ValueError(f"a plan is turned by at most {TURN_MOST_DB} dB, not by {db:.3f} dB")
        return replace(self, static_mdb=self.static_mdb + to_mdb(db)).limited(self.caps)

    def limited(self, caps: Caps) -> Plan:
        """With the limiter that these caps ask for."""
        return replace(self, caps=caps, limiter=limit(caps, self.base_mdb))

    def lowered(self, overshoots: Iterable[Overshoot]) -> tuple[Plan, tuple[tuple[int, int], ...]]:
        """Less where the finished master is over its limit; and the ranges of samples that this changes."""
        caps = self.caps
        for one in overshoots:
            hops = np.arange(one.start // HOP, -(-one.stop // HOP))
            now = self.mdb(int(hops[0]), int(hops[-1]) + 2)
            bears = np.minimum(now[:-1], now[1:]) - to_mdb(one.excess_db + BELOW_OVERSHOOT_DB)
            caps = caps.joined(hops, bears)
        lower = self.limited(caps)
        return lower, self.changed(lower)

    def changed(self, other: Plan) -> tuple[tuple[int, int], ...]:
        """Ranges of samples in which the gains of the two plans are not the same."""
        ranges: list[tuple[int, int]] = []
        for first, last in pieces(-(-self.samples // HOP), PAGE):
            unlike = self.mdb(first, last + 1) != other.mdb(first, last + 1)
            edges = np.flatnonzero(np.diff((unlike[:-1] | unlike[1:]).astype(np.int8), prepend=0, append=0))
            for start, stop in (HOP * (first + edges.reshape(-1, 2))).tolist():
                begin = ranges.pop()[0] if ranges and ranges[-1][1] == start else start
                ranges.append((begin, min(stop, self.samples)))
        return tuple(ranges)


def first_plan(material: Material, sound: Sound, mix: Mix) -> Plan:
    """Leveller, then gain and limiter together until the loudness is met.

    The material holds something to hear: of silence, nothing is planned but silence.
    """
    kbps = rate_kbps(sound, mix.channels)
    curve = leveller_db(material.momentary, material.levels, sound.leveller, material.protected)
    ceiling = sound.true_peak_dbtp - overshoot_db(mix.channels, kbps)
    levelled = np.rint(curve * 1000).astype(np.int64)
    plan = Plan(mix, kbps, material.levels.samples, ceiling, levelled, 0, NO_CAPS, Limiter({}))
    reaches = Reaches(material.read)
    for _ in range(ROUNDS):
        short = sound.target_lufs - integrated_lufs(heard_momentary(material, plan))
        if abs(short) <= NEAR_LU:
            break
        louder = replace(plan, static_mdb=plan.static_mdb + to_mdb(short))
        plan = louder.limited(_caps(material, reaches, louder))
    return plan


def rate_kbps(sound: Sound, channels: int) -> int:
    """The bit rate of a master."""
    return sound.mono_kbps if channels == 1 else sound.stereo_kbps


def heard_momentary(material: Material, plan: Plan) -> Doubles:
    """Momentary loudness as it will be."""
    before, after = block_energies(material.levels.power), _heard_energies(material.levels, plan)
    return changed_lufs(material.momentary, before, after, MOMENTARY_BLOCKS)


def overshoot_db(channels: int, kbps: int) -> float:
    """How far LAME's output usually rises above its input: what the ceiling is lowered by.

    Measured on speech and music.  No such number is a promise: what comes out is measured, and lowered again.
    """
    if kbps / channels <= 48 or kbps <= 64:  # noqa: PLR2004 - the measured steps
        return 1.0
    return 0.5 if kbps >= 128 else 0.7  # noqa: PLR2004 - as above


def to_mdb(db: float) -> int:
    """Whole thousandths of a decibel."""
    return round(db * 1000)


def linear(mdb: Whole) -> Floats:
    """The factor by which samples are multiplied."""
    return np.power(10.0, mdb / 20_000).astype(np.float32)


def _line(ends: Floats, start: int, stop: int) -> Floats:
    """Straight lines between boundaries; each sample is counted from its own hop, so pieces fit exactly."""
    rise = ends[1:] - ends[:-1]
    gains = ends[:-1, None] + rise[:, None] * RAMP
    skipped = start - start // HOP * HOP
    return np.asarray(gains.reshape(-1)[skipped : skipped + stop - start])


def _heard_energies(levels: Levels, plan: Plan) -> Doubles:
    """Of each block under the plan; the mean square of a line from a to b is (aa + ab + bb) / 3."""
    energies = [np.zeros(0)]
    for first, last in pieces(levels.hops, PAGE):  # a minute: a whole number of blocks
        ends = linear(plan.mdb(first, last + 1))
        a, b = ends[:-1], ends[1:]
        energies.append(block_energies(levels.power[first:last] * (a * a + a * b + b * b) / 3))
    return np.concatenate(energies)


def _caps(material: Material, reaches: Reaches, plan: Plan) -> Caps:
    """The caps that the plan has, and those of hops that may pass the ceiling with its gain."""
    minutes = [*pieces(material.levels.hops, PAGE)]
    found: dict[int, Array] = {}  # minute by minute: of what comes near, nearly all turns out not to matter

    def look(minute: tuple[int, int]) -> None:
        found[minute[0]] = _may_pass(material.levels, reaches, plan, minute)

    for _ in material.share(look, minutes):
        pass
    hops = np.concatenate([np.zeros(0, np.int64), *(found[first] for first, _ in minutes)])
    fresh = np.setdiff1d(hops, plan.caps.hops, assume_unique=True)
    peaks = true_peaks(material.read, fresh, material.share)
    bears = plan.ceiling_dbtp - 20 * np.log10(np.maximum(peaks, 1e-9))
    return plan.caps.joined(fresh, np.floor(bears * 1000).astype(np.int64) - SLACK_MDB)


def _may_pass(levels: Levels, reaches: Reaches, plan: Plan, minute: tuple[int, int]) -> Array:
    """The hops of a minute that may pass the ceiling with a little more gain."""
    first, last = minute
    most_mdb = to_mdb(TURN_MOST_DB) - to_mdb(plan.ceiling_dbtp)
    base = plan.base_mdb(np.arange(first, last + 1)) + most_mdb
    gains = linear(np.maximum(base[:-1], base[1:]))
    near = near_hops(levels.peak[first:last] * gains, 1.0)
    return np.asarray(first + near[reaches.of(first, first + near) * gains[near] > 1.0])
