"""The ledger of passages: marks are sticky, so what was marked once is known again without its mark.

It holds keyed digests (HMAC, RFC 2104) of every run of six folded words, and of whole short passages.  Six,
because runs of five words are often anybody's; a run of eight or more, or a whole short passage, is the
passage; six or seven are worth a look.  Beside it lies one filter of pairs for all passages (`pairs.py`).

Without its key the ledger tells how many passages there are, of about how many words, of which item and
since when.  Whoever has the key too can test guesses, six words at a time, and short passages whole; it
offers no word to begin with, but a short passage or a common phrase is soon guessed: the key must be kept as
the passages themselves would be.

Words are folded as the gate folds them, so that it finds in bytes what was marked in a source; a break
(None) stands where no run may go across: what comes there differs between a source and a page.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from typing import TYPE_CHECKING

from cop_publish.core.folding import folded
from cop_publish.core.pairs import EVERYTHING, MOST_KNOWN, PairFilter, Sieve, tags_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

RUN_WORDS = 6
TELLING_WORDS = 8  # a run of as many is the passage; a shorter whole passage is kept as a whole
_MARK_HEX = 32  # 128 bits of the digest
_BREAKS = re.compile(r"@\{[^}]*\}|\{t:[^}]*\}|<[vc][^>]*>")  # agreed words, published times, voices
_TARGETS = re.compile(r"\]\([^()\s]*\)|\]\[[^\[\]]*\]|<https?:[^>\s]*>|\[\^[^\[\]\s]+\]")
# Words that anybody writes: a short passage of nothing else could not be told from other texts.
_COMMON = frozenset(
    re.findall(
        "[a-z]+",
        "a about after all also an and any are as at be because been before but by can could did do "
        "does for from get go had has have he her here him his how i if in into is it its just know "
        "like make may me more most much my new no not now of on one only or other our out over "
        "people said say see she should so some than that the their them then there these they this "
        "time to two up us very was we well were what when where which while who why will with would "
        "year years yes yet you your ",
    )
)

Words = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Print:
    """The fingerprints of one passage."""

    runs: tuple[str, ...]  # of each six words in a row, in order
    whole: str = ""  # of all its words, when there are few
    length: int = 0  # of how many words `whole` is
    # The tags of each two words in a row, which nobody keeps but the filter of all passages.
    pairs: frozenset[int] = field(default=frozenset(), repr=False, compare=False)

    @property
    def marks(self) -> frozenset[str]:
        """Everything that is looked for."""
        return frozenset((*self.runs, self.whole) if self.whole else self.runs)


@dataclass(frozen=True)
class Ledger:
    """Every passage that is guarded, as keyed fingerprints; `bool()` says whether there is any."""

    key: bytes = field(default=b"", repr=False)
    prints: tuple[Print, ...] = field(
        default=(), repr=False
    )  # all that the next two hold, passage by passage
    runs: frozenset[str] = frozenset()
    wholes: Mapping[int, frozenset[str]] = field(default_factory=dict)  # by how many words
    pairs: PairFilter = EVERYTHING
    said: Mapping[str, str] = field(default_factory=dict, repr=False)  # by fingerprint: words that lie open

    def __bool__(self) -> bool:
        return bool(self.runs or self.wholes)

    @cached_property
    def sieve(self) -> Sieve:
        """What passes most of a text by."""
        return Sieve(self.key, self.pairs)

    @cached_property
    def least_words(self) -> int:
        """How many words in a row the shortest has that the sieve lets through: two at the least."""
        return min([RUN_WORDS, *(length for length in self.wholes if length > 1)])

    @cached_property
    def marks(self) -> _Marks:
        """The fingerprints of few words that were asked for so far."""
        return _Marks(self.key)


class _Marks(dict[str, str]):
    """The fingerprint of words; the same few stand in many places."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = key

    def __missing__(self, said: str) -> str:
        if len(self) >= MOST_KNOWN:
            self.clear()
        mark = self[said] = _mark(self._key, [said])
        return mark


@dataclass(frozen=True, slots=True)
class Found:
    """Guarded words among others: from which index, how many, and which fingerprints they have."""

    at: int
    count: int
    marks: frozenset[str]
    whole: bool = False  # a whole short passage

    @property
    def is_telling(self) -> bool:
        """Whether it is the passage, and not some words that it shares with others."""
        return self.whole or self.count >= TELLING_WORDS


def words_in(text: str) -> Words:
    """Fold a text to its words, with a break where something else comes on a page."""
    found: list[str | None] = []
    for piece in _BREAKS.split(unescape(text)):
        if found:
            found.append(None)
        found += folded(piece).decode().split()
    return tuple(found)


def without_targets(text: str) -> str:
    """Take out the addresses of Markdown's links and its notes' numbers, which part no words of a page."""
    return _TARGETS.sub("] ", text)


def holds_target(text: str) -> bool:
    """Whether a text may hold such addresses."""
    return any(sign in text for sign in ("](", "][", "<http", "[^"))


def print_of(key: bytes, words: Words) -> Print:
    """Make the fingerprints of a passage; without any where it is too short and too common to be known."""
    said = [word for word in words if word is not None]
    runs = tuple(_mark(key, run) for run in _six_each(words))
    if is_guarded_whole(words):
        return Print(runs, _mark(key, said), len(said), tags_of(key, words))
    return Print(runs, pairs=tags_of(key, words) if runs else frozenset())


def said_of(key: bytes, words: Words) -> dict[str, str]:
    """Give the words of each fingerprint that `print_of` or `term_print` makes of a passage."""
    said = [word for word in words if word is not None]
    pieces = [*_six_each(words), *([said] if None not in words and len(said) < TELLING_WORDS else [])]
    return {_mark(key, piece): " ".join(piece) for piece in pieces}


def is_guarded_whole(words: Words) -> bool:
    """Whether a passage is short enough to be known as a whole, and nobody else's."""
    said = [word for word in words if word is not None]
    return None not in words and len(said) < TELLING_WORDS and is_distinct(said)


def is_known_again(words: Words) -> bool:
    """Whether a passage is known without its mark: by a long run, or as a whole."""
    said = [word for word in words if word is not None]
    if None not in words and len(said) < TELLING_WORDS:
        return is_distinct(said)
    return any(len(piece) >= TELLING_WORDS for _, piece in _pieces(words))


def is_distinct(said: Sequence[str]) -> bool:
    """Whether so few words are nobody else's: with a number, or several of which not all are common."""
    if any(character.isdigit() for word in said for character in word):
        return True
    return len(said) > 1 and any(word not in _COMMON for word in said)


def term_print(key: bytes, term: str) -> Print:
    """Make the fingerprint of a term that someone asked to guard, however common its words."""
    said = [word for word in words_in(term) if word is not None]
    return Print((), _mark(key, said), len(said), tags_of(key, said))


def ledger_of(
    key: bytes,
    prints: Iterable[Print],
    pairs: PairFilter = EVERYTHING,
    said: Mapping[str, str] | None = None,
) -> Ledger:
    """Join the fingerprints of passages; `pairs` must let each two words in a row of each of them pass."""
    kept = tuple(prints)
    runs: set[str] = set()
    wholes: dict[int, set[str]] = {}
    for one in kept:
        runs.update(one.runs)
        if one.whole:
            wholes.setdefault(one.length, set()).add(one.whole)
    by_length = {length: frozenset(marks) for length, marks in wholes.items()}
    return Ledger(key, kept, frozenset(runs), by_length, pairs, said or {})


def find_guarded(words: Words, ledger: Ledger) -> Iterator[Found]:
    """Find guarded runs and whole passages among the words, in order; runs that overlap are one."""
    if not ledger:
        return
    for offset, piece in _pieces(words):
        if 1 in ledger.wholes:
            yield from _wholes(piece, offset, 1, ledger)
        for start, end in ledger.sieve.stretches(piece, ledger.least_words):
            stretch = piece[start:end]
            for length in ledger.wholes:
                if length > 1:
                    yield from _wholes(stretch, offset + start, length, ledger)
            yield from _runs(stretch, offset + start, ledger)


def _wholes(stretch: Sequence[str], offset: int, length: int, ledger: Ledger) -> Iterator[Found]:
    wanted = ledger.wholes[length]
    for at in range(len(stretch) - length + 1):
        mark = ledger.marks[" ".join(stretch[at : at + length])]
        if mark in wanted:
            yield Found(offset + at, length, frozenset({mark}), whole=True)


def _runs(stretch: Sequence[str], offset: int, ledger: Ledger) -> Iterator[Found]:
    marks: list[str] = []
    first = 0
    for at in range(len(stretch) - RUN_WORDS + 2):
        mark = _mark(ledger.key, stretch[at : at + RUN_WORDS]) if at + RUN_WORDS <= len(stretch) else ""
        if mark in ledger.runs:
            first = first if marks else at
            marks.append(mark)
        elif marks:
            yield Found(offset + first, len(marks) + RUN_WORDS - 1, frozenset(marks))
            marks = []


def _six_each(words: Words) -> Iterator[list[str]]:
    """Each six words in a row, in order."""
    for _, piece in _pieces(words):
        yield from (piece[at : at + RUN_WORDS] for at in range(len(piece) - RUN_WORDS + 1))


def _pieces(words: Words) -> Iterator[tuple[int, list[str]]]:
    """Give what stands between breaks, each with the index where it starts."""
    piece: list[str] = []
    for index, word in enumerate((*words, None)):
        if word is None:
            if piece:
                yield index - len(piece), piece
            piece = []
        else:
            piece.append(word)


def _mark(key: bytes, said: Sequence[str]) -> str:
    """The fingerprint of words; the gate makes the same of what it reads."""
    return hmac.digest(key, " ".join(said).encode(), "sha256").hex()[:_MARK_HEX]
