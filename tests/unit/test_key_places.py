"""A message about a person or a value of an item names the line where the item says so."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cop_publish.core.clear import clear
from cop_publish.core.consents import Clearance, Consent, Consents, Level, Person, PersonId
from cop_publish.core.items import Around, Read, read_episode, read_meeting, read_page, read_post
from cop_publish.core.key_places import place_of, place_of_address, place_of_person
from cop_publish.core.windows import Kind, blocked_now

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOST, GUEST = PersonId("p-host"), PersonId("p-n5v2")
PEOPLE = {
    HOST: Person(HOST, "Hannah", aliases=("H. Ost",)),
    GUEST: Person(GUEST, "Morwenna", employer="dept-x"),
}
AROUND = Around(UTC, "en-gb", frozenset({"posts/a.png"}), lambda name: HOST if name == "H. Ost" else None)
YES = Consent(HOST, None, Level.NAMED, "Hannah", words=True, voice=True, photo=True)
TRANSCRIPT = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v p-host>Hello.\n"


def post(*front: str) -> Read:
    return read_post(
        "posts/2026-11-20-a.md", "\n".join(["---", "title: A", *front, "---", "Words.", ""]), AROUND
    )


def episode(*front: str) -> Read:
    lines = ["---", "guid: g", "title: A", "summary: S", "date: 2026-11-20", *front, "---", "Words.", ""]
    return read_episode("episodes/a", "\n".join(lines), TRANSCRIPT, AROUND)


def told(read: Read, consents: Consents) -> list[str]:
    draft, problems = read
    assert draft is not None, problems
    return [f"{p.where.line}:{p.where.column} {p.what}" for p in clear(draft, consents, (HOST,), now=NOW)[1]]


@pytest.mark.parametrize(
    ("read", "where"),
    [
        (post("people: [p-host, p-n5v2]"), "3:18"),
        (post("people:", "  - p-host", "  - p-n5v2"), "5:5"),
        (post("author: p-n5v2", "people: [p-n5v2]"), "3:9"),
        (post("authors:", "  - p-host", "  - p-n5v2"), "5:5"),
        (episode("people: [p-host, p-n5v2]"), "6:18"),
        (
            read_meeting(
                "meetings/2026-12-09.md",
                "---\ntitle: M\ndate: 2026-12-09\npeople: [p-n5v2]\n---\nX\n",
                AROUND,
            ),
            "4:10",
        ),
        (read_page("about.md", "---\ntitle: M\npeople: [p-n5v2]\n---\nX\n", AROUND), "3:10"),
    ],
)
def test_a_yes_that_is_missing_is_told_where_the_item_lists_them(read: Read, where: str) -> None:
    found = told(read, Consents(PEOPLE, {(HOST, None): YES}))
    assert [line.split(" has not agreed to ")[0] for line in found] == [f"{where} p-n5v2"]


@pytest.mark.parametrize("front", ["people: [p-host, p-zzzz]", "author: p-zzzz", "people: p-zzzz"])
def test_somebody_whom_nobody_knows_is_told_where_they_stand(front: str) -> None:
    (found,) = told(post(front), Consents(PEOPLE, {(HOST, None): YES}))
    assert found == f"3:{front.index('p-zzzz') + 1} p-zzzz is not in the registry"


def test_an_author_by_name_stands_where_the_name_does() -> None:
    (found,) = told(post("author: H. Ost"), Consents(PEOPLE))
    assert found.startswith("3:9 p-host has not agreed to their words")


@pytest.mark.parametrize(
    ("front", "where"),
    [
        ("topics: [jury, 'p-host']", "3:16"),
        ("redirect_from: [/a.html, /p-host.html]", "3:26"),
        ("slug: on-p-host", "3:7"),
        ("guid: p-host", "3:7"),
    ],
)
def test_an_id_in_a_public_value_is_told_at_that_value(front: str, where: str) -> None:
    (found,) = told(post(front), Consents(PEOPLE, {(HOST, None): YES}))
    assert found.startswith(f"{where} `{front.partition(':')[0]}` holds a mark or a person's ID")


def test_a_department_that_has_not_agreed_is_told_where_its_person_is_listed() -> None:
    draft, _ = post("people: [p-host, p-n5v2]")
    assert draft is not None
    waits = Consent(GUEST, draft.id, words=True, clearance=Clearance(needed=True), given_on=date(2026, 11, 1))
    (blocked,) = blocked_now(draft, Consents(PEOPLE, {(GUEST, draft.id): waits}), (), now=NOW)
    assert (blocked.kind, blocked.problem.where.line, blocked.problem.where.column) == (
        Kind.DEPARTMENT,
        3,
        18,
    )


def test_what_an_item_says_nowhere_is_told_of_its_file() -> None:
    draft, _ = post("meeting: 2026-12-09", "images:", "  - file: a.png", "    alt: A", "    people: []")
    assert draft is not None
    assert str(place_of_person(draft, GUEST)) == "posts/2026-11-20-a.md"
    assert str(place_of(draft, "slug")) == "posts/2026-11-20-a.md"
    assert str(place_of(draft, "meeting")) == "posts/2026-11-20-a.md:3:1"
    assert str(place_of(draft, "images", "a.png")) == "posts/2026-11-20-a.md:5:11"


def test_whoever_only_the_words_or_a_picture_are_of_is_told_there() -> None:
    draft, _ = read_post("posts/2026-11-20-a.md", "---\ntitle: A\n---\nWords.\n\nSays @{p-n5v2}.\n", AROUND)
    assert draft is not None
    assert str(place_of_person(draft, GUEST)) == "posts/2026-11-20-a.md:6"
    draft, _ = post("images:", "  - file: a.png", "    alt: A", "    people: [p-n5v2]")
    assert draft is not None
    assert str(place_of_person(draft, GUEST)) == "posts/2026-11-20-a.md:6:14"
    draft, _ = episode("people: []")
    assert draft is not None
    assert str(place_of_person(draft, HOST)) == "episodes/a/transcript.vtt:4:11"


@pytest.mark.parametrize(("front", "where"), [("slug: b", ":3:1"), ("topics: [b]", "")])
def test_an_address_comes_from_its_slug_or_else_from_no_line(front: str, where: str) -> None:
    draft, _ = post(front)
    assert draft is not None
    assert str(place_of_address(draft)) == f"posts/2026-11-20-a.md{where}"
