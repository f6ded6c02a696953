"""The kinds of file that may be public: by extension, as served, as they look, and who reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cop_publish.gate import images, mp3, texts
from cop_publish.gate.decode import as_text, gunzip
from cop_publish.gate.view import Bytes, Extraction, Unreadable, View, raw_views

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class FileKind:
    """`looks_right` gets the first bytes; `read` raises Unreadable, or accounts for every byte."""

    extensions: frozenset[str]
    media_types: frozenset[str]
    looks_right: Callable[[bytes], bool]
    read: Callable[[Bytes], Extraction]


SNIFFED_BYTES = 1024
_EXTENSION = re.compile(r"\.[a-z][a-z0-9]{0,11}")
# What can never be the start of a text, whatever it is called.  Pictures, sound and programs that begin with
# letters ("BM", "ID3", "MZ") are known by the zero bytes behind these: a title may begin so too ("BMA ...").
_BINARY_STARTS = (
    *(b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"\x7fELF"),
    *(b"OggS", b"fLaC", b"Rar!", b"7z\xbc\xaf", b"II*\0", b"MM\0*", b"\xfe\xff", b"\xff\xfe"),
)
_COMMENTS = rb"(?:(?><!--.*?-->)\s*)*"  # one way only to read a row of them
_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*" + _COMMENTS + rb"<(?:!doctype html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
_XML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[?!\w]")
_SVG_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?" + _COMMENTS + rb"<svg[\s>]", re.IGNORECASE | re.DOTALL
)
_SRT_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*\d+\r?\n[\d:,. ]+-->")
_JSON_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{\"0-9tfn-]")


def kind_of(key: str, content_type: str, start: bytes) -> FileKind:
    """The one kind on which name, media type and first bytes agree.  Raises Unreadable when they do not.

    A key without an extension (Jekyll's permalinks) goes by its media type.
    """
    extension = PurePosixPath(key).suffix.lower()
    media_type = content_type.split(";", maxsplit=1)[0].strip().lower()
    if _EXTENSION.fullmatch(extension):
        kinds = [kind for kind in EXTRACTORS.values() if extension in kind.extensions]
    else:
        kinds = [kind for kind in EXTRACTORS.values() if media_type in kind.media_types]
    if not kinds:
        message = "is of a type that the gate does not know"
        raise Unreadable(message)
    kind = kinds[0]
    if media_type not in kind.media_types:
        message = f"is served as another type than its name says ({extension})"
        raise Unreadable(message)
    if not kind.looks_right(start):
        message = "does not begin as a file of its type does"
        raise Unreadable(message)
    return kind


def read_enclosed(channel: str, data: bytes) -> Extraction:
    """Bytes that stand inside another file: an image, text, or gzip of either.  Raises Unreadable."""
    if data.startswith(b"\x1f\x8b"):
        data = gunzip(data)
    picture = images.read_image(data)
    if picture is not None:
        return picture
    text = as_text(data)
    if text is None:
        reason = f"{channel} holds bytes that no reader of the gate understands"
        return Extraction(raw_views(channel, data), len(data), (reason,))
    return Extraction([View(channel, text)], len(data))


def _read_gzip(data: Bytes) -> Extraction:
    """The packed file's length counts: its content is scanned unpacked."""
    inner = read_enclosed("gzip", data[:])
    return Extraction(inner.views, len(data), inner.unread)


def _is_text(start: bytes) -> bool:
    return not start.startswith(_BINARY_STARTS) and b"\0" not in start


def _is_bare_text(start: bytes) -> bool:
    return _is_text(start) and not _HTML_START.match(start) and not _SVG_START.match(start)


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda start: start.startswith(starts)


def _matches(pattern: re.Pattern[bytes]) -> Callable[[bytes], bool]:
    return lambda start: _is_text(start) and pattern.match(start) is not None


def _kind(
    extensions: str,
    media_types: str,
    looks_right: Callable[[bytes], bool],
    read: Callable[[Bytes], Extraction],
) -> FileKind:
    return FileKind(frozenset(extensions.split()), frozenset(media_types.split()), looks_right, read)


EXTRACTORS: dict[str, FileKind] = {
    "html": _kind(".html .htm", "text/html", _matches(_HTML_START), texts.read_html),
    "svg": _kind(".svg", "image/svg+xml", _matches(_SVG_START), texts.read_xml),
    "xml": _kind(
        ".xml .rss .atom .opml .xsl",
        "application/rss+xml application/atom+xml application/xml text/xml text/x-opml text/xsl "
        "application/xslt+xml",
        _matches(_XML_START),
        texts.read_xml,
    ),
    "json": _kind(
        ".json .webmanifest .map",
        "application/json application/json+chapters application/ld+json application/feed+json "
        "application/manifest+json",
        _matches(_JSON_START),
        texts.read_json,
    ),
    "vtt": _kind(".vtt", "text/vtt", _begins(b"WEBVTT", b"\xef\xbb\xbfWEBVTT"), texts.read_vtt),
    "ics": _kind(".ics", "text/calendar", _begins(b"BEGIN:VCALENDAR"), texts.read_ics),
    "css": _kind(".css", "text/css", _is_bare_text, texts.read_css),
    "js": _kind(".js .mjs", "text/javascript application/javascript", _is_bare_text, texts.read_js),
    "srt": _kind(".srt", "application/x-subrip", _matches(_SRT_START), texts.read_srt),
    "txt": _kind(".txt .md", "text/plain text/markdown", _is_bare_text, texts.read_text),
    "mp3": _kind(
        ".mp3",
        "audio/mpeg",
        _begins(b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2"),
        mp3.read_mp3,
    ),
    "png": _kind(".png", "image/png", _begins(b"\x89PNG\r\n\x1a\n"), images.read_png),
    "jpeg": _kind(".jpg .jpeg", "image/jpeg", _begins(b"\xff\xd8\xff"), images.read_jpeg),
    "webp": _kind(".webp", "image/webp", _begins(b"RIFF"), images.read_webp),
    "gzip": _kind(".gz", "application/gzip", _begins(b"\x1f\x8b"), _read_gzip),
}
