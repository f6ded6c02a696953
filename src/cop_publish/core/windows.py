"""What keeps a new item from being published at this moment: departments, and the time before elections.

Nothing here takes down what is public: what was up when an election was called stays up, and so does what a
department looked at once.  A person's own yes is decided in `core/clear.py`, and nobody can override that;
a department's or an election's no can be overridden, by somebody with a name and a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cop_publish.core.folding import folded
from cop_publish.core.model import PageDraft, PostDraft
from cop_publish.core.problems import Matter, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from cop_publish.core.consents import Consents, PersonId
    from cop_publish.core.model import Draft


class Kind(StrEnum):
    """What can be overridden."""

    ELECTION = "election"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which some employers publish nothing new; aware, and over at `ends_at`."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    employers: frozenset[str] | None  # None: whoever it is, and items of nobody too
    where: Place

    def holds_for(self, employer: str) -> bool:
        """Whether it holds for somebody of an employer, however that is spelt: "Dept X" is dept-x."""
        if self.employers is None:
            return True
        return bool(employer) and folded(employer) in map(folded, self.employers)


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody's decision that something is published all the same."""

    kind: Kind
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why an item may not be published now; `kind` is what would override it."""

    item: str
    kind: Kind
    problem: Problem


def blocked_now(
    draft: Draft, consents: Consents, periods: Iterable[Period], *, now: datetime
) -> Iterator[Blocked]:
    """Say what keeps a new item from being published at `now`, which is in the site's time zone."""
    if isinstance(draft, PageDraft):
        return
    people = people_of(draft)
    for person in people:
        clearance = consents.of(person, draft.id, today=now.date()).clearance
        if clearance is not None and not clearance.holds(now.date()):
            yield Blocked(draft.id, Kind.DEPARTMENT, _uncleared(draft, person))
    for period in (p for p in periods if p.starts_at <= now < p.ends_at):
        if period.employers is None:
            yield Blocked(draft.id, Kind.ELECTION, _paused(draft, "everybody", period))
            continue
        for person in people:
            known = consents.people.get(person)
            if known is not None and period.holds_for(known.employer):
                yield Blocked(draft.id, Kind.ELECTION, _paused(draft, f"{person}'s employer", period))


def people_of(draft: Draft) -> tuple[PersonId, ...]:
    """Everyone who takes part in an item."""
    authors = draft.authors if isinstance(draft, PostDraft) else ()
    return tuple(dict.fromkeys((*authors, *draft.people)))


def _uncleared(draft: Draft, person: PersonId) -> Problem:
    what = f"the department of {person} has not agreed to {draft.id} yet"
    fix = f"Ask it, and add the day to `dept_clearance` in their consent; {_or_override(Kind.DEPARTMENT)}"
    return Problem(draft.where, what, fix, Matter.CONSENT)


def _paused(draft: Draft, whom: str, period: Period) -> Problem:
    until = f"{period.ends_at:%Y-%m-%d %H:%M}"
    what = f"a pre-election period holds for {whom} until {until} ({period.where})"
    fix = f"Run `cop-publish publish` then; {_or_override(Kind.ELECTION)}"
    return Problem(draft.where, what, fix, Matter.CONSENT)


def _or_override(kind: Kind) -> str:
    return f"or decide otherwise: --override {kind} --by … --reason …"
