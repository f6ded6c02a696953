"""Withdraw an episode or a post everywhere, for good: stop serving it first, then remove all that is left.

``withdrawn.yaml`` gets its guid and the paths of its pages before anything else, so that no later build or
colleague brings them back; the store's head gets its keys and the digests of its sound and pictures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from cop_publish.bookkeeping import record_withdrawal
from cop_publish.core.head import Withdrawn
from cop_publish.core.output import FileClass
from cop_publish.core.routes import FEEDS, quoted
from cop_publish.errors import StorageFailed, WrongUsage
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.withdrawn_file import add_withdrawn
from cop_publish.publish import publisher_of, steps_of, tell
from cop_publish.ready import was_public
from cop_publish.scope import Scope
from cop_publish.site import build_site, refuse_vanishing
from cop_publish.storage.anonymous import Stranger
from cop_publish.storage.base import read
from cop_publish.storage.hooks import Hooks
from cop_publish.storage.live import look
from cop_publish.storage.prepare import prepare
from cop_publish.storage.release import settle
from cop_publish.storage.withdraw import withdraw as remove
from cop_publish.unchanged import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cop_publish.core.output import Approved, Entry
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings
    from cop_publish.storage.hooks import Told
    from cop_publish.storage.live import Live
    from cop_publish.storage.withdraw import WithdrawalReceipt

_GONE = {403, 404, 410}


@dataclass(frozen=True, slots=True)
class Item:
    """What is withdrawn: its id and kind, and the guid by which apps know it (a post has none)."""

    id: str
    kind: str  # episode | post
    guid: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What came of it, or in a dry run what would."""

    keys: tuple[str, ...]  # below public/
    plan: tuple[str, ...]
    receipt: WithdrawalReceipt | None = None  # None: a dry run
    still_served: tuple[str, ...] = ()  # addresses that the world still got an answer from afterwards
    told: tuple[Told, ...] = ()
    unrecorded: str = ""  # why the audit does not know of it


def withdraw(errand: Errand, item: Item) -> Withdrawal:
    """Take an item out of the public, the store, its versions and its kept releases.

    Safe to run again.  Raises WrongUsage when it was never public, and what building and the store raise.
    """
    began_at = monotonic()
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    live = settle(publisher, lambda _: errand.progress("finishing an earlier publish", 0.0))
    named = _named(item, live)
    add_withdrawn(settings.root, {item.guid} - {""}, {key for key in named if _is_page(key)})
    approved = _without(errand, item, settings, live)
    keys = _all_keys(approved, named, live)
    sha256s = {e.sha256 for e in _held(live) if e.key in keys and e.file_class is FileClass.MEDIA}
    hooks = Hooks(settings, state_folder(settings.root))
    changed = {e.key for e in _changed(approved, live)}
    hooks.note(keys | changed, changed & FEEDS)
    plan = prepare(approved, publisher, live).plan
    banned = Withdrawn(frozenset(sha256s), frozenset(keys))
    before_seconds = monotonic() - began_at
    receipt = remove(approved, banned, publisher, steps_of(errand, plan))
    receipt = replace(
        receipt,
        seconds_until_not_served=receipt.seconds_until_not_served + before_seconds,
        seconds=receipt.seconds + before_seconds,
    )
    told = tell(settings)
    unrecorded = record_withdrawal(settings, item.id, at=errand.now)
    return Withdrawal(
        receipt.keys, (), receipt, tuple(_still_served(settings, receipt.keys)), told, unrecorded
    )


def plan_withdraw(errand: Errand, item: Item) -> Withdrawal:
    """Say what `withdraw` would do; changes nothing, ``withdrawn.yaml`` neither."""
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    live = look(publisher)
    named = _named(item, live)
    approved = build_site(_errand_without(errand, item), settings, live.manifest).approved
    keys = _all_keys(approved, named, live)
    return Withdrawal(tuple(sorted(keys)), prepare(approved, publisher, live).plan.lines())


def item_of(root: Path, kind: str, name: str) -> Item:
    """The item of a folder or file; its guid is read by its line, for the file may have problems."""
    if kind == "post":
        return Item(name, kind, "")
    path = root / "episodes" / name / "episode.md"
    try:
        found = re.search(r"^guid:[ \t]*[\"']?([^\s\"'#]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(f"episodes/{name}/episode.md cannot be read: mend it or put it back.") from error
    if found is None:
        raise WrongUsage(f"episodes/{name}/episode.md has no guid: put back the one it was published with.")
    return Item(name, kind, found[1])


def _named(item: Item, live: Live) -> set[str]:
    """Its own keys by their names: its page, what lies beside that, and every sound it ever had."""
    found = {entry.key for entry in _held(live) if _is_of(entry.key, item)}
    known = live.head.withdrawn.keys if live.head else frozenset[str]()
    found |= {key for key in known if _is_of(key, item)}
    if not found:
        raise WrongUsage(f"{item.id} is not public, so there is nothing to withdraw.")
    return found


def _is_of(key: str, item: Item) -> bool:
    if item.kind == "post":
        return was_public(item.id, item.kind, frozenset({key}))
    return key == f"episodes/{item.id}.html" or key.startswith((f"episodes/{item.id}/", f"media/{item.id}."))


def _is_page(key: str) -> bool:
    return not key.startswith("media/") and (key.endswith(".html") or "." not in key.rpartition("/")[2])


def _held(live: Live) -> Iterable[Entry]:
    return (*live.manifest.entries, *(gone.entry for gone in live.record.retired))


def _without(errand: Errand, item: Item, settings: Settings, live: Live) -> Approved:
    built = build_site(_errand_without(errand, item), settings, live.manifest)
    feed = read(publisher_of(settings).store, "public/feed.xml")
    refuse_vanishing(built, live.manifest, feed.content if feed else None)
    return built.approved


def _errand_without(errand: Errand, item: Item) -> Errand:
    """Take it out of everything.  Nothing is recorded on the way: a damaged registry must not stop this."""
    return replace(errand, scope=Scope(None, frozenset({item.id})), is_dry=True)


def _all_keys(approved: Approved, named: set[str], live: Live) -> set[str]:
    """Its own keys, and what nothing else shows: pictures, redirects, chapters.  Lists may come back."""
    stays = {file.key for file in approved.files}
    own = {e.key for e in live.manifest.entries if e.file_class in {FileClass.MEDIA, FileClass.PAGE}}
    if shown := named & stays:
        msg = f"{min(shown)} would still be public without it."
        raise StorageFailed(f"{msg} Take that out of what shows it, and run this again.")
    return named | (own - stays)


def _changed(approved: Approved, live: Live) -> list[Entry]:
    before = {entry.key: entry.sha256 for entry in live.manifest.entries}
    return [e for e in approved.manifest.entries if e.key in before and before[e.key] != e.sha256]


def _still_served(settings: Settings, keys: Iterable[str]) -> list[str]:
    """Ask as the world does.  A site that is not up serves nothing."""
    trusted = settings.storage.ca_file
    found = []
    with Stranger(settings.root / trusted if trusted else None) as stranger:
        for key in keys:
            address = settings.site.url + quoted(key)
            try:
                status = stranger.ask("HEAD", address, {}).status
            except StorageFailed:
                break
            if status not in _GONE:
                found.append(address)
    return found


RECALL = (
    "Nobody can recall: copies in browsers and CDNs (pages up to 5 minutes, sound and pictures up to 24 "
    "hours), what apps and listeners downloaded, what directories, search engines and archives keep."
)


def withdrawal_lines(found: Withdrawal, item: Item) -> list[str]:
    """Say it for people; names of people never stand in it."""
    if found.receipt is None:
        gone = [f"purge   {key}" for key in found.keys]
        return [*found.plan, *gone, "Nothing was changed: this was a dry run."]
    receipt = found.receipt
    still = f"{len(found.still_served)} still answer: {', '.join(found.still_served)}"
    times = f"{receipt.seconds_until_not_served:.1f} s; all was removed after {receipt.seconds:.1f} s"
    versions = f"{len(receipt.keys)} files in {receipt.versions} versions"
    packs = f"{receipt.packs_rewritten} packs written again, {receipt.packs_removed} removed"
    dropped = f"{receipt.releases_dropped} releases that showed it can no longer be gone back to"
    lines = [
        f"Withdrawn: {item.id}. No longer served after {times}.",
        f"Removed: {versions}, {receipt.unfinished_uploads} unfinished uploads; {packs}; {dropped}.",
        f"Asked for at the public address: {still if found.still_served else 'nothing of it is there'}.",
        *(told.sentence for told in found.told),
        *([found.unrecorded] if found.unrecorded else []),
        RECALL,
    ]
    return [*lines, f"withdrawn.yaml keeps it away. Move its files out of {item.kind}s/, and commit both."]


def withdrawal_json(found: Withdrawal) -> dict[str, Any]:
    """Say it for scripts, and for the file of whoever asked."""
    receipt = found.receipt
    counts = (
        {
            "versions": receipt.versions,
            "unfinished_uploads": receipt.unfinished_uploads,
            "packs_rewritten": receipt.packs_rewritten,
            "packs_removed": receipt.packs_removed,
            "releases_dropped": receipt.releases_dropped,
            "seconds_until_not_served": round(receipt.seconds_until_not_served, 3),
            "seconds": round(receipt.seconds, 3),
        }
        if receipt
        else {}
    )
    return {
        "dry_run": receipt is None,
        "keys": list(found.keys),
        "plan": list(found.plan),
        "still_served": list(found.still_served),
        "cannot_be_recalled": RECALL,
        "hooks": [{"hook": told.hook, "ok": told.ok, "said": told.sentence} for told in found.told],
        **counts,
    }
