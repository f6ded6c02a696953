"""Jigsaws of what is about to be public: each waits for somebody who weighs it, or has been allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.allowed import Offer
from cop_publish.core.jigsaw import RULE
from cop_publish.core.problems import Matter, Problem
from cop_publish.gate.allows import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.core.jigsaw import Jigsaw
    from cop_publish.gate.guard import Guard
    from cop_publish.gate.memory import Memory


def weigh(items: Iterable[str], guard: Guard, memory: Memory) -> Iterator[Problem]:
    """Give a problem for each jigsaw of these items that nobody allowed; the memory hears of all of them."""
    shown = frozenset(items)
    for jigsaw, mark, is_allowed in marked(guard):
        if jigsaw.item in shown and is_allowed:
            memory.allows_used.add(mark)
        elif not is_allowed:
            if mark:
                memory.offered[mark] = Offer(RULE, jigsaw.item, "")
            if jigsaw.item in shown:
                yield problem(jigsaw, mark)


def marked(guard: Guard) -> Iterator[tuple[Jigsaw, str, bool]]:
    """Give each jigsaw with its fingerprint (empty: the registry has no key), and whether it is allowed."""
    allowed = frozenset(mark for a in guard.allows if a.rule == RULE for mark in a.fingerprints)
    for jigsaw in guard.jigsaws:
        mark = fingerprint(guard.allow_key, RULE, jigsaw.item, "", jigsaw.weighed) if guard.allow_key else ""
        yield jigsaw, mark, mark in allowed


def problem(jigsaw: Jigsaw, mark: str) -> Problem:
    """Say what somebody must weigh, with the command that allows it."""
    command = f"; if nobody could, allow it: cop-publish allow {mark} --reason … --by … --expires …"
    return Problem(jigsaw.where, jigsaw.what, f"{jigsaw.cure}{command if mark else '.'}", Matter.LOOK)
