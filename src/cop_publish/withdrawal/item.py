"""Withdraw an episode or a post everywhere, for good: stop serving it first, then remove all that is left.

The site is built without it first.  As soon as that is known to go through, ``withdrawn.yaml`` gets its guid
and the paths of its pages, before anything public changes, so that no later build or colleague brings them
back; the store's head gets its keys and the digests of its sound and pictures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING, Any

from cop_publish.bookkeeping import record_withdrawal
from cop_publish.core.head import Withdrawn
from cop_publish.core.model import Notice
from cop_publish.core.output import FileClass
from cop_publish.core.routes import FEED, FEEDS
from cop_publish.episode import write_receipts
from cop_publish.errors import StorageFailed, WrongUsage
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.withdrawn_file import add_withdrawn, drop_notice
from cop_publish.intake.workspace import item_names
from cop_publish.publish import publisher_of, steps_of, tell
from cop_publish.registry.read import read_registry
from cop_publish.render.notice import notice_file
from cop_publish.scope import Scope
from cop_publish.storage.base import PUBLIC, read
from cop_publish.storage.hooks import Hooks
from cop_publish.storage.live import look
from cop_publish.storage.prepare import prepare
from cop_publish.storage.release import settle
from cop_publish.storage.withdraw import withdraw as remove
from cop_publish.unchanged import state_folder
from cop_publish.withdrawal.known import Item, addresses_of, entries_of, keys_of
from cop_publish.withdrawal.rebuild import Around, Cut, Withdrawing, rebuild, refuse_overtaken
from cop_publish.withdrawal.refetch import look_again_at
from cop_publish.withdrawal.report import (
    NOTHING_CHANGED,
    RECALL,
    counts,
    gone_lines,
    left_lines,
    removed_line,
    seen_json,
    seen_lines,
    stayed_lines,
    times_of,
)
from cop_publish.withdrawal.splice import published_at
from cop_publish.withdrawal.staying import Out, leading_to

if TYPE_CHECKING:
    from datetime import date

    from cop_publish.core.output import Entry
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings
    from cop_publish.storage.hooks import Told
    from cop_publish.storage.live import Live, Publisher
    from cop_publish.storage.withdraw import WithdrawalReceipt
    from cop_publish.withdrawal.rebuild import Rebuilt
    from cop_publish.withdrawal.refetch import Seen


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What came of it, or in a dry run what would."""

    keys: tuple[str, ...]  # below public/
    plan: tuple[str, ...]
    receipt: WithdrawalReceipt | None = None  # None: a dry run
    seen: Seen | None = None  # what was fetched again afterwards
    told: tuple[Told, ...] = ()
    unrecorded: str = ""  # why the audit does not know of it
    stayed: tuple[str, ...] = ()  # live items that could not be made anew, and keep their bytes
    said_until: date | None = None  # the feed says until then that it was withdrawn
    unlisted: tuple[tuple[str, str], ...] = ()  # items that stay, and lists without a place for their entry


class Mode(StrEnum):
    """What the feed says of an episode that was withdrawn."""

    TOMBSTONE = "tombstone"  # for thirty days, that it was: apps that keep what left a feed take that
    VANISH = "vanish"  # nothing at all


NOTICE_DAYS = 30


def withdraw(errand: Errand, item: Item, mode: Mode = Mode.TOMBSTONE) -> Withdrawal:
    """Take an item out of the public, the store, its versions and its kept releases.

    Safe to run again.  Raises WrongUsage when it was never public, and what building and the store raise.
    """
    began_at = monotonic()
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    live = settle(publisher, lambda _: errand.progress("finishing an earlier publish", 0.0))
    named = _named(item, publisher, live, settings)
    notices = _notices(errand, item, mode, publisher)
    around = _around(errand, item, named, publisher, live)
    rebuilt = rebuild(_errand_without(errand, item, mode, notices), around)
    cut = _cut(rebuilt, named, live, entries_of(item, publisher, live, settings))
    plan = prepare(rebuilt.built.approved, publisher, live).plan
    refuse_overtaken(live, publisher)
    if mode is Mode.VANISH:
        drop_notice(settings.root, item.guid)
    pages = {key for key in named if _is_page(key)}
    add_withdrawn(settings.root, {item.guid} - {""}, pages, notices)
    Hooks(settings, state_folder(settings.root)).note(cut.named.keys | cut.touched, cut.touched & FEEDS)
    before_seconds = monotonic() - began_at
    receipt = remove(rebuilt.built.approved, cut.named, publisher, steps_of(errand, plan), cut.touched)
    receipt = receipt.after(before_seconds)
    told = tell(settings)
    write_receipts(rebuilt.built.releases.episodes, settings)
    unrecorded = record_withdrawal(settings, item.id, at=errand.now)
    seen = look_again_at(rebuilt, publisher.store, receipt.keys, errand.progress)
    until = _said_until(rebuilt, item)
    found = Withdrawal(receipt.keys, (), receipt, seen, told, unrecorded, rebuilt.stayed, until)
    return replace(found, unlisted=rebuilt.unlisted)


def plan_withdraw(errand: Errand, item: Item, mode: Mode = Mode.TOMBSTONE) -> Withdrawal:
    """Say what `withdraw` would do; changes nothing, ``withdrawn.yaml`` neither."""
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    live = look(publisher)
    named = _named(item, publisher, live, settings)
    notices = _notices(errand, item, mode, publisher)
    around = _around(errand, item, named, publisher, live)
    rebuilt = rebuild(_errand_without(errand, item, mode, notices), around)
    cut = _cut(rebuilt, named, live, entries_of(item, publisher, live, settings))
    plan = prepare(rebuilt.built.approved, publisher, live).plan
    until, keys = _said_until(rebuilt, item), tuple(sorted(cut.named.keys))
    found = Withdrawal(keys, plan.lines(), stayed=rebuilt.stayed, said_until=until)
    return replace(found, unlisted=rebuilt.unlisted)


def _said_until(rebuilt: Rebuilt, item: Item) -> date | None:
    return next((n.until.date() for n in rebuilt.built.ready.notices if n.guid == item.guid), None)


def _named(item: Item, publisher: Publisher, live: Live, settings: Settings) -> set[str]:
    """Its own keys by their names, its sounds ever since, and what leads to its page from old addresses."""
    found = keys_of(item, publisher, live, settings)
    if not found:
        raise WrongUsage(f"{item.id} is not public, so there is nothing to withdraw.")
    out = Out(live.manifest, publisher.store, settings.site)
    return found | {entry.key for entry in leading_to({key for key in found if _is_page(key)}, out)}


def _is_page(key: str) -> bool:
    return not key.startswith("media/") and (key.endswith(".html") or "." not in key.rpartition("/")[2])


def _around(errand: Errand, item: Item, named: set[str], publisher: Publisher, live: Live) -> Around:
    settings = read_settings(errand.root)
    consents = read_registry(settings.registry, item_names(settings.root))
    errand.protect(tuple(consents.people.values()))
    guids = frozenset({item.guid} - {""})
    going = Withdrawing(tuple(addresses_of(item, settings)), guids, frozenset(named))
    return Around(settings, live, publisher.store, consents, frozenset(), withdrawing=going)


def _notices(errand: Errand, item: Item, mode: Mode, publisher: Publisher) -> tuple[Notice, ...]:
    """What the feed says in its place; nothing of an episode that it does not have."""
    feed = read(publisher.store, PUBLIC + FEED) if item.guid and mode is Mode.TOMBSTONE else None
    published = published_at(feed.content, item.guid) if feed else None
    if published is None:
        return ()
    now = errand.now.replace(microsecond=0)
    return (Notice(item.guid, published, now + timedelta(days=NOTICE_DAYS)),)


def _errand_without(errand: Errand, item: Item, mode: Mode, notices: tuple[Notice, ...]) -> Errand:
    """Take it out of what is live.  Nothing is recorded on the way: a damaged audit must not stop this."""
    unsaid = frozenset({item.guid} if mode is Mode.VANISH else ())
    scope = Scope(frozenset(), frozenset({item.id}), notices=notices, unsaid=unsaid)
    return replace(errand, scope=scope, is_dry=True)


def _cut(rebuilt: Rebuilt, named: set[str], live: Live, entries: tuple[Entry, ...]) -> Cut:
    """Its own keys, and what nothing else shows: pictures, redirects, chapters.  Lists may come back."""
    approved = rebuilt.built.approved
    now = {entry.key: entry.sha256 for entry in approved.manifest.entries}
    own = {e.key for e in live.manifest.entries if e.file_class in {FileClass.MEDIA, FileClass.PAGE}}
    if shown := named & set(now):
        msg = f"{min(shown)} would still be public without it."
        raise StorageFailed(f"{msg} Take that out of what shows it, and run this again.")
    keys = named | (own - set(now) - {notice_file().key})  # that one is nobody's, and will be needed again
    held = (*entries, *live.manifest.entries, *(gone.entry for gone in live.record.retired))
    sha256s = {e.sha256 for e in held if e.key in keys and e.file_class is FileClass.MEDIA}
    changed = {e.key for e in live.manifest.entries if now.get(e.key) != e.sha256}
    return Cut(Withdrawn(frozenset(sha256s), frozenset(keys)), frozenset(changed - keys))


def withdrawal_lines(found: Withdrawal, item: Item) -> list[str]:
    """Say it for people; names of people never stand in it."""
    if found.receipt is None:
        stayed = stayed_lines(found.stayed, found.unlisted)
        return [*found.plan, *gone_lines(found.keys), *stayed, NOTHING_CHANGED]
    receipt = found.receipt
    return [
        f"Withdrawn: {item.id}. No longer served after {times_of(receipt)}.",
        removed_line(receipt),
        *left_lines(receipt),
        *(seen_lines(found.seen) if found.seen else ()),
        *stayed_lines(found.stayed, found.unlisted),
        *([_says(found.said_until)] if found.said_until else []),
        *(told.sentence for told in found.told),
        *([found.unrecorded] if found.unrecorded else []),
        RECALL,
        f"withdrawn.yaml keeps it away. Move its files out of {item.kind}s/, and commit both.",
    ]


def _says(until: date) -> str:
    what = f"Until {until.day} {until:%B %Y} the feed says in its place that an episode was withdrawn"
    return f"{what}; `--mode vanish` takes that out too."


def withdrawal_json(found: Withdrawal) -> dict[str, Any]:
    """Say it for scripts, and for the file of whoever asked."""
    return {
        "dry_run": found.receipt is None,
        "keys": list(found.keys),
        "plan": list(found.plan),
        "stayed_as_they_are": list(found.stayed),
        "left_out_of_lists": [{"item": item, "list": key} for item, key in found.unlisted],
        "feed_says_so_until": found.said_until.isoformat() if found.said_until else None,
        "cannot_be_recalled": RECALL,
        "hooks": [{"hook": told.hook, "ok": told.ok, "said": told.sentence} for told in found.told],
        **(seen_json(found.seen) if found.seen else {"still_served": []}),
        **(counts(found.receipt) if found.receipt else {}),
    }
