"""What a draft's marks withhold, and what it says unmarked that was marked once: marks are sticky."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.edits import gone_by
from cop_publish.core.ledger import find_guarded, is_known_again, print_of, without_targets, words_in
from cop_publish.core.lines import split_lines
from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience, EpisodeDraft, MeetingDraft, PageDraft, PostDraft, Text
from cop_publish.core.problems import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cop_publish.core.ledger import Found, Ledger, Print
    from cop_publish.core.marks import Passage
    from cop_publish.core.model import Draft

_LITTLE_SECONDS = 0.15  # of a cue may be cut with its words staying, as in `core/clear.py`
_AS_THEY_STAND = ("id", "slug", "category", "topics", "redirect_from")


@dataclass(frozen=True, slots=True)
class Standing:
    """Guarded words that stand unmarked: where, and the fingerprints they have."""

    where: Place
    found: Found


def withheld_in(draft: Draft) -> Iterator[Passage]:
    """Give every passage that the draft's marks withhold from the public."""
    for text in _all_texts(draft):
        marked, _ = apply_marks(text, Audience.PUBLIC)
        yield from marked.withheld if marked else ()


def prints_of(draft: Draft, key: bytes) -> tuple[Print, ...]:
    """Make the fingerprints of every passage that the draft's marks withhold from the public."""
    prints = [
        print_of(key, words)
        for passage in withheld_in(draft)
        for words in dict.fromkeys((words_in(passage.words), words_in(without_targets(passage.words))))
    ]
    return tuple(one for one in prints if one.marks)


def advise_marks(draft: Draft, ledger: Ledger) -> Iterator[str]:
    """Say which marked passages will not be known again when their mark is gone."""
    for passage in withheld_in(draft):
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


def check_guarded(draft: Draft, ledger: Ledger) -> Iterator[Problem]:
    """Report guarded passages that stand unmarked; their words are never quoted."""
    for standing in find_standing(draft, ledger):
        if standing.found.is_telling:
            where = standing.where
            line = f"{where.path}:{where.line}"
            what = "a passage that was marked as withheld stands here without its mark"
            fix = f"Mark it again; or, if it may be public now: cop-publish unmark {line} --by … --reason …"
            yield Problem(where, what, fix)


def advise_guarded(draft: Draft, ledger: Ledger) -> Iterator[str]:
    """Say where a few words are those of a guarded passage: anybody's, or a part of it."""
    for standing in find_standing(draft, ledger):
        if not standing.found.is_telling:
            what = f"{standing.found.count} words in a row here are those of a passage that is withheld"
            yield f"{standing.where}: {what}. Look whether they tell it."


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
    whole: _Placed = []
    plain: _Placed = []
    for text in stream:
        marked = None if text is None else apply_marks(text, Audience.PUBLIC)[0]
        if text is None or marked is None:  # a damaged mark is a problem of its own
            whole.append((None, Place("")))
            plain.append((None, Place("")))
            continue
        for line, number in zip(split_lines(marked.words), marked.lines, strict=True):
            where = Place(text.where.path, number)
            whole += ((word, where) for word in words_in(line))
            plain += ((word, where) for word in words_in(without_targets(line)))
    yield whole
    if plain != whole:
        yield plain


def _streams(draft: Draft) -> Iterator[Sequence[Text | None]]:
    """Give what a reader or listener gets in one go; None where something in between is left out."""
    yield from ([text] for text in _texts(draft))
    if isinstance(draft, EpisodeDraft):
        gone = gone_by(draft.edit)
        yield [
            cue.text if gone.seconds(cue.start_seconds, cue.end_seconds) <= _LITTLE_SECONDS else None
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
