"""One missing yes is one line, with every place that needs it; what was taken back is told place by place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cop_publish.core.consents import Consent, Consents, PersonId, TakenBack
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.core.told_once import told_once

WHO, OTHER = PersonId("p-r8w3"), PersonId("p-n5v2")
ITEM = "012-jury"
PAGE, CUES = f"episodes/{ITEM}/episode.md", f"episodes/{ITEM}/transcript.vtt"
ASK = "Ask them, and record the answer in a file; until then, leave them out."
CUT = "Ask them, and record the answer in a file; or cut the cue in edit.yaml: {from: 0:15, to: 0:20}."


def missing(path: str, line: int, what: str = "their voice and words", fix: str = ASK) -> Problem:
    return Problem(Place(path, line, 3), f"{WHO} has not agreed to {what} in {ITEM}", fix, Matter.CONSENT)


SAID = (
    missing(PAGE, 8),
    missing(PAGE, 17, "be part of"),
    missing(CUES, 10, fix=CUT),
    missing(CUES, 13, fix=CUT),
)


def test_the_first_place_is_told_with_the_lines_of_the_others() -> None:
    (found,) = told_once(SAID, ITEM, Consents())
    assert found.where == Place(PAGE, 8, 3)
    assert found.what == (
        f"{WHO} has not agreed to their voice and words in {ITEM} "
        "(also: line 17; transcript.vtt lines 10, 13)"
    )
    assert found.fix == (
        "Ask them, and record the answer in a file; until then, leave them out; "
        "or cut their cues in edit.yaml: {from: 0:15, to: 0:20}, {from: 0:15, to: 0:20}."
    )


def test_cues_alone_are_cut_together() -> None:
    (found,) = told_once(SAID[2:], ITEM, Consents())
    assert found.where == Place(CUES, 10, 3)
    assert found.fix == (
        "Ask them, and record the answer in a file; "
        "or cut their cues in edit.yaml: {from: 0:15, to: 0:20}, {from: 0:15, to: 0:20}."
    )


def test_photographs_and_other_people_and_other_faults_stay_lines_of_their_own() -> None:
    photograph = missing(PAGE, 9, "a photograph")
    other = replace(missing(PAGE, 8), what=f"{OTHER} has not agreed to be part of {ITEM}")
    fault = Problem(Place(PAGE, 3), "the key `x` is not known", "Remove it.")
    assert set(told_once((photograph, other, fault), ITEM, Consents())) == {photograph, other, fault}


def test_who_took_everything_back_is_not_asked_again_and_every_place_says_what_to_do() -> None:
    record = Consent(WHO, ITEM, words=True, withdrawn_on=date(2026, 11, 22))
    found = told_once(SAID, ITEM, Consents(consents={(WHO, ITEM): record}))
    assert [p.where.line for p in found] == [8, 17, 10, 13]
    assert found[0].what == (
        f"{WHO} no longer agrees to their voice and words in {ITEM}: they took it back on 22 November 2026"
    )
    assert found[2].fix == "Cut the cue in edit.yaml: {from: 0:15, to: 0:20}."
    assert not any("Ask them" in p.fix for p in found)


def test_who_took_back_a_part_is_told_as_before() -> None:
    record = Consent(WHO, ITEM, withdrawn_on=date(2026, 11, 22), withdrawn=frozenset({TakenBack.PHOTO}))
    assert told_once(SAID, ITEM, Consents(consents={(WHO, ITEM): record})) == tuple(sorted(SAID))
