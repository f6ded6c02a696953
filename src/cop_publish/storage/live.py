"""What a store says is public: the head, and the record of its release.

Three kinds of store are met: one with a head; one that an older cop-publish filled, with a manifest alone;
and one with neither, whose public files, if any, somebody else put there.  The latter two are listed once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cop_publish.core.head import Head
from cop_publish.core.output import Manifest
from cop_publish.core.record import NOWHERE, Record, Stored
from cop_publish.core.retention import Retention
from cop_publish.errors import StorageFailed
from cop_publish.storage.base import PRIVATE, PUBLIC, Got, read
from cop_publish.storage.memory import Memory
from cop_publish.storage.traits import HEAD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.head import RegistryState
    from cop_publish.storage.base import Store, Unchanged

OLD_MANIFEST = f"{PRIVATE}manifest.json"  # the only private file of the protocol before the head
LEASE_SECONDS = 900.0


@dataclass(frozen=True)
class Publisher:
    """A workspace that publishes to a store."""

    store: Store
    memory: Memory = field(default_factory=lambda: Memory(None))
    registry: RegistryState | None = None  # None: not told, and not compared
    retention: Retention = field(default_factory=Retention)
    lease_seconds: float = LEASE_SECONDS

    @property
    def owner(self) -> str:
        return self.memory.installation


@dataclass(frozen=True)
class Live:
    """What is public, or on its way while the head is busy."""

    head: Head | None
    etag: str  # of the head; empty without one
    record: Record
    listed: Mapping[str, str] | None = None  # ETags by public key, where the record does not know them
    hides_extensions: bool = False  # as the store does

    @property
    def manifest(self) -> Manifest:
        return self.record.manifest

    @property
    def is_empty(self) -> bool:
        """Whether nothing is there at all."""
        return self.head is None and not self.listed and not self.record.manifest.entries

    def etag_of(self, key: str) -> str:
        """What a public key holds; empty when nothing."""
        if self.listed is not None:
            return self.listed.get(key, "")
        names = (key, alias_of(key)) if self.hides_extensions else (key,)
        found = [self.record.stored[name].etag for name in names if name in self.record.stored]
        found += [gone.stored.etag for gone in self.record.retired if gone.entry.key == key]
        return found[0] if found else ""


def alias_of(key: str) -> str:
    """The other name of a page in a store that hides extensions."""
    return key.removesuffix(".html") if key.endswith(".html") else f"{key}.html"


def look(publisher: Publisher) -> Live:
    """Ask the store; one request when this workspace published last.

    Raises StorageFailed when the store cannot be asked, or its head or pack is damaged.
    """
    etag, known = publisher.memory.head()
    found = publisher.store.get(HEAD, etag or None)
    if found is None:
        return _without_head(publisher.store)
    text = found.content.decode("utf-8", "replace") if isinstance(found, Got) else known
    etag = found.etag if isinstance(found, Got) else etag
    head = read_head(text)
    record = find_record(publisher, head)
    publisher.memory.remember_head(etag, text)
    listed = None if head.etags_known else listed_etags(publisher.store)
    return Live(head, etag, record, listed, publisher.store.hides_extensions)


def read_head(text: str) -> Head:
    """Raises StorageFailed when it is damaged."""
    try:
        return Head.from_json(text)
    except (ValueError, TypeError, KeyError) as error:
        msg = f"{HEAD} in the store is damaged, or a newer cop-publish wrote it."
        raise StorageFailed(
            f"{msg} Update cop-publish, or delete that file to have the whole site sent again."
        ) from error


def find_record(publisher: Publisher, head: Head) -> Record:
    """The record of the head's release, remembered or from its pack."""
    text = publisher.memory.record(head.record_sha256)
    if text is not None:
        return Record.from_json(text)
    from cop_publish.storage.pack import pack_key, read_pack  # noqa: PLC0415 - not for a run without changes

    record = read_pack(publisher.store, pack_key(head.seq, head.release)).record(head.record_sha256)
    publisher.memory.remember_record(head.record_sha256, record.to_json())
    return record


def listed_etags(store: Store) -> dict[str, str]:
    """The ETag of everything that is public, by key below the public prefix."""
    found = {line.key.removeprefix(PUBLIC): line.etag for line in store.list(PUBLIC)}
    if not store.hides_extensions:
        return found
    return found | {key.removesuffix(".html"): etag for key, etag in found.items() if key.endswith(".html")}


def published_manifest(store: Store) -> Manifest | None:
    """What the store says is public, or None when nothing was ever published there."""
    live = look(Publisher(store))
    return None if live.head is None and not live.record.manifest.entries else live.manifest


def remembered_manifest(memory: Memory) -> Manifest | None:
    """What this workspace last saw to be public, no store asked; None where it remembers nothing."""
    try:
        head = Head.from_json(memory.head()[1])
        return Record.from_json(memory.record(head.record_sha256) or "").manifest
    except (ValueError, TypeError, KeyError):
        return None


def published_digest(publisher: Publisher) -> str | None:
    """The digest of the manifest that is public, in one conditional request; None when it is not certain."""
    etag, known = publisher.memory.head()
    return digest_of(publisher.store.get(HEAD, etag or None), known)


def digest_of(found: Got | Unchanged | None, known: str) -> str | None:
    """The digest that an answer about the head means; `known` is its text as last seen."""
    if found is None:
        return None
    head = read_head(found.content.decode("utf-8", "replace") if isinstance(found, Got) else known)
    return None if head.lease else head.digest


def _without_head(store: Store) -> Live:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - not for a run without changes

    with ThreadPoolExecutor(1) as beside:
        listing = beside.submit(listed_etags, store)
        found = read(store, OLD_MANIFEST)
    try:
        manifest = Manifest.from_json(found.content.decode()) if found else Manifest(())
    except (ValueError, TypeError, KeyError) as error:
        msg = f"{OLD_MANIFEST} in the store is damaged, or a newer cop-publish wrote it."
        raise StorageFailed(
            f"{msg} Update cop-publish, or delete that file to send everything again."
        ) from error
    listed = listing.result()
    stored = {e.key: Stored(listed.get(e.key, ""), NOWHERE, packed=False) for e in manifest.entries}
    return Live(None, "", Record(0, "", None, manifest, stored), listed)
