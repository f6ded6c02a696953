"""What changed between two texts, word by word, with a few of the words around it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CONTEXT_WORDS = 8  # that stay visible on each side of a change
ELLIPSIS = "…"
REMOVED = "[removed]"


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


def hide(stretches: Iterable[Stretch], withheld: Iterable[str]) -> tuple[Stretch, ...]:
    """Put [removed] for what went because it is withheld now: it was shown once, and that must be enough."""
    hidden = {pair for text in withheld for pair in _pairs(_bare(text))}
    return tuple(Stretch(s.kind, _without(s.words, hidden)) if s.kind is Kind.GONE else s for s in stretches)


def _without(words: str, hidden: set[tuple[str, ...]]) -> str:
    """Leave out every word of a pair that stands in something withheld, or alone makes up all of it."""
    said, bare = words.split(), _bare(words)
    gone = {i for i, word in enumerate(bare) if (word,) in hidden}
    gone |= {j for i in range(len(bare) - 1) if (bare[i], bare[i + 1]) in hidden for j in (i, i + 1)}
    kept = [REMOVED if i in gone else word for i, word in enumerate(said)]
    return " ".join(word for i, word in enumerate(kept) if word != REMOVED or kept[i - 1 : i] != [REMOVED])


def _pairs(words: list[str]) -> Iterator[tuple[str, ...]]:
    yield from pairwise(words) if len(words) > 1 else [tuple(words)]


def _bare(text: str) -> list[str]:
    return ["".join(filter(str.isalnum, word)).casefold() for word in text.split()]


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
