"""The limiter: no hop above what it bears, no deeper or longer than needed, nothing held where nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop_publish.audio.planning.limiter import AHEAD, NO_CAPS, PAGE, RELEASE_MDB, Caps, Limiter, limit

if TYPE_CHECKING:
    from cop_publish.audio.grid import Array
    from cop_publish.audio.planning.limiter import Whole

Needs = dict[int, int]  # hop: thousandths of a decibel that it bears, all in all


def caps_of(needs: Needs) -> Caps:
    hops = sorted(needs)
    return Caps(np.array(hops, np.int64), np.array([needs[hop] for hop in hops], np.int64))


def flat(boundaries: Array) -> Whole:
    return np.zeros(len(boundaries), np.int64)


def wavy(boundaries: Array) -> Whole:
    """A leveller's curve: between -3 and +9 dB."""
    return np.asarray(3000 + 6000 * np.sin(boundaries / 700), np.int64)


def one_by_one(needs: Needs, first: int, last: int) -> list[int]:
    """The four steps as they are written down, boundary by boundary, on a flat base."""
    wanted = {b: min(0, needs.get(b - 1, 0), needs.get(b, 0)) for b in range(first - 1000, last + 10)}
    released, now = {}, 0
    for b, want in wanted.items():
        now = min(want, now + RELEASE_MDB)
        released[b] = now
    held = {b: min(released[b + k] for k in range(AHEAD + 1)) for b in range(first - 2, last)}
    return [(held[b] + 2 * held[b - 1] + held[b - 2]) // 4 for b in range(first, last)]


# Round the turn of a minute, where two pages meet, and far beyond 2**24 samples (174,763 hops).
places = st.one_of(st.integers(0, 400), st.integers(PAGE - 300, PAGE + 300), st.integers(200_000, 200_300))
needs = st.dictionaries(places, st.integers(-40_000, 12_000), min_size=1, max_size=40)


@given(needs)
@settings(deadline=None)
def test_no_hop_is_ever_above_what_it_bears(asked: Needs) -> None:
    for base in (flat, wavy):
        limiter = limit(caps_of(asked), base)
        for hop, bears in asked.items():
            ends = np.array([hop, hop + 1])
            assert (base(ends) + limiter.mdb(hop, hop + 2)).max() <= bears


@given(needs)
@settings(deadline=None, max_examples=25)
def test_minutes_worked_out_alone_are_as_if_all_were_one(asked: Needs) -> None:
    limiter = limit(caps_of(asked), flat)
    for first, last in ((0, 900), (PAGE - 800, PAGE + 900), (199_900, 201_000)):
        near = {hop: mdb for hop, mdb in asked.items() if first - 900 <= hop <= last}
        assert limiter.mdb(first, last).tolist() == one_by_one(near, first, last)


@given(needs, st.integers(0, 900), st.integers(0, 900))
@settings(deadline=None)
def test_a_stretch_is_the_same_in_any_pieces(asked: Needs, one: int, other: int) -> None:
    limiter = limit(caps_of(asked), flat)
    first, middle, last = PAGE - 500, PAGE - 500 + min(one, other), PAGE - 500 + max(one, other)
    whole = limiter.mdb(first, last)
    assert whole.tolist() == [*limiter.mdb(first, middle), *limiter.mdb(middle, last)]


def test_one_peak_is_caught_ahead_and_let_go_slowly() -> None:
    taken = limit(caps_of({1000: -6000}), flat).mdb(0, 2000)
    assert taken[:998].max() == taken[:998].min() == 0
    assert taken[998:1002].tolist() == [-1500, -4500, -6000, -6000]
    assert np.abs(np.diff(taken[1003:])).max() <= RELEASE_MDB
    assert taken[1001 + 6000 // RELEASE_MDB + AHEAD + 1 :].max() == 0
    assert taken[1001 + 6000 // RELEASE_MDB - 1] < 0


def test_minutes_without_limiting_hold_nothing() -> None:
    limiter = limit(caps_of({5: 100, 3 * PAGE + 50: -2000, 7 * PAGE: 4000}), flat)
    assert list(limiter.pages) == [3]
    assert not limit(NO_CAPS, flat).pages
    assert limiter.mdb(0, 3 * PAGE).any() == np.False_
    assert limiter.mdb(10, 10).tolist() == []


def test_a_peak_at_the_turn_of_a_minute_is_caught_in_both() -> None:
    limiter = limit(caps_of({PAGE: -3000}), flat)
    assert sorted(limiter.pages) == [0, 1]
    assert limiter.mdb(PAGE - 2, PAGE + 1).tolist() == [-750, -2250, -3000]


def test_what_it_did_is_told() -> None:
    limiter = limit(caps_of({1000: -6000}), flat)
    assert limiter.deepest_mdb == -6000
    assert limiter.hops == np.count_nonzero(limiter.mdb(0, 2000))
    assert (Limiter({}).deepest_mdb, Limiter({}).hops) == (0, 0)


def test_of_two_caps_on_one_hop_the_lower_holds() -> None:
    joined = caps_of({1: 500, 4: 100}).joined(np.array([4, 2]), np.array([-300, 7]))
    assert joined.hops.tolist() == [1, 2, 4]
    assert joined.mdb.tolist() == [500, 7, -300]


@pytest.mark.parametrize("deep", [-40, -130, -1000])
@pytest.mark.parametrize("offset", range(-12, 6))
def test_peaks_next_to_the_turn_of_a_minute_are_as_anywhere(deep: int, offset: int) -> None:
    needs = {PAGE + offset: deep}
    first, last = PAGE - 40, PAGE + 40
    assert limit(caps_of(needs), flat).mdb(first, last).tolist() == one_by_one(needs, first, last)


@pytest.mark.parametrize("deep", [-1, -119, -120, -121, -59_999])
def test_shallow_and_deep_peaks_alike_are_met_exactly(deep: int) -> None:
    taken = limit(caps_of({2 * PAGE - 1: deep}), flat).mdb(2 * PAGE - 1000, 2 * PAGE + 1000)
    assert taken.min() == deep
