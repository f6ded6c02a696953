"""Take passages out of a paragraph and mend what is left: no doubled space, no space before a full stop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cop_publish.core.passages import Cut

_BLANKS = " \t\u00a0"
_ENDS = "\r\n"
_CLOSERS = ".,;:!?)]}’”»…"
_STOPS = ".,;:!?"
_COMMAS = ",;:"
_OPENERS = "([{‘“«"
_LINE_START = re.compile(r"(?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*")

Kept = list[tuple[str, int]]  # characters that stay, each with its place in the raw text


def without(raw: str, cuts: Sequence[Cut]) -> Kept:
    """What stays of a paragraph; a line that held nothing else goes with its passage."""
    kept: Kept = []
    at = 0
    for cut in cuts:
        kept += zip(raw[at : cut.start], range(at, cut.start), strict=True)
        kept += [(character, cut.start) for character in cut.say]
        at = cut.end
        if cut.passage and not cut.say:
            at = _mend(kept, raw, at)
    kept += zip(raw[at:], range(at, len(raw)), strict=True)
    return kept


def _mend(kept: Kept, raw: str, at: int) -> int:
    """Drop the spaces that parted the passage from its neighbours; give where in `raw` to go on."""
    line = _last_line(kept)
    is_first = _LINE_START.fullmatch(line) is not None
    after = at
    while after < len(raw) and raw[after] in _BLANKS:
        after += 1
    if after == len(raw) or raw[after] in _ENDS:
        if is_first:
            del kept[len(kept) - len(line) :]
            return _past_line_end(raw, after)
        _drop_blanks(kept)
        return after
    if is_first or kept[-1][0] in _OPENERS:
        return after
    if after > at or raw[after] in _CLOSERS:
        _drop_blanks(kept)
    if raw[at] in _STOPS and kept[-1][0] in _COMMAS:
        kept.pop()
    return at


def _last_line(kept: Kept) -> str:
    start = len(kept)
    while start and kept[start - 1][0] not in _ENDS:
        start -= 1
    return "".join(character for character, _ in kept[start:])


def _drop_blanks(kept: Kept) -> None:
    while kept and kept[-1][0] in _BLANKS:
        kept.pop()


def _past_line_end(raw: str, at: int) -> int:
    if raw.startswith("\r\n", at):
        return at + 2
    return min(at + 1, len(raw))
