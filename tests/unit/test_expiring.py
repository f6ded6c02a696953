"""What somebody agreed to that ends soon is said well before the day, with what it will stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from test_clear import ADVISER, EPISODE, GUEST, HOST, MEETING, NOW, YES, cue, image, registry, text

from cop_publish.core.clear import clear
from cop_publish.core.consents import Consent, Level, OnExpiry
from cop_publish.core.expiring import advise_expiries

if TYPE_CHECKING:
    from cop_publish.core.model import Cleared, Draft

DAY = date(2027, 1, 10)
WORDS = "a policy adviser in central government"
NAMED = Consent(GUEST, "jury", Level.NAMED, "Siân Ap-Example", expires_on=DAY, photo=True, **YES)
ROLE = Consent(ADVISER, "jury", Level.ROLE, WORDS, expires_on=DAY, on_expiry=OnExpiry.ANONYMOUS, **YES)
TALK = replace(
    EPISODE,
    people=(HOST, ADVISER),
    cues=(cue(ADVISER, line=8),),
)


def told(*drafts: Draft, records: tuple[Consent, ...]) -> list[str]:
    consents = registry(*records)
    pairs: list[tuple[Draft, Cleared]] = []
    for draft in drafts:
        cleared, problems = clear(draft, consents, (HOST,), now=NOW)
        assert cleared is not None, problems
        pairs.append((draft, cleared))
    return list(advise_expiries(pairs, consents, (HOST,), now=NOW))


def test_a_consent_that_ends_is_told_with_the_item_that_it_will_stop() -> None:
    (sentence,) = told(EPISODE, records=(NAMED,))
    assert sentence == (
        "registry/consents/…/p-7f3k.yaml: what they agreed to ends on 2027-01-10; from then on jury is "
        "refused, while what is live stays as it is. Ask them now, and record a later `expires`."
    )


@pytest.mark.parametrize(
    ("days", "is_told"),
    [(1, True), (60, True), (61, False)],
)
def test_it_is_told_for_sixty_days(days: int, is_told: bool) -> None:  # noqa: FBT001 - a column of the table
    record = replace(NAMED, expires_on=NOW.date() + timedelta(days=days))
    assert bool(told(EPISODE, records=(record,))) is is_told


@pytest.mark.parametrize("said", ["With a policy adviser in central government.", "With @{p-k2m9}."])
def test_cues_that_call_somebody_so_and_go_then_are_told_with_their_places(said: str) -> None:
    record = replace(ROLE, level=Level.NAMED, display="Ffion") if "@" in said else ROLE
    later = replace(cue(HOST, said, 12), start_seconds=20.0, end_seconds=24.0)
    (sentence,) = told(replace(TALK, cues=(cue(HOST, "Welcome."), later)), records=(record,))
    assert (
        'from 2027-01-10 on they are "a contributor", 1 cue that calls them so goes from text and sound '
        "(the/transcript.vtt:12:1), and jury is refused until they have said yes to that"
    ) in sentence
    assert WORDS not in sentence


def test_where_no_cue_says_it_their_yes_to_the_new_page_is_all_that_is_needed() -> None:
    (sentence,) = told(replace(TALK, cues=(cue(ADVISER),)), records=(ROLE,))
    assert "refused until they have said yes to that, while what is live stays as it is" in sentence


def test_a_photograph_that_will_not_be_allowed_any_more_is_told() -> None:
    record = replace(NAMED, on_expiry=OnExpiry.ANONYMOUS)
    (sentence,) = told(replace(EPISODE, images=(image("A map", GUEST),)), records=(record,))
    assert "1 place is mended (the/file.md:7)" in sentence


def test_a_standing_consent_is_told_once_with_some_of_its_items() -> None:
    record = Consent(HOST, None, Level.NAMED, "Alys Example", expires_on=DAY, **YES)
    items = [replace(MEETING, id=f"m-{number}", body=text("@{p-host} chairs.\n")) for number in range(5)]
    (sentence,) = told(*items, records=(record,))
    assert sentence.startswith("registry/consents/standing/p-host.yaml: ")
    assert "from then on m-0, m-1, m-2 and 2 more are refused" in sentence


@pytest.mark.parametrize(
    "record",
    [
        replace(NAMED, expires_on=None),
        replace(NAMED, item="another"),
        replace(NAMED, level=Level.ANONYMOUS, display="", photo=False, on_expiry=OnExpiry.ANONYMOUS),
        replace(NAMED, person=ADVISER),
    ],
)
def test_who_is_not_in_an_item_or_loses_nothing_is_not_told(record: Consent) -> None:
    assert told(EPISODE, records=(record,)) == []
