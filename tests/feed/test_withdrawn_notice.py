"""What the feed says for a while in place of an episode that was withdrawn: nothing of the episode."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser  # type: ignore[import-untyped]  # it has no types
import mutagen.mp3
import pytest
from sample_site import RELEASES, SETTINGS
from samples import NOW

from cop_publish.core.model import Notice
from cop_publish.render.feed import FeedParts, podcast_feed
from cop_publish.render.notice import SECONDS, SOUND, notice_file
from cop_publish.withdrawal.splice import entries_of, published_at, with_entries, without_entries

GUID = "0199e0b2-withdrawn"
DAY = datetime(2026, 11, 1, 7, tzinfo=UTC)
NOTICE = Notice(GUID, DAY, NOW + timedelta(days=30))
COVERS = {SETTINGS.show.cover: "images/cover.jpg"}


def feed(*notices: Notice, bare: str = "") -> bytes:
    releases = replace(RELEASES, notices=notices, episodes=() if bare else RELEASES.episodes)
    covers = COVERS | {r.episode.cover.file: "images/own.jpg" for r in releases.episodes if r.episode.cover}
    return podcast_feed(releases, SETTINGS.show, SETTINGS.site, FeedParts({}, covers))


@pytest.mark.parametrize("bare", ["", "no episode is left"])
def test_it_keeps_its_place_and_says_nothing_of_the_episode(bare: str) -> None:
    whole = feed(NOTICE, bare=bare)
    (entry,) = [e for e in feedparser.parse(whole).entries if e.id == GUID]
    assert (entry.title, entry.link) == ("Episode withdrawn", f"{SETTINGS.site.url}index.html")
    assert entry.published_parsed[:5] == (2026, 11, 1, 7, 0)
    (sound,) = entry.enclosures
    assert sound.href == f"{SETTINGS.site.url}{notice_file().key}"
    assert int(sound.length) == SOUND.stat().st_size
    (written,) = [one.decode() for one in entries_of(whole) if GUID.encode() in one]
    assert not re.search(r"podcast:(person|transcript|chapters)|psc:|itunes:(season|episode>)", written)
    assert "This episode was withdrawn." in written, "with no notes some apps would keep the old ones"


def test_a_feed_without_notices_is_as_it_was() -> None:
    assert b"withdrawn" not in feed()


def test_the_notice_is_three_seconds_of_ours_and_its_tags_say_so() -> None:
    found: Any = mutagen.mp3
    sound = found.MP3(SOUND)
    assert sound.info.length == pytest.approx(SECONDS, abs=0.1)
    assert any("two tones made by a program" in str(frame) for frame in sound.tags.values())


def test_entries_put_back_whole_keep_the_order_of_their_days() -> None:
    live, made = feed(NOTICE), feed(bare="")
    both = with_entries(without_entries(live), entries_of(live))
    assert both == live
    (notice,) = [one for one in entries_of(live) if GUID.encode() in one]
    spliced = with_entries(made, (notice,), live)
    assert [e.id for e in feedparser.parse(spliced).entries] == [e.id for e in feedparser.parse(live).entries]
    assert published_at(live, GUID) == DAY
    assert published_at(live, "another") is None


def test_an_entry_brings_the_names_of_its_tags_along() -> None:
    alone, live = feed(NOTICE, bare="yes"), feed()
    assert b"xmlns:psc" not in alone
    spliced = with_entries(alone, entries_of(live), live)
    parsed = feedparser.parse(spliced)
    assert not parsed.bozo, "it is well formed"
    assert len(parsed.entries) == len(RELEASES.episodes) + 1
