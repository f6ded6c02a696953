"""How a person may stand in a text: each rule makes the forms of one kind, and the table lists the rules.

A form is searched as whole folded words.  Where folding loses what tells a name from a phrase
("A. Young", "a young person"), `confirm` is a pattern that must also stand in the loosened text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from cop_publish.core.folding import fold, folded, loosen, squash
from cop_publish.gate.name_words import (
    LONGEST_ACT,
    TITLES,
    are_words,
    no_plain_word,
    reversed_unbroken,
    unbroken,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cop_publish.core.consents import Person, PersonId


class Guarded(Enum):
    """What a form gives away, and so what allows it."""

    NAME = "name"  # allowed where the person may be named
    CONTACT = "contact"  # never allowed but in agreed wordings
    MARKING = "marking"  # never allowed: protective markings, and the registry's IDs


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words around which alone a text can hold what confirms a form, so that most of it is passed by."""

    words: tuple[str, ...]  # in small letters; with `as_written` as they are
    before: int  # characters before one of them; 0: the pattern begins with it
    behind: int  # and from its beginning on
    as_written: bool = False
    begin: str = ""  # how the pattern begins, for many forms alike; empty: only its whole is looked for


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling to look for."""

    rule: str
    words: bytes  # folded
    guarded: Guarded
    person: PersonId | None = None
    confirm: str = ""  # a regular expression over the loosened text
    glued: bool = False  # also looked for with every space taken out
    given: bytes = b""  # a word that must stand before `words`, one to three others between them
    anchor: Anchor | None = None  # of `confirm`; None: it may match anywhere


# Facts 4.2: shorter ones stand by chance across or inside other words.
GLUED_LETTERS = 8
SURNAME_LETTERS = 4  # of "J Smith"; "a li" and "i ng" are in every text
_PARTICLES = frozenset(
    b"ap ab al bin de del den der di do dos du el fitz ibn la le mac mc o st ten ter van von".split()
)
_ROLES = frozenset(
    b"admin board comms contact digital editor editors enquiries events feedback hello help hi info join "
    b"list lists mail media members membership news newsletter office podcast podcasts policy post press "
    b"producer producers questions radio research secretariat secretary show studio subscribe support team "
    b"webmaster website".split()
)
_TITLE_REACH = 3 + max(map(len, TITLES))  # of the blanks and the dot behind one, too
DOUBTFUL = frozenset({"title and family name"})  # rules whose forms may be somebody else
# In a heading these have capitals and are still no middle names: "Will the Green Paper ..." (case aside).
_NO_MIDDLE_NAMES = "and|are|at|by|for|from|had|has|in|is|of|on|or|said|says|the|to|vs|was|were|with"
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)


def forms_of(person: Person) -> Iterator[Form]:
    """Every form of a person by every rule of the table."""
    for rule, make in FORM_RULES.items():
        for form in make(person):
            if form.words:  # spelt out: `replace` takes four times as long, and there are thousands
                confirm, glued, given, anchor = form.confirm, form.glued, form.given, form.anchor
                yield Form(rule, form.words, form.guarded, person.id, confirm, glued, given, anchor)


def is_role_address(address: str) -> bool:
    """Whether an e-mail address is an office's and not a person's: its name is made of roles only."""
    local, at, _ = address.partition("@")
    words = fold(loosen(local)).split()
    return bool(at) and bool(words) and _ROLES.issuperset(words)


def _full_name(person: Person) -> Iterator[Form]:
    for given in _givens(person):
        for family in _families(person):
            words = given + b" " + family
            yield replace(_name(words), confirm=unbroken(words) if are_words(words) else "")
    if not person.family:
        for name in (person.given, *person.known_as):
            yield from _lone(name)


def _family_first(person: Person) -> Iterator[Form]:
    for given in _givens(person):
        for family in _families(person):
            words = family + b" " + given
            confirm = reversed_unbroken(family, given) if are_words(words) else ""
            yield replace(_name(words), confirm=confirm)


def _half_of_a_double_name(person: Person) -> Iterator[Form]:
    for given in _givens(person):
        for half in _halves(person.family):
            yield _name(given + b" " + half)
            yield _name(half + b" " + given)


def _initials(person: Person) -> Iterator[Form]:
    """``J. Smith``, ``Smith, J``, ``JSmith``; the surname long enough to be one."""
    for family in _spellings(person.family):
        if len(squash(family)) < SURNAME_LETTERS:
            continue
        surname, written = _literals(person.family), _with_capitals(person.family)
        behind = _INITIALS_REACH + 2 * len(person.family)
        anchor = Anchor(_anchors(person.family), _INITIALS_REACH, behind)
        for letters in _initial_letters(person):
            spaced, glued = b" ".join(letters), b"".join(letters)
            confirm = _initials_pattern([letter.decode() for letter in letters], surname, written)
            if len(glued + squash(family)) > GLUED_LETTERS:  # too long to be a word by chance
                confirm += rf"|(?i:(?<!\w){glued.decode()}{surname}(?!\w))"
            for initials in {spaced, glued}:
                for words in (initials + b" " + family, family + b" " + initials, initials + squash(family)):
                    yield Form("", words, Guarded.NAME, confirm=confirm, anchor=anchor)


def _middle_name(person: Person) -> Iterator[Form]:
    """``Jane Mary Smith``, ``Jane M. Smith``, ``Jane "Jay" Smith``, ``J. M. Smith``, ``jane-m-smith``.

    What stands between is capitalised or an initial, on one line or over the end of one, in one sentence.
    """
    families = [*_families(person), *_halves(person.family)]
    surnames = [loosen(person.family), loosen(person.family.translate(_UMLAUTS))]
    surnames += [words.decode() for words in families]
    surname = "|".join(dict.fromkeys(_literal(name) for name in surnames))
    for given, ways in _befores(person).items():
        before = "|".join(map(_literal, ways))
        length = 3 * len(person.family)
        if len(given) > 1:  # the pattern begins with it
            anchor = Anchor(_beginnings(ways), 0, _MIDDLE_REACH + length, begin=_middle_beginning(before))
        else:
            anchor = Anchor(_anchors(person.family), _INITIALS_REACH, length + _INITIALS_REACH)
        long_enough = [f for f in families if len(given) > 1 or len(squash(f)) >= SURNAME_LETTERS]
        for family in long_enough:
            confirm = _middle_pattern(before, surname)
            yield Form("", family, Guarded.NAME, confirm=confirm, given=given, anchor=anchor)


def _title_and_family(person: Person) -> Iterator[Form]:
    """``Dr Smith``, ``Ms. Smith``: there are others of that name, so a human must look."""
    for family in _spellings(person.family):
        if len(squash(family)) >= SURNAME_LETTERS:
            confirm = rf"(?i:(?<!\w)(?:{'|'.join(TITLES)})\.?\s+)(?:{_with_capitals(person.family)})(?!\w)"
            anchor = Anchor(_anchors(person.family), _TITLE_REACH, 3 * len(person.family))
            for title in TITLES:
                yield Form("", title.encode() + b" " + family, Guarded.NAME, confirm=confirm, anchor=anchor)


def _alias(person: Person) -> Iterator[Form]:
    for alias in person.aliases:
        if any(b" " in words for words in _spellings(alias)):
            yield from (_name(words) for words in _spellings(alias))
        else:
            yield from _lone(alias)


def _email(person: Person) -> Iterator[Form]:
    for email in person.emails:
        yield Form("", fold(loosen(email)), Guarded.CONTACT)


def _email_name(person: Person) -> Iterator[Form]:
    """The part before the @, where it tells who it is."""
    for email in person.emails:
        local = loosen(email.split("@")[0])
        words = squash(fold(local))
        surnames = [squash(part) for part in (*_families(person), *_halves(person.family))]
        named = any(len(name) > 2 and name in words and name != words for name in surnames)  # noqa: PLR2004 - a syllable
        numbered = len(words) > 4 and re.search(rb"\d", words) and not _is_role(local)  # noqa: PLR2004 - "jo7" is too short
        if named or numbered:
            yield Form("", fold(local), Guarded.NAME)


def _handle(person: Person) -> Iterator[Form]:
    for handle in person.handles:
        bare = loosen(handle).lstrip("@")
        yield Form("", fold(bare), Guarded.CONTACT, confirm=_handle_pattern(bare, person))
        if "@" in bare:
            local = bare.split("@")[0]
            yield Form("", fold(local), Guarded.CONTACT, confirm=_handle_pattern(local, person))


def _url(person: Person) -> Iterator[Form]:
    for url in person.urls:
        bare = re.sub(r"^\w+:/*|^//", "", loosen(url)).removeprefix("www.").rstrip("/")
        parts = [re.escape(part) for part in re.findall(r"\w+", bare)]
        yield Form(
            "", fold(bare), Guarded.CONTACT, confirm=r"(?i:(?<!\w)" + r"[^\w\s]{1,4}".join(parts) + r")(?!\w)"
        )


def _id(person: Person) -> Iterator[Form]:
    """The same ID on two pages tells that it is the same person."""
    confirm = rf"(?i:(?<![a-z0-9]){re.escape(person.id)}(?![a-z0-9]))"
    yield Form("", fold(person.id), Guarded.MARKING, confirm=confirm)


FORM_RULES: dict[str, Callable[[Person], Iterator[Form]]] = {
    "full name": _full_name,
    "name, family first": _family_first,
    "half of a double name": _half_of_a_double_name,
    "name with initials": _initials,
    "name with a middle name": _middle_name,
    "title and family name": _title_and_family,
    "alias": _alias,
    "e-mail address": _email,
    "e-mail name": _email_name,
    "handle": _handle,
    "web address": _url,
    "ID": _id,
}


def _name(words: bytes) -> Form:
    return Form("", words, Guarded.NAME, glued=len(squash(words)) >= GLUED_LETTERS)


def _lone(name: str) -> Iterator[Form]:
    """A name of one word ("Hope") is looked for with a capital, unless it is long enough to be no word."""
    for words in _spellings(name):
        short = len(words) < GLUED_LETTERS and b" " not in words
        title = loosen(name)
        confirm = rf"(?<!\w)(?:{re.escape(title.title())}|{re.escape(title.upper())})(?!\w)" if short else ""
        if short and are_words(words):
            confirm = no_plain_word(title)
        ways = tuple(dict.fromkeys((title.title(), title.upper())))
        anchor = Anchor(ways, 0, len(title) + LONGEST_ACT, as_written=True) if short else None
        yield Form("", words, Guarded.NAME, confirm=confirm, glued=not short, anchor=anchor)


def _givens(person: Person) -> list[bytes]:
    names = [words for name in (person.given, *person.known_as) for words in _spellings(name)]
    return list(dict.fromkeys([*names, *(words.split()[0] for words in names if len(words.split()[0]) > 1)]))


def _families(person: Person) -> list[bytes]:
    whole = _spellings(person.family)
    return list(dict.fromkeys([*whole, *(squash(words) for words in whole)]))


def _halves(family: str) -> list[bytes]:
    halves = [half for words in _spellings(family) if b" " in words for half in words.split()]
    return [half for half in dict.fromkeys(halves) if len(half) > 1 and half not in _PARTICLES]


@lru_cache(maxsize=8192)
def _spellings(name: str) -> tuple[bytes, ...]:
    """A name folded: with its apostrophes, without them, with spaces for them, umlauts spelt out."""
    loose = loosen(name)
    ways = [loose, loose.replace("'", ""), loose.replace("'", " "), loosen(name.translate(_UMLAUTS))]
    ways += [loosen(name.upper()), loosen(name.lower())]  # in Greek they may look like other letters
    return tuple(words for words in dict.fromkeys(fold(way) for way in ways) if words)


def _initial_letters(person: Person) -> list[tuple[bytes, ...]]:
    """One initial, and all of them where the given name has several words."""
    found: dict[tuple[bytes, ...], None] = {}
    for name in (person.given, *person.known_as):
        letters = tuple(_first_letter(word) for word in re.findall(r"[^\W_]+", name))
        found |= {letters[:1]: None, letters: None} if letters else {}
    return list(found)


def _first_letter(word: str) -> bytes:
    """Folded, which may make two of it: ``th`` of Þ."""
    return next(letter for letter in (*map(folded, word), fold(loosen(word))) if letter)


_INITIALS_REACH = 32  # "Smith, J. M. K." and the other way round, with blanks
_MIDDLE_REACH = 160  # a given name, two middle names in quotes and brackets, and blanks


def _anchors(family: str) -> tuple[str, ...]:
    """The longest part of each spelling of a name: one of them stands wherever a pattern of it matches."""
    spelt = [loosen(way) for way in (family, family.upper(), family.translate(_UMLAUTS))]
    spelt += [words.decode() for words in (*_spellings(family), *_halves(family))]
    parts = [max(found, key=len).lower() for way in spelt if (found := re.findall(r"[^\W_]+", way))]
    return tuple(part for part in dict.fromkeys(parts) if not any(o != part and o in part for o in parts))


def _beginnings(names: Iterable[str]) -> tuple[str, ...]:
    """The first part of each spelling, in small letters."""
    return tuple(dict.fromkeys(re.findall(r"[^\W_]+", name)[0].lower() for name in names))


def _literal(name: str) -> str:
    return r"[\W_]{0,2}".join(re.escape(part) for part in re.findall(r"[^\W_]+", name))


def _with_capitals(name: str) -> str:
    """A name as it is, each word with a capital, or in capitals; not in small letters."""
    ways = (name, name.title(), name.upper(), name[:1].upper() + name[1:])
    return "|".join(dict.fromkeys(_literal(loosen(way)) for way in ways if way != way.lower()))


def _literals(name: str) -> str:
    """As it is, or in capitals, which in Greek may look like other letters."""
    ways = dict.fromkeys(_literal(loosen(way)) for way in (name, name.upper()))
    first, *others = ways
    return first if not [o for o in others if o.lower() != first.lower()] else f"(?:{'|'.join(ways)})"


def _initials_pattern(letters: list[str], surname: str, written: str) -> str:
    """Initials that are meant as such: dotted, capital, or joined by a hyphen; "a young person" is not.

    A and I are words, and s, t, d, m are what an apostrophe leaves behind.
    """
    small = "".join(letters)
    ways = ({letter.upper(), letter.title(), loosen(letter.upper())} for letter in letters)
    big = r"\.?\s?".join(f"(?:{'|'.join(sorted(way))})" for way in ways)
    dotted = "".join(rf"{letter}\.[\s_-]?" for letter in letters)
    before = r"(?<![\w-])(?<!\w')" if small in set("stdmlv") else r"(?<!\w)(?<!\w')"
    found = [
        rf"{before}(?i:{dotted}\s?{surname})(?!\w)",
        rf"(?i:(?<!\w){surname},?[\s_-]+{dotted})",
        rf"{before}{big}(?=[A-Z][a-z])(?i:{surname})(?!\w)",
        rf"(?i:[@/]{small}{surname}(?!\w)|(?<!\w){small}{surname}@)",
    ]
    if small not in ("a", "i"):
        found += [
            rf"{before}{big}\s+(?:{written})(?!\w)",
            rf"(?<!\w)(?:{written}),?\s+{big}(?!['\w])",
            rf"(?i:{before}{small}[-_]{surname})(?!\w)",
            rf"(?i:(?<!\w){surname}[-_]{small})(?!['\w])",
        ]
    return "|".join(found)


def _befores(person: Person) -> dict[bytes, list[str]]:
    """By the first folded word of each given name, and by its initial, how the given name is written."""
    ways: dict[bytes, dict[str, None]] = {}
    for name in (person.given, *person.known_as):
        for words in _spellings(name):
            first = words.split()[0]
            spelt = (loosen(name), words.decode(), first.decode())
            ways.setdefault(first, {}).update(dict.fromkeys(spelt))
    found = {first: list(spelt) for first, spelt in ways.items() if len(first) > 1}
    return found | {first[:1]: [] for first in found}


_GAP = r"(?:[^\S\n]+|\r?\n|(?<=\.))"  # blocks and values are parted by more than one line end


def _middle_beginning(given: str) -> str:
    """What the next one begins with, whatever the family name."""
    return rf"(?<!\w)(?i:{given})(?:{_GAP}[\"'(]?[A-Z]|[-_.])"


def _middle_pattern(given: str, surname: str) -> str:
    """`given` as a pattern; empty: for a given name that is an initial, of which any will do."""
    initials = r"(?:[A-Z]\.\s?){1,3}"
    if not given:
        return rf"(?<![\w'-])(?:{initials}|(?:[A-Z][^\S\n]){{2,3}})(?i:{surname})(?!\w)"
    middle = rf"[\"'(]?(?:[A-Z]\.(?:[A-Z]\.)*|(?!(?i:{_NO_MIDDLE_NAMES})\b)[A-Z][\w'-]*)[\"')]?"
    return (
        rf"(?<!\w)(?i:{given}){_GAP}(?:{middle}{_GAP}){{1,2}}(?i:{surname})(?!\w)"
        rf"|(?i:(?<!\w)(?:{given})[-_.](?:[a-z][-_.]){{1,2}}(?:{surname})(?!\w))"
    )


def _handle_pattern(handle: str, person: Person) -> str:
    """A handle that is also a word or the plain name counts only where it stands as a handle."""
    words = squash(fold(handle))
    names = {squash(given + family) for given in _givens(person) for family in (*_families(person), b"")}
    names |= {squash(family + given) for given in _givens(person) for family in _families(person)}
    telling = len(words) >= GLUED_LETTERS or re.search(rb"\d", words) is not None
    if telling and words not in names:
        return ""
    return rf"(?i:[@/]{re.escape(handle)})(?!\w)"


def _is_role(local: str) -> bool:
    return any(word in _ROLES for word in re.findall(rb"[a-z]+", fold(local)))
