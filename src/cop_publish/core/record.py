"""What a release's pack records: its manifest, its plan, and all that a later publisher must know.

Bookkeeping by sequence numbers lets retention be decided without asking the store: each file knows in which
release its bytes came (`since`), each retired one in which it was last named (`last`).  A file, or a pack,
is needed as long as a kept release lies between the two.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cop_publish.core.output import Entry, FileClass, Manifest
from cop_publish.core.plan import Action, Step
from cop_publish.core.relied import Relied

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
NOWHERE = 0  # in place of a release's number: the bytes are in no pack


@dataclass(frozen=True, slots=True)
class Stored:
    """How a file lies in the store."""

    etag: str  # empty: nobody knows
    since: int  # the release that sent these bytes
    packed: bool  # whether that release's pack has them too; media are too large for it


@dataclass(frozen=True, slots=True)
class Retired:
    """Media that the site no longer names and apps with an older feed may still ask for."""

    entry: Entry
    stored: Stored
    last: int  # the last release that named it
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A release that can be gone back to."""

    seq: int
    id: str
    at: datetime

    @property
    def name(self) -> str:
        return f"{self.seq}-{self.id}"


@dataclass(frozen=True, slots=True)
class PackUse:
    """A pack in the store: its release's id, and the last release that has files from it."""

    id: str
    last: int


@dataclass(frozen=True, slots=True)
class Move:
    """A step of the plan, as whoever finishes it needs it."""

    action: Action  # put or delete
    key: str
    wave: int
    expects: str  # the ETag that is there before; empty: nothing is
    file_class: FileClass


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A pack that is written again under another name, with some of its files alone: part of a withdrawal."""

    old: str  # keys of packs
    new: str
    files: tuple[str, ...]
    keeps_record: bool  # whether its release can still be gone back to


@dataclass(frozen=True)
class Record:
    """One release, whole."""

    seq: int
    id: str
    base: Kept | None  # what it replaces
    manifest: Manifest
    stored: Mapping[str, Stored]  # of every key of the manifest
    retired: tuple[Retired, ...] = ()
    kept: tuple[Kept, ...] = ()  # releases before this one that can be gone back to, the oldest first
    packs: Mapping[int, PackUse] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()  # what is done between begin and commit, in order
    goes: tuple[str, ...] = ()  # keys that are deleted with the rest: packs nobody needs, media of no release
    purge: tuple[str, ...] = ()  # public keys of which no version may be left: a withdrawal
    older: tuple[str, ...] = ()  # ... and those of which none may be left but what is public now
    rewrites: tuple[Rewrite, ...] = ()  # ... and packs that lose what it names
    relied: tuple[Relied, ...] | None = None  # who had agreed to what in it; None: not written down then
    shows: Mapping[str, tuple[str, ...]] | None = None  # by key: items whose words it shows; None: the same

    @property
    def is_withdrawal(self) -> bool:
        """Whether it can only be finished: something of it must leave nothing behind."""
        return bool(self.purge or self.older or self.rewrites)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The manifest by key."""
        return {entry.key: entry for entry in self.manifest.entries}

    def steps(self) -> tuple[Step, ...]:
        """The moves as steps of a plan; of what is deleted, the entry has no more than key and class."""
        return tuple(
            Step(
                move.action,
                self.entries[move.key]
                if move.action is Action.PUT
                else Entry(move.key, "", 0, "", "", move.file_class),
                "an earlier publish was cut off",
                move.wave,
            )
            for move in self.moves
        )

    def to_json(self) -> str:
        data = {
            "version": VERSION,
            "seq": self.seq,
            "id": self.id,
            "base": _kept_row(self.base) if self.base else None,
            "manifest": json.loads(self.manifest.to_json()),
            "stored": [_stored_row(self.stored[e.key]) for e in self.manifest.entries],
            "retired": [
                [_entry_row(r.entry), _stored_row(r.stored), r.last, r.at.isoformat()] for r in self.retired
            ],
            "kept": [_kept_row(kept) for kept in self.kept],
            "packs": [[seq, use.id, use.last] for seq, use in sorted(self.packs.items())],
            "moves": [[str(m.action), m.key, m.wave, m.expects, int(m.file_class)] for m in self.moves],
            "goes": list(self.goes),
            "purge": list(self.purge),
            "older": list(self.older),
            "relied": None if self.relied is None else [one.row() for one in self.relied],
            "shows": None if self.shows is None else _by_items(self.shows),
            "rewrites": [[r.old, r.new, list(r.files), r.keeps_record] for r in self.rewrites],
        }
        return json.dumps(data, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Record:
        """Raises ValueError, TypeError or KeyError when the text is not a record of a version we know."""
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("version") != VERSION:
            msg = "not a record of version 1"
            raise ValueError(msg)
        manifest = Manifest.from_json(json.dumps(data["manifest"]))
        rows = zip(manifest.entries, data["stored"], strict=True)
        return cls(
            seq=data["seq"],
            id=data["id"],
            base=_kept(data["base"]) if data["base"] else None,
            manifest=manifest,
            stored={entry.key: Stored(*row) for entry, row in rows},
            retired=tuple(
                Retired(_entry(entry), Stored(*stored), last, datetime.fromisoformat(at))
                for entry, stored, last, at in data["retired"]
            ),
            kept=tuple(_kept(row) for row in data["kept"]),
            packs={seq: PackUse(name, last) for seq, name, last in data["packs"]},
            moves=tuple(
                Move(Action(action), key, wave, expects, FileClass(file_class))
                for action, key, wave, expects, file_class in data["moves"]
            ),
            goes=tuple(data["goes"]),
            purge=tuple(data["purge"]),
            older=tuple(data.get("older", ())),
            relied=None if data.get("relied") is None else tuple(Relied(*row) for row in data["relied"]),
            shows=None if data.get("shows") is None else _by_key(data["shows"]),
            rewrites=tuple(Rewrite(old, new, tuple(files), kr) for old, new, files, kr in data["rewrites"]),
        )


def _by_items(shows: Mapping[str, tuple[str, ...]]) -> list[list[list[str]]]:
    """Keys that show the same items stand together: most files of an item show it alone."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for key, items in sorted(shows.items()):
        rows.setdefault(items, []).append(key)
    return [[list(items), keys] for items, keys in sorted(rows.items())]


def _by_key(rows: list[list[list[str]]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(items) for items, keys in rows for key in keys}


def _kept_row(kept: Kept) -> list[Any]:
    return [kept.seq, kept.id, kept.at.isoformat()]


def _kept(row: list[Any]) -> Kept:
    return Kept(row[0], row[1], datetime.fromisoformat(row[2]))


def _stored_row(stored: Stored) -> list[Any]:
    return [stored.etag, stored.since, stored.packed]


def _entry_row(entry: Entry) -> list[Any]:
    return [*_plain(entry), int(entry.file_class)]


def _plain(entry: Entry) -> tuple[str, str, int, str, str]:
    return entry.key, entry.sha256, entry.size_bytes, entry.content_type, entry.cache_control


def _entry(row: list[Any]) -> Entry:
    key, sha256, size_bytes, content_type, cache_control, file_class = row
    return Entry(key, sha256, size_bytes, content_type, cache_control, FileClass(file_class))
