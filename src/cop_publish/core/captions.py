"""What stays beside a picture that was left out, and looks like its caption: it may tell who was in it.

A caption that is a paragraph of its own is prose like any other, and nobody takes prose out unread.  So each
line that may be one is named to whoever publishes, who reads it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_EMPHASIS = re.compile(r"(\*{1,3}|_{1,3})(?![\s*_]).*\S\1", re.DOTALL)
_HTML = re.compile(r"<(?:figcaption|small|em|i)\b", re.IGNORECASE)
_OPENING = re.compile(
    r"[*_]*(?:photo(?:graph)?|picture|pictured|image|caption|above|below|left|right|from left)\b"
    r"[^.]{0,60}?[:,(]",
    re.IGNORECASE,
)
_KRAMDOWN = re.compile(r"\{:[^{}\n]*caption", re.IGNORECASE)


def captions_beside(before: Sequence[str], after: Sequence[str]) -> Iterator[int]:
    """Give the indices of lines that may be captions; `after` is `before` without the pictures."""
    touched = [number for number, (was, now) in enumerate(zip(before, after, strict=True)) if was != now]
    ends = [number for number, following in pairwise([*touched, -1]) if following != number + 1]
    for number in ends:
        yield from _stuck(number, after)
        first = next((n for n in range(number + 1, len(after)) if after[n].strip()), None)
        if first is not None and first > number + 1 and _is_caption(_paragraph(first, after)):
            yield first


_QUOTED = " \t>"  # the sign of a quotation says nothing


def _stuck(number: int, after: Sequence[str]) -> Iterator[int]:
    """The rest of the picture's own line, and the line directly under it: one paragraph with it."""
    if after[number].strip(_QUOTED):
        yield number
    if number + 1 < len(after) and after[number + 1].strip(_QUOTED):
        yield number + 1


def _paragraph(first: int, lines: Sequence[str]) -> str:
    last = next((n for n in range(first, len(lines)) if not lines[n].strip()), len(lines))
    return "\n".join(lines[first:last]).strip()


def _is_caption(words: str) -> bool:
    return bool(
        _EMPHASIS.fullmatch(words) or _HTML.match(words) or _OPENING.match(words) or _KRAMDOWN.search(words)
    )
