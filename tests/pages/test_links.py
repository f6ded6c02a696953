"""A link to something that is not public is found, and never told by its name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_site import MADE, RELEASES, SETTINGS

from cop_publish.core import routes
from cop_publish.core.output import FileClass, Headers, PublicFile
from cop_publish.render.links import check_links
from cop_publish.render.pages import render_pages
from cop_publish.render.transcripts import transcript_files
from cop_publish.settings import App

SITE = replace(
    SETTINGS.site, url="https://commons.example/show/", mailing_list="https://commons.example/show/join"
)
HERE = "posts/2026/a.html"


def page(body: str, key: str = HERE, *items: str) -> PublicFile:
    text = f"<!doctype html><html><head><title>A</title></head><body>{body}</body></html>"
    return PublicFile(
        key, text.encode(), Headers("text/html; charset=utf-8", ""), FileClass.PAGE, frozenset(items)
    )


THERE = (
    page("", "index.html"),
    page("<h2 id='no'></h2><h2 id=\"fair-ways\">x</h2>", "posts/2026/b.html"),
    page("", "blog/index.html"),
    page("", "posts/without-extension"),
    page("", "404.html"),
    PublicFile("media/x.1a2b3c4d.mp3", b"x", Headers("audio/mpeg", ""), FileClass.MEDIA),
    PublicFile("images/a b.png", b"x", Headers("image/png", ""), FileClass.MEDIA),
)


def lost(link: str) -> bool:
    made = page(f'<h2 id="here">x</h2><a class="x" href="{link}">x</a>')
    found = check_links((*THERE, made), SITE)
    assert {problem.where.path for problem in found} <= {HERE}
    return bool(found)


@pytest.mark.parametrize(
    "link",
    [
        *(
            "b.html",
            "./b.html",
            "../../index.html",
            "../../",
            "../../blog/",
            "../without-extension",
            "b.html?x=1",
        ),
        *("/show/", "/show/index.html", "/show/posts/2026/b.html#fair-ways", "b.html#top", "#here", "#", ""),
        *(
            "https://commons.example/show/",
            "//commons.example/show/blog/",
            "podcast://commons.example/show/blog/",
        ),
        *("../../media/x.1a2b3c4d.mp3#t=30", "../../images/a%20b.png", "b.html#t=1", "b.html#:~:text=x"),
        *(
            "mailto:podcast@commons.example",
            "https://elsewhere.example/show/x",
            "data:text/plain,x",
            "/other/x",
        ),
        *("https://commons.example/other", "http://commons.example.example/show/x", SITE.mailing_list),
    ],
)
def test_a_link_that_leads_somewhere_is_fine(link: str) -> None:
    assert not lost(link)


@pytest.mark.parametrize(
    "link",
    [
        *(
            "c.html",
            "../b.html",
            "../../blog/b.html",
            "/show/c.html",
            "/show/posts/",
            "../../posts",
            "b.HTML",
        ),
        *(
            "https://commons.example/show/c.html",
            "http://commons.example/show/c.html",
            "//commons.example/show/c",
        ),
        *("webcal://commons.example/show/meetings.ics", "#gone", "b.html#gone", "c.html?x#y", "x&amp;y.html"),
    ],
)
def test_a_link_that_leads_nowhere_is_a_problem(link: str) -> None:
    assert lost(link)


@pytest.mark.parametrize("attribute", ["href", "src", "poster"])
def test_every_attribute_that_loads_something_counts(attribute: str) -> None:
    assert check_links((page(f'<video {attribute}="gone.jpg"></video>'),), SITE)
    assert not check_links((page("", "posts/2026/gone.jpg"), page(f'<video {attribute}="gone.jpg">')), SITE)


def test_links_of_the_page_for_what_is_not_found_start_at_the_root() -> None:
    assert not check_links(
        (page("", "index.html"), page('<a href="/show/index.html">x</a>', "404.html")), SITE
    )


def test_a_problem_tells_the_page_and_its_source_but_never_the_target() -> None:
    links = (
        '<a href="secret-meeting.html">x</a><a href="secret-meeting.html">x</a><a href="/show/falcon">x</a>'
    )
    (problem,) = check_links((page(links, HERE, "2026-a"),), SITE)
    assert problem.where.path == HERE
    assert problem.what == "2 links lead to something that is not public here"
    assert "posts/2026-a.md" in problem.fix
    assert not [word for word in ("secret", "falcon") if word in str(problem)]


@pytest.mark.parametrize(
    ("key", "source"),
    [
        ("episodes/e1.html", "episodes/e1/episode.md"),
        ("meetings/e1.html", "meetings/e1.md"),
        ("e1.html", "e1.md"),
        ("blog/2026/11/20/x.html", "posts/e1.md"),
    ],
)
def test_the_source_is_the_file_of_the_page_s_item(key: str, source: str) -> None:
    (problem,) = check_links((page('<a href="gone">x</a>', key, "e1"),), SITE)
    assert f" {source}:" in problem.fix


def feed(inside: str) -> PublicFile:
    text = f"<rss><channel>{inside}</channel></rss>"
    return PublicFile(
        "feed.xml", text.encode(), Headers("application/rss+xml; charset=utf-8", ""), FileClass.FEED
    )


@pytest.mark.parametrize(
    "inside",
    [
        "<link>https://commons.example/show/{}</link>",
        '<enclosure url="https://commons.example/show/{}" length="1"/>',
        '<d>&lt;a href="https://commons.example/show/{}"&gt;x&lt;/a&gt;</d>',
        "<d>&lt;a href=&quot;https://commons.example/show/{}&quot;&gt;x&lt;/a&gt;</d>",
        '<d><![CDATA[<a href="https://commons.example/show/{}">x</a>]]></d>',
    ],
)
def test_whole_addresses_in_feeds_count_too(inside: str) -> None:
    assert check_links((*THERE, feed(inside.format("c.html"))), SITE)
    assert not check_links((*THERE, feed(inside.format("blog/index.html"))), SITE)
    assert not check_links((*THERE, feed(inside.format("join"))), SITE)


def test_a_guid_or_a_plain_mention_in_a_feed_is_no_link() -> None:
    words = "<guid isPermaLink='false'>https://commons.example/show/1</guid><d>at https://commons.example/show/x.</d>"
    assert not check_links((feed(words),), SITE)


def test_what_other_modules_make_may_be_told() -> None:
    made = page('<a href="../../feed.xml">x</a>')
    assert check_links((made,), SITE)
    assert not check_links((made,), SITE, {"feed.xml"})


def test_the_pages_themselves_link_to_nothing_that_is_not_there() -> None:
    site = replace(SETTINGS.site, apps=(App("An app", "https://commons.example/app"),))
    settings = replace(SETTINGS, site=site)
    chapterless = tuple(
        replace(r, episode=replace(r.episode, chapters=tuple(replace(c, url="") for c in r.episode.chapters)))
        for r in RELEASES.episodes
    )
    also = {
        *(routes.episode_sound(r) for r in RELEASES.episodes),
        *(f.key for r in RELEASES.episodes for f in transcript_files(r.episode, site)),
        *(routes.FEED, routes.BLOG_RSS, routes.BLOG_ATOM),
    }
    also |= {v.key for p in (*MADE.pictures.values(), *MADE.covers.values()) for v in p.variants}
    made = render_pages(replace(RELEASES, episodes=chapterless), settings, MADE)
    assert check_links(made, site, also) == ()
    assert check_links([f for f in made if f.key != routes.ABOUT], site, also)
