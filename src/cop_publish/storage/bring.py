"""From begin to commit: the moves of a release, and in a withdrawal what may leave nothing behind.

The same for whoever began a release and for whoever finishes it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.plan import Action
from cop_publish.errors import StorageFailed
from cop_publish.storage.base import PUBLIC, Locked, Purged, read
from cop_publish.storage.carry import carry_out
from cop_publish.storage.pack import PACK_HEADERS, Pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cop_publish.core.record import Record, Rewrite
    from cop_publish.storage.base import Store
    from cop_publish.storage.carry import Load, Progress
    from cop_publish.storage.live import Publisher
    from cop_publish.storage.turn import Turn


@dataclass(frozen=True, slots=True)
class Brought:
    """What was done, for a receipt."""

    no_longer_served_at: float  # ticks: when the last delete had been answered
    purged: Purged
    packs_rewritten: int
    packs_removed: int
    fenced: bool  # whether the store itself would have stopped us, had our turn been over


def bring(turn: Turn, publisher: Publisher, record: Record, load: Load, progress: Progress) -> Brought:
    """Bring a release that was begun to its end.  Raises StorageFailed, and Busy when the turn is over."""
    as_foretold = True
    for step, etag in carry_out(turn, load):
        if step.action is Action.PUT:
            as_foretold &= record.stored[step.entry.key].etag == etag
        progress(step)
    unserved_at = time.monotonic()
    purged = _left_by_others(publisher.store, turn.head.locked, record)
    if record.is_withdrawal:
        purged += publisher.store.purge(
            [PUBLIC + key for key in record.purge], [PUBLIC + key for key in record.older]
        )
        packs = [_rewrite(publisher.store, rewrite) for rewrite in record.rewrites]
        packs.append(publisher.store.purge(record.goes))
        purged = replace(purged, locked=sum(packs, purged).locked)
    held = tuple(sorted({one.key for one in purged.locked}))
    turn.head = replace(turn.head, etags_known=as_foretold, locked=held)
    head = turn.commit()
    publisher.memory.remember_record(head.record_sha256, record.to_json())
    publisher.memory.remember_head(turn.etag, head.to_json())
    publisher.memory.remember_ahead(())
    return Brought(unserved_at, purged, len(record.rewrites), len(record.goes), not turn.lock)


def _left_by_others(store: Store, locked: Sequence[str], record: Record) -> Purged:
    """Remove what an earlier withdrawal had to leave under a lock, where that has ended."""
    if not locked:
        return Purged(0, 0)
    entries = (*record.manifest.entries, *(gone.entry for gone in record.retired))
    stays = {PUBLIC + entry.key for entry in entries}
    try:
        return store.purge(
            [key for key in locked if key not in stays], [key for key in locked if key in stays]
        )
    except StorageFailed:  # to remove versions may be a second person's right: a withdrawal of theirs does it
        if record.is_withdrawal:
            raise
        return Purged(0, 0, tuple(Locked(key, None) for key in locked))


def _rewrite(store: Store, rewrite: Rewrite) -> Purged:
    """Under another name first, so that no moment is without the files that are still needed."""
    found = read(store, rewrite.old)
    if found is not None:  # else an earlier try has come this far
        pack = Pack(rewrite.old, found.content)
        with pack.only(rewrite.files, pack.record() if rewrite.keeps_record else None) as body:
            store.put(rewrite.new, body, PACK_HEADERS)
    return store.purge([rewrite.old])
