"""A registry in its bucket: one object, replaced whole or not at all, and only by who had read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core.output import Headers
from cop_publish.errors import Conflict
from cop_publish.storage.base import ABSENT, PRIVATE, Holding
from cop_publish.storage.lasting import copied_to

if TYPE_CHECKING:
    from cop_publish.storage.base import Got, Locked, Store, Unchanged

REGISTRY = f"{PRIVATE}registry.zip"
_HEADERS = Headers("application/zip", "no-store")


def get_registry(store: Store, known_etag: str) -> Got | Unchanged | None:
    """The object, unless it still is the one that is known; None where there is none."""
    return store.get(REGISTRY, known_etag or None)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went of what the registry had been, and what nobody could remove."""

    versions: int = 0
    locked: tuple[Locked, ...] = ()  # of which older versions are left under a lock
    copied_to: int = 0  # other buckets that got copies, of which nothing was removed

    @property
    def is_all(self) -> bool:
        """Whether nothing is left of it."""
        return not self.locked and not self.copied_to


def purge_older_registries(store: Store) -> Forgotten:
    """Leave no version of it but the one that is read, and no unfinished upload."""
    purged = store.purge((), older=(REGISTRY,))
    return Forgotten(purged.versions, purged.locked, copied_to(store))


def replace_registry(store: Store, content: bytes, known_etag: str) -> str:
    """Put another one in the place of the one that is known (empty: there is none), and give its ETag.

    Raises Conflict where somebody else was faster.  A store that does not honour conditions is asked just
    before, which is as near as it lets us come.
    """
    if store.honours_conditions:
        return store.put(REGISTRY, content, _HEADERS, Holding(known_etag) if known_etag else ABSENT)
    there = store.head(REGISTRY)
    if (there.etag if there else "") != known_etag:
        message = "The registry was changed by somebody else meanwhile."
        raise Conflict(message)
    return store.put(REGISTRY, content, _HEADERS)
