"""Names that are words, and addresses of offices: what prose may say, and what is a name all the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gate_samples import GUARD, gate, page, public, refusal

from cop_publish.core.consents import Person, PersonId
from cop_publish.errors import LeakFound, NeedsHumanLook

PEOPLE = (
    Person(PersonId("p-aaaa"), "Will", "Young"),
    Person(PersonId("p-bbbb"), "Bill", "Page"),
    Person(PersonId("p-cccc"), "Mark", "Law-Wood"),
    Person(PersonId("p-dddd"), "Joy", "Best"),
)
WORDS = replace(GUARD, people=PEOPLE, named={}, everywhere=frozenset(), wordings={})


@pytest.mark.parametrize(
    "text",
    [
        "Will young people trust AI?",
        "The bill page by page.",
        "They mark law as\nguidance.",
        "will young said",
    ],
)
def test_two_words_of_prose_that_are_somebodys_name_are_for_a_human_to_look_at(text: str) -> None:
    for file in (public("a.txt", text), public("a.html", page(text))):
        error = refusal(file, guard=WORDS)
        assert isinstance(error, NeedsHumanLook)
        assert not isinstance(error, LeakFound)
        assert "may hold the name in small letters of p-" in str(error)


@pytest.mark.parametrize("text", ["Best joy of all.", "Where there is a will. Young people know."])
def test_words_that_are_in_another_order_or_apart_are_no_name(text: str) -> None:
    gate(public("a.html", page(text)), guard=WORDS)


@pytest.mark.parametrize(
    "text",
    [
        *("Will Young said so", "WILL YOUNG", "will Young", "will-young", "will_young", "@willyoung"),
        *(
            "WillYoung",
            "W i l l Y o u n g",
            "will.young",
            "Will\nYoung",
            "Mark Law",
            "Young, Will",
            "Best, Joy",
        ),
    ],
)
def test_as_a_name_a_slug_or_a_handle_it_is_one(text: str) -> None:
    error = refusal(public("a.txt", f"so {text} here"), guard=WORDS)
    assert isinstance(error, LeakFound)


def test_in_an_address_it_is_one() -> None:
    assert isinstance(refusal(public("people/will-young.html", page("x")), guard=WORDS), LeakFound)


@pytest.mark.parametrize("address", ["enquiries@ons.gov.uk", "press.office@dept.gov.uk", "INFO@DEPT.GOV.UK"])
def test_an_office_at_a_department_may_be_written_to(address: str) -> None:
    gate(public("a.html", page(f"Write to {address}.")))


@pytest.mark.parametrize("address", ["a.person@ons.gov.uk", "enquiries.a.person@ons.gov.uk"])
def test_beside_an_office_somebodys_own_address_is_still_found(address: str) -> None:
    error = refusal(public("a.html", page(f"Write to enquiries@ons.gov.uk or {address}.")))
    assert "an address at a government department" in str(error)
