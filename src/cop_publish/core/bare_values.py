"""Values of an item that are no words: public as they stand, in an address, a file's name or a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.model import EpisodeDraft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.core.model import Draft

_KEYS = ("id", "guid", "language", "category", "slug", "link", "topics", "redirect_from")


def values_as_they_stand(draft: Draft) -> Iterator[tuple[str, str]]:
    """Each with the key that it stands under."""
    for key in _KEYS:
        value: str | tuple[str, ...] = getattr(draft, key, ())
        yield from ((key, v) for v in ((value,) if isinstance(value, str) else value))
    yield from (("images", image.file) for image in draft.images)
    if isinstance(draft, EpisodeDraft):
        yield from (("chapters", chapter.url) for chapter in draft.chapters)
