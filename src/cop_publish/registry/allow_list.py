"""Single records of allows.yaml, changed or taken out; everything else in it stays as somebody wrote it.

A record is rewritten on one line, its comments behind it or above it.  What was written is read again before
it takes the place of what was there: a list that the registry would refuse is never left behind.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cop_publish.errors import InvalidSource
from cop_publish.registry.allows import allow_of, read_text, records_in, refuse_unfit, write_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from cop_publish.core.allowed import Allow
    from cop_publish.core.front_matter import Fields

    Values = Mapping[str, Any]  # by the keys of a record, as the schema reads them


def renew_allows(folder: Path, marks: Collection[str], look: Values) -> list[tuple[Allow, tuple[str, ...]]]:
    """Let these fingerprints be allowed by another look (its keys as in the list).

    Gives each record as it was, with those of the fingerprints that it held.  A record of which only some are
    renewed keeps the others as they are.  Raises InvalidSource where the list cannot be changed by its lines;
    OSError.
    """
    return _rewrite(folder, marks, look)


def remove_allows(folder: Path, marks: Collection[str]) -> list[tuple[Allow, tuple[str, ...]]]:
    """Take these fingerprints out; gives and raises as `renew_allows` does."""
    return _rewrite(folder, marks, None)


def _rewrite(
    folder: Path, marks: Collection[str], look: Values | None
) -> list[tuple[Allow, tuple[str, ...]]]:
    text = read_text(folder)
    records = records_in(text)
    lines = text.split("\n")
    touched: list[tuple[Allow, tuple[str, ...]]] = []
    wanted: list[Allow] = []
    for record in reversed(records):  # from the end, so that lines above keep their numbers
        before = allow_of(record)
        mine = tuple(mark for mark in before.fingerprints if mark in marks)
        anew = _anew(record, mine, look) if mine else [record.values]
        wanted[:0] = [_expected(before, values) for values in anew]
        if mine:
            touched.insert(0, (before, mine))
            _replace(lines, record, anew)
    after = "\n".join(lines)
    _require(after, wanted)
    write_text(folder, after)
    return touched


def _anew(record: Fields, mine: Sequence[str], look: Values | None) -> list[Values]:
    """What a record becomes: nothing, itself without what is taken out, with another look, or two."""
    said = {key: value for key, value in record.values.items() if value is not None}
    others = [mark for mark in record.get("fingerprints") if mark not in mine]
    anew: list[Values] = [{**said, "fingerprints": others}] if others else []
    if look is not None:
        kept = {key: value for key, value in said.items() if key != "second"}
        anew.append({**kept, "fingerprints": list(mine), **look})
    return anew


def _expected(before: Allow, values: Values) -> Allow:
    marks, second = tuple(values["fingerprints"]), values.get("second") or ""
    return replace(before, fingerprints=marks, second=second, expires=values["expires"])


def _require(after: str, wanted: Sequence[Allow]) -> None:
    """Raise InvalidSource unless the text holds these records, wherever they stand."""
    try:
        found = [allow_of(record) for record in records_in(after)]
    except InvalidSource:
        found = []
    same = [replace(a, where=b.where) for a, b in zip(found, wanted, strict=False)]
    if len(found) != len(wanted) or same != list(wanted):
        raise refuse_unfit()


def _replace(lines: list[str], record: Fields, anew: Sequence[Values]) -> None:
    first = record.where.line - 1
    dash = lines[first].find("-")
    if lines[first][: dash + 1].strip() != "-":
        raise refuse_unfit()
    last = _end(lines, first, dash)
    comments = _comments(lines[first:last])
    indent = lines[first][:dash]
    new = [f"{indent}- {json.dumps(values, ensure_ascii=False, default=str)}" for values in anew]
    if new and comments:
        new[-1] += f"  {comments[0]}"
    lines[first:last] = [*(f"{indent}{comment}" for comment in comments[1 if new else 0 :]), *new]


def _end(lines: Sequence[str], first: int, dash: int) -> int:
    """The line behind a record; comments and empty lines behind it are not its own."""
    last = at = first + 1
    while at < len(lines) and (_is_bare(lines[at]) or _indent(lines[at]) > dash):
        at += 1
        last = last if _is_bare(lines[at - 1]) else at
    return last


def _is_bare(line: str) -> bool:
    return line.strip() == "" or line.lstrip().startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _comments(lines: Sequence[str]) -> list[str]:
    """The comments in a record's lines: behind a blank, and in no quotation."""
    found, quote = [], ""
    for line in lines:
        before = "-"  # what stands before, but for blanks
        for at, sign in enumerate(line):
            if quote:
                is_escaped = quote == '"' and line[at - 1] == "\\"
                quote = "" if sign == quote and not is_escaped else quote
            elif sign in "\"'" and before in "-:,[{":
                quote = sign
            elif sign == "#" and (at == 0 or line[at - 1].isspace()):
                found.append(line[at:].rstrip())
                break
            before = before if sign.isspace() else sign
    return found
