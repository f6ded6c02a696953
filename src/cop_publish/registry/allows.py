"""The registry's allows.yaml: findings of the gate that a human has looked at, with a reason and an end."""

from __future__ import annotations

import json
import os
import secrets
from datetime import UTC
from typing import TYPE_CHECKING

from cop_publish.core import values as v
from cop_publish.core.allowed import SHARED, Allow
from cop_publish.core.front_matter import Key, Schema, check_characters, read_yaml
from cop_publish.core.problems import Place, Problem
from cop_publish.errors import InvalidSource
from cop_publish.registry.copies import write_private

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from cop_publish.core.front_matter import Fields

NAME = "allows.yaml"
KEY = "allows.key"
_KEY_BYTES = 32
_SHOWN = f"registry/{NAME}"

ALLOW: Schema = {
    "fingerprints": Key(v.words, "The digits that the gate said, in brackets.", required=True),
    "item": Key(v.word, "The episode, post or meeting it stands in; -: pages of several.", required=True),
    "rule": Key(v.word, "What the gate called it.", required=True),
    "person": Key(v.word, "The ID of whom the gate took it for."),
    "reason": Key(v.word, "Why it is not them, or may stand.", required=True),
    "by": Key(v.word, "The ID of who looked.", required=True),
    "second": Key(v.word, "The ID of who else looked, where it is a whole name or a marking."),
    "on": Key(v.day, "The day they looked.", required=True),
    "expires": Key(v.day, "The first day on which it must be looked at again.", required=True),
}
ALLOWS: Schema = {"allows": Key(v.each(ALLOW), "One record for each finding.")}


def read_allows(folder: Path, *, today: date) -> tuple[Allow, ...]:
    """Read the list; none where there is none.

    Raises InvalidSource for what is wrong in it, an allow that has expired included: it is looked at again or
    removed, and never quietly passed over.
    """
    return _allows(read_text(folder), today)


def holding_allows(folder: Path, *, today: date) -> tuple[Allow, ...]:
    """Read those that hold today; raises InvalidSource for what else is wrong in the list."""
    return tuple(a for a in every_allow(folder) if a.expires is not None and a.expires > today)


def every_allow(folder: Path) -> tuple[Allow, ...]:
    """Read the list whatever the day is; raises InvalidSource for what else is wrong in it."""
    return _allows(read_text(folder), None)


def add_allows(folder: Path, records: Sequence[Mapping[str, object]]) -> None:
    """Add records behind the others; only the owner can read the file.

    What stands in the list stays as it is, comments included.  Raises InvalidSource where the list has
    problems, or is not one that lines can be added to; OSError.
    """
    before = read_text(folder)
    lines = "".join(f"  - {json.dumps(record, ensure_ascii=False, default=str)}\n" for record in records)
    ended = before if before.endswith("\n") else f"{before}\n"
    after = (ended if before else "allows:\n") + lines
    count = len(_allows(before, None))
    try:
        is_whole = len(_allows(after, None)) == count + len(records)
    except InvalidSource:
        is_whole = False
    if not is_whole:
        raise refuse_unfit()
    write_text(folder, after)


def write_text(folder: Path, text: str) -> None:
    """Put the list in place whole; only the owner can read it.  Raises OSError."""
    write_private(folder / NAME, text.encode())


def refuse_unfit() -> InvalidSource:
    """Say that the list is not one whose records stand on lines of their own."""
    what = "the records of this list cannot be changed by their lines"
    fault = Problem(Place(_SHOWN, 1), what, "Write `allows:` alone on its line, and each record below it.")
    return InvalidSource("Nothing was changed.", [fault])


def read_text(folder: Path) -> str:
    """Read the list as it is written; empty where there is none.  Raises InvalidSource."""
    try:
        return (folder / NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        what = "the file cannot be read as UTF-8 text"
        fault = Problem(Place(_SHOWN, 1), what, "Check its rights and its text.")
        raise InvalidSource("Nothing was published: the registry has problems.", [fault]) from None


def _allows(text: str, today: date | None) -> tuple[Allow, ...]:
    """The records of the list; `today` None: the day makes no difference."""
    return tuple(allow_of(record) for record in records_in(text, today))


def records_in(text: str, today: date | None = None) -> tuple[Fields, ...]:
    """The records as they stand; raises InvalidSource for what is wrong in them, with `today` of that day."""
    if not text:
        return ()
    checked, problems = check_characters(text, _SHOWN)
    fields, found = read_yaml(checked, _SHOWN, ALLOWS, UTC)
    records: list[Fields] = list(fields.get("allows", ()))
    faults = [*problems, *found, *(p for record in records for p in _faults(record, today))]
    if faults:
        raise InvalidSource("Nothing was published: the registry has problems.", faults)
    return tuple(records)


def allow_key(folder: Path) -> bytes:
    """The key of the fingerprints; empty while there is none."""
    try:
        key = (folder / KEY).read_bytes()
    except OSError:
        return b""
    return key if len(key) == _KEY_BYTES else b""


def make_allow_key(folder: Path) -> bytes:
    """Make the key beside the list, for its owner only; empty where the registry cannot be written."""
    key = secrets.token_bytes(_KEY_BYTES)
    try:
        with os.fdopen(os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key)
    except OSError:
        return b""
    return key


def _faults(record: Fields, today: date | None) -> list[Problem]:
    faults = []
    expires, on = record.get("expires"), record.get("on")
    if today is not None and expires is not None and expires <= today:
        what = f"this allow expired on {expires}"
        marks = " ".join(record.get("fingerprints"))
        second = " --second …" if record.get("second") else ""
        renew = f"cop-publish allow --renew {marks} --expires … --by …{second} --reason …"
        fix = f"Look again: {renew}; or: cop-publish allow --remove {marks} --by … --reason …"
        faults.append(Problem(record.place("expires"), what, fix))
    if today is not None and on is not None and on > today:
        faults.append(Problem(record.place("on"), "this day is still to come", "Correct it."))
    if record.get("second") and record.get("second") == record.get("by"):
        faults.append(Problem(record.place("second"), "`second` is the same as `by`", "Ask somebody else."))
    return faults


def allow_of(record: Fields) -> Allow:
    """Give what a record says."""
    return Allow(
        fingerprints=tuple(record.get("fingerprints")),
        item="" if record.get("item") == SHARED else record.get("item"),
        rule=record.get("rule"),
        person=record.get("person", ""),
        second=record.get("second", ""),
        where=record.where,
        expires=record.get("expires"),
    )
