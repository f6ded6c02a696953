"""The plan: one gain curve, the same in any pieces, that meets the loudness under the ceiling."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ebu
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import talk, tone, uneven_stereo

from cop_publish.audio.grid import HOP
from cop_publish.audio.hearing.mix import AS_IT_IS_MONO, AS_IT_IS_STEREO
from cop_publish.audio.planning.gating import integrated_lufs
from cop_publish.audio.planning.levels import levels, reader
from cop_publish.audio.planning.limiter import PAGE, Caps, Limiter, limit
from cop_publish.audio.planning.plan import (
    TURN_MOST_DB,
    Material,
    Overshoot,
    Plan,
    first_plan,
    heard_momentary,
    overshoot_db,
)
from cop_publish.audio.planning.true_peak import every_true_peak
from cop_publish.settings import Sound

if TYPE_CHECKING:
    from pathlib import Path

    from sounds import Sound as Signal

    from cop_publish.audio.grid import Floats
    from cop_publish.audio.hearing.mix import Mix

LONG = 20_000_000  # samples, seven minutes: beyond 2**24, where float32 can no longer count them


def long_plan() -> Plan:
    """A gain that moves all the time, limited at places in several minutes."""
    levelled = (4000 * np.sin(np.arange(LONG // 4800 + 1) / 9)).astype(np.int64)
    plan = Plan(
        AS_IT_IS_MONO, 96, LONG, -1.7, levelled, 1234, Caps(*(np.zeros(0, np.int64),) * 2), Limiter({})
    )
    hops = np.arange(100, LONG // HOP, 777)
    return plan.limited(Caps(hops, 1000 + hops % 3000))


LONG_PLAN = long_plan()


def loud_speech(seconds: float = 20.0) -> Signal:
    """Two speakers and claps: needs levelling and limiting."""
    sound = np.concatenate([talk(seconds / 2, -22.0), talk(seconds / 2, -32.0, seed=2)])
    rng = np.random.default_rng(9)
    for start in range(30_000, len(sound) - 500, 70_000):
        sound[start : start + 300] += 0.4 * rng.standard_normal(300)
    return sound[:, None]


def material(sound: Signal, folder: Path, protected: tuple[tuple[int, int], ...] = ()) -> Material:
    read = reader(sound)
    momentary, _ = ebu.loudness(sound, folder)
    return Material(read, levels(read, len(sound), sound.shape[1]), momentary, protected)


@pytest.mark.parametrize(
    ("sound", "mix"), [(loud_speech(), AS_IT_IS_MONO), (uneven_stereo(20), AS_IT_IS_STEREO)]
)
def test_the_planned_sound_has_the_loudness_and_stays_under_the_ceiling(
    sound: Signal, mix: Mix, tmp_path: Path
) -> None:
    heard = material(sound, tmp_path)
    plan = first_plan(heard, Sound(), mix)
    done = sound * plan.gain(0, len(sound))[:, None]
    assert plan.limited_most_db > 1.0
    assert 0 < plan.limited_seconds < 10
    assert integrated_lufs(heard_momentary(heard, plan)) == pytest.approx(-16.0, abs=0.003)
    assert integrated_lufs(ebu.loudness(done, tmp_path)[0]) == pytest.approx(-16.0, abs=0.08)
    # The gain moves within the reach of the taps, so the peak between samples is met nearly, samples exactly.
    assert 20 * np.log10(np.abs(done).max()) <= plan.ceiling_dbtp
    assert 20 * np.log10(every_true_peak(reader(done), len(done)).max()) <= plan.ceiling_dbtp + 0.05


def test_samples_beyond_what_a_float_can_count_have_their_own_gain() -> None:
    start = 2**24 + 1
    gains = LONG_PLAN.gain(start, start + 4 * HOP).astype(np.float64)
    places = np.arange(start, start + 4 * HOP)
    ends = 10.0 ** (LONG_PLAN.mdb(start // HOP, start // HOP + 6) / 20_000)
    expected = np.interp(places / HOP, np.arange(start // HOP, start // HOP + 6), ends)
    assert gains == pytest.approx(expected, rel=1e-6)
    assert len(np.unique(gains)) > 300


@given(st.integers(-2000, LONG), st.lists(st.integers(1, 9000), min_size=1, max_size=12))
@settings(deadline=None, max_examples=50)
def test_a_sample_has_the_same_gain_in_any_pieces(start: int, lengths: list[int]) -> None:
    whole = LONG_PLAN.gain(start, start + sum(lengths))
    pieces, place = [], start
    for length in lengths:
        pieces.append(LONG_PLAN.gain(place, place + length))
        place += length
    assert whole.dtype == np.float32
    assert whole.tobytes() == np.concatenate(pieces).tobytes()


@given(st.integers(0, LONG // HOP - 1))
@settings(deadline=None, max_examples=50)
def test_within_a_hop_no_sample_passes_what_it_bears(place: int) -> None:
    caps = LONG_PLAN.caps
    here = min(int(np.searchsorted(caps.hops, place)), len(caps.hops) - 1)
    hop, bears = int(caps.hops[here]), int(caps.mdb[here])
    gains = LONG_PLAN.gain(hop * HOP, (hop + 1) * HOP).astype(np.float64)
    assert (20_000 * np.log10(gains)).max() <= bears + 0.01


def test_what_the_encoder_takes_is_given_back_to_it_alone() -> None:
    plan = replace(LONG_PLAN, encoder_db=0.4455)
    assert plan.gain(5000, 6000).tobytes() == LONG_PLAN.gain(5000, 6000).tobytes()
    assert plan.encoder_gain(5000, 6000) == pytest.approx(plan.gain(5000, 6000) / 0.95, rel=1e-4)


def test_an_overshooting_place_is_lowered_by_what_it_was_over_and_no_other_is() -> None:
    start = PAGE * HOP - 300  # at the turn of a minute
    lower, changed = LONG_PLAN.lowered(
        [Overshoot(start, start + 200, 0.45), Overshoot(2**24, 2**24 + 1, 1.0)]
    )
    before, after = LONG_PLAN.gain(start, start + 200), lower.gain(start, start + 200)
    assert (20 * np.log10(after / before)).max() <= -0.74
    assert 20 * np.log10(lower.gain(2**24, 2**24 + 1) / LONG_PLAN.gain(2**24, 2**24 + 1)) < -1.29
    assert len(changed) == 2
    assert changed[0][0] <= start
    assert changed[0][1] >= start + 200
    kept = np.ones(LONG, np.bool_)
    for first, last in changed:
        assert last - first < 48_000
        kept[first:last] = False
    for first in range(0, LONG, 400_000):
        same = LONG_PLAN.gain(first, first + 400_000) == lower.gain(first, first + 400_000)
        assert same[kept[first : first + 400_000]].all()


def test_a_place_can_be_lowered_again_and_stays_lowered_when_the_plan_is_turned() -> None:
    place = (2**24, 2**24 + 50)
    once, _ = LONG_PLAN.lowered([Overshoot(*place, 0.2)])
    twice, changed = once.lowered([Overshoot(*place, 0.2)])
    assert changed
    assert 20 * np.log10(twice.gain(*place) / LONG_PLAN.gain(*place)).max() <= -0.99
    assert (twice.turned(0.3).gain(*place) <= twice.gain(*place)).all()
    assert LONG_PLAN.lowered([])[1] == ()


def test_turning_is_limited_anew_and_bounded(tmp_path: Path) -> None:
    sound = loud_speech(10)
    plan = first_plan(material(sound, tmp_path), Sound(), AS_IT_IS_MONO)
    for db in (-TURN_MOST_DB, 0.12, TURN_MOST_DB):
        turned = plan.turned(db)
        done = sound * turned.gain(0, len(sound))[:, None]
        assert turned.static_mdb == plan.static_mdb + round(1000 * db)
        assert 20 * np.log10(every_true_peak(reader(done), len(done)).max()) <= plan.ceiling_dbtp + 0.05
    with pytest.raises(ValueError, match=r"at most 0\.5 dB"):
        plan.turned(0.6)


def test_a_sound_that_needs_nothing_gets_nothing(tmp_path: Path) -> None:
    sound = talk(10, -20.0)[:, None]
    heard = material(sound, tmp_path)
    target = integrated_lufs(heard.momentary)
    plan = first_plan(heard, Sound(target_lufs=target, leveller=0.0), AS_IT_IS_MONO)
    assert (plan.gain(0, len(sound)) == 1.0).all()
    assert (plan.limited_most_db, plan.limited_seconds, plan.leveller_range_db) == (0.0, 0.0, (0.0, 0.0))


def test_intro_and_outro_are_only_turned_by_the_static_gain(tmp_path: Path) -> None:
    sound = np.concatenate([talk(6, -24.0), talk(20, -36.0, seed=2), talk(6, -24.0)])[:, None]
    ends = (0, 288_000), (len(sound) - 288_000, len(sound))
    plan = first_plan(material(sound, tmp_path, ends), Sound(), AS_IT_IS_MONO)
    base = plan.base_mdb(np.arange(len(sound) // HOP))
    assert (base[:3000] == plan.static_mdb).all()
    assert (base[-2999:] == plan.static_mdb).all()


def test_hops_are_read_in_pieces_and_the_last_may_be_a_part() -> None:
    sound = uneven_stereo(13)[: 13 * 48_000 - 50].astype(np.float32)
    asked: list[int] = []

    def read(start: int, stop: int, /) -> Floats:
        asked.append(stop - start)
        return reader(sound)(start, stop)

    found = levels(read, len(sound), 2)
    padded = np.concatenate([sound, np.zeros((50, 2), np.float32)]).reshape(-1, HOP, 2)
    assert max(asked) <= 240_000
    assert found.peak == pytest.approx(np.abs(padded).max(axis=(1, 2)))
    assert found.hops == len(padded)


def test_one_channel_counts_as_heard_from_two_loudspeakers() -> None:
    one = talk(1)[:, None]
    both = np.concatenate([one, one], axis=1)
    assert levels(reader(one), 48_000, 1).power == pytest.approx(
        levels(reader(both), 48_000, 2).power, rel=1e-5
    )


def test_power_is_weighted_as_loudness_is() -> None:
    """BS.1770-5 raises 1 kHz by 0.7 dB and what is far above 2 kHz by 4 dB, each within a decibel here."""
    for pitch_hz, raised in ((200.0, 0.0), (1000.0, 0.7), (2000.0, 3.0), (8000.0, 4.0)):
        power = levels(reader(tone(1, -20.0, pitch_hz=pitch_hz)[:, None]), 48_000, 1).power[50:-50].mean()
        assert 10 * np.log10(power) == pytest.approx(-20.0 + raised, abs=0.7)


@pytest.mark.parametrize(
    ("channels", "kbps", "expected"),
    [(1, 48, 1.0), (1, 64, 1.0), (2, 96, 1.0), (1, 96, 0.7), (1, 128, 0.5), (2, 128, 0.5), (2, 192, 0.5)],
)
def test_the_ceiling_leaves_room_for_what_the_encoder_adds(channels: int, kbps: int, expected: float) -> None:
    assert overshoot_db(channels, kbps) == expected


def test_a_deep_cut_reaches_over_the_turn_of_a_minute() -> None:
    limiter = limit(Caps(np.array([PAGE - 3]), np.array([-20_000])), lambda b: np.zeros(len(b), np.int64))
    assert limiter.mdb(PAGE, PAGE + 3).max() < -19_000
