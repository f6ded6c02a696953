"""The map from the recording's time to published time: what every use of one edit list rests on."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cop_publish.core.timeline import (
    FADE_SAMPLES,
    SAMPLE_RATE_HZ,
    SLIVER_SAMPLES,
    Bookends,
    Cut,
    Gap,
    Instead,
    Origin,
    Piece,
    Timeline,
    Totals,
    timeline_from,
    timeline_of,
    whole,
)

SECOND = SAMPLE_RATE_HZ
TALK = {Origin.RECORDING, Origin.TONE, Origin.SILENCE}
LONGEST = 40 * SECOND


def cut(start: float, end: float, instead: Instead = Instead.NOTHING) -> Cut:
    return Cut(start, end, instead)


def recorded(timeline: Timeline) -> list[tuple[int, int]]:
    return [(p.start, p.end) for p in timeline.pieces if p.origin is Origin.RECORDING]


# --- single cases, by hand ------------------------------------------------------------------------


def test_without_edits_the_recording_is_published_as_it_is() -> None:
    assert whole(5 * SECOND) == Timeline((Piece(Origin.RECORDING, 0, 5 * SECOND),))
    assert whole(5 * SECOND).published_seconds(3.25) == 3.25
    assert whole(5 * SECOND).source_seconds(3.25) == 3.25
    assert whole(5 * SECOND).source_seconds(5.25) is None
    assert whole(5 * SECOND).source_samples == 5 * SECOND


@pytest.mark.parametrize("end", [7, 10])
def test_the_recordings_own_length_is_known_whatever_was_cut(end: int) -> None:
    around = Bookends(SECOND, SECOND, SECOND // 2)
    assert timeline_of(10 * SECOND, [cut(5, end)], (), around).source_samples == 10 * SECOND


def test_at_a_cut_the_kept_ends_sound_together_and_nothing_of_the_range_does() -> None:
    found = timeline_of(10 * SECOND, [cut(2, 5)])
    assert found.pieces == (
        Piece(Origin.RECORDING, 0, 2 * SECOND),
        Piece(Origin.RECORDING, 5 * SECOND, 10 * SECOND, FADE_SAMPLES),
    )
    assert found.gaps == (Gap(2 * SECOND, 5 * SECOND),)
    assert found.samples == 7 * SECOND - FADE_SAMPLES
    assert found.starts == (0, 2 * SECOND - FADE_SAMPLES)


def test_all_of_a_cut_is_in_the_middle_of_its_fade_and_what_follows_moves_up() -> None:
    found = timeline_of(10 * SECOND, [cut(2, 5)])
    assert {found.published_seconds(t) for t in (2, 2.5, 3.7, 5)} == {1.995}
    assert found.published_seconds(1.0) == 1.0
    assert found.published_seconds(7.0) == pytest.approx(3.99, abs=1e-9)
    assert found.source_seconds(3.99) == pytest.approx(7.0, abs=1e-9)


@pytest.mark.parametrize("instead", [Instead.TONE, Instead.SILENCE])
def test_a_replaced_range_moves_nothing_and_reaches_under_its_neighbours(instead: Instead) -> None:
    found = timeline_of(10 * SECOND, [cut(2, 5, instead)])
    assert [(p.origin.value, p.start, p.end, p.overlap) for p in found.pieces] == [
        ("recording", 0, 2 * SECOND, 0),
        (instead.value, 2 * SECOND - FADE_SAMPLES, 5 * SECOND + FADE_SAMPLES, FADE_SAMPLES),
        ("recording", 5 * SECOND, 10 * SECOND, FADE_SAMPLES),
    ]
    assert found.samples == 10 * SECOND
    for seconds in (0, 1.999, 2.0, 3.3, 4.999, 5.0, 9.0):
        assert found.published_seconds(seconds) == pytest.approx(seconds, abs=1e-9)


def test_a_tone_beside_a_silence_or_at_an_edge_moves_nothing_either() -> None:
    ranges = [cut(0, 1, Instead.TONE), cut(1, 2, Instead.SILENCE), cut(9, 10, Instead.TONE)]
    found = timeline_of(10 * SECOND, ranges)
    assert found.samples == 10 * SECOND
    assert [p.origin for p in found.pieces] == [
        Origin.TONE,
        Origin.SILENCE,
        Origin.RECORDING,
        Origin.TONE,
    ]
    for seconds in (0, 0.5, 1.0, 1.5, 2.0, 5.0, 9.5, 10.0):
        assert found.published_seconds(seconds) == pytest.approx(seconds, abs=1e-9)


def test_an_intro_and_an_outro_sound_together_with_the_talk_and_are_no_time_of_the_recording() -> None:
    found = timeline_of(10 * SECOND, (), (), Bookends(6 * SECOND, 4 * SECOND, SECOND))
    assert found.pieces == (
        Piece(Origin.INTRO, 0, 6 * SECOND),
        Piece(Origin.RECORDING, 0, 10 * SECOND, SECOND),
        Piece(Origin.OUTRO, 0, 4 * SECOND, SECOND),
    )
    assert found.samples == 18 * SECOND
    assert found.published_seconds(0) == 5.0
    assert found.published_seconds(10.0) == 15.0
    assert (found.source_seconds(4.999), found.source_seconds(5.0)) == (None, 0.0)
    assert (found.source_seconds(15.0), found.source_seconds(15.001)) == (10.0, None)


def test_a_piece_too_short_for_its_fades_gives_half_of_itself_to_each() -> None:
    found = timeline_of(10 * SECOND, [cut(0.1, 9.9)], (), Bookends(3 * SECOND, 3 * SECOND, SECOND))
    assert [p.overlap for p in found.pieces] == [0, 2400, FADE_SAMPLES, 2400]
    assert [p.overlap for p in timeline_of(SECOND, (), (), Bookends(600, 0, SECOND)).pieces] == [0, 600]


def test_a_blip_between_two_cuts_goes_and_a_tenth_of_a_second_stays() -> None:
    assert recorded(timeline_of(10 * SECOND, [cut(2, 3), cut(3.0999, 4)])) == [
        (0, 2 * SECOND),
        (4 * SECOND, 10 * SECOND),
    ]
    assert recorded(timeline_of(10 * SECOND, [cut(2, 3), cut(3.1, 4)]))[1] == (3 * SECOND, 148_800)
    assert recorded(timeline_of(10 * SECOND, [cut(0.05, 3), cut(6, 9.95)])) == [(3 * SECOND, 6 * SECOND)]


def test_a_blip_between_two_tones_becomes_tone_so_that_nothing_moves() -> None:
    found = timeline_of(10 * SECOND, [cut(2, 3, Instead.TONE), cut(3.05, 4, Instead.TONE)])
    assert found.gaps == (Gap(2 * SECOND, 4 * SECOND, Instead.TONE),)
    assert found.samples == 10 * SECOND


def test_a_blip_between_a_tone_and_a_cut_or_a_shortened_pause_goes_with_what_makes_no_sound() -> None:
    tone = cut(2, 3, Instead.TONE)
    for cuts, pauses in (([tone, cut(3.05, 4)], []), ([tone], [cut(3.05, 4)])):
        assert timeline_of(10 * SECOND, cuts, pauses).gaps == (
            Gap(2 * SECOND, 3 * SECOND, Instead.TONE),
            Gap(3 * SECOND, 4 * SECOND, is_pause=bool(pauses)),
        )


def test_a_cut_inside_a_tone_is_cut_and_a_pause_never_shortens_a_tone() -> None:
    found = timeline_of(10 * SECOND, [cut(2, 5, Instead.TONE), cut(3, 4)], [cut(4.5, 7)])
    assert found.gaps == (
        Gap(2 * SECOND, 3 * SECOND, Instead.TONE),
        Gap(3 * SECOND, 4 * SECOND),
        Gap(4 * SECOND, 5 * SECOND, Instead.TONE),
        Gap(5 * SECOND, 7 * SECOND, is_pause=True),
    )
    assert found.totals == Totals(1.0, 1, 2, 1, 2.0)


@pytest.mark.parametrize(
    ("start", "end", "samples"),
    [
        (1.23456, 2.34567, (59_258, 112_593)),  # 59258.88 down, 112592.16 up
        (0.1, 0.3, (4800, 14_400)),  # 0.3 * 48000 is a little less in binary, and is meant exactly
        (0.7, 1.1, (33_600, 52_800)),
        (12.345, 67.891, (592_560, 3_258_768)),
    ],
)
def test_a_range_widens_to_whole_samples_and_an_exact_one_stays_exact(
    start: float, end: float, samples: tuple[int, int]
) -> None:
    gap = timeline_of(90 * SECOND, [cut(start, end)]).gaps[0]
    assert (gap.start, gap.end) == samples


def test_with_nothing_left_there_are_no_pieces_and_still_an_answer() -> None:
    found = timeline_of(SECOND, [cut(0, 1)])
    assert (found.pieces, found.samples, found.published_seconds(0.5)) == ((), 0, 0.0)
    assert found.source_seconds(0.0) is None


# --- what holds for every list --------------------------------------------------------------------

TIMES = st.integers(0, LONGEST // 48 + 2000).map(lambda ms: ms / 1000)
CUTS = st.builds(lambda a, b, i: Cut(min(a, b), max(a, b), i), TIMES, TIMES, st.sampled_from(Instead))
SHORT = st.builds(
    lambda a, n, i: Cut(a, a + n / 96_000, i), TIMES, st.integers(0, 9000), st.sampled_from(Instead)
)
LISTS = st.lists(CUTS | SHORT, max_size=6)
PAUSES = st.lists(st.builds(lambda a, n: Cut(a, a + n / 1000), TIMES, st.integers(1, 3000)), max_size=4)
AROUND = st.builds(Bookends, *(st.integers(0, 5 * SECOND),) * 2, st.integers(0, 2 * SECOND))
TIMELINES = st.builds(timeline_of, st.integers(1, LONGEST), LISTS, PAUSES, AROUND)


@settings(max_examples=100)
@given(TIMELINES)
def test_the_published_length_is_that_of_the_pieces_without_their_overlaps(found: Timeline) -> None:
    assert found.samples == sum(p.end - p.start for p in found.pieces) - sum(p.overlap for p in found.pieces)
    if found.pieces:
        last = found.pieces[-1]
        assert found.starts[-1] + last.end - last.start == found.samples
        assert found.starts[0] == 0
    for (a, p), (b, q) in pairwise(zip(found.starts, found.pieces, strict=True)):
        assert b == a + p.end - p.start - q.overlap


@settings(max_examples=100)
@given(st.integers(1, LONGEST), LISTS, PAUSES, AROUND)
def test_each_sample_is_kept_once_or_removed_and_never_less_goes_than_was_asked_for(
    samples: int, cuts: list[Cut], pauses: list[Cut], around: Bookends
) -> None:
    found = timeline_of(samples, cuts, pauses, around)
    stretches = sorted([*recorded(found), *((g.start, g.end) for g in found.gaps)])
    edges = [0, *(edge for stretch in stretches for edge in stretch), samples]
    assert edges[0::2] == edges[1::2]  # they follow each other without a hole, and nowhere twice
    for asked in (*cuts, *pauses):
        start, end = asked.start_seconds * SECOND, min(asked.end_seconds * SECOND, samples)
        assert start >= end or all(b <= start + 1e-6 or a >= end - 1e-6 for a, b in recorded(found))
    kept = [(a, b) for a, b in recorded(found) if b - a < SLIVER_SAMPLES]
    assert not kept or not found.gaps
    assert all(0 <= p.start < p.end for p in found.pieces)


@settings(max_examples=100)
@given(TIMELINES)
def test_no_sample_is_in_two_fades(found: Timeline) -> None:
    for piece, after in pairwise((*found.pieces, Piece(Origin.OUTRO, 0, 1))):
        assert piece.overlap + after.overlap <= piece.end - piece.start
    for before, piece in pairwise(found.pieces):
        if {before.origin, piece.origin} <= TALK:
            assert 0 < piece.overlap <= FADE_SAMPLES


@settings(max_examples=100)
@given(TIMELINES, st.lists(TIMES, min_size=2, max_size=20))
def test_published_time_never_runs_backwards_and_stays_within_the_sound(
    found: Timeline, times: list[float]
) -> None:
    edges = [p / SECOND + nudge for g in found.gaps for p in (g.start, g.end) for nudge in (-1e-3, 0, 1e-3)]
    published = [found.published_seconds(t) for t in sorted([*times, *edges])]
    assert published == sorted(published)
    assert all(0 <= t <= found.samples / SECOND for t in published)


@settings(max_examples=100)
@given(TIMELINES, st.floats(0, 1))
def test_a_kept_moment_outside_the_fades_comes_back_from_where_it_is_heard(
    found: Timeline, part: float
) -> None:
    for start, end in recorded(found):
        if end - start > 2 * FADE_SAMPLES:
            inner = start + FADE_SAMPLES, end - FADE_SAMPLES
            time = (inner[0] + part * (inner[1] - inner[0])) / SECOND
            assert found.source_seconds(found.published_seconds(time)) == pytest.approx(time, abs=1e-8)


@settings(max_examples=100)
@given(TIMELINES, TIMES)
def test_a_published_moment_of_the_talk_is_one_of_the_recording_that_is_heard_there(
    found: Timeline, time: float
) -> None:
    source = found.source_seconds(time)
    heard = [
        piece.origin
        for start, piece in zip(found.starts, found.pieces, strict=True)
        if start <= time * SECOND < start + piece.end - piece.start
    ]
    if source is None:
        assert not TALK & set(heard)
    else:
        assert found.published_seconds(source) == pytest.approx(time, abs=1e-8)


@settings(max_examples=80)
@given(st.integers(1, LONGEST), LISTS, PAUSES, st.randoms())
def test_the_order_of_a_list_and_saying_things_twice_change_nothing(
    samples: int, cuts: list[Cut], pauses: list[Cut], chance: object
) -> None:
    mixed = [*cuts, *cuts]
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis' random.Random
    assert timeline_of(samples, mixed, [*pauses, *pauses]) == timeline_of(samples, cuts, pauses)


@settings(max_examples=80)
@given(st.integers(1, LONGEST), LISTS)
def test_replacing_alone_never_moves_anything(samples: int, cuts: list[Cut]) -> None:
    replaced = [
        Cut(c.start_seconds, c.end_seconds, c.instead) for c in cuts if c.instead is not Instead.NOTHING
    ]
    found = timeline_of(samples, replaced)
    assert found.samples == samples
    for sample in range(0, samples, max(samples // 9, 1)):
        assert found.published_seconds(sample / SECOND) == pytest.approx(sample / SECOND, abs=1e-9)


@settings(max_examples=100)
@given(st.lists(st.integers(1, 39), min_size=4, max_size=8, unique=True), st.integers(0, 3), TIMES)
def test_cutting_in_two_steps_is_cutting_at_once(edges: list[int], first: int, time: float) -> None:
    edges = sorted(edges)
    ranges = [cut(a + 0.25, b - 0.25) for a, b in pairwise(edges)][::2]
    late = ranges.pop(first % len(ranges))
    assume(ranges)
    once = timeline_of(LONGEST, [*ranges, late])
    before = timeline_of(LONGEST, ranges)
    then = timeline_of(
        before.samples,
        [cut(before.published_seconds(late.start_seconds), before.published_seconds(late.end_seconds))],
    )
    assert then.samples == once.samples
    fading = [e for r in (*ranges, late) for e in (r.start_seconds, r.end_seconds)]
    assume(all(abs(time - e) > 2 * FADE_SAMPLES / SECOND for e in fading))
    assert then.published_seconds(before.published_seconds(time)) == pytest.approx(
        once.published_seconds(time), abs=1e-8
    )


# --- kept as a value ------------------------------------------------------------------------------


@settings(max_examples=50)
@given(TIMELINES)
def test_a_timeline_comes_back_from_json_with_its_digest(found: Timeline) -> None:
    back = timeline_from(json.loads(json.dumps(found.to_value())))
    assert back == found
    assert back.sha256 == found.sha256


def test_the_digest_knows_every_number() -> None:
    one = timeline_of(10 * SECOND, [cut(2, 5)])
    others = [
        timeline_of(10 * SECOND, [cut(2, 5.001)]),
        timeline_of(10 * SECOND, [cut(2, 5, Instead.TONE)]),
        timeline_of(10 * SECOND, (), [cut(2, 5)]),
        timeline_of(11 * SECOND, [cut(2, 5)]),
    ]
    assert len({t.sha256 for t in (one, *others)}) == 5


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"pieces": []},
        {"pieces": [["recording", 0]], "gaps": []},
        {"pieces": [["elsewhere", 0, 5, 0]], "gaps": []},
        {"pieces": [["recording", -1, 5, 0]], "gaps": []},
        {"pieces": [["recording", 0, 5, 6]], "gaps": []},
        {"pieces": [["recording", 0, 5.5, 0]], "gaps": []},
        {"pieces": [], "gaps": [[0, 1, "music", 0]]},
    ],
)
def test_what_is_no_timeline_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not a"):
        timeline_from(value)
