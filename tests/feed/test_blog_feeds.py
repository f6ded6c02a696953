"""What feed readers get of the blog: RSS and Atom, read back by feedparser."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser  # type: ignore[import-untyped]  # it has no annotations
import pytest
from feed_samples import BODIES, FULL_SHOW, blog_releases
from lxml import etree
from samples import LATER, POST, RELEASES, SITE

from cop_publish.core.consents import Level
from cop_publish.core.model import Credit, Part
from cop_publish.errors import InvalidSource
from cop_publish.render.blog_feeds import NEWEST_POSTS, blog_atom, blog_rss

WRITERS = [blog_rss, blog_atom]


def read(feed: bytes) -> Any:  # noqa: ANN401 - feedparser gives what it finds
    parsed = feedparser.parse(feed, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.bozo_exception
    return parsed


def feeds() -> list[Any]:
    return [read(write(blog_releases(), FULL_SHOW, SITE, BODIES)) for write in WRITERS]


def test_both_feeds_give_back_every_field() -> None:
    for parsed in feeds():
        assert parsed.feed.title == "The Made-up Commons: blog"
        assert parsed.feed.link == "https://commons.example/blog/index.html"
        assert parsed.feed.language == "en-gb"
        assert {link.rel: link.href for link in parsed.feed.links}["hub"] == "https://hub.example/"
        for entry, post in zip(parsed.entries, blog_releases().posts, strict=True):
            assert entry.title == post.title
            assert entry.content[0].value == BODIES[post.id]
            assert entry.published_parsed[:5] == post.published_at.utctimetuple()[:5]
            assert entry.link == f"https://commons.example/blog/{post.published_at:%Y/%m/%d}/{post.slug}.html"
            assert tuple(t.term for t in entry.get("tags", [])) == post.topics


def test_both_feeds_name_authors_in_the_agreed_words_only() -> None:
    quoted = Credit("someone who is quoted", Level.NAMED, Part.GUEST)
    posts = tuple(replace(post, credits=(*post.credits, quoted)) for post in blog_releases().posts)
    for write, name in ((blog_rss, "{*}creator"), (blog_atom, "{*}author/{*}name")):
        written = etree.fromstring(write(replace(RELEASES, posts=posts), FULL_SHOW, SITE, BODIES))
        items = [*written.iter("item"), *written.iter("{*}entry")]
        assert [[e.text for e in item.iterfind(name)] for item in items] == [
            ["a contributor"],
            ["a contributor"],
            ["Alys Example", "a contributor"],
            ["a contributor"],
        ]


def test_each_feed_names_its_own_address() -> None:
    own = [{link.rel: link.href for link in parsed.feed.links}["self"] for parsed in feeds()]
    assert own == ["https://commons.example/blog/feed.xml", "https://commons.example/blog/atom.xml"]


def test_a_guid_is_an_address_only_where_the_post_has_none_of_its_own() -> None:
    guids = etree.fromstring(blog_rss(blog_releases(), FULL_SHOW, SITE, BODIES)).findall("channel/item/guid")
    assert [(g.text, g.get("isPermaLink")) for g in guids] == [
        ("https://commons.example/blog/2026/11/20/jury-lessons.html", "true"),
        ("https://old.example/?p=12&x=1", "false"),
        ("https://commons.example/blog/2026/11/18/cy.html", "true"),
        ("0199e0b2-7c1e-7d55-9a53-1f2e3d4c5b6a", "false"),
    ]


def test_every_atom_id_is_an_iri() -> None:
    odd = replace(POST, guid="just-words")
    parsed = read(blog_atom(replace(RELEASES, posts=(odd,)), FULL_SHOW, SITE, {POST.id: "x"}))
    assert parsed.entries[0].id == "https://commons.example/blog/2026/11/20/jury-lessons.html"
    assert [e.id for e in feeds()[1].entries][1::2] == [
        "https://old.example/?p=12&x=1",
        "urn:uuid:0199e0b2-7c1e-7d55-9a53-1f2e3d4c5b6a",
    ]


def test_atom_says_which_post_is_in_another_language() -> None:
    entries = etree.fromstring(blog_atom(blog_releases(), FULL_SHOW, SITE, BODIES)).iter("{*}entry")
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert [entry.get(lang) for entry in entries] == [None, None, "cy", None]


def test_atom_links_keep_their_kind_and_type() -> None:
    (entry, *_) = etree.fromstring(blog_atom(blog_releases(), FULL_SHOW, SITE, BODIES)).iter("{*}entry")
    (link,) = entry.iter("{*}link")
    assert (link.get("rel"), link.get("type")) == ("alternate", "text/html")


def test_a_summary_is_taken_from_the_text_where_there_is_none() -> None:
    for parsed in feeds():
        assert parsed.entries[0].summary == "<p>What we learned.</p>"
        assert parsed.entries[3].summary.endswith("<p><strong>Then</strong></p>")


@pytest.mark.parametrize("write", WRITERS)
def test_only_the_newest_posts_stand_in_a_feed(write: Any) -> None:  # noqa: ANN401 - one of two functions
    posts = tuple(
        replace(POST, id=f"p{n}", slug=f"p{n}", published_at=POST.published_at - timedelta(days=n))
        for n in range(NEWEST_POSTS + 5)
    )
    bodies = {post.id: "<p>Words</p>" for post in posts[:NEWEST_POSTS]}
    parsed = read(write(replace(RELEASES, posts=posts), FULL_SHOW, SITE, bodies))
    assert [entry.link.rsplit("/")[-1] for entry in parsed.entries] == [
        f"p{n}.html" for n in range(NEWEST_POSTS)
    ]


@pytest.mark.parametrize("write", WRITERS)
def test_equal_posts_give_equal_bytes_at_any_clock_even_without_posts(write: Any) -> None:  # noqa: ANN401 - as above
    for releases in (blog_releases(), replace(RELEASES, posts=())):
        first = write(releases, FULL_SHOW, SITE, BODIES)
        assert first == write(replace(releases, now=LATER), FULL_SHOW, SITE, BODIES)
        assert len(read(first).entries) == len(releases.posts)


@pytest.mark.parametrize("write", WRITERS)
def test_a_control_character_in_a_post_is_named(write: Any) -> None:  # noqa: ANN401 - as above
    with pytest.raises(InvalidSource, match=r"posts/2026-11-20-jury-lessons.md: `body` holds .* U\+0007"):
        write(RELEASES, FULL_SHOW, SITE, {POST.id: "<p>a\x07</p>"})


@pytest.mark.parametrize("title", ["Q&A <AI>", "a ]]> b", "عن 🎙️", "&amp; &lt;b&gt;"])
def test_a_hostile_title_is_escaped_once_in_both(title: str) -> None:
    releases = replace(RELEASES, posts=(replace(POST, title=title),))
    for write in WRITERS:
        written = etree.fromstring(write(releases, FULL_SHOW, SITE, BODIES))
        (found, *_) = [
            e.text for part in ("item", "entry") for e in written.iterfind(f".//{{*}}{part}/{{*}}title")
        ]
        assert found == title
