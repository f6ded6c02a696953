"""Dates, times, durations and sizes in the words of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day(when: date) -> str:
    """``9 December 2026``."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def weekday(when: datetime) -> str:
    """``Wednesday 9 December 2026``."""
    return f"{_DAYS[when.weekday()]} {day(when)}"


def short_month(when: datetime) -> str:
    """``Dec``."""
    return _MONTHS[when.month - 1][:3]


def hours(starts_at: datetime, ends_at: datetime) -> str:
    """``14:00 to 15:30 (GMT)``, and the day of the end where it is another one."""
    end = f"{ends_at:%H:%M}" if ends_at.date() == starts_at.date() else f"{ends_at:%H:%M} on {day(ends_at)}"
    zone = starts_at.tzname() or ""
    return f"{starts_at:%H:%M} to {end} ({zone if zone.isalpha() else f'UTC{zone}'})"


def clock(seconds: float) -> str:
    """``0:04``, ``1:02:03``."""
    minutes, rest = divmod(int(seconds), 60)
    whole, minutes = divmod(minutes, 60)
    return f"{whole}:{minutes:02}:{rest:02}" if whole else f"{minutes}:{rest:02}"


def duration(seconds: float) -> str:
    """``48 seconds``, ``24 minutes``, ``1 hour 5 minutes``."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return _counted(round(seconds), "second")
    whole, minutes = divmod(round(seconds / 60), 60)
    parts = [_counted(whole, "hour")] if whole else []
    return " ".join([*parts, _counted(minutes, "minute")] if minutes or not whole else parts)


def iso_duration(seconds: float) -> str:
    """``PT1M20S`` (ISO 8601)."""
    minutes, rest = divmod(round(seconds), 60)
    whole, minutes = divmod(minutes, 60)
    return f"PT{f'{whole}H' if whole else ''}{minutes}M{rest}S"


def size(size_bytes: int) -> str:
    """``940 KB``, ``28.4 MB``: decimal units, as browsers show them."""
    if size_bytes < 1_000_000:  # noqa: PLR2004 - a megabyte
        return f"{max(1, round(size_bytes / 1000))} KB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def seconds(value: float) -> str:
    """A media fragment's time (W3C Media Fragments 1.0): ``4.5``, ``20``."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
