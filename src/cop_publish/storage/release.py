"""The publish protocol: from an approved site to a store that holds it, safe for readers at every moment.

::

    Approved ─prepare(store)─> Plan ─apply─> Receipt

1. ``_cop/manifest.json`` is written with the keys about to be touched marked as begun;
2. the plan's waves follow each other, a barrier between (`core/plan.py` says in which order, and why);
3. the manifest of what is there is written.

Cut off anywhere, no public link dangles and the next publish, of this site or another, ends exactly.
Nothing here guards against two publishes at the same time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.output import Headers, InStore, Manifest
from cop_publish.core.plan import FOUND, Action, Plan, Step, plan
from cop_publish.errors import CopPublishError, StorageFailed
from cop_publish.storage.base import PRIVATE, PUBLIC, read
from cop_publish.storage.checked import opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from cop_publish.core.output import Approved
    from cop_publish.storage.base import Store

    Progress = Callable[[Step], None]

MANIFEST = f"{PRIVATE}manifest.json"
_MANIFEST_HEADERS = Headers("application/json; charset=utf-8", "no-store")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done; `digest` is that of the manifest the store now holds."""

    put: int
    deleted: int
    kept: int
    put_bytes: int
    digest: str


def prepare(approved: Approved, store: Store) -> Plan:
    """What must be done so that the store holds exactly the approved files; changes nothing.

    Raises StorageFailed when the store cannot be asked, or when only the store should have a master and
    does not.
    """
    _check(approved)
    published = published_manifest(store) or _found(approved.manifest, store)
    return plan(approved.manifest, published, only_in_store=_only_in_store(approved))


def prepare_to_look(approved: Approved, store: Store) -> Plan:
    """As `prepare`, for a store to look at: a master that only the show's own store has is left out."""
    _check(approved)
    published = published_manifest(store) or _found(approved.manifest, store)
    held = {(e.key, e.sha256) for e in published.entries} if published else set()
    elsewhere = _only_in_store(approved)
    here = [e for e in approved.manifest.entries if e.key not in elsewhere or (e.key, e.sha256) in held]
    return plan(Manifest(tuple(here)), published, only_in_store=elsewhere)


def apply(todo: Plan, approved: Approved, store: Store, progress: Progress) -> Receipt:
    """Do what the plan says, and nothing when it says nothing.

    `progress` hears of each change when it is done, in the calling thread.  Raises StorageFailed at the
    first fault: nothing of a later wave is sent then.
    """
    if not todo.nothing_to_do:
        if todo.changes:
            _put_manifest(store, todo.begun())
        for wave in todo.waves():
            if wave[0].action is Action.DELETE:
                store.delete([PUBLIC + step.entry.key for step in wave])
                for step in wave:
                    progress(step)
            else:
                _put_all(wave, approved, store, progress)
        _put_manifest(store, todo.result)
    return Receipt(
        put=todo.count(Action.PUT),
        deleted=todo.count(Action.DELETE),
        kept=todo.count(Action.KEEP),
        put_bytes=todo.put_bytes,
        digest=todo.result.digest,
    )


def published_manifest(store: Store) -> Manifest | None:
    """What the store says it holds, or None when nothing was ever published there."""
    found = read(store, MANIFEST)
    if found is None:
        return None
    try:
        return Manifest.from_json(found.content.decode())
    except (ValueError, TypeError, KeyError) as error:
        msg = f"{MANIFEST} in the store is damaged, or a newer cop-publish wrote it."
        raise StorageFailed(
            f"{msg} Update cop-publish, or delete that file to send everything again."
        ) from error


def published_digest(store: Store) -> str | None:
    """The digest of the published manifest, unread: a finished publish leaves `Manifest.digest`."""
    found = read(store, MANIFEST)
    return None if found is None else hashlib.sha256(found.content).hexdigest()


def _check(approved: Approved) -> None:
    if {f.key for f in approved.files} != {e.key for e in approved.manifest.entries}:
        msg = "The approved files are not those of the manifest."
        raise CopPublishError(msg)


def _only_in_store(approved: Approved) -> set[str]:
    return {f.key for f in approved.files if isinstance(f.content, InStore)}


def _found(wanted: Manifest, store: Store) -> Manifest | None:
    """Without a manifest: those files of the site that are there all the same; the rest is not ours."""
    there = {line.key for line in store.list(PUBLIC)}
    found = (replace(e, sha256=FOUND) for e in wanted.entries if PUBLIC + e.key in there)
    return Manifest(tuple(found)) if there else None


def _put_manifest(store: Store, manifest: Manifest) -> None:
    store.put(MANIFEST, manifest.to_json().encode(), _MANIFEST_HEADERS)


def _put_all(wave: tuple[Step, ...], approved: Approved, store: Store, progress: Progress) -> None:
    files = {file.key: file for file in approved.files}

    def put(step: Step) -> None:
        entry = step.entry
        with opened(files[entry.key], entry) as body:
            store.put(PUBLIC + entry.key, body, Headers(entry.content_type, entry.cache_control))

    if store.workers == 1:
        for step in wave:
            put(step)
            progress(step)
        return
    from concurrent.futures import ThreadPoolExecutor, as_completed  # noqa: PLC0415 - only for a bucket

    with ThreadPoolExecutor(min(store.workers, len(wave))) as pool:
        running = {pool.submit(put, step): step for step in wave}
        try:
            for done in as_completed(running):
                done.result()
                progress(running[done])
        finally:
            pool.shutdown(cancel_futures=True)
