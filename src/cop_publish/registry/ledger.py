"""The ledger on disk: `passages.jsonl` has what is guarded and what was released, in order of time.

::

    {"guard": [{"length": 5, "runs": [], "words": ["…"], "whole": "…"}], "item": …, "on": "2026-11-20"}
    {"item": …, "on": "2026-12-01", "release": ["…"]}

Digests only, made with the registry's key: without the key it says nothing, and a lost one refuses.
`guard.yaml` has terms that are to be guarded wherever they stand; they are words that can be read.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from cop_publish.core import values as v
from cop_publish.core.front_matter import Key, Schema, check_characters, read_yaml
from cop_publish.core.ledger import Ledger, Print, ledger_of, term_print, words_in
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.errors import InvalidSource, NotCleared
from cop_publish.registry.audit import Event, append, read_chain
from cop_publish.registry.secret import closed, key_of, read_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

PASSAGES = "passages.jsonl"
TERMS = "guard.yaml"
GUARD: Schema = {"terms": Key(v.placed_words, "Words that must never be public, wherever they stand.")}
_PRIVATE = 0o600


def read_ledger(folder: Path) -> Ledger:
    """Read what is guarded.

    Raises NotCleared where it cannot be trusted: the key is not there, or lines are missing; InvalidSource
    for a line or a term that cannot be read.
    """
    key = read_key(folder)
    lines = _lines(folder)
    terms = _terms(folder)
    if key is None and lines:
        what = "the registry's key is not there, and without it no marked passage is known again"
        raise _untrusted("hmac.key", what, "Bring it back from wherever the registry is kept.")
    _refuse_missing(folder, len(lines))
    if not lines and not terms:
        return Ledger(key or b"")
    key = key or key_of(folder)
    return ledger_of(key, [*_active(lines), *(term_print(key, term) for term in terms)])


def guard(folder: Path, prints: Mapping[str, Iterable[Print]], *, at: datetime) -> int:
    """Add the fingerprints that are not guarded yet, by item, and record that; give how many passages."""
    known = {mark for one in _active(_lines(folder)) for mark in one.marks}
    lines: list[dict[str, Any]] = []
    count = 0
    for item, found in prints.items():
        fresh = [one for one in dict.fromkeys(found) if not one.marks <= known]
        known.update(mark for one in fresh for mark in one.marks)
        count += len(fresh)
        if fresh:
            lines.append({"guard": [_as_json(one) for one in fresh], "item": item})
    if lines:
        _record(folder, lines, Event("guard", facts={"passages": str(count)}), at)
    return count


def release(folder: Path, marks: frozenset[str], item: str, said: Mapping[str, str], *, at: datetime) -> None:
    """Let these fingerprints go, and record who wants that and why."""
    event = Event("unmark", item, facts={"fingerprints": str(len(marks))}, said=said)
    _record(folder, [{"release": sorted(marks), "item": item}], event, at)


def _record(folder: Path, lines: list[dict[str, Any]], event: Event, at: datetime) -> None:
    if read_chain(folder).problems:  # refuses before anything is written
        append(folder, event, at=at)
    count = len(_lines(folder)) + len(lines)
    day = at.date().isoformat()
    written = "".join(json.dumps({**line, "on": day}, sort_keys=True) + "\n" for line in lines)
    try:
        descriptor = os.open(folder / PASSAGES, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _PRIVATE)
        try:
            os.write(descriptor, written.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        raise closed("the ledger of passages") from None
    append(folder, replace(event, facts={**event.facts, "ledger_lines": str(count)}), at=at)


def _lines(folder: Path) -> list[Mapping[str, Any]]:
    path = folder / PASSAGES
    try:
        written = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError):
        raise _untrusted(PASSAGES, "it cannot be read", "Check its rights.") from None
    return [_line(text, number) for number, text in enumerate(written, 1)]


def _line(text: str, number: int) -> Mapping[str, Any]:
    try:
        line = json.loads(text)
        _prints(line)
        _released(line)
    except (ValueError, TypeError, KeyError, AttributeError):
        what = "this line of the ledger is damaged"
        problem = Problem(Place(f"registry/{PASSAGES}", number), what, "Bring the file back from a copy.")
        raise InvalidSource(_NOTHING, [problem]) from None
    found: Mapping[str, Any] = line
    return found


def _active(lines: Iterable[Mapping[str, Any]]) -> list[Print]:
    """What is still guarded after everything that was released."""
    found: list[Print] = []
    for line in lines:
        released = _released(line)
        if released:
            found = [
                replace(
                    one,
                    runs=tuple(run for run in one.runs if run not in released),
                    whole="" if one.whole in released else one.whole,
                )
                for one in found
            ]
        found += _prints(line)
    return [one for one in found if one.marks]


def _prints(line: Mapping[str, Any]) -> list[Print]:
    return [
        Print(tuple(map(str, p["runs"])), str(p["whole"]), int(p["length"]), frozenset(p["words"]))
        for p in line.get("guard", ())
    ]


def _released(line: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(map(str, line.get("release", ())))


def _as_json(one: Print) -> dict[str, Any]:
    return {
        "length": one.length,
        "runs": list(one.runs),
        "words": sorted(one.words),
        "whole": one.whole,
    }


def _terms(folder: Path) -> list[str]:
    shown = f"registry/{TERMS}"
    try:
        text, bad = check_characters((folder / TERMS).read_text(encoding="utf-8"), shown)
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError):
        raise _untrusted(TERMS, "it cannot be read", "Check its rights, and save it as UTF-8.") from None
    if bad:
        raise InvalidSource(_NOTHING, bad)
    fields, problems = read_yaml(text, shown, GUARD, UTC)
    what = "a term has no letters and no digits, so nothing could be found by it"
    empty = [
        Problem(place, what, "Write its words.")
        for term, place in fields.get("terms", ())
        if not words_in(term)
    ]
    if problems or empty:
        raise InvalidSource(_NOTHING, [*problems, *empty])
    return [term for term, _ in fields.get("terms", ())]


def _refuse_missing(folder: Path, count: int) -> None:
    """Refuse a ledger that has lost lines, for what was marked could pass; the audit knows how many."""
    recorded = [str(entry.get("fact_ledger_lines", "")) for entry in read_chain(folder).entries]
    if count < max((int(lines) for lines in recorded if lines.isdecimal()), default=0):
        raise _untrusted(PASSAGES, "lines of the ledger are missing", "Bring the file back from a copy.")


_NOTHING = "Nothing was published: the registry has problems."


def _untrusted(name: str, what: str, fix: str) -> NotCleared:
    problem = Problem(Place(f"registry/{name}"), what, fix, Matter.CONSENT)
    return NotCleared(
        "Nothing was published: what was marked as withheld would not be known again.", [problem]
    )
