"""What is withdrawn is known by its guid, which is read although the rest of its file has problems."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cop_publish.errors import WrongUsage
from cop_publish.render.feed_tags import rss
from cop_publish.render.feed_values import Channel
from cop_publish.render.feed_values import Item as Entry
from cop_publish.withdrawal.known import Item, item_of
from cop_publish.withdrawal.splice import published_at

if TYPE_CHECKING:
    from pathlib import Path


def read_from(tmp_path: Path, line: str) -> Item:
    file = tmp_path / "episodes" / "012-x" / "episode.md"
    file.parent.mkdir(parents=True)
    file.write_bytes(f"---\ntitle: [\n{line}\n---\nguid: words\n".encode())
    return item_of(tmp_path, "episode", "012-x")


@pytest.mark.parametrize(
    ("line", "guid"),
    [
        ("guid: 01a13ee5-a5c0-73fd-ba40-dbc5de7aaaa2", "01a13ee5-a5c0-73fd-ba40-dbc5de7aaaa2"),
        ("guid:   abc   # as it was imported\r", "abc"),
        ("guid: https://old.example/?p=12#c", "https://old.example/?p=12#c"),
        ("guid: 'https://old.example/it''s'", "https://old.example/it's"),
        ('guid: "tag:old.example,2020:\\u00e9"', "tag:old.example,2020:é"),
        ("guid: O'Neill", "O'Neill"),
        ("guid : 0012", "0012"),
    ],
)
def test_a_guid_is_read_from_its_line_as_yaml_has_it(line: str, guid: str, tmp_path: Path) -> None:
    assert read_from(tmp_path, line) == Item("012-x", "episode", guid)


def test_an_editors_mark_of_utf_8_hides_no_guid(tmp_path: Path) -> None:
    read_from(tmp_path, "guid: abc")
    file = tmp_path / "episodes" / "012-x" / "episode.md"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert item_of(tmp_path, "episode", "012-x").guid == "abc"


@pytest.mark.parametrize("line", ["summary: x", "guid:", "guid: [", "guid: ''"])
def test_an_episode_whose_guid_cannot_be_told_is_not_withdrawn_by_another(line: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="has no guid"):
        read_from(tmp_path, line)


@pytest.mark.parametrize(
    "guid", ["https://old.example/?a=1&p=12#c", "https://old.example/it's", 'a"b', "a<b>c"]
)
def test_its_day_is_found_in_the_feed_by_any_guid(guid: str) -> None:
    day = datetime(2026, 10, 23, 7, tzinfo=UTC)
    channel = Channel("https://a.example/feed.xml", "https://a.example/", "A", "B", "en-gb", day, "C")
    feed = rss(channel, [Entry(guid, False, "D", "https://a.example/d.html", "<p>E</p>", "<p>E</p>", day)])  # noqa: FBT003 - the value itself
    assert published_at(feed, guid) == day
