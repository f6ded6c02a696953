"""The podcast feed: RSS 2.0 with Apple's tags, the podcast namespace and Podlove's chapters.

What must stand in it: PSP-1, the podcast RSS standard, and Apple's requirements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.feed_rules import check_feed, check_rendered, check_size
from cop_publish.core.feed_text import episode_place
from cop_publish.errors import InvalidSource
from cop_publish.render.feed_item import episode_item
from cop_publish.render.feed_tags import rss
from cop_publish.render.feed_values import Channel, Podcast, Tag, artwork, explicit, podcast
from cop_publish.render.notice import notice_item

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cop_publish.core.model import EpisodeRelease, Releases
    from cop_publish.core.problems import Problems
    from cop_publish.render.feed_values import Item
    from cop_publish.settings import Show, SiteSettings


@dataclass(frozen=True, slots=True)
class FeedParts:
    """What other renderers made for the feed."""

    notes: Mapping[str, str]  # an episode's id -> its notes as sanitised HTML, every link whole
    covers: Mapping[str, str]  # a cover's workspace file -> the key of its rebuilt .jpg or .png


def podcast_feed(releases: Releases, show: Show, site: SiteSettings, written: FeedParts) -> bytes:
    """Write ``feed.xml``.  Raises InvalidSource with every problem of `check_feed` and `check_size`."""
    _refuse(check_feed(show, site, releases) + _check_notes(releases, written))
    newest_first = sorted(
        releases.episodes,
        key=lambda r: (r.episode.published_at, r.episode.number or 0, r.episode.guid),
        reverse=True,
    )
    items = [_item(release, site, written) for release in newest_first]
    items += [notice_item(notice, site) for notice in releases.notices]
    items.sort(key=lambda item: item.published_at, reverse=True)  # stable: of one moment, as above
    channel = _channel(items[0].published_at, show, site, written)
    feed = rss(channel, items)
    _refuse(check_size(len(feed)))
    return feed


def _refuse(problems: Problems) -> None:
    if problems:
        msg = "Nothing was published: the podcast feed cannot be written."
        raise InvalidSource(msg, problems)


def _check_notes(releases: Releases, written: FeedParts) -> Problems:
    return tuple(
        problem
        for release in releases.episodes
        for problem in check_rendered(
            episode_place(release.episode), "notes", written.notes.get(release.episode.id, "")
        )
    )


def _channel(newest_at: datetime, show: Show, site: SiteSettings, written: FeedParts) -> Channel:
    cover = routes.address(site, written.covers[show.cover])
    return Channel(
        address=routes.address(site, routes.FEED),
        link=routes.address(site, routes.HOME),
        title=show.title,
        description=show.description,
        language=show.language,
        updated_at=newest_at,
        author=show.author,
        copyright=show.copyright,
        hub=show.hub,
        podcast=Podcast(show.author, show.owner_email, show.categories, cover, show.kind),
        tags=(
            explicit(show.explicit),
            podcast("guid", show.guid),
            podcast("locked", "yes", owner=show.owner_email),
            podcast("medium", "podcast"),
            artwork(cover, show.cover_alt),
            *_license(show),
            *_disclosure(show),
            *_frequency(show),
        ),
    )


def _license(show: Show) -> tuple[Tag, ...]:
    if not show.license:
        return ()
    where = {"url": show.license_url} if show.license_url else {}
    return (podcast("license", show.license, **where),)


def _disclosure(show: Show) -> tuple[Tag, ...]:
    return (podcast("txt", show.ai_content, purpose="ai-content"),) if show.ai_content else ()


def _frequency(show: Show) -> tuple[Tag, ...]:
    frequency = show.update_frequency
    if frequency is None:
        return ()
    rule = {"rrule": frequency.rrule} if frequency.rrule else {}
    return (podcast("updateFrequency", frequency.text, **rule),)


def _item(release: EpisodeRelease, site: SiteSettings, written: FeedParts) -> Item:
    cover = release.episode.cover
    notes = written.notes.get(release.episode.id, "").replace("\r\n", "\n").strip()
    image = routes.address(site, written.covers[cover.file]) if cover else ""
    return episode_item(release, site, notes, image)
