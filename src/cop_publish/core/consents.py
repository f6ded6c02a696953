"""Who said yes to what: the frozen value that ``clear`` takes.  No record means no (invariant 1)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

PersonId = NewType("PersonId", str)

# Of how many people somebody is one, by the words they agreed to (facts 3.2).
FEWEST_ALIKE = 5  # among fewer, words are as good as a name
FEW_ALIKE = 20  # of so many or more nobody is told by being one of them


class Level(IntEnum):
    """How much of a person may be said; each level includes the ones below it."""

    ANONYMOUS = 0
    ROLE = 1
    ORGANISATION = 2
    NAMED = 3


class TakenBack(StrEnum):
    """What of a yes someone took back."""

    ATTRIBUTION = "attribution"  # from then on they are "a contributor", and in no photograph
    VOICE = "voice"
    PHOTO = "photo"
    ITEM = "item"  # everything: nothing of theirs


class OnExpiry(StrEnum):
    """What is left of a yes when its time is over."""

    REFUSE = "refuse"  # nothing: the item waits, or somebody withdraws it
    ANONYMOUS = "anonymous"  # their words, and their voice if it may be heard, and no name any more


@dataclass(frozen=True, slots=True)
class Clearance:
    """What a contributor's department says: whether it must agree, and when it did."""

    needed: bool
    by: str = ""
    ref: str = ""
    on: date | None = None

    def holds(self, today: date) -> bool:
        """Whether nothing of theirs is missing on a day."""
        return not self.needed or (self.on is not None and self.on <= today)


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
    roles: tuple[str, ...] = ()  # words for what they do, which tell who they are
    organisations: tuple[str, ...] = ()  # what people call where they do it
    employer: str = ""  # the calendar's word for where they work
    never_mention: bool = False  # whatever any record says, nothing of theirs

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
    given_how: str = ""  # such as e-mail
    shown: str = ""  # the text they were shown before
    expires_on: date | None = None  # the first day on which it no longer holds
    withdrawn_on: date | None = None  # whatever the day is, it no longer holds
    withdrawn: frozenset[TakenBack] = frozenset({TakenBack.ITEM})  # what of it, if there is a day
    on_expiry: OnExpiry = OnExpiry.REFUSE
    revoiced: bool = False  # their words may be heard in another voice
    group_size: int | None = None  # how many people `display` fits, by their own estimate
    anonymous_from: str = "public"  # or colleagues, who know a voice
    capacity: str = ""  # official | personal; empty: not said
    clearance: Clearance | None = None  # None: no department was spoken of
    formerly: str = ""  # the words they were called by, where that was taken back or is over
    lapsed: bool = False  # what they were called has run out, and the rest holds

    def missing_voice(self, revoiced: Collection[PersonId]) -> str:
        """Say which yes is missing for their words to be heard; `revoiced`: whose another voice says."""
        if self.voice or (self.revoiced and self.person in revoiced):
            return "" if self.words else "their words"
        if self.revoiced:
            return OWN_VOICE if self.words else "their own voice and words"
        return THEIR_VOICE if self.words else "their voice and words"


OWN_VOICE = "their own voice"
THEIR_VOICE = "their voice"
REVOICE = (
    "Have somebody else say their words, put that into the recording, and list the ID in `revoiced`: "
    "page, feed and transcript then say so."
)


@dataclass(frozen=True, slots=True)
class Consents:
    """Every person and every consent, read once before anything is cleared."""

    people: Mapping[PersonId, Person] = field(default_factory=dict)
    consents: Mapping[tuple[PersonId, str | None], Consent] = field(default_factory=dict)
    fictional: bool = False  # the registry says of itself that its people are made up
    erased: Mapping[PersonId, date] = field(default_factory=dict)  # of whom no more is known than the day

    def of(self, person: PersonId, item: str, *, today: date) -> Consent:
        """The consent in force for a person in an item: the item's own, else the standing one, else a no.

        An item's own record always decides alone, so that a guest may agree to less than they usually do.
        """
        record = self.consents.get((person, item)) or self.consents.get((person, None))
        known = self.people.get(person)
        if record is None or person in self.erased or (known is not None and known.never_mention):
            return Consent(person, item)
        return _as_of(record, today) or Consent(person, item)

    def next_change(self, *, today: date) -> date | None:
        """The next day on which a record begins or ends to hold; None: no such day is known."""
        held = (
            c for c in self.consents.values() if c.withdrawn_on is None or TakenBack.ITEM not in c.withdrawn
        )
        days = (d for c in held for d in (c.given_on, c.expires_on))
        return min((d for d in days if d is not None and d > today), default=None)

    def person_for_alias(self, name: str) -> PersonId | None:
        """The person whom other files call ``name``; None if nobody or more than one is called so."""
        wanted = _fold(name)
        found = {
            p.id for p in self.people.values() if wanted in {_fold(n) for n in (p.full_name, *p.aliases)}
        }
        return found.pop() if len(found) == 1 else None


def _as_of(record: Consent, today: date) -> Consent | None:
    """What is left of a record on a day; None: nothing."""
    if record.given_on is not None and record.given_on > today:
        return None
    if record.expires_on is not None and today >= record.expires_on:
        if record.on_expiry is OnExpiry.REFUSE:
            return None
        record = replace(_without(record, TakenBack.ATTRIBUTION), lapsed=record.level > Level.ANONYMOUS)
    if record.withdrawn_on is None:
        return record
    if TakenBack.ITEM in record.withdrawn:  # a yes taken back is taken back, even with a slip in the date
        return None
    for scope in record.withdrawn:
        record = _without(record, scope)
    return record


def _without(record: Consent, scope: TakenBack) -> Consent:
    if scope is TakenBack.ATTRIBUTION:  # nobody is anonymous in a photograph
        former = record.display or record.formerly
        return replace(record, level=Level.ANONYMOUS, display="", photo=False, formerly=former)
    return replace(record, photo=False) if scope is TakenBack.PHOTO else replace(record, voice=False)


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())
