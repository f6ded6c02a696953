"""Read a JSON object (RFC 8259) of which one list is long, so that each piece of it keeps its place.

Python's own parser does the work; what it lets through and nobody can mean is refused: NaN, and a key that
stands twice.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import NoReturn

_SPACE = re.compile(r"[ \t\n\r]*")
_BROKEN = ("this is not JSON from here on", "Save it again with the tool that made it.")


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry of the list, ``text[start:end]``."""

    value: object
    start: int
    end: int


@dataclass(slots=True)
class Pieces:
    """The object: the entries of its list, and every other value."""

    listed: list[Piece] | None = None  # None: there is no such list
    others: dict[str, object] = field(default_factory=dict)


class NotJson(Exception):
    """The text cannot be read; `at` counts characters from its start."""

    def __init__(self, at: int, what: str, fix: str) -> None:
        super().__init__(what)
        self.at, self.what, self.fix = at, what, fix


def read_pieces(text: str, key: str) -> Pieces:
    """Read an object; the list under `key` comes in pieces.  Raises NotJson."""
    cursor = _Cursor(text)
    pieces = Pieces()
    cursor.take("{")
    while not cursor.takes("}"):
        if pieces.others or pieces.listed is not None:
            cursor.take(",")
        start = cursor.at
        name = cursor.value()
        if not isinstance(name, str):
            raise NotJson(start, *_BROKEN)
        if name in pieces.others or (name == key and pieces.listed is not None):
            raise NotJson(start, *_TWICE)
        cursor.take(":")
        if name == key and cursor.takes("["):
            pieces.listed = _entries(cursor)
        else:
            pieces.others[name] = cursor.value()
    if cursor.at != len(text):
        raise NotJson(cursor.at, *_BROKEN)
    return pieces


def _entries(cursor: _Cursor) -> list[Piece]:
    entries: list[Piece] = []
    while not cursor.takes("]"):
        if entries:
            cursor.take(",")
        start = cursor.at
        value = cursor.value()
        entries.append(Piece(value, start, cursor.ended))
    return entries


@dataclass(slots=True)
class _Cursor:
    """A place in the text, always at something that is not a space."""

    text: str
    at: int = 0
    ended: int = 0  # where the last value ended, before the spaces

    def __post_init__(self) -> None:
        self._go(0)

    def _go(self, at: int) -> None:
        found = _SPACE.match(self.text, at)
        self.at = found.end() if found else at

    def takes(self, sign: str) -> bool:
        """Whether the sign stands here; goes on behind it."""
        if not self.text.startswith(sign, self.at):
            return False
        self._go(self.at + 1)
        return True

    def take(self, sign: str) -> None:
        if not self.takes(sign):
            raise NotJson(self.at, *_BROKEN)

    def value(self) -> object:
        """The value that begins here."""
        try:
            value, self.ended = _DECODER.raw_decode(self.text, self.at)
        except json.JSONDecodeError as error:
            raise NotJson(error.pos, *_BROKEN) from None
        except _RefusedError as refused:
            raise NotJson(self.at, *refused.args) from None
        except RecursionError:
            raise NotJson(self.at, "this is nested too deeply", _BROKEN[1]) from None
        self._go(self.ended)
        return value


class _RefusedError(Exception):
    """What Python's parser lets through; its arguments say what it is and how to mend it."""


_TWICE = ("a key stands twice in one object, and only one of its values would count", "Keep one of the two.")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        raise _RefusedError(*_TWICE)
    return whole


def _constant(_name: str) -> NoReturn:
    what = "this holds NaN or Infinity, which is no number"
    raise _RefusedError(what, "Write the number that is meant.")


_DECODER = json.JSONDecoder(
    # As floats, for Python refuses to make an integer of more than 4300 digits.
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_int=float,
)
