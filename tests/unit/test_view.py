"""What a contributor agrees to: which words are in their view, and what changes it and what does not."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from test_clear import ADVISER, EPISODE, GUEST, HOST, NOW, POST, QUIET, cue, image, registry, text

from cop_publish.core.clear import clear
from cop_publish.core.consents import Consent, Consents, Level
from cop_publish.core.edits import Edit
from cop_publish.core.model import ChapterDraft, EpisodeDraft, PostDraft
from cop_publish.core.pieces import may_be_in, pieces_of
from cop_publish.core.problems import Place
from cop_publish.core.timeline import Cut
from cop_publish.core.view import Traces, View, view_of

if TYPE_CHECKING:
    from cop_publish.core.consents import PersonId
    from cop_publish.core.model import Draft

TRACES = Traces("ab" * 32, {"images/map.png": "cd" * 32})


def heard(*said: tuple[PersonId | None, str]) -> tuple[Any, ...]:
    """Cues of four seconds each, one after another."""
    return tuple(
        replace(cue(who, words), start_seconds=4.0 * n, end_seconds=4.0 * n + 4)
        for n, (who, words) in enumerate(said)
    )


TALK = heard(
    (HOST, "Far away before."),
    (HOST, "And you?"),
    (ADVISER, "We wrote guidance."),
    (HOST, "I see."),
    (HOST, "Far away after."),
)
NOTES = "First.\n\nNear before.\n\n@{p-k2m9} wrote guidance.\n\nNear after.\n\nLast.\n"
TALKED: EpisodeDraft = replace(EPISODE, people=(HOST, ADVISER), cues=TALK, notes=text(NOTES))
WROTE: PostDraft = replace(
    POST,
    authors=(HOST,),
    people=(QUIET,),
    body=text("One.\n\n<!--more-->\n\nTwo.\n\nAs @{p-q4d7} says:\n\n> Three.\n\nFour.\n"),
)


def view(
    draft: Draft, person: PersonId = ADVISER, consents: Consents | None = None, traces: Traces = TRACES
) -> View:
    known = consents or registry(Consent(QUIET, POST.id, words=True))
    cleared, problems = clear(draft, known, (HOST,), now=NOW)
    assert cleared is not None, problems
    return view_of(
        draft, cleared, replace(known.of(person, draft.id, today=NOW.date()), person=person), traces
    )


def test_it_holds_their_words_with_one_neighbour_on_each_side() -> None:
    value = view(TALKED).value
    assert value["text"] == "Near before. A policy adviser in central government wrote guidance. Near after."
    assert [words for _, words in value["talk"]] == ["And you?", "We wrote guidance.", "I see."]
    assert value["talk"][1][0] == "a policy adviser in central government"


def test_it_holds_what_else_is_said_of_them_and_the_digests_of_their_sound() -> None:
    value = view(TALKED).value
    assert (value["title"], value["summary"], value["audience"]) == ("The jury", "What changed.", "public")
    assert value["as"] == ["role", "a policy adviser in central government"]
    assert value["recording"] == TRACES.recording_sha256
    assert value["edit"] == TALKED.edit.sha256
    assert (value["item"], value["person"]) == ("jury", ADVISER)


def test_an_authors_view_is_the_whole_post_and_that_of_somebody_quoted_is_what_stands_around_it() -> None:
    consents = registry(Consent(QUIET, POST.id, words=True))
    whole = view(WROTE, HOST, consents).value["text"]
    assert whole == "One. Two. As a contributor says: > Three. Four."
    assert view(WROTE, QUIET, consents).value["text"] == "Two. As a contributor says: > Three."
    assert view(WROTE, QUIET, consents).value["as"] == ["anonymous", "a contributor"]


def test_the_label_of_somebody_anonymous_is_the_one_that_clearing_gave_them() -> None:
    consents = registry(Consent(QUIET, POST.id, words=True), Consent(ADVISER, POST.id, words=True))
    draft = replace(WROTE, people=(), body=text("@{p-q4d7} spoke.\n\nA.\n\nB.\n\nThen @{p-k2m9}.\n"))
    assert view(draft, QUIET, consents).value["as"][1] == "a contributor"
    assert view(draft, ADVISER, consents).value["as"][1] == "a second contributor"


def test_somebody_who_is_listed_and_nowhere_mentioned_sees_everything() -> None:
    draft = replace(WROTE, body=text("One.\n\nOne adviser spoke.\n"))
    assert view(draft, QUIET).value["text"] == "One. One adviser spoke."


def test_marked_passages_are_in_no_view() -> None:
    marked = NOTES.replace("wrote guidance", "wrote [[confidential: secret |say| guidance]]")
    marked += "\n::: confidential\n@{p-k2m9} has not told.\n::: end\n"
    seen = view(replace(TALKED, notes=text(marked)))
    assert "secret" not in seen.content
    assert "told" not in seen.content
    assert seen.digest == view(TALKED).digest


STANDS: dict[str, Draft] = {
    "spaces": replace(TALKED, notes=text(NOTES.replace("wrote guidance", "wrote   guidance"))),
    "other line ends": replace(TALKED, notes=text(NOTES.replace("wrote guidance", "wrote\nguidance"))),
    "a paragraph far from theirs": replace(TALKED, notes=text(NOTES.replace("First", "Another"))),
    "a new last paragraph": replace(TALKED, notes=text(NOTES + "\nMore.\n")),
    "a cue far from theirs": replace(
        TALKED, cues=heard((HOST, "Else."), *((c.speaker, c.text.raw) for c in TALK[1:]))
    ),
    "the times of the cues": replace(
        TALKED, cues=tuple(replace(c, end_seconds=c.end_seconds - 0.1) for c in TALK)
    ),
    "the number": replace(TALKED, number=2),
    "the topics": replace(TALKED, topics=("other",)),
    "a chapter without them": replace(
        TALKED, chapters=(ChapterDraft(0.0, text("Hello"), "", Place("x", 1)),)
    ),
    "a picture without them": replace(TALKED, images=(image("A chart"),)),
}
VOIDS: dict[str, Draft] = {
    "a word of theirs": replace(TALKED, notes=text(NOTES.replace("wrote", "copied"))),
    "a capital": replace(TALKED, notes=text(NOTES.replace("guidance", "Guidance"))),
    "a neighbour": replace(TALKED, notes=text(NOTES.replace("Near after", "Nobody agreed"))),
    "a new neighbour": replace(TALKED, notes=text(NOTES.replace("Near after", "Between.\n\nNear after"))),
    "the question they answer": replace(
        TALKED, cues=heard((HOST, "Far."), (HOST, "Really?"), *((c.speaker, c.text.raw) for c in TALK[2:]))
    ),
    "what they are heard to say": replace(
        TALKED, cues=heard(*((c.speaker, c.text.raw.replace("guidance", "law")) for c in TALK))
    ),
    "the title": replace(TALKED, title=text("The jurors")),
    "the summary": replace(TALKED, summary=text("What did not change.")),
    "the edit list": replace(TALKED, edit=Edit(cuts=(Cut(18.0, 19.0),))),
    "a chapter with them": replace(
        TALKED, chapters=(ChapterDraft(0.0, text("@{p-k2m9} begins"), "", Place("x", 1)),)
    ),
    "a picture said to show them": replace(TALKED, images=(image("@{p-k2m9} at a table"),)),
    "where they are mentioned besides": replace(TALKED, notes=text(NOTES + "\nAlso @{p-k2m9}.\n")),
}


@pytest.mark.parametrize("what", STANDS)
def test_their_yes_stands_whatever_else_changes(what: str) -> None:
    assert view(STANDS[what]).digest == view(TALKED).digest


@pytest.mark.parametrize("what", VOIDS)
def test_their_yes_is_void_when_this_changes(what: str) -> None:
    assert view(VOIDS[what]).digest != view(TALKED).digest


def test_both_ways_to_write_an_accent_are_one() -> None:
    composed, apart = (
        replace(TALKED, title=text(unicodedata.normalize(form, "Café"))) for form in ("NFC", "NFD")
    )
    assert composed.title != apart.title
    assert view(composed).digest == view(apart).digest


@pytest.mark.parametrize(
    "record",
    [
        Consent(ADVISER, "jury", Level.ROLE, "an adviser", words=True, voice=True),
        Consent(
            ADVISER,
            "jury",
            Level.ORGANISATION,
            "a policy adviser in central government",
            words=True,
            voice=True,
        ),
        Consent(ADVISER, "jury", words=True, voice=True),
    ],
)
def test_other_agreed_words_are_another_view(record: Consent) -> None:
    assert view(TALKED, consents=registry(record)).digest != view(TALKED).digest


def test_another_recording_or_other_pixels_are_another_view() -> None:
    shown = replace(TALKED, images=(image("@{p-k2m9} at a table"),))
    assert view(shown, traces=replace(TRACES, recording_sha256="00" * 32)).digest != view(shown).digest
    assert (
        view(shown, traces=replace(TRACES, pixels_sha256={"images/map.png": "00"})).digest
        != view(shown).digest
    )


def test_one_draft_for_two_people_or_under_two_names_is_never_one_view() -> None:
    assert view(TALKED, HOST).digest != view(TALKED).digest
    other = registry(
        Consent(ADVISER, "copy", Level.ROLE, "a policy adviser in central government", words=True, voice=True)
    )
    assert view(replace(TALKED, id="copy"), consents=other).digest != view(TALKED).digest


def test_everyone_in_an_item_is_found_wherever_they_stand() -> None:
    draft = replace(
        TALKED,
        people=(HOST, ADVISER),
        title=text("What @{p-7f3k} saw"),
        cues=heard((HOST, "With me is a policy adviser in central government.")),
        images=(image("A table", HOST),),
        notes=text("::: confidential\n@{p-t6h8} left.\n:::  end\n".replace(":::  end", "::: end")),
    )
    cleared, problems = clear(draft, registry(), (HOST,), now=NOW)
    assert cleared is not None, problems
    assert pieces_of(draft, cleared).people == {HOST, GUEST, ADVISER}
    assert may_be_in(draft) > {HOST, GUEST, ADVISER}


def test_what_the_edit_list_takes_out_keeps_its_place_without_its_words() -> None:
    draft = replace(TALKED, edit=Edit(cuts=(Cut(8.0, 12.0),)))
    cleared, problems = clear(draft, registry(), (HOST,), now=NOW)
    assert cleared is not None, problems
    pieces = pieces_of(draft, cleared)
    assert [h.is_cut for h in pieces.talk] == [False, False, True, False, False]
    assert pieces.talk[2].piece.words == ""
    assert view(draft).value["text"]  # they are still mentioned


def test_withheld_passages_are_counted_where_they_were() -> None:
    marked = "First.\n\n::: confidential\nX.\n::: end\n\nSecond [[confidential: one |say| two]].\n\nThird.\n"
    draft = replace(TALKED, notes=text(marked))
    cleared, problems = clear(draft, registry(), (HOST,), now=NOW)
    assert cleared is not None, problems
    assert [(p.words, p.withheld) for p in pieces_of(draft, cleared).text] == [
        ("First.", 0),
        ("Second two.", 2),
        ("Third.", 0),
    ]


def test_a_cue_with_somebody_s_agreed_words_is_about_them_though_it_holds_no_id() -> None:
    cues = heard(
        (HOST, "Before."),
        (HOST, "With me is A policy adviser, in central government."),
        (HOST, "After."),
        (HOST, "Far."),
    )
    draft = replace(TALKED, people=(HOST, ADVISER), cues=cues)
    cleared, problems = clear(draft, registry(), (HOST,), now=NOW)
    assert cleared is not None, problems
    about = [heard.piece.people for heard in pieces_of(draft, cleared).talk]
    assert about == [{HOST}, {HOST, ADVISER}, {HOST}, {HOST}]
