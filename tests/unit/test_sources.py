"""What the gate finds in an item is told by the lines it comes from, with the cure for that place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from test_clear import ADVISER, EPISODE, HOST, PEOPLE, POST, cue, text

from cop_publish.core.problems import Place, Problem
from cop_publish.gate.guard import Guard
from cop_publish.sources import HEARD, located

if TYPE_CHECKING:
    from cop_publish.core.model import Draft

NAME = PEOPLE[ADVISER].full_name
GUARD = Guard(
    tuple(PEOPLE.values()), named={"jury": frozenset({HOST})}, present={"jury": frozenset({ADVISER})}
)


def told(draft: Draft, what: str) -> list[tuple[int, str]]:
    problem = Problem(Place(draft.where.path), what, "Take it out.")
    return [(p.where.line, p.fix) for p in located([problem], [draft], GUARD)]


FULL = f"holds the full name of {ADVISER}, who is withheld here (text)"


@pytest.mark.parametrize(
    "words",
    [
        f"One.\n\nAsk {NAME}.\n",
        f"One.\n\nAsk **{NAME[:3]}**{NAME[3:]}.\n",
        f"One.\n\nAsk {NAME.replace(' ', '[^1] ')}.\n",
        f"One.\n\nAsk &#{ord(NAME[0])};{NAME[1:]}.\n",
        f"One.\n\nAsk {NAME.replace(' ', chr(10))}\n",
    ],
    ids=["plain", "with markup inside", "with a footnote inside", "with an entity", "over the end of a line"],
)
def test_a_name_is_told_by_its_line(words: str) -> None:
    assert told(replace(POST, id="jury", body=text(words, line=20)), FULL) == [(22, "Take it out.")]


def test_each_line_is_told_and_what_a_mark_takes_out_is_not() -> None:
    body = text(f"{NAME}\n\n[[confidential: {NAME}]]\n\n{NAME}\n", line=20)
    assert [line for line, _ in told(replace(POST, id="jury", body=body), FULL)] == [20, 24]


def test_of_a_cue_it_is_said_that_it_is_heard() -> None:
    draft = replace(EPISODE, cues=(cue(HOST, f"With me is {NAME}.", 7),))
    assert told(draft, FULL) == [(7, HEARD)]


def test_a_doubt_keeps_its_way_to_be_allowed() -> None:
    draft = replace(EPISODE, cues=(cue(HOST, f"So {PEOPLE[ADVISER].given[:-1]}x said.", 7),))
    what = f"may hold the name nearly spelt of {ADVISER}, who is withheld here (text)"
    assert {fix for _, fix in told(draft, what)} == {"Take it out."}


@pytest.mark.parametrize(
    "what", ["holds the alias of p-k2m9, who is withheld here (text)", FULL.replace(ADVISER, "p-t6h8")]
)
def test_what_no_line_holds_stays_with_its_item(what: str) -> None:
    assert told(replace(POST, id="jury", body=text(f"{NAME}\n", line=20)), what) == [(0, "Take it out.")]


def test_what_has_a_line_already_or_is_of_a_page_stays_as_it_is() -> None:
    draft = replace(POST, id="jury", body=text(f"{NAME}\n", line=20))
    problems = [Problem(Place(draft.where.path, 3), FULL, "x"), Problem(Place("blog/index.html"), FULL, "x")]
    assert list(located(problems, [draft], GUARD)) == problems
