"""Real feed readers get back the very fields that we meant: that a feed parses proves little."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import feedparser  # type: ignore[import-untyped]  # it has no annotations
import podcastparser  # type: ignore[import-untyped]  # as above
import pytest
from feed_samples import FULL_SHOW, feed_of, full_releases
from needs import missing, program
from samples import EPISODE, SITE

from cop_publish.core.consents import Level
from cop_publish.core.routes import address, episode_chapters, episode_page, episode_sound, episode_transcript
from cop_publish.render.chapters import clock

if TYPE_CHECKING:
    from cop_publish.core.model import EpisodeRelease, Releases

READERS = Path(__file__).parent.parent / "published"
TITLE = "Q&A <AI> ]]> 🎙️ عن"


def releases() -> Releases:
    """Everything, and a title that is easily broken."""
    full = full_releases()
    first = replace(full.episodes[0], episode=replace(full.episodes[0].episode, title=TITLE))
    return replace(full, episodes=(first, *full.episodes[1:]))


FEED = feed_of(releases())


@pytest.fixture(scope="module")
def by_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    node = program("node", debian="nodejs")
    if not (READERS / "node_modules" / "feedsmith").is_dir():
        missing("the npm readers are not installed: npm install --no-package-lock in tests/published")
    feed = tmp_path_factory.mktemp("feed") / "feed.xml"
    feed.write_bytes(FEED)
    command = [node, str(READERS / "read_feed.mjs"), str(feed)]
    done = subprocess.run(command, check=True, capture_output=True, timeout=60)
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def pairs(items: list[Any]) -> list[tuple[Any, EpisodeRelease]]:
    return list(zip(items, releases().episodes, strict=True))


def test_podcastparser_reads_what_was_meant() -> None:
    read = podcastparser.parse(f"{SITE.url}feed.xml", BytesIO(FEED))
    assert (read["title"], read["link"]) == (FULL_SHOW.title, "https://commons.example/index.html")
    assert (read["language"], read["explicit"], read["type"]) == ("en-gb", False, "episodic")
    assert read["itunes_owner"] == {"name": FULL_SHOW.author, "email": FULL_SHOW.owner_email}
    assert read["itunes_categories"] == [["Government"], ["Society & Culture", "Documentary"]]
    assert read["cover_url"] == "https://commons.example/images/cover.1234abcd.png"
    for item, release in pairs(read["episodes"]):
        episode = release.episode
        assert (item["title"], item["guid"]) == (episode.title, episode.guid)
        assert item["published"] == episode.published_at.timestamp()
        assert item["enclosures"] == [
            {"url": address(SITE, episode_sound(release)), "file_size": 960_000, "mime_type": "audio/mpeg"}
        ]
        assert item["total_time"] == 80
        assert (item.get("number"), item.get("season")) == (episode.number, episode.season)
        assert (item["explicit"], item["type"]) == (episode.explicit, episode.kind)
        chapters = [(c["start"], c["title"], c.get("href", "")) for c in item.get("chapters", [])]
        assert chapters == [(c.start_seconds, c.title, c.url) for c in episode.chapters]


def test_feedparser_reads_what_was_meant() -> None:
    read = feedparser.parse(FEED)
    assert not read.bozo
    assert read.feed.podcast_guid == FULL_SHOW.guid
    assert read.feed.podcast_locked == {"owner": FULL_SHOW.owner_email}
    assert {link.rel: link.href for link in read.feed.links} == {
        "alternate": "https://commons.example/index.html",
        "self": "https://commons.example/feed.xml",
        "hub": "https://hub.example/",
    }
    for entry, release in pairs(read.entries):
        assert (entry.id, entry.guidislink, entry.title) == (
            release.episode.guid,
            False,
            release.episode.title,
        )
        assert entry.published_parsed[:6] == release.episode.published_at.utctimetuple()[:6]
        assert [(link.href, link.length, link.type) for link in entry.enclosures] == [
            (address(SITE, episode_sound(release)), "960000", "audio/mpeg")
        ]
        assert entry.itunes_duration == "80"


def test_partytime_reads_what_was_meant(by_node: dict[str, Any]) -> None:
    read = by_node["partytime"]
    assert (read["title"], read["guid"], read["medium"]) == (FULL_SHOW.title, FULL_SHOW.guid, "podcast")
    assert (read["locked"], read["podcastOwner"]) == (True, FULL_SHOW.owner_email)
    assert read["license"] == {"identifier": "cc-by-4.0", "url": FULL_SHOW.license_url}
    assert read["podcastTxt"] == [{"value": FULL_SHOW.ai_content, "purpose": "ai-content"}]
    assert read["pubsub"] == {"self": "https://commons.example/feed.xml", "hub": "https://hub.example/"}
    assert read["explicit"] is False
    for item, release in pairs(read["items"]):
        episode = release.episode
        assert (item["title"], item["guid"]) == (episode.title, episode.guid)
        assert item["enclosure"]["length"] == 960_000
        assert (item["duration"], item["explicit"]) == (80, episode.explicit)
        assert item.get("podcastEpisode") == ({"number": episode.number} if episode.number else None)
        assert item.get("podcastSeason") == ({"number": episode.season} if episode.season else None)
        named = [c.label for c in episode.credits if c.level is Level.NAMED]
        assert [p["name"] for p in item.get("podcastPeople", [])] == named
        meant = [  # `srt` is its word for it
            {**t, "type": t["type"].replace("x-subrip", "srt")} for t in transcripts(release)
        ]
        assert item.get("podcastTranscripts", []) == meant


def transcripts(release: EpisodeRelease) -> list[dict[str, str]]:
    """WebVTT first, for apps that take the first one they know."""
    episode = release.episode
    types = {
        "vtt": "text/vtt",
        "srt": "application/x-subrip",
        "json": "application/json",
        "html": "text/html",
    }
    return [
        {
            "url": address(SITE, episode_transcript(episode, extension)),
            "type": media_type,
            "language": episode.language,
            **({"rel": "captions"} if extension in {"vtt", "srt"} else {}),
        }
        for extension, media_type in types.items()
        if episode.cues
    ]


def test_feedsmith_reads_what_was_meant_of_the_show(by_node: dict[str, Any]) -> None:
    read = by_node["feedsmith"]["feed"]
    assert (read["title"], read["link"]) == (FULL_SHOW.title, "https://commons.example/index.html")
    assert (read["copyright"], read["generator"]) == (FULL_SHOW.copyright, "cop-publish")
    assert read["lastBuildDate"] == "Fri, 20 Nov 2026 07:00:00 +0000"
    assert read["atom"]["links"] == [
        {"href": "https://commons.example/feed.xml", "rel": "self", "type": "application/rss+xml"},
        {"href": "https://hub.example/", "rel": "hub"},
    ]
    assert read["podcast"] == {
        "locked": {"value": True, "owner": FULL_SHOW.owner_email},
        "license": {"display": "cc-by-4.0", "url": FULL_SHOW.license_url},
        "guid": FULL_SHOW.guid,
        "medium": "podcast",
        "images": [artwork("cover.1234abcd.png", FULL_SHOW.cover_alt, "image/png")],
        "txts": [{"display": FULL_SHOW.ai_content, "purpose": "ai-content"}],
        "updateFrequency": {"display": "Monthly", "rrule": "FREQ=MONTHLY"},
    }


def test_feedsmith_reads_what_was_meant_of_each_episode(by_node: dict[str, Any]) -> None:
    for item, release in pairs(by_node["feedsmith"]["feed"]["items"]):
        episode = release.episode
        assert (item["title"], item["link"]) == (episode.title, address(SITE, episode_page(episode)))
        assert item["guid"] == {"value": episode.guid, "isPermaLink": False}
        assert item["enclosures"] == [
            {"url": address(SITE, episode_sound(release)), "length": 960_000, "type": "audio/mpeg"}
        ]
        assert item["itunes"]["episodeType"] == episode.kind
        assert item["itunes"]["explicit"] is episode.explicit
        told = item.get("podcast", {})
        assert told.get("transcripts", []) == transcripts(release)
        assert ("chapters" in told) is bool(episode.chapters)
        if episode.chapters:
            chapters = {"url": address(SITE, episode_chapters(episode)), "type": "application/json+chapters"}
            assert told["chapters"] == chapters
        read = [(c["start"], c["title"], c.get("href", "")) for c in item.get("psc", {}).get("chapters", [])]
        assert read == [(clock(c.start_seconds), c.title, c.url) for c in episode.chapters]


def test_an_episodes_own_cover_comes_with_words_for_it(by_node: dict[str, Any]) -> None:
    items = by_node["feedsmith"]["feed"]["items"]
    assert [item["itunes"].get("image") for item in items] == [
        None,
        "https://commons.example/images/own.5678abcd.jpg",
        None,
        None,
    ]
    assert items[1]["podcast"]["images"] == [artwork("own.5678abcd.jpg", "A hand of cards", "image/jpeg")]


def artwork(name: str, alt: str, media_type: str) -> dict[str, str]:
    href = f"https://commons.example/images/{name}"
    return {"href": href, "alt": alt, "aspectRatio": "1/1", "type": media_type, "purpose": "artwork"}


def test_the_sample_has_something_to_read() -> None:
    assert EPISODE.chapters
    assert EPISODE.cues
