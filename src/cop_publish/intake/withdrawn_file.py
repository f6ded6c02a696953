"""Adding to ``withdrawn.yaml`` by lines, so that a producer's comments and order stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.intake.workspace import WITHDRAWN

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from cop_publish.core.model import Notice

_STANDS = r"(?:^|[\s\[,\"'/]){}(?:$|[\s\],\"'])"


def add_withdrawn(
    root: Path, guids: Collection[str], paths: Collection[str], notices: Collection[Notice] = ()
) -> None:
    """Add what must never come back, a line each, and what the feed says meanwhile.

    What stands there stays as it is.
    """
    path = root / WITHDRAWN
    text = path.read_text(encoding="utf-8") if path.exists() else "guids: []\npaths: []\n"
    for name, values in (("guids", guids), ("paths", paths)):
        missing = [v for v in sorted(values) if not re.search(_STANDS.format(re.escape(v)), text)]
        text = _with_values(text, name, missing)
    new = [_line(notice) for notice in notices if _start(notice.guid) not in text]
    path.write_text(_with_values(text, "notices", new), encoding="utf-8")


def drop_notice(root: Path, guid: str) -> None:
    """Take out what the feed says in place of an episode, where even that is too much."""
    path = root / WITHDRAWN
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    kept = [line for line in lines if _start(guid) not in line]
    if kept != lines:
        path.write_text("".join(kept), encoding="utf-8")


def _start(guid: str) -> str:
    return f"{{guid: {guid},"


def _line(notice: Notice) -> str:
    at, until = notice.published_at.isoformat(), notice.until.isoformat()
    return f"{_start(notice.guid)} published: {at}, until: {until}}}"


def _with_values(text: str, name: str, values: list[str]) -> str:
    if not values:
        return text
    lines = "".join(f"  - {value}\n" for value in values)
    inline = re.search(rf"^{name}:[ \t]*\[(.*?)\][ \t]*(#.*)?\n?", text, re.MULTILINE)
    if inline:
        old = [value.strip() for value in inline[1].split(",") if value.strip()]
        kept = "".join(f"  - {value}\n" for value in old)
        return f"{text[: inline.start()]}{name}:\n{kept}{lines}{text[inline.end() :]}"
    listed = re.search(rf"^{name}:[ \t]*(#.*)?\n", text, re.MULTILINE)
    if listed:
        return f"{text[: listed.end()]}{lines}{text[listed.end() :]}"
    return f"{text.rstrip()}\n{name}:\n{lines}"
