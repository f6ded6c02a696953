"""What is wrong with the input, where, and how to mend it.

Parsers return ``(value | None, problems)`` and never stop at the first fault, so that a producer
sees everything there is to mend at once.  A problem's words never quote free text from a draft:
they show keys, person IDs, numbers and closed vocabularies only (invariant 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Matter(IntEnum):
    """What kind of thing is wrong, and so whose move is next."""

    LOOK = 11  # a producer, who looks or listens, and decides
    CONTENT = 20  # whoever wrote the file
    CONSENT = 40  # whoever has not said yes
    SOUND = 50  # whoever made the recording


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in a workspace file; ``path`` is relative to the workspace, lines and columns count from 1."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.path, *(str(n) for n in (self.line, self.column) if n)])

    def down(self, lines: int, column: int = 0) -> Place:
        """The place ``lines`` further down the same file."""
        return Place(self.path, self.line + lines, column)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault, printed as ``episode.md:7: chapters[2] starts after the end. Move it or delete it.``."""

    where: Place
    what: str
    fix: str
    matter: Matter = Matter.CONTENT

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.fix}"


Problems = tuple[Problem, ...]
