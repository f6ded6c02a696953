"""What somebody agreed to that ends soon, and what that will stop: said well before the day.

On the day itself an item is refused, as wherever a yes is missing, and what is live of it stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from cop_publish.core.checks import STANDING
from cop_publish.core.clear import clear
from cop_publish.core.consents import Level, OnExpiry
from cop_publish.core.pieces import may_be_in, pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from cop_publish.core.consents import Consent, Consents, PersonId
    from cop_publish.core.model import Cleared, Draft
    from cop_publish.core.problems import Place

SOON = timedelta(days=60)  # time to ask somebody, and to cut an episode anew
_SHOWN = 3  # items and places of one record


@dataclass(slots=True)
class _Stopped:
    """What the end of one record will stop."""

    items: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)  # that show then what is no longer agreed
    going: list[Place] = field(default_factory=list)  # cues that go from text and sound then


def advise_expiries(
    pairs: Iterable[tuple[Draft, Cleared]], consents: Consents, hosts: tuple[PersonId, ...], *, now: datetime
) -> Iterator[str]:
    """Give a sentence for each record that ends within 60 days, and with its cure.  `now` is aware."""
    stopped: dict[tuple[PersonId, str | None], _Stopped] = defaultdict(_Stopped)
    ending = {key for key, record in consents.consents.items() if _is_soon(record, now.date())}
    for draft, cleared in pairs if ending else ():
        held = [(p, c) for p in may_be_in(draft) if (c := _governing(consents, p, draft.id)) is not None]
        soon = [(person, record) for person, record in held if (person, record.item) in ending]
        people = pieces_of(draft, cleared).people if soon else ()
        for person, record in ((p, r) for p, r in soon if p in people):
            found = stopped[person, record.item]
            found.items.append(draft.id)
            places, going = _then(draft, cleared, record, _Around(consents, hosts, now))
            found.places += places
            found.going += going
    for key in sorted(stopped, key=str):
        yield _sentence(consents.consents[key], stopped[key])


def _is_soon(record: Consent, today: date) -> bool:
    return record.expires_on is not None and today < record.expires_on <= today + SOON and _changes(record)


def _changes(record: Consent) -> bool:
    return record.on_expiry is OnExpiry.REFUSE or record.level > Level.ANONYMOUS


def _governing(consents: Consents, person: PersonId, item: str) -> Consent | None:
    return consents.consents.get((person, item)) or consents.consents.get((person, None))


@dataclass(frozen=True, slots=True)
class _Around:
    consents: Consents
    hosts: tuple[PersonId, ...]
    now: datetime


def _then(
    draft: Draft, cleared: Cleared, record: Consent, around: _Around
) -> tuple[list[Place], list[Place]]:
    """Where it shows on that day what is no longer agreed, and which cues go; nothing if all of it ends."""
    day = record.expires_on
    if record.on_expiry is OnExpiry.REFUSE or day is None:
        return [], []
    then = datetime.combine(day, time(), around.now.tzinfo)
    on_that_day, problems = clear(draft, around.consents, around.hosts, now=then)
    going = set(getattr(on_that_day, "derived_cuts", ())) - set(getattr(cleared, "derived_cuts", ()))
    return [problem.where for problem in problems if record.person in problem.what], sorted(going)


def _sentence(record: Consent, stopped: _Stopped) -> str:
    where = f"registry/consents/{STANDING if record.item is None else '…'}/{record.person}.yaml"
    day, items = record.expires_on, _some(stopped.items)
    refused = f"{items} {'is' if len(stopped.items) == 1 else 'are'} refused"
    if record.on_expiry is OnExpiry.REFUSE:
        what = f"what they agreed to ends on {day}; from then on {refused}, while what is live stays as it is"
        return f"{where}: {what}. Ask them now, and record a later `expires`."
    needs = "until they have said yes to that"
    cure = "Ask them now, and record a later `expires`"
    if stopped.places:
        mended = "1 place is" if len(stopped.places) == 1 else f"{len(stopped.places)} places are"
        needs += f" and {mended} mended ({_some(list(map(str, stopped.places)))})"
        cure += "; or take out what still shows who they are"
    gone = ""
    if stopped.going:
        cues = (
            "1 cue that calls them so goes"
            if len(stopped.going) == 1
            else f"{len(stopped.going)} cues that call them so go"
        )
        gone = f" {cues} from text and sound ({_some(list(map(str, stopped.going)))}),"
    then = f'from {day} on they are "a contributor",{gone} and {refused} {needs}'
    return f"{where}: {then}, while what is live stays as it is. {cure}."


def _some(words: list[str]) -> str:
    more = len(words) - _SHOWN
    return ", ".join(words[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
