"""Everything that a cleared item says, as one text: for the gate, which reads it as that item's alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.core.model import ClearedEpisode, ClearedMeeting, ClearedPost, Image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.core.model import Cleared

_MARKUP = re.compile(r"<[^<>]*>|\[\^[^\[\]\s]+\]|[*_~`\\]")  # of footnotes the references, too


def words_of(item: Cleared) -> str:
    """Give an item's words line by line; Markdown twice, the second time without what could split a name."""
    return "\n".join(_lines(item))


def _lines(item: Cleared) -> Iterator[str]:
    yield from (item.title, item.summary)
    if isinstance(item, ClearedEpisode):
        yield from item.topics
        for chapter in item.chapters:
            yield from (chapter.title, chapter.url)
        yield from (cue.text for cue in item.cues)
    if isinstance(item, ClearedPost):
        yield from (*item.topics, item.category, item.slug, *item.redirect_from, item.guid)
    if isinstance(item, ClearedMeeting):
        yield from (*item.topics, item.place, item.link)
    for image in _images(item):
        yield image.alt
    body = item.notes if isinstance(item, ClearedEpisode) else item.body
    yield from (body, without_markup(body))


def without_markup(text: str) -> str:
    """Take out what could split a name in Markdown."""
    return _MARKUP.sub("", text)


def _images(item: Cleared) -> tuple[Image, ...]:
    single = item.cover if isinstance(item, ClearedEpisode) else None
    single = item.image if isinstance(item, ClearedPost) else single
    return (*item.images, single) if single else item.images
