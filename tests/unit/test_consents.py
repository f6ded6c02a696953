"""When a recorded yes holds, and which records would not be used."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any

import pytest

from cop_publish.core.checks import advise_consents
from cop_publish.core.consents import Consent, Consents, Level, OnExpiry, Person, PersonId, TakenBack
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


FULL = Consent(WHO, None, Level.NAMED, "Sam Sample", words=True, voice=True, photo=True)
TAKEN = {
    TakenBack.ATTRIBUTION: (Level.ANONYMOUS, True, True, False),  # nobody is anonymous in a photograph
    TakenBack.VOICE: (Level.NAMED, True, False, True),
    TakenBack.PHOTO: (Level.NAMED, True, True, False),
    TakenBack.ITEM: (Level.ANONYMOUS, False, False, False),
}


def what_is_left(record: Consent, today: date = TODAY) -> tuple[Level, bool, bool, bool]:
    found = Consents({WHO: Person(WHO, "Sam", "Sample")}, {(WHO, None): record}).of(WHO, "012", today=today)
    assert bool(found.display) is (found.level > Level.ANONYMOUS)
    return found.level, found.words, found.voice, found.photo


@pytest.mark.parametrize(("scope", "left"), TAKEN.items())
def test_only_what_was_taken_back_is_gone_whatever_the_day(
    scope: TakenBack, left: tuple[Level, bool, bool, bool]
) -> None:
    for day in (TODAY - DAY, TODAY + DAY):
        record = replace(FULL, withdrawn_on=day, withdrawn=frozenset({scope}))
        assert what_is_left(record) == left
    both = replace(FULL, withdrawn_on=TODAY, withdrawn=frozenset({TakenBack.VOICE, TakenBack.PHOTO}))
    assert what_is_left(both) == (Level.NAMED, True, False, False)


def test_what_ends_anonymously_leaves_words_and_voice_and_no_name() -> None:
    record = replace(FULL, expires_on=TODAY, on_expiry=OnExpiry.ANONYMOUS)
    assert what_is_left(record, TODAY - DAY) == (Level.NAMED, True, True, True)
    assert what_is_left(record) == (Level.ANONYMOUS, True, True, False)
    assert what_is_left(replace(record, on_expiry=OnExpiry.REFUSE)) == (Level.ANONYMOUS, False, False, False)
    assert what_is_left(replace(record, withdrawn_on=TODAY)) == (Level.ANONYMOUS, False, False, False)
    had_a_name = {r: Consents({}, {(WHO, None): r}).of(WHO, "", today=TODAY).lapsed for r in (record, FULL)}
    assert had_a_name == {record: True, FULL: False}


def test_of_somebody_who_is_never_to_be_mentioned_nothing_is_public_whatever_the_record_says() -> None:
    people = {WHO: Person(WHO, "Sam", "Sample", never_mention=True)}
    assert Consents(people, {(WHO, "012"): FULL, (WHO, None): FULL}).of(WHO, "012", today=TODAY) == Consent(
        WHO, "012"
    )


@pytest.mark.parametrize(
    ("record", "revoiced", "missing"),
    [
        (replace(FULL), (), ""),
        (replace(FULL, voice=False), (), "their voice"),
        (replace(FULL, voice=False), (WHO,), "their voice"),  # they agreed to no voice at all
        (replace(FULL, voice=False, revoiced=True), (), "their own voice"),
        (replace(FULL, voice=False, revoiced=True), (WHO,), ""),
        (replace(FULL, voice=False, revoiced=True, words=False), (WHO,), "their words"),
        (replace(FULL, voice=False, revoiced=True, words=False), (), "their own voice and words"),
        (Consent(WHO), (WHO,), "their voice and words"),
    ],
)
def test_words_in_another_voice_need_a_yes_and_the_episode_to_say_so(
    record: Consent, revoiced: tuple[PersonId, ...], missing: str
) -> None:
    assert record.missing_voice(revoiced) == missing


def test_a_consent_for_an_item_that_is_not_there_is_said_with_the_name_that_was_meant() -> None:
    consents = Consents(
        {}, {(WHO, "012-citizen-jury"): Consent(WHO, "012-citizen-jury"), (WHO, None): Consent(WHO)}
    )
    (advice,) = advise_consents(consents, frozenset({"012-citizens-jury"}))
    assert f"registry/consents/…/{WHO}.yaml: " in advice
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
