"""Take out of a text what its item writes with a mark's own signs and means as text.

Only the very signs that the item wrote, each beside a word that it stands beside there; a sign that is all of
a text there may stand anywhere.  Whatever reads as a
mark's word behind them is left for the tripwires, whoever agreed to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.core.agreed_signs import REACH, sign_at
from cop_publish.core.folding import fold
from cop_publish.core.keywords import is_near_keyword
from cop_publish.gate.tripwires import is_keyword

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.agreed_signs import AgreedSign

_SIGNS = re.compile(r":::+|@\{")
_PERSON = re.compile(r"\s*p\s*[-_]", re.IGNORECASE)
_FIRST_WORDS = 4  # `::: strictly confidential` was meant as a mark
_ENDS_A_BLOCK = re.compile(r"[^\S\n]*en?d\b", re.IGNORECASE)


def without_agreed(text: str, signs: Iterable[AgreedSign]) -> str:
    """The loosened text with blanks for signs that stand where the item has them, as long as it was."""
    known = tuple(signs)
    if not known:
        return text
    return _SIGNS.sub(lambda found: " " * len(found[0]) if _is_agreed(text, found, known) else found[0], text)


def _is_agreed(text: str, found: re.Match[str], known: Iterable[AgreedSign]) -> bool:
    here = sign_at(text, found.start(), found.end())
    if _PERSON.match(text, found.end()) or _reads_as_a_mark(text, found.end(), here.behind):
        return False
    return any(sign.stands(here) for sign in known)


def _reads_as_a_mark(text: str, end: int, behind: str) -> bool:
    words = [behind, *fold(text[end : end + REACH]).decode().split()[:_FIRST_WORDS]]
    is_near = is_near_keyword(text[end : end + REACH].lower(), 0) or any(map(is_keyword, words))
    return is_near or _ENDS_A_BLOCK.match(text, end) is not None
