"""What changed between two texts, word by word, with a few of the words around it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CONTEXT_WORDS = 8  # that stay visible on each side of a change
ELLIPSIS = "…"


class Kind(StrEnum):
    """What became of some words."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"
    WITHHELD = "withheld"  # gone, and not to be shown again: it has no words


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
    """Leave out what went because it is withheld now: it was shown once, and that must be enough."""
    hidden = {pair for text in withheld for pair in _pairs(_bare(text))}
    return tuple(part for s in stretches for part in (_parted(s, hidden) if s.kind is Kind.GONE else (s,)))


def _parted(gone: Stretch, hidden: set[tuple[str, ...]]) -> Iterator[Stretch]:
    """Part what went where a word is of a pair that stands in something withheld, or alone is all of it."""
    said, bare = gone.words.split(), _bare(gone.words)
    secret: set[int] = {i for i, word in enumerate(bare) if (word,) in hidden}
    secret |= {j for i in range(len(bare) - 1) if (bare[i], bare[i + 1]) in hidden for j in (i, i + 1)}
    if secret:  # what stands between two such words is of the same passage
        secret = set(range(min(secret), max(secret) + 1))
    for is_secret, run in groupby(enumerate(said), key=lambda one: one[0] in secret):
        words = " ".join(word for _, word in run)
        yield Stretch(Kind.WITHHELD, "") if is_secret else Stretch(Kind.GONE, words)


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
