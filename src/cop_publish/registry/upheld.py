"""What somebody took back stays taken back: a record that has lost it is an older copy, and is refused.

The audit knows of every withdrawal that the tool recorded.  A record put back from a copy of last week would
say yes again, and its person would never hear of it.  Whoever agrees anew does so on a later day, and the
record has that day.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from cop_publish.core.checks import STANDING
from cop_publish.core.consents import PersonId, TakenBack
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.registry.audit import read_chain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from cop_publish.core.consents import Consent, Consents

EVERYWHERE = "everywhere"  # as the audit calls what no item was named for
_SCOPES = {scope.value: scope for scope in TakenBack}


def forgotten(folder: Path, consents: Consents) -> tuple[Problem, ...]:
    """A problem for each record that says yes to what the audit knows was taken back after it was given."""
    events = [e for e in read_chain(folder).entries if e.get("event") == "withdraw" and e.get("person")]
    found = [problem for event in events for problem in _lost(event, consents)]
    return tuple(dict.fromkeys(found))


def _lost(event: Mapping[str, Any], consents: Consents) -> Iterator[Problem]:
    person, scope = PersonId(str(event["person"])), _SCOPES.get(str(event.get("fact_scope", "")))
    day = datetime.fromisoformat(str(event["at"])).date()
    for record in _records(person, str(event.get("item", "")), consents) if scope else ():
        kept = record.withdrawn_on is not None and not {scope, TakenBack.ITEM}.isdisjoint(record.withdrawn)
        is_new = record.given_on is not None and record.given_on > day
        if not (kept or is_new):
            where = Place(f"registry/consents/{'…' if record.item else STANDING}/{person}.yaml", 1)
            whose = f"for {record.item}" if record.item else "for every item"
            what = f"{person} took something back on {day}, and their record {whose} does not say so"
            fix = (
                f"Write `withdrawn: {{on: {day}, scope: {scope}}}` into it again. If they have agreed anew "
                "since, write that later day under `given`."
            )
            yield Problem(where, what, fix, Matter.CONSENT)


def _records(person: PersonId, item: str, consents: Consents) -> list[Consent]:
    """The records that a withdrawal is about; for an item without one of its own, the standing one holds."""
    known = consents.consents
    if item == EVERYWHERE:
        return [record for (who, _), record in known.items() if who == person]
    record = known.get((person, item), known.get((person, None)))
    return [record] if record is not None else []
