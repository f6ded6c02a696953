from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import icalendar
from sample_site import RELEASES, SETTINGS
from samples import MEETING, SHOW, SITE

from cop_publish.core.model import MeetingStatus
from cop_publish.render.calendar import calendar, calendar_files

if TYPE_CHECKING:
    from cop_publish.core.model import ClearedMeeting

HARD = replace(
    MEETING,
    title="Data, AI; and \\ “us”\r\nATTENDEE:mailto:jane@madeup.example",
    summary="é" * 100,
    place="Room 1, Sampleford",
    status=MeetingStatus.TENTATIVE,
)


def read(*meetings: ClearedMeeting) -> list[Any]:
    return list(icalendar.Calendar.from_ical(calendar(meetings, SHOW, SITE)).walk("VEVENT"))


def test_another_reader_finds_what_was_meant() -> None:
    (event,) = read(HARD)
    assert event["UID"] == "2026-12-09@commons.example"
    assert event["STATUS"] == "TENTATIVE"
    assert event["DTSTART"].dt == MEETING.starts_at
    assert event["DTEND"].dt == MEETING.ends_at
    assert event["LOCATION"] == "Room 1, Sampleford"
    assert event["URL"] == "https://commons.example/meetings/2026-12-09.html"
    assert "é" * 100 in event["DESCRIPTION"]


def test_words_cannot_become_lines_of_their_own() -> None:
    (event,) = read(HARD)
    assert event["SUMMARY"] == "Data, AI; and \\ “us”\nATTENDEE:mailto:jane@madeup.example"
    assert "ATTENDEE" not in event
    assert "\x0b" not in calendar([replace(MEETING, title="a\x0bb")], SHOW, SITE).decode()


def test_lines_end_in_crlf_and_hold_at_most_75_octets_and_whole_letters() -> None:
    raw = calendar([HARD], SHOW, SITE)
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()


def test_the_stamp_does_not_come_from_the_clock_and_the_uid_outlives_a_change() -> None:
    (before,) = read(MEETING)
    (after,) = read(replace(MEETING, title="New", starts_at=MEETING.starts_at - timedelta(hours=1)))
    assert calendar([MEETING], SHOW, SITE) == calendar([MEETING], SHOW, SITE)
    assert before["UID"] == after["UID"]
    assert before["DTSTAMP"].dt == MEETING.starts_at


def test_there_is_one_calendar_of_all_meetings_and_one_of_each() -> None:
    made = {f.key: f for f in calendar_files(RELEASES, SETTINGS)}
    assert set(made) == {"meetings.ics", *(f"meetings/{m.id}.ics" for m in RELEASES.meetings)}
    assert made["meetings.ics"].items == {m.id for m in RELEASES.meetings}
    content = made["meetings.ics"].content
    assert isinstance(content, bytes)
    events: list[Any] = list(icalendar.Calendar.from_ical(content).walk("VEVENT"))
    starts = [event["DTSTART"].dt for event in events]
    assert starts == sorted(starts)
    assert len(starts) == 3
