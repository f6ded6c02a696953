"""Whether what a rollback, or an abandoned publish, brings back may be public today.

What comes back was approved when it was published.  The registry and the workspace of today decide all the
same: the gate reads it again as it reads what is made anew, with the terms of each item that a file shows,
the passages that were marked since, and the list of allows; and if any yes has ended since, no release from
before that day comes back at all.  A release also keeps what it relied on, person by person and item by
item: nobody can tell by bytes whose voice is in a sound.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cop_publish.bookkeeping import foresee_marks, learn_marks
from cop_publish.coming_together import coming_together
from cop_publish.core.consents import Level
from cop_publish.core.output import Headers, PublicFile, Site
from cop_publish.core.plan import Action
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.core.relied import lost_since
from cop_publish.core.routes import FEED
from cop_publish.core.sign_offs import Decision, lost_answer
from cop_publish.errors import InvalidSource, LeakFound, NeedsHumanLook, NotCleared, StorageFailed
from cop_publish.gate.approve import approve
from cop_publish.gate.guard import STANDING
from cop_publish.gate.jigsaws import weigh
from cop_publish.gate.memory import Memory
from cop_publish.gating import Shown, guard_for
from cop_publish.intake.workspace import WITHDRAWN, item_names, read_workspace
from cop_publish.jigsaws import GATE_MEMORY
from cop_publish.publish import publisher_of
from cop_publish.ready import raise_problems
from cop_publish.registry.allows import make_allow_key
from cop_publish.registry.read import read_registry
from cop_publish.render.notice import TITLE
from cop_publish.signing import answers_of
from cop_publish.storage.base import PUBLIC, read
from cop_publish.unchanged import state_folder
from cop_publish.waits import signs_of, withheld_of
from cop_publish.withdrawal.splice import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from cop_publish.core.consents import Consent, Consents, PersonId
    from cop_publish.core.ledger import Ledger, Words
    from cop_publish.core.output import Entry
    from cop_publish.core.record import Kept
    from cop_publish.core.sign_offs import SignOffs
    from cop_publish.gate.guard import Guard
    from cop_publish.intake.workspace import Workspace
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings
    from cop_publish.storage.prepare import Prepared

_WEIGH = "Nothing was changed: somebody must look first."
_ANOTHER = "Publish what the workspace says now instead, or go back to a later release."


def refuse_or_pass(ready: Prepared, kept: Kept, errand: Errand, settings: Settings) -> None:
    """Refuse a release, `kept`, of which anything may not be public today.

    Raises NotCleared, and what the gate and the readers of the registry raise: one that cannot be trusted
    judges nothing.
    """
    consents = read_registry(settings.registry, item_names(settings.root))
    errand.protect(tuple(consents.people.values()))
    zone = ZoneInfo(settings.site.timezone)
    today = errand.now.astimezone(zone).date()
    workspace = read_workspace(settings, consents)
    _refuse_withdrawn(ready, workspace)
    withheld = withheld_of(workspace.items)
    ledger = _ledger(settings, withheld, errand)
    _refuse_ended(consents, kept.at.astimezone(zone).date(), today)
    _refuse_erased(ready, consents)
    _refuse_left_out(answers_of(settings), kept.at)
    shown = replace(_shown(ready, withheld), ledger=ledger, signs=signs_of(workspace.items))
    guard = guard_for(shown, settings, consents, today=today)
    if ready.shows is None:
        guard = _of_an_older_release(guard, consents, today)
    jigsaws = coming_together(ready, workspace, consents, settings.show.hosts, today=today)
    if jigsaws and not guard.allow_key and settings.registry is not None and not errand.is_dry:
        guard = replace(guard, allow_key=make_allow_key(settings.registry))  # so that it can be allowed
    _refuse_leaks(ready, replace(guard, jigsaws=jigsaws), settings)
    _refuse_lowered(ready, consents, today)


def _ledger(settings: Settings, withheld: Mapping[str, tuple[Words, ...]], errand: Errand) -> Ledger | None:
    """What is marked by now may not come back by a rollback either; a dry run knows it and writes nothing."""
    if settings.registry is None:
        return None
    if errand.is_dry:
        return foresee_marks(settings.registry, withheld)
    learn_marks(settings.registry, withheld, at=errand.now)
    return None


def _refuse_withdrawn(ready: Prepared, workspace: Workspace) -> None:
    """What withdrawn.yaml names never comes back: the store learns of it later, if at all."""
    unreadable = tuple(problem for problem in workspace.problems if problem.where.path == WITHDRAWN)
    if unreadable:
        raise InvalidSource(f"Nothing was changed: {WITHDRAWN} has problems.", unreadable)
    gone = {path.lstrip("/").casefold() for path in workspace.withdrawn_paths}
    entries = ready.plan.result.entries
    back = {entry.key for entry in entries if gone & {entry.key.casefold(), _page_beside(entry.key)}}
    feed = next((entry for entry in entries if entry.key == FEED), None)
    if feed is not None and workspace.withdrawn_guids & _told(_packed(ready, feed)):
        back.add(FEED)
    what = f"it shows what {WITHDRAWN} names, which must never come back"
    problems = [Problem(Place(key), what, _WITHDRAWN_FIX) for key in sorted(back)]
    if problems:
        raise InvalidSource("Nothing was changed.", problems)


_WITHDRAWN_FIX = (
    "Run `cop-publish withdraw` with its folder or file, or what that was called if it is gone: it takes it "
    "out of what can be gone back to as well."
)


def _page_beside(key: str) -> str:
    """The page of an episode, of what lies beside it and of its sound; else nothing."""
    beside, sound = _BESIDE.match(key.casefold()), _SOUND.match(key.casefold())
    name = beside[1] if beside else sound[1] if sound else ""
    return f"episodes/{name}.html" if name else ""


_BESIDE = re.compile(r"episodes/([^/]+)/")
_SOUND = re.compile(r"media/(.+)\.[^.]+\.mp3$")


def _told(feed: bytes) -> set[str]:
    """The guids of a feed, but for those of which it says only that they were withdrawn."""
    items = (item for item in entries_of(feed) if f"<title>{TITLE}</title>".encode() not in item)
    return {unescape(guid.decode("utf-8", "replace")) for item in items for guid in _GUID.findall(item)}


_GUID = re.compile(rb"<guid[^>]*>([^<]+)</guid>")


def _refuse_ended(consents: Consents, then: date, today: date) -> None:
    ended = [person for (person, _), record in consents.consents.items() if _ended_since(record, then, today)]
    if ended:
        what = "a yes of theirs has ended since that release"
        problems = [Problem(Place(person), what, _ANOTHER, Matter.CONSENT) for person in sorted(set(ended))]
        raise NotCleared("Nothing was changed.", problems)


def _refuse_erased(ready: Prepared, consents: Consents) -> None:
    """Of a release that did not write down whom it shows, nobody can tell whether it shows who was erased."""
    if ready.relied is None and consents.erased:
        what = "they were erased, and that release does not say whom it shows"
        problems = [Problem(Place(who), what, _ANOTHER, Matter.CONSENT) for who in sorted(consents.erased)]
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
    if answers.lost:  # nobody knows any more what it was
        problems = [lost_answer(item, person) for item, person in sorted(answers.lost)]
        raise NotCleared("Nothing was changed.", problems)


def _ended_since(record: Consent, then: date, today: date) -> bool:
    if record.withdrawn_on is not None:  # whatever the day is, it no longer holds
        return record.withdrawn_on >= then
    return record.expires_on is not None and then < record.expires_on <= today


def _refuse_leaks(ready: Prepared, guard: Guard, settings: Settings) -> None:
    """Let the gate read what comes back, sounds and pictures included that the site had stopped naming.

    Who could be told from the rest is asked of all that will be public, and told with every other doubt.
    """
    state_folder(settings.root)
    memory = Memory.load(settings.root / GATE_MEMORY)
    weighed = list(weigh({jigsaw.item for jigsaw in guard.jigsaws}, guard, memory))
    try:
        approve(Site(tuple(_files(ready, settings)), (), None), replace(guard, jigsaws=()), memory)
        raise_problems(tuple(weighed), _WEIGH)
    except (LeakFound, NeedsHumanLook) as found:
        raise type(found)(found.summary, (*found.problems, *weighed)) from found
    finally:
        memory.save()  # with what may be allowed


def _files(ready: Prepared, settings: Settings) -> Iterator[PublicFile]:
    moved = {step.entry for step in ready.plan.moves}
    for step in ready.plan.moves:
        if step.action is Action.PUT:
            yield _public(ready, step.entry, _packed(ready, step.entry))
    store, known = publisher_of(settings).store, ready.live.record.entries
    for entry in ready.plan.result.entries:
        if entry not in moved and entry.key not in known:
            found = read(store, PUBLIC + entry.key)  # its tags may name somebody
            if found is None:
                raise StorageFailed(f"{entry.key} is no longer in the store. Choose a later release.")
            yield _public(ready, entry, found.content)


def _packed(ready: Prepared, entry: Entry) -> bytes:
    with ready.source.opened(entry) as body:
        return body if isinstance(body, bytes) else body.read()


def _public(ready: Prepared, entry: Entry, content: bytes) -> PublicFile:
    headers = Headers(entry.content_type, entry.cache_control)
    items = frozenset((ready.shows or {}).get(entry.key, ()))
    return PublicFile(entry.key, content, headers, entry.file_class, items)


def _shown(ready: Prepared, withheld: Mapping[str, tuple[Words, ...]]) -> Shown:
    """The items that the release shows, and who is in them, as far as it was written down."""
    present: dict[str, frozenset[PersonId]] = defaultdict(frozenset)
    for row in ready.relied or ():
        present[row.item] |= {row.person}
    items = {item for shown in (ready.shows or {}).values() for item in shown}
    return Shown(items | present.keys(), present, withheld)


def _of_an_older_release(guard: Guard, consents: Consents, today: date) -> Guard:
    """Whoever is named in some item today may be: it was not written down yet which page shows which item."""
    records = [consents.of(person, item or STANDING, today=today) for person, item in consents.consents]
    named = frozenset(record.person for record in records if record.level is Level.NAMED)
    wordings = {STANDING: tuple(sorted({record.display for record in records if record.display}))}
    return replace(guard, everywhere=named, wordings=wordings)
