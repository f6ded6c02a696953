"""What somebody took back or answered stays so: a record that has lost it is an older copy, and is refused.

The audit knows of every withdrawal and every answer that the tool recorded.  A record put back from a copy of
last week would say yes again, and its person would never hear of it.  Whoever agrees anew does so on a later
day, and the record has that day; whoever answers anew has a later answer in the audit.
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
    from cop_publish.core.sign_offs import SignOff, SignOffs

EVERYWHERE = "everywhere"  # as the audit calls what no item was named for
_SCOPES = {scope.value: scope for scope in TakenBack}


def forgotten(folder: Path, consents: Consents) -> tuple[Problem, ...]:
    """A problem for each record that says yes to what the audit knows was taken back after it was given."""
    events = [e for e in read_chain(folder).entries if e.get("event") == "withdraw" and e.get("person")]
    found = [problem for event in events for problem in _lost(event, consents)]
    return tuple(dict.fromkeys(found))


def lost_answers(folder: Path, answers: SignOffs) -> frozenset[tuple[str, PersonId]]:
    """By item and person: whose last answer, as the audit has it, is not among those that the registry has.

    Of somebody who was erased, and has no file in people/ any more, nothing is missing.
    """
    last = {
        (str(e.get("item")), PersonId(str(e["person"]))): e
        for e in read_chain(folder).entries
        if e.get("event") == "sign-off" and e.get("person")
    }
    return frozenset(
        (item, person)
        for (item, person), event in last.items()
        if (folder / "people" / f"{person}.yaml").is_file()
        and not any(_is_of(event, answer) for answer in answers.of(item, person))
    )


def _is_of(event: Mapping[str, Any], answer: SignOff) -> bool:
    said = (event.get("fact_decision"), event.get("fact_view"), event.get("at"))
    return said == (answer.decision.value, answer.digest, answer.at.isoformat(timespec="seconds"))


def _lost(event: Mapping[str, Any], consents: Consents) -> Iterator[Problem]:
    person, scope = PersonId(str(event["person"])), _SCOPES.get(str(event.get("fact_scope", "")))
    try:
        day = datetime.fromisoformat(str(event.get("at"))).date()
    except ValueError:  # a damaged line: its chain does not hold, and nothing is published by that
        return
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
