"""The built command publishes the sample show to every kind of store; real clients read it from there."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import feedparser  # type: ignore[import-untyped]  # it has no annotations
import meant
import podcastparser  # type: ignore[import-untyped]  # as above
import pytest
from live_show import NOW, REPOSITORY
from live_stores import Live, ask
from passing_on import Seen
from podcast_clients import Gpodder, Newsboat, read_by_node, sound_seconds

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ("live_fixtures",)

SHOW = meant.show(REPOSITORY)
EPISODES = meant.episodes(REPOSITORY)
POSTS = meant.posts(REPOSITORY, datetime.fromisoformat(NOW))


@pytest.fixture
def feed(live: Live) -> bytes:
    return ask("GET", f"{live.world.url}feed.xml").body


@pytest.fixture
def by_node(feed: bytes, tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "feed.xml"
    path.write_bytes(feed)
    return read_by_node(path)


def test_gpodder_subscribes_and_downloads_the_very_masters(live: Live, tmp_path: Path) -> None:
    gpo = Gpodder(tmp_path)
    gpo.run("subscribe", f"{live.world.url}feed.xml")
    gpo.run("update")
    (channel,) = gpo.rows("podcast")
    assert (channel["title"], channel["link"]) == (SHOW["title"], f"{live.world.url}index.html")
    assert channel["description"] == SHOW["description"].strip()
    found = {row["guid"]: row for row in gpo.rows("episode")}
    assert found.keys() == {episode.guid for episode in EPISODES}
    for episode in EPISODES:
        row, address = found[episode.guid], live.sounds()[episode.id]
        assert (row["title"], row["url"], row["mime_type"]) == (episode.title, address, "audio/mpeg")
        assert (row["file_size"], row["published"]) == (master_bytes(live, episode), seconds(episode))
        assert row["link"] == live.world.url + episode.page
        assert [(c["start"], c["title"]) for c in json.loads(row["chapters"])] == [
            (c.start_seconds, c.title) for c in episode.chapters
        ]
    gpo.run("download")
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in gpo.downloads()}
    assert digests == {master["sha256"] for master in live.show.masters().values()}
    folder = tmp_path / "Downloads" / SHOW["title"]
    for row in gpo.rows("episode"):
        assert row["total_time"] == sound_seconds(folder / row["download_filename"])


def test_gpodder_asks_again_without_fetching_the_feed_again(live: Live, tmp_path: Path) -> None:
    gpo = Gpodder(tmp_path)
    count = len(live.world.seen)
    gpo.run("subscribe", f"{live.world.url}feed.xml")
    gpo.run("update")
    gpo.run("update")
    assert live.world.since(count) == [Seen("GET", "/feed.xml", status) for status in (200, 304, 304)]
    assert len(gpo.rows("episode")) == len(EPISODES)


def test_newsboat_lists_the_episodes_with_their_sound(live: Live, tmp_path: Path) -> None:
    count = len(live.world.seen)
    newsboat = Newsboat(tmp_path, (f"{live.world.url}feed.xml",))
    newsboat.reload()
    (channel,) = newsboat.rows("rss_feed")
    assert (channel["title"], channel["url"]) == (SHOW["title"], f"{live.world.url}index.html")
    found = {row["guid"]: row for row in newsboat.rows("rss_item")}
    assert found.keys() == {episode.guid for episode in EPISODES}
    for episode in EPISODES:
        row = found[episode.guid]
        assert (row["title"], row["pubDate"]) == (episode.title, seconds(episode))
        assert (row["enclosure_url"], row["enclosure_type"]) == (live.sounds()[episode.id], "audio/mpeg")
        assert row["url"] == live.world.url + episode.page
        assert episode.summary in row["content"]
    newsboat.reload()  # it writes the feed's ETag down on its second visit
    newsboat.reload()
    assert live.world.since(count) == [Seen("GET", "/feed.xml", status) for status in (200, 200, 304)]


@pytest.mark.parametrize("key", ["blog/feed.xml", "blog/atom.xml"])
def test_newsboat_lists_the_posts_that_are_due(live: Live, tmp_path: Path, key: str) -> None:
    newsboat = Newsboat(tmp_path, (live.world.url + key,))
    newsboat.reload()
    rows = sorted(newsboat.rows("rss_item"), key=lambda row: row["pubDate"], reverse=True)
    assert [(r["title"], r["url"], r["pubDate"], r["enclosure_url"] or "") for r in rows] == [
        (post.title, live.world.url + post.page, int(post.published_at.timestamp()), "") for post in POSTS
    ]
    for post in POSTS:
        assert ask("GET", live.world.url + post.page).status == 200


def test_feedparser_reads_what_was_meant(live: Live) -> None:
    read = feedparser.parse(f"{live.world.url}feed.xml")
    assert (read.status, read.bozo, read.encoding) == (200, False, "utf-8")
    assert (read.feed.title, read.feed.podcast_guid) == (SHOW["title"], SHOW["guid"])
    assert {link.rel: link.href for link in read.feed.links} == {
        "alternate": f"{live.world.url}index.html",
        "self": f"{live.world.url}feed.xml",
    }
    for entry, episode in zip(read.entries, EPISODES, strict=True):
        assert (entry.id, entry.guidislink, entry.title) == (episode.guid, False, episode.title)
        assert entry.published_parsed[:6] == episode.published_at.utctimetuple()[:6]
        assert [(link.href, link.length, link.type) for link in entry.enclosures] == [
            (live.sounds()[episode.id], str(master_bytes(live, episode)), "audio/mpeg")
        ]
        assert entry.itunes_duration == str(master_seconds(live, episode))
    again = feedparser.parse(f"{live.world.url}feed.xml", etag=read.etag)
    assert (again.status, again.entries) == (304, [])


def test_podcastparser_reads_what_was_meant(live: Live, feed: bytes) -> None:
    read = podcastparser.parse(f"{live.world.url}feed.xml", BytesIO(feed))
    assert (read["title"], read["description"]) == (SHOW["title"], SHOW["description"].strip())
    assert (read["language"], read["explicit"], read["type"]) == ("en-gb", False, SHOW["kind"])
    assert read["itunes_owner"] == {"name": SHOW["author"], "email": SHOW["owner_email"]}
    assert read["itunes_categories"] == SHOW["categories"]
    assert ask("HEAD", read["cover_url"]).headers["Content-Type"] == "image/jpeg"
    for item, episode in zip(read["episodes"], EPISODES, strict=True):
        assert (item["title"], item["guid"]) == (episode.title, episode.guid)
        assert (item["published"], item["total_time"]) == (seconds(episode), master_seconds(live, episode))
        assert item["enclosures"] == [
            {
                "url": live.sounds()[episode.id],
                "file_size": master_bytes(live, episode),
                "mime_type": "audio/mpeg",
            }
        ]
        assert (item["number"], item["season"], item["explicit"]) == (episode.number, episode.season, False)
        assert [(c["start"], c["title"], c.get("href", "")) for c in item["chapters"]] == [
            (c.start_seconds, c.title, c.url) for c in episode.chapters
        ]


def test_partytime_reads_what_was_meant(live: Live, by_node: dict[str, Any]) -> None:
    read = by_node["partytime"]
    assert (read["title"], read["guid"], read["medium"]) == (SHOW["title"], SHOW["guid"], "podcast")
    assert (read["locked"], read["podcastOwner"], read["explicit"]) == (True, SHOW["owner_email"], False)
    assert read["license"] == {"identifier": SHOW["license"], "url": SHOW["license_url"]}
    assert read["podcastTxt"] == [{"value": SHOW["ai_content"], "purpose": "ai-content"}]
    for item, episode in zip(read["items"], EPISODES, strict=True):
        assert (item["title"], item["guid"]) == (episode.title, episode.guid)
        assert item["enclosure"] == {
            "url": live.sounds()[episode.id],
            "length": master_bytes(live, episode),
            "type": "audio/mpeg",
        }
        assert (item["duration"], item["explicit"]) == (master_seconds(live, episode), False)
        assert item["podcastEpisode"] == {"number": episode.number}
        assert item["podcastSeason"] == {"number": episode.season}
        assert [(p["name"], p["role"].lower()) for p in item["podcastPeople"]] == people(episode)
        assert [t["url"] for t in item["podcastTranscripts"]] == [
            live.world.url + episode.transcript.replace(".vtt", f".{kind}")
            for kind in ("vtt", "srt", "json", "html")
        ]


def test_feedsmith_reads_what_was_meant(live: Live, by_node: dict[str, Any]) -> None:
    read = by_node["feedsmith"]["feed"]
    assert (read["title"], read["copyright"], read["language"]) == (SHOW["title"], SHOW["copyright"], "en-gb")
    told = read["podcast"]
    assert (told["guid"], told["medium"]) == (SHOW["guid"], "podcast")
    assert told["locked"] == {"value": True, "owner": SHOW["owner_email"]}
    assert told["license"] == {"display": SHOW["license"], "url": SHOW["license_url"]}
    assert told["txts"] == [{"display": SHOW["ai_content"], "purpose": "ai-content"}]
    assert told["updateFrequency"] == {"display": "Monthly", "rrule": "FREQ=MONTHLY"}
    assert [image["alt"] for image in told["images"]] == [SHOW["cover_alt"]]
    for item, episode in zip(read["items"], EPISODES, strict=True):
        of_episode(item, episode, live)


def of_episode(item: dict[str, Any], episode: meant.Episode, live: Live) -> None:
    told = item["podcast"]
    assert (item["title"], item["link"]) == (episode.title, live.world.url + episode.page)
    assert item["guid"] == {"value": episode.guid, "isPermaLink": False}
    assert (told["season"], told["episode"]) == ({"number": episode.season}, {"number": episode.number})
    assert [(p["display"], p["role"]) for p in told["persons"]] == people(episode)
    kinds = {
        "vtt": "text/vtt",
        "srt": "application/x-subrip",
        "json": "application/json",
        "html": "text/html",
    }
    assert [(t["url"], t["type"], t["language"], t.get("rel", "")) for t in told["transcripts"]] == [
        (live.world.url + episode.transcript.replace(".vtt", f".{kind}"), media_type, "en-gb", rel)
        for (kind, media_type), rel in zip(kinds.items(), ("captions", "captions", "", ""), strict=True)
    ]
    assert [ask("GET", t["url"]).headers["Content-Type"].split(";")[0] for t in told["transcripts"]] == [
        *kinds.values()
    ]
    assert told["chapters"] == {
        "url": live.world.url + episode.chapters_file,
        "type": "application/json+chapters",
    }
    assert [image["alt"] for image in told.get("images", [])] == [episode.cover_alt] * bool(episode.cover_alt)
    assert item["itunes"]["episodeType"] == "full"
    chapters = json.loads(ask("GET", told["chapters"]["url"]).body)["chapters"]
    assert [(c["startTime"], c["title"], c.get("url", "")) for c in chapters] == [
        (c.start_seconds, c.title, c.url) for c in episode.chapters
    ]
    assert ask("GET", told["transcripts"][0]["url"]).body.startswith(b"WEBVTT\n")


def people(episode: meant.Episode) -> list[tuple[str, str]]:
    return [(episode.host, "host"), *((guest, "guest") for guest in episode.guests)]


def master_bytes(live: Live, episode: meant.Episode) -> Any:  # noqa: ANN401 - of JSON
    return live.show.masters()[episode.id]["bytes"]


def master_seconds(live: Live, episode: meant.Episode) -> int:
    """The length of the sound that was served, as a reader of ours does not tell it."""
    return sound_seconds(BytesIO(ask("GET", live.sounds()[episode.id]).body))


def seconds(episode: meant.Episode) -> int:
    return int(episode.published_at.timestamp())
