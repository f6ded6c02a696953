"""Meetings as iCalendar (RFC 5545), written by hand: it is forty lines, and icalendar takes 90 ms to load.

No attendee is ever listed.  DTSTAMP is the meeting's own start, so that equal meetings give equal bytes.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cop_publish.core import routes
from cop_publish.core.output import SHORT_LIVED, FileClass, Headers, PublicFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from cop_publish.core.model import ClearedMeeting, Releases
    from cop_publish.settings import Settings, Show, SiteSettings

CALENDAR_HEADERS = Headers("text/calendar; charset=utf-8", SHORT_LIVED)
# RFC 5545 section 3.1: lines are at most 75 octets, without their end.
LINE_OCTETS = 75


def calendar_files(releases: Releases, settings: Settings) -> tuple[PublicFile, ...]:
    """``meetings.ics`` and one file for each meeting."""
    show, site, meetings = settings.show, settings.site, releases.meetings
    every = PublicFile(
        routes.CALENDAR,
        calendar(meetings, show, site),
        CALENDAR_HEADERS,
        FileClass.INDEX,
        frozenset(m.id for m in meetings),
    )
    each = (
        PublicFile(
            routes.meeting_calendar(m),
            calendar([m], show, site),
            CALENDAR_HEADERS,
            FileClass.PAGE,
            frozenset({m.id}),
        )
        for m in meetings
    )
    return (every, *each)


def calendar(meetings: Iterable[ClearedMeeting], show: Show, site: SiteSettings) -> bytes:
    """A calendar to subscribe to, or a single meeting to add: UTF-8, CRLF, folded; oldest first."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//cop-publish//meetings//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{_escaped(show.title)}",
        f"X-WR-CALNAME:{_escaped(show.title)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
    ]
    for meeting in sorted(meetings, key=lambda m: (m.starts_at, m.id)):
        lines += _event(meeting, site)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _event(meeting: ClearedMeeting, site: SiteSettings) -> Iterator[str]:
    page = routes.address(site, routes.meeting_page(meeting))
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(meeting.id)}@{urlsplit(site.url).hostname}"
    yield f"DTSTAMP:{_utc(meeting.starts_at)}"
    yield f"DTSTART:{_utc(meeting.starts_at)}"
    yield f"DTEND:{_utc(meeting.ends_at)}"
    yield f"SUMMARY:{_escaped(meeting.title)}"
    yield f"STATUS:{meeting.status.value.upper()}"
    if meeting.place:
        yield f"LOCATION:{_escaped(meeting.place)}"
    words = [meeting.summary, f"Join or sign up: {meeting.link}" if meeting.link else "", page]
    yield f"DESCRIPTION:{_escaped(chr(10).join(w for w in words if w))}"
    yield f"URL:{page}"
    yield "END:VEVENT"


def _utc(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """RFC 5545 section 3.3.11; a control character ends here, for it could start a line of its own."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(c for c in text if c >= " " and c != "\x7f")


def _folded(line: str) -> str:
    """At most 75 octets a line, never within a character."""
    out, octets = [], 0
    for character in line:
        width = len(character.encode())
        if octets + width > LINE_OCTETS:
            out.append("\r\n ")
            octets = 1
        out.append(character)
        octets += width
    return "".join(out)
