"""Whether words begin with a mark's keyword, or with something too like one."""

from __future__ import annotations

import re
from collections import Counter

from cop_publish.core.lookalikes import slips

KEYWORDS = ("confidential", "networkonly")
NEAR_SLIPS = 2  # one more where brackets are left over

_LETTERS = {word: Counter(word).items() for word in KEYWORDS}
_CLOSED = re.compile(r"\](?![^\W_])")
_REACH = 18  # characters after an opener in which a damaged keyword must start and end


def is_near_keyword(seen: str, at: int, most: int = NEAR_SLIPS) -> bool:
    """Whether the words from `at` on begin with a mark's keyword, or with what is too like one."""
    after = after_opener(seen, at)
    likely = [keyword for keyword in KEYWORDS if _has_letters(after, keyword, most)]
    if not likely:
        return False
    letters = "".join(filter(str.isalnum, _CLOSED.split(after)[0]))
    return any(_starts_near(letters, keyword, most) for keyword in likely)


def after_opener(seen: str, at: int) -> str:
    """What stands close behind an opener that ends at `at`."""
    return seen[at : at + 2 * _REACH].lstrip(" \n[>\\")[:_REACH]


def _starts_near(letters: str, keyword: str, most: int) -> bool:
    lengths = range(len(keyword) - most, len(keyword) + most + 1)
    return any(slips(letters[:length], keyword) <= most for length in lengths)


def _has_letters(letters: str, keyword: str, most: int) -> bool:
    """Rule out cheaply: a slip spoils one letter at most, all others of the keyword must be there."""
    missing = 0
    for letter, times in _LETTERS[keyword]:
        there = letters.count(letter)
        if there < times:
            missing += times - there
            if missing > most:
                return False
    return True
