"""What is known of a store: the latest check, kept by the workspace for a day.

Policies are edited and buckets move, so a publish that has something to send looks again when a day has
passed; one with nothing to do never gets here.  A folder is ours alone and needs no check.
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, cast

from cop_publish.core.store_check import StoreCheck, refusal
from cop_publish.errors import StorageFailed
from cop_publish.storage.traits import write_traits

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.settings import Settings
    from cop_publish.storage.base import Store

STATE = "storage-check.json"
GOOD_FOR = timedelta(days=1)


def known_check(store: Store, settings: Settings, state: Path, *, now: datetime) -> StoreCheck | None:
    """What the bucket is known to do, found out now where nobody looked since yesterday; None: a folder.

    Raises StorageFailed, with the sentence and its cure, when nothing may be published there.
    """
    if not settings.storage.bucket:
        return None
    found = _recalled(settings, state, now)
    if found is None or not found.is_safe:  # whoever has just mended it need not wait for a day
        from cop_publish.storage.probe import check_store, traits_of  # noqa: PLC0415 - threads, HTTP; once a day

        found = check_store(store, settings)
        write_traits(store, traits_of(found))
        remember_check(found, settings, state, now=now)
    if why := refusal(found):
        raise StorageFailed(why)
    cast("_Probed", store).honours_conditions = found.conditions.honest
    return found


class _Probed(Protocol):
    """A store that is told what was found out about it: that is later than what its head says."""

    honours_conditions: bool | None


def remember_check(found: StoreCheck, settings: Settings, state: Path, *, now: datetime) -> None:
    """Keep what was found at `now` (aware), for this very storage and this address."""
    unfinished = state / f"{STATE}.{os.getpid()}"
    unfinished.write_text(f"{_place(settings)} {now.isoformat()}\n{found.to_json()}", encoding="utf-8")
    unfinished.replace(state / STATE)


def _recalled(settings: Settings, state: Path, now: datetime) -> StoreCheck | None:
    try:
        first, _, text = (state / STATE).read_text(encoding="utf-8").partition("\n")
        place, looked_at = first.split()
        found = StoreCheck.from_json(text)
        fresh = abs(now - datetime.fromisoformat(looked_at)) < GOOD_FOR
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found if fresh and place == _place(settings) else None


def _place(settings: Settings) -> str:
    return hashlib.sha256(f"{settings.storage!r} {settings.site.url}".encode()).hexdigest()
