"""What a reader could put together about people of items that are ready, and who has weighed it.

The gate asks before anything is published (`gate/jigsaws.py`); this says it earlier, of what is dated too.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core.allowed import Offer
from cop_publish.core.clear import clear
from cop_publish.core.jigsaw import RULE, find_jigsaws
from cop_publish.gate.guard import Guard
from cop_publish.gate.jigsaws import marked, problem
from cop_publish.gate.memory import offer
from cop_publish.registry.allows import allow_key, holding_allows, make_allow_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cop_publish.core.jigsaw import Jigsaw
    from cop_publish.core.model import Cleared, Draft
    from cop_publish.core.problems import Problem
    from cop_publish.ready import Ready

    Pair = tuple[Draft, Cleared]

GATE_MEMORY = ".cop-publish/gate.json"


def jigsaws_of(ready: Ready) -> tuple[Jigsaw, ...]:
    """Find those of everything that may be public, now or at its date."""
    return _found(ready, (*ready.episodes, *ready.posts, *ready.later))


def _found(ready: Ready, items: tuple[Cleared, ...], kept: Sequence[Pair] = ()) -> tuple[Jigsaw, ...]:
    drafts = {draft.id: draft for draft in ready.waits.drafts} if ready.waits else {}
    cleared = (*items, *ready.meetings)
    pairs = [*kept, *((drafts[item.id], item) for item in cleared if item.id in drafts)]
    return tuple(find_jigsaws(pairs, ready.consents, ready.settings.show.hosts, today=ready.now.date()))


@dataclass(frozen=True, slots=True)
class Open:
    """A jigsaw that nobody has allowed, as it is told."""

    jigsaw: Jigsaw
    problem: Problem


def open_jigsaws(ready: Ready) -> tuple[Open, ...]:
    """Find what somebody must still weigh, with the command that allows it, and keep that on offer."""
    return _open(ready, jigsaws_of(ready))


def open_beside(ready: Ready, drafts: Iterable[Draft]) -> tuple[Open, ...]:
    """The same where these live items keep their bytes beside what is ready."""
    hosts = ready.settings.show.hosts
    both = [(draft, clear(draft, ready.consents, hosts, now=ready.now)[0]) for draft in drafts]
    kept = [(draft, cleared) for draft, cleared in both if cleared is not None]
    return _open(ready, _found(ready, (*ready.episodes, *ready.posts), kept))


def advise_later(ready: Ready) -> tuple[str, ...]:
    """Say what must be weighed before what is dated later can be published: not on that very day."""
    later = {item.id for item in ready.later}
    found = tuple(j for j in _found(ready, ready.later) if j.item in later) if later else ()
    return tuple(f"Before its day: {o.problem}" for o in _open(ready, found))


def _open(ready: Ready, found: tuple[Jigsaw, ...]) -> tuple[Open, ...]:
    registry = ready.settings.registry
    if not found or registry is None:
        return ()
    allows = holding_allows(registry, today=ready.now.date())
    key = allow_key(registry) or make_allow_key(registry)
    guard = Guard((), allows=allows, allow_key=key, jigsaws=found)
    still = [(jigsaw, mark) for jigsaw, mark, is_allowed in marked(guard) if not is_allowed]
    offers = {mark: Offer(RULE, jigsaw.item, "") for jigsaw, mark in still if mark}
    if offers:
        with suppress(OSError):  # a workspace that cannot be written to: the next check keeps them
            offer(ready.settings.root / GATE_MEMORY, offers)
    return tuple(Open(jigsaw, problem(jigsaw, mark)) for jigsaw, mark in still)
