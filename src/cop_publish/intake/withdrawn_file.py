"""Adding to ``withdrawn.yaml`` by lines, so that a producer's comments and order stay."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from cop_publish.core.problems import Place, Problem
from cop_publish.errors import InvalidSource
from cop_publish.intake.workspace import WITHDRAWN, notices_in, withdrawn_values

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from cop_publish.core.model import Notice

# What YAML takes for the same text without quotes, in a list and between braces.
_PLAIN = re.compile(r"(?!(?i:null)$)[A-Za-z0-9/](?:[A-Za-z0-9/._~%+=?&@:-]*[A-Za-z0-9/._~%+=?&@-])?")
_ENTRY = re.compile(r"([ ]*)-[ ]")
_LIST_ENDS = re.compile(r"\][ \t]*(?:#.*)?$")


def add_withdrawn(
    root: Path, guids: Collection[str], paths: Collection[str], notices: Collection[Notice] = ()
) -> None:
    """Add what must never come back, a line each, and what the feed says meanwhile.

    What stands there stays as it is; what a comment says, or the end of another path, does not count.
    Raises InvalidSource, and changes nothing, where the file is written so that nothing can be added to it.
    """
    path = root / WITHDRAWN
    text = path.read_text(encoding="utf-8-sig") if path.exists() else "guids: []\npaths: []\n"
    there, _ = withdrawn_values(text)
    said = {notice.guid for notice in notices_in(there)}
    for key, wanted in (("guids", guids), ("paths", paths)):
        known = _bare(there.get(key, ()))
        missing = [_written(value) for value in sorted(wanted) if value.lstrip("/") not in known]
        text = _with_lines(text, key, list(map(_written, there.get(key, ()))), missing)
    new = [_line(notice) for notice in notices if notice.guid not in said]
    text = _with_lines(text, "notices", list(map(_line, notices_in(there))), new)
    _refuse_lost(text, guids, paths, notices)
    _replace(path, text)


def drop_notice(root: Path, guid: str) -> None:
    """Take out what the feed says in place of an episode, where even that is too much."""
    path = root / WITHDRAWN
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True) if path.exists() else []
    kept = [line for line in lines if _start(guid) not in line]
    if kept != lines:
        _replace(path, "".join(kept))


def _start(guid: str) -> str:
    return f"{{guid: {_written(guid)},"


def _line(notice: Notice) -> str:
    at, until = notice.published_at.isoformat(), notice.until.isoformat()
    return f"{_start(notice.guid)} published: {at}, until: {until}}}"


def _written(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def _bare(values: Collection[str]) -> set[str]:
    return {value.lstrip("/") for value in values}


def _with_lines(text: str, key: str, there: list[str], new: list[str]) -> str:
    """Add entries to a list; one in brackets becomes lines, with what is `there`."""
    if not new:
        return text
    lines = text.splitlines()
    at = next((n for n, line in enumerate(lines) if re.match(rf"{key}[ \t]*:", line)), None)
    if at is None:
        return "\n".join([*lines, f"{key}:", *(f"  - {entry}" for entry in new), ""])
    after = at + 1
    if re.fullmatch(rf"{key}[ \t]*:[ \t]*(?:#.*)?", lines[at]):
        entry = next((found for line in lines[after:] if (found := _ENTRY.match(line))), None)
        indent = entry[1] if entry and there else "  "
        return "\n".join([*lines[:after], *(f"{indent}- {one}" for one in new), *lines[after:], ""])
    if "[" in lines[at]:
        after = next((n for n in range(after, len(lines) + 1) if _LIST_ENDS.search(lines[n - 1])), after)
    entries = (f"  - {entry}" for entry in (*there, *new))
    return "\n".join([*lines[:at], f"{key}:", *entries, *lines[after:], ""])


def _refuse_lost(
    text: str, guids: Collection[str], paths: Collection[str], notices: Collection[Notice]
) -> None:
    """Read again what is about to be written: what it does not say could come back."""
    found, _ = withdrawn_values(text)
    said = {notice.guid for notice in notices_in(found)}
    has_paths = _bare(paths) <= _bare(found.get("paths", ()))
    if has_paths and set(guids) <= set(found.get("guids", ())) and {n.guid for n in notices} <= said:
        return
    fix = "Write each of its lists as lines of `  - …` below its key, and run the command again."
    raise InvalidSource(
        "Nothing was withdrawn.", [Problem(Place(WITHDRAWN), "nothing can be added to this file", fix)]
    )


def _replace(path: Path, text: str) -> None:
    """Write it whole or not at all: what it says is what keeps things away."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.chmod(path.stat().st_mode if path.exists() else 0o644)
    new.replace(path)
