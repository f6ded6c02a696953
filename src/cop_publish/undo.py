"""Undo: go back to a release that was public, or take back a publish that was cut off.

What comes back was approved when it was published.  The registry of today decides all the same: whoever is
no longer named anywhere may stand on no page that comes back, and if any yes has ended since, no release from
before that day comes back at all.  A release also keeps what it relied on, person by person and item by item:
nobody can tell by bytes whose voice is in a sound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cop_publish.bookkeeping import refuse_older, state_to_compare
from cop_publish.core.consents import Level
from cop_publish.core.output import Headers, PublicFile, Site
from cop_publish.core.plan import Action
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.core.relied import lost_since
from cop_publish.core.sign_offs import Decision
from cop_publish.errors import NotCleared, StorageFailed
from cop_publish.gate.approve import approve
from cop_publish.gate.guard import STANDING, Guard
from cop_publish.gate.memory import Memory
from cop_publish.intake.settings_file import read_settings
from cop_publish.publish import Outcome, note_changes, publisher_of, steps_of, tell
from cop_publish.registry.read import read_registry
from cop_publish.signing import answers_of
from cop_publish.storage.base import PUBLIC, read
from cop_publish.storage.live import look
from cop_publish.storage.release import apply, kept_release, prepare_rollback, refuse_registry, settle
from cop_publish.storage.resume import prepare_to_go_back
from cop_publish.unchanged import state_folder

if TYPE_CHECKING:
    from datetime import date, datetime

    from cop_publish.core.consents import Consent, Consents
    from cop_publish.core.output import Entry
    from cop_publish.core.record import Kept
    from cop_publish.core.sign_offs import SignOffs
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings
    from cop_publish.storage.base import Store
    from cop_publish.storage.live import Live, Publisher
    from cop_publish.storage.prepare import Prepared
    from cop_publish.storage.release import Receipt


@dataclass(frozen=True, slots=True)
class Releases:
    """What is public, and what can be gone back to, the oldest first."""

    current: Kept | None
    kept: tuple[Kept, ...]


def releases(errand: Errand) -> Releases:
    """Ask the store which releases it keeps; changes nothing."""
    from cop_publish.core.record import Kept as Release  # noqa: PLC0415 - its types alone are needed above

    live = look(publisher_of(read_settings(errand.root)))
    head, record = live.head, live.record
    return Releases(Release(head.seq, head.release, head.at) if head else None, record.kept)


def roll_back(errand: Errand, name: str) -> Outcome:
    """Bring back a kept release.  Raises StorageFailed, NotCleared, and what the gate raises."""
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    live = settle(publisher, lambda _: errand.progress("finishing an earlier publish", 0.0))
    _refuse_older(settings, live)
    ready = _prepared(publisher, live, name)
    _refuse_or_pass(ready, kept_release(live, name), errand, settings)
    receipt = _carry_out(ready, errand, settings)
    return Outcome(settings, plan=ready.plan, receipt=receipt, told=tell(settings))


def plan_roll_back(errand: Errand, name: str) -> Outcome:
    """Say what a rollback would do; changes nothing."""
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    live = look(publisher)
    _refuse_older(settings, live)
    ready = _prepared(publisher, live, name)
    _refuse_or_pass(ready, kept_release(live, name), errand, settings)
    return Outcome(settings, plan=ready.plan)


def abandon(errand: Errand) -> Outcome:
    """Undo a publish that was cut off, and bring back what was public before it; raises as `roll_back`."""
    outcome, ready = _abandoned(errand)
    receipt = _carry_out(ready, errand, outcome.settings)
    return replace(outcome, receipt=receipt, told=tell(outcome.settings))


def plan_abandon(errand: Errand) -> Outcome:
    """Say what `abandon` would do; changes nothing."""
    return _abandoned(errand)[0]


def _prepared(publisher: Publisher, live: Live, name: str) -> Prepared:
    try:
        return prepare_rollback(publisher, live, name)
    except StorageFailed as error:
        if not error.problems:
            raise
        what = "it was taken down or withdrawn since, and is no longer in the store"
        fix = "Go back to a later release, or put it back into the workspace and publish."
        problems = [Problem(problem.where, what, fix) for problem in error.problems]
        raise StorageFailed("That release cannot come back whole. Nothing was changed.", problems) from error


def _abandoned(errand: Errand) -> tuple[Outcome, Prepared]:
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    live = look(publisher)
    _refuse_older(settings, live)
    ready = prepare_to_go_back(publisher, live)
    if live.record.base is not None:  # it is there, or nothing could be prepared
        _refuse_or_pass(ready, live.record.base, errand, settings)
    return Outcome(settings, plan=ready.plan), ready


def _carry_out(ready: Prepared, errand: Errand, settings: Settings) -> Receipt:
    """With the registry as it is now: the store compares it with that of the latest publish."""
    state = state_to_compare(settings, at=errand.now)
    publisher = replace(publisher_of(settings), registry=state)
    refuse_registry(publisher, ready.live)
    note_changes(settings, ready.plan)
    return apply(ready, publisher, steps_of(errand, ready.plan))


def _refuse_older(settings: Settings, live: Live) -> None:
    refuse_older(settings, live.head.registry if live.head else None)


def _refuse_or_pass(ready: Prepared, kept: Kept, errand: Errand, settings: Settings) -> None:
    consents = read_registry(settings.registry)
    errand.protect(tuple(consents.people.values()))
    zone = ZoneInfo(settings.site.timezone)
    today = errand.now.astimezone(zone).date()
    _refuse_ended(consents, kept.at.astimezone(zone).date(), today)
    _refuse_left_out(answers_of(settings), kept.at)
    files = [_file(ready, step.entry) for step in ready.plan.moves if step.action is Action.PUT]
    store, known = publisher_of(settings).store, set(ready.live.record.entries)
    again = set(ready.plan.result.entries) - {step.entry for step in ready.plan.moves}
    files += [_from_store(store, entry) for entry in again if entry.key not in known]
    memory = Memory.load(state_folder(settings.root) / "gate.json")
    approve(Site(tuple(files), (), None), _guard(consents, settings, today), memory)
    _refuse_lowered(ready, consents, today)


_ANOTHER = "Publish what the workspace says now instead, or go back to a later release."


def _refuse_ended(consents: Consents, then: date, today: date) -> None:
    ended = [person for (person, _), record in consents.consents.items() if _ended_since(record, then, today)]
    if ended:
        what = "a yes of theirs has ended since that release"
        problems = [Problem(Place(person), what, _ANOTHER, Matter.CONSENT) for person in sorted(set(ended))]
        raise NotCleared("Nothing was changed.", problems)


def _refuse_lowered(ready: Prepared, consents: Consents, today: date) -> None:
    """Whatever way a yes was lowered since: what comes back must still be agreed to."""
    lost = lost_since(ready.relied or (), consents, today=today)
    what = "what comes back relies on {} in {}, which they do not agree to now"
    problems = [
        Problem(Place(p), what.format(w, item), _ANOTHER, Matter.CONSENT) for p, (item, w) in lost.items()
    ]
    if problems:
        raise NotCleared("Nothing was changed.", problems)


def _refuse_left_out(answers: SignOffs, then: datetime) -> None:
    """Whoever asked to be left out since does not come back by a release from before."""
    last = [given[-1] for given in answers.answers.values() if given]
    people = {a.person for a in last if a.decision is Decision.LEFT_OUT and a.at >= then}
    if people:
        what = "they asked to be left out since that release"
        problems = [Problem(Place(person), what, _ANOTHER, Matter.CONSENT) for person in sorted(people)]
        raise NotCleared("Nothing was changed.", problems)


def _ended_since(record: Consent, then: date, today: date) -> bool:
    if record.withdrawn_on is not None:  # whatever the day is, it no longer holds
        return record.withdrawn_on >= then
    return record.expires_on is not None and then < record.expires_on <= today


def _file(ready: Prepared, entry: Entry) -> PublicFile:
    with ready.source.opened(entry) as body:
        content = body if isinstance(body, bytes) else body.read()
    return _public(entry, content)


def _from_store(store: Store, entry: Entry) -> PublicFile:
    """Sound or a picture that the site had stopped naming: its tags may name somebody."""
    found = read(store, PUBLIC + entry.key)
    if found is None:
        raise StorageFailed(f"{entry.key} is no longer in the store. Choose a later release.")
    return _public(entry, found.content)


def _public(entry: Entry, content: bytes) -> PublicFile:
    return PublicFile(entry.key, content, Headers(entry.content_type, entry.cache_control), entry.file_class)


def _guard(consents: Consents, settings: Settings, today: date) -> Guard:
    """Who is named in some item today may be; a release no longer knows which page shows which item."""
    records = [consents.of(person, item or STANDING, today=today) for person, item in consents.consents]
    named = frozenset(record.person for record in records if record.level is Level.NAMED)
    wordings = {STANDING: tuple(sorted({record.display for record in records if record.display}))}
    addresses = frozenset({settings.show.owner_email, settings.site.mailing_list.removeprefix("mailto:")})
    return Guard(tuple(consents.people.values()), {}, named, wordings, addresses)
