"""Adding to ``withdrawn.yaml`` by lines, so that a producer's comments and order stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.intake.workspace import WITHDRAWN

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_STANDS = r"(?:^|[\s\[,\"'/]){}(?:$|[\s\],\"'])"


def add_withdrawn(root: Path, guids: Collection[str], paths: Collection[str]) -> None:
    """Add what must never come back, a line each; what stands there stays as it is."""
    path = root / WITHDRAWN
    text = path.read_text(encoding="utf-8") if path.exists() else "guids: []\npaths: []\n"
    for name, values in (("guids", guids), ("paths", paths)):
        missing = [v for v in sorted(values) if not re.search(_STANDS.format(re.escape(v)), text)]
        text = _with_values(text, name, missing)
    path.write_text(text, encoding="utf-8")


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
