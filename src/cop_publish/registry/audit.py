"""The audit: one line for each change of the registry, each holding the digest of the line before.

::

    {"at": …, "event": "unmark", "item": …, "n": 7, "note": …, "prev": …, "registry": …, "serial": 12}

IDs, counts and digests only: no name and no reason, so that a person can be erased and the chain still
holds.  Who did it and why lie in ``notes/``, one file each with its salt, and the line has only the salted
digest of it.  The head of the chain stands in head.json too, so that lines taken off the end are missed.
A chain that does not hold refuses to grow: `cop-publish doctor` says where it breaks.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cop_publish.core.problems import Matter, Place, Problem, Problems
from cop_publish.errors import NotCleared
from cop_publish.registry.copies import append_private, write_private
from cop_publish.registry.secret import closed, key_of
from cop_publish.registry.state import HEAD, content_digest, head_of, serial_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

AUDIT = "audit.jsonl"
NOTES = "notes"
_LOCK = ".lock"
_START = "0" * 64  # what the first line holds for the one before it
_REFUSED = "Nothing was recorded: the registry's audit has been damaged."


@dataclass(frozen=True, slots=True)
class Event:
    """A change of the registry; `said` is whatever must be erasable, such as names and reasons."""

    kind: str  # "new person", "sign-off", "unmark", "override", "withdraw" …
    item: str = ""
    person: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)  # digests, counts, IDs, closed words
    said: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Chain:
    """The audit as it was read; its head is the digest of the last line, and stands for all of them."""

    entries: tuple[Mapping[str, Any], ...]
    head: str
    problems: Problems


def append(folder: Path, event: Event, *, at: datetime) -> str:
    """Record a change that was made, and raise the serial; give the new head.

    Call it after the change itself is on disk.  Raises NotCleared where the chain does not hold, or where
    nothing can be written.
    """
    with _alone(folder):
        return _append(folder, event, at)


def settle(folder: Path, *, at: datetime) -> None:
    """Record that files were changed by hand since the last line, if they were; raises as `append` does."""
    with _alone(folder):
        entries = _sound(folder).entries
        if not entries or entries[-1].get("registry") != content_digest(folder, key_of(folder)):
            _append(folder, Event("edited" if entries else "begun"), at)


def read_chain(folder: Path) -> Chain:
    """Read the audit and say what does not hold; a registry that never changed has none."""
    try:
        written = (folder / AUDIT).read_bytes()
    except FileNotFoundError:
        written = b""
    except OSError:
        return Chain((), "", (_problem(0, "the audit cannot be read", "Check its rights."),))
    lines = written.split(b"\n")
    problems = [] if lines[-1] == b"" else [_problem(len(lines), "the last line was cut off", _RESTORE)]
    entries: list[Mapping[str, Any]] = []
    heads = [_START]
    for number, line in enumerate(lines[:-1], 1):
        entry = _entry(line)
        problems += _faults(number, entry, heads)
        entries.append(entry)
        heads.append(hashlib.sha256(line).hexdigest())
    if head_of(folder) not in ({"", *heads[1:]} if len(entries) <= 1 else {*heads[1:]}):
        problems.append(_problem(len(entries), "lines are missing from the end", _RESTORE))
    return Chain(tuple(entries), heads[-1], tuple(problems))


def _entry(line: bytes) -> Mapping[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _faults(number: int, entry: Mapping[str, Any], heads: list[str]) -> Iterator[Problem]:
    prev = entry.get("prev")
    if prev == heads[-1]:
        return
    if prev in heads[:-1]:
        what = "two lines follow the same one: it was changed in two places at once"
        yield _problem(number, what, "Keep one of the two copies, and make the other's changes again.")
    elif not entry:
        yield _problem(number, "this line is damaged", _RESTORE)
    else:
        yield _problem(number, "this line does not follow the one before it", _RESTORE)


_RESTORE = "Bring the file back from a copy, and find out who changed it."


def _problem(line: int, what: str, fix: str) -> Problem:
    return Problem(Place(f"registry/{AUDIT}", line), what, fix, Matter.CONSENT)


def _sound(folder: Path) -> Chain:
    chain = read_chain(folder)
    if chain.problems:
        raise NotCleared(_REFUSED, chain.problems)
    return chain


def _append(folder: Path, event: Event, at: datetime) -> str:
    chain = _sound(folder)
    last = int(chain.entries[-1].get("serial", 0)) if chain.entries else 0
    serial = max(serial_of(folder), last) + 1
    try:
        note = _note(folder, event.said) if event.said else ""
        entry = {
            **{f"fact_{key}": value for key, value in event.facts.items()},
            "at": at.isoformat(timespec="seconds"),
            "event": event.kind,
            "item": event.item,
            "n": len(chain.entries) + 1,
            "note": note,
            "person": event.person,
            "prev": chain.head,
            "registry": content_digest(folder, key_of(folder)),
            "serial": serial,
        }
        line = json.dumps({k: v for k, v in entry.items() if v != ""}, sort_keys=True).encode()
        append_private(folder / AUDIT, line + b"\n")
        head = hashlib.sha256(line).hexdigest()
        _write_head(folder, serial, head)
    except OSError:
        raise closed("the audit") from None
    return head


def _note(folder: Path, said: Mapping[str, str]) -> str:
    """Write what may be erased one day, and give the commitment to it: SHA-256 of salt and words."""
    salt = secrets.token_hex(16)
    words = json.dumps(dict(said), sort_keys=True, ensure_ascii=False)
    commitment = hashlib.sha256(f"{salt}\0{words}".encode()).hexdigest()
    (folder / NOTES).mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder / NOTES / f"{commitment[:16]}.json", os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"salt": salt, "said": words}, file, ensure_ascii=False)
    return commitment


def _write_head(folder: Path, serial: int, head: str) -> None:
    write_private(folder / HEAD, json.dumps({"audit": head, "serial": serial}).encode())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other commands on this machine from recording meanwhile."""
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        raise closed("the audit") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
