"""The schemas' types: dates, times in the sound, numbers, yes and no, people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop_publish.core import values as v
from cop_publish.core.front_matter import Key, read_yaml

LONDON = ZoneInfo("Europe/London")


def read(reader: Any, written: str, tz: ZoneInfo = LONDON) -> tuple[Any, list[str]]:  # noqa: ANN401 - the reader's own type
    fields, problems = read_yaml(f"key: {written}\n", "e.md", {"key": Key(reader, "About.")}, tz)
    return fields.get("key"), [p.what for p in problems]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-06-29", "2026-06-28T23:00Z"),  # midnight in London, in summer
        ("2026-11-20", "2026-11-20T00:00Z"),
        ("2026-06-29 10:00", "2026-06-29T09:00Z"),
        ("2026-06-29T10:00", "2026-06-29T09:00Z"),
        ("2026-06-29 10:00:30", "2026-06-29T09:00:30Z"),
        ("'2026-06-29 10:00'", "2026-06-29T09:00Z"),
        ("2026-11-20 07:00", "2026-11-20T07:00Z"),
        ("2026-06-29 10:00+02:00", "2026-06-29T08:00Z"),
        ("2026-06-29 10:00 +02:00", "2026-06-29T08:00Z"),
        ("2026-06-29 10:00 +0200", "2026-06-29T08:00Z"),
        ("2026-06-29 10:00 -00:00", "2026-06-29T10:00Z"),
        ("2026-06-29T10:00:00Z", "2026-06-29T10:00Z"),
        ("2026-06-29 10:00 Z", "2026-06-29T10:00Z"),
        ("2026-10-25 01:30 +01:00", "2026-10-25T00:30Z"),
        ("2026-10-25 01:30 +00:00", "2026-10-25T01:30Z"),
        ("2026-10-25 00:59", "2026-10-24T23:59Z"),
        ("2026-10-25 02:00", "2026-10-25T02:00Z"),
        ("2026-03-29 00:59", "2026-03-29T00:59Z"),
        ("2026-03-29 02:00", "2026-03-29T01:00Z"),
    ],
)
def test_a_date_names_one_instant_in_the_sites_time_zone_or_at_its_own_offset(
    written: str, instant: str
) -> None:
    found, problems = read(v.moment, written)
    assert problems == []
    assert found == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("2026-10-25 01:00", "`key` is a time that comes twice, the clocks go back"),
        ("2026-10-25 01:30", "`key` is a time that comes twice, the clocks go back"),
        ("2026-10-25 01:59:59", "`key` is a time that comes twice, the clocks go back"),
        ("2026-03-29 01:00", "`key` is a time that does not exist, the clocks go forward"),
        ("2026-03-29 01:30", "`key` is a time that does not exist, the clocks go forward"),
        ("2026-13-01", "`key` is not a date"),
        ("2026-02-29", "`key` is not a date"),
        ("2026-06-31", "`key` is not a date"),
        ("20.11.2026", "`key` is not a date"),
        ("11/20/2026", "`key` is not a date"),
        ("20 November 2026", "`key` is not a date"),
        ("2026-11-20 25:00", "`key` is not a date"),
        ("2026-11-20 7am", "`key` is not a date"),
        ("2026-11-20 07:00 Europe/London", "`key` is not a date"),
        ("2026-11-20 07:00 +25:00", "`key` is not a date"),
        ("tomorrow", "`key` is not a date"),
        ("[2026-11-20]", "`key` must be a single value"),
        ("0206-11-20", "`key` is in a year that cannot be meant"),
        ("0001-01-01 00:00 +14:00", "`key` is in a year that cannot be meant"),
        ("9999-12-31 23:59 -12:00", "`key` is in a year that cannot be meant"),
    ],
)
def test_a_date_that_is_none_or_is_two_is_a_problem(written: str, what: str) -> None:
    assert read(v.moment, written) == (None, [what])


@pytest.mark.parametrize(
    ("zone", "naive", "trouble"),
    [
        ("Europe/Dublin", "2026-03-29T01:30", "does not exist"),  # its summer time is its standard time
        ("Europe/Dublin", "2026-10-25T01:30", "comes twice"),
        ("America/New_York", "2026-03-08T02:30", "does not exist"),
        ("America/New_York", "2026-11-01T01:30", "comes twice"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "does not exist"),  # by half an hour
        ("Pacific/Apia", "2011-12-30T12:00", "does not exist"),  # a day that was left out
        ("Asia/Kolkata", "2026-03-29T01:30", ""),
        ("UTC", "2026-03-29T01:30", ""),
    ],
)
def test_the_hour_that_the_clocks_skip_or_repeat_is_known_in_every_zone(
    zone: str, naive: str, trouble: str
) -> None:
    found = v.clock_trouble(datetime.fromisoformat(naive), ZoneInfo(zone))
    assert found.startswith(trouble) if trouble else found == ""


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)))  # noqa: DTZ001 - local times are the point
def test_a_local_time_without_trouble_comes_back_from_its_instant(naive: datetime) -> None:
    there_and_back = naive.replace(tzinfo=LONDON).astimezone(UTC).astimezone(LONDON).replace(tzinfo=None)
    second = naive.replace(tzinfo=LONDON, fold=1).astimezone(UTC)
    is_one = second - naive.replace(tzinfo=LONDON).astimezone(UTC) == timedelta(0)
    assert (v.clock_trouble(naive, LONDON) == "") == (there_and_back == naive and is_one)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("0:00", 0.0),
        ("0", 0.0),
        ("1:05", 65.0),
        ("0:19", 19.0),
        ("100:00", 6000.0),
        ("0:41:07.5", 2467.5),
        ("00:00:01.250", 1.25),
        ("1:00:00", 3600.0),
        ("75", 75.0),
        ("75.5", 75.5),
        ("'1:05'", 65.0),
    ],
)
def test_a_time_in_the_sound_is_read_as_a_player_shows_it(written: str, seconds: float) -> None:
    assert read(v.seconds, written) == (seconds, [])


@pytest.mark.parametrize(
    "written",
    ["-5", "-0:05", "1:60", "1:75:00", "1:2:3:4", "a", "1,5", "1:05pm", "9" * 400, "0:00.0000", "1e3"],
)
def test_a_time_that_is_none_is_a_problem(written: str) -> None:
    assert read(v.seconds, written) == (None, ["`key` is not a time"])


@pytest.mark.parametrize("written", ["yes", "Yes", "true", "TRUE", "on", "'yes'"])
def test_yes_in_its_usual_spellings(written: str) -> None:
    assert read(v.boolean, written) == (True, [])


@pytest.mark.parametrize("written", ["no", "No", "false", "False", "OFF", '"no"'])
def test_no_in_its_usual_spellings(written: str) -> None:
    assert read(v.boolean, written) == (False, [])


@pytest.mark.parametrize("written", ["n", "y", "0", "1", "maybe", "''", "yes and no"])
def test_what_is_neither_yes_nor_no_is_a_problem(written: str) -> None:
    assert read(v.boolean, written) == (None, ["`key` must be yes or no"])


@pytest.mark.parametrize("written", ["0", "-1", "1.5", "012", "12a", "1_000", "1000000", "''", "twelve", "٣"])
def test_a_number_is_whole_and_counts_from_one(written: str) -> None:
    assert read(v.integer, written) == (None, ["`key` must be a whole number from 1"])
    assert read(v.integer, "12") == (12, [])


@pytest.mark.parametrize(
    "written",
    ["P-7f3k", "p-7F3K", "p-7f", "p_7f3k", "'@{p-7f3k}'", "'p-7f3k '", "p-7f3k, p-k2m9", "Alys Example"],
)
def test_a_person_is_an_id_exactly(written: str) -> None:
    assert read(v.people, written) == ((), ["`key` must hold person IDs"])


def test_people_are_one_or_several_and_nobody_twice() -> None:
    assert read(v.people, "p-7f3k") == (("p-7f3k",), [])
    assert read(v.people, "[p-k2m9, p-7f3k, p-k2m9]") == (("p-k2m9", "p-7f3k"), [])
    assert read(v.people, "[]") == ((), [])


def test_a_value_that_should_be_single_is_one_problem_and_not_two() -> None:
    for reader in (v.people, v.boolean, v.seconds, v.moment, v.day, v.integer):
        assert read(reader, "{a: b}")[1] == ["`key` must be a single value"]


def test_a_day_is_a_day() -> None:
    assert read(v.day, "2026-11-10") == (date(2026, 11, 10), [])
    for written in ("never", "2026-11-31", "2026-11-10 07:00", "yes"):
        assert read(v.day, written) == (None, ["`key` is not a day"])


def test_words_are_one_or_several_without_empty_ones() -> None:
    assert read(v.words, "juries") == (("juries",), [])
    assert read(v.words, "[juries, '', ' ', Yes, 010]") == (("juries", "Yes", "010"), [])
    assert read(v.words, "[[a]]")[1] == ["`key` must be a single value"]


def test_a_blank_value_counts_as_left_out() -> None:
    for reader in (v.word, v.text):
        assert read(reader, '"  "') == (None, [])


@pytest.mark.parametrize(
    "written",
    [
        "https://show.example/a?b=c#d",
        "HTTP://x.example:8000/",
        "mailto:a@show.example",
        "https://[2001:db8::1]/",
    ],
)
def test_an_address_is_one_of_the_web_or_of_a_mailbox(written: str) -> None:
    assert read(v.address, f'"{written}"') == (written, [])


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "show.example",
        "https:///a",
        "https://[x",
        "https://x.example:http/",
        "http://x:99999/",
    ],
)
def test_what_no_browser_could_open_is_no_address(written: str) -> None:
    assert read(v.address, f'"{written}"') == (None, ["`key` is not an address"])
