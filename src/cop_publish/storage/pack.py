"""The pack of a release, ``_cop/releases/000012-<id>.zip``: redo log, source of a rollback, and audit record.

``record.json`` and, under their keys, the bytes of every file that is sent between begin and commit.  Equal
contents give equal packs.  What comes out of one is checked against the manifest again.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from cop_publish.core.output import Headers
from cop_publish.core.record import Record
from cop_publish.errors import StorageFailed
from cop_publish.storage.base import PRIVATE, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.output import Entry
    from cop_publish.storage.base import Body, Store

RELEASES = f"{PRIVATE}releases/"
PACK_HEADERS = Headers("application/zip", "no-store")
_RECORD = "record.json"
_LEVEL = 1  # a fast one: pages are text, and a first publish packs all of them
_BLOCK_BYTES = 1 << 20
_IN_MEMORY_BYTES = 8 << 20


def pack_key(seq: int, name: str) -> str:
    """Where the pack of a release lies."""
    return f"{RELEASES}{seq:06}-{name}.zip"


class PackWriter:
    """A pack in the making: files first, the record last, because it has their ETags."""

    def __init__(self) -> None:
        self._file = cast("BinaryIO", tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES))  # noqa: SIM115 - handed on by `done`
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)

    def add(self, key: str, body: Body) -> None:
        """Put a file in.  Raises what reading `body` raises."""
        with self._zip.open(_member(key), "w") as member:
            _copy(body, member)

    def discard(self) -> None:
        """Forget what was put in."""
        self._zip.close()
        self._file.close()

    def done(self, record: Record | None) -> BinaryIO:
        """The finished pack, at its start; None where the release itself can no longer be gone back to."""
        if record is not None:
            self.add(_RECORD, record.to_json().encode())
        self._zip.close()
        self._file.seek(0)
        return self._file


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # always 1980: equal packs have equal bytes
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = _LEVEL  # type: ignore[attr-defined] # noqa: SLF001 - public from Python 3.13 on
    return info


def _copy(body: Body, into: IO[bytes]) -> None:
    if isinstance(body, bytes):
        into.write(body)
        return
    while block := body.read(_BLOCK_BYTES):
        into.write(block)


@dataclass(frozen=True)
class Pack:
    """A pack that was read; `key` is where from."""

    key: str
    content: bytes
    _alone: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)  # with the open zip

    def record(self, sha256: str | None = None) -> Record:
        """Raises StorageFailed when it is damaged, or not the one with that digest."""
        try:
            text = self._member(_RECORD).decode()
            if sha256 is None or hashlib.sha256(text.encode()).hexdigest() == sha256:
                return Record.from_json(text)
        except (ValueError, TypeError, KeyError) as error:
            raise self._damaged() from error
        raise self._damaged()

    def file(self, entry: Entry) -> bytes:
        """The bytes of a file, exactly those of its line of the manifest."""
        try:
            content = self._member(entry.key)
        except KeyError as error:
            raise self._damaged() from error
        if hashlib.sha256(content).hexdigest() != entry.sha256:
            raise self._damaged()
        return content

    @property
    def names(self) -> frozenset[str]:
        """The keys of the files in it."""
        return frozenset(self._zip.namelist()) - {_RECORD}

    def only(self, keys: Iterable[str], record: Record | None) -> BinaryIO:
        """A pack with these of its files alone."""
        writer = PackWriter()
        for key in sorted(keys):
            writer.add(key, self._member(key))
        return writer.done(record)

    def _member(self, name: str) -> bytes:
        try:
            with self._alone:
                return self._zip.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise self._damaged() from error

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        """Opened once: its list of files is as long as the site, and is read each time it is opened."""
        try:
            return zipfile.ZipFile(io.BytesIO(self.content))
        except zipfile.BadZipFile as error:
            raise self._damaged() from error

    def _damaged(self) -> StorageFailed:
        return StorageFailed(
            f"{self.key} in the store is damaged, or a newer cop-publish wrote it. Update cop-publish, or "
            "delete _cop/head.json to have the whole site sent again."
        )


def read_pack(store: Store, key: str) -> Pack:
    """Raises StorageFailed when it is not there."""
    found = read(store, key)
    if found is None:
        msg = f"{key} is not in the store."
        raise StorageFailed(f"{msg} Restore it, or delete _cop/head.json to have the whole site sent again.")
    return Pack(key, found.content)
