"""A jigsaw of what is about to be public stops the gate until somebody has weighed and allowed it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gate_samples import GUARD, gate, public, refusal

from cop_publish.core.allowed import Allow, Offer
from cop_publish.core.consents import PersonId
from cop_publish.core.jigsaw import Jigsaw
from cop_publish.core.problems import Place
from cop_publish.errors import LeakFound, NeedsHumanLook
from cop_publish.gate.allows import faults, needs_second
from cop_publish.gate.memory import Memory, last_look, offer

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.output import PublicFile
    from cop_publish.gate.guard import Guard

WHERE = Place("episodes/here/episode.md")
JIGSAW = Jigsaw(
    item="here",
    where=WHERE,
    meeting="m",
    unnamed=((PersonId("p-4c4c"), 0),),
    named=(),
    named_there=(PersonId("p-9aa2"),),
    others=1,
    left=(PersonId("p-4c4c"),),
)
KEYED = replace(GUARD, allow_key=b"k" * 32, jigsaws=(JIGSAW,))


def page(item: str = "here", words: str = "Words.") -> PublicFile:
    return public("a.txt", words, item)


def mark(guard: Guard = KEYED) -> str:
    (found,) = re.findall(r"\b[0-9a-f]{20}\b", str(refusal(page(), guard=guard)))
    return str(found)


def allowing(fingerprint: str, guard: Guard = KEYED) -> Guard:
    return replace(guard, allows=(Allow((fingerprint,), "here", "jigsaw", "", "", Place("x", 3)),))


def test_a_jigsaw_waits_for_a_human_and_says_how_to_allow_it() -> None:
    error = refusal(page(), guard=KEYED)
    assert isinstance(error, NeedsHumanLook)
    assert error.exit_code == 11
    (problem,) = error.problems
    assert problem.where == WHERE
    assert f"allow it: cop-publish allow {mark()} --reason … --by … --expires …" in problem.fix
    assert "p-4c4c" not in str(error)
    assert not needs_second("jigsaw")


def test_it_is_of_its_item_alone_and_told_beside_a_leak() -> None:
    gate(page("there"), guard=KEYED)
    leak = refusal(page(words="Jory Madeup-Fictive"), guard=KEYED)
    assert isinstance(leak, LeakFound)
    assert WHERE in {problem.where for problem in leak.problems}


def test_what_was_allowed_passes_and_counts_as_used_though_the_page_itself_is_remembered() -> None:
    guard = allowing(mark())
    memory = Memory()
    gate(page(), guard=guard, memory=memory)
    assert memory.allows_used == {mark()}
    assert list(faults(guard.allows, memory.allows_used, {"here"})) == []
    gone = replace(guard, jigsaws=())
    memory = Memory()
    gate(page(), guard=gone, memory=memory)
    assert len(list(faults(gone.allows, memory.allows_used, {"here"}))) == 1


def test_a_page_that_the_gate_remembers_is_weighed_again(tmp_path: Path) -> None:
    memory = Memory.load(tmp_path / "gate.json")
    gate(page(), guard=replace(KEYED, jigsaws=()), memory=memory)
    memory.save()
    again = Memory.load(tmp_path / "gate.json")
    try:
        gate(page(), guard=KEYED, memory=again)
    except NeedsHumanLook:
        assert again.scanned == 0
    else:
        raise AssertionError("the jigsaw was passed by")


def test_an_allow_dies_with_what_was_weighed_and_under_another_key() -> None:
    known = mark()
    for other in (
        replace(JIGSAW, unnamed=((PersonId("p-4c4c"), 1),)),
        replace(JIGSAW, unnamed=((PersonId("p-5d5d"), 0),)),
        replace(JIGSAW, named=(PersonId("p-5d5d"),)),
        replace(JIGSAW, named_there=(PersonId("p-5d5d"),)),
        replace(JIGSAW, meeting="n"),
        replace(JIGSAW, left=(PersonId("p-4c4c"), PersonId("p-5d5d"))),
    ):
        assert isinstance(
            refusal(page(), guard=allowing(known, replace(KEYED, jigsaws=(other,)))), NeedsHumanLook
        )
    assert isinstance(
        refusal(page(), guard=allowing(known, replace(KEYED, allow_key=b"o" * 32))), NeedsHumanLook
    )
    moved = replace(JIGSAW, where=Place("episodes/here/episode.md", 9))
    gate(page(), guard=allowing(known, replace(KEYED, jigsaws=(moved,))))


def test_what_is_dated_later_is_on_offer_before_its_day_and_stops_nothing(tmp_path: Path) -> None:
    memory = Memory.load(tmp_path / "gate.json")
    gate(page("there"), guard=KEYED, memory=memory)
    memory.save()
    last = last_look(tmp_path / "gate.json")
    assert last is not None
    assert last.offered == {mark(): Offer("jigsaw", "here", "")}


def test_what_is_offered_between_two_runs_costs_nothing_that_was_remembered(tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    memory = Memory.load(path)
    guard = replace(allowing(mark()), jigsaws=(JIGSAW, replace(JIGSAW, item="else")))
    gate(page(), guard=guard, memory=memory)
    memory.save()
    before = last_look(path)
    assert before is not None
    offer(path, {"0" * 20: Offer("jigsaw", "there", "")})
    after = last_look(path)
    assert after is not None
    assert after.offered == {**before.offered, "0" * 20: Offer("jigsaw", "there", "")}
    assert after.used == before.used == {mark()}
    again = Memory.load(path)
    gate(page(), guard=guard, memory=again)
    assert (again.scanned, again.reused) == (0, 1)
