"""Which page is an item's own: by its whole address, also where its file cannot be read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from samples import SITE

from cop_publish.core.addresses import address_of

NAME = "2026-11-13-weeknotes"
LIVE = "blog/2026/11/13/weeknotes.html"


@pytest.mark.parametrize(
    ("text", "key", "is_its"),
    [
        ("", LIVE, True),
        ("", "weeknotes/2026/11/13/weeknotes.html", True),  # of any category
        ("", "blog/2026/11/20/weeknotes.html", False),  # another day
        ("", "blog/2026/11/13/other-weeknotes.html", False),
        ("", "blog/2026/11/13/weeknotes.htm1", False),
        ("---\ntitle: [\nslug: 'plain words'\n---\n", "blog/2026/11/13/plain-words.html", True),
        ("---\ntitle: [\nslug: plain\n---\n", LIVE, False),
        ("---\ntitle: [\ndate: 2026-11-14 08:00\n---\n", "blog/2026/11/14/weeknotes.html", True),
        ("---\ntitle: [\ndate: 2026-11-14 08:00\n---\n", LIVE, False),
        ("---\ntitle: [\n---\nslug: of the text\n", LIVE, True),
    ],
)
def test_a_post_that_cannot_be_read_is_known_by_its_name_and_the_lines_that_can(
    text: str, key: str, *, is_its: bool
) -> None:
    address = address_of(NAME, "post", None, SITE, text)
    assert (address.is_page(key), address.is_own(key), address.is_among({"index.html", key})) == (is_its,) * 3


@pytest.mark.parametrize(
    ("permalink", "key"),
    [
        ("/:year/:month/:slug", "2026/11/weeknotes"),
        ("/:categories/:title.html", "blog/weeknotes.html"),
        ("/notes/:short_year-:i_month-:i_day/:slug/page.html", "notes/26-11-13/weeknotes/page.html"),
    ],
)
def test_a_permalink_setting_decides_the_address(permalink: str, key: str) -> None:
    site = replace(SITE, permalink=permalink)
    assert address_of(NAME, "post", None, site).is_page(key)
    assert not address_of("2026-12-24-another", "post", None, site).is_page(key)


def test_an_episode_owns_what_lies_beside_its_page_and_its_sounds() -> None:
    address = address_of("012-jury", "episode", None, SITE)
    own = ["episodes/012-jury.html", "episodes/012-jury/transcript.vtt", "media/012-jury.0a0a0a0a.mp3"]
    assert all(map(address.is_own, own))
    assert not any(map(address.is_own, ["episodes/012-jury-two.html", "media/012-jury-two.0a0a0a0a.mp3"]))
    assert address.is_page(own[0])
    assert not address.is_page(own[1])
