"""A text as lines that know where they stand and how they look."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core.code_in_text import code_lines
from cop_publish.core.escapes import masked, signs_in, signs_in_code
from cop_publish.core.lookalikes import fold
from cop_publish.core.problems import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cop_publish.core.escapes import Sign
    from cop_publish.core.model import Text

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: as written with its ending, as it looks without, and where its first character stands."""

    raw: str
    seen: str  # folded, and without the signs that are meant as text
    where: Place  # column 0: not known
    signs: tuple[Sign, ...] = ()  # those
    is_code: bool = False

    @property
    def masked(self) -> str:
        """The line as written, its signs that are meant as text blanked."""
        return masked(self.raw, self.signs)

    def place(self, offset: int) -> Place:
        """Where the character at `offset` of this line stands."""
        column = self.where.column and self.where.column + offset
        return Place(self.where.path, self.where.line, column)


def split_lines(text: str) -> list[str]:
    """Split at CRLF, LF and CR, as Markdown, YAML and WebVTT do; endings stay on."""
    return _LINE.findall(text)


def lines_of(text: Text) -> tuple[Line, ...]:
    """Cut a text into lines.

    A text of several lines starts where a line starts; of a single one the column may be unknown.
    """
    raw = split_lines(text.raw)
    first_column = text.where.column or (1 if len(raw) > 1 else 0)
    places = (text.where.down(n, 1 if n else first_column) for n in range(len(raw)))
    return tuple(map(_line, raw, code_lines(raw), places))


def _line(raw: str, is_code: bool, where: Place) -> Line:  # noqa: FBT001 - one of three columns
    bare = raw.rstrip("\r\n")
    signs = signs_in_code(bare) if is_code else signs_in(bare)
    return Line(raw, fold(masked(bare, signs)), where, signs, is_code)


def place_in(lines: Sequence[Line], offset: int) -> Place:
    """Where the character at `offset` of the joined raw lines stands."""
    for line in lines:
        if offset < len(line.raw):
            return line.place(offset)
        offset -= len(line.raw)
    return lines[-1].place(len(lines[-1].raw.rstrip("\r\n")))
