"""Rule 4 of core/clear.py where sound is cut: what is gone whole asks nobody, what is heard in part does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_clear import (
    ADVISER,
    EPISODE,
    GUEST,
    HOST,
    MEETING,
    PAGE,
    POST,
    QUIET,
    SILENT,
    cleared,
    refused,
    registry,
    said,
    text,
)

from cop_publish.core.checks import advise_edits
from cop_publish.core.consents import Consent, Level, OnExpiry, PersonId, TakenBack
from cop_publish.core.derived import May, derive
from cop_publish.core.edits import Edit, gone_by
from cop_publish.core.model import ChapterDraft, ClearedEpisode, CueDraft, Draft, EpisodeDraft, Moment, Text
from cop_publish.core.problems import Matter, Place
from cop_publish.core.timeline import Cut, Instead

SCRIPT = Place("the/transcript.vtt", 4, 1)


def cue(start: float, end: float, words: str = "Welcome.", speaker: PersonId | None = HOST) -> CueDraft:
    return CueDraft(start, end, speaker, Text(words, SCRIPT))


def edited(*cuts: Cut, cues: tuple[CueDraft, ...] = (), **changed: Any) -> EpisodeDraft:  # noqa: ANN401 - fields by name
    return replace(EPISODE, edit=Edit(cuts), cues=cues or EPISODE.cues, **changed)


ASK = "Ask them, and record the answer in the registry"
KEPT = cue(0.0, 4.0)
FIRST = (KEPT, cue(30.0, 34.0, "Later."))


@pytest.mark.parametrize("instead", Instead)
@pytest.mark.parametrize(
    "gone",
    [
        cue(10.0, 12.0, "Secret.", SILENT),  # no record at all
        cue(10.0, 12.0, "Secret.", PersonId("p-zzzz9")),  # not in the registry
        cue(10.0, 12.0, "The [[confidential: minister]] said so.", QUIET),
        cue(10.0, 12.0, "The [[confidental: minister] said so."),
        cue(10.0, 12.0, "As @{p-t6h8} said."),
        cue(10.0, 12.0, "Somebody's words.", None),
    ],
)
def test_a_cue_that_is_cut_or_covered_whole_goes_with_all_of_it_and_asks_nobody(
    gone: CueDraft, instead: Instead
) -> None:
    cues = (KEPT, gone, FIRST[1])
    found = cleared(edited(Cut(10.0, 12.0, instead), cues=cues))
    assert [(c.start_seconds, c.text) for c in found.cues] == [(0.0, "Welcome."), (30.0, "Later.")]
    assert found.dropped_cues == 1


def ranges(episode: ClearedEpisode) -> list[tuple[float, float, str]]:
    return [(round(c.start_seconds, 3), round(c.end_seconds, 3), c.instead.value) for c in episode.edit.cuts]


@pytest.mark.parametrize(
    "going",
    [
        cue(10.0, 12.0, "The [[confidential: minister]] said so."),
        cue(10.0, 12.0, "The [[confidential: minister |say| press office]] said so."),
        cue(10.0, 12.0, "Secret.", SILENT),  # known, and has agreed to nothing
        cue(10.0, 12.0, "::: network-only\nThe budget.\n::: end", None),
    ],
)
def test_a_cue_that_must_go_takes_its_sound_along_with_a_little_on_either_side(going: CueDraft) -> None:
    found = cleared(edited(cues=(KEPT, going, FIRST[1])))
    assert ranges(found) == [(9.85, 12.15, "nothing")]
    assert [c.start_seconds for c in found.cues] == [0.0, 30.0]
    assert found.derived_cuts == (SCRIPT,)


def test_what_is_heard_in_its_place_is_for_the_edit_list_to_say() -> None:
    draft = edited(cues=(KEPT, cue(10.0, 12.0, "[[confidential: x]]")))
    found = cleared(replace(draft, edit=Edit(marked=Instead.TONE)))
    assert ranges(found) == [(9.85, 12.15, "tone")]


def test_a_cue_that_is_cut_in_part_goes_whole_by_its_mark() -> None:
    marked = (cue(10.0, 12.0, "The [[confidential: minister]]."),)
    for cut in (Cut(10.1, 12.0), Cut(10.0, 11.9), Cut(10.5, 11.5)):
        found = cleared(edited(cut, cues=marked))
        assert found.cues == ()
        assert (9.85, 12.15, "nothing") in ranges(found)
    assert ranges(cleared(edited(Cut(9.9, 12.1), cues=marked))) == [(9.9, 12.1, "nothing")]


def test_who_is_credited_is_never_taken_out_quietly() -> None:
    cues = (KEPT, cue(10.0, 12.0, "Mine.", SILENT))
    problems = refused(edited(cues=cues, people=(HOST, SILENT)))
    assert "p-t6h8 has not agreed to their voice and words in jury" in said(problems)


@pytest.mark.parametrize("person", [ADVISER, QUIET, SILENT])
def test_a_cue_that_calls_somebody_who_is_not_named_goes_for_the_sound_may_say_their_name(
    person: PersonId,
) -> None:
    found = cleared(edited(cues=(KEPT, cue(10.0, 12.0, f"With me is @{{{person}}}."), FIRST[1])))
    assert [c.start_seconds for c in found.cues] == [0.0, 30.0]
    assert ranges(found) == [(9.85, 12.15, "nothing")]
    assert found.derived_cuts == (SCRIPT,)


@pytest.mark.parametrize(
    "words", ["With me is @{p-7f3k}.", "With me is a policy adviser in central government."]
)
def test_a_cue_that_calls_somebody_by_name_who_is_named_or_by_agreed_words_stays(words: str) -> None:
    found = cleared(edited(cues=(KEPT, cue(10.0, 12.0, words), FIRST[1]), people=(HOST, ADVISER)))
    assert [c.start_seconds for c in found.cues] == [0.0, 10.0, 30.0]


def test_a_reference_inside_a_mark_takes_the_cue_as_any_mark_does() -> None:
    found = cleared(edited(cues=(KEPT, cue(10.0, 12.0, "So [[confidential: @{p-k2m9} |say| we]] said."))))
    assert [c.start_seconds for c in found.cues] == [0.0]


def test_a_stranger_is_a_problem_and_not_a_cut() -> None:
    problems = refused(edited(cues=(KEPT, cue(10.0, 12.0, "Who?", PersonId("p-zzzz9")))))
    assert "p-zzzz9 is not in the registry" in said(problems)


@pytest.mark.parametrize(
    "other", [cue(11.8, 14.0, "Over you."), cue(9.0, 10.2, "Before."), cue(10.5, 11.0, "Mm.")]
)
def test_where_two_speak_at_once_somebody_must_listen(other: CueDraft) -> None:
    cues = (cue(10.0, 12.0, "[[confidential: x]]"), other)
    looks = [p for p in refused(edited(cues=cues)) if p.matter is Matter.LOOK]
    assert [(p.where, p.what) for p in looks] == [
        (SCRIPT, "this cue must go from the sound, and somebody else is heard meanwhile")
    ]
    assert looks[0].fix.endswith("all of this cue is {from: 0:10, to: 0:12}.")
    assert cleared(edited(Cut(10.0, 12.0), cues=cues))  # somebody has


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30), st.booleans()), max_size=12))
def test_somebody_must_listen_wherever_one_that_goes_is_heard_with_one_that_stays(
    drawn: list[tuple[int, int, bool]],
) -> None:
    cues = tuple(
        replace(
            cue(start / 10, (start + length) / 10),
            text=Text("[[confidential: x]]" if goes else "x", Place("t", n)),
        )
        for n, (start, length, goes) in enumerate(drawn)
    )
    looks = {
        one.text.where
        for one, (a, m, goes) in zip(cues, drawn, strict=True)
        for b, n, too in drawn
        if goes and not too and min(a + m, b + n) - max(a, b) > 1  # tenths of a second
    }
    found = derive(edited(cues=cues), May(lambda _: True, lambda _: True))
    assert {problem.where for problem in found.problems} == looks


def test_two_that_both_go_may_speak_at_once_and_so_may_two_that_only_touch() -> None:
    secret = cue(10.0, 12.0, "[[confidential: x]]")
    found = cleared(edited(cues=(secret, cue(11.0, 13.0, "Mine.", SILENT))))
    assert ranges(found) == [(9.85, 12.15, "nothing"), (10.85, 13.15, "nothing")]
    assert [c.text for c in cleared(edited(cues=(secret, cue(11.9, 14.0, "Kept.")))).cues] == ["Kept."]
    assert [c.text for c in cleared(edited(cues=(secret, cue(12.0, 14.0, "Kept.")))).cues] == ["Kept."]


def test_a_chapter_may_begin_with_the_cue_behind_one_that_goes_and_not_with_it() -> None:
    cues = (KEPT, cue(10.0, 12.0, "[[confidential: x]]"), cue(12.0, 14.0, "After."))
    assert len(cleared(edited(cues=cues, chapters=(chapter(0.0), chapter(12.0)))).chapters) == 2
    (problem,) = refused(edited(cues=cues, chapters=(chapter(0.0), chapter(11.0, 6))))
    assert "starts inside a cut" in problem.what


@pytest.mark.parametrize(
    ("cut", "stays"),
    [
        (Cut(11.85, 15.0), True),
        (Cut(11.849, 15.0), False),
        (Cut(9.0, 10.15), True),
        (Cut(9.0, 10.151), False),
        (Cut(10.5, 11.5), False),
        (Cut(12.0, 15.0), True),
        (Cut(8.0, 10.0), True),
        (Cut(11.849, 15.0, Instead.SILENCE), False),
    ],
)
def test_a_cue_that_loses_more_than_a_little_loses_its_words(cut: Cut, stays: bool) -> None:  # noqa: FBT001 - a column of the table
    found = cleared(edited(cut, cues=(cue(10.0, 12.0, "Cut here."),)))
    assert [c.text for c in found.cues] == (["Cut here."] if stays else [])
    assert found.dropped_cues == (0 if stays else 1)


@pytest.mark.parametrize("overlap", [-0.2, -0.05, 0.0, 0.1, 0.149])
def test_who_speaks_next_to_a_marked_cue_keeps_their_sentence_and_the_cut_its_margin(overlap: float) -> None:
    before, after = cue(6.0, 10.0 + overlap, "Before."), cue(12.0 - overlap, 15.0, "After.")
    found = cleared(edited(cues=(before, cue(10.0, 12.0, "The [[confidential: minister]]."), after)))
    assert [c.text for c in found.cues] == ["Before.", "After."]
    assert ranges(found) == [(9.85, 12.15, "nothing")]
    assert found.crowded_cues == ()


def test_a_cue_of_which_little_is_left_beside_a_marked_one_goes_and_its_line_is_told() -> None:
    lines = [Place(SCRIPT.path, line, 1) for line in (4, 7, 10)]
    cues = [
        CueDraft(start, end, HOST, Text(words, where))
        for start, end, words, where in zip(
            (10.0, 12.0, 12.25),
            (12.0, 12.25, 12.6),
            ("The [[confidential: x]].", "Yes.", "So."),
            lines,
            strict=True,
        )
    ]
    found = cleared(edited(cues=(*cues, FIRST[1])))
    assert [c.text for c in found.cues] == ["So.", "Later."]
    assert (found.derived_cuts, found.crowded_cues, found.dropped_cues) == ((lines[0],), (lines[1],), 2)
    (crowded, derived) = advise_edits([found])
    assert crowded.startswith("jury: the words of transcript.vtt:7 go too, for most of that cue goes with")
    assert derived.startswith("jury: 1 cue goes from transcript and sound")


def test_two_cuts_of_one_cue_count_together() -> None:
    found = cleared(edited(Cut(9.0, 10.1), Cut(11.9, 13.0), cues=(cue(10.0, 12.0),)))
    assert found.dropped_cues == 1


def test_someone_who_is_credited_still_needs_a_yes_when_all_they_say_is_cut() -> None:
    cues = (KEPT, cue(10.0, 12.0, "Secret.", SILENT))
    cut = Cut(10.0, 12.0)
    assert "Secret" not in "".join(c.text for c in cleared(edited(cut, cues=cues)).cues)
    problems = refused(edited(cut, cues=cues, people=(HOST, SILENT)))
    assert "p-t6h8 has not agreed to their voice and words in jury" in said(problems)


def test_nameless_people_are_numbered_in_the_order_of_people_whatever_comes_first() -> None:
    nameless = registry(Consent(GUEST, "jury", Level.ANONYMOUS, words=True, voice=True))
    draft = replace(EPISODE, notes=text("With @{p-7f3k}.\n"), cues=(cue(0.0, 4.0, "Hi.", GUEST),))
    found = cleared(replace(draft, people=(HOST, QUIET, GUEST)), nameless)
    assert [c.label for c in found.credits][1:] == ["a contributor", "a second contributor"]
    assert found.cues[0].speaker == "a second contributor"


TIMES = st.integers(0, 400).map(lambda n: n / 10)


@settings(max_examples=150)
@given(st.lists(st.tuples(TIMES, TIMES, st.sampled_from(Instead)), max_size=4), TIMES, st.integers(1, 60))
def test_no_voice_without_a_yes_is_ever_heard_for_a_moment(
    ranges: list[tuple[float, float, Instead]], start: float, tenths: int
) -> None:
    """Sample by tenth of a second, apart from how the code counts: the cue passes only if none is left."""
    end = round(start + tenths / 10, 1)
    cuts = tuple(Cut(min(a, b), max(a, b), i) for a, b, i in ranges)
    draft = edited(*cuts, cues=(cue(start, end, "Secret.", SILENT),))
    heard = [
        n
        for n in range(round(start * 10), round(end * 10))
        if not any(c.start_seconds * 10 <= n + 0.01 and n + 0.99 <= c.end_seconds * 10 for c in cuts)
    ]
    found = cleared(draft)
    assert found.cues == ()
    took = gone_by(found.edit)
    assert took.all_of(start, end)
    assert bool(found.derived_cuts) == bool(heard)


# --- chapters -------------------------------------------------------------------------------------


def chapter(start: float, line: int = 5) -> ChapterDraft:
    return ChapterDraft(start, text("A part"), "", Place("the/file.md", line))


@pytest.mark.parametrize("start", [10.001, 12.0, 14.999])
def test_a_chapter_that_starts_inside_a_cut_is_refused(start: float) -> None:
    (problem,) = refused(edited(Cut(10.0, 15.0), chapters=(chapter(0.0), chapter(start, 6))))
    assert str(problem) == (
        "the/file.md:6: chapters[2] starts inside a cut. Move it out of the cut or delete it."
    )


@pytest.mark.parametrize("start", [9.999, 10.0, 15.0])
def test_a_chapter_may_start_where_a_cut_begins_or_ends(start: float) -> None:
    assert len(cleared(edited(Cut(10.0, 15.0), chapters=(chapter(0.0), chapter(start)))).chapters) == 2


def test_a_chapter_may_start_where_a_tone_stands_for_its_time_stays() -> None:
    assert cleared(edited(Cut(10.0, 15.0, Instead.TONE), chapters=(chapter(0.0), chapter(12.0))))


def test_a_chapter_of_which_nothing_is_left_is_refused_for_its_title_may_tell_what_went() -> None:
    chapters = (chapter(0.0), chapter(10.0, 6), chapter(15.0, 7))
    for instead in Instead:
        (problem,) = refused(edited(Cut(10.0, 15.0, instead), chapters=chapters))
        assert str(problem) == "the/file.md:6: nothing of chapters[2] is left by the edit list. Delete it."
    assert cleared(edited(Cut(10.0, 14.5), chapters=chapters))


# --- times in texts -------------------------------------------------------------------------------


def test_times_in_show_notes_are_found_with_their_lines() -> None:
    notes = "As said at {t:0:20}.\n\n::: confidential\nNot {t:0:11}.\n::: end\n\nAnd {t:1:00:01.5}, {t:7}.\n"
    found = cleared(edited(Cut(10.0, 15.0), notes=text(notes, 20)))
    where = Place("the/file.md", 20, 1)
    assert found.moments == (
        Moment(20.0, where),
        Moment(3601.5, where.down(6)),
        Moment(7.0, where.down(6)),
    )
    assert "{t:0:20}" in found.notes


@pytest.mark.parametrize("instead", Instead)
def test_a_time_that_the_edit_list_takes_out_is_refused_on_its_line(instead: Instead) -> None:
    notes = text("With @{p-host}.\n\nAt {t:0:09}, {t:0:10}, {t:0:12.5} and {t:0:15}.\n", 20)
    (problem,) = refused(edited(Cut(10.0, 15.0, instead), notes=notes))
    assert str(problem) == (
        "the/file.md:22: the time 0:12.5 is one that the edit list takes out. Give a time before or after it."
    )


@pytest.mark.parametrize(
    "draft",
    [
        replace(POST, body=text("At {t:0:20}.\n")),
        replace(POST, title=text("At {t:0:20}")),
        replace(PAGE, body=text("At {t:0:20}.\n")),
        replace(MEETING, place=text("At {t:0:20}")),
        replace(EPISODE, title=text("At {t:0:20}")),
        replace(EPISODE, summary=text("At {t:0:20}")),
        replace(EPISODE, topics=("{t:0:20}",)),
        replace(EPISODE, cues=(cue(0.0, 4.0, "At {t:0:20}."),)),
        replace(EPISODE, chapters=(replace(EPISODE.chapters[0], title=text("At {t:0:20}")),)),
    ],
)
def test_a_time_stands_in_show_notes_alone(draft: Draft) -> None:
    assert "a time of a recording stands here, and only show notes can hold one" in said(refused(draft))


def test_words_about_such_signs_may_stand_anywhere() -> None:
    words = "Write \\{t:0:20} or {t: x} or {T:1}.\n"
    assert cleared(replace(POST, body=text(words))).body == words


TAKEN = date(2026, 11, 20)
NAME = "Siân Ap-Example"
SPEAKING = (cue(10.0, 12.0, "It is about trust.", GUEST), cue(20.0, 24.0, "And time.", GUEST))


def taken_back(*, words: bool = True) -> Consent:
    voice = frozenset({TakenBack.VOICE})
    return Consent(
        GUEST, "jury", Level.NAMED, NAME, words=words, voice=True, withdrawn_on=TAKEN, withdrawn=voice
    )


def test_a_voice_that_was_taken_back_goes_with_its_cues_and_the_credit_stays() -> None:
    draft = edited(cues=(KEPT, *SPEAKING, FIRST[1]), people=(HOST, GUEST))
    found = cleared(draft, registry(taken_back()))
    assert ranges(found) == [(9.85, 12.15, "nothing"), (19.85, 24.15, "nothing")]
    assert [c.speaker for c in found.cues] == ["Alys Example", "Alys Example"]
    assert [credit.label for credit in found.credits] == ["Alys Example", NAME]


def test_a_voice_that_was_never_agreed_to_still_refuses_a_credited_guest() -> None:
    draft = edited(cues=(KEPT, *SPEAKING, FIRST[1]), people=(HOST, GUEST))
    no = Consent(GUEST, "jury", Level.NAMED, NAME, words=True)
    assert any("has not agreed to their voice" in p.what for p in refused(draft, registry(no)))


def test_a_voice_that_was_taken_back_and_that_no_cue_finds_refuses() -> None:
    draft = edited(cues=(KEPT, FIRST[1]), people=(HOST, GUEST))
    (problem,) = refused(draft, registry(taken_back()))
    assert "no cue of the transcript says where they speak" in problem.what
    assert problem.matter is Matter.CONSENT


def test_a_voice_that_was_taken_back_under_another_one_needs_somebody_who_listens() -> None:
    over = cue(11.0, 14.0, "Yes, yes.")
    draft = edited(cues=(KEPT, SPEAKING[0], over, FIRST[1]), people=(HOST, GUEST))
    (problem,) = refused(draft, registry(taken_back()))
    assert problem.matter is Matter.LOOK


def test_words_that_were_never_agreed_to_refuse_whatever_becomes_of_the_voice() -> None:
    draft = edited(cues=(KEPT, *SPEAKING), people=(HOST, GUEST))
    assert any("their voice and words" in p.what for p in refused(draft, registry(taken_back(words=False))))


def called_back(person: PersonId) -> Consent:
    scope = frozenset({TakenBack.ATTRIBUTION})
    return Consent(
        person, "jury", Level.NAMED, NAME, words=True, voice=True, withdrawn_on=TAKEN, withdrawn=scope
    )


@pytest.mark.parametrize(
    "words", ["With me is an Adviser in Sampleford.", "So, an adviser, in Sampleford; said"]
)
def test_a_cue_with_words_that_they_no_longer_agree_to_goes_though_it_holds_no_id(words: str) -> None:
    said = replace(called_back(GUEST), level=Level.ROLE, display="an adviser in Sampleford")
    draft = edited(cues=(KEPT, cue(10.0, 12.0, words), FIRST[1]), people=(HOST, GUEST))
    assert [c.start_seconds for c in cleared(draft, registry(said)).cues] == [0.0, 30.0]
    agreed = replace(said, withdrawn_on=None)
    assert len(cleared(draft, registry(agreed)).cues) == 3
    over = replace(agreed, expires_on=TAKEN, on_expiry=OnExpiry.ANONYMOUS)
    assert [c.start_seconds for c in cleared(draft, registry(over)).cues] == [0.0, 30.0]


@pytest.mark.parametrize("words", ["With me is [[confidential: @{p-7f3k}]].", "With me is @{p-7f3k}."])
def test_who_took_back_their_name_is_not_called_by_it_in_the_sound(words: str) -> None:
    draft = edited(cues=(KEPT, cue(10.0, 12.0, words), FIRST[1]), people=(HOST, GUEST))
    found = cleared(draft, registry(called_back(GUEST)))
    assert [c.start_seconds for c in found.cues] == [0.0, 30.0]
    assert [credit.label for credit in found.credits] == ["Alys Example", "a contributor"]
