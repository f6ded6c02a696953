"""Content that proves itself while it is read: only bytes that the gate has seen reach a store."""

from __future__ import annotations

import hashlib
import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cop_publish.core.output import InStore, OnDisk
from cop_publish.errors import CopPublishError, StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.core.output import Entry, PublicFile
    from cop_publish.storage.base import Body


@contextmanager
def opened(file: PublicFile, entry: Entry) -> Iterator[Body]:
    """The content of an approved file, checked against its line of the manifest.

    Raises StorageFailed when the bytes are not those that were checked: at once for content in memory, and
    for a file on disk before its last block is handed over, so that no store ever receives all of it.
    """
    content = file.content
    if isinstance(content, InStore):
        msg = f"{entry.key} is only in the store and was about to be sent."
        raise CopPublishError(msg)
    if isinstance(content, OnDisk):
        try:
            raw = content.path.open("rb", buffering=0)
        except OSError as error:
            raise _differs(entry) from error
        with raw, io.BufferedReader(CheckedFile(raw, entry), buffer_size=1 << 18) as body:
            yield body
        return
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise _differs(entry)
    yield content


class CheckedFile(io.RawIOBase):
    """A file of known size and sha256, hashed again each time it is read from its start."""

    def __init__(self, raw: io.FileIO, entry: Entry) -> None:
        self._raw = raw
        self._entry = entry
        self._rewind()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """To the start, to read again, or to the end, to learn the size."""
        if whence == io.SEEK_END and offset == 0:
            self._position = self._entry.size_bytes
        elif whence == io.SEEK_SET and offset == 0:
            self._rewind()
        elif (whence, offset) not in {(io.SEEK_SET, self._position), (io.SEEK_CUR, 0)}:
            msg = "only the start and the end can be reached"
            raise io.UnsupportedOperation(msg)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what BufferedReader passes
        room = memoryview(buffer)[: self._entry.size_bytes - self._position]
        if not room:
            return 0
        try:
            count = self._raw.readinto(room)
        except OSError as error:
            raise _differs(self._entry) from error
        self._sha256.update(room[:count])
        self._position += count
        complete = self._position == self._entry.size_bytes
        if not count or (complete and self._sha256.hexdigest() != self._entry.sha256):
            raise _differs(self._entry)
        return count

    def _rewind(self) -> None:
        self._raw.seek(0)
        self._position = 0
        self._sha256 = hashlib.sha256()


def _differs(entry: Entry) -> StorageFailed:
    return StorageFailed(
        f"The file for {entry.key} is no longer the one that was checked, so it was not sent. "
        "Something changed it meanwhile; run the command again."
    )
