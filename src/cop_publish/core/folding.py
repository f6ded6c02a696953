"""One spelling for what looks or reads the same: facts of Unicode TR36, TR39 and NFKD in two steps.

``loosen`` keeps case and punctuation and takes away disguise (zero-width characters, accents,
fullwidth forms, lookalike letters).  ``fold`` then leaves lower-case words with single spaces.
Both work a character at a time, so that `gate/mask.py` can map a folded span back.  The gate folds what it
reads with this, and the ledger what was marked: else one would not know the other's words.
"""

# ruff: noqa: RUF001 - characters that are easily taken for others are what this file is about

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Letters that read as the first of their group: Cyrillic, Greek, Armenian, small capitals (a subset of
# TR39's confusables).  A name that is truly in another script folds alike on both sides.
_LOOKALIKES = {
    lookalike: group[0]
    for group in (
        *("BВΒ", "EΕ", "HНΗ", "MΜ", "NΝ", "SՏ", "YΥ", "ZΖ"),  # whose small letters look like none, or another
        *("aаαɑᴀ", "bʙ", "cсϲᴄ", "dԁᴅ", "eеᴇ", "gɡցɢ", "hһհʜ"),
        *("iіιıɩɪ", "jјϳᴊ", "kкκᴋ", "lӏʟ", "mмᴍ", "nոηɴ", "oоοօᴏ", "pрρքᴘ", "qԛ", "rгʀ", "sѕ", "tтτᴛ"),
        *("uսυᴜ", "vνᴠ", "wԝωᴡ", "xхχ", "yуγʏ", "zᴢ"),
    )
    for lookalike in group[1:]
}
# A name that is truly in another script reads alike in capitals and in small letters.
_LOOKALIKES = {letter.swapcase(): plain.swapcase() for letter, plain in _LOOKALIKES.items()} | _LOOKALIKES
_SPELT_OUT = {"ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae"}
_SPELT_OUT |= {"Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ħ": "h", "ŧ": "t"}
_SPELT_OUT |= {"Ħ": "H", "Ŧ": "T", "Ŋ": "N", "Ƒ": "F"}
_SPELT_OUT |= {"ƒ": "f", "ŋ": "n", "ɓ": "b", "ɗ": "d", "ƙ": "k", "Ɓ": "B", "Ɗ": "D", "Ƙ": "K"}
_APOSTROPHES = "’‘ʼʹʻ′‛´＇ʾʿ"
_DROPPED = {"Mn", "Me", "Cf"}  # accents; joiners, soft hyphens, bidi controls, tag characters
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"  # letters by category, blank to the eye

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


class _Table(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = plain = _loosened(chr(code))
        return plain


_TABLE = _Table()
_LOWER = bytes(
    byte if byte >= 0x80 or chr(byte) == "'" or chr(byte).isalnum() else 0x20  # noqa: PLR2004 - end of ASCII
    for byte in range(256)
).lower()


@dataclass(frozen=True, slots=True)
class Reading:
    """A text without disguise, and its folded words."""

    loose: str
    folded: bytes  # UTF-8
    words: Sequence[bytes] = field(default=(), repr=False, compare=False)  # of `folded`, which read() knows


def read(text: str) -> Reading:
    """A text as the search wants it."""
    loose = loosen(text)
    words = _words(loose)
    return Reading(loose, b" ".join(words), words)


def loosen(text: str) -> str:
    """The text without disguise, case and punctuation kept; plain ASCII is returned as it is."""
    if text.isascii():
        return text
    for character, plain in _EVERYDAY.items():
        text = text.replace(character, plain)
    try:
        return text.encode("ascii", _LOOSENED).decode("ascii")
    except _OtherScript:
        return _NOT_ASCII.sub(lambda run: run[0].translate(_TABLE), text)


def fold(loose: str) -> bytes:
    """Lower-case words with single spaces: ``b"jane smith s map"`` of a loosened ``Jane-SMITH's map``."""
    return b" ".join(_words(loose))


def folded(text: str) -> bytes:
    """Both steps at once."""
    return fold(loosen(text))


def _words(loose: str) -> list[bytes]:
    words = loose.encode("utf-8", "replace").translate(_LOWER)
    if b"'" in words:
        words = words.replace(b"'s", b" s").replace(b"'", b"")
    return words.split()


def squash(words: bytes) -> bytes:
    """Folded words with nothing between them."""
    return words.replace(b" ", b"")


def _loosened(character: str) -> str:
    if character in _APOSTROPHES:
        return "'"
    if character in _FILLERS:
        return ""
    if character in _LOOKALIKES:  # before NFKD, which makes another letter of the lunate sigma
        return _LOOKALIKES[character]
    return "".join(_plain(part) for part in unicodedata.normalize("NFKD", character))


def _plain(part: str) -> str:
    category = unicodedata.category(part)
    if category in _DROPPED:
        return ""
    if part in _SPELT_OUT or part in _LOOKALIKES:
        return _SPELT_OUT.get(part) or _LOOKALIKES[part]
    if part.isascii() or category[0] in "LN":
        return part if part.isascii() else part.casefold()
    return "-" if category == "Pd" else " "


# What most pages have; a replacement is faster yet than a call for each.
_EVERYDAY = {character: _TABLE[ord(character)] for character in "’“”–"}


class _OtherScript(Exception):
    """What stands there has no ASCII reading."""


def _replace(error: UnicodeError) -> tuple[str, int]:
    """What the codec calls where ASCII ends: it looks for such places ten times faster than a pattern."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = error.object[error.start : error.end].translate(_TABLE)
    if not plain.isascii():
        raise _OtherScript
    return plain, error.end


_LOOSENED = "cop-publish-loosened"
codecs.register_error(_LOOSENED, _replace)
