"""Every place where a person's part stands in what is about to be public, found by searching the files.

Not what we meant to write but what is there: each file is read with the gate's own readers, which were
written apart from everything that makes pages, feeds, transcripts and tags.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.contributor.quotes import MOST_SHOWN, quotes_of
from cop_publish.core.folding import folded, loosen, squash
from cop_publish.core.output import InStore
from cop_publish.gate import find, kinds, scan
from cop_publish.gate.forms import GLUED_LETTERS, Form, Guarded
from cop_publish.gate.guard import Terms
from cop_publish.gate.markup import html_views
from cop_publish.gate.search import search_for
from cop_publish.gate.view import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cop_publish.core.consents import Person
    from cop_publish.core.output import PublicFile, Site

_EMPLOYER = "employer"
_INITIALS_LETTERS = 5  # "WHO" and "DfE" are looked for as they are written: in small letters they are words


@dataclass(frozen=True, slots=True)
class Found:
    """One public file that holds their description, their words or, with their item, where they work."""

    key: str
    described: int  # how often their agreed description stands in it
    sentences: int  # how many of their own sentences do
    employed: int  # how often where they work does, but for what is inside the description
    items: frozenset[str]  # that the file shows: their people may be named in the excerpts
    excerpts: tuple[tuple[str, str, str], ...]  # sentences: before what was found, it as it stands, after
    told_of_work: bool = False  # where they work stands in it, inside the description or not


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search of everything gave."""

    found: tuple[Found, ...]
    named_in: tuple[str, ...]  # keys of the files that hold a form of their name, an address or a handle
    employed_in: tuple[str, ...]  # and of those that hold a name of where they work
    checked_files: int
    unread: tuple[str, ...]  # files whose bytes are only in the store


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: description and words where the item is shown, and the rest everywhere.

    Neither need be theirs alone: elsewhere "a contributor" is somebody else, and two people may open with one
    sentence.  Beside words that were agreed with them, in `agreed`, theirs are looked for everywhere.
    """

    item: str
    description: str
    sentences: tuple[str, ...]
    person: Person
    agreed: str = ""  # the description where it is theirs by agreement; empty: everybody's label


def seek(site: Site, part: Wanted) -> Sought:
    """Search every file for a description, for sentences, and for every form of a name and an employer."""
    person = part.person
    wanted = find.Wanted(search_for((person,), _employers(person)), {person.id: person})
    found: list[Found] = []
    named: list[str] = []
    employed: list[str] = []
    here = [file for file in site.files if not isinstance(file.content, InStore)]
    for file in here:
        with scan.opened(file) as content:
            verdict = scan.scan(file, content, _NOBODY, wanted)
        named += [file.key] if any(f.person == person.id for f in verdict.findings) else []
        employed += [file.key] if any(f.rule == _EMPLOYER for f in verdict.findings) else []
        place = _found(file, list(_texts(file)), part)
        if file.key in employed and part.item in file.items and not place.told_of_work:
            place = replace(place, employed=1)  # in its address, or in a reading that nobody sees
        found += [place] if place.described or place.sentences or place.employed else []
    unread = tuple(f.key for f in site.files if isinstance(f.content, InStore))
    return Sought(tuple(found), tuple(named), tuple(employed), len(here), unread)


_NOBODY = Terms(frozenset(), ())


def is_told_by(words: str, person: Person) -> bool:
    """Whether words hold a name of where somebody works."""
    return any(_name_pattern(name).search(words) for name in person.organisations)


def _employers(person: Person) -> Iterator[Form]:
    """What people call where they work, as the gate looks for a name: in every file, key and header."""
    for name in person.organisations:
        words = folded(name)
        if words:
            confirm = rf"(?<![^\W_]){re.escape(loosen(name))}(?![^\W_])" if _is_initials(name) else ""
            glued = len(squash(words)) >= GLUED_LETTERS
            yield Form(_EMPLOYER, words, Guarded.CONTACT, confirm=confirm, glued=glued)


def _is_initials(name: str) -> bool:
    return len(name) <= _INITIALS_LETTERS and name[-1:].isupper()


def _found(file: PublicFile, texts: Sequence[str], part: Wanted) -> Found:
    """Count by the reading of the file that shows most: several readings of one page are no more places."""
    with_item = part.item in file.items
    readings = [_hits(text, part) for text in texts] if with_item else []
    hits = max((described for described, _, _ in readings), key=len, default=[])
    # In a reading that has some of the description and not all, times or signs part its words.
    whole_ones = [beside for some, beside, _ in readings if len(some) in {0, len(hits)}]
    work = max(whole_ones, key=len, default=[])
    shown: dict[str, tuple[str, str, str]] = {}  # by the sentence: each once
    for pattern in _patterns(part) if with_item else ():
        new = {"".join(quote): quote for quote in quotes_of(file, pattern)}
        shown = {**dict([*new.items()][:MOST_SHOWN]), **shown}  # what was found first stays as it was
    told = any(is_told for _, _, is_told in readings)
    alone = file.items == {part.item}
    said = _said(texts, part) if alone or hits or _is_beside_it(texts, part) else 0
    quoted = tuple(shown.values())
    return Found(file.key, len(hits), said, len(work), file.items, quoted, told_of_work=told)


def _said(texts: Sequence[str], part: Wanted) -> int:
    """How many of their sentences stand in a file."""
    whole = [b" " + folded(text) + b" " for text in texts]
    own = [b" " + words + b" " for words in map(folded, part.sentences) if words]
    return sum(any(words in text for text in whole) for words in own)


def _is_beside_it(texts: Sequence[str], part: Wanted) -> bool:
    """Whether a file that is not this item's alone has the words that this person is called by."""
    return bool(part.agreed) and any(_pattern(part.agreed).search(text) for text in texts)


def _patterns(part: Wanted) -> Iterator[re.Pattern[str]]:
    """What is quoted: the description first, then what people call where they work."""
    yield _pattern(part.description)
    yield from (_name_pattern(name) for name in part.person.organisations)


Hits = list[re.Match[str]]


def _hits(text: str, part: Wanted) -> tuple[Hits, Hits, bool]:
    """Where the description stands, where an employer does beside it, and whether one does at all."""
    hits = [*_pattern(part.description).finditer(text)]
    every = [hit for name in part.person.organisations for hit in _name_pattern(name).finditer(text)]
    return hits, [hit for hit in every if not any(_is_inside(hit, words) for words in hits)], bool(every)


def _is_inside(hit: re.Match[str], words: re.Match[str]) -> bool:
    return words.start() <= hit.start() and hit.end() <= words.end()


def _name_pattern(name: str) -> re.Pattern[str]:
    """The name of an employer as whole words, in any case but for initials."""
    flags = re.NOFLAG if _is_initials(name) else re.IGNORECASE
    return re.compile(rf"(?<![^\W_])(?:{_pattern(name).pattern})(?![^\W_])", flags)


def _pattern(description: str) -> re.Pattern[str]:
    """The words in any case, with any apostrophe; nothing where there are none."""
    words = (re.sub("['’‘]", "['’‘]", re.escape(word)) for word in description.split())
    return re.compile(r"\s+".join(words) or r"(?!)", re.IGNORECASE)


def _texts(file: PublicFile) -> Iterator[str]:
    """The readings of a file that people see or hear of, on one line; escaped HTML within is opened."""
    try:
        with scan.opened(file) as content:
            kind = kinds.kind_of(file.key, file.headers.content_type, content[: kinds.SNIFFED_BYTES])
            views = [view for view in kind.read(content).views if not (view.code or view.noise)]
    except Unreadable:
        return
    for view in views:
        yield from _opened(view.text)


def _opened(text: str) -> Iterable[str]:
    inner = [v.text for v in html_views(text) if not v.code] if "</" in text else [text]
    return (" ".join(words.split()) for words in inner)
