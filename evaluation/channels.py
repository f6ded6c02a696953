"""Where a name may stand in a published file: each channel makes one whole file that holds it.

The files are made by hand, byte by byte, from what the standards say; nothing here knows the gate.
A channel gives None where it cannot hold what is written in that form.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from writings import CODED, PLAIN, TAGS, Written


@dataclass(frozen=True, slots=True)
class File:
    """A file as it would be published: key, media type and bytes."""

    key: str
    content_type: str
    content: bytes


Channel = Callable[[Written], "File | None"]

_TYPES = {
    "html": "text/html; charset=utf-8",
    "xml": "application/rss+xml; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "gz": "application/gzip",
}


def _file(extension: str, content: bytes | str, key: str = "file") -> File:
    data = content if isinstance(content, bytes) else content.encode()
    return File(f"{key}.{extension}", _TYPES[extension], data)


# --- pages ---------------------------------------------------------------------------------------


def _page(body: str, head: str = "") -> str:
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Notes</title>{head}</head><body>"
        f"<h1>What the panel asked</h1><p>Every household had a letter.</p>{body}<p>The end.</p>"
        "</body></html>"
    )


def _in_html(written: Written) -> str:
    return written.text if written.form in {CODED, TAGS} else html.escape(written.text)


def _html(body: str, head: str = "") -> Channel:
    """`{}` in the body or the head is where the name stands as text or markup."""
    return lambda w: _file("html", _page(body.replace("{}", _in_html(w)), head.replace("{}", _in_html(w))))


def _html_value(body: str, head: str = "") -> Channel:
    """The same where no markup can stand: inside a value or a comment."""
    return lambda w: None if w.form == TAGS else _html(body, head)(w)


def _comment(written: Written) -> File | None:
    return None if written.form == TAGS else _file("html", _page(f"<!-- todo: {written.text} -->"))


def _script(body: str) -> Channel:
    def channel(written: Written) -> File | None:
        if written.form == TAGS:
            return None
        text = written.text if written.form == CODED else json.dumps(written.text)[1:-1]
        return _file("html", _page(body.replace("{}", text)))

    return channel


def _cells(written: Written) -> File | None:
    """Each word in a cell of its own, with nothing between the cells."""
    if written.form != PLAIN or " " not in written.text or "," in written.text:
        return None
    cells = "".join(f"<td>{html.escape(word)}</td>" for word in written.text.split(" "))
    return _file("html", _page(f"<table><tr>{cells}</tr></table>"))


def _srcdoc(written: Written) -> File | None:
    return _file("html", _page(f'<iframe srcdoc="{html.escape(f"<p>{_in_html(written)}</p>")}"></iframe>'))


def _address(written: Written) -> File | None:
    if written.form == TAGS or any(c in written.text for c in "\\\n\t"):
        return None
    text = written.text if written.form == CODED else quote(written.text)
    return _file("html", _page(f"<a href='/people/{text}.html'>a page</a>"))


def _data_uri(written: Written) -> File | None:
    if written.form == TAGS:
        return None
    return _file("html", _page(f"<a href='data:text/plain;base64,{_base64(written)}'>notes</a>"))


def _base64(written: Written) -> str:
    return base64.b64encode(f"noted by {written.text}".encode()).decode()


# --- feeds, drawings, sitemaps ---------------------------------------------------------------------


def _feed(inside: str) -> str:
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xmlns:podcast='https://podcastindex.org/"
        f"namespace/1.0'><channel><title>Notes</title><item>{inside}</item></channel></rss>"
    )


def _xml(inside: str) -> Channel:
    return lambda w: _file("xml", _feed(inside.replace("{}", _in_html(w))))


def _xml_value(inside: str) -> Channel:
    return lambda w: None if w.form == TAGS else _xml(inside)(w)


def _escaped_markup(written: Written) -> File | None:
    return _file("xml", _feed(f"<description>{html.escape(f'<p>{_in_html(written)}</p>')}</description>"))


def _cdata(written: Written) -> File | None:
    return _file("xml", _feed(f"<description><![CDATA[<p>{_in_html(written)}</p>]]></description>"))


def _svg(written: Written) -> File | None:
    return _file(
        "svg", f"<svg xmlns='http://www.w3.org/2000/svg'><text x='1'>{_in_html(written)}</text></svg>"
    )


def _sitemap(written: Written) -> File | None:
    if written.form == TAGS or any(c in written.text for c in "\\\n\t&<"):
        return None
    text = written.text if written.form == CODED else quote(written.text)
    return File(
        "sitemap.xml",
        "application/xml; charset=utf-8",
        f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://x.example/{text}/"
        "</loc></url></urlset>".encode(),
    )


# --- JSON ------------------------------------------------------------------------------------------


def _json(template: str) -> Channel:
    """`{}` is inside a JSON string; what is coded stands as it is where JSON allows it."""

    def channel(written: Written) -> File | None:
        raw = written.form == CODED and "\\" in written.text and "\\u" in written.text
        return _file("json", template.replace("{}", written.text if raw else json.dumps(written.text)[1:-1]))

    return channel


def _json_unescaped(written: Written) -> File | None:
    text = json.dumps({"pages": [{"title": "Notes", "text": written.text}]}, ensure_ascii=False)
    return _file("json", text)


def _segments(written: Written) -> File | None:
    """A transcript whose segments part the words."""
    if written.form != PLAIN or " " not in written.text:
        return None
    pieces = [{"startTime": n, "endTime": n + 1, "body": w} for n, w in enumerate(written.text.split(" "))]
    return _file("json", json.dumps({"version": "1.0.0", "segments": pieces}))


def _fields(written: Written) -> File | None:
    """Each word the value of a key of its own."""
    if written.form != PLAIN or " " not in written.text or "," in written.text:
        return None
    fields = {f"part{number}": word for number, word in enumerate(written.text.split(" "))}
    return _file("json", json.dumps({"credit": fields}))


# --- transcripts and calendars ---------------------------------------------------------------------


def _vtt(template: str) -> Channel:
    def channel(written: Written) -> File | None:
        if "\n" in written.text and "<v {}>" in template:
            return None
        if written.form == TAGS and "<v {}>" in template:
            return None
        return _file("vtt", "WEBVTT\n\n" + template.replace("{}", _in_html(written)) + "\n")

    return channel


def _cues(written: Written) -> File | None:
    """Two cues that part the words."""
    if written.form != PLAIN or " " not in written.text:
        return None
    first, _, second = written.text.partition(" ")
    return _file(
        "vtt",
        f"WEBVTT\n\n00:01.000 --> 00:02.000\nand then {html.escape(first)}\n\n"
        f"00:02.000 --> 00:03.000\n{html.escape(second)} said so\n",
    )


def _srt(written: Written) -> File | None:
    return _file("srt", f"1\n00:00:01,000 --> 00:00:02,000\nand {written.text} said so\n\n")


def _ics(name: str) -> Channel:
    """A property of a calendar, its long line folded at 75 bytes as RFC 5545 asks."""

    def channel(written: Written) -> File | None:
        text = written.text.replace("\\", "\\\\") if written.form == PLAIN else written.text
        text = (
            text.replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")
            if written.form == PLAIN
            else text
        )
        line = _folded(f"{name}:A meeting of the whole network with the panel and its chair and {text} too")
        return _file(
            "ics",
            f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{line}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        )

    return channel


def _folded(line: str) -> str:
    """Cut between characters, so that no line is longer than 75 bytes."""
    lines, room = [""], 75
    for character in line:
        size = len(character.encode())
        if size > room:
            lines.append(" ")
            room = 74
        lines[-1] += character
        room -= size
    return "\r\n".join(lines)


# --- sound -----------------------------------------------------------------------------------------


def _synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _frame(name: bytes, body: bytes) -> bytes:
    return name + _synchsafe(len(body)) + b"\0\0" + body


_SILENCE = b"\xff\xfb\x90\xc4" + bytes(413)  # MPEG-1 layer III, 128 kb/s, 44.1 kHz


def _mp3(*frames: bytes, after: bytes = b"") -> File:
    body = b"".join(frames)
    return _file("mp3", b"ID3\x04\0\0" + _synchsafe(len(body)) + body + _SILENCE * 3 + after)


def _id3(name: bytes, before: bytes = b"", encoding: str = "utf-8") -> Channel:
    """A frame whose text begins behind its encoding byte and `before`."""
    code = {"utf-8": b"\3", "utf-16": b"\1"}[encoding]
    return lambda w: _mp3(_frame(name, code + before + w.text.encode(encoding)))


def _chapter(written: Written) -> File | None:
    title = _frame(b"TIT2", b"\3" + written.text.encode())
    return _mp3(_frame(b"CHAP", b"c0\0" + bytes(16) + title))


def _picture_words(written: Written) -> File | None:
    words = written.text.encode()
    return _mp3(_frame(b"APIC", b"\3image/png\0\3" + words + b"\0" + _png_bytes()))


def _picture_inside(written: Written) -> File | None:
    return _mp3(_frame(b"APIC", b"\3image/png\0\3\0" + _png_bytes(_text_chunk(written))))


def _private(written: Written) -> File | None:
    return _mp3(_frame(b"PRIV", b"someone.example\0" + written.text.encode()))


def _id3v1(written: Written) -> File | None:
    words = written.text.encode()
    return _mp3(after=(b"TAG" + words).ljust(128, b"\0")) if len(words) <= 30 else None  # noqa: PLR2004 - a title's room


def _ape(written: Written) -> File | None:
    value = written.text.encode()
    item = len(value).to_bytes(4, "little") + bytes(4) + b"Artist\0" + value
    head = b"APETAGEX" + (2000).to_bytes(4, "little") + (len(item) + 32).to_bytes(4, "little") + bytes(16)
    return _mp3(after=head + item + head)


def _trailing(written: Written) -> File | None:
    return _mp3(after=b"made with " + written.text.encode())


# --- images ----------------------------------------------------------------------------------------


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def _png_bytes(*extra: bytes, after: bytes = b"") -> bytes:
    header = _chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    pixels = _chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + pixels + _chunk(b"IEND", b"") + after


def _text_chunk(written: Written) -> bytes:
    return _chunk(b"iTXt", b"Author\0\0\0\0\0" + written.text.encode())


def _packed_chunk(written: Written) -> bytes:
    return _chunk(b"zTXt", b"Author\0\0" + zlib.compress(written.text.encode()))


def _jpeg_bytes(*extra: bytes, after: bytes = b"") -> bytes:
    jfif = b"\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"
    scan = _segment(0xDA, bytes(10)) + b"\x12\x34\xff\x00\x56"
    return b"\xff\xd8" + jfif + b"".join(extra) + _segment(0xDB, bytes(65)) + scan + b"\xff\xd9" + after


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def _exif(written: Written) -> bytes:
    """APP1 with one entry, Artist (0x013B)."""
    value = written.text.encode() + b"\0"
    entry = b"\x01\x3b\0\2" + len(value).to_bytes(4, "big") + (26).to_bytes(4, "big")
    return _segment(0xE1, b"Exif\0\0MM\0*" + (8).to_bytes(4, "big") + b"\0\1" + entry + bytes(4) + value)


def _xmp(written: Written) -> bytes:
    words = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc>{_in_html(written)}</dc></x:xmpmeta>"
    return _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + words.encode())


def _webp(written: Written) -> File | None:
    body = written.text.encode()
    exif = b"EXIF" + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
    inside = b"WEBPVP8 " + (4).to_bytes(4, "little") + b"\1\2\3\4" + exif
    return _file("webp", b"RIFF" + len(inside).to_bytes(4, "little") + inside)


# --- what is sent beside the bytes -------------------------------------------------------------------


def _key(written: Written) -> File | None:
    """A key is ASCII without spaces: the name as a slug, or percent-encoded."""
    if written.form == TAGS or any(c in written.text for c in "\\\n\t&#;=+@"):
        return None
    text = written.text if written.form == CODED or written.text.isascii() else quote(written.text)
    return _file("txt", "notes", f"people/{text.replace(' ', '-')}")


def _header(written: Written) -> File | None:
    if written.form == TAGS or "\n" in written.text:
        return None
    return File("file.txt", f'text/plain; name="{written.text}"', b"notes")


CHANNELS: dict[str, Channel] = {
    "page: paragraph": _html("<p>Then {} answered.</p>"),
    "page: heading": _html("<h2>{}</h2>"),
    "page: title": _html_value("", "<meta name='x' content='y'><title>{}</title>"),
    "page: list and link": _html("<ul><li><a href='/x'>{}</a></li></ul>"),
    "page: table cell": _html("<table><tr><td>chair</td><td>{}</td></tr></table>"),
    "page: a cell for each word": _cells,
    "page: alt text": _html_value('<img src="a.png" alt="The panel and {}">'),
    "page: title attribute": _html_value('<abbr title="{}">x</abbr>'),
    "page: data attribute": _html_value('<div data-who="{}"></div>'),
    "page: meta description": _html_value("", '<meta name="description" content="With {}">'),
    "page: Open Graph": _html_value("", '<meta property="og:title" content="{}">'),
    "page: comment": _comment,
    "page: JSON-LD": _script('<script type="application/ld+json">{"author":{"name":"{}"}}</script>'),
    "page: script": _script("<script>let who = '{}';</script>"),
    "page: style": _script("<style>p::after{content:'{}'}</style>"),
    "page: address of a link": _address,
    "page: data: URI": _data_uri,
    "page: srcdoc": _srcdoc,
    "page: after its end": lambda w: _file("html", _page("") + _in_html(w)),
    "feed: title": _xml("<title>{}</title>"),
    "feed: person": _xml("<podcast:person role='guest'>{}</podcast:person>"),
    "feed: escaped notes": _escaped_markup,
    "feed: CDATA": _cdata,
    "feed: attribute": _xml_value('<enclosure url="https://x.example/{}.mp3" length="1"/>'),
    "feed: comment": lambda w: None if "--" in w.text else _xml_value("<!-- {} -->")(w),
    "drawing: text": _svg,
    "sitemap: address": _sitemap,
    "JSON: value": _json('{"title": "Notes", "by": "{}"}'),
    "JSON: key": _json('{"{}": 1}'),
    "JSON: chapter": _json('{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "{}"}]}'),
    "JSON: search index": _json_unescaped,
    "JSON: a segment for each word": _segments,
    "JSON: a field for each word": _fields,
    "WebVTT: cue": _vtt("00:01.000 --> 00:02.000\nand {} said so"),
    "WebVTT: voice": _vtt("00:01.000 --> 00:02.000\n<v {}>and so it was"),
    "WebVTT: note": _vtt("NOTE checked by {}"),
    "WebVTT: two cues": _cues,
    "SubRip: card": _srt,
    "calendar: summary": _ics("SUMMARY"),
    "calendar: description": _ics("DESCRIPTION"),
    "calendar: organiser": _ics("ORGANIZER;CN=x"),
    "ID3: title": _id3(b"TIT2"),
    "ID3: title in UTF-16": _id3(b"TIT2", encoding="utf-16"),
    "ID3: artist": _id3(b"TPE1"),
    "ID3: TXXX": _id3(b"TXXX", b"who\0"),
    "ID3: comment": _id3(b"COMM", b"eng\0"),
    "ID3: lyrics": _id3(b"USLT", b"eng\0"),
    "ID3: chapter": _chapter,
    "ID3: description of the picture": _picture_words,
    "ID3: inside the picture": _picture_inside,
    "ID3: private frame": _private,
    "ID3v1": _id3v1,
    "APEv2": _ape,
    "sound: bytes after it": _trailing,
    "PNG: iTXt": lambda w: _file("png", _png_bytes(_text_chunk(w))),
    "PNG: zTXt": lambda w: _file("png", _png_bytes(_packed_chunk(w))),
    "PNG: bytes after it": lambda w: _file("png", _png_bytes(after=w.text.encode())),
    "JPEG: comment": lambda w: _file("jpg", _jpeg_bytes(_segment(0xFE, w.text.encode()))),
    "JPEG: EXIF artist": lambda w: _file("jpg", _jpeg_bytes(_exif(w))),
    "JPEG: XMP": lambda w: _file("jpg", _jpeg_bytes(_xmp(w))),
    "WebP: EXIF": _webp,
    "style sheet": lambda w: None if w.form == TAGS else _file("css", f"p::before{{content:'{w.text}'}}"),
    "script": lambda w: None if w.form == TAGS else _file("js", f"// by {w.text}\nlet a = 1;"),
    "text file": lambda w: _file("txt", f"Notes kept by {w.text} in May.\n"),
    "gzip": lambda w: _file("gz", gzip.compress(f"kept by {w.text}".encode(), mtime=0)),
    "base64 within text": lambda w: _file("txt", f"payload: {_base64(w)}"),
    "address of the file": _key,
    "header": _header,
}
