"""The adversarial cases that concern names and the gate itself, each with its expected result."""

from __future__ import annotations

import base64
import gzip
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from gate_samples import calendar, feed, page, public, refusal, transcript
from PIL import Image, ImageDraw

from cop_publish.core.consents import Person, PersonId
from cop_publish.errors import CopPublishError, LeakFound, NeedsHumanLook, Unscannable
from cop_publish.gate import canaries
from cop_publish.gate.guard import Guard

if TYPE_CHECKING:
    from cop_publish.core.output import PublicFile

HOST = Person(PersonId("p-host"), "Alys", "O'Neill")
SIOBHAN = Person(
    PersonId("p-s1"), "Siobhán", "O'Neill-Sample", known_as=("Shiv",), aliases=("Siobhan Marriedname",)
)
NAMESAKE = Person(PersonId("p-s2"), "Siobhán", "O'Neill-Sample")  # of the same name, and named
DREW = Person(PersonId("p-d1"), "Drew", "X")
ANN = Person(PersonId("p-a1"), "Ann", "Li")
VAN = Person(PersonId("p-v1"), "Joost", "van der Madehuis")
LINCOLN = Person(PersonId("p-l1"), "Lincoln", "Derby")  # both are places
WORK = Person(PersonId("p-w1"), "Rowan", "Treasury")  # a department
HOPE = Person(PersonId("p-h1"), "Hope")
YITZHAK = Person(PersonId("p-y1"), "יצחק", "כהנוביץ")
PEOPLE = (HOST, SIOBHAN, DREW, ANN, VAN, LINCOLN, WORK, HOPE, YITZHAK)
GUARD = Guard(
    PEOPLE,
    everywhere=frozenset({HOST.id}),
    wordings={"": ("Alys O'Neill",)},
    present={"here": frozenset(p.id for p in PEOPLE)},
)
TWINS = replace(
    GUARD,
    people=(*PEOPLE, NAMESAKE),
    named={"here": frozenset({NAMESAKE.id})},
    wordings={"here": ("Siobhán O'Neill-Sample",)},
)
RTL = "\u202e"
_CODED = base64.b64encode("by Siobhán O'Neill-Sample, with thanks".encode()).decode()
_SVG = "<svg xmlns='http://www.w3.org/2000/svg'><text>Siobhán <tspan>O'Neill</tspan>-Sample</text></svg>"
_INDEX = gzip.compress(json.dumps([{"t": "Notes"}, {"t": "Siobhán O'Neill-Sample"}]).encode(), mtime=0)
_MAP = json.dumps({"version": 3, "sources": ["a.js"], "sourcesContent": ["// by Siobhán O'Neill-Sample"]})
_SITEMAP = "<urlset><url><loc>https://x.example/siobhan-oneill-sample.html</loc></url></urlset>"
_OPML = "<opml version='2.0'><head><ownerName>Siobhan O'Neill-Sample</ownerName></head><body/></opml>"


def _painted() -> bytes:
    """A card for sharing with a name in its pixels, which no reader of the gate sees: the docs say so."""
    card = Image.new("RGB", (200, 40), "white")
    ImageDraw.Draw(card).text((4, 4), "Siobhan O'Neill-Sample", fill="black")
    held = io.BytesIO()
    card.save(held, "PNG")
    return held.getvalue()


def txt(text: str) -> PublicFile:
    return public("a.txt", text, "here")


ROWS: dict[str, tuple[PublicFile, type[CopPublishError] | None]] = {
    "one name only": (txt("and Hope said so"), LeakFound),
    "one name only, as a word": (txt("in the hope of rain"), None),
    "a one-letter family name": (txt("It was Drew X."), LeakFound),
    "a two-letter family name": (txt("Ann Li, and ANN LI"), LeakFound),
    "words that hold a two-letter family name": (txt("a li of road; Banning; Annelies"), None),
    "O'Neill": (txt("Siobhán O'Neill-Sample"), LeakFound),
    "O’Neill": (txt("Siobhán O’Neill-Sample"), LeakFound),
    "O Neill": (txt("Siobhan O Neill Sample"), LeakFound),
    "van der": (txt("J. van der Madehuis"), LeakFound),
    "the particle left out": (txt("Joost Madehuis"), LeakFound),
    "one half of a double name": (txt("Siobhán Sample"), LeakFound),
    "a married name": (txt("Siobhan Marriedname"), LeakFound),
    "known as": (txt("Shiv O'Neill-Sample"), LeakFound),
    "capitals": (txt("SIOBHÁN O’NEILL-SAMPLE"), LeakFound),
    "family name and initial": (txt("O'Neill-Sample, S"), LeakFound),
    "initials": (txt("as S.O'N.S. wrote"), LeakFound),
    "a name that is two places": (txt("Lincoln Derby spoke"), LeakFound),
    "the two places": (txt("from Lincoln. Derby is near"), LeakFound),  # people of the item: either is a name
    "a name that is a department": (txt("asked Rowan Treasury"), LeakFound),
    "a name inside another": (txt("Hannah Lindqvist and Annals"), None),
    "the host's family name alone, which is a withheld one's too": (txt("So O'Neill put it"), NeedsHumanLook),
    "the host": (txt("Alys O'Neill asked"), None),
    "over two cues": (
        public(
            "a.vtt", transcript("00:00.000 --> 00:01.000\nSiobhán\n\n00:01.000 --> 00:02.000\nO'Neill-Sample")
        ),
        LeakFound,
    ),
    "over two fields": (public("a.json", '{"given": "Siobhán", "family": "O\'Neill-Sample"}'), LeakFound),
    "over a line": (txt("Siobhán\nO'Neill-Sample"), LeakFound),
    "soft hyphens": (txt("Siob\u00adhán O'Neill-Sam\u00adple"), LeakFound),
    "over a folded line of a calendar": (
        public("a.ics", calendar("SUMMARY:With Siobhán O'Nei\r\n ll-Sample")),
        LeakFound,
    ),
    "a name written from the right": (txt("with יצחק כהנוביץ there"), LeakFound),
    "written from the right, in marks": (txt(f"with {RTL}יצחק כהנוביץ\u202c there"), LeakFound),
    "lookalikes": (txt("Siоbhаn О'Nеill-Sаmplе"), LeakFound),  # noqa: RUF001 - Cyrillic
    "a tag inside a word": (public("a.html", page("<p>Siob<i>hán</i> O'Neill-Sample")), LeakFound),
    "CSS content": (public("a.css", 'p::before{content:"Siobh\\0000e1n O\'Neill-Sample"}'), LeakFound),
    "text of a drawing": (public("a.svg", _SVG), LeakFound),
    "a packed search index": (public("a.gz", _INDEX), LeakFound),
    "a source map": (public("a.map", _MAP, content_type="application/json"), LeakFound),
    "a sitemap": (public("sitemap.xml", _SITEMAP, content_type="application/xml"), LeakFound),
    "a list of feeds": (public("a.opml", _OPML, content_type="text/x-opml"), LeakFound),
    "a feed's owner": (public("feed.xml", feed("<owner>Siobhán O'Neill-Sample</owner>")), LeakFound),
    "emoji between the words": (txt("Siobhán 🎙 O'Neill 🎙 Sample"), LeakFound),
    "a data: address": (
        public("a.html", page(f"<a href='data:text/plain;base64,{_CODED}'>x</a>")),
        LeakFound,
    ),
    "base64 of base64": (txt(base64.b64encode(_CODED.encode()).decode()), LeakFound),
    "letters painted into a picture: not promised": (public("a.png", _painted()), None),
    "an unknown kind of file": (public("a.heic", b"x", content_type="image/heic"), Unscannable),
    "a picture and a page in one": (public("a.png", b"\x89PNG\r\n\x1a\n<html>"), Unscannable),
    "an empty file": (public("a.html", ""), Unscannable),
}


# The list's own words, and the rows that try each; two have a test of their own below.
CASES = {
    "mononym": ("one name only", "one name only, as a word"),
    "one-letter/2-letter surname": (
        "a one-letter family name",
        "a two-letter family name",
        "words that hold a two-letter family name",
    ),
    "O'Neill/O’Neill/O Neill": ("O'Neill", "O’Neill", "O Neill"),
    "van der": ("van der", "the particle left out"),
    "double barrel halves": ("one half of a double name",),
    "married name": ("a married name",),
    "known-as": ("known as",),
    "ALL CAPS": ("capitals",),
    '"Smith, J"': ("family name and initial",),
    'initials "S.O\'N."': ("initials",),
    "name = common word/place/department": (
        "one name only, as a word",
        "a name that is two places",
        "the two places",
        "a name that is a department",
    ),
    "name inside another (Ann in Hannah)": ("a name inside another",),
    "host shares a withheld surname": (
        "the host's family name alone, which is a withheld one's too",
        "the host",
    ),
    "name split over cue/JSON field/line/soft hyphen/ICS fold": (
        "over two cues",
        "over two fields",
        "over a line",
        "soft hyphens",
        "over a folded line of a calendar",
    ),
    "RTL and bidi": ("a name written from the right", "written from the right, in marks"),
    "homoglyph": ("lookalikes",),
    "HTML tag inside a word": ("a tag inside a word",),
    "CSS `content:`/`::before`": ("CSS content",),
    "SVG text": ("text of a drawing",),
    "data: URI": ("a data: address",),
    "base64 twice": ("base64 of base64",),
    "gz JSON index": ("a packed search index",),
    "source map": ("a source map",),
    "sitemap": ("a sitemap",),
    "OPML": ("a list of feeds",),
    "OG image pixels": ("letters painted into a picture: not promised",),
    "emoji between words": ("emoji between the words",),
}


def test_every_case_of_the_list_has_its_rows() -> None:
    assert {row for rows in CASES.values() for row in rows} <= set(ROWS)


@pytest.mark.parametrize(("file", "expected"), ROWS.values(), ids=ROWS.keys())
def test_each_adversarial_case_ends_as_it_must(
    file: PublicFile, expected: type[CopPublishError] | None
) -> None:
    error = refusal(file, guard=GUARD)
    assert (None if error is None else type(error)) is expected


def test_of_two_people_of_one_name_the_one_who_is_named_may_stand_in_agreed_words() -> None:
    assert refusal(txt("It was Siobhán O'Neill-Sample."), guard=TWINS) is None
    assert isinstance(refusal(txt("It was Siobhán O'Neill-Sample."), guard=GUARD), LeakFound)


def test_with_nobody_in_the_registry_left_over_marks_are_found_all_the_same() -> None:
    nobody = Guard(())
    assert refusal(txt("Nobody here."), guard=nobody) is None
    assert isinstance(refusal(txt("::: confidential"), guard=nobody), LeakFound)


def test_without_its_canaries_the_gate_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canaries, "all_canaries", list)
    error = refusal(txt("Nothing."), guard=GUARD)
    assert type(error) is CopPublishError
    assert error.exit_code == 70
