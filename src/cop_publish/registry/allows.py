"""The registry's allows.yaml: findings of the gate that a human has looked at, with a reason and an end."""

from __future__ import annotations

import os
import secrets
from datetime import UTC
from typing import TYPE_CHECKING

from cop_publish.core import values as v
from cop_publish.core.allowed import Allow
from cop_publish.core.front_matter import Key, Schema, check_characters, read_yaml
from cop_publish.core.problems import Place, Problem
from cop_publish.errors import InvalidSource

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from cop_publish.core.front_matter import Fields

NAME = "allows.yaml"
KEY = "allows.key"
_KEY_BYTES = 32
_SHOWN = f"registry/{NAME}"

ALLOW: Schema = {
    "fingerprints": Key(v.words, "The digits that the gate said, in brackets.", required=True),
    "item": Key(v.word, "The episode, post or meeting it stands in.", required=True),
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
    path = folder / NAME
    if not path.is_file():
        return ()
    try:
        text, problems = check_characters(path.read_text(encoding="utf-8"), _SHOWN)
    except (OSError, UnicodeDecodeError):
        fault = Problem(
            Place(_SHOWN, 1), "the file cannot be read as UTF-8 text", "Check its rights and its text."
        )
        raise InvalidSource("Nothing was published: the registry has problems.", [fault]) from None
    fields, found = read_yaml(text, _SHOWN, ALLOWS, UTC)
    records: list[Fields] = list(fields.get("allows", ()))
    faults = [*problems, *found, *(p for record in records for p in _faults(record, today))]
    if faults:
        raise InvalidSource("Nothing was published: the registry has problems.", faults)
    return tuple(_allow(record) for record in records)


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


def _faults(record: Fields, today: date) -> list[Problem]:
    faults = []
    expires, on = record.get("expires"), record.get("on")
    if expires is not None and expires <= today:
        what = f"this allow expired on {expires}"
        faults.append(Problem(record.place("expires"), what, "Look again: renew it, or remove it."))
    if on is not None and on > today:
        faults.append(Problem(record.place("on"), "this day is still to come", "Correct it."))
    if record.get("second") and record.get("second") == record.get("by"):
        faults.append(Problem(record.place("second"), "`second` is the same as `by`", "Ask somebody else."))
    return faults


def _allow(record: Fields) -> Allow:
    return Allow(
        fingerprints=tuple(record.get("fingerprints")),
        item=record.get("item"),
        rule=record.get("rule"),
        person=record.get("person", ""),
        second=record.get("second", ""),
        where=record.where,
    )
