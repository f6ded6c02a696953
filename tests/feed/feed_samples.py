"""The sample show with everything a feed can say, and what other renderers would have made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from samples import EPISODE, MASTER, POST, RELEASE, RELEASES, SHOW, SITE

from cop_publish.core.consents import Level
from cop_publish.core.model import Chapter, Credit, EpisodeKind, EpisodeRelease, Image, Part
from cop_publish.render.feed import FeedParts, podcast_feed

if TYPE_CHECKING:
    from cop_publish.core.model import Releases
    from cop_publish.settings import Show

PARTS = FeedParts(
    notes={
        EPISODE.id: '<p>Notes with <em>emphasis</em> and a <a href="https://commons.example/map">link</a>.</p>'
    },
    covers={"cover.png": "images/cover.1234abcd.png", "episodes/own/cover.jpg": "images/own.5678abcd.jpg"},
)
FULL_SHOW = replace(SHOW, hub="https://hub.example/", copyright="A fictional community of practice")


def episode(number: int, /, **changes: object) -> EpisodeRelease:
    """Another episode, a day older for each number below 12, with a sound of its own."""
    names = {"id": f"{number:03}-made-up", "guid": f"guid-{number}", "number": number}
    date = EPISODE.published_at - timedelta(days=12 - number)
    title = f"A made-up talk about {number} things"
    changed = replace(EPISODE, **{**names, "title": title, "published_at": date, **changes})  # type: ignore[arg-type]  # fields by name
    return EpisodeRelease(changed, replace(MASTER, sha256=f"{number:02x}" * 32))


def only(**changes: object) -> Releases:
    """Releases of the sample episode alone, changed."""
    return releases_of(EpisodeRelease(replace(EPISODE, **changes), MASTER))  # type: ignore[arg-type]  # fields by name


def sounding(**changes: object) -> Releases:
    """Releases of the sample episode alone, its master changed."""
    return releases_of(EpisodeRelease(EPISODE, replace(MASTER, **changes)))  # type: ignore[arg-type]  # fields by name


def releases_of(*episodes: EpisodeRelease) -> Releases:
    """These episodes and no posts."""
    return replace(RELEASES, episodes=episodes, posts=())


def feed_of(releases: Releases, show: Show = FULL_SHOW, parts: FeedParts = PARTS) -> bytes:
    """The podcast feed of these releases."""
    return podcast_feed(releases, show, SITE, parts)


def full_releases() -> Releases:
    """Three episodes: one with a cover of its own, one bonus without number, one trailer."""
    own = episode(
        11,
        cover=Image("episodes/own/cover.jpg", "A hand of cards"),
        chapters=tuple(Chapter(float(n), f"Part {n}", "") for n in (0, 30, 61)),
        published_at=datetime(2026, 7, 20, 7, 0, tzinfo=UTC).astimezone(ZoneInfo("Europe/London")),
        explicit=True,
    )
    bonus = episode(10, number=None, season=None, kind=EpisodeKind.BONUS, chapters=(), cues=(), credits=())
    bonus = replace(bonus, episode=replace(bonus.episode, published_at=datetime(2026, 6, 1, 7, tzinfo=UTC)))
    trailer = episode(9, number=None, season=None, kind=EpisodeKind.TRAILER, language="cy")
    trailer = replace(
        trailer, episode=replace(trailer.episode, published_at=datetime(2026, 5, 1, 7, tzinfo=UTC))
    )
    return releases_of(RELEASE, own, bonus, trailer)


def blog_releases() -> Releases:
    """Three posts: one with a moved-in guid, one in Welsh by two authors, one without a summary."""
    moved = replace(POST, id="2026-11-19-moved", slug="moved", guid="https://old.example/?p=12&x=1")
    authors = (
        Credit("Alys Example", Level.NAMED, Part.AUTHOR),
        Credit("a contributor", Level.ROLE, Part.AUTHOR),
    )
    welsh = replace(POST, id="2026-11-18-cy", slug="cy", language="cy", title="Sgwrs & data", credits=authors)
    bare = replace(POST, id="2026-11-17-bare", slug="bare", guid=EPISODE.guid, summary="", topics=())
    posts = tuple(
        replace(post, published_at=POST.published_at - timedelta(days=n))
        for n, post in enumerate((POST, moved, welsh, bare))
    )
    return replace(RELEASES, episodes=(), posts=posts)


BODIES = {
    post.id: f'<p>Words &amp; <a href="{SITE.url}{post.slug}">more</a> ]]&gt;</p>\n<h2>Then</h2>'
    for post in blog_releases().posts
}
