"""What a store promises, and which keys it takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, BinaryIO, Protocol

from cop_publish.errors import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cop_publish.core.output import Headers

PUBLIC = "public/"  # the only prefix that the world may read
PRIVATE = "_cop/"  # head, packs, locks, and whatever else a publish must remember

Body = bytes | BinaryIO  # a file is seekable and is streamed; it may be read more than once


@dataclass(frozen=True, slots=True)
class Got:
    """A whole file.  An ETag (RFC 9110, 8.8.3) is written without its quotes, here and everywhere."""

    content: bytes
    etag: str


class Unchanged(Enum):
    """The answer to a `get` that named the ETag which the key still has."""

    UNCHANGED = "unchanged"


class Unless(Enum):
    """Two conditions of a `put` that need no value."""

    ANYTHING = "anything"  # no condition at all
    ABSENT = "absent"  # nothing may be there


@dataclass(frozen=True, slots=True)
class Holding:
    """The condition of a `put`: the key must hold exactly this."""

    etag: str


Condition = Unless | Holding
UNCHANGED = Unchanged.UNCHANGED
ANYTHING = Unless.ANYTHING
ABSENT = Unless.ABSENT


@dataclass(frozen=True, slots=True)
class Held:
    """What a store says of a key; `headers` is None where it keeps none (a folder)."""

    size_bytes: int
    headers: Headers | None
    etag: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a listing."""

    key: str
    size_bytes: int
    etag: str


@dataclass(frozen=True, slots=True)
class Locked:
    """What a bucket does not let go of yet (S3 Object Lock): versions of one key."""

    key: str
    until: datetime | None  # aware; None: under a legal hold, which somebody has to lift


@dataclass(frozen=True, slots=True)
class Purged:
    """How much a `purge` removed: objects, older versions and delete markers; and unfinished uploads."""

    versions: int
    uploads: int
    locked: tuple[Locked, ...] = ()  # what is still there, by key

    def __add__(self, other: Purged) -> Purged:
        held = tuple(sorted({*self.locked, *other.locked}, key=lambda one: one.key))
        return Purged(self.versions + other.versions, self.uploads + other.uploads, held)


class Store(Protocol):
    """A place for files by key: ``public/feed.xml``, ``_cop/head.json``.

    Every method raises StorageFailed, in one sentence that says what to do, when the store refuses, is
    full or cannot be reached, and for a key that is not below `PUBLIC` or `PRIVATE`.
    """

    @property
    def workers(self) -> int:
        """How many `put` it takes well side by side."""

    @property
    def hides_extensions(self) -> bool:
        """Whether ``x`` and ``x.html`` are one file here, which `list` calls ``x.html``."""

    @property
    def honours_conditions(self) -> bool | None:
        """Whether a `put` with a condition can be believed; None where only its behaviour can tell."""

    def get(self, key: str, unless_etag: str | None = None) -> Got | Unchanged | None:
        """The whole content, or None when nothing is there.  For small files.

        `UNCHANGED` when the key still has `unless_etag`: nothing was sent over the wire then.
        """

    def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:
        """Place a file and give its ETag.  A reader sees the old bytes or the new ones, never a part.

        When this returns, the bytes are safe and are those that were sent.  When reading `body` raises, the
        key is as it was, and what was raised goes on to the caller.  Raises Conflict, and changes nothing,
        when `condition` does not hold, unless the key has exactly these bytes and headers already: then an
        answer of the store was lost and this is our own write.  A condition is as good as the store that
        looks at it: see `honours_conditions`.
        """

    def head(self, key: str) -> Held | None:
        """Size, headers and ETag, or None when nothing is there."""

    def list(self, prefix: str) -> tuple[Listed, ...]:
        """Everything whose key starts with `prefix`, sorted by key."""

    def delete(self, keys: Iterable[str]) -> None:
        """Remove files; one that is not there is no error.  When this returns, readers get none of them.

        A versioned bucket still has them: see `purge`.
        """

    def purge(self, keys: Iterable[str], older: Iterable[str] = ()) -> Purged:
        """Remove every version of these keys, every delete marker, and the parts of unfinished uploads.

        Of the keys in `older` the version that readers get stays as it is, and nothing else does.  What is
        under a lock stays too, and is told.
        """

    def now(self) -> datetime:
        """The time by the store's own clock (aware, UTC), so that all who publish to it share one."""


def read(store: Store, key: str) -> Got | None:
    """`Store.get` without a known ETag."""
    found = store.get(key)
    return None if isinstance(found, Unchanged) else found


def checked_key(key: str) -> str:
    """The key itself, if a store may touch it.  A manifest that someone altered cannot lead elsewhere."""
    parts = key.split("/")
    inside = key.startswith((PUBLIC, PRIVATE)) and not {"", ".", ".."} & set(parts)
    if inside and key.isascii() and key.isprintable() and "\\" not in key:
        return key
    msg = f"The key {key!a} leads out of {PUBLIC} and {PRIVATE}; nothing was done with it. Rename the file"
    raise StorageFailed(f"{msg}, or look at who else can write to this store if you did not write this name.")


def checked_prefix(prefix: str) -> str:
    """The prefix of a listing, if it lies below `PUBLIC` or `PRIVATE`."""
    checked_key(prefix + "x")
    return prefix
