"""The ledger on disk: `passages.jsonl` has what is guarded and what was released, in order of time.

::

    {"guard": [{"length": 5, "runs": [], "whole": "…"}], "item": …, "key": "…", "on": "2026-11-20"}
    {"item": …, "key": "…", "on": "2026-12-01", "release": ["…"]}

Digests only, made with the registry's key; a lost key refuses, and so does another one, for each line says
by `key` which it was made with (lines of older versions do not).  Nothing of a single word is kept: what a
search needs of pairs of words lies in one filter for all passages (`pair_filter.py`).  Lines of older
versions say more (`words`); that is passed over, and goes from every line when one is added.
`guard.yaml` has terms that are to be guarded wherever they stand; they are words that can be read.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from cop_publish.core import values as v
from cop_publish.core.front_matter import Key, Schema, check_characters, read_yaml
from cop_publish.core.ledger import Ledger, Print, ledger_of, term_print, words_in
from cop_publish.core.pairs import NOTHING
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.errors import InvalidSource, NotCleared
from cop_publish.registry.audit import Event, append, read_chain
from cop_publish.registry.copies import append_private, write_private
from cop_publish.registry.pair_filter import filter_for, hold, name_of, not_held
from cop_publish.registry.secret import KEY, check_of, closed, key_of, read_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

PASSAGES = "passages.jsonl"
LOCK = ".passages.lock"  # not the audit's, which is taken meanwhile
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
        raise _untrusted(KEY, what, "Bring it back from wherever the registry is kept.")
    _refuse_other_key(key, lines)
    _refuse_missing(folder, len(lines))
    if not lines and not terms:
        return Ledger(key or b"")
    key = key or key_of(folder)
    active = _active(lines)
    open_prints = {" ".join(word for word in words_in(term) if word): term_print(key, term) for term in terms}
    pairs = filter_for(folder, key, active.keys()) if active else NOTHING
    return ledger_of(
        key,
        [*active.values(), *open_prints.values()],
        pairs.with_tags(tag for one in open_prints.values() for tag in one.pairs),
        {one.whole: words for words, one in open_prints.items()},
    )


def guard(folder: Path, prints: Mapping[str, Iterable[Print]], *, at: datetime) -> int:
    """Add the fingerprints that are not guarded yet, by item, and record that; give how many passages.

    `prints` are of words at hand: what the filter of pairs lacks of them is brought in.
    """
    at_hand = {item: tuple(dict.fromkeys(found)) for item, found in prints.items()}
    if not any(_missing(folder, at_hand)):
        return 0  # nor is anything locked: a registry may be one that only others write
    with _alone(folder):
        _refuse_other_key(read_key(folder), _lines(folder))
        fresh, unsieved = _missing(folder, at_hand)
        count = sum(map(len, fresh.values()))
        event = Event("guard", facts={"passages": str(count)})
        if count:
            _require_audit(folder, event, at)
        if unsieved:
            hold(folder, key_of(folder), unsieved)
        if count:
            new = [{"guard": list(map(_as_json, found)), "item": item} for item, found in fresh.items()]
            _record(folder, new, event, at)
    return count


def release(folder: Path, marks: frozenset[str], item: str, said: Mapping[str, str], *, at: datetime) -> None:
    """Let these fingerprints go, and record who wants that and why."""
    event = Event("unmark", item, facts={"fingerprints": str(len(marks))}, said=said)
    with _alone(folder):
        _refuse_other_key(read_key(folder), _lines(folder))
        _require_audit(folder, event, at)
        _record(folder, [{"release": sorted(marks), "item": item}], event, at)


def _missing(
    folder: Path, at_hand: Mapping[str, tuple[Print, ...]]
) -> tuple[dict[str, list[Print]], list[Print]]:
    """Give by item what has a fingerprint that nothing guarded has, and what the filter does not hold."""
    held = _active(_lines(folder))
    known = {mark for one in held.values() for mark in one.marks}
    fresh: dict[str, list[Print]] = {}
    for item, prints in at_hand.items():
        new = [one for one in prints if not one.marks <= known]
        known |= {mark for one in new for mark in one.marks}
        if new:
            fresh[item] = new
    names = held.keys() | {name_of(one) for found in fresh.values() for one in found}
    wanted = [one for prints in at_hand.values() for one in prints if name_of(one) in names]
    return fresh, not_held(folder, key_of(folder), wanted) if wanted else []


def _require_audit(folder: Path, event: Event, at: datetime) -> None:
    """Refuse, before anything is written, to add to an audit that does not hold."""
    if read_chain(folder).problems:
        append(folder, event, at=at)


def _record(folder: Path, lines: list[dict[str, Any]], event: Event, at: datetime) -> None:
    before = _lines(folder)
    count = len(before) + len(lines)
    made = {"on": at.date().isoformat(), "key": check_of(key_of(folder))}
    written = _written([{**line, **made} for line in lines])
    try:
        if any("words" in one for line in before for one in line.get("guard", ())):
            write_private(folder / PASSAGES, _written(map(_without_words, before)))
        append_private(folder / PASSAGES, written)
    except OSError:
        raise closed("the ledger of passages") from None
    append(folder, replace(event, facts={**event.facts, "ledger_lines": str(count)}), at=at)


def _written(lines: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines).encode()


def _without_words(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """A line of an older version without what a dictionary could be tried on."""
    guarded = [{name: said for name, said in one.items() if name != "words"} for one in line.get("guard", ())]
    return {**line, "guard": guarded} if guarded else line


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other commands on this machine from changing the ledger meanwhile: it is read, then written."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, _PRIVATE)
    except OSError:
        raise closed("the ledger of passages") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


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


def _active(lines: Iterable[Mapping[str, Any]]) -> dict[str, Print]:
    """What is still guarded after everything that was released, by the name of what was written first."""
    found: list[tuple[str, Print]] = []
    for line in lines:
        released = _released(line)
        if released:
            found = [
                (
                    name,
                    replace(
                        one,
                        runs=tuple(run for run in one.runs if run not in released),
                        whole="" if one.whole in released else one.whole,
                    ),
                )
                for name, one in found
            ]
        found += [(name_of(one), one) for one in _prints(line)]
    return {name: one for name, one in found if one.marks}


def _prints(line: Mapping[str, Any]) -> list[Print]:
    return [
        Print(tuple(map(str, p["runs"])), str(p["whole"]), int(p["length"])) for p in line.get("guard", ())
    ]


def _released(line: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(map(str, line.get("release", ())))


def _as_json(one: Print) -> dict[str, Any]:
    return {
        "length": one.length,
        "runs": list(one.runs),
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


def _refuse_other_key(key: bytes | None, lines: Iterable[Mapping[str, Any]]) -> None:
    """Refuse a ledger of which any line was made with another key: nothing of it would be known again."""
    made_with = {str(line["key"]) for line in lines if "key" in line}
    if key is not None and made_with - {check_of(key)}:
        what = "the registry's key is not the one with which its passages were guarded"
        raise _untrusted(KEY, what, "Bring the right one back from wherever the registry is kept.")


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
