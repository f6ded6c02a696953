"""Whose each piece of an item is: who says a cue or a paragraph, and who is mentioned in it.

A Cleared item holds no person's ID, on purpose.  The Draft beside it still does, and the pieces of the two
run in step: clearing puts words in the place of an ID, and takes cues out, but never moves a paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core.consents import Level, PersonId
from cop_publish.core.folding import folded
from cop_publish.core.left_out import images_of, left_out_of, without_left_out
from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience, ClearedEpisode, EpisodeDraft, MeetingDraft, PostDraft
from cop_publish.core.values import PERSON_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cop_publish.core.model import Cleared, Cue, Draft, Image, ImageDraft, Text

MORE = "<!--more-->"
_REFERENCE = re.compile(r"@\{(" + PERSON_ID.pattern + r")\}")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")

People = frozenset[PersonId]


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, a cue or a line as it will be public, and whose it is."""

    words: str
    people: People  # who says it, and whoever is mentioned in it
    speaker: str = ""  # of a cue: the agreed label
    withheld: int = 0  # passages that marks take out of it


@dataclass(frozen=True, slots=True)
class Heard:
    """A cue that is heard or, without words, one that the edit list takes out; times are the recording's."""

    piece: Piece
    start_seconds: float
    end_seconds: float
    is_cut: bool = False
    said_by: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture: its file, its alternative text, and who is in it or named in that text."""

    file: str
    alt: str
    people: People


@dataclass(frozen=True, slots=True)
class Pieces:
    """All of an item, in the order in which it is read."""

    title: Piece
    summary: Piece
    lines: tuple[Piece, ...]  # chapters, and the place of a meeting
    text: tuple[Piece, ...]  # paragraphs
    talk: tuple[Heard, ...]
    pictures: tuple[Shown, ...]
    listed: tuple[PersonId, ...]  # who the item itself says is part of it

    @property
    def people(self) -> People:
        """Everyone of whom something stands in the item."""
        one = (
            self.title,
            self.summary,
            *self.lines,
            *self.text,
            *(h.piece for h in self.talk if not h.is_cut),
        )
        return frozenset(self.listed).union(*(p.people for p in one), *(p.people for p in self.pictures))


def pieces_of(draft: Draft, cleared: Cleared) -> Pieces:
    """Take an item apart; `cleared` is what `clear` made of `draft`, its times still the recording's."""
    draft, _ = without_left_out(draft, left_out_of(draft, cleared))
    body = draft.notes if isinstance(draft, EpisodeDraft) else draft.body
    words = cleared.notes if isinstance(cleared, ClearedEpisode) else cleared.body
    return Pieces(
        title=_piece(draft.title, cleared.title),
        summary=_piece(draft.summary, cleared.summary),
        lines=tuple(_lines(draft, cleared)),
        text=_paragraphs(body, words),
        talk=tuple(_talk(draft, cleared)),
        pictures=tuple(_pictures(draft, cleared)),
        listed=listed_in(draft),
    )


def listed_in(draft: Draft) -> tuple[PersonId, ...]:
    """Whom the item's front matter names, each once."""
    authors = draft.authors if isinstance(draft, PostDraft) else ()
    return tuple(dict.fromkeys((*authors, *draft.people)))


def mentioned_in(words: str) -> People:
    """Whom a text refers to, its marks applied."""
    return frozenset(map(PersonId, _REFERENCE.findall(words)))


def _piece(text: Text, words: str) -> Piece:
    marked, _ = apply_marks(text, Audience.PUBLIC)
    if marked is None:
        return Piece(words, frozenset())
    return Piece(words, mentioned_in(marked.words), withheld=len(marked.withheld))


def _lines(draft: Draft, cleared: Cleared) -> Iterator[Piece]:
    if isinstance(draft, EpisodeDraft) and isinstance(cleared, ClearedEpisode):
        yield from (_piece(d.title, c.title) for d, c in zip(draft.chapters, cleared.chapters, strict=True))
    elif place := getattr(draft, "place", None):
        yield _piece(place, getattr(cleared, "place", ""))


def _paragraphs(text: Text, words: str) -> tuple[Piece, ...]:
    """Split both alike; where that does not go up, all of the text is one piece of everyone's."""
    marked, _ = apply_marks(text, Audience.PUBLIC)
    if marked is None:
        return ()
    raw, clean = _split(marked.words), _split(words)
    if len(raw) != len(clean):
        return (Piece(words, mentioned_in(marked.words)),)
    withheld = [passage.where.line for passage in marked.withheld]
    ends = _ends(marked.words, raw, marked.lines)
    starts = [0, *ends]
    counts = [sum(a < line <= b for line in withheld) for a, b in zip(starts, ends, strict=False)]
    return tuple(Piece(w, mentioned_in(r), withheld=n) for r, w, n in zip(raw, clean, counts, strict=True))


def _split(words: str) -> list[str]:
    parts = _BLANK_LINES.split(words.replace(MORE, ""))
    return [part.strip("\n") for part in parts if part.strip()]


def _ends(words: str, paragraphs: Sequence[str], lines: Sequence[int]) -> list[int]:
    """The last line in the file of each paragraph; what was withheld after it counts to the next one."""
    ends: list[int] = []
    at = 0
    for paragraph in paragraphs:
        at = words.find(paragraph, at) + len(paragraph)
        number = words.count("\n", 0, at)
        ends.append(lines[min(number, len(lines) - 1)] if lines else 0)
    return [*ends[:-1], 1 << 30] if ends else []  # what is withheld at the very end counts to the last


def _talk(draft: Draft, cleared: Cleared) -> Iterator[Heard]:
    """Pair the cues: the cleared ones are the draft's in order, without those that the edit list takes."""
    if not isinstance(draft, EpisodeDraft) or not isinstance(cleared, ClearedEpisode):
        return
    kept: list[Cue] = list(cleared.cues)
    called = _descriptions(draft, cleared)
    for cue in draft.cues:
        speakers = frozenset({cue.speaker} if cue.speaker else ())
        times = (cue.start_seconds, cue.end_seconds)
        if kept and (kept[0].start_seconds, kept[0].end_seconds) == times:
            clean = kept.pop(0)
            said = _piece(cue.text, clean.text)
            people = said.people | speakers | _described_in(said.words, called)
            yield Heard(Piece(said.words, people, clean.speaker), *times, said_by=cue.speaker)
        else:
            yield Heard(Piece("", speakers), *times, is_cut=True, said_by=cue.speaker)


def _descriptions(draft: EpisodeDraft, cleared: ClearedEpisode) -> dict[PersonId, bytes]:
    """What those are called who are credited by a role or an organisation, folded.

    Where the sound says such words the transcript has them as they are said, without an ID.
    """
    pairs = zip(draft.people, cleared.credits, strict=True)
    return {p: folded(c.label) for p, c in pairs if Level.ANONYMOUS < c.level < Level.NAMED}


def _described_in(words: str, called: dict[PersonId, bytes]) -> People:
    if not called:
        return frozenset()
    said = b" %s " % folded(words).strip()
    return frozenset(person for person, label in called.items() if b" %s " % label.strip() in said)


def _pictures(draft: Draft, cleared: Cleared) -> Iterator[Shown]:
    pairs: list[tuple[ImageDraft, Image]] = list(zip(draft.images, cleared.images, strict=True))
    for key in ("cover", "image"):
        one, other = getattr(draft, key, None), getattr(cleared, key, None)
        if one is not None and other is not None:
            pairs.append((one, other))
    for image, clean in pairs:
        marked, _ = apply_marks(image.alt, Audience.PUBLIC)
        named = mentioned_in(marked.words) if marked else frozenset()
        yield Shown(clean.file, clean.alt, frozenset(image.people) | named)


def withheld_in(draft: Draft, pieces: Pieces) -> tuple[str, ...]:
    """The words that marks withhold, and those of the cues that are cut.  Never to be shown to anyone."""
    passages = [
        passage.words
        for text in _texts(draft)
        for marked in [apply_marks(text, Audience.PUBLIC)[0]]
        if marked is not None
        for passage in marked.withheld
    ]
    cues = draft.cues if isinstance(draft, EpisodeDraft) else ()
    cut = {(heard.start_seconds, heard.end_seconds) for heard in pieces.talk if heard.is_cut}
    return (*passages, *(cue.text.raw for cue in cues if (cue.start_seconds, cue.end_seconds) in cut))


def may_be_in(draft: Draft) -> People:
    """Everyone who could be in an item, its marked passages included: quick, and never too few."""
    pictures = images_of(draft)
    cues = draft.cues if isinstance(draft, EpisodeDraft) else ()
    speakers = (cue.speaker for cue in cues if cue.speaker is not None)
    mentioned = mentioned_in("\n".join(text.raw for text in _texts(draft)))
    return mentioned.union(speakers, listed_in(draft), *(picture.people for picture in pictures))


def _texts(draft: Draft) -> list[Text]:
    """Every text of a draft that may mention somebody."""
    texts = [draft.title, draft.summary, draft.notes if isinstance(draft, EpisodeDraft) else draft.body]
    texts += [picture.alt for picture in images_of(draft)]
    if isinstance(draft, EpisodeDraft):
        return [*texts, *(chapter.title for chapter in draft.chapters), *(cue.text for cue in draft.cues)]
    return [*texts, draft.place] if isinstance(draft, MeetingDraft) else texts
