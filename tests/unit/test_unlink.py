"""A page that stays loses its entries for what goes, and links in its own words, and nothing else."""

from __future__ import annotations

import pytest

from cop_publish.withdrawal.unlink import Leaving, title_of, unlinked, unlinked_entry

HERE = "episodes/012-jury.html"
GOES = "episodes/013-algorithm.html"
LEAVING = Leaving({GOES: "Explaining & so on"}, frozenset({GOES}))


def page(middle: str) -> bytes:
    after = '<p>Siân’s.</p>\n<a href="../about.html">About</a>\n</main>\n'
    return f"<main>\n<p>One.</p>\n{middle}\n{after}".encode()


@pytest.mark.parametrize(
    "entry",
    [
        '<a rel="next" href="../episodes/013-algorithm.html"><span>Later</span> Explaining &amp; so on</a>',
        '<article class="card"><a href="013-algorithm.html">Explaining &amp; so on</a>\n<p>W.</p></article>',
        '<a href="013-algorithm.html#notes">Explaining &amp; <em>so on</em></a>',
        '<li><a href="../episodes/013-algorithm.html">Explaining &amp; so on</a> (episode, 1 minute)</li>',
        '<h3><a href="/episodes/013-algorithm.html">Explaining &#38; so on</a></h3>',
    ],
)
def test_an_entry_goes_whole(entry: str) -> None:
    found = unlinked(page(entry), HERE, LEAVING).decode()
    assert "algorithm" not in found
    assert "so on" not in found
    assert "1 minute" not in found
    assert found.replace("<h3></h3>", "").replace("\n\n", "\n") == page("").decode().replace("\n\n", "\n")


def test_of_a_list_only_its_entry_goes() -> None:
    one = '<li><a href="011-first.html">First</a></li>'
    other = f'<li><a href="{GOES.removeprefix("episodes/")}">Explaining &amp; so on</a></li>'
    found = unlinked(page(f"<ul>{one}\n{other}\n{one}</ul>"), HERE, LEAVING)
    assert found == page(f"<ul>{one}\n{one}</ul>")


def test_words_of_the_page_itself_stay_and_lead_nowhere() -> None:
    words = 'It is in <a class="x" href="013-algorithm.html">another episode</a>, <em>then</em>.'
    found = unlinked(page(f"<p>{words}</p>"), HERE, LEAVING)
    assert found == page("<p>It is in another episode, <em>then</em>.</p>")


def test_where_the_other_page_stays_words_may_go_on_leading_there() -> None:
    """Somebody was taken out of its title: what shows the title goes, what speaks of it may stay."""
    words = 'It is in <a href="013-algorithm.html">another episode</a>.'
    shown = '<a rel="next" href="013-algorithm.html">Later: Explaining &amp; so on</a>'
    found = unlinked(page(words + shown), HERE, Leaving(LEAVING.titles))
    assert found == page(words)


@pytest.mark.parametrize(
    "middle",
    [
        '<a href="https://elsewhere.example/013-algorithm.html">Explaining &amp; so on</a>',
        '<a id="x">Explaining &amp; so on</a>',
        '<a href="014-other.html">Explaining &amp; so on</a>',
        "",
    ],
)
def test_what_leads_elsewhere_is_left_alone(middle: str) -> None:
    assert unlinked(page(middle), HERE, LEAVING) == page(middle)
    assert unlinked(page(middle), HERE, Leaving({})) == page(middle)


def test_a_page_is_shown_by_its_own_title() -> None:
    assert title_of(b'<meta property="og:title" content="Explaining &amp; so on">') == LEAVING.titles[GOES]
    assert title_of(b"<title>Another</title>") == ""


ADDRESS = "https://commons.example/episodes/013-algorithm.html"


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        (f'<p>See <a href="{ADDRESS}">that <em>one</em></a>.</p>', "<p>See that <em>one</em>.</p>"),
        (f'<p><a class="x" href="{ADDRESS}#t=9">a</a> <a href="/b">b</a></p>', '<p>a <a href="/b">b</a></p>'),
        (f"&lt;a href=&quot;{ADDRESS}&quot;&gt;that&lt;/a&gt;.", "that."),
        (f'&lt;a href="{ADDRESS}"&gt;that&lt;/a&gt;.', "that."),
    ],
)
def test_an_entry_of_a_feed_keeps_its_words_and_leads_nowhere(entry: str, left: str) -> None:
    assert unlinked_entry(entry.encode(), frozenset({ADDRESS})).decode() == left


@pytest.mark.parametrize(
    "entry",
    [
        f'<p><a href="{ADDRESS}.other">that</a></p>',
        f"<link>{ADDRESS}</link><author><name>A</name></author>",
        f"See {ADDRESS} there.",
        '<a href="https://commons.example/about.html">About</a>',
    ],
)
def test_other_links_of_an_entry_stay(entry: str) -> None:
    assert unlinked_entry(entry.encode(), frozenset({ADDRESS})).decode() == entry
    assert unlinked_entry(entry.encode(), frozenset()).decode() == entry
