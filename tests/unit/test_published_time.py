"""Chapters, cues and the times in the notes follow the sound, to the millisecond and in order."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import EPISODE

from cop_publish.core.model import Chapter, ClearedEpisode, Cue
from cop_publish.core.moments import find_moments, put_times
from cop_publish.core.problems import Place
from cop_publish.core.published_time import in_published_time
from cop_publish.core.timeline import SAMPLE_RATE_HZ, Bookends, Cut, Instead, Timeline, timeline_of, whole
from cop_publish.render.markdown import to_html

SECOND = SAMPLE_RATE_HZ
HOUR = whole(3600 * SECOND)


def moved(timeline: Timeline | None, **changed: object) -> ClearedEpisode:
    return in_published_time(replace(EPISODE, **changed), timeline)  # type: ignore[arg-type]  # fields by name


def cues(*times: tuple[float, float]) -> tuple[Cue, ...]:
    return tuple(Cue(start, end, "Alys Example", f"Words {n}.") for n, (start, end) in enumerate(times))


def chapters(*starts: float) -> tuple[Chapter, ...]:
    return tuple(Chapter(start, f"Part {n}", "") for n, start in enumerate(starts))


def times(episode: ClearedEpisode) -> list[tuple[float, float]]:
    return [(cue.start_seconds, cue.end_seconds) for cue in episode.cues]


@pytest.mark.parametrize("timeline", [None, HOUR])
def test_without_edits_nothing_moves(timeline: Timeline | None) -> None:
    assert moved(timeline) == EPISODE


def test_what_follows_a_cut_moves_up_and_what_precedes_it_stays() -> None:
    found = moved(
        timeline_of(60 * SECOND, [Cut(10.0, 20.0)]),
        cues=cues((5.0, 9.0), (9.5, 10.1), (19.9, 22.0), (30.0, 31.234)),
        chapters=chapters(0.0, 8.0, 20.0, 40.0),
        notes="{t:5} {t:10} {t:40}",
    )
    assert times(found) == [(5.0, 9.0), (9.5, 9.995), (9.995, 11.99), (19.99, 21.224)]
    assert [c.start_seconds for c in found.chapters] == [0.0, 8.0, 9.995, 29.99]
    assert re.findall(r"#t=([\d.]+)", found.notes) == ["5", "9.995", "29.99"]
    assert found.moments == ()


def test_behind_an_intro_everything_is_later_but_the_first_chapter_begins_with_it() -> None:
    timeline = timeline_of(60 * SECOND, (), (), Bookends(8 * SECOND, 0, SECOND))
    found = moved(timeline, cues=cues((0.0, 4.0)), chapters=chapters(0.0, 10.0))
    assert times(found) == [(7.0, 11.0)]
    assert [c.start_seconds for c in found.chapters] == [0.0, 17.0]
    assert moved(timeline, chapters=chapters(1.0)).chapters[0].start_seconds == 8.0


def test_a_replaced_range_moves_nothing_at_all() -> None:
    timeline = timeline_of(3600 * SECOND, [Cut(10.0, 20.0, Instead.TONE), Cut(30.0, 31.0, Instead.SILENCE)])
    given_ = {"cues": cues((5.0, 9.0), (12.0, 14.0), (29.0, 33.5)), "chapters": chapters(0.0, 15.0, 31.0)}
    assert moved(timeline, **given_) == replace(EPISODE, **given_)  # type: ignore[arg-type]  # fields by name


def test_a_cue_or_chapter_of_which_nothing_is_heard_goes() -> None:
    timeline = timeline_of(60 * SECOND, [Cut(10.0, 20.0)], [Cut(30.0, 35.0)])
    found = moved(
        timeline, cues=cues((11.0, 12.0), (31.0, 33.0), (40.0, 41.0)), chapters=chapters(0.0, 31.0, 34.0)
    )
    assert times(found) == [(24.98, 25.98)]
    assert [c.title for c in found.chapters] == ["Part 0", "Part 2"]


MILLISECONDS = st.integers(0, 40_000).map(lambda ms: ms / 1000)
CUTS = st.lists(
    st.builds(
        lambda a, b, i: Cut(min(a, b), max(a, b), i), MILLISECONDS, MILLISECONDS, st.sampled_from(Instead)
    ),
    max_size=4,
)


@settings(max_examples=150)
@given(CUTS, st.lists(MILLISECONDS, unique=True, max_size=12), st.integers(0, 3 * SECOND))
def test_cues_and_chapters_stay_in_order_within_the_sound_and_last_at_least_a_millisecond(
    cuts: list[Cut], places: list[float], intro: int
) -> None:
    places.sort()
    timeline = timeline_of(41 * SECOND, cuts, (), Bookends(intro, 0, SECOND))
    found = moved(timeline, cues=cues(*pairwise(places)), chapters=chapters(*places), notes="")
    flat = [t for pair in times(found) for t in pair]
    assert flat == sorted(flat)
    assert all(end - start > 0.0009 for start, end in times(found))
    starts = [chapter.start_seconds for chapter in found.chapters]
    assert starts == sorted(set(starts))
    assert all(0 <= t <= timeline.samples / SECOND + 0.001 for t in [*flat, *starts])
    assert all(t == round(t, 3) for t in [*flat, *starts])


# --- times in the notes ---------------------------------------------------------------------------


def html(notes: str) -> str:
    return to_html(put_times(notes, HOUR.published_seconds), base="https://commons.example/")


@pytest.mark.parametrize(
    ("notes", "shown"),
    [
        ("The vote ({t:40:10}).", '(<a href="https://commons.example/#t=2410">40:10</a>).'),
        ("Yes!{t:0:04.5}(see)", 'Yes!<a href="https://commons.example/#t=4.5">0:04</a>(see)'),
        ("- {t:59:59.999}", '<a href="https://commons.example/#t=3599.999">1:00:00</a>'),
        ("**{t:7}**", '<strong><a href="https://commons.example/#t=7">0:07</a></strong>'),
    ],
)
def test_a_time_becomes_a_link_whatever_stands_beside_it(notes: str, shown: str) -> None:
    assert shown in html(notes)


def test_signs_that_are_escaped_stay_signs() -> None:
    assert "{t:40:10}" in html("Write \\{t:40:10}.")
    assert "<a" not in html("Write \\{t:40:10}.")


@pytest.mark.parametrize(
    "token",
    [
        "{t:}",
        "{t: 40:10}",
        "{t:40:10",
        "{T:40:10}",
        "{ t:40:10}",
        "{t:40.10.2}",
        "{t:40:75}",
        "{t:1:75:00}",
        "{t:-5}",
        "{t:40:10 }",
        "{t:forty}",
    ],
)
def test_what_is_nearly_a_time_is_a_problem_and_never_public(token: str) -> None:
    found, problems = find_moments(f"First.\nAt {token}\n", Place("e.md", 9), (9, 12))
    assert found == ()
    assert [(str(p.where), p.what) for p in problems] == [
        ("e.md:12", "this looks like a time and is not one exactly")
    ]


@pytest.mark.parametrize(
    "notes",
    [
        "[see {t:40:10}](x.md)",
        "`{t:40:10}`",
        "[x] and [{t:40:10}][y]",
        "```\n{t:40:10}\n```\n",
        "~~~ text\r\n\r\n{t:40:10}\r\n",
        "So `this\n{t:40:10}` is",
    ],
)
def test_a_time_inside_a_link_or_code_is_refused(notes: str) -> None:
    _, problems = find_moments(notes, Place("e.md", 9), ())
    assert [p.what for p in problems] == ["a time stands inside a link or code, and becomes a link itself"]
    assert find_moments("[x](y) `z` \\[ {t:40:10}", Place("e.md", 9), ())[1] == ()
