"""What stands in for an item that stays: lists, neighbours and meetings show it as any other."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sample_site import MADE, RELEASES, SETTINGS
from samples import ABOUT, EPISODE, MASTER, MEETING, POST

from cop_publish.core import kept, model, routes
from cop_publish.core.output import DAY_LIVED, FileClass, Headers, InStore, PublicFile, manifest_of
from cop_publish.render.feed import FeedParts, podcast_feed
from cop_publish.render.pages import render_pages
from cop_publish.withdrawal.as_live import AsLive, kept_from
from cop_publish.withdrawal.lists import leads_to

if TYPE_CHECKING:
    from cop_publish.core.kept import Kept
    from cop_publish.core.model import Releases

SITE = SETTINGS.site
EPISODES = tuple(
    replace(
        RELEASES.episodes[0],
        episode=replace(
            EPISODE,
            id=f"e-{n}",
            guid=f"g-{n}",
            title=f"Talk <{n}> & “more”",
            number=None if n == 4 else 5 - n,
            kind=model.EpisodeKind.BONUS if n == 4 else model.EpisodeKind.FULL,
            language="cy" if n == 1 else "en-gb",
            cues=() if n == 2 else EPISODE.cues,
            meeting="2026-10-14" if n % 2 else None,
            published_at=EPISODE.published_at - timedelta(days=n // 2),  # two of one moment
        ),
        master=replace(MASTER, sha256=f"{n}" * 64, duration_seconds=80.25 + 700 * n),
    )
    for n in range(5)
)
POSTS = tuple(
    replace(
        POST,
        id=f"2026-11-0{9 - n // 2}-p-{n}",
        slug=f"p-{n}",
        title=f"Words & “things”, {n}",
        summary="" if n == 3 else "In <short>.",
        category="week-notes" if n == 2 else "blog",
        language="cy" if n == 1 else "en-gb",
        topics=("juries", "plain language") if n % 2 else ("maps",),
        meeting="2026-10-14" if n in {0, 4} else None,
        redirect_from=(),
        published_at=POST.published_at - timedelta(days=n // 2),
    )
    for n in range(6)
)
ZONE = ZoneInfo(SITE.timezone)  # in which a workspace's times are read


def meeting(days: int, **said: object) -> model.ClearedMeeting:
    start, end = ((m + timedelta(days=days)).astimezone(ZONE) for m in (MEETING.starts_at, MEETING.ends_at))
    return replace(MEETING, starts_at=start, ends_at=end, **said)  # type: ignore[arg-type]  # as tests need


MEETINGS = (
    meeting(0, title="Winter; a, b\\c", place="The Old Hall, Cardiff", link="", summary=""),
    meeting(-8, id="2026-12-01", status=model.MeetingStatus.TENTATIVE),
    meeting(-56, id="2026-10-14", title="Autumn", status=model.MeetingStatus.CANCELLED),  # summer time
)
WHOLE = replace(RELEASES, episodes=EPISODES, posts=POSTS, meetings=MEETINGS, pages=(ABOUT,))


def in_order(releases: Releases) -> Releases:
    return replace(
        releases,
        episodes=tuple(
            sorted(
                releases.episodes, key=lambda r: (r.episode.published_at, r.episode.number or 0), reverse=True
            )
        ),
        posts=tuple(sorted(releases.posts, key=lambda p: (p.published_at, p.id), reverse=True)),
    )


def files(releases: Releases) -> dict[str, bytes]:
    made = {file.key: file.content for file in render_pages(in_order(releases), SETTINGS, MADE)}
    return {key: content for key, content in made.items() if isinstance(content, bytes)}


@cache
def live() -> dict[str, bytes]:
    parts = FeedParts(
        {e.episode.id: "<p>Notes.</p>" for e in EPISODES}, {SETTINGS.show.cover: "images/c.png"}
    )
    return files(WHOLE) | {routes.FEED: podcast_feed(WHOLE, SETTINGS.show, SITE, parts)}


ITEMS = {
    **{one.episode.id: (one, routes.episode_page(one.episode), "episode") for one in EPISODES},
    **{one.id: (one, routes.post_page(one, SITE), "post") for one in POSTS},
    **{one.id: (one, routes.meeting_page(one), "meeting") for one in MEETINGS},
    ABOUT.id: (ABOUT, routes.ABOUT, "page"),
}


def without(item: str) -> Releases:
    return replace(
        WHOLE,
        episodes=tuple(r for r in EPISODES if r.episode.id != item),
        posts=tuple(p for p in POSTS if p.id != item),
        meetings=tuple(m for m in MEETINGS if m.id != item),
        pages=tuple(p for p in (ABOUT,) if p.id != item),
    )


def as_live(item: str) -> AsLive:
    one, page, kind = ITEMS[item]
    sounds = [
        PublicFile(
            routes.episode_sound(r),
            InStore(r.master.sha256, r.master.size_bytes),
            Headers("audio/mpeg", DAY_LIVED),
            FileClass.MEDIA,
        )
        for r in EPISODES
    ]
    own = {key: content for key, content in live().items() if key in {page, f"meetings/{item}.ics"}}
    of_meeting = None
    if isinstance(one, model.ClearedPost | model.EpisodeRelease):
        of_meeting = (one.episode if isinstance(one, model.EpisodeRelease) else one).meeting
    return AsLive(item, kind, page, own, live()[routes.FEED], of_meeting, manifest_of(tuple(sounds)), SITE)


def standing_in(item: str) -> Kept:
    found = kept_from(as_live(item))
    assert found is not None
    return found


@pytest.mark.parametrize("item", ITEMS)
def test_every_other_page_is_byte_for_byte_as_it_is_live(item: str) -> None:
    made = files(replace(without(item), kept=(standing_in(item),)))
    spliced = {"sitemap.xml", "meetings.ics"}  # these get its entry as it is live
    others = {key: content for key, content in made.items() if key not in spliced}
    assert others == {key: live()[key] for key in others}
    page = ITEMS[item][1]
    lost = live().keys() - made.keys() - {routes.FEED}
    assert {key.rpartition("/")[2].partition(".")[0] for key in lost} == {
        page.rpartition("/")[2].partition(".")[0]
    }


def test_without_it_other_pages_would_lead_there_no_more() -> None:
    """The control of the test above: each of these items is shown beside others."""
    for item, (_, page, kind) in ITEMS.items():
        made = files(without(item))
        own = frozenset({page})
        shown = {key for key, content in live().items() if key in made and leads_to(content, key, own)}
        assert shown, item
        assert kind == "page" or not any(leads_to(made[key], key, own) for key in shown), item


@pytest.mark.parametrize("item", ITEMS)
def test_the_gate_is_told_whose_words_stand_on_each_page(item: str) -> None:
    made = render_pages(in_order(replace(without(item), kept=(standing_in(item),))), SETTINGS, MADE)
    page = frozenset({ITEMS[item][1]})
    showing = [f for f in made if isinstance(f.content, bytes) and leads_to(f.content, f.key, page)]
    assert showing
    if ITEMS[item][2] != "page":  # the navigation says no more than that it is there
        assert all(item in file.items for file in showing)


@pytest.mark.parametrize(
    ("kind", "stands_in_for"),
    [
        (kept.KeptTalk, model.ClearedEpisode),
        (kept.KeptSound, model.Master),
        (kept.KeptEpisode, model.EpisodeRelease),
        (kept.KeptPost, model.ClearedPost),
        (kept.KeptMeeting, model.ClearedMeeting),
        (kept.KeptPage, model.ClearedPage),
    ],
)
def test_no_template_fails_for_want_of_a_field(kind: type, stands_in_for: type) -> None:
    assert {f.name for f in fields(stands_in_for)} <= {f.name for f in fields(kind)}


def test_an_episode_and_a_meeting_are_read_whatever_templates_a_show_has() -> None:
    for item in ("e-0", "2026-12-01"):
        bare = replace(as_live(item), own={k: v for k, v in as_live(item).own.items() if k.endswith(".ics")})
        assert kept_from(bare) == standing_in(item)


def test_the_language_of_an_episode_is_that_of_its_transcript_or_of_the_show() -> None:
    for item, language in {"e-1": "cy", "e-2": "en-gb"}.items():
        found = kept_from(replace(as_live(item), own={}))
        assert isinstance(found, kept.KeptEpisode)
        assert found.episode.language == language


@pytest.mark.parametrize(
    "page",
    [
        b"<main>Words.</main>",
        b'<script type="application/ld+json">{</script>',
        b'<script type="application/ld+json">{"@graph":[1,{"url":2}]}</script>',
        b'<script type="application/ld+json">{"@graph":[{"url":"%s"}]}</script>',
        (
            b'<script type="application/ld+json">{"@graph":[{"url":"%s","headline":"T","description":"D",'
            b'"datePublished":"2026-11-09","articleSection":"blog","inLanguage":"en"}]}</script>'
        ),
    ],
    ids=["none", "damaged", "another", "empty", "a day without a zone"],
)
def test_a_post_whose_page_does_not_say_it_has_nothing_that_stands_in_for_it(page: bytes) -> None:
    item = as_live(POSTS[0].id)
    address = routes.address(SITE, item.page).encode()
    assert kept_from(replace(item, own={item.page: page.replace(b"%s", address)})) is None


def test_an_item_without_a_live_entry_has_nothing_that_stands_in_for_it() -> None:
    assert kept_from(replace(as_live("e-0"), feed=b"<rss><channel></channel></rss>")) is None
    assert kept_from(replace(as_live("2026-12-01"), own={})) is None
    assert kept_from(replace(as_live("about"), own={})) is None
