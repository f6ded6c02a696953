"""The ledger's passages on the gate's side : keyed digests of six words in a row, and of short ones whole.

Nothing of a passage can be guessed from a digest without the key.  A run of eight words of a passage blocks,
six or seven are for a human to look at; a shorter passage blocks where it stands whole.
"""

from __future__ import annotations

import hmac
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from cop_publish.gate.fold import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHINGLE_WORDS = 6
SURE_WORDS = 8
DIGEST_BYTES = 16
WHOLE, PART = "passage that was marked confidential", "passage in part"
_WORD = re.compile(rb"[^ ]+")


@dataclass(frozen=True)
class Passage:
    """What the ledger keeps of one marked passage."""

    shingles: tuple[bytes, ...] = ()  # digests of each six words in a row, in order
    whole: bytes = b""  # digest of all of it, where it has fewer than eight words
    word_count: int = 0


@dataclass(frozen=True)
class Passages:
    """Every passage that is still guarded, and the key of their digests."""

    key: bytes = field(repr=False)
    passages: tuple[Passage, ...] = ()

    @cached_property
    def numbered(self) -> dict[bytes, list[tuple[int, int]]]:
        """By digest of six words: the passages that hold them, and where in each."""
        found: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
        for number, passage in enumerate(self.passages):
            for place, shingle in enumerate(passage.shingles):
                found[shingle].append((number, place))
        return dict(found)

    @cached_property
    def short(self) -> dict[int, set[bytes]]:
        """By count of words: digests of the passages that are guarded whole."""
        found: dict[int, set[bytes]] = defaultdict(set)
        for passage in self.passages:
            if passage.whole:
                found[passage.word_count].add(passage.whole)
        return dict(found)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Words of a passage in a folded text, by their place in it."""

    rule: str
    start: int
    end: int


def passage_of(text: str, key: bytes) -> Passage:
    """What the ledger keeps of a passage; the words are folded as the gate folds what it reads."""
    words = folded(text).split()
    shingles = tuple(
        _digest(words[n : n + SHINGLE_WORDS], key) for n in range(len(words) - SHINGLE_WORDS + 1)
    )
    if len(words) >= SURE_WORDS:
        return Passage(shingles)
    return Passage(shingles, _digest(words, key), len(words))


def sightings(text: bytes, ledger: Passages) -> Iterator[Sighting]:
    """Every run of words of a passage in a folded text, longest first for each place."""
    spans = [found.span() for found in _WORD.finditer(text)]
    words = [text[start:end] for start, end in spans]
    for count, wanted in ledger.short.items():
        for n in range(len(words) - count + 1):
            if count and _digest(words[n : n + count], ledger.key) in wanted:
                yield Sighting(WHOLE, spans[n][0], spans[n + count - 1][1])
    if not ledger.numbered:
        return
    for first, last in _runs(words, ledger):
        count = last - first + SHINGLE_WORDS
        rule = WHOLE if count >= SURE_WORDS else PART
        yield Sighting(rule, spans[first][0], spans[first + count - 1][1])


def _runs(words: list[bytes], ledger: Passages) -> Iterator[tuple[int, int]]:
    """The first and the last place of six words in a row that stand in one passage in the same order."""
    met = [
        (n, ledger.numbered.get(_digest(words[n : n + SHINGLE_WORDS], ledger.key), ()))
        for n in range(len(words) - SHINGLE_WORDS + 1)
    ]
    places = sorted((number, place - n, n) for n, found in met for number, place in found)
    yield from _merged(places)


def _merged(places: list[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """Neighbours: of one passage, at one distance, one word on."""
    if not places:
        return
    first = places[0][2]
    for before, after in pairwise(places):
        if after[:2] != before[:2] or after[2] != before[2] + 1:
            yield first, before[2]
            first = after[2]
    yield first, places[-1][2]


def _digest(words: Iterable[bytes], key: bytes) -> bytes:
    return hmac.digest(key, b" ".join(words), "sha256")[:DIGEST_BYTES]
