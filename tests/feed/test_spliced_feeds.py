"""Feeds, calendar and sitemap beside what stays: byte for byte as if all of it had been made anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import feedparser  # type: ignore[import-untyped]  # it has no types
import pytest
from sample_site import MADE, RELEASES, SETTINGS
from samples import EPISODE, MEETING, POST

from cop_publish.core import routes
from cop_publish.core.output import PublicFile, Site
from cop_publish.render.blog_feeds import NEWEST_POSTS, blog_atom, blog_rss
from cop_publish.render.calendar import calendar_files
from cop_publish.render.feed import FeedParts, podcast_feed
from cop_publish.render.pages import render_pages
from cop_publish.site import _feed
from cop_publish.withdrawal.splice import entries_about, with_entries, without_entries
from cop_publish.withdrawal.stays import Stays

if TYPE_CHECKING:
    from cop_publish.core.model import Releases

SITE, SHOW = SETTINGS.site, SETTINGS.show
EPISODES = tuple(
    replace(
        RELEASES.episodes[0],
        episode=replace(
            EPISODE,
            id=f"e-{n}",
            guid=f"g-{n}",
            number=9 - n // 3,  # of one moment some have one number too
            published_at=EPISODE.published_at - timedelta(days=n // 4),
        ),
    )
    for n in (2, 1, 0, 3, 5, 4, 6)
)
POSTS = tuple(
    replace(
        POST,
        id=f"post-{99 - n}",
        slug=f"post-{99 - n}",
        redirect_from=(),
        published_at=POST.published_at - timedelta(days=n // 3),
    )
    for n in range(NEWEST_POSTS + 4)
)
MEETINGS = tuple(
    replace(MEETING, id=f"m-{n}", starts_at=MEETING.starts_at + timedelta(days=n // 2)) for n in range(4)
)
WHOLE = replace(RELEASES, episodes=EPISODES, posts=POSTS, meetings=MEETINGS)


def test_the_samples_are_in_the_order_in_which_a_workspace_gives_them() -> None:
    by_day = [(r.episode.published_at, r.episode.number or 0, r.episode.guid) for r in EPISODES]
    assert by_day == sorted(by_day, reverse=True)
    assert tuple(sorted(POSTS, key=lambda post: (post.published_at, post.id), reverse=True)) == POSTS


def feeds(releases: Releases) -> dict[str, PublicFile]:
    bodies = {post.id: "<p>Words.</p>" for post in releases.posts}
    parts = FeedParts({}, {SHOW.cover: "images/c.png"})
    written = {
        routes.FEED: podcast_feed(releases, SHOW, SITE, parts),
        routes.BLOG_RSS: blog_rss(releases, SHOW, SITE, bodies),
        routes.BLOG_ATOM: blog_atom(releases, SHOW, SITE, bodies),
    }
    listing = [*calendar_files(releases, SETTINGS), *render_pages(releases, SETTINGS, MADE)]
    found = {file.key: file for file in listing if file.key in {routes.CALENDAR, routes.SITEMAP}}
    return found | {key: _feed(key, content, "x", frozenset()) for key, content in written.items()}


def content(file: PublicFile) -> bytes:
    assert isinstance(file.content, bytes)
    return file.content


def without(item: str) -> Releases:
    return replace(
        WHOLE,
        episodes=tuple(r for r in EPISODES if r.episode.id != item),
        posts=tuple(p for p in POSTS if p.id != item),
        meetings=tuple(m for m in MEETINGS if m.id != item),
    )


PAGES = {
    **{r.episode.id: routes.episode_page(r.episode) for r in EPISODES},
    **{p.id: routes.post_page(p, SITE) for p in POSTS[:NEWEST_POSTS]},
    **{m.id: routes.meeting_page(m) for m in MEETINGS},
}
LIVE = feeds(WHOLE)


def stays(item: str) -> Stays:
    address = frozenset({routes.address(SITE, PAGES[item])})
    about = {key: entries_about(content(file), address) for key, file in LIVE.items()}
    own = {
        key: with_entries(without_entries(content(LIVE[key])), found) for key, found in about.items() if found
    }
    return Stays(frozenset({item}), feeds={k: replace(LIVE[k], content=own[k]) for k in own})


def beside(item: str, releases: Releases) -> dict[str, bytes]:
    site = stays(item).beside(Site(tuple(feeds(releases).values()), (), None))
    return {file.key: content(file) for file in site.files}


@pytest.mark.parametrize("item", PAGES)
def test_every_feed_is_as_it_is_live(item: str) -> None:
    assert stays(item).feeds
    assert beside(item, without(item)) == {key: content(file) for key, file in LIVE.items()}


def test_the_blogs_feeds_hold_the_newest_posts_and_the_day_of_the_newest() -> None:
    """What stays is the last of them: the post that came in for it has been out of the feed for long."""
    last = POSTS[NEWEST_POSTS - 1]
    new = replace(POST, id="z-new", slug="new", published_at=POST.published_at + timedelta(days=1))
    releases = replace(without(last.id), posts=(new, *without(last.id).posts))
    found = beside(last.id, releases)
    for key in (routes.BLOG_RSS, routes.BLOG_ATOM):
        read = feedparser.parse(found[key])
        assert [entry.link for entry in read.entries] == [
            routes.address(SITE, routes.post_page(post, SITE)) for post in (new, *POSTS[: NEWEST_POSTS - 1])
        ]
        assert read.feed.updated_parsed[:3] == (2026, 11, 21)


def test_a_kept_episode_that_is_the_newest_dates_the_feed() -> None:
    older = replace(WHOLE, episodes=EPISODES[4:])
    made = feeds(older)
    assert feedparser.parse(content(made[routes.FEED])).feed.updated_parsed[:3] == (2026, 11, 19)
    found = beside("e-2", older)
    assert feedparser.parse(found[routes.FEED]).feed.updated_parsed[:3] == (2026, 11, 20)
