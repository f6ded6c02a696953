"""A yes whose time is over is told once, with its day, and not as one that was never given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date

from cop_publish.core.consents import Consent, Consents, OnExpiry, PersonId
from cop_publish.core.ended import how_it_ended, say_ended
from cop_publish.core.items import Around, read_post
from cop_publish.core.problems import Matter, Place, Problem

WHO = PersonId("p-r8w3")
ITEM = "012-jury"
DAY = date(2026, 11, 27)
WRITTEN = f"---\ndate: 2026-11-20\npeople: [p-host, {WHO}]\n---\nWords.\n"
POST, _ = read_post(f"posts/{ITEM}.md", WRITTEN, Around(UTC, "en-gb", frozenset(), lambda _: None))
assert POST is not None
DRAFT = POST
RECORD = Consent(WHO, ITEM, words=True, voice=True, expires_on=DAY)
REFUSED = tuple(
    Problem(
        Place("episodes/012-jury/transcript.vtt", line), f"{WHO} has not agreed to {what} in {ITEM}", "Ask."
    )
    for line, what in ((4, "their voice and words"), (9, "their voice and words"), (12, "be part of"))
)


def consents(record: Consent) -> Consents:
    return Consents(consents={(record.person, record.item): record})


def test_every_refusal_for_want_of_it_becomes_one_line_with_its_day_and_its_file() -> None:
    (found,) = say_ended(REFUSED, DRAFT, consents(RECORD), today=DAY)
    assert str(found.where) == f"posts/{ITEM}.md:3:18"
    assert found.what == f"{WHO} is part of {ITEM}, and their yes ended on 27 November 2026"
    assert "registry/consents/012-jury/p-r8w3.yaml" in found.fix
    assert "Ask" not in found.fix
    assert found.matter is Matter.CONSENT


def test_a_standing_yes_is_named_by_its_own_file() -> None:
    (found,) = say_ended(REFUSED, DRAFT, consents(replace(RECORD, item=None)), today=DAY)
    assert "registry/consents/standing/p-r8w3.yaml" in found.fix


def test_what_never_was_or_still_holds_or_was_taken_back_is_told_as_ever() -> None:
    for record in (
        replace(RECORD, person=PersonId("p-r8w32")),
        replace(RECORD, expires_on=date(2026, 11, 28)),
        replace(RECORD, on_expiry=OnExpiry.ANONYMOUS),
        replace(RECORD, withdrawn_on=DAY),
    ):
        assert say_ended(REFUSED, DRAFT, consents(record), today=DAY) == REFUSED


def test_how_it_ended_says_the_day_and_whose_doing_it_was() -> None:
    def said(record: Consent) -> str:
        return how_it_ended(WHO, ITEM, consents(record), today=DAY)

    assert said(RECORD) == "their yes ended on 27 November 2026"
    assert said(replace(RECORD, withdrawn_on=date(2026, 11, 3))) == "they took it back on 3 November 2026"
    assert said(replace(RECORD, expires_on=None)) == ""
