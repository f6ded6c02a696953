"""What feedgen 1.0.0 does by itself: each trap that feed_tags.py or the linter works round.

Where one of these goes red after an upgrade, the work-round beside it may go.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]  # it has no annotations

DAY = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


def a_feed() -> FeedGenerator:
    feed = FeedGenerator()
    feed.load_extension("podcast")
    feed.id("https://commons.example/")
    feed.title("The Made-up Commons")
    feed.link(href="https://commons.example/")
    feed.description("Made up.")
    return feed


def an_entry(feed: FeedGenerator, name: str = "one") -> FeedGenerator:
    entry = feed.add_entry()
    entry.id(name)
    entry.title(name)
    entry.link(href=f"https://commons.example/{name}")
    return entry


def rss(feed: FeedGenerator) -> str:
    written: bytes = feed.rss_str()
    return written.decode()


def test_explicit_true_and_false_cannot_be_said() -> None:
    feed = a_feed()
    with pytest.raises(ValueError, match="explicit"):
        feed.podcast.itunes_explicit("false")
    feed.podcast.itunes_explicit("no")
    assert "<itunes:explicit>no<" in rss(feed)


def test_the_last_link_becomes_the_channels_link() -> None:
    feed = a_feed()
    feed.link(href="https://commons.example/feed.xml", rel="self")
    assert "<link>https://commons.example/feed.xml</link>" in rss(feed)


def test_only_the_first_self_link_reaches_rss() -> None:
    feed = a_feed()
    feed.link(href="https://hub.example/", rel="hub")
    feed.link(href="https://commons.example/feed.xml", rel="self")
    assert "hub.example" not in rss(feed).replace("<link>https://hub.example/", "")
    assert 'rel="hub"' not in rss(feed)


@pytest.mark.parametrize("address", ["https://x.example/cover.jpeg", "https://x.example/cover.jpg?v=1"])
def test_a_feeds_cover_with_another_ending_is_dropped_in_silence(address: str) -> None:
    feed = a_feed()
    feed.podcast.itunes_image(address)
    assert "itunes:image" not in rss(feed)


def test_the_clock_is_in_a_feed_that_says_no_date() -> None:
    assert f"{datetime.now(UTC):%d %b %Y}" in rss(a_feed())


def test_the_clock_is_in_an_atom_entry_that_says_no_date() -> None:
    feed = a_feed()
    feed.updated(DAY)
    an_entry(feed)
    assert f"{datetime.now(UTC):%Y-%m-%d}" in feed.atom_str().decode()


def test_entries_come_last_first() -> None:
    feed = a_feed()
    an_entry(feed, "one")
    an_entry(feed, "two")
    written = rss(feed)
    assert written.index("two") < written.index("one")


def test_bad_enclosures_guids_categories_and_languages_pass() -> None:
    feed = a_feed()
    feed.language("bogus_LANGUAGE")
    feed.podcast.itunes_category("society & culture")
    an_entry(feed, "one").enclosure("https://x.example/a b é.mp3", None, "audio/mpeg")
    an_entry(feed, "one").enclosure("https://x.example/a b é.mp3", "0", "audio/mpeg")
    written = rss(feed)
    assert 'length="None"' in written
    assert "a b é.mp3" in written
    assert written.count(">one</guid>") == 2
    assert "society &amp; culture" in written
    assert "bogus_LANGUAGE" in written


def test_a_duration_of_nothing_passes_and_half_seconds_raise() -> None:
    feed = a_feed()
    entry = an_entry(feed)
    entry.podcast.itunes_duration(0)
    assert "<itunes:duration>0<" in rss(feed)
    with pytest.raises(ValueError, match="duration"):
        entry.podcast.itunes_duration("30:01.5")


@pytest.mark.parametrize(
    ("text", "error"), [("a\x07b", ValueError), ("a\ufffe", ValueError), ("\ud83d", UnicodeEncodeError)]
)
def test_what_xml_cannot_hold_raises_without_naming_an_episode(text: str, error: type[Exception]) -> None:
    feed = a_feed()
    an_entry(feed).title(text)
    with pytest.raises(error) as raised:
        rss(feed)
    assert "one" not in str(raised.value)


def test_a_naive_date_raises() -> None:
    with pytest.raises(ValueError, match="timezone"):
        an_entry(a_feed()).published(DAY.replace(tzinfo=None))


def test_description_beside_content_is_escaped_and_not_cdata() -> None:
    feed = a_feed()
    entry = an_entry(feed)
    entry.description("<p>Short</p>")
    entry.content("<p>Long</p>", type="CDATA")
    written = rss(feed)
    assert "<description>&lt;p&gt;Short" in written
    assert "<content:encoded><![CDATA[<p>Long" in written


def test_atom_entries_lose_what_their_links_say() -> None:
    feed = a_feed()
    entry = an_entry(feed)
    entry.link(href="https://x.example/a.mp3", rel="enclosure", type="audio/mpeg")
    written = feed.atom_str().decode()
    assert '<link href="https://x.example/a.mp3"/>' in written


def test_block_and_complete_are_written_as_no() -> None:
    feed = a_feed()
    feed.podcast.itunes_block(itunes_block=False)
    assert "<itunes:block>no<" in rss(feed)


def test_an_extension_called_link_takes_the_methods_place() -> None:
    class Anything:
        pass

    feed = a_feed()
    feed.register_extension("link", Anything)
    assert isinstance(feed.link, Anything)


def test_it_names_itself_with_its_version_unless_told_otherwise() -> None:
    written = rss(a_feed())
    assert "python-feedgen" in written
    assert "<docs>" in written
