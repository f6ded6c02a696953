"""Every run of the gate first finds leaks of its own making: one for each reader, decoder and rule.

A canary that is missed, or a line in one of the gate's tables without a canary, stops everything with
exit code 70: a gate that cannot find what it put there itself has proved nothing.
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core.consents import Person, PersonId
from cop_publish.core.output import FileClass, Headers, PublicFile
from cop_publish.core.pairs import NOTHING, tags_of
from cop_publish.errors import CopPublishError
from cop_publish.gate import decode, find, forms, id3, kinds, lone, markup, passages, scan, telling, tripwires
from cop_publish.gate.guard import Terms

if TYPE_CHECKING:
    from cop_publish.gate.search import Search

CANARY = Person(
    id=PersonId("p-0canary0gate"),
    given="Quillaby",
    family="Wrenfold-Marsh",
    known_as=("Ivy",),  # with the half of a double name it is two words that are names too
    aliases=("Old Tansy Moorhen",),
    emails=("q.wrenfold@canary.example",),
    handles=("@tansyquill9",),
    urls=("https://canary.example/~tansy",),
    roles=("keeper of the moorhens",),
    organisations=("QLTK",),
    employer="reedbed-board",
)
NAME = "Quillaby Wrenfold-Marsh"
FULL_NAME = "full name"


_MARKINGS = (  # written out: a line that is lost from the gate's own table is missed
    *("OFFICIAL-SENSITIVE", "TOP SECRET", "UK SECRET", "UK EYES ONLY", "LIMDIS", "off the record"),
    *("not for publication", "not for onward circulation", "not for attribution", "in strict confidence"),
)
_TERMS = Terms(frozenset(), (), item="canary", here=(CANARY.id,), agreed=((CANARY.id, 0, 7),))
_CALLED = {CANARY.id: (("other", 1, "an adviser on moorhens"), ("canary", 0, "a counter of coots"))}
_FAR = "the old moorhen nests below the third lock"
_AT_HAND = "a younger one sleeps upstream of both bridges"
SAID = passages.said_in(_AT_HAND, b"canary")  # what the search must look for beside the registry's own
_LEDGER = passages.Passages(
    b"canary",
    tuple(passages.passage_of(text, b"canary") for text in (_FAR, _AT_HAND)),
    NOTHING.with_tags(tags_of(b"canary", _FAR.split())),
    SAID,
)
_PASSAGES = {"by its digest": _FAR, "by its words": _AT_HAND}
_FOR_A_HUMAN = {*forms.DOUBTFUL, lone.NEAR, telling.EMPLOYER, telling.CALLED, *telling.GROUP_RULES}


@dataclass(frozen=True, slots=True)
class Canary:
    """A leak, the line of a table that it proves, and where it must be found."""

    proves: str
    extension: str
    content_type: str
    content: bytes
    channel: str
    rule: str = FULL_NAME


def prove(search: Search) -> None:
    """Raises CopPublishError naming every line of a table that did not find its canary."""
    wanted = find.Wanted(search, {CANARY.id: CANARY}, _LEDGER, called=_CALLED)
    canaries = all_canaries()
    missed = {canary.proves for canary in canaries if not _is_found(canary, wanted)}
    missed |= _lines() - {canary.proves for canary in canaries}
    if missed:
        message = (
            f"The gate missed its own test leak for: {', '.join(sorted(missed))}. Nothing was published. "
            "This installation is damaged or has a fault: install it again, or report this."
        )
        raise CopPublishError(message)


def all_canaries() -> list[Canary]:
    """Made afresh for each run, in memory."""
    return [
        *_readers(),
        *_html(),
        *_xml(),
        *_decoders(),
        *_sound(),
        *_forms(),
        *_tripwires(),
        *_address(),
        *_alone(),
    ]


def _is_found(canary: Canary, wanted: find.Wanted) -> bool:
    key = f"canary{canary.extension}" if canary.channel != "address" else canary.extension
    file = PublicFile(key, canary.content, Headers(canary.content_type, ""), FileClass.PAGE)
    verdict = scan.scan(file, canary.content, _TERMS, wanted)
    finding = find.Finding(canary.channel, canary.rule, _blamed(canary), canary.rule not in _FOR_A_HUMAN)
    return finding in verdict.findings


def _blamed(canary: Canary) -> str:
    is_nobodys = canary.rule in {
        *tripwires.TRIPWIRES,
        passages.WHOLE,
        *telling.GROUP_RULES,
    } or canary.rule.startswith("the words")
    return "" if is_nobodys else CANARY.id


def _lines() -> set[str]:
    """Every line of every table: what a canary must prove."""
    tables: dict[str, dict[str, object]] = {
        "reader": dict(kinds.EXTRACTORS),
        "decoder": dict(decode.DECODERS),
        "reading": {**markup.HTML_READINGS, **markup.XML_READINGS},
        "enclosure": dict(scan.ENCLOSURES),
        "frame": dict(id3.FRAME_READERS),
        "form": dict(forms.FORM_RULES),
        "tripwire": dict(tripwires.TRIPWIRES),
        "marking": dict(tripwires.MARKINGS),
        "alone": dict(lone.LONE_RULES),
        "telling": {**telling.TELLING_RULES, **telling.GROUP_RULES},
        "passage": dict(_PASSAGES),
    }
    return {f"{table} {line}" for table, lines in tables.items() for line in lines}


def _readers() -> list[Canary]:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'><text>{NAME}</text></svg>"
    ics = f"BEGIN:VCALENDAR\r\nSUMMARY:{NAME[:5]}\r\n {NAME[5:]}\r\nEND:VCALENDAR\r\n"
    card = "{0}\n00:00:0{0},000 --> 00:00:0{0},900\n{1}\n\n"
    given, family = NAME.split()
    segments = [{"speaker": "x", "body": word} for word in (given, family)]
    voice = f"WEBVTT\n\n00:00.000 --> 00:01.000\n<v {given}>x\n"
    vtt = f"WEBVTT\n\n00:00.000 --> 00:01.000\n{NAME[:8]}\n\n00:01.000 --> 00:02.000\n{NAME[9:]}\n"
    return [
        Canary("reader html", ".html", "text/html", _page(f"<p>{NAME}"), "HTML text"),
        Canary("reader xml", ".xml", "application/xml", f"<a>{NAME}</a>".encode(), "XML text"),
        Canary("reader svg", ".svg", "image/svg+xml", svg.encode(), "XML text"),
        Canary("reader json", ".json", "application/json", _split_json(), "JSON strings"),
        Canary("reader json", ".json", "application/json", json.dumps(segments).encode(), "JSON transcript"),
        Canary(
            "reader srt",
            ".srt",
            "application/x-subrip",
            "".join(card.format(n, word) for n, word in enumerate((given, family), 1)).encode(),
            "SRT cards",
        ),
        Canary(
            "reader srt",
            ".srt",
            "application/x-subrip",
            card.format(1, f"<v {given}>x").encode(),
            "SRT tags",
            lone.GIVEN,
        ),
        Canary("reader vtt", ".vtt", "text/vtt", vtt.encode(), "VTT cues"),
        Canary("reader vtt", ".vtt", "text/vtt", voice.encode(), "VTT tags", lone.GIVEN),
        Canary("reader ics", ".ics", "text/calendar", ics.encode(), "ICS lines"),
        Canary("reader css", ".css", "text/css", f"/* {NAME} */".encode(), "style sheet"),
        Canary("reader js", ".js", "text/javascript", f"// {NAME}".encode(), "script"),
        _plain("reader txt", NAME),
        Canary("reader gzip", ".gz", "application/gzip", gzip.compress(NAME.encode(), mtime=0), "gzip"),
        Canary("reader png", ".png", "image/png", _png(), "PNG chunk tEXt"),
        Canary("reader jpeg", ".jpg", "image/jpeg", _jpeg(), "JPEG segment FE"),
        Canary("reader webp", ".webp", "image/webp", _webp(), "WebP chunk EXIF"),
    ]


def _html() -> list[Canary]:
    given, family = NAME.split()
    json_ld = "".join(f"\\u{ord(letter):04x}" for letter in NAME)
    found_in = {
        "HTML with tags as spaces": f"<td>{given}<td>{family}",
        "HTML attribute": f"<p title='{_entities(NAME)}'>",
        "HTML comment": f"<!-- {NAME} -->",
        "HTML JSON-LD": f"<script type='application/ld+json'>{NAME} {json_ld}</script>",
        "HTML script or style": f"<style>p::after {{ content: '{NAME}' }}</style>",
        "HTML text": f"<p>{given[:4]}<b>{given[4:]}</b> {family}",
        "HTML text between notes": f"<p>{given}<sup>1</sup> {family}",
    }
    return [
        Canary(f"reading {channel}", ".html", "text/html", _page(body), channel)
        for channel, body in found_in.items()
    ]


def _xml() -> list[Canary]:
    found_in = {
        "XML text": f"<a>{_entities(NAME)}</a>",
        "XML text without gaps": f"<a>{NAME[:4]}<b>{NAME[4:]}</b></a>",
        "XML text, marked up": f"<a><b>x</b><b>{NAME[:4]}<c>{NAME[4:]}</c></b></a>",
        "XML attribute": f"<a b='{NAME}'/>",
        "XML comment": f"<a><!-- {NAME} --></a>",
    }
    return [
        Canary(f"reading {channel}", ".xml", "text/xml", text.encode(), channel)
        for channel, text in found_in.items()
    ]


def _decoders() -> list[Canary]:
    encoded = {
        "HTML entities": _entities(NAME),
        "percent-encoding": "".join(f"%{byte:02x}" for byte in NAME.encode()),
        "backslash escapes": "".join(f"\\u{ord(letter):04x}" for letter in NAME),
        "CSS escapes": "".join(f"\\{ord(letter):06x}" for letter in NAME),
        "quoted-printable": "".join(f"={byte:02X}" for byte in NAME.encode()),
        "base64": base64.b64encode(NAME.encode()).decode(),
    }
    picture = base64.b64encode(_png()).decode()
    split = f"{NAME[:4]}<b>{NAME[4:]}</b>"
    return [
        *(_plain(f"decoder {name}", text, f"text ({name})") for name, text in encoded.items()),
        _plain("enclosure markup", split, "text: HTML text"),
        _plain("enclosure data: URI", f"data:image/png;base64,{picture}", "PNG chunk tEXt"),
    ]


def _sound() -> list[Canary]:
    """One tag with a leak in every kind of frame, and one leak at each place outside the tag."""
    text, latin = b"\x01" + NAME.encode("utf-16"), NAME.encode()
    title = _frame(b"TIT2", text)
    frames = {
        "T": (b"TIT2", text),
        "W": (b"WOAF", latin),
        "IPLS": (b"IPLS", b"\x01" + "host\0".encode("utf-16") + NAME.encode("utf-16")),
        "PCST": (b"PCST", latin),
        "COMM": (b"COMM", b"\x03eng\0" + latin),
        "USLT": (b"USLT", b"\x03eng\0" + latin),
        "APIC": (b"APIC", b"\0image/png\0\x03\0" + _png()),
        "CHAP": (b"CHAP", b"c0\0" + bytes(16) + title),
        "CTOC": (b"CTOC", b"toc\0\x03\x01c0\0" + title),
    }
    inner = {"APIC": ": PNG chunk tEXt", "CHAP": " TIT2", "CTOC": " TIT2"}
    found = [
        _mp3(f"frame {line}", _tag(_frame(*frame)) + _mpeg(), f"ID3 {frame[0].decode()}{inner.get(line, '')}")
        for line, frame in frames.items()
    ]
    ape_item = len(latin).to_bytes(4, "little") + b"\0\0\0\0Title\0" + latin
    ape = b"APETAGEX\xd0\7\0\0" + len(ape_item).to_bytes(4, "little") + bytes(16) + ape_item
    return [
        *found,
        _mp3("reader mp3", _tag(b"") + _mpeg() * 2 + _mpeg(latin), "sound frames"),
        _mp3("reader mp3", _tag(b"") + _mpeg(latin) + _mpeg(), "first sound frame"),
        _mp3("reader mp3", _mpeg() + (b"TAG" + latin).ljust(128, b"\0"), "ID3v1 tag"),
        _mp3("reader mp3", _mpeg() + ape, "APEv2 tag"),
        _mp3("reader mp3", _mpeg() + latin, "bytes after the sound"),
    ]


def _forms() -> list[Canary]:
    written = {
        FULL_NAME: "QUILLABY_WRENFOLDMARSH",
        "name, family first": "Wrenfold-Marsh, Quillaby",
        "half of a double name": "Quillaby Wrenfold",
        forms.SMALL: "Ivy marsh",
        "name with initials": "Q. Wrenfold-Marsh",
        "name with a middle name": "Quillaby T. Wrenfold-Marsh",
        "title and family name": "Dr. Wrenfold-Marsh",
        "alias": "old tansy moorhen",
        "e-mail address": "q.wrenfold@canary.example",
        "e-mail name": "q.wrenfold@",
        "handle": "@tansyquill9",
        "ID": f"#{CANARY.id}-1",
        "web address": "http://www.canary.example/~tansy/",
    }
    return [_plain(f"form {rule}", text, rule=rule) for rule, text in written.items()]


def _tripwires() -> list[Canary]:
    written = {
        "a left-over ::: mark": "::: confidental",
        "a left-over [[ mark": "[[confidentail: x]]",
        "a left-over |say|": "x |say| y",
        "a left-over @{ reference": "@{p-}",
        "the head of an e-mail": "From: x\nTo: y",
        "an address at a government department": "x@canary.gov.uk",
        "a telephone number": "01632 960123",
    }
    return [
        *(_plain(f"tripwire {rule}", text, rule=rule) for rule, text in written.items()),
        *(_plain(f"marking {words}", words, rule=f"the words “{words}”") for words in _MARKINGS),
    ]


def _alone() -> list[Canary]:
    written = {
        lone.GIVEN: "and Quillaby said",
        lone.FAMILY: "and Wrenfold-Marsh said",
        lone.INITIALS: "and Q.W.M. said",
        lone.NEAR: "and Quilalby said",
    }
    tells = {
        telling.ROLE: "and the Keeper of the Moorhens said",
        telling.ORGANISATION: "and at QLTK they said",
        telling.EMPLOYER: "and the reedbed board said",
        telling.CALLED: "and the adviser on moorhens said",
        telling.FORMER: "and the counter of coots said",
        telling.COUNT: "and all six departments said",
        telling.SIZE: "and seven directors said",
    }
    return [
        *(_plain(f"alone {rule}", text, rule=rule) for rule, text in written.items()),
        *(_plain(f"telling {rule}", text, rule=rule) for rule, text in tells.items()),
        *(_plain(f"passage {way}", f"So {text}!", rule=passages.WHOLE) for way, text in _PASSAGES.items()),
    ]


def _address() -> list[Canary]:
    key = "quillaby-wrenfold-marsh.txt"
    header = f'text/plain; name="{NAME}"'
    return [
        Canary("address", key, "text/plain", b"x", "address"),
        Canary("header", ".txt", header, b"x", "header"),
    ]


def _plain(proves: str, text: str, channel: str = "text", rule: str = FULL_NAME) -> Canary:
    return Canary(proves, ".txt", "text/plain", text.encode(), channel, rule)


def _mp3(proves: str, content: bytes, channel: str) -> Canary:
    return Canary(proves, ".mp3", "audio/mpeg", content, channel)


def _page(body: str) -> bytes:
    return f"<!doctype html><title>x</title>{body}".encode()


def _split_json() -> bytes:
    given, family = NAME.split()
    return f'{{"x": ["{given}", "{family}"]}}'.encode()


def _entities(text: str) -> str:
    return "".join(f"&#{ord(letter)};" for letter in text)


def _png() -> bytes:
    """One pixel, and a text chunk."""
    ihdr = b"\0\0\0\1\0\0\0\1\x08\0\0\0\0"
    chunks = (
        (b"IHDR", ihdr),
        (b"tEXt", b"Comment\0" + NAME.encode()),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(kind, body) for kind, body in chunks)


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def _jpeg() -> bytes:
    """A comment and the end: enough of a JPEG for a walk over its segments."""
    comment = NAME.encode()
    return b"\xff\xd8\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + b"\xff\xd9"


def _webp() -> bytes:
    exif = NAME.encode().ljust(len(NAME) + len(NAME) % 2, b"\0")
    body = b"WEBPEXIF" + len(exif).to_bytes(4, "little") + exif
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _tag(frames: bytes) -> bytes:
    return b"ID3\x04\0\0" + _synchsafe(len(frames)) + frames


def _frame(name: bytes, body: bytes) -> bytes:
    return name + _synchsafe(len(body)) + b"\0\0" + body


def _synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _mpeg(inside: bytes = b"") -> bytes:
    """One frame, 128 kb/s at 44.1 kHz: 417 bytes."""
    return b"\xff\xfb\x90\xc4" + inside.ljust(413, b"\0")
