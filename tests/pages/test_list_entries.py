"""Our own templates mark every entry of a list, so that one can be put back and the page is as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sample_site import MADE, RELEASES, SETTINGS
from samples import EPISODE, MEETING, POST

from cop_publish.core import routes
from cop_publish.render.pages import render_pages
from cop_publish.withdrawal.lists import carried_from, entries_in, is_list, leads_to, with_carried

if TYPE_CHECKING:
    from cop_publish.core.model import Releases
    from cop_publish.core.output import PublicFile

FIVE = tuple(
    replace(
        RELEASES.episodes[0],
        episode=replace(
            EPISODE,
            id=f"e-{n}",
            guid=f"g-{n}",
            number=9 - n,
            published_at=EPISODE.published_at - timedelta(days=n),
        ),
    )
    for n in range(5)
)
POSTS = tuple(
    replace(
        POST,
        id=f"2026-11-0{9 - n}-p-{n}",
        slug=f"p-{n}",
        redirect_from=(),
        published_at=POST.published_at - timedelta(days=n),
    )
    for n in range(5)
)
MEETINGS = tuple(
    replace(
        MEETING,
        id=f"m-{n}",
        starts_at=MEETING.starts_at - timedelta(days=40 * (n - 1)),
        ends_at=MEETING.ends_at - timedelta(days=40 * (n - 1)),
    )
    for n in range(4)
)
WHOLE = replace(RELEASES, episodes=FIVE, posts=POSTS, meetings=MEETINGS)


def lists(releases: Releases) -> dict[str, PublicFile]:
    return {file.key: file for file in render_pages(releases, SETTINGS, MADE) if is_list(file.key)}


def content(file: PublicFile) -> bytes:
    assert isinstance(file.content, bytes)
    return file.content


def listed_in(file: PublicFile) -> list[tuple[str, str]]:
    return [(entry.name, entry.target) for entry in entries_in(content(file), file.key)]


def without(item: str) -> Releases:
    return replace(
        WHOLE,
        episodes=tuple(release for release in FIVE if release.episode.id != item),
        posts=tuple(post for post in POSTS if post.id != item),
        meetings=tuple(meeting for meeting in MEETINGS if meeting.id != item),
    )


PAGES = {
    **{release.episode.id: routes.episode_page(release.episode) for release in FIVE},
    **{post.id: routes.post_page(post, SETTINGS.site) for post in POSTS},
    **{meeting.id: routes.meeting_page(meeting) for meeting in MEETINGS},
}


@pytest.mark.parametrize("item", PAGES)
def test_what_stays_stands_in_every_list_where_it_stood(item: str) -> None:
    live, made, own = lists(WHOLE), lists(without(item)), frozenset({PAGES[item]})
    carried = [one for key, page in live.items() for one in carried_from(content(page), key, own, item)]
    assert carried, "the templates mark it"
    found = with_carried(made, carried)
    for key, page in live.items():
        if item.startswith("m-"):  # every page invites to the next one, and that is another meanwhile
            assert listed_in(found[key]) == listed_in(page), key
        else:
            assert content(found[key]) == content(page), key
        if leads_to(content(found[key]), key, own):
            assert item in found[key].items, "the gate must know whose words stand there"
