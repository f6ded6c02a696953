"""The blog's feeds with full text: RSS 2.0, and Atom beside it.  Both hold the newest posts only."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING
from uuid import UUID

from cop_publish.core import routes
from cop_publish.core.feed_rules import check_blog, check_rendered
from cop_publish.core.feed_text import post_place
from cop_publish.core.model import Part
from cop_publish.errors import InvalidSource
from cop_publish.render.feed_tags import atom, rss
from cop_publish.render.feed_values import DC, Channel, Item, Tag
from cop_publish.render.short_notes import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.model import ClearedPost, Releases
    from cop_publish.settings import Show, SiteSettings

NEWEST_POSTS = 20
SUMMARY_LIMIT_BYTES = 1000  # of a summary taken from the text itself
# An empty blog has no newest post; the clock would change its bytes at every build.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


def blog_rss(releases: Releases, show: Show, site: SiteSettings, bodies: Mapping[str, str]) -> bytes:
    """Write ``blog/feed.xml``; `bodies` maps a post's id to its HTML with every link whole.

    Raises InvalidSource with every problem of `check_blog`.
    """
    posts = _newest(releases, show, site, bodies)
    channel = _channel(posts, show, site, routes.BLOG_RSS)
    return rss(channel, (_rss_item(post, site, bodies[post.id]) for post in posts))


def blog_atom(releases: Releases, show: Show, site: SiteSettings, bodies: Mapping[str, str]) -> bytes:
    """Write ``blog/atom.xml``; as `blog_rss`."""
    posts = _newest(releases, show, site, bodies)
    channel = _channel(posts, show, site, routes.BLOG_ATOM)
    return atom(channel, (_atom_item(post, show, site, bodies[post.id]) for post in posts))


def _newest(
    releases: Releases, show: Show, site: SiteSettings, bodies: Mapping[str, str]
) -> list[ClearedPost]:
    # A stable sort: of two posts of one instant at the edge, the one that `bodies` was made for stays.
    posts = sorted(releases.posts, key=lambda post: post.published_at, reverse=True)[:NEWEST_POSTS]
    problems = check_blog(show, site, releases) + tuple(
        problem for post in posts for problem in check_rendered(post_place(post), "body", bodies[post.id])
    )
    if problems:
        msg = "Nothing was published: the blog's feeds cannot be written."
        raise InvalidSource(msg, problems)
    return posts


def _channel(posts: list[ClearedPost], show: Show, site: SiteSettings, key: str) -> Channel:
    return Channel(
        address=routes.address(site, key),
        link=routes.address(site, routes.BLOG),
        title=f"{show.title}: blog",
        description=show.description,
        language=show.language,
        updated_at=posts[0].published_at if posts else NEVER,
        author=show.author,
        copyright=show.copyright,
        hub=show.hub,
    )


def _rss_item(post: ClearedPost, site: SiteSettings, body: str) -> Item:
    address = routes.address(site, routes.post_page(post, site))
    return Item(
        guid=post.guid or address,
        guid_is_address=not post.guid,
        title=post.title,
        link=address,
        description=_summary(post, body),
        content=body,
        published_at=post.published_at,
        topics=post.topics,
        tags=tuple(Tag(f"{{{DC}}}creator", label) for label in _authors(post)),
    )


def _atom_item(post: ClearedPost, show: Show, site: SiteSettings, body: str) -> Item:
    address = routes.address(site, routes.post_page(post, site))
    return Item(
        guid=_iri(post.guid) or address,
        guid_is_address=False,
        title=post.title,
        link=address,
        description=_summary(post, body),
        content=body,
        published_at=post.published_at,
        topics=post.topics,
        authors=_authors(post),
        language="" if post.language == show.language else post.language,
    )


def _summary(post: ClearedPost, body: str) -> str:
    if post.summary.strip():
        return f"<p>{escape(' '.join(post.summary.split()), quote=False)}</p>"
    return shorten(body, SUMMARY_LIMIT_BYTES)


def _authors(post: ClearedPost) -> tuple[str, ...]:
    """The labels that were agreed, whatever their level; readers see the same words on the page."""
    return tuple(credit.label for credit in post.credits if credit.part is Part.AUTHOR)


def _iri(guid: str) -> str:
    """An Atom id is an IRI: a bare UUID becomes one, other words give way to the post's address."""
    if _SCHEME.fullmatch(guid):
        return guid
    try:
        return UUID(guid).urn
    except ValueError:
        return ""
