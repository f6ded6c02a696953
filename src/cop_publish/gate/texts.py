"""Files that are text: one function each from their bytes to their views."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from cop_publish.gate.markup import html_views, xml_views
from cop_publish.gate.view import Bytes, Extraction, Unreadable, View

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTROL = bytes(code for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n\f\r")
_TAG = re.compile(r"<[^<>]*>")
_TIMING = re.compile(r"^.*-->.*$", re.MULTILINE)
_CUE_NAME = re.compile(r"(?<=\n)\r?\n[^\r\n]+(?=\r?\n[^\r\n]*-->)")  # on the line before its times
_NUMBER = re.compile(r"^\d+\r?$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"(?:\r?\n[ \t]*){2,}")
_FOLD = re.compile(r"\r?\n[ \t]")
_ICS_ESCAPE = re.compile(r"\\([nN,;\\])")


def utf8(data: Bytes) -> str:
    """The whole of the bytes as text.  Raises Unreadable: anything else may hide something."""
    content = data[:]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        message = "is not UTF-8 text"
        raise Unreadable(message) from None
    if len(content.translate(None, _CONTROL)) != len(content):
        message = "holds control characters that no text has"
        raise Unreadable(message)
    return text.removeprefix("\ufeff")


def read_html(data: Bytes) -> Extraction:
    """A page: three readings and its source."""
    return Extraction(html_views(utf8(data)), len(data))


def read_xml(data: Bytes) -> Extraction:
    """A feed, a sitemap, a drawing.  Escaped HTML within is opened by the scan."""
    return Extraction(xml_views(utf8(data)), len(data))


def read_json(data: Bytes) -> Extraction:
    """Keys and values one after the other, as a table's reader would see them, values alone, and the source.

    Of a transcript also what is heard, in a row: a name may run over two segments.
    """
    text = utf8(data)
    try:
        whole = json.loads(text, object_pairs_hook=_Pairs)
        strings = list(_strings(whole))
    except (ValueError, RecursionError):
        message = "is not JSON"
        raise Unreadable(message) from None
    views = [
        View("JSON source", text, code=True),
        View("JSON strings", "\n\n".join(strings)),
        View("JSON values", "\n\n".join(_values(whole))),
        View("JSON transcript", "\n".join(_bodies(whole))),
    ]
    return Extraction(views, len(data))


def read_vtt(data: Bytes) -> Extraction:
    """WebVTT: its source, what is heard (a name may run over two cues), and what the tags say alone."""
    text = utf8(data)
    heard = _in_a_row(_TIMING.sub("", _CUE_NAME.sub("\n", text)))
    views = [
        View("VTT source", text, timed=True),
        View("VTT cues", _TAG.sub("", heard)),
        View("VTT cues with tags as spaces", _TAG.sub(" ", heard)),
        View("VTT tags", _tags(text)),
    ]
    return Extraction(views, len(data))


def read_srt(data: Bytes) -> Extraction:
    """SubRip: its source, and what is heard without numbers, times and tags."""
    text = utf8(data)
    heard = _in_a_row(_TIMING.sub("", _NUMBER.sub("", text)))
    views = [
        View("SRT source", text, timed=True),
        View("SRT cards", _TAG.sub("", heard)),
        View("SRT cards with tags as spaces", _TAG.sub(" ", heard)),
        View("SRT tags", _tags(text)),
    ]
    return Extraction(views, len(data))


def _tags(text: str) -> str:
    """What stands in tags, ``<v Alys Example>``, as lines of their own: a name alone too is one there."""
    return "\n\n".join(dict.fromkeys(tag[1:-1] for tag in _TAG.findall(text)))


def _in_a_row(heard: str) -> str:
    """What is heard goes on from cue to cue: "Jane Q." may end one and "Smith" begin the next."""
    return _EMPTY_LINES.sub("\n", heard)


def read_ics(data: Bytes) -> Extraction:
    """RFC 5545: long lines are unfolded, then the escapes of TEXT values undone."""
    text = utf8(data)
    lines = _FOLD.sub("", text)
    plain = _ICS_ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], lines)
    return Extraction(
        [View("ICS source", text), View("ICS lines", lines), View("ICS values", plain)], len(data)
    )


def read_text(data: Bytes) -> Extraction:
    """Plain text."""
    return Extraction([View("text", utf8(data))], len(data))


def read_css(data: Bytes) -> Extraction:
    """A style sheet."""
    return Extraction([View("style sheet", utf8(data), code=True)], len(data))


def read_js(data: Bytes) -> Extraction:
    """A script."""
    return Extraction([View("script", utf8(data), code=True)], len(data))


class _Pairs(list[tuple[str, object]]):
    """A JSON object that keeps a key that stands twice."""


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, _Pairs):
        for key, inner in value:
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif value is not None:
        yield str(value)


def _values(value: object) -> Iterator[str]:
    """Without keys: a given name and a family name may stand in fields of their own."""
    for inner in value if isinstance(value, list) else ():
        item = inner[1] if isinstance(value, _Pairs) else inner
        if isinstance(item, str):
            yield item
        else:
            yield from _values(item)


def _bodies(value: object) -> Iterator[str]:
    """Every text that stands under the key `body`, in the order of the file."""
    for inner in value if isinstance(value, list) else ():
        if not isinstance(value, _Pairs):
            yield from _bodies(inner)
        elif inner[0] == "body" and isinstance(inner[1], str):
            yield inner[1]
        else:
            yield from _bodies(inner[1])
