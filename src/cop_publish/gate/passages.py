"""The ledger's passages on the gate's side: keyed digests of six words in a row, and of short ones whole.

Nothing of a passage can be guessed from a digest without the key.  A run of eight words of a passage blocks,
six or seven are for a human to look at; a shorter passage blocks where it stands whole.

Most of a text is passed by: a run can stand only where each word, and each two in a row, are some passage's.
These are digested once each, and six words in a row only in what is left.
"""

from __future__ import annotations

import hmac
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from cop_publish.core.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.core.ledger import Print

SHINGLE_WORDS = 6
SURE_WORDS = 8
DIGEST_BYTES = 16
WORD_DIGITS = 8  # hexadecimal; a word that is taken for another's costs a look and no more
WHOLE, PART = "passage that was marked confidential", "passage in part"


@dataclass(frozen=True)
class Passage:
    """What the ledger keeps of one marked passage."""

    shingles: tuple[bytes, ...] = ()  # digests of each six words in a row, in order
    whole: bytes = b""  # digest of all of it, where it has fewer than eight words
    word_count: int = 0
    words: tuple[str, ...] = ()  # digests of its words and of each two in a row, sorted; none: not known


class _Words(dict[bytes, bool]):
    """Whether a word stands in some passage."""

    def __init__(self, key: bytes, wanted: frozenset[str]) -> None:
        super().__init__()
        self.key = key
        self.wanted = wanted

    def __missing__(self, word: bytes) -> bool:
        found = self[word] = _word_digest(word, self.key) in self.wanted
        return found


class _Pairs(dict[tuple[bytes, bytes], bool]):
    """Whether two words in a row stand in some passage."""

    def __init__(self, words: _Words) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, pair: tuple[bytes, bytes]) -> bool:
        found = self[pair] = _word_digest(b" ".join(pair), self._words.key) in self._words.wanted
        return found


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

    @cached_property
    def words(self) -> _Words | None:
        """What is known of words so far; None where a passage does not say which words it has."""
        if not all(passage.words for passage in self.passages):
            return None
        return _Words(self.key, frozenset(word for passage in self.passages for word in passage.words))

    @cached_property
    def pairs(self) -> _Pairs:
        """What is known of two words in a row so far; asked only of words that are known each."""
        return _Pairs(self.words or _Words(self.key, frozenset()))

    @cached_property
    def least(self) -> int:
        """How many words the shortest has that is looked for."""
        return min([SHINGLE_WORDS, *(count for count in self.short if count)])


@dataclass(frozen=True, slots=True)
class Sighting:
    """Words of a passage in a folded text, by their place in it."""

    rule: str
    start: int
    end: int


def passages_of(key: bytes, prints: Iterable[Print]) -> Passages | None:
    """The registry's ledger as the gate takes it; None where nothing is guarded."""
    passages = tuple(
        Passage(
            tuple(bytes.fromhex(run) for run in one.runs),
            bytes.fromhex(one.whole),
            one.length,
            tuple(sorted(one.words)),
        )
        for one in prints
    )
    return Passages(key, passages) if passages else None


def passage_of(text: str, key: bytes) -> Passage:
    """What the ledger keeps of a passage; the words are folded as the gate folds what it reads."""
    words = folded(text).split()
    shingles = tuple(
        _digest(words[n : n + SHINGLE_WORDS], key) for n in range(len(words) - SHINGLE_WORDS + 1)
    )
    telling = {*words, *(b" ".join(pair) for pair in pairwise(words))}
    known = tuple(sorted(_word_digest(one, key) for one in telling))
    if len(words) >= SURE_WORDS:
        return Passage(shingles, words=known)
    return Passage(shingles, _digest(words, key), len(words), known)


def sightings(text: bytes, ledger: Passages) -> Iterator[Sighting]:
    """Every run of words of a passage in a folded text, longest first for each place."""
    words = text.split()
    stretches = sorted(_familiar(words, ledger))
    if not stretches:
        return
    starts = [0, *accumulate(len(word) + 1 for word in words)]
    for count, wanted in ledger.short.items():
        for n in _places(stretches, count):
            if _digest(words[n : n + count], ledger.key) in wanted:
                yield Sighting(WHOLE, starts[n], starts[n + count] - 1)
    for first, last in _runs(words, stretches, ledger):
        count = last - first + SHINGLE_WORDS
        rule = WHOLE if count >= SURE_WORDS else PART
        yield Sighting(rule, starts[first], starts[first + count] - 1)


def _familiar(words: list[bytes], ledger: Passages) -> Iterator[tuple[int, int]]:
    """From where to where each word, and each two in a row, are some passage's; few texts have any."""
    if ledger.words is None:
        yield 0, len(words)
        return
    for start, end in _in_a_row(bytes(map(ledger.words.__getitem__, words)), ledger.least):
        stretch = words[start:end]
        flags = bytes(map(ledger.pairs.__getitem__, pairwise(stretch)))
        for first, last in _in_a_row(flags, max(1, ledger.least - 1)):
            yield start + first, start + last + 1
        if ledger.least == 1:  # a word alone may be a term
            beside = zip(b"\0" + flags, flags + b"\0", strict=True)
            yield from ((start + n, start + n + 1) for n, pair in enumerate(beside) if pair == (0, 0))


def _in_a_row(flags: bytes, least: int) -> Iterator[tuple[int, int]]:
    """Where so many bytes of 1 stand in a row, or more."""
    return (found.span() for found in re.finditer(rb"\x01{%d,}" % least, flags))


def _places(stretches: list[tuple[int, int]], count: int) -> Iterator[int]:
    """Where so many words may stand in a row."""
    for start, end in stretches if count else ():
        yield from range(start, end - count + 1)


def _runs(
    words: list[bytes], stretches: list[tuple[int, int]], ledger: Passages
) -> Iterator[tuple[int, int]]:
    """The first and the last place of six words in a row that stand in one passage in the same order."""
    met = [
        (n, ledger.numbered.get(_digest(words[n : n + SHINGLE_WORDS], ledger.key), ()))
        for n in _places(stretches, SHINGLE_WORDS)
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


def _word_digest(words: bytes, key: bytes) -> str:
    """As `core/ledger.py` makes it."""
    return hmac.digest(key, b"word " + words, "sha256").hex()[:WORD_DIGITS]
