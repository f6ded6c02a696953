"""Entries that stay come back into the lists that were made anew, each in its place, and no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cop_publish.core import routes
from cop_publish.core.output import FileClass, Headers, PublicFile
from cop_publish.withdrawal.lists import (
    Carried,
    carried_from,
    entries_in,
    is_over,
    leads_to,
    with_carried,
    without_entries_to,
)

HTML = Headers("text/html; charset=utf-8", "public, max-age=300")


def card(day: int, level: int = 2, name: str = "posts") -> str:
    link = f"../blog/{day}.html" if level == 2 else f"blog/{day}.html"
    marked = f'data-entry="{name} 2026-11-{day:02}T07:00:00+00:00"'
    return (
        f'<article class="card" {marked}>\n<h{level}><a href="{link}">On {day}</a></h{level}>\n</article>\n\n'
    )


def row(day: int, level: int = 2) -> str:
    link = f"../episodes/{day}.html" if level == 2 else f"episodes/{day}.html"
    marked = f'data-entry="episodes 2026-11-{day:02}T07:00:00+00:00"'
    return f'<article class="row" {marked}>\n<h{level}><a href="{link}">{day}</a></h{level}>\n</article>\n\n'


def latest(day: int) -> str:
    marked = f'data-entry="latest 2026-11-{day:02}T07:00:00+00:00"'
    return f'<article id="player" {marked}>\n<h3><a href="episodes/{day}.html">{day}</a></h3>\n</article>\n'


def page(key: str, words: str) -> PublicFile:
    return PublicFile(key, f"<main>\n{words}</main>\n".encode(), HTML, FileClass.INDEX, frozenset({"other"}))


def blog(*days: int) -> PublicFile:
    return page(routes.BLOG, f'<div class="cards">\n{"".join(map(card, days))}</div>\n')


def home(first: int, *more: int) -> PublicFile:
    rows = "".join(row(day, 3) for day in more)
    earlier = f"<section>\n{rows}<p>All episodes</p>\n</section>\n" if more else ""
    return page(routes.HOME, f"<section>\n{latest(first)}</section>\n{earlier}")


def episodes(*days: int) -> PublicFile:
    return page(routes.EPISODES, f'<div class="list">\n{"".join(map(row, days))}</div>\n')


def carried(live: PublicFile, target: str) -> tuple[Carried, ...]:
    assert isinstance(live.content, bytes)
    return carried_from(live.content, live.key, frozenset({target}), "mine")


def merged(made: list[PublicFile], *live: tuple[Carried, ...]) -> dict[str, PublicFile]:
    return with_carried({file.key: file for file in made}, [one for ones in live for one in ones])


@pytest.mark.parametrize("day", [20, 13, 2])
def test_a_list_is_as_it_was_byte_for_byte(day: int) -> None:
    live = blog(20, 13, 2)
    without = blog(*({20, 13, 2} - {day} and sorted({20, 13, 2} - {day}, reverse=True)))
    found = merged([without], carried(live, f"blog/{day}.html"))[routes.BLOG]
    assert found.content == live.content
    assert found.items == {"other", "mine"}, "the gate must know whose words stand there"


def test_two_that_stay_take_their_places() -> None:
    live = blog(20, 13, 9, 2)
    ones = (carried(live, "blog/20.html"), carried(live, "blog/9.html"))
    assert merged([blog(13, 2)], *ones)[routes.BLOG].content == live.content


def test_what_was_made_anew_is_not_put_in_twice() -> None:
    assert (
        merged([blog(20, 13)], carried(blog(20, 13), "blog/13.html"))[routes.BLOG].content
        == blog(20, 13).content
    )


def test_a_part_of_the_blog_that_is_no_longer_needed_gives_its_entries_to_the_first() -> None:
    old = page("blog/page-1.html", f'<div class="cards">\n{card(2)}</div>\n')
    found = merged([blog(20, 13)], carried(old, "blog/2.html"))
    assert found[routes.BLOG].content == blog(20, 13, 2).content
    assert "blog/page-1.html" not in found


def test_it_takes_the_place_of_what_stands_for_an_empty_list() -> None:
    made = page(routes.BLOG, '<div class="cards">\n<p data-none="posts">Nothing <a>yet</a>.</p>\n</div>\n')
    found = merged([made], carried(blog(20), "blog/20.html"))
    assert found[routes.BLOG].content == blog(20).content


@pytest.mark.parametrize(
    "made",
    [
        page(routes.BLOG, "<p>Nothing has been posted yet.</p>\n"),
        page(routes.BLOG, '<article class="card"><a href="../blog/13.html">13</a></article>\n'),
        page(routes.BLOG, f"{card(13)}<p>Between.</p>\n{card(2)}"),
    ],
)
def test_a_page_without_a_place_for_it_stays_as_it_was_made(made: PublicFile) -> None:
    found = merged([made], carried(blog(20), "blog/20.html"))[routes.BLOG]
    assert found == made
    assert isinstance(found.content, bytes)
    assert not leads_to(found.content, routes.BLOG, frozenset({"blog/20.html"})), "so that it can be told"


def test_a_live_page_that_marks_no_entries_has_none_to_keep() -> None:
    own = b'<article class="card">\n<a href="../blog/13.html">13</a>\n</article>\n'
    assert entries_in(own, routes.BLOG) == ()
    assert leads_to(own, routes.BLOG, frozenset({"blog/13.html"}))


def test_the_home_page_has_no_more_of_them_than_before() -> None:
    live = page(routes.HOME, "".join(card(day, 3) for day in (20, 13, 9)))
    made = page(routes.HOME, "".join(card(day, 3) for day in (20, 9, 2)))
    assert merged([made], carried(live, "blog/13.html"))[routes.HOME].content == live.content


def test_the_latest_episode_is_the_latest_again_and_the_next_one_is_among_the_earlier() -> None:
    live = home(20, 13, 9, 2)
    found = merged([home(13, 9, 2, 1), episodes(13, 9, 2, 1)], carried(live, "episodes/20.html"))
    assert found[routes.HOME].content == live.content


def test_with_one_episode_beside_it_the_home_page_stays_as_it_was_made() -> None:
    """There is no list of earlier ones for the one that would give way, and it is nobody's fault."""
    made = home(13)
    assert merged([made, episodes(13)], carried(home(20, 13), "episodes/20.html"))[routes.HOME] == made


def test_what_was_the_latest_is_among_the_earlier_ones_when_a_newer_one_came_out() -> None:
    live, every = home(20, 13, 9, 2), episodes(20, 13, 9, 2)
    ones = (carried(live, "episodes/20.html"), carried(every, "episodes/20.html"))
    found = merged([home(27, 13, 9, 2), episodes(27, 13, 9, 2)], *ones)
    assert found[routes.HOME].content == home(27, 20, 13, 9).content
    assert found[routes.HOME].items == {"other", "mine"}
    assert found[routes.EPISODES].content == episodes(27, 20, 13, 9, 2).content


def test_an_earlier_episode_keeps_its_place_on_the_home_page() -> None:
    live = home(20, 13, 9)
    assert (
        merged([home(20, 9), episodes(20, 9)], carried(live, "episodes/13.html"))[routes.HOME].content
        == live.content
    )


def test_an_earlier_episode_does_not_come_after_one_that_is_newer() -> None:
    """The latest went: what stays was next, and no player of it is at hand."""
    live = home(20, 13, 9, 2)
    made = home(9, 2)
    found = merged([made, episodes(9, 2)], carried(live, "episodes/13.html"))[routes.HOME]
    assert found == made


def test_meetings_ahead_are_in_the_order_of_their_days() -> None:
    def items(*days: int) -> PublicFile:
        marked = (
            f'<li data-entry="ahead 2026-12-{d:02}T14:00:00+00:00"><a href="meetings/{d}.html">{d}</a></li>\n'
            for d in days
        )
        return page(routes.HOME, f"<ul>\n{''.join(marked)}<li><a>All meetings</a></li>\n</ul>\n")

    live = items(3, 9, 20)
    assert merged([items(3, 20)], carried(live, "meetings/9.html"))[routes.HOME].content == live.content


def test_what_is_ahead_has_no_place_once_it_has_begun() -> None:
    def entry(name: str) -> Carried:
        (one,) = carried(page(routes.HOME, card(9, 3, name)), "blog/9.html")
        return one

    begun = datetime(2026, 11, 9, 7, tzinfo=UTC)
    assert is_over(entry("ahead"), begun)
    assert not is_over(entry("ahead"), begun - timedelta(seconds=1))
    assert not is_over(entry("posts"), begun)


def test_without_its_entries_the_list_is_that_of_all_others() -> None:
    content = blog(20, 13, 2).content
    assert isinstance(content, bytes)
    assert without_entries_to(content, routes.BLOG, frozenset({"blog/13.html"})) == blog(20, 2).content


def test_words_cannot_be_an_entry() -> None:
    words = b'&lt;article data-entry="posts 2026-11-20T07:00:00+00:00"&gt;&lt;/article&gt;\n<a href="x">x</a>'
    assert entries_in(words, routes.BLOG) == ()
    assert entries_in(b'<li data-entry="posts yesterday"><a href="x.html">x</a></li>\n', routes.BLOG) == ()
    (entry,) = entries_in(card(13).encode(), routes.BLOG)
    assert (entry.name, entry.target, entry.at) == (
        "posts",
        "blog/13.html",
        datetime(2026, 11, 13, 7, tzinfo=UTC),
    )
