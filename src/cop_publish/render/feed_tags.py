"""feedgen, and the extension that gives it what it lacks.  No other module imports feedgen.

What a feed says comes in as values (feed_values.py) and leaves as bytes, so that feedgen could be
replaced here alone.  Its traps, each pinned in tests/feed/test_feedgen_traps.py:

- a channel's `<link>` is the last link given, and of several atom links only `self` reaches RSS;
- `itunes_explicit` knows only yes, no and clean: true and false go through the extension;
- a cover whose address does not end in .jpg or .png is dropped without a word;
- `lastBuildDate` and an entry's `updated` are the clock unless they are set;
- `add_entry` puts the newest call first unless it is told to append;
- an Atom entry's links lose everything but their address;
- an extension's name becomes an attribute: one called `link` would shadow the method.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]  # it has no annotations
from feedgen.util import xml_elem  # type: ignore[import-untyped]  # as above; only after feedgen.feed

from cop_publish.render.feed_values import ATOM, DC, PODCAST, PSC, Channel, Item, Podcast, Sound, Tag

if TYPE_CHECKING:
    from collections.abc import Iterable

_PREFIXES = {"podcast": PODCAST, "psc": PSC, "dc": DC}  # feedgen itself declares the others
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

GENERATOR = "cop-publish"  # without a version: a new one must not change every feed
SOUND_TYPE = "audio/mpeg"


def rss(channel: Channel, items: Iterable[Item]) -> bytes:
    """Write RSS 2.0, items in the order given.  Equal values give equal bytes."""
    listed = tuple(items)
    feed = _feed(channel, "application/rss+xml")
    feed.extra.namespaces = _namespaces(channel, listed)
    feed.extra.tags = (*_hub(channel, f"{{{ATOM}}}link"), *channel.tags)
    for item in listed:
        _add_rss_item(feed, item)
    written: bytes = feed.rss_str(pretty=True)
    return written


def atom(channel: Channel, items: Iterable[Item]) -> bytes:
    """Write Atom (RFC 4287), entries in the order given.  Equal values give equal bytes."""
    feed = _feed(channel, "application/atom+xml")
    feed.extra.tags = _hub(channel, "link")
    feed.id(channel.address)
    feed.author(name=channel.author)
    for item in items:
        _add_atom_entry(feed, item)
    written: bytes = feed.atom_str(pretty=True)
    return written


class _Extra:
    """A feedgen extension, of a feed or of an entry: it writes tags and attributes that were put into it."""

    def __init__(self) -> None:
        self.namespaces: dict[str, str] = {}
        self.tags: tuple[Tag, ...] = ()
        self.attributes: dict[str, str] = {}

    def extend_ns(self) -> dict[str, str]:
        return self.namespaces


class _FeedExtra(_Extra):
    def extend_rss(self, root: Any) -> Any:  # noqa: ANN401 - an lxml element; lxml's types stay out of here
        _write(self.tags, root[0])  # the channel; its items are not in it yet
        return root

    def extend_atom(self, root: Any) -> Any:  # noqa: ANN401 - as above
        _write(self.tags, root)
        return root


class _EntryExtra(_Extra):
    def extend_rss(self, item: Any) -> Any:  # noqa: ANN401 - as above
        _write(self.tags, item)
        return item

    def extend_atom(self, entry: Any) -> Any:  # noqa: ANN401 - as above
        for name, value in self.attributes.items():
            entry.set(name, value)
        _write(self.tags, entry)
        return entry


def _write(tags: tuple[Tag, ...], parent: Any) -> None:  # noqa: ANN401 - as above
    for tag in tags:
        element = xml_elem(tag.name, parent)
        element.text = tag.text
        for name, value in tag.attributes.items():
            element.set(name, value)
        _write(tag.children, element)


def _namespaces(channel: Channel, items: tuple[Item, ...]) -> dict[str, str]:
    names = {tag.name for tag in channel.tags}
    names.update(tag.name for item in items for tag in item.tags)
    return {prefix: space for prefix, space in _PREFIXES.items() if any(space in name for name in names)}


def _hub(channel: Channel, name: str) -> tuple[Tag, ...]:
    return (Tag(name, None, {"rel": "hub", "href": channel.hub}),) if channel.hub else ()


def _feed(channel: Channel, media_type: str) -> Any:  # noqa: ANN401 - untyped
    feed = FeedGenerator()
    feed.register_extension("extra", _FeedExtra, _EntryExtra, atom=True, rss=True)
    feed.title(channel.title)
    feed.link(href=channel.address, rel="self", type=media_type)
    feed.link(href=channel.link, rel="alternate", type="text/html")  # last: RSS takes it for <link>
    feed.description(channel.description)
    feed.language(channel.language)
    feed.generator(GENERATOR)
    feed.docs("")
    feed.updated(channel.updated_at)
    if channel.copyright:
        feed.rights(channel.copyright)
    if channel.podcast:
        _describe_podcast(feed, channel.podcast)
    return feed


def _describe_podcast(feed: Any, podcast: Podcast) -> None:  # noqa: ANN401 - untyped
    feed.load_extension("podcast", atom=False)
    feed.podcast.itunes_author(podcast.author)
    feed.podcast.itunes_owner(podcast.author, podcast.owner_email)
    feed.podcast.itunes_type(podcast.kind)
    feed.podcast.itunes_image(_typed_image(podcast.image))
    for category in podcast.categories:
        feed.podcast.itunes_category(dict(zip(("cat", "sub"), category, strict=False)))


def _typed_image(address: str) -> str:
    """Raises ValueError where feedgen would drop a feed's cover in silence."""
    if not address.lower().endswith((".jpg", ".png")):
        msg = "a cover's public address must end in .jpg or .png"
        raise ValueError(msg)
    return address


def _add_rss_item(feed: Any, item: Item) -> None:  # noqa: ANN401 - untyped
    entry = feed.add_entry(order="append")
    entry.title(item.title)
    entry.guid(item.guid, permalink=item.guid_is_address)
    entry.link(href=item.link, rel="alternate")
    entry.description(item.description)
    entry.content(item.content, type="CDATA")
    entry.published(item.published_at)
    for topic in item.topics:
        entry.category(term=topic)
    if item.sound:
        _describe_sound(entry, item.sound)
    entry.extra.tags = item.tags


def _describe_sound(entry: Any, sound: Sound) -> None:  # noqa: ANN401 - untyped
    entry.enclosure(sound.address, str(sound.size_bytes), SOUND_TYPE)
    entry.podcast.itunes_duration(sound.duration_seconds)
    entry.podcast.itunes_episode_type(sound.kind)
    if sound.season:
        entry.podcast.itunes_season(sound.season)
    if sound.number:
        entry.podcast.itunes_episode(sound.number)
    if sound.image:
        entry.podcast.itunes_image(_typed_image(sound.image))


def _add_atom_entry(feed: Any, item: Item) -> None:  # noqa: ANN401 - untyped
    entry = feed.add_entry(order="append")
    entry.id(item.guid)
    entry.title(item.title)
    entry.published(item.published_at)
    entry.updated(item.published_at)
    for author in item.authors:
        entry.author(name=author)
    for topic in item.topics:
        entry.category(term=topic)
    entry.summary(item.description, type="html")
    entry.content(item.content, type="html")
    # feedgen writes an entry's links bare.  It also keeps Atom's elements out of any namespace and names
    # the default one as an attribute, so a link written with its namespace would get a prefix of its own.
    entry.extra.tags = (Tag("link", None, {"href": item.link, "rel": "alternate", "type": "text/html"}),)
    if item.language:
        entry.extra.attributes = {_XML_LANG: item.language}
