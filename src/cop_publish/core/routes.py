"""Where everything public lives: keys under the public prefix, and their addresses.

Keys are ASCII, end in an extension, and no key is both a file and a folder (file-backed stores refuse
that).  Names that hold eight digits of a content hash never change their bytes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from cop_publish.core.kept import Kept
from cop_publish.core.model import ClearedEpisode, ClearedMeeting, ClearedPost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.model import Cleared, EpisodeRelease, PostDraft
    from cop_publish.settings import SiteSettings

HOME = "index.html"
EPISODES = "episodes/index.html"
BLOG = "blog/index.html"
MEETINGS = "meetings/index.html"
ABOUT = "about.html"
SUBSCRIBE = "subscribe.html"
NOT_FOUND = "404.html"
FEED = "feed.xml"
BLOG_RSS = "blog/feed.xml"
BLOG_ATOM = "blog/atom.xml"
FEEDS = frozenset({FEED, BLOG_RSS, BLOG_ATOM})  # those that name a hub
CALENDAR = "meetings.ics"
SITEMAP = "sitemap.xml"
ROBOTS = "robots.txt"

# Jekyll's own default form for a site without a `permalink` setting, with the extension every host serves.
PERMALINK = "/:category/:year/:month/:day/:slug.html"
_DAY_PARTS = (":year", ":short_year", ":month", ":i_month", ":day", ":i_day")
PERMALINK_PARTS = frozenset({":categories", ":category", ":slug", ":title", *_DAY_PARTS})
_TRANSCRIPT_PAGE = re.compile(r"episodes/[^/]+/transcript\.html")
_PART = re.compile("|".join(sorted(PERMALINK_PARTS, key=len, reverse=True)))


def address(site: SiteSettings, key: str) -> str:
    """The public address of a key; index pages are named in full (DESIGN.md section 9)."""
    return site.url + quoted(key)


@lru_cache(maxsize=4096)  # every link to an item asks again
def quoted(key: str) -> str:
    """A key as part of an address."""
    return quote(key, safe="/-._~")


def page(item: Cleared | Kept, site: SiteSettings) -> str:
    """The page of any item."""
    if isinstance(item, Kept):
        return item.page
    if isinstance(item, ClearedEpisode):
        return episode_page(item)
    if isinstance(item, ClearedPost):
        return post_page(item, site)
    if isinstance(item, ClearedMeeting):
        return meeting_page(item)
    return f"{item.id}.html"


def episode_page(episode: ClearedEpisode) -> str:
    """The page of an episode."""
    return f"episodes/{episode.id}.html"


def episode_transcript(episode: ClearedEpisode, extension: str = "vtt") -> str:
    """A transcript of an episode: `vtt`, `srt`, `json` or `html`."""
    return f"episodes/{episode.id}/transcript.{extension}"


def is_beside_its_page(key: str) -> bool:
    """Whether this is a page that comes and goes with an episode's own."""
    return _TRANSCRIPT_PAGE.fullmatch(key) is not None


def episode_chapters(episode: ClearedEpisode) -> str:
    """The JSON chapters of an episode."""
    return f"episodes/{episode.id}/chapters.json"


def episode_sound(release: EpisodeRelease) -> str:
    """The enclosure: a correction is a new name under the same guid (invariant 6)."""
    return f"media/{release.episode.id}.{release.master.sha256[:8]}.mp3"


def is_sound_of(episode_id: str, key: str) -> bool:
    """Whether a key is of a sound that this episode has or had."""
    name = key.removeprefix("media/")
    return name != key and name.endswith(".mp3") and name.rsplit(".", 2)[0] == episode_id


def post_page(post: ClearedPost | PostDraft, site: SiteSettings) -> str:
    """A post's key by Jekyll's permalink form; `:title` is the slug, `:categories` the category."""
    day = post.published_at
    values = {
        "category": post.category,
        "year": f"{day.year:04}",
        "month": f"{day.month:02}",
        "i_month": str(day.month),
        "day": f"{day.day:02}",
        "i_day": str(day.day),
        "short_year": f"{day.year % 100:02}",
        "slug": post.slug,
    }
    return _PART.sub(lambda part: values[_named(part)], _permalink(site))


def page_form(parts: Mapping[str, str], site: SiteSettings) -> str:
    """A regular expression for a post's key, where `parts` are such too and all that is known of it."""
    found = list(_PART.finditer(_permalink(site)))
    ends = [0, *(part.end() for part in found)]
    between = [_permalink(site)[end : part.start()] for end, part in zip(ends, found, strict=False)]
    filled = (re.escape(text) + parts[_named(part)] for text, part in zip(between, found, strict=True))
    return "".join(filled) + re.escape(_permalink(site)[ends[-1] :])


def _permalink(site: SiteSettings) -> str:
    return (site.permalink or PERMALINK).strip("/")


def _named(part: re.Match[str]) -> str:
    return {":categories": "category", ":title": "slug"}.get(part[0], part[0].removeprefix(":"))


def blog_page(number: int) -> str:
    """A page of older posts, numbered from the oldest so that a full page never changes."""
    return f"blog/page-{number}.html"


def meeting_page(meeting: ClearedMeeting) -> str:
    """The page of a meeting."""
    return f"meetings/{meeting.id}.html"


def meeting_calendar(meeting: ClearedMeeting) -> str:
    """The iCalendar file of one meeting."""
    return f"meetings/{meeting.id}.ics"


def hashed(folder: str, stem: str, sha256: str, extension: str) -> str:
    """The key of a file that is named after its bytes: ``images/map.1a2b3c4d.jpg``."""
    return f"{folder}/{stem}.{sha256[:8]}.{extension}"
