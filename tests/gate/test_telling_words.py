"""Words that tell who somebody is without their name: above their level they block, or a human looks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from gate_samples import GUARD, HOST, JORY, OWAIN, feed, gate, page, public, refusal

from cop_publish.core.consents import Consent, Level
from cop_publish.errors import LeakFound, NeedsHumanLook
from cop_publish.gate.memory import Memory, rules_digest

if TYPE_CHECKING:
    from cop_publish.core.output import PublicFile
    from cop_publish.gate.guard import Guard

OFFICIAL = replace(
    OWAIN,
    roles=("Chief Data Officer", "the deputy director for winter plans", "Registrar"),
    organisations=("Sampleford Council", "DSFT", "Shelterbelt"),
    employer="borough-of-sampleford",
)
ELSEWHERE = "a policy adviser in central government"


def guard(level: Level = Level.ANONYMOUS, display: str = "", group_size: int | None = None) -> Guard:
    return replace(
        GUARD,
        people=(HOST, JORY, OFFICIAL),
        present={"here": frozenset({HOST.id, OFFICIAL.id})},
        wordings={**GUARD.wordings, "here": (display,)},
        records={
            "here": {OFFICIAL.id: Consent(OFFICIAL.id, "here", level, display, group_size=group_size)},
            "elsewhere": {OFFICIAL.id: Consent(OFFICIAL.id, "elsewhere", Level.ROLE, ELSEWHERE)},
        },
    )


SURE = {
    "a role": ("role", "the Chief Data Officer said so"),
    "a role in small letters": ("role", "a chief data-officer said so"),
    "over a line": ("role", "the chief data\nofficer said so"),
    "a role with another article": ("role", "a deputy director for winter plans came"),
    "an organisation": ("organisation", "at Sampleford  council they knew"),
    "a possessive": ("organisation", "Sampleford Council’s own figures"),
    "an abbreviation": ("organisation", "at DSFT they knew"),
    "disguised": ("organisation", "at Samp\u200bleford Cоuncil they knew"),  # noqa: RUF001 - Cyrillic
}
DOUBTFUL = {
    "one word, as it is written": "the Registrar said so",
    "one word of an organisation": "with Shelterbelt and others",
    "the calendar's word": "the borough of Sampleford knew",
    "what they are called in another item": "the policy adviser in central government knew",
    "a whole group": "All six departments had agreed.",
    "all of us": "and all four of us wrote it",
    "all of us, the other way round": "all of us four wrote it",
    "of us": "it was the three of us in a room",
    "some of a group": "two of the five regulators wrote it",
    "one of a group": "one of the seven permanent secretaries",
    "all but one": "all but one of the nine councils",
    "digits": "all 6 of the departments; all 6 departments",
    "both": "Both departments refused.",
    "over a line of a group": "all\nsix departments",
}
FORMERLY = "the keeper of the old papers"


@pytest.mark.parametrize(("item", "is_leak"), [("here", True), ("elsewhere", False)])
def test_words_that_they_no_longer_agree_to_are_a_leak_in_that_item(item: str, is_leak: bool) -> None:  # noqa: FBT001 - a column of the table
    former = Consent(OFFICIAL.id, "here", formerly=FORMERLY)
    told = replace(guard(), records={"here": {OFFICIAL.id: former}})
    error = refusal(public("a.txt", "So the Keeper of the old\npapers said.", item), guard=told)
    assert isinstance(error, LeakFound) is is_leak


CLEAN = {
    "one word in small letters": "the registrar of births; a shelterbelt of trees",
    "a longer word": "Registrars and Shelterbelts",
    "parts of a role": "the chief of data, an officer",
    "small letters of an abbreviation": "dsft, MDSFT",
    "somebody else's council": "Samplefield Council and the council of Sampleford",
    "a number of things": "all three bridges; both roads; the two of clubs; six of the seven days",
    "many people": "all 30 residents; thirty people; 400 officials",
    "some people": "two people asked; several departments; three jurors",
    "a number and us": "It took us four weeks. Six of one.",
    "a year": "all 2026 departments",
    "over an empty line": "A Green Wood for All\n\nFour people asked.",
}


@pytest.mark.parametrize(("rule", "text"), SURE.values(), ids=SURE.keys())
def test_a_role_or_an_organisation_above_their_level_is_a_leak(rule: str, text: str) -> None:
    error = refusal(public("a.html", page(f"<p>{text}</p>"), "here"), guard=guard())
    assert isinstance(error, LeakFound)
    assert f"holds the {rule} of p-4c4c" in str(error)
    assert not [w for w in ("Chief", "Sampleford", "DSFT") if w.lower() in str(error).lower()]


@pytest.mark.parametrize("text", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_may_tell_is_for_a_human(text: str) -> None:
    for file in (public("a.txt", text, "here"), public("f.xml", feed(f"<title>{text}</title>"), "here")):
        error = refusal(file, guard=guard())
        assert isinstance(error, NeedsHumanLook)
        assert "may hold the " in str(error)


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_ordinary_words_tell_nothing(text: str) -> None:
    gate(public("a.txt", text, "here"), guard=guard(group_size=9))


@pytest.mark.parametrize("text", [text for _, text in SURE.values()] + list(DOUBTFUL.values()))
def test_elsewhere_and_for_whoever_is_named_they_are_ordinary_words(text: str) -> None:
    gate(public("a.txt", text), guard=guard())
    gate(public("a.txt", text, "there"), guard=guard())
    gate(public("a.css", f"/* {text} */", "here"), guard=guard())
    gate(public("a.txt", text, "here"), guard=replace(guard(), named={"here": frozenset({OFFICIAL.id})}))


@pytest.mark.parametrize(
    ("level", "text", "passes"),
    [
        (Level.ROLE, "the Chief Data Officer said so", True),
        (Level.ROLE, "at Sampleford Council they knew", False),
        (Level.ROLE, "the policy adviser in central government knew", True),
        (Level.ORGANISATION, "the Chief Data Officer at Sampleford Council, borough of Sampleford", True),
        (Level.ANONYMOUS, "the policy adviser in central government knew", False),
    ],
)
def test_each_level_includes_the_ones_below_it(level: Level, text: str, passes: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (refusal(public("a.txt", text, "here"), guard=guard(level)) is None) is passes


def test_their_agreed_words_may_hold_what_else_would_tell() -> None:
    agreed = "an officer of Sampleford Council"
    gate(public("a.txt", f"As {agreed} said.", "here"), guard=guard(Level.ROLE, agreed))
    assert refusal(public("a.txt", "At Sampleford Council.", "here"), guard=guard(Level.ROLE, agreed))


def test_as_many_as_their_words_fit_is_for_a_human_and_another_number_is_not() -> None:
    text = "We asked seven regional directors."
    assert isinstance(refusal(public("a.txt", text, "here"), guard=guard(group_size=7)), NeedsHumanLook)
    gate(public("a.txt", text, "here"), guard=guard(group_size=8))
    gate(public("a.txt", text, "here"), guard=guard(group_size=700))


def test_a_file_is_read_again_when_what_they_agreed_to_here_or_elsewhere_changes() -> None:
    file = public("a.txt", "Words.", "here")
    memory = Memory()
    gate(file, guard=guard(Level.ROLE), memory=memory)
    names = {name_of(file, g) for g in (guard(Level.ROLE), guard(), guard(Level.ROLE, group_size=7))}
    assert len(names) == 3
    other = replace(guard(Level.ROLE), records={"here": guard(Level.ROLE).records["here"]})
    assert name_of(file, other) != name_of(file, guard(Level.ROLE))


_MEMORY = Memory()


def name_of(file: PublicFile, held: Guard) -> str:
    return _MEMORY.name(file, held.terms(file.items), rules_digest(held))
