"""When a recorded yes holds, and which records would not be used."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import Any

import pytest

from cop_publish.core.checks import advise_consents
from cop_publish.core.consents import Consent, Consents, Level, Person, PersonId
from cop_publish.core.front_matter import read_yaml
from cop_publish.core.metadata import CHAPTER, MEETING

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
WHO = PersonId("p-7f3k")


def _consents(**dates: Any) -> Consents:  # noqa: ANN401 - mypy would try the dates on every other field
    record = Consent(
        WHO,
        None,
        Level.NAMED,
        "Sam Sample",
        words=True,
        voice=True,
        given_on=dates.get("given_on"),
        expires_on=dates.get("expires_on"),
        withdrawn_on=dates.get("withdrawn_on"),
    )
    return Consents({WHO: Person(WHO, "Sam", "Sample")}, {(WHO, None): record})


@pytest.mark.parametrize(
    ("dates", "holds"),
    [
        ({"given_on": TODAY}, True),
        ({"given_on": TODAY + DAY}, False),
        ({"expires_on": TODAY}, False),
        ({"expires_on": TODAY + DAY}, True),
        ({"withdrawn_on": TODAY}, False),
        ({"withdrawn_on": TODAY - DAY}, False),
        ({"withdrawn_on": TODAY + DAY}, False),  # a yes taken back is taken back, whatever the date says
    ],
)
def test_a_yes_holds_from_the_day_it_was_given_until_it_ends(dates: dict[str, date], holds: bool) -> None:  # noqa: FBT001
    assert (_consents(**dates).of(WHO, "012", today=TODAY).level is Level.NAMED) is holds


@pytest.mark.parametrize("key", ["given_on", "expires_on"])
def test_the_next_day_on_which_a_record_changes_is_known(key: str) -> None:
    assert _consents(**{key: TODAY + DAY}).next_change(today=TODAY) == TODAY + DAY
    assert _consents(**{key: TODAY}).next_change(today=TODAY) is None
    assert _consents(**{key: TODAY + DAY, "withdrawn_on": TODAY + 2 * DAY}).next_change(today=TODAY) is None


def test_a_consent_for_an_item_that_is_not_there_is_said_with_the_name_that_was_meant() -> None:
    consents = Consents(
        {}, {(WHO, "012-citizen-jury"): Consent(WHO, "012-citizen-jury"), (WHO, None): Consent(WHO)}
    )
    (advice,) = advise_consents(consents, frozenset({"012-citizens-jury"}))
    assert f"registry/consents/…/{WHO}: " in advice
    assert "012-citizen-jury" not in advice
    assert "Did you mean `012-citizens-jury`?" in advice
    assert advise_consents(consents, frozenset({"012-citizen-jury"})) == ()


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "data:text/html,x", "example.org", "//example.org", "/join"]
)
def test_only_the_web_and_e_mail_can_be_linked(bad: str) -> None:
    for schema, text in ((MEETING, f"link: '{bad}'"), (CHAPTER, f"url: '{bad}'")):
        _, problems = read_yaml(text, "x.md", schema, UTC)
        assert any("is not an address" in p.what for p in problems)
        assert bad not in "".join(map(str, problems))


@pytest.mark.parametrize(
    "good", ["https://commons.example/join?x=1", "HTTP://commons.example", "mailto:join@commons.example"]
)
def test_a_whole_address_is_taken_as_it_is(good: str) -> None:
    fields, _ = read_yaml(f"link: '{good}'", "x.md", MEETING, UTC)
    assert fields.get("link") == good
