"""A contributor's view of an item: what will be public of them, as one canonical text and its digest.

Their agreed words; every paragraph and cue by them or mentioning them, with one neighbour on each side, for
words are understood by what stands around them; the pictures they are in; and the digests of the recording
and its edit list.  Never the encoder's output, a template or a tag: those may change, and their yes stands.
Spaces, line ends and Unicode's two ways to write an accent make no difference; a changed word does.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cop_publish.core.model import ClearedEpisode, PostDraft
from cop_publish.core.pieces import Pieces, pieces_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cop_publish.core.consents import Consent, PersonId
    from cop_publish.core.model import Cleared, Draft
    from cop_publish.core.pieces import Heard, Piece, Shown

VERSION = 1
# The labels that clearing gives to people without agreed words.
_NAMELESS = re.compile(r"\ba(?:nother| (?:second|third|fourth))? contributor\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Traces:
    """What no text shows: the recording's SHA-256, and each picture's file with the SHA-256 of its pixels."""

    recording_sha256: str = ""
    pixels_sha256: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """What one person agrees to.  It holds an ID, so nothing that renders a public page ever sees one."""

    item: str
    person: PersonId
    content: str = field(repr=False)  # canonical JSON

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    @property
    def recording_sha256(self) -> str:
        return str(self.value["recording"])

    @property
    def value(self) -> dict[str, Any]:
        """The content as it was before it became text."""
        value: dict[str, Any] = json.loads(self.content)
        return value


@dataclass(frozen=True, slots=True)
class Part:
    """What of an item is somebody's to agree to: their pieces and the neighbours, in reading order."""

    lines: tuple[Piece, ...]
    text: tuple[Piece, ...]
    talk: tuple[Heard, ...]


def part_of(draft: Draft, pieces: Pieces, person: PersonId) -> Part:
    """Choose them; an author's part is the whole post, as is that of somebody listed and not mentioned."""
    talk = [heard for heard in pieces.talk if not heard.is_cut]
    text_near = _near(pieces.text, person)
    talk_near = _near([heard.piece for heard in talk], person)
    lines = tuple(piece for piece in pieces.lines if person in piece.people)
    is_author = isinstance(draft, PostDraft) and person in draft.authors
    if is_author or not (text_near or talk_near or lines):
        return Part(pieces.lines, pieces.text, tuple(talk))
    return Part(lines, tuple(pieces.text[i] for i in text_near), tuple(talk[i] for i in talk_near))


def view_of(draft: Draft, cleared: Cleared, consent: Consent, traces: Traces) -> View:
    """Show what will be public of the person whose consent this is; `cleared` is made of `draft`."""
    person, pieces = consent.person, pieces_of(draft, cleared)
    part = part_of(draft, pieces, person)
    called = _label(draft, cleared, consent) or _nameless(pieces, person)
    pictures = pictures_of(pieces, person)
    value = {
        "version": VERSION,
        "item": cleared.id,
        "person": person,
        "audience": "public",
        "title": _plain(cleared.title),
        "summary": _plain(cleared.summary),
        "as": [consent.level.name.lower(), _plain(called)],
        "lines": [_plain(p.words) for p in part.lines],
        "text": _plain(" ".join(p.words for p in part.text)),
        "talk": [[_plain(h.piece.speaker), _plain(h.piece.words)] for h in part.talk],
        "pictures": [[_plain(p.alt), traces.pixels_sha256.get(p.file, "")] for p in pictures],
        "recording": traces.recording_sha256,
        "edit": cleared.edit.sha256 if isinstance(cleared, ClearedEpisode) else "",
    }
    return View(cleared.id, person, canonical(value))


def pictures_of(pieces: Pieces, person: PersonId) -> list[Shown]:
    """The pictures that a person is in, or that are said to show them."""
    return [picture for picture in pieces.pictures if person in picture.people]


def canonical(value: object) -> str:
    """One text for one value: sorted keys, no spaces; its words are composed and spaced singly already."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _near(pieces: Sequence[Piece], person: PersonId) -> list[int]:
    """Where their pieces are, and one neighbour on each side of each."""
    own = {i for i, piece in enumerate(pieces) if person in piece.people}
    return sorted({j for i in own for j in (i - 1, i, i + 1) if 0 <= j < len(pieces)})


def _label(draft: Draft, cleared: Cleared, consent: Consent) -> str:
    """What they are called: the agreed words, or the label of someone credited without a name."""
    if consent.display:
        return consent.display
    people = draft.authors if isinstance(draft, PostDraft) else draft.people
    credited = dict(zip(people, getattr(cleared, "credits", ()), strict=False))
    return credited[consent.person].label if consent.person in credited else ""


def _nameless(pieces: Pieces, person: PersonId) -> str:
    """The labels without a name in what mentions them: theirs, and hardly ever another's too."""
    every = (pieces.title, pieces.summary, *pieces.lines, *pieces.text, *(h.piece for h in pieces.talk))
    own = " ".join(piece.words for piece in every if person in piece.people)
    return " or ".join(dict.fromkeys(found.lower() for found in _NAMELESS.findall(own)))


def _plain(words: str) -> str:
    return " ".join(unicodedata.normalize("NFC", words).split())
