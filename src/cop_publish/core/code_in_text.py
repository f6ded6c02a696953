"""Which lines of a Markdown text are code, and which parts of a line, as far as that shows at a glance.

Used only where signs that cannot be a mark anyway may stand as they are in code; a wrong answer either way
lets no mark pass.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FENCE = re.compile(r"(?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*(`{3,}|~{3,})(.*)")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)\s*\S")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)((?:[^\n]|\n(?![ \t>]*\n))+?)(?<!`)\1(?!`)")  # within one paragraph


def code_lines(lines: Sequence[str]) -> Iterator[bool]:
    """Give for each line whether it is inside a fence of code, or indented as code is."""
    fence, was_blank_or_code = "", True
    for line in lines:
        found = _FENCE.match(line)
        if fence:
            is_closed = found is not None and found[1].startswith(fence) and not found[2].strip()
            fence = "" if is_closed else fence
            yield not is_closed
            was_blank_or_code = is_closed
        elif found is not None and "`" not in found[2]:
            fence = found[1]
            yield False
        else:
            is_indented = was_blank_or_code and _INDENTED.match(line) is not None
            yield is_indented
            was_blank_or_code = is_indented or not line.strip()


def code_spans(text: str) -> list[tuple[int, int]]:
    """Give where code between back-ticks stands, without the ticks."""
    return [found.span(2) for found in _SPAN.finditer(text)] if "`" in text else []
