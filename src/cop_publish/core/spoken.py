"""What a reader of transcripts finds, whatever the format: before anyone is looked up or anything is sorted.

Nothing is dropped that could hold a mark: `refuse_mark` looks at every line that no cue and no chapter keeps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from cop_publish.core.fences import looks_like_fence
from cop_publish.core.lookalikes import fold
from cop_publish.core.problems import Place, Problem

if TYPE_CHECKING:
    from cop_publish.core.model import Text


class Manner(Enum):
    """Who made a file: an overlap is a slip of someone's hand, and no news from a machine."""

    BY_HAND = auto()
    BY_MACHINE = auto()


@dataclass(frozen=True, slots=True)
class Spoken:
    """One voice's words in a cue; `voice` is as written, an ID or a name, and None where none is given."""

    start_seconds: float
    end_seconds: float
    voice: str | None
    lines: tuple[str, ...]
    where: Place  # of the words
    cue: Place  # where the cue begins: equal for two voices of one cue


@dataclass(frozen=True, slots=True)
class Heading:
    """A chapter's title that stands in a transcript; it begins with ``spoken[before]``."""

    title: Text
    before: int


@dataclass(slots=True)
class Found:
    """One file as far as it is read."""

    path: str
    manner: Manner = Manner.BY_HAND
    names_in_words: bool = False  # `Name: words` may say who speaks
    spoken: list[Spoken] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, line: int, what: str, fix: str) -> None:
        self.problems.append(Problem(Place(self.path, line), what, fix))

    def refuse_mark(self, line: int, dropped: str) -> None:
        """Refuse a mark where it would be dropped unseen."""
        seen = fold(dropped)
        is_fence = looks_like_fence(seen) and not seen.startswith("::cue")  # CSS in a STYLE block
        if "[[" in seen or "]]" in seen or is_fence:
            what = "a mark stands outside the words of a cue"
            self.problem(line, what, "Mark the words themselves, cue by cue: `[[confidential: …]]`.")


def clock(seconds: float) -> str:
    """``01:05`` or ``1:01:05``, as a producer finds it in a player."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
