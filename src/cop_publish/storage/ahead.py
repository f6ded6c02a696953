"""New media: sent before anybody's turn, under names that nothing links to yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.output import Headers
from cop_publish.errors import Conflict, StorageFailed
from cop_publish.storage.base import ABSENT, PUBLIC, Holding
from cop_publish.storage.carry import side_by_side
from cop_publish.storage.live import look
from cop_publish.storage.pack import pack_key

if TYPE_CHECKING:
    from cop_publish.core.plan import Step
    from cop_publish.core.record import Record
    from cop_publish.storage.base import Condition, Store
    from cop_publish.storage.carry import Progress, Source
    from cop_publish.storage.live import Publisher


def send_ahead(
    steps: tuple[Step, ...], source: Source, store: Store, condition: Condition, progress: Progress
) -> dict[str, str]:
    """Send them, on the condition that their names are free; gives the ETag of each by key.

    A name that is taken belongs to an earlier attempt, or to nobody whom a manifest knows: it holds a hash
    of its bytes, so what is there is either the same or wrong, and is replaced.
    """

    def send(step: Step) -> str:
        entry = step.entry
        key, headers = PUBLIC + entry.key, Headers(entry.content_type, entry.cache_control)
        try:
            with source.opened(entry) as body:
                return store.put(key, body, headers, condition)
        except Conflict:
            there = store.head(key)
            with source.opened(entry) as body:
                return store.put(key, body, headers, Holding(there.etag) if there else ABSENT)

    etags = {}
    if steps:
        for step, etag in side_by_side(steps, send, store.workers):
            etags[step.entry.key] = etag
            progress(step)
    return etags


def take_back(publisher: Publisher, record: Record, ahead: tuple[Step, ...]) -> None:
    """After losing the turn: remove our pack, and whatever we sent that was withdrawn meanwhile.

    Somebody may have withdrawn an episode while our older build of it was on its way.
    """
    live = look(publisher)
    gone = live.head.withdrawn if live.head else None
    banned = [
        step.entry.key
        for step in ahead
        if gone and (step.entry.key in gone.keys or step.entry.sha256 in gone.sha256s)
    ]
    left = [pack_key(record.seq, record.id), *(PUBLIC + key for key in banned)]
    publisher.store.delete(left)  # whoever publishes may; to remove versions may be a second person's right
    try:
        publisher.store.purge(left)
    except StorageFailed:
        if banned:
            raise
