"""Where a contributor is said to stand: in what is theirs, quoted in sentences, and in no one else's part."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from samples import NOW

from cop_publish.contributor.places import Found, Sought, Wanted, seek
from cop_publish.contributor.quotes import LONGEST_SIDE_LETTERS, quotes_of, sentences
from cop_publish.contributor.words import planned_words, spots
from cop_publish.core.consents import Person, PersonId
from cop_publish.core.output import FileClass, Headers, PublicFile, Site

if TYPE_CHECKING:
    from datetime import date, datetime

LABEL = "a policy adviser in central government"
SAID = "And every spring, the council has to say what it found."
MINE, OTHER = frozenset({"012"}), frozenset({"011"})
ADVISER = Person(PersonId("p-k2m9"), "Torquil", "Inventedson", organisations=("Ministry of Examples",))


def file(key: str, content: str, items: frozenset[str] = MINE) -> PublicFile:
    kinds = {"html": "text/html", "xml": "application/rss+xml", "vtt": "text/vtt", "json": "application/json"}
    headers = Headers(f"{kinds[key.rpartition('.')[2]]}; charset=utf-8", "no-store")
    return PublicFile(key, content.encode(), headers, FileClass.PAGE, items)


def page(body: str) -> str:
    return f"<!doctype html><html><head><title>T</title></head><body>{body}</body></html>"


def sought(*files: PublicFile, agreed: str = LABEL, label: str = LABEL) -> Sought:
    return seek(Site(tuple(files), (), None), Wanted("012", label, (SAID,), ADVISER, agreed))


def test_a_sentence_that_stands_in_anothers_item_too_is_not_theirs_there() -> None:
    own = file("episodes/012.html", page(f"<p><b>{LABEL}</b> {SAID}</p>"))
    alike = file("episodes/011.html", page(f"<p><b>Una</b> {SAID}</p>"), OTHER)
    linked = file("episodes/010.html", page(f"<p>{SAID}</p><a href='012.html'>Next</a>"), MINE | OTHER)
    assert [found.key for found in sought(own, alike, linked).found] == [own.key]


def test_their_words_beside_what_they_are_called_are_found_in_any_item() -> None:
    quoted = file("blog/a.html", page(f"<p>As {LABEL} put it: {SAID}</p>"), OTHER)
    (found,) = sought(quoted).found
    assert (found.described, found.sentences) == (0, 1)
    assert sought(quoted, agreed="", label="a contributor").found == ()  # everybody's label


def test_what_is_theirs_is_counted_once_where_it_stands_alone() -> None:
    (found,) = sought(
        file("episodes/012/transcript.vtt", f"WEBVTT\n\n00:00.000 --> 00:02.000\n{SAID}\n")
    ).found
    assert (found.described, found.sentences, found.excerpts) == (0, 1, ())


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        (f"<p>It was {LABEL} who wrote. Others did not.</p>", [f"It was {LABEL} who wrote."]),
        (f"<p>Yes! So {LABEL} said… “We did.”</p>", [f"So {LABEL} said…"]),
        (f"<p>It was <b>{LABEL}</b>, <i>really</i>.</p>", [f"It was {LABEL}, really."]),
        (f"<p>So {LABEL.replace(' in ', '<!-- x --> in' + chr(10))} wrote.</p>", [f"So {LABEL} wrote."]),
        (f"<ul><li>Chapters</li><li>0:00 Welcome</li></ul><h2>Show notes</h2><p>{LABEL}</p>", []),
        (f"<p>With Una and {LABEL}</p>", []),
        (f"<nav>Here is {LABEL}.</nav><script>// {LABEL} is here.</script>", []),
        (f'<meta name="description" content="So {LABEL} wrote.">', []),
    ],
)
def test_whole_sentences_are_quoted_and_nothing_else(body: str, quoted: list[str]) -> None:
    wanted = re.compile(LABEL.replace(" ", r"\s+"))
    assert ["".join(quote) for quote in quotes_of(file("a.html", page(body)), wanted)] == quoted


def test_of_a_feed_its_sentences_are_quoted_and_not_its_fields() -> None:
    rss = (
        "<rss><channel><item><title>First words</title><pubDate>Fri, 27 Nov 2026 07:00:00 +0000</pubDate>"
        f"<itunes:explicit>false</itunes:explicit><podcast:person>{LABEL}</podcast:person>"
        f"<description>One line. So {LABEL} wrote.</description>"
        f"<content:encoded><![CDATA[<p>Then {LABEL} &amp; Una spoke.</p><ul><li>0:00</li></ul>]]>"
        "</content:encoded>"
        f"<summary>&lt;p&gt;At last {LABEL} left.&lt;/p&gt;</summary></item></channel></rss>"
    )
    quotes = ["".join(quote) for quote in quotes_of(file("feed.xml", rss), re.compile(LABEL))]
    assert quotes == [f"So {LABEL} wrote.", f"Then {LABEL} & Una spoke.", f"At last {LABEL} left."]


def test_a_very_long_sentence_is_shortened_between_words_on_both_sides() -> None:
    words = "word " * 200
    ((before, hit, after),) = quotes_of(
        file("a.html", page(f"<p>{words}{LABEL} {words}.</p>")), re.compile(LABEL)
    )
    assert hit == LABEL
    assert before.startswith("…word")
    assert after.endswith("word…")
    assert len(before) <= LONGEST_SIDE_LETTERS + 1


def test_sentences_end_where_people_end_them() -> None:
    assert list(sentences("One. (Two!) “Three?” Four: five 3.5 six… And no end")) == [
        "One.",
        "(Two!)",
        "“Three?”",
        "Four: five 3.5 six…",
    ]


def test_the_sentence_around_where_they_work_is_quoted_once() -> None:
    body = f"<p>So {LABEL} left the Ministry of Examples. The Ministry of Examples wrote.</p>"
    (found,) = sought(file("episodes/012.html", page(body))).found
    assert {"".join(quote) for quote in found.excerpts} == {
        f"So {LABEL} left the Ministry of Examples.",
        "The Ministry of Examples wrote.",
    }


def test_the_transcript_is_one_place_in_however_many_forms() -> None:
    found = [
        Found(f"episodes/012/transcript.{form}", number, 2, 0, MINE, ())
        for number, form in enumerate(("html", "json", "srt", "vtt"))
    ]
    own = Found("episodes/012.html", 1, 1, 0, MINE, (("It was ", LABEL, "."),))
    page_itself, transcript = spots([*found, own], own.key)
    assert page_itself.name == "The page itself"
    assert transcript.name == "The transcript, in four forms"
    assert transcript.key == ", ".join(one.key for one in found)
    assert (transcript.described, transcript.sentences) == (3, 2)
    (alone,) = spots([found[3]], own.key)
    assert alone.name == "The transcript as subtitles, for players"
    two = spots([found[0], replace(found[0], key="episodes/011/transcript.html")], own.key)
    assert len(two) == 2


@pytest.mark.parametrize(
    ("due", "by", "said"),
    [
        (None, None, ""),
        (NOW, None, "This post is to come out on {day}. Please answer before that day."),
        (NOW, NOW.date(), "This post is to come out on {day}. Please answer by {day}."),
        (None, NOW.date(), "Please answer by {day}."),
    ],
)
def test_they_are_told_the_day_and_by_when_to_answer(
    due: datetime | None, by: date | None, said: str
) -> None:
    day = f"{NOW.day} {NOW:%B} {NOW.year}"
    assert planned_words(due, by, "post") == said.format(day=day)
