"""Two words in a row, pooled over every guarded passage: by these most of a text is passed by.

A Bloom filter (B. H. Bloom, 1970) with one bit a pair.  The bit's number, the pair's tag, is made of a keyed
digest of each of the two words.  A set bit may be any passage's, and a quarter of all bits is chaff, set by
chance before there was a passage: so the filter passes about three of ten pairs that no passage holds, and
narrows a guess at a pair by about two bits at the most, whoever has the key.

Five pairs in a row pass by chance about once in four hundred places, and only there six words are digested.
"""

from __future__ import annotations

import hmac
import re
from array import array
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TAG_BITS = 16
TAGS = 1 << TAG_BITS
MOST_KNOWN = 200_000  # words that a run remembers, some 30 MB; then it begins anew


@dataclass(frozen=True, slots=True)
class PairFilter:
    """For each tag 1 where some guarded pair may have it, and 0 where none has; 65,536 bytes."""

    flags: bytes = field(repr=False)

    @property
    def passes_all(self) -> bool:
        """Whether nothing is passed by: slower, and nothing is missed."""
        return 0 not in self.flags

    def with_tags(self, tags: Iterable[int]) -> PairFilter:
        """Let these pass as well."""
        flags = bytearray(self.flags)
        for tag in tags:
            flags[tag] = 1
        return PairFilter(bytes(flags))


NOTHING = PairFilter(bytes(TAGS))
EVERYTHING = PairFilter(b"\1" * TAGS)  # where nobody knows what a filter would have to hold


def tags_of(key: bytes, words: Iterable[str | None]) -> frozenset[int]:
    """Give the tags of each two words in a row, none over a break (None)."""
    halves = _Halves(key)
    pairs = ((a, b) for a, b in pairwise(words) if a is not None and b is not None)
    return frozenset(_number(halves[a][:_HALF_BYTES]) ^ _number(halves[b][_HALF_BYTES:]) for a, b in pairs)


@dataclass(frozen=True)
class Sieve:
    """A filter and its key, and what is known of words so far: each is digested once."""

    key: bytes = field(repr=False)
    pairs: PairFilter

    @cached_property
    def _halves(self) -> _Halves:
        return _Halves(self.key)

    def stretches(
        self, words: Sequence[str] | Sequence[bytes], least_words: int
    ) -> Iterator[tuple[int, int]]:
        """From where to where so many words or more, at least two, stand whose pairs all pass."""
        if len(words) < least_words:
            return
        flags = bytes(map(self.pairs.flags.__getitem__, self._tags(words)))
        for found in re.finditer(rb"\x01{%d,}" % (least_words - 1), flags):
            yield found.start(), found.end() + 1

    def _tags(self, words: Sequence[str] | Sequence[bytes]) -> array[int]:
        """As `tags_of`, one for each two words, all at once: a site has millions."""
        halves = array("H", b"".join(map(self._halves.__getitem__, words)))
        firsts, seconds = halves[:-2:2].tobytes(), halves[3::2].tobytes()
        both = int.from_bytes(firsts, "little") ^ int.from_bytes(seconds, "little")
        tags = array("H", both.to_bytes(len(firsts), "little"))
        if _BIG_ENDIAN:
            tags.byteswap()
        return tags


class _Halves(dict["str | bytes", bytes]):
    """By word what it gives to a tag as the first of two, and then as the second."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = key

    def __missing__(self, word: str | bytes) -> bytes:
        if len(self) >= MOST_KNOWN:
            self.clear()
        said = word.encode() if isinstance(word, str) else word
        found = self[word] = hmac.digest(self._key, b"pair " + said, "sha256")[: 2 * _HALF_BYTES]
        return found


def _number(half: bytes) -> int:
    return int.from_bytes(half, "little")


_HALF_BYTES = TAG_BITS // 8
_BIG_ENDIAN = array("H", b"\0\1")[0] == 1  # an array's bytes are in the machine's order, a tag is not
