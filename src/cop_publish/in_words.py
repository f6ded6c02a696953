"""What the gate finds in items' own words, before anything is made of them: also where an item still waits.

Nobody is asked to say yes to words that a publish will stop, and what is only a doubt can be allowed first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cop_publish.core.consents import Level
from cop_publish.core.model import ClearedEpisode, ClearedMeeting, ClearedPage, ClearedPost
from cop_publish.core.output import Site
from cop_publish.errors import LeakFound, NeedsHumanLook, Unscannable
from cop_publish.gate.approve import approve
from cop_publish.gate.memory import Memory
from cop_publish.gating import at_their_lines, guard_of, own_words
from cop_publish.registry.allows import make_allow_key
from cop_publish.unchanged import state_folder

if TYPE_CHECKING:
    from cop_publish.core.consents import PersonId
    from cop_publish.core.problems import Problems
    from cop_publish.gate.guard import Guard
    from cop_publish.ready import Ready

Fault = LeakFound | NeedsHumanLook | Unscannable
_ASK_NOBODY = "Nothing was written or recorded: mend this before anybody is asked to say yes to it."


def find_fault(ready: Ready, item: str | None = None, reader: PersonId | None = None) -> Fault | None:
    """What is wrong with the words of an item, or of every one that could be cleared, at its lines.

    What may be allowed of it is known to `cop-publish allow` from then on.  `reader`: who alone will see it.
    """
    memory = Memory.beside(state_folder(ready.settings.root) / "gate.json")
    guard = guard_of(_whole(ready))
    guard = read_by(reader, item, guard) if reader is not None and item is not None else guard
    try:
        found = _look(ready, guard, memory, item)
        registry = ready.settings.registry
        if isinstance(found, NeedsHumanLook) and not guard.allow_key and registry is not None:
            key = make_allow_key(registry)  # so that it can be allowed
            found = _look(ready, replace(guard, allow_key=key), memory, item) if key else found
    finally:
        memory.save()
    return found


def refuse_fault(ready: Ready, item: str, reader: PersonId | None = None) -> None:
    """Raise what is wrong with the words of an item, as the gate would."""
    found = find_fault(ready, item, reader)
    if found is not None:
        raise type(found)(_ASK_NOBODY, found.problems)


def read_by(reader: PersonId, item: str, guard: Guard) -> Guard:
    """As for everybody, but that they may read of their own work: where it is said beside their words."""
    records = dict(guard.records.get(item, {}))
    if reader in records and records[reader].level < Level.ORGANISATION:
        records[reader] = replace(records[reader], level=Level.ORGANISATION)
    return replace(guard, records={**guard.records, item: records})


def found_in_words(ready: Ready) -> Problems:
    """All that is wrong with the words of what could be cleared; nothing is remembered."""
    found = _look(ready, guard_of(_whole(ready)), Memory(), None)
    return found.problems if found is not None else ()


def _look(ready: Ready, guard: Guard, memory: Memory, item: str | None) -> Fault | None:
    words = tuple(file for file in own_words(_whole(ready)) if item is None or item in file.items)
    try:
        approve(Site(words, (), None), guard, memory)
    except (LeakFound, NeedsHumanLook, Unscannable) as found:
        return type(found)(found.summary, at_their_lines(found.problems, ready, guard))
    return None


def _whole(ready: Ready) -> Ready:
    """As if nothing but marks and consents could make an item wait."""
    return replace(
        ready,
        episodes=tuple(c for c in ready.clearable if isinstance(c, ClearedEpisode)),
        posts=tuple(c for c in ready.clearable if isinstance(c, ClearedPost)),
        meetings=tuple(c for c in ready.clearable if isinstance(c, ClearedMeeting)),
        pages=tuple(c for c in ready.clearable if isinstance(c, ClearedPage)),
    )
