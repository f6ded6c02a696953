"""What is ready at an instant: days begin where the site is, and names are masked before anything is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from samples import NOW, SHOW, SITE

from cop_publish.core.consents import Person, PersonId
from cop_publish.core.problems import Matter
from cop_publish.errors import InvalidSource, NotCleared
from cop_publish.ready import Ready, find_ready
from cop_publish.scope import EVERYTHING, Scope
from cop_publish.settings import Settings, Sound, StorageSettings

if TYPE_CHECKING:
    from pathlib import Path

EXPIRES = (
    "level: named\ndisplay: Rowan Madeup\nallow: {words: yes}\ngiven: {on: 2026-01-01}\nexpires: 2026-07-01\n"
)
FILES = {
    "registry/registry.yaml": "version: 1\nfictional: yes\n",
    "registry/people/p-r8w3.yaml": "name: {given: Rowan, family: Madeup}\n",
    "registry/consents/2026-06-01-a/p-r8w3.yaml": EXPIRES,
    "about.md": "---\ntitle: About\n---\nWe.\n",
    "posts/2026-06-01-a.md": "---\ntitle: A\nauthor: p-r8w3\n---\nBody.\n",
}
LONDON = ZoneInfo("Europe/London")
MIDNIGHT = datetime(2026, 7, 1, tzinfo=LONDON)  # 23:00 of the day before in UTC


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Settings(
        tmp_path, replace(SHOW, hosts=()), SITE, Sound(), StorageSettings(), tmp_path / "registry"
    )


def ready(
    settings: Settings, now: datetime, scope: Scope = EVERYTHING, public: frozenset[str] = frozenset()
) -> Ready:
    return find_ready(settings, scope, public, lambda _people: None, now=now)


def test_a_yes_ends_at_midnight_where_the_site_is(settings: Settings) -> None:
    before = ready(settings, MIDNIGHT - timedelta(seconds=1))
    assert [p.id for p in before.posts] == ["2026-06-01-a"]
    assert before.consents_change_at == MIDNIGHT
    for now in (MIDNIGHT, MIDNIGHT.astimezone(UTC), MIDNIGHT.astimezone(ZoneInfo("Pacific/Honolulu"))):
        after = ready(settings, now)
        assert after.posts == ()
        assert [(w.id, {p.matter for p in w.problems}) for w in after.waiting] == [
            ("2026-06-01-a", {Matter.CONSENT})
        ]
        assert after.consents_change_at is None


@pytest.mark.parametrize(
    ("scope", "public"),
    [
        (Scope(frozenset({"2026-06-01-a"})), frozenset[str]()),
        (EVERYTHING, frozenset({"blog/2026/06/01/a.html"})),
        (Scope(frozenset()), frozenset({"blog/2026/06/01/a.html"})),
    ],
)
def test_what_was_asked_for_or_is_public_already_refuses_when_a_yes_has_ended(
    settings: Settings, scope: Scope, public: frozenset[str]
) -> None:
    with pytest.raises(NotCleared) as caught:
        ready(settings, MIDNIGHT, scope, public)
    assert caught.value.exit_code == 40


def test_everyone_is_protected_before_a_problem_could_hold_a_name(settings: Settings) -> None:
    told: list[tuple[Person, ...]] = []
    (settings.root / "posts/2026-06-02-with-rowan-madeup.md").write_text("no front matter")
    scope = Scope(frozenset({"2026-06-02-with-rowan-madeup"}))
    with pytest.raises(InvalidSource):
        find_ready(settings, scope, frozenset(), told.append, now=MIDNIGHT)
    assert [[p.id for p in people] for people in told] == [[PersonId("p-r8w3")]]


def test_what_was_withdrawn_does_not_come_back_by_its_address(settings: Settings) -> None:
    (settings.root / "withdrawn.yaml").write_text("paths: [/blog/2026/06/01/a.html]\n")
    found = ready(settings, MIDNIGHT - timedelta(days=1))
    assert found.posts == ()
    assert [p.what for w in found.waiting for p in w.problems] == [
        "its address was withdrawn and can never come back"
    ]


def test_what_is_dated_later_is_held_back_until_its_instant(settings: Settings) -> None:
    due = datetime(2026, 6, 1, tzinfo=LONDON)
    early = ready(settings, due - timedelta(microseconds=1))
    assert (early.posts, [(h.id, h.due_at) for h in early.held_back]) == ((), [("2026-06-01-a", due)])
    then = ready(settings, due)
    assert ([p.id for p in then.posts], then.held_back) == (["2026-06-01-a"], ())


def test_a_draft_is_listed_left_out_and_refused_only_when_it_is_named(settings: Settings) -> None:
    (settings.root / "posts").mkdir(exist_ok=True)
    (settings.root / "posts/2026-11-01-later.md").write_text(
        "---\ntitle: Later\npublished: no\n---\nWords.\n"
    )
    found = ready(settings, NOW)
    assert found.drafts == ("2026-11-01-later",)
    assert not any(post.id == "2026-11-01-later" for post in found.posts)
    with pytest.raises(InvalidSource, match="it is marked `published: no`"):
        ready(settings, NOW, Scope(frozenset({"2026-11-01-later"})))
