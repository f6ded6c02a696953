"""What changed between two texts, word by word, with a few of the words around it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTEXT_WORDS = 8  # that stay visible on each side of a change
ELLIPSIS = "…"


class Kind(StrEnum):
    """What became of some words."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words in a row that share a fate."""

    kind: Kind
    words: str


def redline(before: str, after: str) -> tuple[Stretch, ...]:
    """Compare two texts; empty where they are the same, however they are spaced."""
    old, new = before.split(), after.split()
    if old == new:
        return ()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    found: list[Stretch] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append(Stretch(Kind.SAME, " ".join(_around(old[a:b], a == 0, b == len(old)))))
            continue
        found += [Stretch(Kind.GONE, " ".join(old[a:b]))] if a < b else []
        found += [Stretch(Kind.NEW, " ".join(new[c:d]))] if c < d else []
    return tuple(found)


def _around(words: list[str], opens: bool, closes: bool) -> Iterator[str]:  # noqa: FBT001 - of comparisons
    """The words nearest to a change; those in the middle of a long stretch are left out."""
    head = 0 if opens else CONTEXT_WORDS
    tail = 0 if closes else CONTEXT_WORDS
    if len(words) <= head + tail + 1:
        yield from words
        return
    yield from words[:head]
    yield ELLIPSIS
    yield from words[len(words) - tail :]
