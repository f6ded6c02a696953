"""Advice on who could be told by elimination."""

from __future__ import annotations

from dataclasses import replace

from samples import EPISODE, MEETING

from cop_publish.core.consents import Level, PersonId
from cop_publish.core.jigsaw import advise_jigsaw
from cop_publish.core.model import Credit, Part

HOST = Credit("Alys Example", Level.NAMED, Part.HOST)
GUEST = Credit("a policy adviser", Level.ROLE, Part.GUEST)
OTHER = Credit("Siân Ap-Example", Level.NAMED, Part.GUEST)
ITEM = replace(EPISODE, id="ep", meeting="m", credits=(HOST, GUEST))
PRESENT = {"ep": frozenset({PersonId("p-host"), PersonId("p-7f3k")})}


def meeting(*named: Credit) -> tuple[str, ...]:
    return tuple(advise_jigsaw([ITEM], [replace(MEETING, id="m", credits=named)], PRESENT))


def test_a_meeting_that_names_others_than_an_item_with_somebody_unnamed_is_told() -> None:
    (advice,) = meeting(HOST, OTHER)
    assert advice.startswith("ep: somebody in it is not named")
    assert "1 person" in advice
    assert "Siân" not in advice


def test_a_meeting_that_names_nobody_else_is_no_matter() -> None:
    assert meeting(HOST) == ()
    assert meeting(GUEST) == ()


def test_where_everyone_is_named_or_no_meeting_is_public_there_is_no_jigsaw() -> None:
    everyone = {"ep": frozenset({PersonId("p-host")})}
    page = replace(MEETING, id="m", credits=(OTHER,))
    assert not list(advise_jigsaw([ITEM], [page], everyone))
    assert not list(advise_jigsaw([replace(ITEM, meeting=None)], [page], PRESENT))
    assert not list(advise_jigsaw([ITEM], [], PRESENT))
