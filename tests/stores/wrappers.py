"""Stores around a real store: one that remembers what it was asked, one that is cut off."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cop_publish.errors import StorageFailed
from cop_publish.storage.base import ANYTHING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cop_publish.core.output import Headers
    from cop_publish.storage.base import Body, Condition, Got, Held, Listed, Purged, Store, Unchanged


class Remembering:
    """Passes everything on, and lists the changes in the order in which they began and ended."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self.workers = store.workers
        self.honours_conditions = store.honours_conditions
        self.hides_extensions = store.hides_extensions
        self.begun: list[str] = []
        self.ended: list[str] = []

    def get(self, key: str, unless_etag: str | None = None) -> Got | Unchanged | None:
        return self._store.get(key, unless_etag)

    def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:
        with self._lock:
            self.begun.append(key)
        etag = self._store.put(key, body, headers, condition)
        with self._lock:
            self.ended.append(key)
        return etag

    def head(self, key: str) -> Held | None:
        return self._store.head(key)

    def list(self, prefix: str) -> tuple[Listed, ...]:
        return self._store.list(prefix)

    def purge(self, keys: Iterable[str], older: Iterable[str] = ()) -> Purged:
        return self._store.purge(keys, older)

    def now(self) -> datetime:
        return self._store.now()

    def delete(self, keys: Iterable[str]) -> None:
        names = list(keys)
        self.begun += [f"-{key}" for key in names]
        self._store.delete(names)
        self.ended += [f"-{key}" for key in names]


class CutOff(Remembering):
    """Fails at the given change and at every later one, as a network that is gone does.

    `reply_lost` names a cut after the store has done what it was asked.
    """

    def __init__(self, store: Store, at: float, *, reply_lost: bool) -> None:
        super().__init__(store)
        self._left = at
        self._reply_lost = reply_lost

    def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:
        self._go_on()
        etag = super().put(key, body, headers, condition)
        self._answer()
        return etag

    def delete(self, keys: Iterable[str]) -> None:
        self._go_on()
        super().delete(keys)
        self._answer()

    def _go_on(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left < 0 or (self._left == 0 and not self._reply_lost):
                raise _gone()

    def _answer(self) -> None:
        if self._left <= 0:
            raise _gone()


class RefusesOne(Remembering):
    """Takes everything but one key."""

    def __init__(self, store: Store, key: str) -> None:
        super().__init__(store)
        self._refused = key

    def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:
        if key == self._refused:
            raise _gone()
        return super().put(key, body, headers, condition)


def _gone() -> StorageFailed:
    return StorageFailed("The network is gone.")
