"""The clock of a server, as its answers tell it: all who publish to one store share it."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any


class ServerClock:
    """Hears of every request and every answer of one client."""

    def __init__(self) -> None:
        self.signed_at: datetime | None = None  # by our own clock
        self._said: tuple[datetime, float] | None = None  # the server's Date, and our ticks when we read it
        self._latest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime | None:
        """The Date of the latest answer, and what has passed since by our own ticks; None: none had one."""
        if self._said is None:
            return None
        date, read_at = self._said  # in whole seconds: what we say of it must not go back all the same
        self._latest = max(self._latest, date + timedelta(seconds=_ticks() - read_at))
        return self._latest

    def sent(self, request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's, which s3.py alone imports
        """Remember when we signed, by our own clock: what the server's Date is compared with."""
        signed = request.headers.get("X-Amz-Date", b"")
        text = signed.decode() if isinstance(signed, bytes) else str(signed)
        if text:
            self.signed_at = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    def answered(self, http_response: Any, **_: object) -> None:  # noqa: ANN401 - the same
        """Remember the server's Date."""
        with suppress(KeyError, TypeError, ValueError):  # none, or not a date: the last one stands
            self._said = parsedate_to_datetime(http_response.headers["Date"]).astimezone(UTC), _ticks()


def _ticks() -> float:
    """Seconds that go on while this machine sleeps, where the system counts those."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
