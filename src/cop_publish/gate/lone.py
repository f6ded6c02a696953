"""Names alone, of people of this very item (facts 4.2, T2 and T3): "Siobhán said", "S.O'N.", or misheard.

Only where a file shows the words of one item: elsewhere a given name alone tells nothing.  What could as well
be a word or somebody else ("Will the council", "Peter Jones") is for a human to look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from cop_publish.core.folding import fold, loosen
from cop_publish.gate.name_words import ACTS, NAME_WORDS, TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.core.consents import Person, PersonId

SHORTEST_NAME = 2  # letters
SMALL_WORD = 4  # letters: from here on small letters are for a human to look at
LONG_WORD = 5  # letters: from here on they count as well, and one may be wrong
LONGER_WORD = 9  # two may be wrong
GIVEN, FAMILY, INITIALS = "given name alone", "family name alone", "initials alone"
NEAR = "name nearly spelt"
_LEET = str.maketrans("0134578", "oieastb")
_TITLES = rf"(?:{'|'.join(TITLES)})\.?"
_OPENERS = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "but",
        "by",
        "dear",
        "for",
        "from",
        "hello",
        "hi",
        "if",
        "in",
        "it",
        "its",
        "like",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "said",
        "so",
        "thank",
        "thanks",
        "that",
        "the",
        "their",
        "then",
        "there",
        "this",
        "though",
        "to",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "why",
        "with",
        "yes",
    ]
)


class Weight(Enum):
    """How surely a name alone is the person's."""

    SURE = "sure"
    DOUBTFUL = "doubtful"  # for a human to look at
    NONE = "none"  # a word, or the name of something else


Seen = tuple[tuple[int, int], bool]  # from where to where, and whether it can be nothing else
Look = Callable[[str, "Person", frozenset[str]], "Iterator[Seen]"]


@dataclass(frozen=True, slots=True)
class Sight:
    """A name alone, where it stands in the loosened text, and whether it can be nothing else."""

    rule: str
    person: PersonId
    start: int
    end: int
    is_sure: bool


def sights(text: str, here: Iterable[Person], shared: frozenset[str]) -> Iterator[Sight]:
    """Every name alone in a loosened text; `shared`: small names that somebody named here has too."""
    for person in here:
        for rule, look in LONE_RULES.items():
            for (start, end), is_sure in look(text, person, shared):
                yield Sight(rule, person.id, start, end, is_sure)


@lru_cache(maxsize=1024)
def lone_names(person: Person) -> tuple[tuple[str, str], ...]:
    """Each given name, nickname and family name of a person, loosened, with the rule that it falls under."""
    givens = [name for name in (person.given, *person.known_as) if person.family or name != person.given]
    found: dict[str, str] = {}
    for rule, names in ((GIVEN, givens), (FAMILY, [person.family])):
        for name in names:
            whole = loosen(name)
            parts = [p for p in re.split(r"[\s-]+", whole) if len(p) >= LONG_WORD - 1 and p[:1].isupper()]
            for way in (whole, *parts, whole.replace("'", "")):
                if len(fold(way)) >= SHORTEST_NAME:
                    found.setdefault(way, rule)
    return tuple((rule, name) for name, rule in found.items())


def _of(rule: str) -> Look:
    """Looks for the names that fall under a rule."""

    def look(text: str, person: Person, shared: frozenset[str]) -> Iterator[Seen]:
        for its_rule, name in lone_names(person):
            for found in _pattern(name).finditer(text) if its_rule == rule else ():
                weight = _weight(found, text, person, name)
                if weight is not Weight.NONE:
                    yield found.span(), weight is Weight.SURE and name.lower() not in shared

    return look


def _initials(text: str, person: Person, _shared: frozenset[str]) -> Iterator[Seen]:
    for found in _initials_pattern(person).finditer(text):
        yield found.span(), True


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    literal = r"[\s'-]{0,2}".join(re.escape(part) for part in re.findall(r"[^\W_]+", name))
    if len(name) >= SMALL_WORD and name.lower() not in NAME_WORDS:
        return re.compile(rf"(?<!\w)(?i:{literal})(?!\w)")
    ways = dict.fromkeys(re.escape(way) for way in (name, name.title(), name.upper()) if way[:1].isupper())
    return re.compile(rf"(?<!\w)(?<!\w')(?:{'|'.join(ways) or literal})(?!\w)")


@lru_cache(maxsize=1024)
def _initials_pattern(person: Person) -> re.Pattern[str]:
    """Dotted: "S.O'N.", "J. M.-F."; of two letters at least."""
    words = re.findall(r"[^\W\d_]+", loosen(person.full_name))
    if len(words) < 2:  # noqa: PLR2004 - one letter tells nothing
        return re.compile(r"(?!)")
    return re.compile(r"(?<![\w.])" + r"(?:\.[\s'-]?|['-])".join(w[0].upper() for w in words) + r"\.(?!\w)")


def _weight(found: re.Match[str], text: str, person: Person, name: str) -> Weight:
    """How surely the person is meant, from the words on both sides."""
    before = text[max(0, found.start() - 40) : found.start()]
    behind = text[found.end() : found.end() + 40]
    if re.search(rf"(?i:(?<!\w){_TITLES})\s*$", before):
        return Weight.SURE
    is_word = name.lower() in NAME_WORDS
    if found[0].islower() and _IN_A_DOMAIN.search(before):
        return Weight.NONE
    if found[0].islower() and len(name) < LONG_WORD:
        return Weight.DOUBTFUL
    if _is_part(before, behind) or _has_neighbours(before, behind, person):
        return Weight.NONE if is_word else Weight.DOUBTFUL
    if not is_word or _INSIDE_A_SENTENCE.search(before):
        return Weight.SURE
    return Weight.DOUBTFUL if re.match(ACTS, behind) else Weight.NONE


_INSIDE_A_SENTENCE = re.compile(r"[a-z0-9,;]['\")]?[ \t]$")  # there a word has no capital


_IN_A_DOMAIN = re.compile(r"\w\.$")  # "commons.example": the end of an address, which a name may be by chance


def _is_part(before: str, behind: str) -> bool:
    """Of an address, or of a word with a hyphen."""
    return bool(re.search(r"[@/.=-]$", before) or re.match(r"[@/=-]|\.\w", behind))


def _has_neighbours(before: str, behind: str, person: Person) -> bool:
    """Whether a word with a capital that is none of theirs stands beside it: somebody else, or a thing."""
    own = {word.lower() for word in re.findall(r"[^\W_]+", loosen(person.full_name))}
    beside = (re.match(r"[ \t]([A-Z][\w'-]+)", behind), re.search(r"([A-Z][\w'-]*)\.?[ \t]$", before))
    words = [found[1].lower() for found in beside if found is not None]
    return any(word not in own and word not in _OPENERS and word != "i" for word in words)


# --- nearly spelt ----------------------------------------------------------------------------------


def _nearly(text: str, person: Person, _shared: frozenset[str]) -> Iterator[Seen]:
    """Words with a capital, inside a sentence, that are a name but for a letter or two."""
    names = _long_names(person)
    words = _capitalised(text) if names else {}
    for name in names:
        for word, span in words.items():
            if _is_near(word, name):
                yield span, False


LONE_RULES: dict[str, Look] = {
    GIVEN: _of(GIVEN),
    FAMILY: _of(FAMILY),
    INITIALS: _initials,
    NEAR: _nearly,
}


def _long_names(person: Person) -> list[str]:
    names = [fold(name).decode() for _, name in lone_names(person)]
    return [name for name in dict.fromkeys(names) if len(name) >= LONG_WORD and " " not in name]


_INSIDE = re.compile(r"(?<=[a-z0-9,;:] )[A-Z@][\w@$]{3,}|(?<=[a-z0-9,;:] )\w*[A-Za-z][0134578][a-z]\w*")


@lru_cache(maxsize=4)
def _capitalised(text: str) -> dict[str, tuple[int, int]]:
    """By the small word, where it first stands; a word that stands in small letters as well is no name."""
    found: dict[str, tuple[int, int]] = {}
    for match in _INSIDE.finditer(text):
        word = match[0].lower()
        found.setdefault(word, match.span())
    words = set(re.findall(r"\w+", text)) if found else set()
    return {word: span for word, span in found.items() if not word.isalpha() or word not in words}


def _is_near(word: str, name: str) -> bool:
    plain = word.translate(_LEET) if not word.isalpha() else word
    if plain == name:
        return word != name
    allowed = 2 if len(name) >= LONGER_WORD else 1
    if abs(len(plain) - len(name)) > allowed or len(set(plain) ^ set(name)) > 2 * allowed:
        return False
    return distance(plain, name) <= allowed


def distance(a: str, b: str) -> int:
    """Optimal string alignment: letters changed, added, lost, or swapped with their neighbour."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
