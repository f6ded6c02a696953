"""What is about to be public, and what was agreed about it.

::

    Site ─gate─> Approved ─plan(store)─> Plan ─apply─> Receipt

Only `gate/approve.py` constructs `Approved`, and nothing in `storage/` uploads anything else.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cop_publish.core.model import HeldBack
    from cop_publish.core.relied import Relied


class FileClass(IntEnum):
    """The order in which a public file goes up; a barrier stands between two classes."""

    MEDIA = 0  # names that hold a content hash: masters, images, style sheet, script
    PAGE = 1  # an item's own page and its side files
    INDEX = 2  # lists, the sitemap, the home page, calendars
    FEED = 3  # what apps poll


@dataclass(frozen=True, slots=True)
class Headers:
    """What the store sends along with a file."""

    content_type: str
    cache_control: str


# DESIGN.md section 10: never `immutable` on anything with a person in it, so that a withdrawal works.
SHORT_LIVED = "public, max-age=300, must-revalidate"
DAY_LIVED = "public, max-age=86400"


@dataclass(frozen=True, slots=True)
class OnDisk:
    """Content too large to hold; the uploader hashes it again while it reads."""

    path: Path
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class InStore:
    """Content that only the store still has: it may stay as it is, and can never be uploaded."""

    sha256: str
    size_bytes: int


Content = bytes | OnDisk | InStore


@dataclass(frozen=True)
class PublicFile:
    """One file that is about to be public; `key` is ASCII, below the public prefix, no slash in front."""

    key: str
    content: Content
    headers: Headers
    file_class: FileClass
    items: frozenset[str] = frozenset()  # ids of the items whose words it shows; empty: the site's own

    @cached_property
    def sha256(self) -> str:
        if isinstance(self.content, bytes):
            return hashlib.sha256(self.content).hexdigest()
        return self.content.sha256

    @property
    def size_bytes(self) -> int:
        return len(self.content) if isinstance(self.content, bytes) else self.content.size_bytes


@dataclass(frozen=True, slots=True)
class Site:
    """Every public file at one instant, and when the next one differs by the clock alone."""

    files: tuple[PublicFile, ...]  # sorted by key, no key twice
    held_back: tuple[HeldBack, ...]
    changes_at: datetime | None  # the next instant at which a build of the same inputs differs
    relied: tuple[Relied, ...] = ()  # who had agreed to what in it


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the manifest."""

    key: str
    sha256: str
    size_bytes: int
    content_type: str
    cache_control: str
    file_class: FileClass


@dataclass(frozen=True)
class Manifest:
    """Exactly what is public: the only source of keys for an upload."""

    entries: tuple[Entry, ...]  # sorted by key

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        rows = [
            [e.key, e.sha256, e.size_bytes, e.content_type, e.cache_control, int(e.file_class)]
            for e in self.entries
        ]
        return json.dumps({"version": 1, "entries": rows}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Raises ValueError when the text is not a manifest of a version we know."""
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("version") != 1:
            msg = "not a manifest of version 1"
            raise ValueError(msg)
        return cls(
            tuple(
                Entry(key, sha256, size, content_type, cache_control, FileClass(file_class))
                for key, sha256, size, content_type, cache_control, file_class in data["entries"]
            )
        )


def manifest_of(files: tuple[PublicFile, ...]) -> Manifest:
    """The manifest of a site's files."""
    return Manifest(
        tuple(
            Entry(
                f.key, f.sha256, f.size_bytes, f.headers.content_type, f.headers.cache_control, f.file_class
            )
            for f in sorted(files, key=lambda f: f.key)
        )
    )


@dataclass(frozen=True, slots=True)
class Approved:
    """A site whose every byte the gate has read.  Only the gate makes one."""

    files: tuple[PublicFile, ...]
    manifest: Manifest
    held_back: tuple[HeldBack, ...]
    changes_at: datetime | None
    relied: tuple[Relied, ...] = ()
