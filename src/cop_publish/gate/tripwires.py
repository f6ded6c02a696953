"""Words that must never be public, whoever's they are (facts 4.2, T5): left-over marks, markings."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from cop_publish.gate.forms import Form, Guarded

if TYPE_CHECKING:
    from cop_publish.gate.view import View

KEYWORDS = ("confidential", "network-only")
NEAR_EDITS = 2  # as the parser of marks: what is this near to a keyword is a damaged one

_FENCE_KEYWORD = re.compile(r":{2,}\s*(?:confid|network[\s_-]?only)", re.IGNORECASE)
_FENCE = re.compile(rf":{{3}}|{_FENCE_KEYWORD.pattern}", re.IGNORECASE)
_BRACKETS = re.compile(r"\[\[\s*([a-zA-Z][a-zA-Z-]{3,15})")
_SAY = re.compile(r"\|\s*say\s*\|", re.IGNORECASE)
_PERSON_REFERENCE = re.compile(r"@\{\s*p-", re.IGNORECASE)

# By rule: the folded words, and how they must be written to be meant (empty: in any way).
_MARKINGS = {
    "OFFICIAL-SENSITIVE": r"OFFICIAL[\W_]{1,3}SENSITIVE|Official[-:_]\s?Sensitive|official-sensitive",
    "TOP SECRET": r"TOP[\s_-]SECRET",
    "UK SECRET": r"UK[\s_-]SECRET",
    "UK EYES ONLY": r"UK[\s_-]EYES[\s_-]ONLY",
    "LIMDIS": r"LIMDIS",
    "off the record": "",
    "not for publication": "",
    "not for onward circulation": "",
}


def phrases() -> list[Form]:
    """Protective markings and their like as forms for the search."""
    return [
        Form(f"the words “{words}”", _words(words), Guarded.MARKING, confirm=confirm)
        for words, confirm in _MARKINGS.items()
    ]


def _fence(text: str, view: View) -> bool:
    """``:::`` in prose; in code only with a keyword, as style sheets have colons of their own."""
    pattern = _FENCE_KEYWORD if view.code else _FENCE
    return "::" in text and pattern.search(text) is not None


def _inline_mark(text: str, view: View) -> bool:
    """``[[`` and a keyword or nearly one: an author may have escaped a bare ``[[``, and scripts have it."""
    edits = 0 if view.code else NEAR_EDITS
    return "[[" in text and any(_is_keyword(found[1], edits) for found in _BRACKETS.finditer(text))


def _say(text: str, _view: View) -> bool:
    """The middle of ``[[confidential: x |say| y]]``."""
    return "|" in text and _SAY.search(text) is not None


def _reference(text: str, view: View) -> bool:
    """``@{`` that no agreed wording has taken the place of."""
    return "@{" in text and (not view.code or _PERSON_REFERENCE.search(text) is not None)


Tripwire = Callable[[str, "View"], bool]
TRIPWIRES: dict[str, Tripwire] = {
    "a left-over ::: mark": _fence,
    "a left-over [[ mark": _inline_mark,
    "a left-over |say|": _say,
    "a left-over @{ reference": _reference,
}


def _is_keyword(word: str, edits: int) -> bool:
    return any(_distance(word.lower()[: len(keyword) + edits], keyword) <= edits for keyword in KEYWORDS)


def _distance(a: str, b: str) -> int:
    """Levenshtein's: how many letters must be changed, added or taken away."""
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (letter != other))
    return row[-1]


def _words(phrase: str) -> bytes:
    return re.sub(r"\W+", " ", phrase).lower().encode()
