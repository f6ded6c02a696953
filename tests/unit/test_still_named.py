"""Every line in which somebody's name still stands is told, and nothing that is marked or agreed is."""

from __future__ import annotations

from dataclasses import replace

from test_clear import EPISODE, GUEST, PEOPLE, POST, cue, text

from cop_publish.core.model import Audience
from cop_publish.withdrawal.still_named import still_named

SIAN = PEOPLE[GUEST]


def told(*drafts: object) -> list[str]:
    return [f"{p.where.line}: {p.what}" for p in still_named(drafts, SIAN)]  # type: ignore[arg-type]


def test_each_line_is_told_with_its_place() -> None:
    body = text("Nothing here.\n\nAsk Siân Ap-Example.\nOr her again: Ap-Example, Siân.\n", line=20)
    found = told(replace(POST, body=body, title=text("With Siân", 2)))
    assert found == [
        "2: may hold the given name alone of p-7f3k, who is withheld here now",
        "22: holds the full name of p-7f3k, who is withheld here now",
        "23: holds the half of a double name of p-7f3k, who is withheld here now",
    ]


def test_what_stands_for_agreed_words_and_what_is_marked_is_no_name() -> None:
    body = text(
        "@{p-7f3k} said so.\n\n::: confidential\nSiân Ap-Example\n::: end\n\nAnd [[confidential: Siân]].\n"
    )
    assert told(replace(POST, body=body)) == []


def test_what_is_for_the_network_only_is_not_looked_at() -> None:
    assert told(replace(POST, body=text("Siân Ap-Example"), audience=Audience.NETWORK)) == []


def test_of_a_cue_it_is_said_that_it_is_heard() -> None:
    draft = replace(EPISODE, cues=(cue(None, "With me is Siân Ap-Example.", 7),))
    (problem,) = still_named([draft], SIAN)
    assert problem.where.line == 7
    assert "the whole cue goes from text and sound" in problem.fix


def test_a_slug_that_holds_the_name_is_told_at_the_top_of_the_file() -> None:
    (problem,) = still_named([replace(POST, slug="sian-ap-example-writes")], SIAN)
    assert "slug" in problem.what
    assert "Nothing may lead there from the old address" in problem.fix
