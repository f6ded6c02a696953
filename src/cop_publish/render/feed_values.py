"""What a feed says, as values: made by `feed.py` and `blog_feeds.py`, written by `feed_tags.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# Compared letter by letter: Apple's is http, and stays so.
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
PSC = "http://podlove.org/simple-chapters"
ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"


@dataclass(frozen=True, slots=True)
class Tag:
    """An element that feedgen does not know; `name` is in Clark notation, ``{namespace}name``."""

    name: str
    text: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Podcast:
    """What Apple wants to know of a show."""

    author: str
    owner_email: str
    categories: tuple[tuple[str, ...], ...]
    image: str
    kind: str


@dataclass(frozen=True, slots=True)
class Sound:
    """An item's enclosure, and what Apple wants to know of an episode."""

    address: str
    size_bytes: int
    duration_seconds: int
    kind: str
    season: int | None = None
    number: int | None = None
    image: str = ""  # empty: the show's


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed without its items."""

    address: str  # its own
    link: str  # the page it stands for
    title: str
    description: str
    language: str
    updated_at: datetime
    author: str
    copyright: str = ""
    hub: str = ""  # WebSub
    podcast: Podcast | None = None
    tags: tuple[Tag, ...] = ()  # RSS only


@dataclass(frozen=True, slots=True)
class Item:
    """An episode or a post."""

    guid: str
    guid_is_address: bool
    title: str
    link: str
    description: str  # HTML
    content: str  # HTML
    published_at: datetime
    topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()  # Atom only: RSS wants an e-mail address there
    language: str = ""  # Atom only; empty: the channel's
    sound: Sound | None = None
    tags: tuple[Tag, ...] = ()  # RSS only


def podcast(name: str, text: str | None = None, /, **attributes: str) -> Tag:
    """A tag of the podcast namespace."""
    return Tag(f"{{{PODCAST}}}{name}", text, attributes)


def artwork(address: str, alt: str) -> Tag:
    """A podcast:image: unlike itunes:image it can say what it shows to those who cannot see it."""
    media_type = "image/png" if address.endswith(".png") else "image/jpeg"
    shape = {"aspect-ratio": "1/1", "type": media_type, "purpose": "artwork"}
    return Tag(f"{{{PODCAST}}}image", None, {"href": address, "alt": alt, **shape})


def explicit(value: bool) -> Tag:  # noqa: FBT001 - the value itself, not a switch
    """Apple's itunes:explicit, `true` or `false` since 2019."""
    return Tag(f"{{{ITUNES}}}explicit", "true" if value else "false")
