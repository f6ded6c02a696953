"""Withdrawal: out of the public, out of the versions, out of the packs, and never back.

1. the site without it is published as any release is: new and changed files, indexes, feeds, and then the
   deletes, media included.  From the begin on, the head names what may never be sent again;
2. before the commit, every version of its keys and every part of unfinished uploads goes; of pages and lists
   that stay and had shown it, every version but the new one;
3. packs are written again without what it names; releases that showed it are no longer kept, because their
   lists and feeds speak of it too.

Cut off anywhere, whoever publishes next finishes all of it: a withdrawal cannot be abandoned.
"""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.head import Withdrawn
from cop_publish.core.output import FileClass
from cop_publish.core.plan import Action
from cop_publish.core.record import Kept, PackUse, Record, Rewrite
from cop_publish.core.retention import kept_releases
from cop_publish.errors import StorageFailed
from cop_publish.storage.lasting import lasting
from cop_publish.storage.live import listed_etags
from cop_publish.storage.pack import RELEASES, pack_key, read_pack
from cop_publish.storage.prepare import Withdrawal, prepare_from, releases_so_far, wanted_of
from cop_publish.storage.release import carry_through, settle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.output import Approved, Manifest
    from cop_publish.storage.base import Locked
    from cop_publish.storage.carry import Progress
    from cop_publish.storage.live import Live, Publisher
    from cop_publish.storage.prepare import Prepared


@dataclass(frozen=True, slots=True)
class WithdrawalReceipt:
    """What was removed, and how fast."""

    keys: tuple[str, ...]  # public keys that can never come back
    changed: tuple[str, ...]  # public keys of which only what is public now is left
    versions: int  # of those keys, that the bucket still had
    unfinished_uploads: int
    packs_rewritten: int
    packs_removed: int
    releases_dropped: int  # that showed it, and can no longer be gone back to
    seconds_until_not_served: float  # from the start of the command
    seconds: float
    digest: str  # of the manifest that is public now
    locked: tuple[Locked, ...] = ()  # keys of the store of which a version is left under a lock
    copied_to: int = 0  # other buckets that got copies, of which nothing was removed

    def after(self, seconds: float) -> WithdrawalReceipt:
        """The same, counted from the start of the command."""
        unserved = self.seconds_until_not_served + seconds
        return replace(self, seconds_until_not_served=unserved, seconds=self.seconds + seconds)


def withdraw(
    approved: Approved,
    named: Withdrawn,
    publisher: Publisher,
    progress: Progress,
    touched: frozenset[str] = frozenset(),
) -> WithdrawalReceipt:
    """Publish the site without what is `named` (public keys, and sha256s of media), and remove all of that.

    `touched`: keys that had shown something of it and may stay; nothing is left of them but what is approved.
    Safe to run again.  Raises StorageFailed when the approved site still has any of it.
    """
    began_at = time.monotonic()
    live = settle(publisher, progress)
    withdrawn = _all_of(named, live, listed_etags(publisher.store))
    before = kept_releases(releases_so_far(live), publisher.retention)
    records = {kept: _record(publisher, live, kept) for kept in before}
    shown = _Shown(withdrawn, touched, {entry.key: entry.sha256 for entry in approved.manifest.entries})
    clean = tuple(kept for kept in before if not shown.by(records[kept].manifest))
    wanted = replace(wanted_of(approved), going=withdrawn.keys, kept=clean, withdrawn=withdrawn)
    ready = prepare_from(wanted, publisher, live)
    surviving = {kept.seq: records[kept] for kept in clean}
    removal = replace(_removal(ready, publisher, surviving), purge=shown.gone, older=shown.staying)
    ready = replace(ready, withdrawal=removal)
    record, brought = carry_through(ready, publisher, progress)
    return WithdrawalReceipt(
        keys=tuple(sorted(withdrawn.keys)),
        changed=record.older,
        versions=brought.purged.versions,
        unfinished_uploads=brought.purged.uploads,
        packs_rewritten=brought.packs_rewritten,
        packs_removed=brought.packs_removed,
        releases_dropped=len(before) - len(clean),
        seconds_until_not_served=brought.no_longer_served_at - began_at,
        seconds=time.monotonic() - began_at,
        digest=record.manifest.digest,
        locked=brought.purged.locked,
        copied_to=_copied_to(publisher),
    )


def _copied_to(publisher: Publisher) -> int:
    """Whether the bucket hands on what it gets; a store that does not say does not undo a withdrawal."""
    with suppress(StorageFailed):
        return lasting(publisher.store).copied_to
    return 0


def _all_of(named: Withdrawn, live: Live, there: Mapping[str, str]) -> Withdrawn:
    """What is named, the same media under other names, and what the named keys of media hold.

    The store is listed because an earlier try may have sent the same sound under a name that no release has.
    A page's digest is not banned: the next page may well have a side file of the same few bytes.
    """
    held = [*live.manifest.entries, *(gone.entry for gone in live.record.retired)]
    media = {e.sha256 for e in held if e.key in named.keys and e.file_class is FileClass.MEDIA}
    sha256s = named.sha256s | media
    same = {e.key for e in held if e.sha256 in sha256s}
    etags = {live.etag_of(key) for key in same} - {""}
    return Withdrawn(sha256s, named.keys | same | {key for key, etag in there.items() if etag in etags})


def _record(publisher: Publisher, live: Live, kept: Kept) -> Record:
    if kept.seq == live.record.seq:
        return live.record
    return read_pack(publisher.store, pack_key(kept.seq, live.record.packs[kept.seq].id)).record()


@dataclass(frozen=True, slots=True)
class _Shown:
    """What showed it: keys that are withdrawn for good, and others by what they hold `now`, by digest."""

    withdrawn: Withdrawn
    touched: frozenset[str]
    now: Mapping[str, str]

    @property
    def gone(self) -> tuple[str, ...]:
        return tuple(sorted(self.withdrawn.keys | (self.touched - set(self.now))))

    @property
    def staying(self) -> tuple[str, ...]:
        return tuple(sorted((self.touched & set(self.now)) - self.withdrawn.keys))

    def by(self, manifest: Manifest) -> bool:
        """Whether a release showed it: by an item's page or a file beside it, and media.

        Lists differ in every release; one that has none of the pages has lists that speak of none of them.
        """
        return any(
            e.key in self.withdrawn.keys
            or e.sha256 in self.withdrawn.sha256s
            or (e.key in self.touched and e.file_class in _OWN and self.now.get(e.key) != e.sha256)
            for e in manifest.entries
        )


_OWN = {FileClass.MEDIA, FileClass.PAGE}


def _removal(ready: Prepared, publisher: Publisher, surviving: Mapping[int, Record]) -> Withdrawal:
    """Which packs stay, lose files or go: by what the new release and those still kept have from them."""
    base = ready.live.record
    used = _used(ready, surviving)
    packs: dict[int, PackUse] = {}
    rewrites = []
    for seq in sorted({*used, *surviving}):
        use = base.packs[seq]
        pack = read_pack(publisher.store, pack_key(seq, use.id))
        files = used.get(seq, frozenset())
        if seq not in surviving or pack.names - files:
            use = replace(use, id=secrets.token_hex(6))
            rewrites.append(Rewrite(pack.key, pack_key(seq, use.id), tuple(sorted(files)), seq in surviving))
        packs[seq] = replace(use, last=base.seq + 1)
    stay = {pack_key(seq, base.packs[seq].id) for seq in packs}
    goes = tuple(line.key for line in publisher.store.list(RELEASES) if line.key not in stay)
    return Withdrawal((), (), packs, tuple(rewrites), goes)


def _used(ready: Prepared, surviving: Mapping[int, Record]) -> dict[int, frozenset[str]]:
    """The files that are needed of each pack, by the number of its release."""
    kept = {step.entry.key for step in ready.plan.steps if step.action is Action.KEEP}
    now = {key: how for key, how in ready.live.record.stored.items() if key in kept}
    used: dict[int, set[str]] = {}
    for stored in (now, *(record.stored for record in surviving.values())):
        for key, how in stored.items():
            if how.packed:
                used.setdefault(how.since, set()).add(key)
    return {seq: frozenset(keys) for seq, keys in used.items()}
