"""What other pages must know of an item that stays, read from what is live of it.

An episode is read from its entry in the feed and a meeting from its calendar file, which we write ourselves,
whatever templates a show has; a post from the JSON-LD of its page.  What cannot be read gives None: then only
entries of lists stay (`lists.py`), and the pages that lose their link are named.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cop_publish.core import routes
from cop_publish.core.kept import KeptEpisode, KeptMeeting, KeptPage, KeptPost, KeptSound, KeptTalk
from cop_publish.core.model import EpisodeKind, MeetingStatus
from cop_publish.withdrawal.splice import entries_about, entries_of
from cop_publish.withdrawal.unlink import title_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.kept import Kept
    from cop_publish.core.output import Manifest
    from cop_publish.settings import SiteSettings

_LINKED_DATA = re.compile(rb'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
# A template of a show's own may write anything.
_UNREADABLE = (AttributeError, KeyError, StopIteration, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class AsLive:
    """An item's live files by key, without sound and pictures, the feed, and everything that is live."""

    id: str
    kind: str  # episode | post | meeting | page
    page: str  # the key of its page
    own: Mapping[str, bytes]
    feed: bytes
    meeting: str | None  # the id of the meeting that its page and which page lead to each other
    live: Manifest
    site: SiteSettings

    @property
    def thing(self) -> dict[str, Any]:
        """What its page says of it to machines; empty where a template leaves that out."""
        address = routes.address(self.site, self.page)
        found = _LINKED_DATA.search(self.own.get(self.page, b""))
        try:
            graph = json.loads(found[1])["@graph"] if found else []
            return next((one for one in graph if one.get("url") == address), {})
        except _UNREADABLE:
            return {}


def kept_from(item: AsLive) -> Kept | None:
    """What stands in for it in lists and beside other items; None where that cannot be read."""
    try:
        if item.kind == "episode":
            return _episode(item)
        if item.kind == "post":
            return _post(item)
        return _meeting(item) if item.kind == "meeting" else _page(item)
    except _UNREADABLE:
        return None


def _episode(item: AsLive) -> KeptEpisode:
    (entry,) = entries_about(item.feed, frozenset({routes.address(item.site, item.page)}))
    thing = item.thing
    sound = _attribute(entry, b"enclosure", b"url").removeprefix(item.site.url)
    media = next(e for e in item.live.entries if e.key == sound)
    episode = KeptTalk(
        id=item.id,
        guid=_tag(entry, b"guid"),
        title=_tag(entry, b"title"),
        summary=str(thing.get("description") or _summary(entry)),
        published_at=_moment(thing.get("datePublished"), entry),
        number=_number(entry, b"podcast:episode"),
        season=_number(entry, b"podcast:season"),
        kind=EpisodeKind(_tag(entry, b"itunes:episodeType")),
        language=str(thing.get("inLanguage") or _language(entry, item.feed)),
        meeting=item.meeting,
        cues=b"<podcast:transcript " in entry,
    )
    seconds = float(_tag(entry, b"itunes:duration"))
    return KeptEpisode(episode, KeptSound(media.sha256, media.size_bytes, seconds), item.page)


def _post(item: AsLive) -> KeptPost:
    thing = item.thing
    return KeptPost(
        id=item.id,
        page=item.page,
        guid="",
        title=str(thing["headline"]),
        summary=str(thing["description"]),
        published_at=_aware(datetime.fromisoformat(thing["datePublished"])),
        category=str(thing["articleSection"]),
        topics=tuple(map(str, thing.get("keywords", ()))),
        meeting=item.meeting,
        language=str(thing["inLanguage"]),
    )


def _meeting(item: AsLive) -> KeptMeeting:
    (event,) = entries_of(item.own[f"meetings/{item.id}.ics"])
    lines = event.replace(b"\r\n ", b"").decode().split("\r\n")
    said = dict(line.split(":", 1) for line in lines if line)
    summary, link = _description(_plain(said["DESCRIPTION"]))
    zone = ZoneInfo(item.site.timezone)
    return KeptMeeting(
        id=item.id,
        page=item.page,
        title=_plain(said["SUMMARY"]),
        summary=summary,
        starts_at=_utc(said["DTSTART"]).astimezone(zone),
        ends_at=_utc(said["DTEND"]).astimezone(zone),
        place=_plain(said.get("LOCATION", "")),
        link=link,
        status=MeetingStatus(said["STATUS"].lower()),
    )


def _page(item: AsLive) -> KeptPage:
    return KeptPage(item.id, item.page, title_of(item.own[item.page]))


# --- of feeds ----------------------------------------------------------------------------------------------


def _tag(entry: bytes, name: bytes) -> str:
    found = re.search(rb"<%s(?: [^<>]*)?>([^<]*)</%s>" % (name, name), entry)
    if found is None:
        raise KeyError(name)
    return unescape(found[1].decode())


def _attribute(entry: bytes, name: bytes, attribute: bytes) -> str:
    found = re.search(rb'<%s [^<>]*?\b%s="([^"]*)"' % (name, attribute), entry)
    if found is None:
        raise KeyError(name)
    return unescape(found[1].decode())


def _number(entry: bytes, name: bytes) -> int | None:
    return int(_tag(entry, name)) if b"<%s>" % name in entry else None


def _summary(entry: bytes) -> str:
    """The first paragraph of its description: what the feed writer puts before the notes."""
    words = _tag(entry, b"description").removeprefix("<p>").partition("</p>")[0]
    return unescape(words)


def _language(entry: bytes, feed: bytes) -> str:
    if b"<podcast:transcript " in entry:
        return _attribute(entry, b"podcast:transcript", b"language")
    return _tag(feed, b"language")


def _moment(written: object, entry: bytes) -> datetime:
    """As the page says it, in the zone in which it was written; else as the feed does."""
    if isinstance(written, str):
        return _aware(datetime.fromisoformat(written))
    return _aware(parsedate_to_datetime(_tag(entry, b"pubDate")))


def _aware(when: datetime) -> datetime:
    if when.tzinfo is None:
        msg = "a moment without its zone"
        raise ValueError(msg)
    return when


# --- of calendars ------------------------------------------------------------------------------------------

_JOIN = "Join or sign up: "  # render/calendar.py writes it


def _description(words: str) -> tuple[str, str]:
    """The summary and the link to sign up: the page's own address stands below them."""
    lines = words.split("\n")[:-1]
    link = lines.pop().removeprefix(_JOIN) if lines and lines[-1].startswith(_JOIN) else ""
    return "\n".join(lines), link


def _plain(text: str) -> str:
    """RFC 5545 section 3.3.11, undone."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def _utc(written: str) -> datetime:
    return datetime.strptime(written, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
