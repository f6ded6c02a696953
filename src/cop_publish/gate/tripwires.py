"""Words that must never be public, whoever's they are (facts 4.2, T5): left-over marks, markings."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from cop_publish.gate.forms import Form, Guarded
from cop_publish.gate.roles import is_role_address

if TYPE_CHECKING:
    from cop_publish.gate.view import View

KEYWORDS = ("confidential", "network-only")
NEAR_EDITS = 2  # as the parser of marks: what is this near to a keyword is a damaged one

# Two colons between words are of a programming language: `Level::Confidential`.
_FENCE_KEYWORD = re.compile(r"(?::::|::\s|(?<![^\W_])::)\s*(?:confid|network[\s_-]?only)", re.IGNORECASE)
_FENCE = re.compile(rf":{{3}}|{_FENCE_KEYWORD.pattern}", re.IGNORECASE)
_BRACKETS = re.compile(r"\[\[\s*([a-zA-Z][a-zA-Z-]{3,15})")
_SAY = re.compile(r"\|\s*say\s*\|", re.IGNORECASE)
_PERSON_REFERENCE = re.compile(r"@\{\s*p-", re.IGNORECASE)
_ANY_REFERENCE = re.compile(r"@\{")
_MAIL_HEAD = re.compile(
    r"-{3,} ?(?:Original|Forwarded) [Mm]essage ?-{3,}"
    r"|^(?:From|Sent|To|Cc|Bcc|Date|Subject):[ \t]\S.*\r?\n\s*(?:From|Sent|To|Cc|Bcc|Date|Subject):[ \t]\S",
    re.MULTILINE,
)
_GOVERNMENT = re.compile(r"(?i:[\w.+'-]+@(?:[\w-]+\.)*gov\.uk)(?![\w-])")
# Each begins with a sign of its own, for which the text is searched fast; what stands before is seen then.
_NUMBER = r"(?:7\d{3}|20|1\d{2,3}|2[3-9])\)?[ .-]?\d{3,4}[ .-]?\d{3,4}(?![\w/=-]|\.\d)"
_TELEPHONE = re.compile(rf"0(?<![\w./=+-]0){_NUMBER}")
_FROM_ABROAD = re.compile(rf"\+44(?<![\w./=+-].44)[ .-]?(?:\(0\)[ .-]?)?{_NUMBER}")
# One of them is in each; tried where a colon is, which is found fast.
_HEAD = re.compile(r":(?:(?<=From:)|(?<=Sent:)|(?<=To:)|(?<=Cc:)|(?<=cc:)|(?<=Date:)|(?<=Subject:))[ \t]")

# By rule: the folded words, and how they must be written to be meant (empty: in any way).
MARKINGS = {
    "OFFICIAL-SENSITIVE": r"OFFICIAL[\W_]{1,3}SENSITIVE|Official[-:_]\s?Sensitive|official-sensitive",
    "TOP SECRET": r"TOP[\s_-]SECRET",
    "UK SECRET": r"UK[\s_-]SECRET",
    "UK EYES ONLY": r"UK[\s_-]EYES[\s_-]ONLY",
    "LIMDIS": r"LIMDIS",
    "off the record": "",
    "not for publication": "",
    "not for onward circulation": "",
    "not for attribution": "",
    "in strict confidence": "",
}


def phrases() -> list[Form]:
    """Protective markings and their like as forms for the search."""
    return [
        Form(f"the words “{words}”", _words(words), Guarded.MARKING, confirm=confirm)
        for words, confirm in MARKINGS.items()
    ]


Span = tuple[int, int]


def _fence(text: str, view: View) -> Span | None:
    """``:::`` in prose; in code only with a keyword, as style sheets have colons of their own."""
    return _span(_FENCE_KEYWORD if view.code else _FENCE, text) if "::" in text else None


def _inline_mark(text: str, view: View) -> Span | None:
    """``[[`` and a keyword or nearly one: an author may have escaped a bare ``[[``, and scripts have it."""
    edits = 0 if view.code else NEAR_EDITS
    marks = _BRACKETS.finditer(text) if _holds("[[", text) else ()
    return next((found.span() for found in marks if _is_keyword(found[1], edits)), None)


def _say(text: str, _view: View) -> Span | None:
    """The middle of ``[[confidential: x |say| y]]``."""
    return _span(_SAY, text) if "|" in text else None


def _reference(text: str, view: View) -> Span | None:
    """``@{`` that no agreed wording has taken the place of."""
    return _span(_PERSON_REFERENCE if view.code else _ANY_REFERENCE, text) if _holds("@{", text) else None


def _mail_header(text: str, view: View) -> Span | None:
    """A forwarded message: two lines or more of an e-mail's head, or what a mail program puts above it."""
    if view.code or not (_HEAD.search(text) or ("---" in text and "essage" in text)):
        return None
    return _span(_MAIL_HEAD, text)


def _government_address(text: str, view: View) -> Span | None:
    """Somebody's address at a department; an office's may stand, and the show's own was taken out before."""
    if view.code or "@" not in text or not ("gov.uk" in text or "GOV.UK" in text):
        return None
    addresses = (found for found in _GOVERNMENT.finditer(text) if not is_role_address(found[0]))
    return next((found.span() for found in addresses), None)


def _telephone(text: str, view: View) -> Span | None:
    """A British number as people write it; those of organisations (03, 08) may stand."""
    if view.code:
        return None
    found = (_span(_FROM_ABROAD, text) if "+44" in text else None, _span(_TELEPHONE, text))
    return min((span for span in found if span), default=None)


def _holds(signs: str, text: str) -> bool:
    """Whether two signs stand there: prose has not even the second, which is looked for much faster."""
    return signs[1] in text and signs in text


def _span(pattern: re.Pattern[str], text: str) -> Span | None:
    found = pattern.search(text)
    return found.span() if found else None


Tripwire = Callable[[str, "View"], "Span | None"]
TRIPWIRES: dict[str, Tripwire] = {
    "a left-over ::: mark": _fence,
    "a left-over [[ mark": _inline_mark,
    "a left-over |say|": _say,
    "a left-over @{ reference": _reference,
    "the head of an e-mail": _mail_header,
    "an address at a government department": _government_address,
    "a telephone number": _telephone,
}


def is_keyword(word: str) -> bool:
    """Whether a word is a mark's keyword, or nearly one."""
    return _is_keyword(word, NEAR_EDITS)


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
