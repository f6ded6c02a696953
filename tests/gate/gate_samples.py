"""A registry of made-up people, public files made by hand, and leaks with the channel that must show them."""

from __future__ import annotations

import base64
import gzip
import zlib
from dataclasses import dataclass
from urllib.parse import quote

from cop_publish.core.consents import Person, PersonId
from cop_publish.core.output import Approved, FileClass, Headers, PublicFile, Site
from cop_publish.errors import CopPublishError
from cop_publish.gate.approve import approve
from cop_publish.gate.guard import STANDING, Guard
from cop_publish.gate.memory import Memory

HOST = Person(
    PersonId("p-host"), "Alys", "Example", emails=("alys@people.example",), handles=("@alysexample",)
)
JORY = Person(
    PersonId("p-7f3k"),
    "Jory",
    "Madeup-Fictive",
    known_as=("Jo",),
    aliases=("Professor Madeup",),
    emails=("jmadeup@dept.example", "policy.team@dept.example"),
    handles=("@jory_m42", "@rose@social.example"),
    urls=("https://www.jory.example/~about/",),
)
ANN = Person(PersonId("p-9aa2"), "Ann", "Lee")
OWAIN = Person(PersonId("p-4c4c"), "Owain", "O’Sample")
ZOE = Person(PersonId("p-5d5d"), "Zoë", "Müller-Example")
YOUNG = Person(PersonId("p-6e6e"), "Alice", "Young")
HOPE = Person(PersonId("p-8888"), "Hope")
IAN = Person(PersonId("p-1111"), "Ian", "Green")
VAN = Person(PersonId("p-2222"), "Jan", "van den Madeberg")
PEOPLE = (HOST, JORY, ANN, OWAIN, ZOE, YOUNG, HOPE, IAN, VAN)
NAME = "Jory Madeup-Fictive"
GUARD = Guard(
    people=PEOPLE,
    named={"ep-named": frozenset({JORY.id})},
    everywhere=frozenset({HOST.id}),
    wordings={STANDING: ("Alys Example",), "ep-named": ("Jory Madeup-Fictive, @jory_m42",)},
    public_addresses=frozenset({"podcast@commons.example"}),
)
TYPES = {
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


def public(key: str, content: bytes | str, *items: str, content_type: str = "") -> PublicFile:
    data = content.encode() if isinstance(content, str) else content
    headers = Headers(content_type or TYPES[key.rsplit(".", 1)[-1]], "public, max-age=300")
    return PublicFile(key, data, headers, FileClass.PAGE, frozenset(items))


def gate(*files: PublicFile, guard: Guard = GUARD, memory: Memory | None = None) -> Approved:
    return approve(Site(files, (), None), guard, memory or Memory())


def refusal(*files: PublicFile, guard: Guard = GUARD) -> CopPublishError | None:
    try:
        gate(*files, guard=guard)
    except CopPublishError as error:
        return error
    return None


def page(body: str) -> str:
    return f"<!doctype html><html lang=en><head><title>A page</title></head><body>{body}</body></html>"


def feed(inside: str) -> str:
    return f"<?xml version='1.0' encoding='utf-8'?><rss><channel>{inside}</channel></rss>"


def calendar(lines: str) -> str:
    return f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def card(number: int, words: str) -> str:
    return f"{number}\n00:00:0{number},000 --> 00:00:0{number},900\n{words}\n\n"


def transcript(cues: str) -> str:
    return f"WEBVTT\n\n{cues}\n"


# --- sound ---------------------------------------------------------------------------------------


def synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(name: bytes, body: bytes) -> bytes:
    return name + synchsafe(len(body)) + b"\0\0" + body


def tag(*frames: bytes, padding: bytes = bytes(20)) -> bytes:
    body = b"".join(frames) + padding
    return b"ID3\x04\0\0" + synchsafe(len(body)) + body


def title(text: str, name: bytes = b"TIT2") -> bytes:
    return frame(name, b"\x01" + text.encode("utf-16"))


def sound(count: int = 3, inside: bytes = b"") -> bytes:
    """Frames of 128 kb/s at 44.1 kHz, silence; the last one holds `inside`."""
    empty = b"\xff\xfb\x90\xc4" + bytes(413)
    return empty * (count - 1) + b"\xff\xfb\x90\xc4" + inside.ljust(413, b"\0")


def ape(text: str) -> bytes:
    value = text.encode()
    item = len(value).to_bytes(4, "little") + bytes(4) + b"Artist\0" + value
    footer = b"APETAGEX" + (2000).to_bytes(4, "little") + (len(item) + 32).to_bytes(4, "little") + bytes(16)
    return footer + item + footer


# --- images --------------------------------------------------------------------------------------


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def png(*extra: bytes, after: bytes = b"", pixels: bytes = zlib.compress(b"\0\0")) -> bytes:
    header = chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    parts = (header, *extra, chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + after


JFIF = b"\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def jpeg(*extra: bytes, after: bytes = b"", header: bytes = JFIF) -> bytes:
    scan = segment(0xDA, bytes(10)) + b"\x12\x34\xff\x00\x56\xff\xd0\x78"
    return b"\xff\xd8" + header + b"".join(extra) + segment(0xDB, bytes(65)) + scan + b"\xff\xd9" + after


def webp(*extra: bytes) -> bytes:
    body = b"WEBP" + b"VP8 " + (4).to_bytes(4, "little") + b"\1\2\3\4" + b"".join(extra)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def exif(text: str) -> bytes:
    body = text.encode().ljust(len(text) + len(text) % 2, b"\0")
    return b"EXIF" + len(body).to_bytes(4, "little") + body


# --- leaks ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Leak:
    """A file that must not pass, and the channel and rule that the report must name."""

    file: PublicFile
    channel: str
    rule: str = "full name"
    person: str = "p-7f3k"


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


def entities(text: str) -> str:
    return "".join(f"&#x{ord(letter):x};" for letter in text)


_DATA_PNG = base64.b64encode(png(chunk(b"tEXt", b"Author\0" + NAME.encode()))).decode()
_BASE64 = base64.b64encode(f"by {NAME}, with thanks".encode()).decode()

LEAKS: dict[str, Leak] = {
    "footnote inside": Leak(
        public("a.html", page("<p>By Jory<sup><a href='#n'>1</a></sup> Madeup-Fictive.</p>")),
        "HTML text between notes",
    ),
    "plain html": Leak(public("a.html", page(f"<p>By {NAME}.</p>")), "HTML text"),
    "table cells": Leak(
        public("a.html", page("<td>Jory</td><td>Madeup-Fictive</td>")), "HTML with tags as spaces"
    ),
    "inline tag inside a word": Leak(
        public("a.html", page("<p>Jo<b>ry</b> Made<i>up</i>-Fictive")), "HTML text"
    ),
    "word split, and a short name": Leak(
        public("a.html", page("<p>A<b>nn</b> Lee</p>")), "HTML text", "full name", "p-9aa2"
    ),
    "attribute": Leak(public("a.html", page(f"<img alt='{NAME}'>")), "HTML attribute"),
    "attribute in entities": Leak(public("a.html", page(f"<img alt='{entities(NAME)}'>")), "HTML attribute"),
    "comment": Leak(public("a.html", page(f"<!-- {NAME} -->")), "HTML comment"),
    "comment in entities": Leak(
        public("a.html", page(f"<!-- {entities(NAME)} -->")), "HTML comment (HTML entities)"
    ),
    "JSON-LD": Leak(
        public("a.html", page(f'<script type="application/ld+json">{{"n":"{escaped(NAME)}"}}</script>')),
        "HTML JSON-LD (backslash escapes)",
    ),
    "inline script": Leak(
        public("a.html", page(f"<script>let a = '{escaped(NAME)}'</script>")), "HTML script or style"
    ),
    "inline style": Leak(
        public("a.html", page("<style>p::after{content:'Jory Madeup'}</style>")),
        "HTML script or style",
        "half of a double name",
    ),
    "after the end of the page": Leak(public("a.html", page("") + NAME), "HTML source"),
    "srcdoc": Leak(
        public("a.html", page("<iframe srcdoc='&lt;p>Jo&lt;b>ry&lt;/b> Madeup-Fictive'></iframe>")),
        "HTML attribute: HTML text",
    ),
    "feed": Leak(public("feed.xml", feed(f"<title>{NAME}</title>")), "XML text"),
    "feed, escaped html": Leak(
        public("feed.xml", feed("<description>&lt;p>Jo&lt;b>ry&lt;/b> Madeup-Fictive</description>")),
        "XML text: HTML text",
    ),
    "feed, html escaped twice": Leak(
        public("feed.xml", feed("<x>&amp;lt;p>Jo&amp;lt;b>ry&amp;lt;/b> Madeup-Fictive</x>")), "XML text"
    ),
    "feed, tag in a word": Leak(
        public("feed.xml", feed("<x>Jo<b>ry</b> Madeup-Fictive</x>")), "XML text without gaps"
    ),
    "feed, one name with a tag in it": Leak(
        public("feed.xml", feed("<title>Notes</title><x>Ho<b>pe</b></x>")),
        "XML text, marked up",
        person="p-8888",
    ),
    "feed, CDATA": Leak(public("feed.xml", feed(f"<x><![CDATA[{NAME}]]></x>")), "XML text"),
    "feed, attribute": Leak(
        public("feed.xml", feed(f"<x href='/{quote(NAME)}'/>")), "XML attribute (percent-encoding)"
    ),
    "feed, comment": Leak(public("feed.xml", feed(f"<!-- {NAME} -->")), "XML comment"),
    "svg": Leak(
        public("a.svg", f"<svg xmlns='http://www.w3.org/2000/svg'><text>{NAME}</text></svg>"), "XML text"
    ),
    "json": Leak(public("a.json", f'{{"a": "{escaped(NAME)}"}}'), "JSON strings"),
    "json, two fields": Leak(public("a.json", '{"x": ["Jory", "Madeup-Fictive"]}'), "JSON strings"),
    "json, two keys": Leak(public("a.json", '{"given": "Jory", "family": "Madeup-Fictive"}'), "JSON values"),
    "json, a key twice": Leak(public("a.json", f'{{"a": "{escaped(NAME)}", "a": 1}}'), "JSON strings"),
    "json, html in a string": Leak(
        public("a.json", '{"a": "<p>Jo<b>ry</b> Madeup-Fictive</p>"}'), "JSON strings: HTML text"
    ),
    "json, over two segments": Leak(
        public("a.json", '{"segments": [{"body": "I am Jory", "endTime": 1}, {"body": "Madeup-Fictive."}]}'),
        "JSON transcript",
    ),
    "json, a speaker": Leak(
        public("a.json", f'{{"segments": [{{"speaker": "{NAME}", "body": "x"}}]}}'), "JSON strings"
    ),
    "srt": Leak(public("a.srt", card(1, f"{NAME}: hello.")), "SRT cards"),
    "srt, over two cards": Leak(public("a.srt", card(1, "Jory") + card(2, "Madeup-Fictive")), "SRT cards"),
    "srt, tag in a word": Leak(public("a.srt", card(1, "Jo<i>ry</i> Madeup-Fictive")), "SRT cards"),
    "srt, tag between": Leak(
        public("a.srt", card(1, "Jory<br>Madeup-Fictive")), "SRT cards with tags as spaces"
    ),
    "srt, beside the times": Leak(
        public("a.srt", card(1, "x").replace(",900", f",900 {NAME}")), "SRT source"
    ),
    "vtt": Leak(public("a.vtt", transcript(f"00:00.000 --> 00:01.000\n{NAME} began.")), "VTT cues"),
    "vtt voice": Leak(
        public("a.vtt", transcript(f"00:00.000 --> 00:01.000\n<v {NAME}>I began.")), "VTT source"
    ),
    "vtt note": Leak(public("a.vtt", transcript(f"NOTE {NAME}")), "VTT source"),
    "vtt, over two cues": Leak(
        public(
            "a.vtt", transcript("00:00.000 --> 00:01.000\nJory\n\n00:01.000 --> 00:02.000\nMadeup-Fictive")
        ),
        "VTT cues",
    ),
    "vtt, tag in a word": Leak(
        public("a.vtt", transcript("00:00.000 --> 00:01.000\nJo<00:00.500>ry Madeup-Fictive")), "VTT cues"
    ),
    "ics, folded": Leak(public("a.ics", calendar("SUMMARY:With Jory Made\r\n up-Fictive")), "ICS lines"),
    "ics, escaped": Leak(public("a.ics", calendar("SUMMARY:Jory\\NMadeup-Fictive")), "ICS values"),
    "css": Leak(public("a.css", f"p::before {{ content: '{NAME}' }}"), "style sheet"),
    "css escapes": Leak(
        public("a.css", "".join(f"\\{ord(letter):x} " for letter in NAME)), "style sheet (CSS escapes)"
    ),
    "css, embedded picture": Leak(
        public("a.css", f"p {{ background: url(data:image/png;base64,{_DATA_PNG}) }}"), "PNG chunk tEXt"
    ),
    "js": Leak(public("a.js", f"// {NAME}"), "script"),
    "txt": Leak(public("a.txt", NAME), "text"),
    "base64": Leak(public("a.txt", _BASE64), "text (base64)"),
    "base64 twice": Leak(public("a.txt", base64.b64encode(_BASE64.encode()).decode()), "text (base64)"),
    "base64 of gzip": Leak(
        public("a.txt", base64.b64encode(gzip.compress(NAME.encode(), mtime=0)).decode()), "text (base64)"
    ),
    "base64 in a data: URI": Leak(
        public("a.html", page(f"<a href='data:text/plain;base64,{_BASE64}'>x</a>")), "HTML attribute (base64)"
    ),
    "percent": Leak(public("a.txt", quote(NAME)), "text (percent-encoding)"),
    "percent twice": Leak(public("a.txt", quote(quote(NAME))), "text (percent-encoding)"),
    "quoted-printable": Leak(public("a.txt", "Jory=20Made=\r\nup-Fictive"), "text (quoted-printable)"),
    "gzip": Leak(public("a.gz", gzip.compress(f"<p>{NAME}</p>".encode(), mtime=0)), "gzip"),
    "address": Leak(public("people/jory-madeup-fictive.html", page("x")), "address"),
    "address, percent": Leak(public("Jory%20Madeup-Fictive.txt", "x"), "address (percent-encoding)"),
    "header": Leak(public("a.txt", "x", content_type=f'text/plain; name="{NAME}"'), "header"),
    "ID3 IPLS": Leak(
        public("a.mp3", tag(frame(b"IPLS", b"\x03guest\0" + NAME.encode())) + sound()), "ID3 IPLS"
    ),
    "ID3 PCST": Leak(public("a.mp3", tag(frame(b"PCST", NAME.encode())) + sound()), "ID3 PCST"),
    "ID3 COMM": Leak(
        public("a.mp3", tag(frame(b"COMM", b"\x03eng\0" + NAME.encode())) + sound()), "ID3 COMM"
    ),
    "ID3 COMM utf-16": Leak(
        public("a.mp3", tag(frame(b"COMM", b"\x01eng\xff\xfe\0\0" + NAME.encode("utf-16"))) + sound()),
        "ID3 COMM",
    ),
    "ID3 USLT": Leak(public("a.mp3", tag(frame(b"USLT", b"\0eng\0" + NAME.encode())) + sound()), "ID3 USLT"),
    "ID3 TXXX": Leak(public("a.mp3", tag(title("x\0" + NAME, b"TXXX")) + sound()), "ID3 TXXX"),
    "ID3 URL": Leak(
        public("a.mp3", tag(frame(b"WOAF", b"https://x.example/" + quote(NAME).encode())) + sound()),
        "ID3 WOAF",
    ),
    "ID3 CHAP title": Leak(
        public("a.mp3", tag(frame(b"CHAP", b"c0\0" + bytes(16) + title(NAME))) + sound()), "ID3 CHAP TIT2"
    ),
    "ID3 CTOC title": Leak(
        public("a.mp3", tag(frame(b"CTOC", b"toc\0\x03\x02c0\0c1\0" + title(NAME))) + sound()),
        "ID3 CTOC TIT2",
    ),
    "ID3 picture": Leak(
        public(
            "a.mp3",
            tag(frame(b"APIC", b"\0image/jpeg\0\x03\0" + jpeg(segment(0xE1, NAME.encode())))) + sound(),
        ),
        "ID3 APIC: JPEG segment E1",
    ),
    "ID3 picture description": Leak(
        public("a.mp3", tag(frame(b"APIC", b"\0image/png\0\x03" + NAME.encode() + b"\0" + png())) + sound()),
        "ID3 APIC",
    ),
    "ID3 private frame": Leak(
        public("a.mp3", tag(frame(b"PRIV", NAME.encode())) + sound()), "ID3 frame of a kind"
    ),
    "ID3 padding": Leak(public("a.mp3", tag(padding=b"\0" + NAME.encode()) + sound()), "ID3 padding"),
    "first sound frame": Leak(
        public("a.mp3", sound(1, b"Info" + bytes(8) + NAME.encode())), "first sound frame"
    ),
    "sound frame": Leak(public("a.mp3", sound(9, NAME.encode("utf-16-le"))), "sound frames"),
    "ID3v1": Leak(public("a.mp3", sound() + b"TAG" + NAME.encode().ljust(125, b"\0")), "ID3v1 tag"),
    "APEv2": Leak(public("a.mp3", sound() + ape(NAME)), "APEv2 tag"),
    "bytes after the sound": Leak(public("a.mp3", sound() + NAME.encode()), "bytes after the sound"),
    "PNG tEXt": Leak(public("a.png", png(chunk(b"tEXt", b"Author\0" + NAME.encode()))), "PNG chunk tEXt"),
    "PNG zTXt": Leak(
        public("a.png", png(chunk(b"zTXt", b"Author\0\0" + zlib.compress(NAME.encode())))), "PNG chunk zTXt"
    ),
    "PNG after the end": Leak(public("a.png", png(after=NAME.encode())), "PNG bytes after the end"),
    "PNG after the pixels": Leak(
        public("a.png", png(pixels=zlib.compress(b"\0\0") + NAME.encode())), "PNG pixel data"
    ),
    "JPEG EXIF": Leak(public("a.jpg", jpeg(segment(0xE1, b"Exif\0\0" + NAME.encode()))), "JPEG segment E1"),
    "JPEG EXIF utf-16": Leak(
        public("a.jpg", jpeg(segment(0xE1, NAME.encode("utf-16-le")))), "JPEG segment E1"
    ),
    "JPEG utf-16 at an odd place": Leak(
        public("a.jpg", jpeg(segment(0xFE, b"x" + "Ａｎｎ Ｌｅｅ".encode("utf-16-le")))),  # noqa: RUF001 - a disguise
        "JPEG segment FE",
        person="p-9aa2",
    ),
    "JPEG utf-16, big end first": Leak(
        public("a.jpg", jpeg(segment(0xFE, "Αnn Lее".encode("utf-16-be")))),  # noqa: RUF001 - a disguise
        "JPEG segment FE",
        person="p-9aa2",
    ),
    "over two steps of the sound": Leak(
        public("a.mp3", sound(2514, b"") + sound(1, bytes(225) + NAME.encode()) + sound()), "sound frames"
    ),
    "JPEG comment": Leak(public("a.jpg", jpeg(segment(0xFE, NAME.encode()))), "JPEG segment FE"),
    "JPEG after the end": Leak(public("a.jpg", jpeg(after=NAME.encode())), "JPEG bytes after the end"),
    "WebP EXIF": Leak(public("a.webp", webp(exif(NAME))), "WebP chunk EXIF"),
}
