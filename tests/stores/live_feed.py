"""A small podcast in a store, as its feed promises it, for those who look at what is live."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from samples import SHOW, SITE

from cop_publish.core.output import Entry, FileClass, Headers, Manifest
from cop_publish.settings import Settings, Sound, StorageSettings
from cop_publish.storage.base import read

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.storage.base import Store

SOUND = bytes(range(256)) * 40
TYPES = {
    "mp3": "audio/mpeg",
    "html": "text/html; charset=utf-8",
    "xml": "application/rss+xml; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "json": "application/json+chapters",
    "png": "image/png",
}
_PODCAST = 'xmlns:podcast="https://podcastindex.org/namespace/1.0"'
_ITUNES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'


@dataclass(frozen=True)
class LiveFeed:
    """The podcast: settings that name its address, and the store where a test spoils it."""

    store: Store
    settings: Settings

    def put(self, key: str, content: bytes, content_type: str = "") -> None:
        """Place a file, with a type of the test's own where it gives one."""
        kind = content_type or TYPES[key.rsplit(".", 1)[1]]
        self.store.put(f"public/{key}", content, Headers(kind, "public, max-age=300"))
        self._note(key, kind)

    def delete(self, key: str) -> None:
        self.store.delete([f"public/{key}"])

    def at(self, key: str) -> str:
        return self.settings.site.url + key

    def _note(self, key: str, kind: str) -> None:
        """In the manifest, from which the folder's host takes its headers."""
        old = read(self.store, "_cop/manifest.json")
        entries = {e.key: e for e in Manifest.from_json(old.content.decode()).entries} if old else {}
        entries[key] = Entry(key, "", 0, kind, "", FileClass.PAGE)
        text = Manifest(tuple(entries[key] for key in sorted(entries))).to_json()
        self.store.put("_cop/manifest.json", text.encode(), Headers("application/json", "no-store"))


def live_feed(store: Store, url: str, root: Path, storage: StorageSettings) -> LiveFeed:
    """Publish two episodes; the newer one has a transcript, chapters and a cover of its own."""
    site = replace(SITE, url=url)
    live = LiveFeed(store, Settings(root, SHOW, site, Sound(), storage, None))
    for name in ("one", "two"):
        live.put(f"media/{name}.12345678.mp3", SOUND)
        live.put(f"episodes/{name}.html", b"<p>An episode")
    live.put("index.html", b"<p>Home")
    live.put("episodes/two/transcript.vtt", b"WEBVTT\n")
    live.put("episodes/two/chapters.json", b"{}")
    live.put("images/cover.png", b"not looked into")
    live.put("feed.xml", feed(url))
    return live


def feed(url: str) -> bytes:
    """The feed: the newer episode stands last, so that its date has to be read."""
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<rss version="2.0" {_PODCAST} {_ITUNES}><channel><link>{url}index.html</link>
<itunes:image href="{url}images/cover.png"/>
{_item(url, "one", "Mon, 02 Nov 2026 09:00:00 GMT", "")}
{_item(url, "two", "Mon, 16 Nov 2026 09:00:00 GMT", _MORE.replace("URL", url))}
</channel></rss>
""".encode()


_MORE = """<podcast:transcript url="URLepisodes/two/transcript.vtt" type="text/vtt"/>
<podcast:chapters url="URLepisodes/two/chapters.json" type="application/json+chapters"/>"""


def _item(url: str, name: str, date: str, more: str) -> str:
    sound = f'url="{url}media/{name}.12345678.mp3" length="{len(SOUND)}" type="audio/mpeg"'
    of = f"<link>{url}episodes/{name}.html</link><pubDate>{date}</pubDate>"
    return f"<item>{of}<enclosure {sound}/>{more}</item>"
