"""The ledger's passages on the gate's side: keyed digests of six words in a row, and of short ones whole.

Nothing of a passage can be guessed from a digest without the key.  A run of eight words of a passage blocks,
six or seven are for a human to look at; a shorter passage blocks where it stands whole.

There are two ways to the same sightings.  Where the words of a digest are at hand, for their mark still
stands in a draft, they are words among those that the search looks for anyway (`search.py`).  What is known
by its digest alone is looked for only where each two words in a row pass the ledger's filter.
"""

from __future__ import annotations

import hmac
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from cop_publish.core.folding import folded
from cop_publish.core.pairs import EVERYTHING, MOST_KNOWN, PairFilter, Sieve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cop_publish.core.ledger import Ledger

SHINGLE_WORDS = 6
SURE_WORDS = 8
DIGEST_BYTES = 16
WHOLE, PART = "a passage that was marked confidential", "passage in part"


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
    pairs: PairFilter = EVERYTHING  # lets each two words in a row of what is not in `said` pass
    said: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)  # by digest: words at hand, folded

    @cached_property
    def numbered(self) -> dict[bytes, list[tuple[int, int]]]:
        """By digest of six words: the passages that hold them, and where in each."""
        found: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
        for number, passage in enumerate(self.passages):
            for place, shingle in enumerate(passage.shingles):
                found[shingle].append((number, place))
        return dict(found)

    @cached_property
    def short(self) -> dict[bytes, int]:
        """By digest of a passage that is guarded whole: how many words it has."""
        return {passage.whole: passage.word_count for passage in self.passages if passage.whole}

    @cached_property
    def far(self) -> dict[int, frozenset[bytes]]:
        """By count of words: what is known by its digest alone."""
        found: dict[int, set[bytes]] = defaultdict(set)
        for shingle in self.numbered.keys() - self.said.keys():
            found[SHINGLE_WORDS].add(shingle)
        for whole, count in self.short.items():
            if whole not in self.said:
                found[count].add(whole)
        return {count: frozenset(digests) for count, digests in sorted(found.items()) if count}

    @cached_property
    def sieve(self) -> Sieve:
        """What passes most of a text by, and what it knows so far."""
        return Sieve(self.key, self.pairs)

    @cached_property
    def digests(self) -> _Digests:
        """The digests of few words that were asked for so far."""
        return _Digests(self.key)


class _Digests(dict[bytes, bytes]):
    """The digest of words; the same few stand in many places."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = key

    def __missing__(self, words: bytes) -> bytes:
        if len(self) >= MOST_KNOWN:
            self.clear()
        found = self[words] = _digest([words], self._key)
        return found


@dataclass(frozen=True, slots=True)
class Sighting:
    """Words of a passage in a folded text, by their place in it."""

    rule: str
    start: int
    end: int


def passages_of(ledger: Ledger, said: Mapping[str, str]) -> Passages | None:
    """The registry's ledger as the gate takes it, with the words of digests that are at hand.

    None where nothing is guarded.
    """
    passages = tuple(
        Passage(tuple(bytes.fromhex(run) for run in one.runs), bytes.fromhex(one.whole), one.length)
        for one in ledger.prints
    )
    marks = {mark for one in ledger.prints for mark in one.marks}
    at_hand = {
        bytes.fromhex(mark): words.encode()
        for mark, words in {**said, **ledger.said}.items()
        if mark in marks
    }
    return Passages(ledger.key, passages, ledger.pairs, at_hand) if passages else None


def passage_of(text: str, key: bytes) -> Passage:
    """What the ledger keeps of a passage; the words are folded as the gate folds what it reads."""
    words = folded(text).split()
    shingles = tuple(_digest(piece, key) for piece in _six_each(words))
    return (
        Passage(shingles) if len(words) >= SURE_WORDS else Passage(shingles, _digest(words, key), len(words))
    )


def said_in(text: str, key: bytes) -> dict[bytes, bytes]:
    """The words of each digest that `passage_of` makes of a passage."""
    words = folded(text).split()
    pieces = [*_six_each(words), *([words] if len(words) < SURE_WORDS else [])]
    return {_digest(piece, key): b" ".join(piece) for piece in pieces}


def sightings(
    words: Sequence[bytes], ledger: Passages, at_hand: Sequence[tuple[int, bytes]] = ()
) -> Iterator[Sighting]:
    """Every run of words of a passage among the words of a folded text, and every short passage.

    `at_hand`: where words of the ledger's `said` stand in that text, by their first byte, and their digests.
    """
    if not (at_hand or ledger.far):
        return
    met = set(_by_digest(words, ledger))
    if not (at_hand or met):
        return
    starts = [0, *accumulate(len(word) + 1 for word in words)]
    met.update((bisect_left(starts, start), digest) for start, digest in at_hand)
    for n, digest in met:
        count = ledger.short.get(digest)
        if count:
            yield Sighting(WHOLE, starts[n], starts[n + count] - 1)
    for first, last in _runs(met, ledger):
        count = last - first + SHINGLE_WORDS
        rule = WHOLE if count >= SURE_WORDS else PART
        yield Sighting(rule, starts[first], starts[first + count] - 1)


def _by_digest(words: Sequence[bytes], ledger: Passages) -> Iterator[tuple[int, bytes]]:
    """Where what is known by its digest alone stands, by number of the first word."""
    least = min((count for count in ledger.far if count > 1), default=0)
    stretches = list(ledger.sieve.stretches(words, least)) if least else []
    for count, wanted in ledger.far.items():
        for start, end in stretches if count > 1 else [(0, len(words))]:
            for n in range(start, end - count + 1):
                digest = _of_place(words[n : n + count], ledger)
                if digest in wanted:
                    yield n, digest


def _of_place(words: Sequence[bytes], ledger: Passages) -> bytes:
    """The digest of a few words; six in a row hardly come again, and are not remembered."""
    if len(words) == SHINGLE_WORDS:
        return _digest(words, ledger.key)
    return ledger.digests[b" ".join(words)]


def _runs(met: Iterable[tuple[int, bytes]], ledger: Passages) -> Iterator[tuple[int, int]]:
    """The first and the last place of six words in a row that stand in one passage in the same order."""
    places = sorted(
        (number, place - n, n) for n, digest in met for number, place in ledger.numbered.get(digest, ())
    )
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


def _six_each(words: list[bytes]) -> Iterator[list[bytes]]:
    return (words[n : n + SHINGLE_WORDS] for n in range(len(words) - SHINGLE_WORDS + 1))


def _digest(words: Iterable[bytes], key: bytes) -> bytes:
    return hmac.digest(key, b" ".join(words), "sha256")[:DIGEST_BYTES]
