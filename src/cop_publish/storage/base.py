"""What a store promises, and which keys it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

from cop_publish.errors import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.output import Headers

PUBLIC = "public/"  # the only prefix that the world may read
PRIVATE = "_cop/"  # the manifest, and whatever else a publish must remember

Body = bytes | BinaryIO  # a file is seekable and is streamed; it may be read more than once


@dataclass(frozen=True, slots=True)
class Held:
    """What a store says of a key; `headers` is None where it keeps none (a folder)."""

    size_bytes: int
    headers: Headers | None


class Store(Protocol):
    """A place for files by key: ``public/feed.xml``, ``_cop/manifest.json``.

    Every method raises StorageFailed, in one sentence that says what to do, when the store refuses, is
    full or cannot be reached, and for a key that is not below `PUBLIC` or `PRIVATE`.
    """

    @property
    def workers(self) -> int:
        """How many `put` it takes well side by side."""

    def get(self, key: str) -> bytes | None:
        """The whole content, or None when nothing is there.  For small files."""

    def put(self, key: str, body: Body, headers: Headers) -> None:
        """Place a file.  A reader sees the old bytes or the new ones, never a part.

        When this returns, the bytes are safe.  When reading `body` raises, the key is as it was, and what
        was raised goes on to the caller.
        """

    def head(self, key: str) -> Held | None:
        """Size and headers, or None when nothing is there."""

    def list(self, prefix: str) -> tuple[str, ...]:
        """Every key that starts with `prefix`, sorted."""

    def delete(self, keys: Iterable[str]) -> None:
        """Remove files; one that is not there is no error.  When this returns, they are gone."""


def checked_key(key: str) -> str:
    """The key itself, if a store may touch it.  A manifest that someone altered cannot lead elsewhere."""
    parts = key.split("/")
    inside = key.startswith((PUBLIC, PRIVATE)) and not {"", ".", ".."} & set(parts)
    if inside and key.isascii() and key.isprintable() and "\\" not in key:
        return key
    msg = f"The key {key!a} leads out of {PUBLIC} and {PRIVATE}; nothing was done with it. Rename the file"
    raise StorageFailed(f"{msg}, or delete _cop/manifest.json if you did not write this name.")


def checked_prefix(prefix: str) -> str:
    """The prefix of a listing, if it lies below `PUBLIC` or `PRIVATE`."""
    checked_key(prefix + "x")
    return prefix
