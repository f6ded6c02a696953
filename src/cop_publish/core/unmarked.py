"""Know quickly that a text holds no mark: most hold none, and to read them line by line takes long.

`is_unmarked` says yes only where `fences.py` and `passages.py` would find neither a mark nor anything like
one; in doubt it says no, and they decide.  tests/unit/test_unmarked.py compares the two.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.core.fences import LONGEST_FENCE, is_near_word, looks_like_fence
from cop_publish.core.keywords import is_near_keyword
from cop_publish.core.lookalikes import skim
from cop_publish.core.passages import TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9 ,'/_&!?-]*|"
)  # a title, a topic, a slug: one line, and no mark's signs
# Every fence, merge conflict and passage has one of these, but for those that `is_unmarked` knows by square
# brackets, short lines and keywords.
_SUSPICIOUS = re.compile(r"::|;;|\{\{|\(\(|<<|>>|\|\||\\|\|\s*say")
_BRACKETS = re.compile(r"\[[^\[\]\n]*\]")
_CONTAINERS = " >-*+=0123456789.)"  # what quotes, lists and dashed lines begin with, or more

_LINE_ENDS = " -=+"  # may follow a damaged fence, however many


def is_unmarked(raw: str) -> bool:
    """Whether marks would leave a text exactly as it is, with nothing to report."""
    if _WORDS.fullmatch(raw):
        return True
    seen = skim(raw)
    if "\r" in raw or _SUSPICIOUS.search(seen):
        return False
    pairs = list(_BRACKETS.finditer(seen))
    if not len(pairs) == seen.count("[") == seen.count("]"):
        return False
    if any(is_near_keyword(seen, pair.start() + 1) for pair in pairs):
        return False
    if any(is_near_keyword(seen, tag.end()) for tag in TAGS.finditer(seen)):
        return False
    return not any(looks_like_fence(line) or is_near_word(line.strip()) for line in _short_lines(seen))


def _short_lines(seen: str) -> Iterator[str]:
    """Lines that could be a damaged fence: few characters in whatever lists and quotes they stand."""
    for line in seen.split("\n"):
        content = line.lstrip(_CONTAINERS)
        # A digit that is left belongs to another script, and could number a list as well.
        if content and (len(content) <= LONGEST_FENCE or content[0].isdigit() or content[-1] in _LINE_ENDS):
            yield line
