"""Every place where a person's part stands in what is about to be public, found by searching the files.

Not what we meant to write but what is there: each file is read with the gate's own readers, which were
written apart from everything that makes pages, feeds, transcripts and tags.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core.folding import folded
from cop_publish.core.output import InStore
from cop_publish.gate import find, kinds, scan
from cop_publish.gate.guard import Terms
from cop_publish.gate.markup import html_views
from cop_publish.gate.search import search_for
from cop_publish.gate.view import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cop_publish.core.consents import Person
    from cop_publish.core.output import PublicFile, Site

AROUND_LETTERS = 60  # shown on each side of what was found
MOST_SHOWN = 3  # excerpts of one file
_FOR_MACHINES = (".vtt", ".srt", ".json", ".mp3")  # what stands around words there is no prose


@dataclass(frozen=True, slots=True)
class Found:
    """One public file that holds their description or their words."""

    key: str
    described: int  # how often their agreed description stands in it
    sentences: int  # how many of their own sentences do
    items: frozenset[str]  # that the file shows: their people may be named in the excerpts
    excerpts: tuple[tuple[str, str, str], ...]  # before, the description as it stands there, after


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search of everything gave."""

    found: tuple[Found, ...]
    named_in: tuple[str, ...]  # keys of the files that hold a form of their name, an address or a handle
    checked_files: int
    unread: tuple[str, ...]  # files whose bytes are only in the store


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: their description where the item is shown, and the rest everywhere.

    A description need not be theirs alone: elsewhere "a contributor" is somebody else.
    """

    item: str
    description: str
    sentences: tuple[str, ...]
    person: Person


def seek(site: Site, part: Wanted) -> Sought:
    """Search every file for a description, for sentences, and for every form of a name."""
    person = part.person
    wanted = find.Wanted(search_for((person,), ()), {person.id: person})
    found: list[Found] = []
    named: list[str] = []
    here = [file for file in site.files if not isinstance(file.content, InStore)]
    for file in here:
        texts = list(_texts(file))
        description = part.description if part.item in file.items else ""
        place = _found(file, texts, description, part.sentences)
        found += [place] if place.described or place.sentences else []
        with scan.opened(file) as content:
            verdict = scan.scan(file, content, _NOBODY, wanted)
        named += [file.key] if any(f.person == person.id for f in verdict.findings) else []
    unread = tuple(f.key for f in site.files if isinstance(f.content, InStore))
    return Sought(tuple(found), tuple(named), len(here), unread)


_NOBODY = Terms(frozenset(), ())


def _found(file: PublicFile, texts: Sequence[str], description: str, sentences: Sequence[str]) -> Found:
    """Count by the reading of the file that shows most: several readings of one page are no more places."""
    hits = max(([*_pattern(description).finditer(text)] for text in texts), key=len, default=[])
    whole = [b" " + folded(text) + b" " for text in texts]
    own = [b" " + words + b" " for words in map(folded, sentences) if words]
    said = sum(any(words in text for text in whole) for words in own)
    shown = {} if file.key.endswith(_FOR_MACHINES) else {_around(hit): None for hit in hits}
    return Found(file.key, len(hits), said, file.items, tuple(shown)[:MOST_SHOWN])


def _pattern(description: str) -> re.Pattern[str]:
    """The words in any case, with any apostrophe; nothing where there are none."""
    words = (re.sub("['’‘]", "['’‘]", re.escape(word)) for word in description.split())
    return re.compile(r"\s+".join(words) or r"(?!)", re.IGNORECASE)


def _around(hit: re.Match[str]) -> tuple[str, str, str]:
    text, start, end = hit.string, hit.start(), hit.end()
    before = text[max(0, start - AROUND_LETTERS) : start]
    after = text[end : end + AROUND_LETTERS]
    if start > AROUND_LETTERS:
        before = "…" + before.partition(" ")[2]
    if end + AROUND_LETTERS < len(text):
        after = after.rpartition(" ")[0] + "…"
    return before, hit[0], after


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
