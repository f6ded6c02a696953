"""Words of marked passages, known by one piece of three words each, so that the search stays small.

Six words in a row of a passage overlap with the next six: a piece of three words stands in four such runs.
Where the search meets the piece, whole runs are compared with the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PIECE_WORDS = 3
_BLANK = ord(" ")


@dataclass(frozen=True, slots=True)
class Run:
    """Folded words that are looked for, their digest, and how many bytes of them come before their piece."""

    words: bytes = field(repr=False)
    digest: bytes
    before: int

    def stands(self, text: bytes, start: int) -> bool:
        """Whether these words stand here in a folded text, between spaces or its ends."""
        end = start + len(self.words)
        return (
            text.startswith(self.words, start)  # where `start` is before the text, too little of it is left
            and (start == 0 or text[start - 1] == _BLANK)
            and (end == len(text) or text[end] == _BLANK)
        )


def by_piece(said: Mapping[bytes, bytes]) -> dict[bytes, list[Run]]:
    """By a piece that they hold, all words of `said`, which has them by their digest, neighbours in order."""
    found: dict[bytes, list[Run]] = {}
    piece = b""
    for digest, words in said.items():
        before = (b" %b " % words).find(b" %b " % piece)
        if before < 0:
            piece = b" ".join(words.rsplit(b" ", PIECE_WORDS)[-PIECE_WORDS:])
            before = len(words) - len(piece)
        found.setdefault(piece, []).append(Run(words, digest, before))
    return found


def standing(text: bytes, start: int, runs: Iterable[Run]) -> Iterator[tuple[int, bytes]]:
    """Where these stand, given where their piece does: first byte and digest."""
    return ((start - run.before, run.digest) for run in runs if run.stands(text, start - run.before))
