"""`storage check`: find out what a store really does, by doing it in a scratch corner of its private part.

By behaviour, never by name: a 200 proves nothing (one server answers so and overwrites, another lets several
racers win).  Some two dozen small requests; nothing of them is left.
"""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from cop_publish.core.output import Headers
from cop_publish.core.store_check import Conditions, StoreCheck, lines
from cop_publish.errors import Conflict, StorageFailed
from cop_publish.storage.base import ABSENT, ANYTHING, PRIVATE, Holding, read
from cop_publish.storage.exposure import exposure, is_encrypted
from cop_publish.storage.lasting import lasting
from cop_publish.storage.traits import TRAITS, Traits

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cop_publish.settings import Settings
    from cop_publish.storage.base import Condition, Store

SCRATCH = f"{PRIVATE}check/"
RACERS = 8
_STAMP = "%Y%m%dT%H%M%S"
_ABANDONED = timedelta(hours=1)
_HEADERS = Headers("application/json; charset=utf-8", "no-store")


def check_store(store: Store, settings: Settings, clock: Callable[[], datetime] | None = None) -> StoreCheck:
    """Try the store; nothing of that is left in it (`traits_of` gives what is kept).

    `clock` is this machine's, to be compared with the store's.  Raises StorageFailed when the store cannot
    be reached or refuses what every publish needs.
    """
    read(store, TRAITS)  # a refusal of a GET says why; that of a HEAD, which `now` may be, has no words
    outlasts = lasting(store)
    if outlasts.refusal:  # before anything is written that could not be removed
        raise StorageFailed(f"Nothing was written there. {outlasts.refusal}")
    corner = f"{SCRATCH}{store.now():{_STAMP}}-{secrets.token_hex(16)}"
    try:
        store.put(f"{corner}-plain", corner.encode(), _HEADERS)  # what every publish needs: else it ends here
        theirs = store.now()
        fast_seconds = (clock() - theirs).total_seconds() if clock else None
        conditions = _conditions(store, corner)
        store.put(f"{corner}-plain", f"{corner} again".encode(), _HEADERS)
        found = read(store, f"{corner}-plain")
        listed = {line.key for line in store.list(SCRATCH)}
        exposed = exposure(settings, f"{corner}-plain", f"{corner} again".encode())
    finally:
        keeps_versions = _clear(store, corner)
    return StoreCheck(
        at=theirs,
        conditions=conditions,
        reads_at_once=found is not None and found.content == f"{corner} again".encode(),
        lists_at_once=f"{corner}-plain" in listed,
        exposure=exposed,
        clock_fast_seconds=fast_seconds,
        keeps_versions=keeps_versions,
        encrypted=is_encrypted(settings.storage),
        lasting=outlasts,
    )


def traits_of(found: StoreCheck) -> Traits:
    """What the store itself keeps of a check, for every machine that publishes there."""
    words = {str(number): line.sentence for number, line in enumerate(lines(found), 1)}
    return Traits(found.conditions.honest, found.at, words)


def _conditions(store: Store, corner: str) -> Conditions:
    key = f"{corner}-conditions"
    _takes(store, key, b"first", ABSENT)
    _takes(store, key, b"second", ABSENT)
    there = read(store, key)
    kept = there is not None and there.content == b"first"
    stale = store.put(key, b"third", _HEADERS)
    replaced = _takes(store, key, b"fourth", Holding(stale))
    refused = not _takes(store, key, b"fifth", Holding(stale))
    return Conditions(
        keeps_what_is_there=kept,
        racers=RACERS,
        # One that overwrites lets all win, and rclone lists the racers' file for ever: it is spared the race.
        winners=_race(store, f"{corner}-race") if kept else None,
        replaces_what_is_known=replaced,
        refuses_what_is_stale=refused,
    )


def _race(store: Store, key: str) -> int:
    """How many of several who write a new file at once are told that they were the first."""
    with ThreadPoolExecutor(RACERS) as pool:
        racing = [pool.submit(_takes, store, key, f"racer {n}".encode(), ABSENT) for n in range(RACERS)]
        return sum(one.result() for one in racing)


def _takes(store: Store, key: str, content: bytes, condition: Condition) -> bool:
    """Whether a write is taken.  A store that does not know the condition refuses it in other words."""
    try:
        store.put(key, content, _HEADERS, condition)
    except Conflict:
        return False
    except StorageFailed:
        store.put(f"{key}-unconditional", content, _HEADERS, ANYTHING)  # raises where it is not the condition
        return False
    return True


def _clear(store: Store, corner: str) -> bool | None:
    """Remove the corner, and what killed checks left; whether old versions of files had been kept."""
    others = ("conditions", "conditions-unconditional", "race", "race-unconditional", "plain-by-a-stranger")
    keys = [f"{corner}-{name}" for name in others]
    an_hour_ago = f"{SCRATCH}{store.now() - _ABANDONED:{_STAMP}}"
    store.delete(keys)
    left = [line.key for line in store.list(SCRATCH) if line.key < an_hour_ago]
    if left:
        store.delete(left)
    try:
        kept = store.purge([f"{corner}-plain"]).versions > 1  # it was written twice
        if kept:
            store.purge(keys)
    except StorageFailed:  # the right to remove versions may be a second person's
        store.delete([f"{corner}-plain"])
        return None
    return kept
