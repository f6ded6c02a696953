"""A yes that was given once and holds no longer: when it ended, and what can be done about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.core.consents import OnExpiry, PersonId
from cop_publish.core.key_places import place_of_person
from cop_publish.core.problems import Matter, Problem, Problems

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cop_publish.core.consents import Consent, Consents
    from cop_publish.core.model import Draft

_REFUSAL = re.compile(r"(p-[a-z0-9-]+) has not agreed to ")


def how_it_ended(person: PersonId, item: str, consents: Consents, *, today: date) -> str:
    """Say when and how somebody's yes to an item ended; empty where no day says so."""
    record = _kept(person, item, consents)
    if record is not None and record.withdrawn_on is not None:
        return f"they took it back on {day_words(record.withdrawn_on)}"
    day = _over(record, today)
    return f"their yes ended on {day_words(day)}" if day else ""


def over_record(person: PersonId, item: str, consents: Consents, *, today: date) -> Consent | None:
    """Somebody's record for an item if its time is over and nothing of it is left."""
    record = _kept(person, item, consents)
    return record if _over(record, today) else None


def say_ended(problems: Iterable[Problem], draft: Draft, consents: Consents, *, today: date) -> Problems:
    """Problems of clearing an item; a yes whose time is over is told once, and not as one never given."""
    item = draft.id
    told: dict[Problem, None] = {}
    for problem in problems:
        refused = _REFUSAL.match(problem.what)
        record = _kept(PersonId(refused[1]), item, consents) if refused else None
        day = _over(record, today)
        if record is None or day is None:
            told[problem] = None
        else:
            what = f"{record.person} is part of {item}, and their yes ended on {day_words(day)}"
            where = place_of_person(draft, record.person)
            told[Problem(where, what, f"{cure(record)}.", Matter.CONSENT)] = None
    return tuple(told)


def cure(record: Consent) -> str:
    """What to do about a yes whose time is over, without its full stop."""
    file = f"registry/consents/{record.item or 'standing'}/{record.person}.yaml"
    return (
        f"If they say yes again, write that and a new `expires` into {file}; if their words may stay without "
        "their name, write `on_expiry: anonymous` there; else take their part out"
    )


def _kept(person: PersonId, item: str, consents: Consents) -> Consent | None:
    return consents.consents.get((person, item)) or consents.consents.get((person, None))


def _over(record: Consent | None, today: date) -> date | None:
    """The day on which a yes ended by itself, and left nothing."""
    if record is None or record.withdrawn_on is not None or record.on_expiry is not OnExpiry.REFUSE:
        return None
    return record.expires_on if record.expires_on is not None and today >= record.expires_on else None


def day_words(day: date) -> str:
    """Write a day for people."""
    return f"{day.day} {day:%B %Y}"
