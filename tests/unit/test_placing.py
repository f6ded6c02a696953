"""Where in what was written a link, a picture or a chapter of a page comes from, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from samples import SITE

from cop_publish.core.items import Around, read_post
from cop_publish.core.problems import Place, Problem
from cop_publish.placing import at_their_lines, line_of_link
from cop_publish.render.source import mend

if TYPE_CHECKING:
    from cop_publish.core.model import Draft

FILE = "posts/2026-11-22-a.md"
PAGE = "blog/2026/11/22/a.html"
AROUND = Around(ZoneInfo("Europe/London"), "en-gb", frozenset({"images/a.png"}), lambda _: None)
HEAD = "---\ntitle: A\nimages: [{file: /images/a.png, alt: A, people: []}]\n---\n"


def draft(body: str) -> Draft:
    found, problems = read_post(FILE, HEAD + body, AROUND)
    assert found is not None, problems
    return found


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[x](/gone.html)", "../../../../gone.html"),
        ("[x](gone.html)", "../../../../blog/2026/11/22/gone.html"),
        ("[x](https://commons.example/gone.html#part)", "../../../../gone.html#part"),
        ("<https://commons.example/gone/>", "../../../../gone/index.html"),
        ("[x][far]\n\n[far]: /gone.html", "../../../../gone.html"),
        ('<a href="/gone.html?a=1&amp;b=2">x</a>', "../../../../gone.html?a=1&b=2"),
        ("[x](#Such-Part)", "#such-part"),
    ],
)
def test_a_link_is_found_as_its_page_writes_it(written: str, shown: str) -> None:
    line = written.splitlines().index(written.splitlines()[-1])
    found = line_of_link(shown, draft(f"First.\n\n{written}\n"), PAGE, SITE)
    assert found is not None
    assert (found.path, found.line) == (FILE, 7 + line)


def test_marked_lines_do_not_count_and_move_nothing() -> None:
    body = "::: confidential\n[x](/gone.html)\n::: end\n\nWords.\n[x](/gone.html)\n"
    assert line_of_link("../../../../gone.html", draft(body), PAGE, SITE) == Place(FILE, 10)
    assert line_of_link("../../../../other.html", draft(body), PAGE, SITE) is None


def test_liquid_that_is_not_run_is_told_at_each_of_its_lines() -> None:
    body = (
        "::: confidential\n{% include a.html %}\n::: end\n\n{% include a.html %} and `{% if a %}`\n"
        "{{ page.title }}\n\n{% include b.html %}\n"
    )
    _, problems = mend(body, posts={}, where=Place(FILE))
    told = at_their_lines(problems, draft(body))
    assert sorted((problem.where.line, problem.what.split("`")[1]) for problem in told) == [
        (9, "{% include %}"),
        (10, "{{ page.… }}"),
        (12, "{% include %}"),
    ]


def numbered(*numbers: int) -> list[Problem]:
    return [Problem(Place(FILE), f"picture {n} of the text is not listed", "List it.") for n in numbers]


def test_pictures_that_are_not_listed_get_their_lines_in_order() -> None:
    body = "![A](/images/a.png)\n![B](/images/b.png)\n\n<img src='c.png'> and ![D](https://x.example/d.png)\n"
    found = at_their_lines(numbered(2, 3, 4), draft(body))
    assert [problem.where for problem in found] == [Place(FILE, 6), Place(FILE, 8), Place(FILE, 8)]


def test_where_a_picture_cannot_be_seen_in_the_lines_the_file_is_told() -> None:
    found = at_their_lines(numbered(1), draft("![B][far]\n\n[far]: /images/b.png\n"))
    assert [problem.where for problem in found] == [Place(FILE)]


def test_a_damaged_file_is_told_where_it_is_listed() -> None:
    problem = Problem(Place("images/a.png"), "is damaged or cut short", "Export it again.")
    (found,) = at_their_lines([problem], draft("Words.\n"))
    assert (found.where.path, found.where.line) == (FILE, 3)
    assert found.what == "the picture images/a.png is damaged or cut short"
    other = Problem(Place("images/other.png"), "is damaged or cut short", "Export it again.")
    assert at_their_lines([other], draft("Words.\n")) == (other,)
