r"""A backslash makes text of what looks like a mark: ``\:::``, ``\[[``, ``\]]``, ``\@{``.

It is read on the raw text, like the marks, so that it holds in prose, code, titles and cues alike, and goes
before Markdown sees the text.  ``\[[`` and ``\]]`` are read with the brackets (`passages.py`), ``\@{`` with
the references (`wording.py`), ``\{{`` and ``\{%`` with Jekyll's Liquid (`liquid.py`).

An escape never turns a mark off: before what reads as a mark's word it is a problem (`fences.py`).  In code
some signs cannot be a mark at all and stand as they are: ``pkg:::name``, ``::before {``, ``::1``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core.code_in_text import code_spans
from cop_publish.core.keywords import is_near_keyword
from cop_publish.core.lookalikes import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Sign:
    """A mark's signs that are meant as text: ``raw[start:end]`` of a line, its backslash included."""

    start: int
    end: int
    escaped: bool  # by a backslash, which goes

    @property
    def first(self) -> int:
        """Where the sign itself begins."""
        return self.start + self.escaped


_CONTAINER = r"(?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*"
_ESCAPED = re.compile(r"\\:{3,}")
_ESCAPED_START = re.compile(rf"({_CONTAINER}\\*)(\\::)(?!:)")
_ESCAPED_CONFLICT = re.compile(r"\\(?:<{7}|>{7}|\|{7})(?=\s|$)")
# What needs no backslash.  An address of IPv6 anywhere; of C++, CSS, Rust and Haskell what is plainly theirs.
_ADDRESS = re.compile(rf"({_CONTAINER})(::)(?=\d|[0-9a-f]{{1,4}}:\d)[\d:.a-f]+")
_CODE_START = re.compile(
    rf"({_CONTAINER})(::)(?:(?=[A-Za-z_][\w-]*(?:::|\()|[\w-]+[^:]*(?:[{{(;=]|,\s*$))|(?=\s.*(?:->|=>)))"
)
_GLUED = re.compile(r"(?<=\w):::(?=[^\s:])")
_BRACES = re.compile(r"\\(?=\{\{|\{%|\{t:)")
_END = re.compile(r"[^\w:]*en?d\b")
_NOTHING = "¤"  # a sign that is neither a letter nor part of any mark


def signs_in(line: str) -> tuple[Sign, ...]:
    """Find the signs of a line that are meant as text."""
    if not _may_hold(line):
        return ()
    found = [*_written(line), *_plain(line, code_spans(line))]
    return _in_order(found)


def signs_in_code(line: str) -> tuple[Sign, ...]:
    """Find them in a line of code."""
    if not _may_hold(line):
        return ()
    found = [*_written(line), *_plain(line, [(0, len(line))])]
    if started := _CODE_START.match(line):
        found += _unlike_a_mark(line, started.start(2), started.end(2))
    return _in_order(found)


def masked(line: str, signs: Iterable[Sign]) -> str:
    """Give the line, as long as it is, with the signs as something that is no mark and hides none."""
    for sign in signs:
        line = line[: sign.start] + _NOTHING * (sign.end - sign.start) + line[sign.end :]
    return line


def seen(line: str) -> str:
    """Give one line as it looks to a reader of marks."""
    return fold(masked(line, signs_in(line)))


def unescaped(line: str) -> str:
    """Take the backslashes from the signs of a few words that stand in a line."""
    for sign in reversed(signs_in(line)):
        line = line[: sign.start] + line[sign.first :]
    return line


def signs_as_text(line: str) -> str:
    r"""Take the backslashes from ``\{{``, ``\{%`` and ``\{t:`` where nothing else reads these signs."""
    return _BRACES.sub("", line)


def _may_hold(line: str) -> bool:
    return "::" in line or "\\" in line


def _written(line: str) -> Iterator[Sign]:
    """What has a backslash before it, the last one of several."""
    for found in _ESCAPED.finditer(line):
        yield Sign(found.start(), found.end(), escaped=True)
    if started := _ESCAPED_START.match(line):
        yield Sign(*started.span(2), escaped=True)
    if conflict := _ESCAPED_CONFLICT.match(line):
        yield Sign(conflict.start(), conflict.end(), escaped=True)


def _plain(line: str, code: Iterable[tuple[int, int]]) -> Iterator[Sign]:
    """What no mark can be: its signs are glued to what is no mark's word."""
    address = _ADDRESS.match(line)
    if address and not _is_of_a_mark(line, address.end()):
        yield from _unlike_a_mark(line, address.start(2), address.end(2))
    for start, end in code:
        for found in _GLUED.finditer(line, start, end):
            yield from _unlike_a_mark(line, found.start(), found.end())


def _unlike_a_mark(line: str, start: int, end: int) -> Iterator[Sign]:
    if not _is_of_a_mark(line, end):
        yield Sign(start, end, escaped=False)


def _is_of_a_mark(line: str, at: int) -> bool:
    after = fold(line[at:])
    return is_near_keyword(after, 0, _DISTANT) or _END.match(after) is not None


_DISTANT = 4  # slips: whoever writes no backslash must be further from a keyword than a typist goes wrong


def _in_order(signs: Iterable[Sign]) -> tuple[Sign, ...]:
    return tuple(sorted(signs, key=lambda sign: sign.start))
