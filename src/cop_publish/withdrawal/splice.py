"""Entries of feeds, calendars and the sitemap as they are live, put whole into those that were made anew.

Only for files that we wrote ourselves: an entry begins and ends on lines of its own, and nobody's words can
be such a line, for they are escaped.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape, unescape

_KINDS = (
    (re.compile(rb"^[ ]*<item>.*?</item>\r?\n", re.MULTILINE | re.DOTALL), b"</channel>"),
    (re.compile(rb"^[ ]*<entry>.*?</entry>\r?\n", re.MULTILINE | re.DOTALL), b"</feed>"),
    (re.compile(rb"^<url><loc>.*?</url>\n", re.MULTILINE), b"</urlset>"),
    (re.compile(rb"^BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", re.MULTILINE | re.DOTALL), b"END:VCALENDAR"),
)
_RSS_DAY = re.compile(rb"<pubDate>([^<]+)</pubDate>")
_ISO_DAY = re.compile(rb"<published>([^<]+)</published>")
_EVENT_DAY = re.compile(rb"^DTSTART:(\d{8}T\d{6}Z)", re.MULTILINE)


def entries_of(whole: bytes) -> tuple[bytes, ...]:
    """Every entry, from its first line to its last."""
    return tuple(found[0] for found in _kind(whole)[0].finditer(whole))


def entries_about(whole: bytes, addresses: frozenset[str]) -> tuple[bytes, ...]:
    """The entries whose own address is one of these."""
    return tuple(entry for entry in entries_of(whole) if _address(entry) in addresses)


def published_at(whole: bytes, guid: str) -> datetime | None:
    """The day of the item with that guid in an RSS feed; None where it has none."""
    wanted = f">{escape(guid, quote=False)}</guid>".encode()  # as XML has it between tags
    return next((_day(entry) for entry in entries_of(whole) if wanted in entry), None)


def with_entries(
    whole: bytes, more: tuple[bytes, ...], live: bytes = b"", newest: int | None = None
) -> bytes:
    """The same file with these entries too, each in its place: feeds newest first, `newest` of them at most.

    `live` is where they stand now: they may use namespaces that this file does not name.
    """
    whole = _with_namespaces(whole, live)
    pattern, end = _kind(whole)
    there = list(entries_of(whole))
    for entry in more:
        there.insert(_place(entry, there, end), entry)
    there = there[:newest]
    bare = _dated(pattern.sub(b"", whole), there)
    start = bare.rindex(end)
    start = bare.rindex(b"\n", 0, start) + 1
    return bare[:start] + b"".join(there) + bare[start:]


def _place(entry: bytes, there: list[bytes], end: bytes) -> int:
    """Where it goes among these, whose order stays as it is."""
    if end == b"</urlset>":
        later = (_address(one) > _address(entry) for one in there)
    elif end == b"END:VCALENDAR":
        later = (_rank(one) > _rank(entry) for one in there)
    else:
        later = (_rank(one) < _rank(entry) for one in there)
    return next((place for place, is_later in enumerate(later) if is_later), len(there))


def _rank(entry: bytes) -> tuple[datetime, int, str]:
    """By its day; of one moment episodes by number and guid, all else by address, as they were written."""
    number, guid = _NUMBER.search(entry), _GUID.search(entry)
    is_episode = b"<enclosure " in entry and guid is not None
    name = unescape(guid[1].decode("utf-8", "replace")) if guid and is_episode else _address(entry)
    return _day(entry), int(number[1]) if number else 0, name


_NUMBER = re.compile(rb"<podcast:episode>(\d+)</podcast:episode>")
_GUID = re.compile(rb"<guid[^<>]*>([^<]*)</guid>")


def _dated(bare: bytes, entries: list[bytes]) -> bytes:
    """A feed's own day is that of its newest entry, whichever was put in; others have none."""
    newest = max(map(_day, entries), default=_NO_DAY)

    def day(found: re.Match[bytes]) -> bytes:
        written = format_datetime(newest) if found[1] == b"lastBuildDate" else newest.isoformat()
        return b"<%s>%s</%s>" % (found[1], written.encode(), found[1])

    return bare if newest == _NO_DAY else _FEED_DAY.sub(day, bare, count=1)


_NO_DAY = datetime.min.replace(tzinfo=UTC)
_FEED_DAY = re.compile(rb"<(lastBuildDate|updated)>[^<]*</\1>")


def _with_namespaces(whole: bytes, live: bytes) -> bytes:
    here, there = (_ROOT.search(one) for one in (whole, live))
    if here is None or there is None:
        return whole
    missing = [name for name in _NAMESPACE.findall(there[0]) if name not in here[0]]
    return whole[: here.end(1)] + b"".join(missing) + whole[here.end(1) :]


_ROOT = re.compile(rb"(<(?:rss|feed)\b[^>]*)>")
_NAMESPACE = re.compile(rb"\sxmlns:\w+=\"[^\"]*\"")


def without_entries(whole: bytes) -> bytes:
    """The file with no entry at all."""
    return _kind(whole)[0].sub(b"", whole)


def without_about(whole: bytes, addresses: frozenset[str]) -> bytes:
    """The file without the entries whose own address is one of these."""

    def kept(found: re.Match[bytes]) -> bytes:
        return b"" if _address(found[0]) in addresses else found[0]

    return _kind(whole)[0].sub(kept, whole)


def _kind(whole: bytes) -> tuple[re.Pattern[bytes], bytes]:
    return next((kind for kind in _KINDS if kind[1] in whole), _KINDS[0])


_RSS_LINK, _ATOM_LINK = rb"^\s*<link>([^<]+)</link>", rb"^\s*<link href=\"([^\"]+)\" rel=\"alternate\""
_ADDRESS = re.compile(_RSS_LINK + rb"|" + _ATOM_LINK + rb"|^URL:(\S+)|^<url><loc>([^<]+)</loc>", re.MULTILINE)


def _address(entry: bytes) -> str:
    found = _ADDRESS.search(entry.replace(b"\r\n ", b""))
    return unescape(next(filter(None, found.groups())).decode("utf-8", "replace")) if found else ""


def _day(entry: bytes) -> datetime:
    if found := _RSS_DAY.search(entry):
        return parsedate_to_datetime(found[1].decode("ascii", "replace"))
    if found := _ISO_DAY.search(entry):
        return datetime.fromisoformat(found[1].decode("ascii", "replace"))
    if found := _EVENT_DAY.search(entry):
        return datetime.strptime(found[1].decode(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return _NO_DAY
