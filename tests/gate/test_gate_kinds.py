"""Which files may be public, by name, type and first bytes; and where words of a page part."""

from __future__ import annotations

import pytest
from gate_samples import calendar, card, feed, jpeg, page, png, sound, tag, title, transcript, webp

from cop_publish.gate.kinds import EXTRACTORS, kind_of, read_enclosed
from cop_publish.gate.markup import html_views, xml_views
from cop_publish.gate.texts import read_srt, read_vtt
from cop_publish.gate.view import Unreadable

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "html": (
        page("x").encode(),
        b"\xef\xbb\xbf <!-- a -->\n<!-- b\n --> <HTML>",
        b"<html lang=en>",
        b"<!doctype html >",
    ),
    "svg": (SVG, b"\xef\xbb\xbf <?xml version='1.0'?> <!-- a\n --> <SVG >", b"<svg>"),
    "xml": (feed("x").encode(), b"\xef\xbb\xbf\n<feed>", b"<!-- a --><rss>"),
    "json": (b"{}", b"[]", b'"a"', b"0", b"9", b"true", b"false", b"null", b"-1", b"\xef\xbb\xbf {"),
    "vtt": (transcript("x").encode(), b"\xef\xbb\xbfWEBVTT"),
    "ics": (calendar("SUMMARY:x").encode(),),
    "css": (b"p { color: red }", b""),
    "js": (b"let a = 1", b"// <html>"),
    "srt": (card(1, "x").encode(), b"\xef\xbb\xbf \n12\n01:02:03.004 --> 01:02:05,006"),
    "txt": (b"hello", "Zoë <b>".encode()),
    "mp3": (tag(title("x")), sound(), b"\xff\xfa\x90", b"\xff\xf3\x90", b"\xff\xf2\x90"),
    "png": (png(),),
    "jpeg": (jpeg(),),
    "webp": (webp(),),
    "gzip": (b"\x1f\x8b\x08",),
}
NAMES = {
    "html": ".html .htm",
    "svg": ".svg",
    "xml": ".xml .rss .atom .opml .xsl",
    "json": ".json .webmanifest .map",
    "vtt": ".vtt",
    "ics": ".ics",
    "css": ".css",
    "js": ".js .mjs",
    "srt": ".srt",
    "txt": ".txt .md",
    "mp3": ".mp3",
    "png": ".png",
    "jpeg": ".jpg .jpeg",
    "webp": ".webp",
    "gzip": ".gz",
}
TYPES = {
    "html": "text/html",
    "svg": "image/svg+xml",
    "xml": "application/rss+xml application/atom+xml application/xml text/xml text/x-opml text/xsl "
    "application/xslt+xml",
    "json": "application/json application/json+chapters application/ld+json application/feed+json "
    "application/manifest+json",
    "vtt": "text/vtt",
    "ics": "text/calendar",
    "css": "text/css",
    "js": "text/javascript application/javascript",
    "srt": "application/x-subrip",
    "txt": "text/plain text/markdown",
    "mp3": "audio/mpeg",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gzip": "application/gzip",
}
BINARY = (
    *(b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"\x7fELF", b"OggS", b"fLaC"),
    *(b"Rar!", b"7z\xbc\xaf", b"II*\0", b"MM\0*", b"\xfe\xff", b"\xff\xfe", b"GIF89a\1\0", b"BM\0", b"a\0"),
)


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_a_file_is_of_a_kind_by_each_of_its_names_types_and_beginnings(kind: str) -> None:
    wanted = EXTRACTORS[kind]
    for name in NAMES[kind].split():
        for served in TYPES[kind].split():
            for start in BEGINNINGS[kind]:
                assert kind_of(f"a{name}", served, start) is wanted, (name, served, start)
    assert kind_of(
        f"A{NAMES[kind].split()[0].upper()}",
        f" {TYPES[kind].split()[0].upper()} ; charset=utf-8",
        BEGINNINGS[kind][0],
    )
    for served in TYPES[kind].split():
        for bare in ("a", "posts/2026.01", "a.longerthantwelve"):
            assert kind_of(bare, served, BEGINNINGS[kind][0]) is wanted, served


def test_no_kind_is_missing_here() -> None:
    assert EXTRACTORS.keys() == NAMES.keys() == TYPES.keys() == BEGINNINGS.keys()


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_a_file_that_begins_as_another_kind_is_none(kind: str) -> None:
    texts = {"css", "js", "txt"}  # begin as they like
    served, name = TYPES[kind].split()[0], NAMES[kind].split()[0]
    likely = {"json": ("srt",), "xml": ("html", "svg")}.get(
        kind, ()
    )  # a digit, and any markup, may begin one
    others = [other for other in BEGINNINGS if other != kind and other not in likely]
    starts = [BEGINNINGS[other][0] for other in others if other not in texts and kind not in texts]
    starts += [b"", b"hello", b"\xef\xbb\xbf", b"x" + BEGINNINGS[kind][0]] if kind not in texts else []
    starts += [BEGINNINGS["html"][0], SVG, *BINARY] if kind in texts else []
    starts += BINARY if kind in {"html", "svg", "xml", "json", "srt"} else []
    for start in starts:
        with pytest.raises(Unreadable, match="does not begin"):
            kind_of(f"a{name}", served, start)


@pytest.mark.parametrize(
    ("name", "served"),
    [
        ("a.exe", "text/html"),
        ("a.x", "text/html"),
        ("a.abcdefghijkl", "text/html"),
        ("a", "application/zip"),
        ("a.7z", ""),
        ("a.png", "text/html"),
        ("a.html", "text/plain"),
    ],
)
def test_a_name_or_type_that_is_none_of_ours_is_refused(name: str, served: str) -> None:
    with pytest.raises(Unreadable, match=r"does not know|another type"):
        kind_of(name, served, page("x").encode())


def test_what_stands_inside_another_file_is_text_or_a_picture_or_bytes_that_nobody_understands() -> None:
    assert [view.text for view in read_enclosed("c", b"Jory").views] == ["Jory"]
    assert read_enclosed("c", png()).unread == ()
    assert read_enclosed("c", b"\0\1\2").unread == ("c holds bytes that no reader of the gate understands",)
    with pytest.raises(Unreadable):
        read_enclosed("c", b"\x1f\x8b\x08")


# --- where words of a page part -------------------------------------------------------------------------

BLOCKS = (
    "address article aside blockquote br button caption dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr img input label legend li main nav ol option p pre "
    "section select summary table tbody td tfoot th thead title tr ul audio video iframe"
)


def _shown(body: str) -> str:
    return next(view.text for view in html_views(body) if view.channel == "HTML text")


@pytest.mark.parametrize("element", BLOCKS.split())
def test_a_block_parts_the_words_beside_it_and_in_it(element: str) -> None:
    """Else two blocks make one word of the end of one and the beginning of the next, and a name is none."""
    inside = "" if element in {"br", "hr", "img", "input"} else f"Lee</{element}>"
    shown = _shown(f"<div><b>Ann</b><{element}>{inside}<b>Smith</b></div>")
    assert shown.split() == ["Ann", *(["Lee"] if inside else []), "Smith"]


@pytest.mark.parametrize("element", ["b", "i", "em", "span", "a", "abbr", "mark", "wbr", "code"])
def test_an_element_within_a_line_parts_no_word(element: str) -> None:
    assert "Ann" in _shown(f"<p>A<{element}>n</{element}>n Lee</p>")


def test_markup_without_a_word_in_it_is_read_to_its_end() -> None:
    views = xml_views("<a><?x?><!----><b/>Ann<?y Lee?></a>")
    assert {view.channel: view.text for view in views if view.channel in {"XML text", "XML comment"}} == {
        "XML text": "Ann",
        "XML comment": "\n\n\n\nLee",
    }
    assert [view.channel for view in html_views("<!---->")] == [
        "HTML source",
        "HTML with tags as spaces",
        "HTML text",
    ]


def test_the_source_of_markup_is_code_and_what_it_shows_is_none() -> None:
    """In code a name alone is chance; what is shown or said is what somebody wrote."""
    page_of_all = (
        "<p title=a>b<!-- c --><script>d</script><script type='application/ld+json'>e</script>f<sup>1</sup>"
    )
    code = {
        view.channel: view.code
        for view in (*html_views(page_of_all), *xml_views("<a b='c'>d<!-- e -->f<g>h</g></a>"))
    }
    sources = {"HTML source", "XML source", "HTML with tags as spaces", "HTML script or style"}
    assert {channel for channel, is_code in code.items() if is_code} == sources
    assert len(code) == 14


def test_what_stands_in_the_tags_of_a_transcript_is_read_to_its_first_and_last_letter() -> None:
    for name, data in (
        ("VTT tags", b"WEBVTT\n\n<Ann>x</Ann><v Lee>"),
        ("SRT tags", b"1\n<Ann>x</Ann><v Lee>"),
    ):
        reader = read_vtt if name == "VTT tags" else read_srt
        assert [v.text for v in reader(data).views if v.channel == name] == ["Ann\n\n/Ann\n\nv Lee"]
