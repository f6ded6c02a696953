"""A registry that several producers share through a private bucket: fetched before a command, sent after it.

Each machine has a copy of its own in `[registry] path`.  The bucket holds the whole registry as one object,
so that nobody ever sees half of a change; whoever replaces it names the version they had read, and loses
where somebody else was faster.  What the loser's command wrote is taken back, and the command is run again.

::

    fetch:  copy + bucket ──(files that only one of the two changed)──> copy
    share:  copy ──compare-and-swap──> bucket         lost: the copy as it was before the command
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from cop_publish.errors import Conflict, StorageFailed
from cop_publish.registry.copies import (
    digests,
    merged,
    packed,
    read_contents,
    unpacked,
    write_contents,
    write_private,
)
from cop_publish.registry.read import shown_name
from cop_publish.registry.state import MARK
from cop_publish.storage.base import Got, Unchanged
from cop_publish.storage.exposure import is_encrypted
from cop_publish.storage.known import known_check
from cop_publish.storage.multipart import SINGLE_BYTES
from cop_publish.storage.open import open_registry_store
from cop_publish.storage.whole import get_registry, replace_registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from cop_publish.core.store_check import StoreCheck
    from cop_publish.registry.copies import Contents
    from cop_publish.settings import RegistryStore, Settings
    from cop_publish.storage.base import Store

_STATE = ".cop-publish"  # beside the records: what this copy knows of the bucket
_ASIDE = "taken-back"
_SHOWN_PATHS = 3
_TOLD = {"allows.yaml", "audit.jsonl", "calendar.yaml", "guard.yaml", "head.json", "passages.jsonl", MARK}


@dataclass(frozen=True, slots=True)
class Synced:
    """What the copy and the bucket had in common last: the object's ETag, and the digest of each file."""

    etag: str = ""
    files: dict[str, str] = field(default_factory=dict)
    place: str = ""  # a digest of the settings: another bucket is another story


def fetch(settings: Settings) -> None:
    """Bring the copy up to date: one request that sends nothing where nothing changed.

    Raises StorageFailed where the bucket cannot be asked, where it holds no registry any more, and where
    both changed the same file.
    """
    shared, folder = settings.registry_store, settings.registry
    if shared is None or folder is None:
        return
    store = _opened(shared, settings)
    with _alone(folder):
        known, here = _synced(folder, shared), _contents(folder)
        found = get_registry(store, known.etag)
        if isinstance(found, Got):
            theirs = _unpacked(found.content)
            joined, clashes = merged(known.files, here, theirs)
            if clashes:
                raise StorageFailed(_apart(clashes, folder))
            _write(folder, joined)
            _remember(folder, replace(known, etag=found.etag, files=digests(theirs)))
            here = joined
        elif found is None and known.etag:
            raise StorageFailed(_GONE.format(folder=f"{folder.name}/{_STATE}"))
        _keep(folder, here)


def require_newest(settings: Settings) -> None:
    """Refuse to go on by a registry that somebody else has changed since it was fetched.

    Raises StorageFailed; the copy is then again as it was before the command.
    """
    shared, folder = settings.registry_store, settings.registry
    if shared is None or folder is None:
        return
    store = _opened(shared, settings)
    with _alone(folder):
        known = _synced(folder, shared)
        found = get_registry(store, known.etag)
        is_ours = found is None and not known.etag
        if not is_ours and not isinstance(found, Unchanged):
            raise StorageFailed(_taken_back(folder))


def share(settings: Settings, *, now: datetime) -> None:
    """Send the copy where it has changed.  `now` (aware) dates the look at what the bucket does.

    Raises StorageFailed where strangers can read the bucket, and where somebody else has changed the
    registry meanwhile: then the copy is again as it was before the command.
    """
    shared, folder = settings.registry_store, settings.registry
    if shared is None or folder is None:
        return
    with _alone(folder):
        known, here = _synced(folder, shared), _contents(folder)
        if MARK not in here or digests(here) == known.files:
            return
        content = packed(here)
        if len(content) > SINGLE_BYTES:
            raise StorageFailed(_TOO_LARGE)
        store = _opened(shared, settings)
        _looked_at(store, settings, now)
        try:
            etag = replace_registry(store, content, known.etag)
        except Conflict:
            raise StorageFailed(_taken_back(folder)) from None
        _remember(folder, replace(known, etag=etag, files=digests(here)))
        _keep(folder, here)


def what_it_does(settings: Settings, *, now: datetime) -> StoreCheck | None:
    """Say what the bucket is known to do; None where there is none.  Raises StorageFailed as `share` does."""
    if settings.registry_store is None or settings.registry is None:
        return None
    return _looked_at(_opened(settings.registry_store, settings), settings, now)


def _looked_at(store: Store, settings: Settings, now: datetime) -> StoreCheck | None:
    """Refuse a bucket that strangers can read or write; the look is kept for a day."""
    assert settings.registry_store is not None, "the callers looked"  # noqa: S101 - for the type
    assert settings.registry is not None, "the callers looked"  # noqa: S101 - for the type
    there = replace(settings, storage=settings.registry_store.storage)
    try:
        return known_check(store, there, _state(settings.registry), now=now)
    except StorageFailed as error:
        raise StorageFailed(f"{_NOT_SENT} {error.summary}") from error


def _opened(shared: RegistryStore, settings: Settings) -> Store:
    if not is_encrypted(shared.storage):
        raise StorageFailed(_IN_THE_CLEAR)
    return open_registry_store(shared, settings.root)


# --- this machine's copy ---------------------------------------------------------------------------


def _contents(folder: Path) -> Contents:
    try:
        return read_contents(folder)
    except (OSError, ValueError):
        raise StorageFailed(_UNREADABLE) from None


def _write(folder: Path, contents: Contents) -> None:
    try:
        write_contents(folder, contents)
    except OSError:
        raise StorageFailed(_UNWRITABLE) from None


def _unpacked(content: bytes) -> Contents:
    try:
        return unpacked(content)
    except ValueError:
        raise StorageFailed(_DAMAGED) from None


def _state(folder: Path) -> Path:
    return folder / _STATE


def _synced(folder: Path, shared: RegistryStore) -> Synced:
    place = hashlib.sha256(repr(shared.storage).encode()).hexdigest()
    try:
        found = Synced(**json.loads((_state(folder) / "synced.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Synced(place=place)
    return found if found.place == place else Synced(place=place)


def _remember(folder: Path, synced: Synced) -> None:
    write_private(_state(folder) / "synced.json", json.dumps(asdict(synced), sort_keys=True).encode())


def _keep(folder: Path, contents: Contents) -> None:
    """Keep the copy as it is now: what a command that loses is taken back to."""
    path, content = _state(folder) / "before.zip", packed(contents)
    if not path.is_file() or path.read_bytes() != content:
        write_private(path, content)


def _kept(folder: Path) -> Contents:
    try:
        return _unpacked((_state(folder) / "before.zip").read_bytes())
    except OSError:
        raise StorageFailed(_UNREADABLE) from None


def _taken_back(folder: Path) -> str:
    """Make the copy what it was before the command, and say so.

    What goes is kept beside it: somebody may have edited a record by hand while the command ran.
    """
    here, before = _contents(folder), _kept(folder)
    gone = {name: content for name, content in here.items() if before.get(name) != content}
    if gone:  # else what lies there from a moment ago stays: this is asked again as the command ends
        _write(_state(folder) / _ASIDE, gone)
    _write(folder, before)
    return _MEANWHILE + (f" What it had changed lies in {folder.name}/{_STATE}/{_ASIDE}/." if gone else "")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The only command of this machine that changes which version the copy is of."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _state(folder).mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(_state(folder) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        raise StorageFailed(_UNWRITABLE) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


# --- what is said ----------------------------------------------------------------------------------


def _apart(clashes: list[str], folder: Path) -> str:
    shown = [
        f"registry/{name}" if name in _TOLD else shown_name(folder / name, folder)
        for name in clashes[:_SHOWN_PATHS]
    ]
    more = f" and {len(clashes) - _SHOWN_PATHS} more" if len(clashes) > _SHOWN_PATHS else ""
    return (
        f"Your copy of the registry and the bucket's have both changed {', '.join(shown)}{more}. Rename your "
        "folder, run the command again to fetch the bucket's, and make your own changes in that one."
    )


_MEANWHILE = (
    "Somebody else has changed the registry meanwhile, so nothing of this was recorded. "
    "Run the command again."
)
_GONE = (
    "The bucket no longer holds the registry that your copy is of. Find out who removed it; if it is to be "
    "sent there again, delete {folder} and run the command again."
)
_DAMAGED = (
    "What the bucket holds is no registry, or is damaged. Bring an older version of it back, or delete it "
    "there to send your copy anew."
)
_TOO_LARGE = "The registry is larger than 16 MB, packed: is something in it that is no record? Take it out."
_UNREADABLE = (
    "Your copy of the registry cannot be read, or holds a link. Check its rights, and what is in it."
)
_UNWRITABLE = "Your copy of the registry cannot be written. Check the rights of its folder, and the disk."
_IN_THE_CLEAR = (
    "The registry would travel where others can read it. Write an address that begins with https:// as "
    "`[registry] endpoint`."
)
_NOT_SENT = "The registry was not sent to its bucket, in which nobody but its producers may read or write."
