"""Names alone, of people of the very item: what can be nobody else blocks, what may be is for a human."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gate_samples import (
    ANN,
    GUARD,
    HOPE,
    HOST,
    IAN,
    JORY,
    OWAIN,
    YOUNG,
    gate,
    page,
    public,
    refusal,
    transcript,
)

from cop_publish.core.consents import Person, PersonId
from cop_publish.errors import LeakFound, NeedsHumanLook
from cop_publish.gate.lone import distance

WILL = Person(PersonId("p-w1ll"), "Will", "Fieldsworthy")
PRESENT = frozenset({JORY.id, ANN.id, OWAIN.id, YOUNG.id, HOPE.id, IAN.id, WILL.id, HOST.id})
HERE = replace(GUARD, people=(*GUARD.people, WILL), present={"here": PRESENT})

SURE = {
    "a given name": ("given name alone", "Then Owain said it."),
    "a given name in small letters": ("given name alone", "then owain said it"),
    "a given name that begins the sentence": ("given name alone", "Owain told us so."),
    "a short given name": ("given name alone", "It was Ann who asked."),
    "a given name's possessive": ("given name alone", "Owain’s map is long."),
    "a nickname": ("given name alone", "as Jo put it"),
    "a name that is a word, inside a sentence": ("given name alone", "and then Will asked us why"),
    "a family name": ("family name alone", "The Madeup-Fictive map is long."),
    "half of it": ("family name alone", "as Fictive said"),
    "without its apostrophe": ("family name alone", "the OSample papers"),
    "with a title": ("family name alone", "Thanks to Dr Young for it."),
    "with a title and a full stop": ("family name alone", "Mr. Green spoke."),
    "initials": ("initials alone", "signed J.M.-F. in May"),
    "initials with an apostrophe": ("initials alone", "as O.O'S. noted"),
}
DOUBTFUL = {
    "somebody else of the same given name": "We read Owain Glyndwr there.",
    "somebody else of the same family name": "So Peter Fictive wrote.",
    "a word that begins a sentence, and does what people do": "Will told us so.",
    "part of an address": "see owain.example for it",
    "a short given name in small letters": "then jory said it",
    "two letters changed places": "so Owian said",
    "a letter lost": "so Madup said",
    "a letter too many": "so Fictivee said",
    "digits for letters": "so 0wa1n said",
}
CLEAN = {
    "a word in small letters": "we will ask young people in a green field with hope",
    "a word that begins a sentence": "Will the council answer? Green it is.",
    "a word before another with a capital": "the Green Paper of May and the Young People’s Board",
    "a word that begins a line": "what we ask\nWill it last\nand for whom",
    "within another word": "Owainshire, Joryson, Annual",
    "the host alone": "Alys asked, and Example answered.",
    "agreed words": "It was Alys Example.",
    "the end of a domain": "see commons.fictive/map and maps.owain",
    "not so near": "Oban and Oakham",
    "short words": "An Italian-like tale of Anna",
    "a common word in both cases": "the Owan, an owan",
}


@pytest.mark.parametrize(("rule", "text"), SURE.values())
def test_a_name_alone_of_a_person_of_the_item_is_a_leak(rule: str, text: str) -> None:
    error = refusal(public("a.html", page(f"<p>{text}</p>"), "here"), guard=HERE)
    assert isinstance(error, LeakFound)
    assert f"holds the {rule} of p-" in str(error)


@pytest.mark.parametrize("text", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_may_be_a_word_or_somebody_else_is_for_a_human_to_look_at(text: str) -> None:
    error = refusal(public("a.txt", text, "here"), guard=HERE)
    assert isinstance(error, NeedsHumanLook)
    assert error.exit_code == 11
    assert "may hold the " in str(error)
    assert not [w for w in ("Owain", "Fictive", "Green", "Will") if w in str(error)]


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_ordinary_words_are_nobody_s_name(text: str) -> None:
    gate(public("a.txt", text, "here"), guard=HERE)


def test_where_several_items_or_none_are_shown_a_name_alone_tells_nothing() -> None:
    gate(public("a.txt", "Then Owain said it."), guard=HERE)
    gate(public("a.txt", "Then Owain said it.", "here", "there"), guard=HERE)
    gate(public("a.txt", "Then Owain said it.", "there"), guard=HERE)


@pytest.mark.parametrize("voice", ["Owain", "Dr Fictive", "Madeup-Fictive", "O.O'S."])
def test_a_voice_that_is_called_by_one_name_is_a_leak(voice: str) -> None:
    cues = f"00:00.000 --> 00:01.000\n<v {voice}>So it was.\n\n00:01.000 --> 00:02.000\n<v Alys Example>Yes."
    assert isinstance(refusal(public("a.vtt", transcript(cues), "here"), guard=HERE), LeakFound)
    gate(public("a.vtt", transcript(cues.replace(voice, "Alys Example")), "here"), guard=HERE)


def test_whoever_is_named_in_the_item_may_be_called_by_one_name() -> None:
    named = replace(HERE, named={"here": frozenset({OWAIN.id})})
    gate(public("a.txt", "Then Owain said it.", "here"), guard=named)


def test_a_family_name_that_somebody_named_has_too_is_for_a_human() -> None:
    namesake = Person(PersonId("p-n4m3"), "Beth", "Madeup")
    guard = replace(
        HERE,
        people=(*HERE.people, namesake),
        named={"here": frozenset({namesake.id})},
        wordings={"here": ("Beth Madeup",)},
    )
    for agreed in ("So Beth Madeup said.", "So Beth\nMadeup said.", "So Beth \n Madeup said."):
        gate(public("a.txt", agreed, "here"), guard=guard)
    assert isinstance(refusal(public("a.txt", "So Madeup said.", "here"), guard=guard), NeedsHumanLook)


def test_code_holds_names_alone_by_chance() -> None:
    gate(public("a.css", ".Owain { color: red }", "here"), guard=HERE)


def test_a_leak_is_told_before_a_doubt_and_both_at_once() -> None:
    error = refusal(public("a.txt", "Will told us so.", "here"), public("b.txt", "Ann Lee"), guard=HERE)
    assert isinstance(error, LeakFound)
    assert [p.where.path for p in error.problems] == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    ("a", "b", "steps"),
    [
        ("owain", "owain", 0),
        ("owian", "owain", 1),
        ("owan", "owain", 1),
        ("xwainy", "owain", 2),
        ("", "ab", 2),
    ],
)
def test_letters_changed_added_lost_or_swapped_are_counted(a: str, b: str, steps: int) -> None:
    assert distance(a, b) == steps
