"""Who said yes to what: the frozen value that ``clear`` takes.  No record means no (invariant 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

PersonId = NewType("PersonId", str)


class Level(IntEnum):
    """How much of a person may be said; each level includes the ones below it."""

    ANONYMOUS = 0
    ROLE = 1
    ORGANISATION = 2
    NAMED = 3


@dataclass(frozen=True, slots=True)
class Person:
    """A member as the registry knows them.  Nothing of this is public but by consent."""

    id: PersonId
    given: str
    family: str = ""
    known_as: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()  # the name as it stands in other people's files: Jekyll's `author:`
    emails: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Consent:
    """A recorded yes of one person, standing (``item`` is None) or for one episode, post or meeting."""

    person: PersonId
    item: str | None = None
    level: Level = Level.ANONYMOUS
    display: str = ""  # the exact agreed words; empty: a label of the item ("a contributor")
    words: bool = False
    voice: bool = False
    photo: bool = False
    sign_off: bool = False  # they want to see every item before it is published
    given_on: date | None = None
    expires_on: date | None = None  # the first day on which it no longer holds
    withdrawn_on: date | None = None  # whatever the day is, it no longer holds


@dataclass(frozen=True, slots=True)
class Consents:
    """Every person and every consent, read once before anything is cleared."""

    people: Mapping[PersonId, Person] = field(default_factory=dict)
    consents: Mapping[tuple[PersonId, str | None], Consent] = field(default_factory=dict)
    fictional: bool = False  # the registry says of itself that its people are made up

    def of(self, person: PersonId, item: str, *, today: date) -> Consent:
        """The consent in force for a person in an item: the item's own, else the standing one, else a no.

        An item's own record always decides alone, so that a guest may agree to less than they usually do.
        """
        record = self.consents.get((person, item)) or self.consents.get((person, None))
        if record is None or not _in_force(record, today):
            return Consent(person, item)
        return record

    def next_change(self, *, today: date) -> date | None:
        """The next day on which a record begins or ends to hold; None: no such day is known."""
        standing = (c for c in self.consents.values() if c.withdrawn_on is None)
        days = (d for c in standing for d in (c.given_on, c.expires_on))
        return min((d for d in days if d is not None and d > today), default=None)

    def person_for_alias(self, name: str) -> PersonId | None:
        """The person whom other files call ``name``; None if nobody or more than one is called so."""
        wanted = _fold(name)
        found = {
            p.id for p in self.people.values() if wanted in {_fold(n) for n in (p.full_name, *p.aliases)}
        }
        return found.pop() if len(found) == 1 else None


def _in_force(record: Consent, today: date) -> bool:
    if record.withdrawn_on is not None:  # a yes taken back is taken back, even with a slip in the date
        return False
    if record.given_on is not None and record.given_on > today:
        return False
    return record.expires_on is None or today < record.expires_on


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())
