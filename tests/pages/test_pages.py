from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any

import pytest
from sample_site import CANCELLED, MADE, OTHER_POST, PAST, RELEASES, SETTINGS
from samples import EPISODE, MEETING, NOW, POST, SHOW, SITE

from cop_publish.core import routes
from cop_publish.core.model import ClearedMeeting, MeetingStatus, Releases
from cop_publish.core.output import FileClass
from cop_publish.errors import InvalidSource
from cop_publish.render.blog_parts import blog_parts
from cop_publish.render.listed import listed
from cop_publish.render.pages import render_pages
from cop_publish.render.transcripts import transcript_files

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.output import PublicFile
    from cop_publish.settings import Settings


def files(releases: Releases = RELEASES, settings: Settings = SETTINGS) -> dict[str, PublicFile]:
    return {f.key: f for f in render_pages(releases, settings, MADE)}


def text(file: PublicFile) -> str:
    assert isinstance(file.content, bytes)
    return file.content.decode()


def pages(made: dict[str, PublicFile]) -> dict[str, str]:
    return {key: text(f) for key, f in made.items() if f.headers.content_type.startswith("text/html")}


SITE_FILES = files()
EPISODE_PAGE = text(SITE_FILES["episodes/012-citizens-jury.html"])


def test_every_kind_of_page_is_there() -> None:
    assert {
        *("index.html", "404.html", "about.html", "subscribe.html", "sitemap.xml", "robots.txt"),
        *("episodes/index.html", "episodes/012-citizens-jury.html", "episodes/011-a-beginning.html"),
        *("blog/index.html", "blog/2026/11/20/jury-lessons.html", "blog/2026/10/01/maps.html"),
        *("meetings/index.html", "meetings/2026-12-09.html", "meetings/2026-10-14.html", "meetings.ics"),
        *("meetings/2026-12-09.ics", "old/maps/index.html", "maps"),
    } <= set(SITE_FILES)


def test_no_key_is_both_a_file_and_a_folder_and_no_key_twice() -> None:
    keys = [f.key for f in render_pages(RELEASES, SETTINGS, MADE)]
    assert len(keys) == len(set(keys))
    assert not [key for key in keys for other in keys if other.startswith(f"{key}/")]


def linked(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'(?:href|src)="([^"]*)"', page)]


def test_every_link_between_pages_leads_to_a_file_that_exists_from_any_folder() -> None:
    elsewhere = {  # made by other modules: the sound, transcripts and feeds
        *(routes.episode_sound(r) for r in RELEASES.episodes),
        *(f.key for r in RELEASES.episodes for f in transcript_files(r.episode, SETTINGS.site)),
        *(routes.FEED, routes.BLOG_RSS, routes.BLOG_ATOM),
    }
    there = set(SITE_FILES) | elsewhere
    checked = 0
    for key, page in pages(SITE_FILES).items():
        for link in linked(page):
            path = link.split("#")[0]
            if re.match(r"\w+:", link) or not path:
                continue
            target = path[1:] if key == "404.html" else normpath(join(dirname(key), path))
            assert target in there, (key, link)
            checked += 1
    assert checked > 200


def test_links_within_the_site_are_relative_so_that_a_folder_on_disk_can_be_read() -> None:
    for key, page in pages(SITE_FILES).items():
        body = page[page.index("<body") :]
        assert f'href="{SETTINGS.site.url}index.html' not in body, key
        if key != "404.html":
            assert not [link for link in linked(body) if link.startswith("/")], key


def test_items_names_every_item_whose_words_stand_on_a_page() -> None:
    words: dict[str, str] = {}

    def told(item_id: str) -> str:
        word = f"zq{len(words)}zq"
        words[word] = item_id
        return word

    episodes = tuple(
        replace(
            r,
            episode=replace(
                r.episode,
                title=told(r.episode.id),
                summary=told(r.episode.id),
                notes=told(r.episode.id),
                cues=tuple(replace(c, text=told(r.episode.id)) for c in r.episode.cues),
                credits=tuple(replace(c, label=told(r.episode.id)) for c in r.episode.credits),
                chapters=tuple(replace(c, title=told(r.episode.id)) for c in r.episode.chapters),
            ),
        )
        for r in RELEASES.episodes
    )
    posts = tuple(
        replace(p, title=told(p.id), summary="", body=told(p.id), images=(), image=None)
        for p in RELEASES.posts
    )
    meetings = tuple(
        replace(m, title=told(m.id), summary=told(m.id), body=told(m.id), place=told(m.id))
        for m in RELEASES.meetings
    )
    own = tuple(replace(p, title=told(p.id), summary=told(p.id), body=told(p.id)) for p in RELEASES.pages)
    made = files(replace(RELEASES, episodes=episodes, posts=posts, meetings=meetings, pages=own))
    seen = set()
    for file in made.values():
        found = {words[word] for word in re.findall(r"zq\d+zq", text(file))}
        assert found <= file.items, file.key
        seen |= found
    assert seen == set(words.values())


def test_pictures_name_the_items_that_show_them() -> None:
    assert SITE_FILES["images/picture.0a0a0a0a.png"].items == {OTHER_POST.id}
    assert SITE_FILES["images/cover.0a0a0a0a.png"].items == frozenset()


def test_the_episode_page_plays_and_reads_without_a_script() -> None:
    page = re.sub(r"<script.*?</script>|<template.*?</template>", "", EPISODE_PAGE, flags=re.DOTALL)
    sound = "../media/012-citizens-jury.abababab.mp3"
    assert f'<audio controls preload="metadata" src="{sound}"' in page
    assert f'href="{sound}#t=20"' in page  # a chapter
    assert f'href="{sound}#t=4.5"' in page  # a turn of the transcript
    assert "Thank you &amp; &lt;hello&gt;." in page
    assert page.count("Alys Example</b>") == 2
    assert "a policy adviser in central government</b>" in page
    assert f'<a href="{sound}" download>Download the MP3</a> (960 KB)' in page


def test_chapters_stand_in_the_transcript_where_they_begin() -> None:
    transcript = EPISODE_PAGE[EPISODE_PAGE.index('id="transcript"') :]
    order = ["<h3>Welcome</h3>", "Welcome to the show.", "<h3>The jury</h3>", "Now the jury."]
    places = [transcript.index(words) for words in order]
    assert places == sorted(places)


def test_the_mailing_list_and_the_next_meeting_are_on_every_page() -> None:
    for key, page in pages(SITE_FILES).items():
        if "<h1>This page has moved</h1>" not in page:
            assert SETTINGS.site.mailing_list in page, key
            assert "Winter meeting" in page, key


def test_a_post_without_a_summary_shows_its_first_words() -> None:
    assert "<p>The first words.</p>" in text(SITE_FILES["blog/index.html"])
    assert 'content="The first words."' in text(SITE_FILES["blog/2026/10/01/maps.html"])


def test_markup_in_a_title_is_only_words() -> None:
    made = files(replace(RELEASES, posts=(replace(POST, title='</title><script>"x"</script>-->'),)))
    for key, page in pages(made).items():
        assert "<script>" not in page, key
        assert "</title><" not in page, key


# --- the clock ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("The Made-up Commons", '<h1>The <span class="unbroken">Made-up</span> Commons</h1>'),
        ("Plain words", "<h1>Plain words</h1>"),
        ("Llanfair-pwllgwyngyll-gogerych", "<h1>Llanfair-pwllgwyngyll-gogerych</h1>"),  # too long for a phone
        ("A <b>-x & y", '<h1>A <span class="unbroken">&lt;b&gt;-x</span> &amp; y</h1>'),
    ],
)
def test_no_line_of_a_heading_ends_at_the_hyphen_of_a_short_word(title: str, heading: str) -> None:
    home = text(files(settings=replace(SETTINGS, show=replace(SHOW, title=title)))["index.html"])
    assert heading in home.replace("\n", "")


def test_the_subscribe_page_promises_no_more_than_a_host_with_logs_can_keep() -> None:
    words = text(SITE_FILES["subscribe.html"])
    assert "Free, without an account, and without trackers." in words
    assert "nobody is told" not in words


def test_the_next_meeting_is_the_first_that_is_neither_over_nor_cancelled() -> None:
    assert listed(RELEASES, SITE).next_meeting() == MEETING
    assert listed(replace(RELEASES, meetings=(PAST, CANCELLED)), SITE).next_meeting() is None


def test_a_meeting_is_past_from_the_very_moment_it_ends() -> None:
    def is_past(after_its_end: timedelta) -> bool:
        at = replace(RELEASES, now=PAST.ends_at + after_its_end)
        _, _, past = text(files(at)["meetings/index.html"]).partition('id="past"')
        return "Autumn meeting</a></h3>" in past

    assert not is_past(-timedelta(seconds=1))
    assert is_past(timedelta(0))


def test_changes_at_is_the_next_end_of_a_meeting_and_nothing_changes_before() -> None:
    at = listed(RELEASES, SITE).changes_at()
    assert at == CANCELLED.ends_at
    before = files(replace(RELEASES, now=at - timedelta(microseconds=1)))
    assert {k: f.content for k, f in before.items()} == {k: f.content for k, f in SITE_FILES.items()}
    after = files(replace(RELEASES, now=at))
    assert {k: f.content for k, f in after.items()} != {k: f.content for k, f in SITE_FILES.items()}
    assert listed(replace(RELEASES, now=MEETING.ends_at), SITE).changes_at() is None


def test_equal_inputs_give_equal_bytes() -> None:
    assert files() == SITE_FILES


# --- the blog in parts ----------------------------------------------------------------------------


def test_a_post_that_has_left_the_index_stays_on_its_page_for_ever() -> None:
    def where(count: int) -> dict[str, tuple[str, ...]]:
        posts = tuple(replace(POST, id=f"p{n}") for n in range(count, 0, -1))
        return {part.key: tuple(p.id for p in part.posts) for part in blog_parts(posts, 3)}

    before = where(0)
    for count in range(1, 20):
        now = where(count)
        assert sorted(p for ids in now.values() for p in ids) == sorted(f"p{n + 1}" for n in range(count))
        assert {k: v for k, v in before.items() if k != routes.BLOG}.items() <= now.items()
        assert len(now[routes.BLOG]) <= 5
        before = now


def test_the_parts_of_the_blog_form_one_chain() -> None:
    posts = tuple(replace(POST, id=f"p{n}") for n in range(11, 0, -1))
    parts = {part.key: part for part in blog_parts(posts, 3)}
    walked, key = [], routes.BLOG
    while key:
        walked.append(key)
        older = parts[key].older
        assert not older or parts[older].newer == key
        key = older
    assert walked == [routes.BLOG, "blog/page-2.html", "blog/page-1.html"]
    assert parts[routes.BLOG].newer == ""


# --- old addresses --------------------------------------------------------------------------------


def test_an_old_address_leads_to_the_new_one_and_is_not_indexed() -> None:
    for key, there in (
        ("old/maps/index.html", "../../blog/2026/10/01/maps.html"),
        ("maps", "blog/2026/10/01/maps.html"),
    ):
        page = text(SITE_FILES[key])
        assert f'http-equiv="refresh" content="0; url={there}"' in page
        assert f'<a href="{there}">Maps</a>' in page
        assert '<meta name="robots" content="noindex">' in page
        assert 'rel="canonical" href="https://commons.example/blog/2026/10/01/maps.html"' in page
        assert SITE_FILES[key].headers.content_type == "text/html; charset=utf-8"
        assert SITE_FILES[key].items >= {OTHER_POST.id}


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/../x", "is not a path from the site's root in plain letters, digits and hyphens"),
        (
            "https://other.example/x",
            "is not a path from the site's root in plain letters, digits and hyphens",
        ),
        ("//other.example/x", "is not a path from the site's root in plain letters, digits and hyphens"),
        ("/x?y=1", "is not a path from the site's root in plain letters, digits and hyphens"),
        ("/ünïcode", "is not a path from the site's root in plain letters, digits and hyphens"),
        ("", "is not a path from the site's root in plain letters, digits and hyphens"),
        ("/", "is the address of another page"),
        ("/about.html", "is the address of another page"),
        ("/blog", "is both a page and a folder of pages"),
        ("/about.html/x", "is both a page and a folder of pages"),
        ("/episodes/012-citizens-jury", "is both a page and a folder of pages"),
        ("/images", "is both a page and a folder of pages"),
        ("/feed.xml", "is the address of another page"),
        (f"/{'x' * 201}/", "has a part longer than 200 characters, which not every store takes"),
    ],
)
def test_an_old_address_that_cannot_be_is_named(path: str, what: str) -> None:
    post = replace(POST, redirect_from=("/fine", path))
    with pytest.raises(InvalidSource) as caught:
        files(replace(RELEASES, posts=(post,)))
    assert [p.what for p in caught.value.problems] == [f"redirect_from[2] {what}"]
    assert caught.value.problems[0].where.path == "posts/2026-11-20-jury-lessons.md"


def test_every_problem_of_every_text_is_reported_at_once() -> None:
    bad = "![x](/images/gone.png)\n"
    with pytest.raises(InvalidSource) as caught:
        files(
            replace(
                RELEASES,
                posts=(replace(POST, body=bad), replace(OTHER_POST, redirect_from=("/index.html",))),
                meetings=(replace(MEETING, body=bad),),
            )
        )
    assert [p.where.path for p in caught.value.problems] == [
        "meetings/2026-12-09.md",
        "posts/2026-10-01-maps.md",
        "posts/2026-11-20-jury-lessons.md",
    ]


# --- for machines ---------------------------------------------------------------------------------


def things(page: str) -> list[dict[str, Any]]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    graph: list[dict[str, Any]] = json.loads(found[1])["@graph"]
    return graph


def test_search_engines_are_told_what_each_page_is() -> None:
    kinds = {
        key: [thing["@type"] for thing in things(page)]
        for key, page in pages(SITE_FILES).items()
        if "ld+json" in page
    }
    assert kinds["index.html"] == ["PodcastSeries"]
    assert kinds["episodes/012-citizens-jury.html"] == ["PodcastEpisode", "BreadcrumbList"]
    assert kinds["blog/2026/10/01/maps.html"] == ["BlogPosting", "BreadcrumbList"]
    assert kinds["meetings/2026-12-09.html"] == ["Event", "BreadcrumbList"]


def test_only_people_who_agreed_to_be_named_are_authors_or_actors() -> None:
    named = things(text(SITE_FILES["blog/2026/10/01/maps.html"]))[0]
    unnamed = things(text(SITE_FILES["blog/2026/11/20/jury-lessons.html"]))[0]
    assert named["author"] == [{"@type": "Person", "name": "Siân Ap-Example"}]
    assert unnamed["author"] == [{"@type": "Organization", "name": SHOW.author}]
    assert [a["name"] for a in things(EPISODE_PAGE)[0]["actor"]] == ["Alys Example"]


def test_linked_data_cannot_end_its_element() -> None:
    hostile = "</script ><!--<script>&"
    made = files(replace(RELEASES, posts=(replace(POST, title=hostile),)))
    page = text(made["blog/2026/11/20/jury-lessons.html"])
    assert things(page)[0]["headline"] == hostile
    inside = page.split("application/ld+json")[1].split("</script>")[0]
    assert not set("<&") & set(inside)


def test_a_cancelled_meeting_is_cancelled_everywhere() -> None:
    page = text(SITE_FILES["meetings/2026-12-01.html"])
    assert things(page)[0]["eventStatus"] == "https://schema.org/EventCancelled"
    assert "Cancelled meeting" in page
    assert "Add to your calendar" not in page
    assert "STATUS:CANCELLED" in text(SITE_FILES["meetings/2026-12-01.ics"])


def test_share_cards_have_a_picture_with_words_for_it() -> None:
    page = text(SITE_FILES["blog/2026/10/01/maps.html"])
    assert 'property="og:image" content="https://commons.example/images/picture.0a0a0a0a.png"' in page
    assert 'property="og:image:alt" content="A map"' in page
    assert f'property="og:image:alt" content="{SHOW.cover_alt}"' in EPISODE_PAGE


def test_a_posts_picture_opens_it_unless_the_text_shows_it_anyway() -> None:
    def times(body: str) -> int:
        post = replace(OTHER_POST, body=body)
        page = text(files(replace(RELEASES, posts=(post,)))["blog/2026/10/01/maps.html"])
        return page.count('src="../../../../images/picture.0a0a0a0a.png"')

    assert times("Words.\n") == 1
    assert times("Words.\n\n![x](/images/map.png)\n") == 1


def test_the_sitemap_lists_every_page_that_may_be_found_and_no_other() -> None:
    listed = set(re.findall(r"<loc>https://commons.example/([^<]*)</loc>", text(SITE_FILES["sitemap.xml"])))
    assert listed == set(pages(SITE_FILES)) - {"404.html", "old/maps/index.html", "maps"}


def test_a_page_may_load_nothing_but_from_the_site_itself() -> None:
    for key, page in pages(SITE_FILES).items():
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
        assert policy, key
        sources = {s for part in unescape(policy[1]).split(";") for s in part.split()[1:]}
        assert sources == {"'none'", "'self'"}, key
        assert not re.search(
            r'<(?:script|img|audio|link rel="stylesheet")[^>]*(?:src|href)="https?:', page
        ), key
        assert " style=" not in page, key
        assert not re.search(r"<script(?! src| type=.application/ld)", page), key


def test_pages_go_up_before_the_lists_that_link_to_them() -> None:
    classes = {key: f.file_class for key, f in SITE_FILES.items()}
    assert classes["episodes/012-citizens-jury.html"] is FileClass.PAGE
    assert classes["blog/2026/11/20/jury-lessons.html"] is FileClass.PAGE
    assert classes["index.html"] is classes["blog/index.html"] is FileClass.INDEX
    assert classes["images/picture.0a0a0a0a.png"] is FileClass.MEDIA


# --- settings -------------------------------------------------------------------------------------


def test_jekylls_permalinks_give_pages_without_an_extension_that_are_still_html() -> None:
    site = replace(SETTINGS.site, permalink="/:categories/:year/:month/:day/:slug")
    made = files(settings=replace(SETTINGS, site=site))
    page = made["blog/2026/11/20/jury-lessons"]
    assert page.headers.content_type == "text/html; charset=utf-8"
    assert 'href="../blog/2026/11/20/jury-lessons"' in text(made["blog/index.html"])
    assert 'rel="canonical" href="https://commons.example/blog/2026/11/20/jury-lessons"' in text(page)


def test_a_workspaces_own_templates_stand_before_the_packaged_ones(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "not-found.html").write_text("{{ show.title }}: gone")
    (tmp_path / "templates" / "style.css").write_text("p{}")
    made = files(settings=replace(SETTINGS, root=tmp_path))
    assert text(made["404.html"]) == f"{SHOW.title}: gone"
    assert [text(f) for key, f in made.items() if key.endswith(".css")] == ["p{}"]
    assert "<h1>Meetings</h1>" in text(made["meetings/index.html"])


def test_meeting_times_are_told_in_the_sites_zone_with_its_name() -> None:
    summer = replace(MEETING, starts_at=NOW.replace(month=7), ends_at=NOW.replace(month=7, hour=10))
    page = text(files(replace(RELEASES, meetings=(summer,)))["meetings/2026-12-09.html"])
    assert "Thursday 23 July 2026</time>, 10:00 to 11:00 (BST)" in page
    winter = text(SITE_FILES["meetings/2026-12-09.html"])
    assert "Wednesday 9 December 2026</time>, 14:00 to 15:30 (GMT)" in winter


def test_an_empty_site_is_a_whole_site() -> None:
    empty = Releases(episodes=(), posts=(), meetings=(), pages=(), held_back=(), now=NOW)
    made = files(empty)
    assert "No date is set yet" in text(made["index.html"])
    assert not [
        key
        for key, page in pages(made).items()
        if re.search(r'["/]feed.xml"', page.replace("blog/feed.xml", ""))
    ]
    assert "about.html" not in made
    assert not [key for key, page in pages(made).items() if "about.html" in page]


def test_the_style_and_the_script_stay_small() -> None:
    sizes = {
        key.rsplit(".", 1)[1]: f.size_bytes for key, f in SITE_FILES.items() if key.startswith("assets/")
    }
    assert sizes["js"] < 3_000
    assert sizes["css"] < 15_000


def test_status_words_cover_every_status() -> None:
    for status in MeetingStatus:
        meeting: ClearedMeeting = replace(MEETING, status=status)
        assert files(replace(RELEASES, meetings=(meeting,)))


def test_the_episode_in_another_language_says_so() -> None:
    welsh = replace(RELEASES.episodes[0], episode=replace(EPISODE, language="cy"))
    made = files(replace(RELEASES, episodes=(welsh,)))
    assert '<article lang="cy">' in text(made["episodes/012-citizens-jury.html"])
    assert '<article class="row" lang="cy" data-entry="episodes ' in text(made["episodes/index.html"])
