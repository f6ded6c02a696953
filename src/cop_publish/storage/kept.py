"""The releases that can be gone back to, and what in them shows certain items otherwise than now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.output import FileClass
from cop_publish.storage.pack import pack_key, read_pack

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from cop_publish.core.output import Manifest
    from cop_publish.core.record import Kept, Record
    from cop_publish.storage.live import Live, Publisher

OWN = frozenset({FileClass.MEDIA, FileClass.PAGE})  # lists differ in every release, whatever they list


def record_of(publisher: Publisher, live: Live, kept: Kept) -> Record:
    """The record of a release.  Raises StorageFailed where its pack is not there, or is damaged."""
    if kept.seq == live.record.seq:
        return live.record
    return read_pack(publisher.store, pack_key(kept.seq, live.record.packs[kept.seq].id)).record()


def earlier_records(publisher: Publisher, live: Live) -> Iterator[tuple[Kept, Record]]:
    """Every release before the one that is public, the oldest first; raises as `record_of` does."""
    for kept in live.record.kept:
        yield kept, record_of(publisher, live, kept)


def showing(record: Record, items: Collection[str] | None, now: Manifest) -> frozenset[str]:
    """The keys of pages and media of a release that show these items, and hold other bytes than `now`.

    `items` None, or a release that did not write down what it shows: all of them.
    """
    digests = {entry.key: entry.sha256 for entry in now.entries}
    other = (e for e in record.manifest.entries if e.file_class in OWN and digests.get(e.key) != e.sha256)
    return frozenset(e.key for e in other if _shows(record.shows, e.key, items))


def _shows(shows: Mapping[str, tuple[str, ...]] | None, key: str, items: Collection[str] | None) -> bool:
    return shows is None or items is None or not set(items).isdisjoint(shows.get(key, ()))
