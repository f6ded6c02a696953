"""What listeners' apps get: the podcast feed, read as XML."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from feed_samples import FULL_SHOW, PARTS, episode, feed_of, full_releases, only, releases_of
from lxml import etree
from needs import program
from samples import EPISODE, LATER, RELEASE, RELEASES, SHOW, SITE

from cop_publish.core.consents import Level
from cop_publish.core.model import Credit, Part
from cop_publish.errors import InvalidSource
from cop_publish.render.feed import FeedParts, podcast_feed
from cop_publish.render.feed_item import CONTENT_LIMIT_BYTES
from cop_publish.render.feed_values import ATOM, ITUNES, PODCAST
from cop_publish.render.short_notes import shorten

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {
    "itunes": ITUNES,
    "podcast": PODCAST,
    "atom": ATOM,
    "content": "http://purl.org/rss/1.0/modules/content/",
    "psc": "http://podlove.org/simple-chapters",
}
HOSTILE = [
    "Q&A <AI>",
    "the end ]]> of data",
    "Café 🎙️ \U0001f9d1\u200d\U0001f4bb and \U0001d11e",
    "عن البيانات والناس",
    "&amp; already &lt;escaped&gt;",
    "“Quotes” 'and' \"more\"",
]


def root(feed: bytes) -> etree._Element:
    return etree.fromstring(feed)


def texts(feed: bytes, path: str) -> list[str]:
    return [str(found) for found in root(feed).xpath(path, namespaces=NAMES)]


def notes(html: str) -> FeedParts:
    return replace(PARTS, notes={EPISODE.id: html})


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_escaped_once(title: str) -> None:
    feed = feed_of(only(title=title), replace(FULL_SHOW, title=title))
    assert texts(feed, "//item/title/text()") == [title]
    assert texts(feed, "/rss/channel/title/text()") == [title]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_in_notes_come_back_as_they_were(words: str) -> None:
    html = etree.tostring(etree.fromstring("<p/>"), encoding="unicode").replace("/>", f">{_html(words)}</p>")
    feed = feed_of(only(summary=words), parts=notes(html))
    (full,) = texts(feed, "//content:encoded/text()")
    (short,) = texts(feed, "//item/description/text()")
    assert f"<p>{_html(words)}</p>" in full
    assert "".join(etree.HTML(short).itertext()).startswith(words + words)


def _html(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_the_channel_links_to_the_site_and_itself() -> None:
    feed = feed_of(RELEASES)
    assert texts(feed, "/rss/channel/link/text()") == ["https://commons.example/index.html"]
    assert texts(feed, "/rss/channel/atom:link[@rel='self']/@href") == ["https://commons.example/feed.xml"]
    assert texts(feed, "/rss/channel/atom:link[@rel='hub']/@href") == ["https://hub.example/"]


def test_explicit_is_true_or_false_for_the_show_and_each_episode() -> None:
    assert texts(feed_of(full_releases()), "//itunes:explicit/text()") == [
        "false",
        "false",
        "true",
        "false",
        "false",
    ]
    assert texts(feed_of(RELEASES, replace(SHOW, explicit=True)), "//channel/itunes:explicit/text()") == [
        "true"
    ]


def test_only_those_who_agreed_to_be_named_are_persons() -> None:
    credits_ = tuple(Credit(f"label {level.name}", level, Part.GUEST) for level in Level)
    feed = feed_of(only(credits=(*credits_, Credit("Alys Example", Level.NAMED, Part.HOST))))
    people = root(feed).xpath("//podcast:person", namespaces=NAMES)
    assert [(p.text, p.get("role")) for p in people] == [("label NAMED", "guest"), ("Alys Example", "host")]


def test_nothing_is_promised_that_is_not_there() -> None:
    feed = feed_of(
        only(cues=(), chapters=(), credits=(), number=None, season=None), replace(SHOW, ai_content="")
    )
    for tag in ("transcript", "chapters", "person", "season", "episode", "txt", "soundbite", "block"):
        assert texts(feed, f"//podcast:{tag}") == [], tag
    assert texts(feed, "//itunes:block | //itunes:complete | //itunes:new-feed-url | //item/author") == []
    assert "Full notes and transcript" not in feed.decode()


def test_dates_keep_their_offset_and_the_newest_dates_the_feed() -> None:
    feed = feed_of(full_releases())
    assert texts(feed, "//pubDate/text()")[:2] == [
        "Fri, 20 Nov 2026 07:00:00 +0000",
        "Mon, 20 Jul 2026 08:00:00 +0100",
    ]
    assert texts(feed, "//lastBuildDate/text()") == ["Fri, 20 Nov 2026 07:00:00 +0000"]


def test_equal_releases_give_equal_bytes_at_any_clock_and_in_any_order_of_ties() -> None:
    tied = tuple(episode(n, published_at=EPISODE.published_at) for n in (9, 10, 11))
    first = feed_of(releases_of(*tied))
    assert first == feed_of(replace(releases_of(*reversed(tied)), now=LATER))
    assert texts(first, "//itunes:episode/text()") == ["11", "10", "9"]


def test_every_episode_stays_in_the_feed_newest_first() -> None:
    releases = releases_of(*(episode(n) for n in range(400, 0, -1)))
    releases = replace(releases, now=LATER.replace(year=2028))
    numbers = texts(feed_of(releases), "//itunes:episode/text()")
    assert numbers == [str(n) for n in range(400, 0, -1)]


def test_enclosures_are_ascii_hashed_and_as_long_as_the_sound() -> None:
    (enclosure,) = root(feed_of(RELEASES)).xpath("//enclosure")
    assert dict(enclosure.attrib) == {
        "url": "https://commons.example/media/012-citizens-jury.abababab.mp3",
        "length": "960000",
        "type": "audio/mpeg",
    }


def test_durations_are_whole_seconds() -> None:
    longer = replace(RELEASE, master=replace(RELEASE.master, duration_seconds=3599.7))
    assert texts(feed_of(releases_of(longer)), "//itunes:duration/text()") == ["3600"]


def test_one_category_holds_what_is_below_it() -> None:
    categories = (("Society & Culture", "Documentary"), ("Society & Culture", "Philosophy"), ("Government",))
    feed = feed_of(RELEASES, replace(SHOW, categories=categories))
    assert texts(feed, "/rss/channel/itunes:category/@text") == ["Society & Culture", "Government"]
    assert texts(feed, "/rss/channel/itunes:category/itunes:category/@text") == ["Documentary", "Philosophy"]


def test_descriptions_are_cut_at_a_tag_within_4000_bytes_and_link_to_the_rest() -> None:
    long = "".join(
        f"<h2>Part {n}</h2><p>Ünïcödé &amp; <strong>words {n}</strong></p><ul><li>One</li></ul>"
        for n in range(99)
    )
    feed = feed_of(RELEASES, parts=notes(long))
    (short,) = texts(feed, "//item/description/text()")
    (full,) = texts(feed, "//content:encoded/text()")
    assert 3800 < len(short.encode()) <= 4000
    assert long in full
    assert short.endswith('/episodes/012-citizens-jury.html">Full notes and transcript</a></p>')
    etree.fromstring(f"<div>{short}</div>")  # every tag is closed


def test_very_long_notes_leave_room_for_other_episodes() -> None:
    feed = feed_of(RELEASES, parts=notes("<p>more</p>" * 100_000))
    (full,) = texts(feed, "//content:encoded/text()")
    assert len(full.encode()) < CONTENT_LIMIT_BYTES + 1000
    assert full.endswith("</a></p>")


def test_a_feed_that_phones_cannot_bear_is_refused() -> None:
    numbers = range(40, 0, -1)
    releases = releases_of(*(episode(n) for n in numbers))
    releases = replace(releases, now=LATER.replace(year=2028))
    heavy = replace(PARTS, notes={f"{n:03}-made-up": "<p>" + "x" * 60_000 + "</p>" for n in numbers})
    with pytest.raises(InvalidSource, match="bytes"):
        podcast_feed(releases, SHOW, SITE, heavy)


def test_nothing_is_written_while_there_is_a_problem() -> None:
    with pytest.raises(InvalidSource) as raised:
        feed_of(only(title="a\x07", guid=""))
    assert len(raised.value.problems) > 1


def test_a_control_character_from_an_entity_in_notes_is_found_and_named() -> None:
    with pytest.raises(
        InvalidSource, match=r"episodes/012-citizens-jury/episode.md: `notes` holds .* U\+0007"
    ):
        feed_of(RELEASES, parts=notes("<p>ring \x07</p>"))


def test_a_cover_that_feedgen_would_drop_stops_the_feed() -> None:
    with pytest.raises(ValueError, match=r"\.jpg or \.png"):
        feed_of(RELEASES, parts=replace(PARTS, covers={"cover.png": "images/cover.1234abcd.jpeg"}))


def test_the_feed_is_well_formed_for_another_parser(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(feed_of(full_releases()))
    command = [program("xmllint", debian="libxml2-utils"), "--noout", "--nonet", str(feed)]
    subprocess.run(command, check=True, timeout=20)


def test_namespaces_are_those_that_apps_compare_letter_by_letter() -> None:
    start = feed_of(RELEASES).split(b"<channel>")[0].decode()
    for prefix, name in NAMES.items():
        assert f'xmlns:{prefix}="{name}"' in start
    assert feed_of(RELEASES).startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert "ns0" not in feed_of(RELEASES).decode()


@pytest.mark.parametrize(
    ("html", "short"),
    [
        ("<p>One</p><p>Two</p>", "<p>One</p><p>Two</p>"),
        ("<h2 id='a'>Head</h2>", "<p><strong>Head</strong></p>"),
        ("<p>a<br>b <code>c</code> <img src='x' alt='y'></p>", "<p>a b c </p>"),
        ("<blockquote><p>Said</p></blockquote>", "<p>Said</p>"),
        ("<ul>\n<li>One</li>\n<li>Two</li></ul>", "<ul><li>One</li><li>Two</li></ul>"),
        (
            "<p><a href='https://x.example/?a&amp;b'>X</a></p>",
            '<p><a href="https://x.example/?a&amp;b">X</a></p>',
        ),
        ("<p><a href='#top'>Up</a></p>", "<p><a>Up</a></p>"),
        ("<table><tr><th>A</th><td>B</td></tr></table>", "<p> A B</p>"),
        ("<p>1 &lt; 2 &amp; 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
        ("", ""),
    ],
)
def test_short_notes_keep_the_tags_that_apps_show(html: str, short: str) -> None:
    assert shorten(html, 4000) == short


@pytest.mark.parametrize("limit", range(90))
def test_short_notes_never_pass_their_limit_nor_leave_a_tag_open(limit: int) -> None:
    html = "<p>Öne <em>two</em></p><ul><li>three</li><li>four <b>five</b></li></ul><p>six</p>"
    short = shorten(html, limit)
    assert len(short.encode()) <= limit
    etree.fromstring(f"<div>{short}</div>")
