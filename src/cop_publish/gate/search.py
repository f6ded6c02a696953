"""One Aho-Corasick automaton over every form of every member; the only user of ahocorasick-rs."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from ahocorasick_rs import BytesAhoCorasick, Implementation

from cop_publish.gate.fold import Reading, squash
from cop_publish.gate.forms import Form, forms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.core.consents import Person

MOST_WORDS = 4  # before a family name: a given name and what stands between the two
REACH_BYTES = 120  # for so many words


@dataclass(frozen=True, slots=True)
class Hit:
    """Forms that all read alike, and where they stand in the folded text."""

    forms: tuple[Form, ...]
    start: int
    end: int


ByGiven = dict[bytes, tuple[Form, ...]]  # names with other words in them, by the word they begin with


@dataclass(frozen=True, slots=True)
class Search:
    """The automaton and, by number of pattern, what each pattern stands for."""

    automaton: BytesAhoCorasick | None  # None: there is nothing to look for
    forms: tuple[tuple[Form, ...], ...]
    families: BytesAhoCorasick | None  # family names between spaces, and what may stand before each
    parted: tuple[ByGiven, ...]

    def hits(self, reading: Reading) -> Iterator[Hit]:
        """Every form that stands in a text as whole words."""
        if self.automaton is None:
            return
        for number, start, end in self.automaton.find_matches_as_indexes(reading.folded, overlapping=True):
            if _is_edge(reading.folded, start) and _is_edge(reading.folded, end):
                yield Hit(self.forms[number], start, end)

    def parted_hits(self, reading: Reading) -> Iterator[Hit]:
        """Every name that stands in a text with other words inside it."""
        if self.families is None:
            return
        text = reading.folded + b" "
        for number, start, end in self.families.find_matches_as_indexes(text, overlapping=True):
            yield from _parted(text, start, end - 1, self.parted[number])

    def glued_hits(self, reading: Reading) -> Iterator[Hit]:
        """Every long form that stands in a text glued together, or spaced out."""
        if self.automaton is None:
            return
        glued = squash(reading.folded)
        found = self.automaton.find_matches_as_indexes(glued, overlapping=True)
        words = _Words(reading.folded) if found else None
        for number, start, end in found:
            forms = tuple(form for form in self.forms[number] if form.glued)
            span = words.span(start, end) if words and forms else None
            if span:
                yield Hit(forms, *span)


def search_for(people: Iterable[Person], phrases: Iterable[Form] = ()) -> Search:
    """The search for every form of these people, and for phrases that are nobody's."""
    patterns: dict[bytes, dict[Form, None]] = {}
    parted: dict[bytes, ByGiven] = {}
    for form in (*phrases, *(form for person in people for form in forms_of(person))):
        if form.given:
            by_given = parted.setdefault(b" " + form.words + b" ", {})
            by_given[form.given] = (*by_given.get(form.given, ()), form)
            continue
        patterns.setdefault(form.words, {})[form] = None
        if form.glued:
            patterns.setdefault(squash(form.words), {})[form] = None
    forms = tuple(tuple(forms) for forms in patterns.values())
    return Search(_automaton(patterns), forms, _automaton(parted), tuple(parted.values()))


def _automaton(patterns: Iterable[bytes]) -> BytesAhoCorasick | None:
    """A DFA takes 30 ms longer to build for 565 members, and reads half as fast again."""
    words = list(patterns)
    return BytesAhoCorasick(words, implementation=Implementation.DFA) if words else None


def is_confirmed(form: Form, reading: Reading) -> bool:
    """Whether the loosened text has what the folded one cannot show."""
    if not form.confirm:
        return True
    pattern, text = _compiled(form.confirm), reading.loose
    small = _lowered(text)
    if not form.near or len(small) != len(text):
        return pattern.search(text) is not None
    before, behind = form.reach
    if not before:
        return any(pattern.match(text, place, place + behind) for place in _places(form.near, small))
    return any(
        pattern.search(text, max(0, place - before), place + behind) for place in _places(form.near, small)
    )


def _places(near: tuple[str, ...], small: str) -> Iterator[int]:
    for word in near:
        place = small.find(word)
        while place >= 0:
            yield place
            place = small.find(word, place + 1)


@lru_cache(maxsize=8)
def _lowered(text: str) -> str:
    return text.lower()


def _parted(text: bytes, start: int, end: int, by_given: ByGiven) -> Iterator[Hit]:
    """Names that end in the family name at `start`, with one to three words before it and their given name.

    Behind a given name that is an initial only initials may stand.
    """
    reach = text[max(0, start - REACH_BYTES) : start]
    words = reach.split(b" ")[start > REACH_BYTES :][-MOST_WORDS:]
    length = len(words[-1]) if words else 0
    initials = length == 1
    for word in reversed(words[:-1]):
        length += 1 + len(word)
        if word in by_given and (len(word) > 1 or initials):
            yield Hit(by_given[word], start - length, end)
        initials = initials and len(word) == 1


class _Words:
    """Where the words of a folded text lie in its glued form."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        lengths = [len(word) for word in text.split(b" ")]
        self._starts = [0, *accumulate(lengths)]

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The span in the folded text; None where it would join parts of two longer words.

        Glued names stand inside one word (``JaneSmithPolicy``) or are made of whole ones
        (``Ja ne Sm ith``): "Ian Green" does not stand in "Italian greenery".
        """
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end - 1) - 1
        low, high = start + first, end + last
        if first != last and not (_is_edge(self._text, low) and _is_edge(self._text, high)):
            return None
        return low, high


def _is_edge(text: bytes, position: int) -> bool:
    """Whether a word starts or ends here; a letter beside a digit counts ("smith2")."""
    if position in (0, len(text)):
        return True
    before, after = _sort_of(text[position - 1]), _sort_of(text[position])
    return before != after or before == "space"


def _sort_of(byte: int) -> str:
    if byte == 0x20:  # noqa: PLR2004 - a space
        return "space"
    return "digit" if 0x30 <= byte <= 0x39 else "letter"  # noqa: PLR2004 - 0 to 9


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
