"""Who is in an item: listed, heard, pictured, spoken of by reference, or at the meeting it comes from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.core.consents import PersonId
from cop_publish.core.model import EpisodeDraft, MeetingDraft, PageDraft, PostDraft

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cop_publish.core.model import Draft, ImageDraft, Text

_REFERENCE = re.compile(r"@\{\s*(p-[a-z0-9-]+)\s*\}")


def present_in(drafts: Iterable[Draft]) -> Mapping[str, frozenset[PersonId]]:
    """By item, everyone in it, whatever they agreed to: the gate looks there for their names alone."""
    listed = list(drafts)
    own = {draft.id: frozenset(_people(draft)) for draft in listed}
    meetings = {draft.id for draft in listed if isinstance(draft, MeetingDraft)}
    found = dict(own)
    for draft in listed:
        if isinstance(draft, EpisodeDraft | PostDraft) and draft.meeting in meetings:
            found[draft.id] = own[draft.id] | own[draft.meeting]
    return found


def pictured_in(draft: Draft) -> frozenset[PersonId]:
    """Who can be recognised in a picture of it."""
    return frozenset(person for image in _images(draft) for person in image.people)


def _people(draft: Draft) -> Iterator[PersonId]:
    yield from draft.people
    if isinstance(draft, PostDraft):
        yield from draft.authors
    if isinstance(draft, EpisodeDraft):
        yield from (cue.speaker for cue in draft.cues if cue.speaker)
    for image in _images(draft):
        yield from image.people
    for text in texts_of(draft):
        yield from (PersonId(person) for person in _REFERENCE.findall(text.raw))


def _images(draft: Draft) -> Iterator[ImageDraft]:
    yield from draft.images
    single = draft.cover if isinstance(draft, EpisodeDraft) else None
    single = draft.image if isinstance(draft, PostDraft) else single
    if single:
        yield single


def texts_of(draft: Draft) -> Iterator[Text]:
    """Every text of a draft as it was written, marks included."""
    yield from (draft.title, draft.summary)
    if isinstance(draft, EpisodeDraft):
        yield draft.notes
        yield from (chapter.title for chapter in draft.chapters)
        yield from (cue.text for cue in draft.cues)
    if isinstance(draft, PostDraft | MeetingDraft | PageDraft):
        yield draft.body
    if isinstance(draft, MeetingDraft):
        yield draft.place
    yield from (image.alt for image in _images(draft))
