"""What holds a new item back at this moment: departments, elections, embargoes, where the site is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from samples import SHOW, SITE

from cop_publish.core.consents import Clearance
from cop_publish.core.problems import Matter
from cop_publish.core.windows import Kind, Override
from cop_publish.errors import InvalidSource, NotCleared
from cop_publish.ready import Ready, find_ready
from cop_publish.registry.calendar import read_calendar
from cop_publish.scope import EVERYTHING, Scope
from cop_publish.settings import Settings, Sound, StorageSettings

if TYPE_CHECKING:
    from pathlib import Path

LONDON = ZoneInfo("Europe/London")
RECORD = "level: named\ndisplay: Rowan Madeup\nallow: {words: yes}\ngiven: {on: 2026-01-01}\n"
FILES = {
    "registry/registry.yaml": "version: 1\nfictional: yes\n",
    "registry/people/p-r8w3.yaml": "name: {given: Rowan, family: Madeup}\nemployer: dept-x\n",
    "registry/people/p-7f3k.yaml": "name: {given: Sian, family: Example}\n",
    "registry/consents/2026-06-01-a/p-r8w3.yaml": RECORD,
    "registry/consents/2026-06-02-b/p-7f3k.yaml": RECORD.replace("Rowan Madeup", "Sian Example"),
    "about.md": "---\ntitle: About\n---\nWe.\n",
    "posts/2026-06-01-a.md": "---\ntitle: A\nauthor: p-r8w3\n---\nBody.\n",
    "posts/2026-06-02-b.md": "---\ntitle: B\nauthor: p-7f3k\n---\nBody.\n",
}
LIVE = frozenset({"blog/2026/06/01/a.html"})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name, text in FILES.items():
        write(tmp_path, name, text)
    return Settings(
        tmp_path, replace(SHOW, hosts=()), SITE, Sound(), StorageSettings(), tmp_path / "registry"
    )


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def election(settings: Settings, *lines: str) -> None:
    rows = "".join(f"  - {{kind: election, {line}}}\n" for line in lines)
    write(settings.root, "registry/calendar.yaml", f"periods:\n{rows}")


def ready(
    settings: Settings, now: datetime, scope: Scope = EVERYTHING, public: frozenset[str] = frozenset()
) -> Ready:
    return find_ready(settings, scope, public, lambda _people: None, now=now)


def waits(found: Ready) -> dict[str, str]:
    return {w.id: "; ".join(p.what for p in w.problems) for w in found.waiting}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("now", "blocked"),
    [
        (at("2027-03-25T00:00:59"), False),
        (at("2027-03-25T00:01"), True),
        (at("2027-05-06T23:59:59"), True),  # a day at the end counts whole
        (at("2027-05-07T00:00"), False),
        (datetime(2027, 5, 6, 22, 59, 59, tzinfo=UTC), True),  # the same instants elsewhere: it is summer
        (datetime(2027, 5, 6, 23, 0, tzinfo=UTC), False),
        (datetime(2027, 5, 7, 0, 30, tzinfo=ZoneInfo("Europe/Paris")), True),
    ],
)
def test_a_period_blocks_its_employers_new_items_from_its_first_to_its_last_instant(
    settings: Settings,
    now: datetime,
    blocked: bool,  # noqa: FBT001
) -> None:
    election(settings, "from: 2027-03-25 00:01, to: 2027-05-06, employers: [dept-w, dept-x]")
    found = ready(settings, now)
    what = "a pre-election period holds for p-r8w3's employer until 2027-05-07 00:00"
    what += " (registry/calendar.yaml:2:5)"
    assert waits(found) == ({"2026-06-01-a": what} if blocked else {})
    assert "2026-06-02-b" in {p.id for p in found.posts}
    assert {p.matter for w in found.waiting for p in w.problems} <= {Matter.CONSENT}


@pytest.mark.parametrize("word", ["Dept-X", "dept x", "DEPT_X", "ｄｅｐｔ-ｘ"])  # noqa: RUF001 - on purpose
def test_an_employer_is_known_however_the_word_is_spelt(settings: Settings, word: str) -> None:
    election(settings, f"from: 2027-03-25, to: 2027-05-06, employers: [{word}]")
    assert set(waits(ready(settings, at("2027-04-01")))) == {"2026-06-01-a"}


def test_a_period_for_all_blocks_every_new_item_and_no_page_of_the_site(settings: Settings) -> None:
    election(settings, "from: 2027-03-25, to: 2027-05-06, employers: all")
    found = ready(settings, at("2027-04-01"))
    assert set(waits(found)) == {"2026-06-01-a", "2026-06-02-b"}
    assert [p.id for p in found.pages] == ["about"]


def test_what_is_public_stays_and_what_was_dated_before_the_election_was_called_waits(
    settings: Settings,
) -> None:
    election(settings, "from: 2026-05-25, to: 2026-07-04, employers: [dept-x]")
    during = at("2026-06-10")
    assert waits(ready(settings, during, public=LIVE)) == {}
    assert set(waits(ready(settings, during))) == {"2026-06-01-a"}
    with pytest.raises(NotCleared) as caught:
        ready(settings, during, Scope(frozenset({"2026-06-01-a"})))
    assert caught.value.exit_code == 40
    assert "cop-publish publish` then; or decide otherwise: --override election" in str(caught.value)


def test_a_decision_with_a_name_and_a_reason_publishes_all_the_same_and_is_known(settings: Settings) -> None:
    election(settings, "from: 2026-05-25, to: 2026-07-04, employers: [dept-x]")
    decided = Override(Kind.ELECTION, "Alys Example", "Agreed with the department")
    found = ready(settings, at("2026-06-10"), Scope(overrides=(decided,)))
    assert waits(found) == {}
    assert found.waits is not None
    assert [(b.item, o) for b, o in found.waits.overridden] == [("2026-06-01-a", decided)]
    other = Override(Kind.DEPARTMENT, "Alys Example", "Agreed with the department")
    assert set(waits(ready(settings, at("2026-06-10"), Scope(overrides=(other,))))) == {"2026-06-01-a"}


@pytest.mark.parametrize(
    ("clearance", "waiting"),
    [
        ("dept_clearance: {needed: yes}\n", True),
        ("dept_clearance: {needed: yes, by: press office, ref: PO-1}\n", True),
        ("dept_clearance: {needed: yes, by: press office, ref: PO-1, on: 2026-06-11}\n", True),
        ("dept_clearance: {needed: yes, by: press office, ref: PO-1, on: 2026-06-10}\n", False),
        ("dept_clearance: {needed: no}\n", False),
        ("capacity: personal\n", False),
        ("", False),
    ],
)
def test_a_new_item_waits_for_a_department_that_has_to_agree(
    settings: Settings,
    clearance: str,
    waiting: bool,  # noqa: FBT001
) -> None:
    write(settings.root, "registry/consents/2026-06-01-a/p-r8w3.yaml", RECORD + clearance)
    now = at("2026-06-10T12:00")
    what = "the department of p-r8w3 has not agreed to 2026-06-01-a yet"
    assert waits(ready(settings, now)) == ({"2026-06-01-a": what} if waiting else {})
    assert waits(ready(settings, now, public=LIVE)) == {}
    decided = Override(Kind.DEPARTMENT, "Alys Example", "They told me on the telephone")
    assert waits(ready(settings, now, Scope(overrides=(decided,)))) == {}


def test_a_clearance_that_is_not_needed_or_was_given_holds() -> None:
    assert Clearance(needed=False).holds(date(2026, 1, 1))
    assert not Clearance(needed=True).holds(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("embargo", "due"),
    [
        ("2026-10-25 00:30", datetime(2026, 10, 24, 23, 30, tzinfo=UTC)),  # the clocks go back that night
        ("2026-10-25 03:00", datetime(2026, 10, 25, 3, 0, tzinfo=UTC)),
        ("2026-12-01T00:01Z", datetime(2026, 12, 1, 0, 1, tzinfo=UTC)),
        ("2026-10-25 01:30 +01:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_an_embargo_holds_a_new_item_back_to_the_instant(
    settings: Settings, embargo: str, due: datetime
) -> None:
    text = FILES["posts/2026-06-01-a.md"].replace("author:", f"embargo: {embargo}\nauthor:")
    write(settings.root, "posts/2026-06-01-a.md", text)
    early = ready(settings, due - timedelta(microseconds=1))
    assert [(h.id, h.due_at) for h in early.held_back] == [("2026-06-01-a", due)]
    assert [p.id for p in early.posts] == ["2026-06-02-b"]
    then = ready(settings, due)
    assert (then.held_back, {p.id for p in then.posts}) == ((), {"2026-06-01-a", "2026-06-02-b"})
    live = ready(settings, due - timedelta(days=1), public=LIVE)
    assert (live.held_back, len(live.posts)) == ((), 2)  # nobody can unpublish by an embargo
    assert {p.published_at for p in live.posts if p.id == "2026-06-01-a"} == {at("2026-06-01")}


@pytest.mark.parametrize(
    ("embargo", "what"),
    [
        ("2026-10-25 01:30", "comes twice, the clocks go back"),
        ("2027-03-28 01:30", "does not exist, the clocks go forward"),
        ("", "left empty"),
        ("soon", "is not a date"),
    ],
)
def test_an_embargo_that_names_no_instant_is_refused(settings: Settings, embargo: str, what: str) -> None:
    text = FILES["posts/2026-06-01-a.md"].replace("author:", f"embargo: {embargo}\nauthor:")
    write(settings.root, "posts/2026-06-01-a.md", text)
    assert what in waits(ready(settings, at("2026-06-10")))["2026-06-01-a"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("from: 2027-05-06, to: 2027-03-25, employers: [x]", "a period ends before it begins"),
        (
            "from: 2027-03-25, to: 2027-05-06, employers: []",
            "a period holds for nobody, or for all and for some",
        ),
        (
            "from: 2027-03-25, to: 2027-05-06, employers: [all, x]",
            "a period holds for nobody, or for all and for some",
        ),
        ("from: 2027-03-25, employers: all", "`periods[1].to` is missing"),
        ("from: 2027-03-25, to: 2027-05-06, employer: all", "the key `…` is not known"),
        ("from: 2027-03-28 01:30, to: 2027-05-06, employers: all", "is a time that does not exist"),
        ("from: 2027-03-25, to: 2027-05-06, employers: all, effect: advise", "has a value that is not known"),
    ],
)
def test_a_slip_in_the_calendar_refuses_rather_than_passing(settings: Settings, line: str, what: str) -> None:
    election(settings, line)
    with pytest.raises(InvalidSource) as caught:
        ready(settings, at("2026-06-10"))
    assert what in str(caught.value)
    assert "registry/calendar.yaml:2" in str(caught.value)


def test_a_registry_without_a_calendar_has_no_periods(settings: Settings) -> None:
    assert settings.registry is not None
    assert read_calendar(settings.registry, LONDON) == ()
