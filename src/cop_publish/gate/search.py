"""One Aho-Corasick automaton over every form of every member, and over words of marked passages.

The only user of ahocorasick-rs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from ahocorasick_rs import BytesAhoCorasick, Implementation

from cop_publish.core.folding import Reading, squash
from cop_publish.gate.at_hand import Run, by_piece, standing
from cop_publish.gate.forms import Anchor, Form, Guarded, forms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cop_publish.core.consents import Person

MOST_WORDS = 4  # before a family name: a given name and what stands between the two
REACH_BYTES = 120  # for so many words


Counts = Callable[[Form], bool]  # whether a form is looked for in a text, and confirmed by it
Met = list[tuple[int, int, int]]  # number, start and end of each pattern that stands in a text
ByGiven = dict[bytes, tuple[Form, ...]]  # names with other words in them, by the word they begin with


@dataclass(frozen=True, slots=True)
class Hit:
    """Forms that all read alike, where they stand in the folded text, and which of them count in it."""

    forms: tuple[Form, ...]
    start: int
    end: int
    counting: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Patterns:
    """An automaton and, by number of pattern, what each pattern stands for."""

    automaton: BytesAhoCorasick | None  # None: there is nothing to look for
    forms: tuple[tuple[Form, ...], ...]

    def found(self, text: bytes) -> Met:
        """Each pattern in a text."""
        return self.automaton.find_matches_as_indexes(text, overlapping=True) if self.automaton else []


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for between words, in words with no spaces between, and around other words.

    Each kind of hit asks once for each pattern and text which of its forms count: most words that are also
    names stand in a text many times, and are nobody's name in it.
    """

    whole: Patterns
    glued: Patterns
    families: BytesAhoCorasick | None  # family names between spaces, and what may stand before each
    parted: tuple[ByGiven, ...]
    said: Mapping[int, tuple[Run, ...]] = field(default_factory=dict)  # words of passages, by pattern

    def met(self, reading: Reading) -> Met:
        """Everything that is looked for between words, in one pass over the text."""
        return self.whole.found(reading.folded)

    def said_in(self, reading: Reading, met: Met) -> list[tuple[int, bytes]]:
        """Where words of passages stand among what was met, by their first byte, and their digests."""
        return [
            found
            for number, start, _ in (met if self.said else ())
            if number in self.said
            for found in standing(reading.folded, start, self.said[number])
        ]

    def hits(self, reading: Reading, counts: Counts, met: Met | None = None) -> Iterator[Hit]:
        """Every form that stands in a text as whole words; `met` of it, where it is known already."""
        text, known = reading.folded, dict[int, tuple[Form, ...]]()
        for number, start, end in self.met(reading) if met is None else met:
            counting = known.get(number)
            if counting == () or not (_is_edge(text, start) and _is_edge(text, end)):
                continue
            forms = self.whole.forms[number]
            if counting is None:
                counting = known[number] = tuple(filter(counts, forms))
            if counting:
                yield Hit(forms, start, end, counting)

    def parted_hits(self, reading: Reading, counts: Counts) -> Iterator[Hit]:
        """Every name that stands in a text with other words inside it."""
        if self.families is None:
            return
        text = reading.folded + b" "
        known: dict[int, dict[bytes, tuple[Form, ...]]] = {}  # by family name and given name
        for number, start, end in self.families.find_matches_as_indexes(text, overlapping=True):
            by_given = self.parted[number]
            names = known.get(number)
            if names is None:
                names = known[number] = dict.fromkeys(by_given, _NOT_ASKED)
            for word, place in _parted(text, start, names) if names else ():
                if names[word] is _NOT_ASKED:
                    names[word] = tuple(filter(counts, by_given[word]))
                if names[word]:
                    yield Hit(by_given[word], place, end - 1, names[word])
                else:
                    del names[word]

    def glued_hits(self, reading: Reading, counts: Counts) -> Iterator[Hit]:
        """Every long form that stands in a text glued together, or spaced out."""
        words: _Words | None = None
        known = dict[int, tuple[Form, ...]]()
        for number, start, end in self.glued.found(squash(reading.folded)):
            forms = self.glued.forms[number]
            if number not in known:
                known[number] = tuple(filter(counts, forms))
            if known[number]:
                words = words or _Words(reading.folded)
                span = words.span(start, end)
                if span:
                    yield Hit(forms, *span, known[number])


def search_for(
    people: Iterable[Person], phrases: Iterable[Form] = (), said: Mapping[bytes, bytes] | None = None
) -> Search:
    """The search for every form of these people, and for phrases that are nobody's.

    `said`: by its digest, folded words of a guarded passage.
    """
    whole: dict[bytes, list[Form]] = {}
    glued: dict[bytes, list[Form]] = {}
    parted: dict[bytes, ByGiven] = {}
    for form in (*phrases, *(form for person in people for form in forms_of(person))):
        if form.given:
            by_given = parted.setdefault(b" " + form.words + b" ", {})
            by_given[form.given] = (*by_given.get(form.given, ()), form)
            continue
        _add(whole, form.words, form)
        if form.glued:
            _add(whole, squash(form.words), form)
            _add(glued, squash(form.words), form)
    runs = by_piece(said or {})
    for piece in runs:
        whole.setdefault(piece, [])
    numbered = {n: tuple(runs[words]) for n, words in enumerate(whole) if words in runs}
    return Search(_patterns(whole), _patterns(glued), _automaton(parted), tuple(parted.values()), numbered)


def _add(patterns: dict[bytes, list[Form]], words: bytes, form: Form) -> None:
    alike = patterns.setdefault(words, [])
    if form not in alike:
        alike.append(form)


_NOT_ASKED: tuple[Form, ...] = (Form("not asked", b"", Guarded.NAME),)


def _patterns(forms: dict[bytes, list[Form]]) -> Patterns:
    return Patterns(_automaton(forms), tuple(tuple(alike) for alike in forms.values()))


def _automaton(patterns: Iterable[bytes]) -> BytesAhoCorasick | None:
    """A DFA takes 30 ms longer to build for 565 members, and reads half as fast again."""
    words = list(patterns)
    return BytesAhoCorasick(words, implementation=Implementation.DFA) if words else None


def is_confirmed(form: Form, reading: Reading) -> bool:
    """Whether the loosened text has what the folded one cannot show."""
    if not form.confirm:
        return True
    pattern, text, anchor = _compiled(form.confirm), reading.loose, form.anchor
    places = _places(anchor, text) if anchor else None
    if anchor is None or places is None:
        return pattern.search(text) is not None
    before, behind = anchor.before, anchor.behind
    if not before:
        return any(pattern.match(text, place, place + behind) for place in places)
    return any(pattern.search(text, max(0, place - before), place + behind) for place in places)


def _places(anchor: Anchor, text: str) -> tuple[int, ...] | None:
    """Where the anchor's words stand and its beginning matches; None: small letters are of another length."""
    return _begun(anchor.words, anchor.begin, text, text if anchor.as_written else _lowered(text))


@lru_cache(maxsize=64)
def _begun(words: tuple[str, ...], begin: str, text: str, searched: str) -> tuple[int, ...] | None:
    """Kept: a given name goes with every spelling of a family name, and with many family names."""
    if len(searched) != len(text):
        return None
    places = (place for word in words for place in _found(word, searched))
    if not begin:
        return tuple(places)
    beginning = _compiled(begin)
    return tuple(place for place in places if beginning.match(text, place))


def _found(word: str, text: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


@lru_cache(maxsize=8)
def _lowered(text: str) -> str:
    return text.lower()


def _parted(text: bytes, start: int, by_given: ByGiven) -> Iterator[tuple[bytes, int]]:
    """Given names, and where they stand: one to three words before the family name at `start`.

    Behind a given name that is an initial only initials may stand.
    """
    words = text[max(0, start - REACH_BYTES) : start].rsplit(b" ", MOST_WORDS)
    if len(words) > MOST_WORDS or start > REACH_BYTES:  # then the first may be more or less than a word
        del words[0]
    if by_given.keys().isdisjoint(words[:-1]):
        return
    length = len(words[-1])
    initials = length == 1
    for word in reversed(words[:-1]):
        length += 1 + len(word)
        if word in by_given and (len(word) > 1 or initials):
            yield word, start - length
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


_SPACE, _LETTER, _DIGIT = range(3)
_SORTS = bytes(
    _SPACE if byte == ord(" ") else _DIGIT if chr(byte) in "0123456789" else _LETTER for byte in range(256)
)


def _is_edge(text: bytes, position: int) -> bool:
    """Whether a word starts or ends here; a letter beside a digit counts ("smith2")."""
    if position in (0, len(text)):
        return True
    before = _SORTS[text[position - 1]]
    return before == _SPACE or before != _SORTS[text[position]]


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
