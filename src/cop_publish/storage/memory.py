"""What this workspace remembers of its store, so that it asks less; losing it costs requests, never more.

``.cop-publish/store/`` holds the head as last seen, the record of its release, who we are (a random id of
this installation, which says nothing of anybody), and a lock that keeps two commands of one workspace from
publishing at the same time.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from cop_publish.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Memory:
    """A private folder; without one, nothing is remembered."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._forgotten = secrets.token_hex(4)

    @property
    def installation(self) -> str:
        """The id of this installation, made when first asked for."""
        if found := self._read("installation"):
            return found
        self._write("installation", self._forgotten)
        return self._forgotten

    def head(self) -> tuple[str, str]:
        """The head's ETag and text as last seen; both empty when nothing was, or it was not written whole."""
        seen, _, text = self._read("head").partition("\n")
        digest, _, etag = seen.partition(" ")
        return (etag, text) if digest == _digest(text) else ("", "")

    def remember_head(self, etag: str, text: str) -> None:
        self._write("head", f"{_digest(text)} {etag}\n{text}")

    def record(self, sha256: str) -> str | None:
        """The text of the record with that digest, if it is the one that was remembered."""
        named, _, text = self._read("record").partition("\n")
        return text if named == sha256 == _digest(text) else None

    def remember_record(self, sha256: str, text: str) -> None:
        self._write("record", f"{sha256}\n{text}")

    def ahead(self) -> frozenset[str]:
        """Keys of media that were sent, or about to be, and that no release may have named."""
        return frozenset(self._read("ahead").split("\n")) - {""}

    def remember_ahead(self, keys: Iterable[str]) -> None:
        self._write("ahead", "\n".join(sorted(keys)))

    def tidy_release(self) -> str:
        """The id of the last release that this workspace ended, unless a later pack of ours may lie there."""
        return self._read("tidy")

    def remember_tidy(self, release: str) -> None:
        self._write("tidy", release)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The only command of this workspace that publishes.  Raises Busy when another one does."""
        if self._folder is None:
            yield
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                msg = "Another command in this workspace is publishing."
                raise Busy(f"{msg} Wait until it ends, and run this again.") from error
            yield
        finally:
            os.close(descriptor)

    def _read(self, name: str) -> str:
        if self._folder is not None:
            with suppress(OSError, UnicodeDecodeError):
                return (self._folder / name).read_text(encoding="utf-8")
        return ""

    def _write(self, name: str, text: str) -> None:
        if self._folder is None:
            return
        with suppress(OSError):  # a memory that cannot be written is one that is lost
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary = self._folder / f"{name}.{os.getpid()}"
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self._folder / name)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
