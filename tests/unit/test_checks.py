"""What only shows across items: names, guids and addresses used twice, dead ends, what must never return."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from samples import EPISODE, MEETING, POST

from cop_publish.core.checks import check_addresses, check_links, check_unique
from cop_publish.core.consents import Consent, Consents, Level, Person, PersonId
from cop_publish.core.key_places import KeyPlaces
from cop_publish.core.model import (
    Audience,
    Draft,
    EpisodeDraft,
    EpisodeKind,
    Text,
)
from cop_publish.core.problems import Place, Problems
from cop_publish.core.suggest import suggest

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def episode(path: str, guid: str = "g1") -> EpisodeDraft:
    where = Place(f"episodes/{path}/episode.md", 1)
    words = Text("Words", where)
    return EpisodeDraft(
        id=path,
        where=where,
        guid=guid,
        title=words,
        summary=words,
        published_at=NOW,
        number=None,
        season=None,
        kind=EpisodeKind.FULL,
        explicit=False,
        language="en-gb",
        people=(),
        audience=Audience.PUBLIC,
        topics=(),
        meeting=None,
        chapters=(),
        cues=(),
        notes=words,
        cover=None,
        images=(),
        recording=None,
    )


def said(problems: Problems) -> list[str]:
    return [f"{p.where.path}: {p.what}" for p in problems]


@pytest.mark.parametrize(
    ("drafts", "what"),
    [
        ((episode("a", "g1"), episode("b", "g2")), []),
        (
            (episode("a", "g1"), episode("b", "G1 ")),
            ["episodes/b/episode.md: has the guid of episodes/a/episode.md"],
        ),
        (
            (episode("standing"),),
            ["episodes/standing/episode.md: its name is the registry's own for standing consents"],
        ),
        ((episode("a", ""), episode("b", "")), []),
    ],
)
def test_guids_are_used_once_and_no_item_is_called_standing(
    drafts: tuple[Draft, ...], what: list[str]
) -> None:
    assert said(check_unique(drafts)) == what


def test_each_of_three_twins_but_the_first_is_named() -> None:
    problems = check_unique(episode(name, "g") for name in ("a", "b", "c"))
    assert [p.where.path for p in problems] == ["episodes/b/episode.md", "episodes/c/episode.md"]


KEYS = KeyPlaces({key: Place("it.md", line) for line, key in enumerate(("guid", "meeting"), 3)})
DRAFTS = {c.id: replace(episode(c.id), places=KEYS) for c in (EPISODE, POST)}


def test_an_item_of_a_meeting_that_is_not_public_here_is_refused_with_a_suggestion() -> None:
    there = replace(POST, meeting=MEETING.id)
    assert check_links((there, MEETING), frozenset(), DRAFTS) == ()
    (near,) = check_links((replace(POST, meeting="2026-12-08"), MEETING), frozenset(), DRAFTS)
    assert (str(near.where), near.what, near.fix) == (
        "it.md:4",
        "`meeting` names a meeting that is not public here",
        "Did you mean `2026-12-09`?",
    )
    (far,) = check_links((replace(EPISODE, meeting="x"),), frozenset(), DRAFTS)
    assert far.fix == "Remove the key, or add the meeting."


@pytest.mark.parametrize("withdrawn", [EPISODE.guid, EPISODE.guid.upper(), f" {EPISODE.guid}"])
def test_a_withdrawn_guid_never_comes_back_in_any_spelling(withdrawn: str) -> None:
    found = check_links((replace(EPISODE, meeting=None),), frozenset({withdrawn, "other"}), DRAFTS)
    assert [(str(p.where), p.what) for p in found] == [
        ("it.md:3", "its guid was withdrawn and can never come back")
    ]


def test_posts_without_a_guid_of_their_own_are_not_taken_for_a_withdrawn_one() -> None:
    assert check_links((POST,), frozenset({""}), DRAFTS) == ()


@pytest.mark.parametrize(
    ("keys", "withdrawn", "what"),
    [
        (("blog/a.html", "blog/b.html"), (), []),
        (("blog/a.html", "blog/A.html"), (), ["1: has the same address as 0"]),
        (("about.html", "about"), (), ["1: has the same address as 0"]),
        (("blog.html", "blog/a.html"), (), []),
        (("blog/a", "blog/a/b"), (), ["0: its address is also a folder"]),
        (("blog/a.html",), ("blog/a.html",), ["0: its address was withdrawn and can never come back"]),
        (("blog/a.html",), ("/blog/A.html",), ["0: its address was withdrawn and can never come back"]),
        (("blog/a.html",), ("blog/", "a.html"), []),
        (("blog/" + "a" * 195 + ".html", "b" * 200 + "/a.html"), (), []),
        (
            ("blog/" + "a" * 196 + ".html",),
            (),
            ["0: its address has a part longer than 200 bytes, which not every store takes"],
        ),
        (
            ("a.html", "b" * 201 + "/a.html"),
            (),
            ["1: its address has a part longer than 200 bytes, which not every store takes"],
        ),
    ],
)
def test_addresses_are_used_once_and_withdrawn_ones_never_again(
    keys: tuple[str, ...], withdrawn: tuple[str, ...], what: list[str]
) -> None:
    placed = [(key, Place(str(n))) for n, key in enumerate(keys)]
    assert said(check_addresses(placed, frozenset(withdrawn))) == what


# --- who is meant, and until when a yes holds -----------------------------------------------------

ROWAN, ROWENA = PersonId("p-r8w3"), PersonId("p-r9w4")
PEOPLE = {
    ROWAN: Person(ROWAN, "Rowan", "Madeup", aliases=("Rowan T. Madeup", "R. Madeup")),
    ROWENA: Person(ROWENA, "Rowena", "Madeup", aliases=("R. Madeup",)),
}


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Rowan Madeup", ROWAN),
        ("rowan  t.  MADEUP", ROWAN),
        ("Rowena Madeup", ROWENA),
        ("R. Madeup", None),  # two are called so
        ("Rowan", None),
        ("", None),
    ],
)
def test_a_name_in_someone_elses_file_means_one_person_or_nobody(name: str, person: PersonId | None) -> None:
    assert Consents(PEOPLE).person_for_alias(name) == person


def test_the_next_day_on_which_a_yes_ends_is_known_in_advance() -> None:
    def consents(*ends: tuple[date | None, date | None]) -> Consents:
        rows: dict[tuple[PersonId, str | None], Consent] = {
            (ROWAN, str(n)): Consent(ROWAN, str(n), Level.NAMED, "R", expires_on=e, withdrawn_on=w)
            for n, (e, w) in enumerate(ends)
        }
        return Consents(PEOPLE, rows)

    today = date(2026, 11, 23)
    assert consents().next_change(today=today) is None
    assert consents((None, None), (today, None), (None, date(2026, 1, 1))).next_change(today=today) is None
    later = consents((date(2027, 1, 1), None), (date(2026, 12, 24), None), (date(2026, 11, 1), None))
    assert later.next_change(today=today) == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("titel", ("title", "topics"), "title"),
        ("TITLE", ("title",), "title"),
        ("zzz", ("title",), None),
        ("", ("title",), None),
        ("title", (), None),
    ],
)
def test_a_suggestion_is_near_or_is_none(word: str, known: tuple[str, ...], near: str | None) -> None:
    assert suggest(word, known) == near
