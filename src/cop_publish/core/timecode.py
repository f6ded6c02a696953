"""Times in the sound as people write them."""

from __future__ import annotations

_SECONDS_IN_MINUTE = 60


def short(seconds: float) -> str:
    """``0:04``, ``40:10``, ``1:02:03``: to the nearest second, as a player shows it."""
    minutes, rest = divmod(round(seconds), _SECONDS_IN_MINUTE)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def exact(seconds: float) -> str:
    """``0:04``, ``12:03.2``, ``1:02:03.045``: to the millisecond, as `edit.yaml` takes it."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    fraction = f".{thousandths:03}".rstrip("0") if thousandths else ""
    return short(whole) + fraction
