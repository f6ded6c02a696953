"""The blog in parts whose addresses stay right: numbered from the oldest post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core import routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.core.kept import AnyPost


@dataclass(frozen=True, slots=True)
class BlogPart:
    """Some posts, the newest first, and the keys of the parts beside them (empty: none)."""

    number: int  # 0: the index
    key: str
    posts: tuple[AnyPost, ...]
    older: str
    newer: str


def blog_parts(posts: tuple[AnyPost, ...], per_page: int) -> Iterator[BlogPart]:
    """The index with the newest posts (one to nearly two parts' worth), then full parts down to the oldest.

    A post that has left the index stands on the same numbered part for ever.
    """
    per_page = max(1, per_page)
    numbered = max(0, len(posts) // per_page - 1)
    for number in (0, *range(numbered, 0, -1)):
        end = len(posts) - (number - 1) * per_page if number else len(posts) - numbered * per_page
        start = end - per_page if number else 0
        older = number - 1 if number else numbered
        yield BlogPart(
            number=number,
            key=_key(number),
            posts=posts[start:end],
            older=_key(older) if older else "",
            newer="" if not number else _key(number + 1 if number < numbered else 0),
        )


def _key(number: int) -> str:
    return routes.blog_page(number) if number else routes.BLOG
