"""What a draft's marks withhold, and what it says unmarked that was marked once: marks are sticky."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.edits import gone_by
from cop_publish.core.fences import Mark
from cop_publish.core.heard import LITTLE_SECONDS
from cop_publish.core.ledger import (
    find_guarded,
    holds_target,
    is_known_again,
    print_of,
    without_targets,
    words_in,
)
from cop_publish.core.lines import split_lines
from cop_publish.core.marks import Passage, apply_marks
from cop_publish.core.model import Audience, EpisodeDraft, MeetingDraft, PageDraft, PostDraft, Text
from cop_publish.core.problems import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cop_publish.core.ledger import Found, Ledger, Print, Words
    from cop_publish.core.marks import Marked
    from cop_publish.core.model import Draft

_AS_THEY_STAND = ("id", "slug", "category", "topics", "redirect_from")


@dataclass(frozen=True, slots=True)
class Standing:
    """Guarded words that stand unmarked: where, and the fingerprints they have."""

    where: Place
    found: Found


def withheld_in(draft: Draft) -> Iterator[Passage]:
    """Give every passage that the draft's marks withhold from the public."""
    for text in _all_texts(draft):
        yield from withheld_by_marks(text)


def withheld_by_marks(text: Text) -> Iterator[Passage]:
    """Give what marks withhold in a text; where one is damaged, those that are whole withhold all the same.

    Nothing of such a text is published, and a slip in one mark must not let go of what stands in another.
    """
    marked, _ = apply_marks(text, Audience.PUBLIC)
    if marked is not None:
        yield from marked.withheld
        return
    raw = "\n".join(line.rstrip("\r\n") for line in split_lines(text.raw))
    for found in _WHOLE_BLOCK.finditer(raw):
        yield Passage(Mark(found[1]), found[2].strip(), text.where)
    for paragraph in _PARAGRAPH.split(raw):
        for found in _WHOLE_PASSAGE.finditer(paragraph):
            yield Passage(Mark.CONFIDENTIAL, found[1].strip(), text.where)


_WHOLE_BLOCK = re.compile(
    r"(?ms)^[ \t>]*:::[ \t]*(confidential|network-only)[ \t]*$(.*?)^[ \t>]*:::[ \t]*end\b"
)
_WHOLE_PASSAGE = re.compile(r"(?s)\[\[\s*confidential\s*:((?:(?!\]\]|\|\s*say\s*\|).)+)(?:\|.*?)?\]\]")
_PARAGRAPH = re.compile(r"\n[ \t>]*\n")


def words_of_passages(passages: Iterable[Passage]) -> tuple[Words, ...]:
    """Fold what is withheld to words, as the fingerprints are made of them: with and without addresses."""
    readings = (
        words
        for passage in passages
        for words in (words_in(passage.words), words_in(without_targets(passage.words)))
    )
    return tuple(dict.fromkeys(readings))


def prints_of(withheld: Iterable[Words], key: bytes) -> tuple[Print, ...]:
    """Make the fingerprints of every passage that can be known again without its mark."""
    return tuple(one for one in (print_of(key, words) for words in withheld) if one.marks)


def advise_marks(passages: Iterable[Passage], ledger: Ledger) -> Iterator[str]:
    """Say which marked passages will not be known again when their mark is gone."""
    for passage in passages:
        words = words_in(passage.words)
        said = [word for word in words if word is not None]
        if not said or is_known_again(words) or any(f.whole for f in find_guarded(words, ledger)):
            continue
        why = "so few words" if None not in words else "words around a person's ID"
        yield (
            f"{passage.where}: this is withheld as long as it is marked, but {why} cannot be known again "
            "without the mark. If they must never be public, add the telling ones to `terms` in the "
            "registry's guard.yaml."
        )


def guarded_problem(standing: Standing) -> Problem:
    """Report a guarded passage that stands unmarked; its words are never quoted."""
    where = standing.where
    what = "a passage that was marked as withheld stands here without its mark"
    line = f"{where.path}:{where.line}"
    fix = f"Mark it again; or, if it may be public now: cop-publish unmark {line} --by … --reason …"
    return Problem(where, what, fix)


def guarded_advice(standing: Standing) -> str:
    """Say where a few words are those of a guarded passage: anybody's, or a part of it."""
    what = f"{standing.found.count} words in a row here are those of a passage that is withheld"
    return f"{standing.where}: {what}. Look whether they tell it."


def find_standing(draft: Draft, ledger: Ledger) -> Iterator[Standing]:
    """Find every guarded passage that stands unmarked in the draft, and would be public."""
    if not ledger:
        return
    seen: set[tuple[Place, Found]] = set()
    for stream in _streams(draft):
        for readings in _read(stream):
            words = tuple(word for word, _ in readings)
            for found in find_guarded(words, ledger):
                standing = Standing(readings[found.at][1], found)
                one = (standing.where, replace(found, at=0))  # with and without the addresses of links
                if one not in seen:
                    seen.add(one)
                    yield standing


_Placed = list[tuple[str | None, Place]]


def _read(stream: Sequence[Text | None]) -> Iterator[_Placed]:
    """Give the words of texts that follow each other, with and without the addresses of links."""
    pieces = [None if text is None else (text, apply_marks(text, Audience.PUBLIC)[0]) for text in stream]
    yield list(_placed(pieces, str))
    if any(piece and piece[1] and holds_target(piece[1].words) for piece in pieces):
        yield list(_placed(pieces, without_targets))


def _placed(
    pieces: Sequence[tuple[Text, Marked | None] | None], plain: Callable[[str], str]
) -> Iterator[tuple[str | None, Place]]:
    for piece in pieces:
        if piece is None or piece[1] is None:  # a damaged mark is a problem of its own
            yield None, Place("")
            continue
        text, marked = piece[0], piece[1]
        for line, number in zip(split_lines(marked.words), marked.lines, strict=True):
            where = Place(text.where.path, number)
            yield from ((word, where) for word in words_in(plain(line)))


def _streams(draft: Draft) -> Iterator[Sequence[Text | None]]:
    """Give what a reader or listener gets in one go; None where something in between is left out."""
    yield from ([text] for text in _texts(draft))
    if isinstance(draft, EpisodeDraft):
        gone = gone_by(draft.edit)
        yield [
            cue.text if gone.seconds(cue.start_seconds, cue.end_seconds) <= LITTLE_SECONDS else None
            for cue in draft.cues
        ]
    for key in _AS_THEY_STAND:
        value: str | tuple[str, ...] = getattr(draft, key, ())
        yield from ([Text(v, draft.where)] for v in ((value,) if isinstance(value, str) else value))


def _all_texts(draft: Draft) -> Iterator[Text]:
    yield from _texts(draft)
    if isinstance(draft, EpisodeDraft):
        yield from (cue.text for cue in draft.cues)


def _texts(draft: Draft) -> Iterator[Text]:
    yield from (draft.title, draft.summary)
    if isinstance(draft, EpisodeDraft):
        yield from (chapter.title for chapter in draft.chapters)
        yield draft.notes
        yield from (draft.cover.alt,) if draft.cover else ()
    elif isinstance(draft, PostDraft):
        yield draft.body
        yield from (draft.image.alt,) if draft.image else ()
    elif isinstance(draft, MeetingDraft):
        yield from (draft.place, draft.body)
    elif isinstance(draft, PageDraft):
        yield draft.body
    yield from (image.alt for image in draft.images)
