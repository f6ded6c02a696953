"""Every byte in a store against what was published: spoiled, cut short, missing or strange.

Nothing that the store says of itself is believed: not sizes, not ETags.  Everything is read again, in
blocks, so memory does not grow with the size of a file.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from cop_publish.core.problems import Place, Problem
from cop_publish.storage.base import PUBLIC, read
from cop_publish.storage.pack import pack_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from cop_publish.core.output import Entry
    from cop_publish.core.record import Record
    from cop_publish.storage.base import Store

AGAIN = "Run `cop-publish publish --reconcile`: what is not as it was published is sent again."
RESTORE = "Restore it from a copy of the bucket; what is public now does not need it."
PRUNE = "If you did not put it there, run `cop-publish publish --reconcile --prune`: that removes it."


@runtime_checkable
class Rereadable(Protocol):
    """A store that can tell what it holds by reading it."""

    def sha256(self, key: str) -> str | None:
        """The SHA-256 of what a read gives, in hexadecimal, or None when nothing is there; flat in memory."""


@dataclass(frozen=True, slots=True)
class Audit:
    """How much was read, and every fault, sorted by key."""

    files: int
    size_bytes: int
    faults: tuple[Problem, ...]
    missing: frozenset[str]  # keys of the site, below public/, that are not there
    spoiled: frozenset[str]  # those whose bytes are others
    strange: tuple[str, ...]  # whole keys that no release put there, sorted


def audit(store: Store, record: Record, progress: Callable[[float], None]) -> Audit:
    """Read again all that a release names: what is public, media that older feeds name, and the packs.

    `progress` hears of each file, 0 to 1, in the calling thread.  Raises StorageFailed when the store
    cannot be read at all.
    """
    kept = [gone.entry for gone in record.retired]
    listed = {line.key: line.size_bytes for line in store.list(PUBLIC)}
    wanted = {_listed_as(entry, listed): entry for entry in (*kept, *record.manifest.entries)}
    missing = [entry.key for key, entry in wanted.items() if key not in listed]
    faults = [Problem(Place(key), "it is not in the store", AGAIN) for key in missing]
    strange = tuple(sorted(listed.keys() - wanted.keys()))
    faults += [Problem(Place(key), "no release put it there", PRUNE) for key in strange]
    spoiled = set()
    there = [(entry, listed[key]) for key, entry in wanted.items() if key in listed]
    with ThreadPoolExecutor(store.workers) as pool:
        for number, found in enumerate(pool.map(lambda one: _reread(store, *one), there), 1):
            progress(number / len(there))
            faults += found
            spoiled |= {problem.where.path for problem in found}
    faults += [found for key in _packs(record) for found in _pack_faults(store, key)]
    size_bytes = sum(size for _, size in there)
    every = tuple(sorted(faults))
    return Audit(len(there), size_bytes, every, frozenset(missing), frozenset(spoiled), strange)


def _reread(store: Store, entry: Entry, size_bytes: int) -> list[Problem]:
    found = _sha256(store, PUBLIC + entry.key)
    if found == entry.sha256:
        return []
    if found is None:
        what = "it is listed and cannot be read"
    elif size_bytes < entry.size_bytes:
        what = f"it is cut short: {size_bytes} of {entry.size_bytes} bytes"
    elif size_bytes > entry.size_bytes:
        what = f"it has grown: {size_bytes} bytes, not {entry.size_bytes}"
    else:
        what = "its bytes are not those that were published"
    return [Problem(Place(entry.key), what, AGAIN)]


def _packs(record: Record) -> list[str]:
    known = {seq: use.id for seq, use in record.packs.items()} | {record.seq: record.id}
    return [pack_key(seq, name) for seq, name in sorted(known.items())]


def _pack_faults(store: Store, key: str) -> list[Problem]:
    """A pack has a checksum of each of its files."""
    found = read(store, key)
    what = "it is not in the store" if found is None else ""
    try:
        if found and zipfile.ZipFile(io.BytesIO(found.content)).testzip():
            what = "a file in it is damaged"
    except (zipfile.BadZipFile, zlib.error, EOFError):
        what = "it is damaged"
    return [Problem(Place(key), f"{what}, and a rollback may need it", RESTORE)] if what else []


def _sha256(store: Store, key: str) -> str | None:
    if not isinstance(store, Rereadable):
        msg = f"{type(store).__name__} cannot be read again"
        raise TypeError(msg)
    return store.sha256(key)


def _listed_as(entry: Entry, listed: Collection[str]) -> str:
    """The key in a listing: a folder lists a page without an extension under the name of its file."""
    key = PUBLIC + entry.key
    return f"{key}.html" if key not in listed and f"{key}.html" in listed else key
