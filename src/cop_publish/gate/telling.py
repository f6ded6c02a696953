"""What tells who somebody is without their name (facts 4.2, T2, T6): what they do, where, how few they are.

Only where a file shows the words of one item, as with names alone (`lone.py`).  Words that the registry has
for this very purpose block; the calendar's word for an employer, words that they agreed to in another item
and counts of a group ("all six departments") are for a human to look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cop_publish.core.consents import FEW_ALIKE, Level, PersonId
from cop_publish.core.folding import fold, loosen
from cop_publish.gate.lone import Sight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.consents import Person
    from cop_publish.core.folding import Reading

ROLE, ORGANISATION, EMPLOYER = "role", "organisation", "employer"
CALLED, FORMER = "words for them in another item", "words that they no longer agree to"
COUNT, SIZE = "count of a whole group", "number of those whom their words fit"
_ACRONYM_LETTERS = 2  # capitals


@dataclass(frozen=True, slots=True)
class Known:
    """A person who is withheld in an item: how much of them may be said there, and what is said elsewhere."""

    person: Person
    level: Level = Level.ANONYMOUS
    group_size: int | None = None  # of how many they are one there, by their own estimate
    called: tuple[tuple[Level, str], ...] = ()  # by agreement, in other items
    former: tuple[str, ...] = ()  # what they were called in this one, and no longer agree to


Seen = tuple[tuple[int, int], bool]  # from where to where, and whether it can be nothing else
Tell = Callable[["Reading", Known], "Iterator[Seen]"]
Count = Callable[[str, frozenset[int]], "Iterator[tuple[int, int]]"]


def clues(reading: Reading, here: Iterable[Known]) -> Iterator[Sight]:
    """Everything telling in a text about those who are withheld in its item; counts are nobody's."""
    known = list(here)
    for one in known:
        for rule, tell in TELLING_RULES.items():
            for (start, end), is_sure in tell(reading, one):
                yield Sight(rule, one.person.id, start, end, is_sure)
    sizes = frozenset(one.group_size for one in known if one.group_size and one.group_size < FEW_ALIKE)
    if known and _NUMBERED.search(reading.loose):
        for rule, count in GROUP_RULES.items():
            for start, end in count(reading.loose, sizes):
                yield Sight(rule, PersonId(""), start, end, is_sure=False)


def _role(reading: Reading, known: Known) -> Iterator[Seen]:
    if known.level < Level.ROLE:
        yield from _stands(reading, known.person.roles)


def _organisation(reading: Reading, known: Known) -> Iterator[Seen]:
    if known.level < Level.ORGANISATION:
        yield from _stands(reading, known.person.organisations)


def _employer(reading: Reading, known: Known) -> Iterator[Seen]:
    """A word of the producers' own for the calendar, which may well be an ordinary one."""
    if known.level < Level.ORGANISATION:
        yield from ((span, False) for span, _ in _stands(reading, (known.person.employer,)))


def _called(reading: Reading, known: Known) -> Iterator[Seen]:
    """That it is the same person as in another item tells more than they agreed to here."""
    words = [display for level, display in known.called if known.level < level]
    yield from ((span, False) for span, _ in _stands(reading, words))


def _former(reading: Reading, known: Known) -> Iterator[Seen]:
    """Whoever wrote the words out, as in a transcript, wrote them where no later build takes them out."""
    yield from ((span, True) for span, _ in _stands(reading, known.former))


TELLING_RULES: dict[str, Tell] = {
    ROLE: _role,
    ORGANISATION: _organisation,
    EMPLOYER: _employer,
    CALLED: _called,
    FORMER: _former,
}


def _stands(reading: Reading, all_words: Iterable[str]) -> Iterator[Seen]:
    """Where words stand, and whether they can mean nothing else: several words, or an abbreviation."""
    for words in all_words:
        folded = fold(_bare(words))
        if folded and folded in reading.folded:
            pattern, is_sure = _pattern(words)
            yield from ((found.span(), is_sure) for found in pattern.finditer(reading.loose))


@lru_cache(maxsize=1024)
def _pattern(words: str) -> tuple[re.Pattern[str], bool]:
    """One word counts as it is written, so that "Shelter" is not every shelter; several in any way."""
    parts = re.findall(r"[^\W_]+", _bare(words))
    literal = r"[\W_]{1,3}".join(map(re.escape, parts))
    if len(parts) > 1:
        return re.compile(rf"(?<!\w)(?i:{literal})(?!\w)"), True
    is_acronym = sum(letter.isupper() for letter in literal) >= _ACRONYM_LETTERS
    return re.compile(rf"(?<!\w)(?:{literal})(?!\w)"), is_acronym


def _bare(words: str) -> str:
    """Without the article: "a policy adviser" may stand as "the policy adviser"."""
    return _ARTICLE.sub("", loosen(words))


_ARTICLE = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)

# --- how many there are --------------------------------------------------------------------------

_WORDS = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_NUMBERS = {word: number for number, word in enumerate(_WORDS, 2)}
_NUMBER = rf"(?:{'|'.join(_WORDS)}|1?\d)"
_GAP = r"(?:[^\S\n]+\n?[^\S\n]*|\n[^\S\n]*)"  # over the end of a line, and not over an empty one
_SOMEBODY = (
    rf"(?:[\w'-]+{_GAP}){{0,2}}(?:people|persons|departments|ministries|agencies|regulators|councils|authorities|"
    r"charities|organi[sz]ations|companies|universities|teams|offices|members|colleagues|speakers|guests|"
    r"panell?ists|witnesses|contributors|participants|officials|officers|ministers|secretaries|advis[eo]rs|"
    r"directors|managers|leads|analysts|researchers|lawyers|civil servants|women|men)"
)
_US = rf"of{_GAP}(?:us|them)"
_OF = rf"of{_GAP}(?:the|our|these|those)"
_CLOSED = re.compile(
    rf"\b(?:all|both){_GAP}(?:(?:{_OF}{_GAP})?(?:{_NUMBER}{_GAP})(?:{_US}\b|{_SOMEBODY}\b)|{_US}{_GAP}{_NUMBER}\b)"
    rf"|\b(?:the|us|we){_GAP}(?:other{_GAP})?{_NUMBER}{_GAP}{_US}\b"
    rf"|\b(?:one|all{_GAP}but{_GAP}one|{_NUMBER}){_GAP}{_OF}{_GAP}{_NUMBER}{_GAP}{_SOMEBODY}\b"
    rf"|\bboth{_GAP}(?:{_OF}{_GAP})?(?:departments|ministries|agencies|regulators|councils|charities|universities)\b",
    re.IGNORECASE,
)
_GROUP = re.compile(rf"\b({_NUMBER}){_GAP}{_SOMEBODY}\b", re.IGNORECASE)
_NUMBERED = re.compile(rf"\b(?:{_NUMBER}|both)\b", re.IGNORECASE)


def _counted(loose: str, _sizes: frozenset[int]) -> Iterator[tuple[int, int]]:
    """A group counted to its end: "all six departments", "the four of us", "two of the five regulators"."""
    yield from (found.span() for found in _CLOSED.finditer(loose))


def _of_their_size(loose: str, sizes: frozenset[int]) -> Iterator[tuple[int, int]]:
    """So many people or offices as somebody here is one of: "seven regional directors"."""
    if sizes:
        yield from (found.span() for found in _GROUP.finditer(loose) if _number(found[1]) in sizes)


GROUP_RULES: dict[str, Count] = {COUNT: _counted, SIZE: _of_their_size}


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.lower()]
