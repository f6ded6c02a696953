"""A publisher's turn: begun and ended by a compare-and-swap on the head, fenced in between.

Three guards stand between a publisher that overslept and the public files:

1. the lease: before each write the store's clock is asked whether our turn has ended (no request: the time
   of its latest answer and what has passed since).  A long turn is prolonged before it ends;
2. the fence: every write expects what our plan was made from, so that a store that holds conditions refuses
   the first stale one;
3. where a store does not hold them, a lock object, looked at again before the feeds.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cop_publish.core.head import Head, turn
from cop_publish.errors import Busy, Conflict, StorageFailed
from cop_publish.storage.base import ABSENT, ANYTHING, Holding, read
from cop_publish.storage.lock import Lock, take_lock
from cop_publish.storage.traits import HEAD, PRIVATE_JSON

if TYPE_CHECKING:
    from cop_publish.core.output import Headers
    from cop_publish.storage.base import Body, Condition
    from cop_publish.storage.live import Live, Publisher


class Turn:
    """What `begin` gives; every write between begin and commit goes through it."""

    def __init__(self, publisher: Publisher, head: Head, etag: str, lock: Lock | None) -> None:
        self._publisher = publisher
        self._store = publisher.store
        self.head = head  # busy, with our lease
        self.etag = etag  # of the head
        self.lock = lock  # None: the store holds conditions

    @property
    def workers(self) -> int:
        return self._store.workers

    def put(self, key: str, body: Body, headers: Headers, expects: str) -> str:
        """Send a file that holds `expects` now (empty: nothing).  Raises Busy when our turn is over."""
        self._check()
        condition: Condition = Holding(expects) if expects else ABSENT
        try:
            return self._store.put(key, body, headers, ANYTHING if self.lock else condition)
        except Conflict as error:
            raise _overtaken() from error

    def delete(self, keys: list[str]) -> None:
        self._check()
        self._store.delete(keys)

    def before_wave(self, *, feeds: bool) -> None:
        """Between two classes: prolong a turn that is half over, and look whether we are still alone."""
        self.prolong_if_due()
        if self.lock and feeds:
            self.lock.confirm()

    def prolong_if_due(self) -> None:
        """Take a new turn in time, so that a long publish does not lose its own."""
        lease = self.head.lease
        now = self._store.now()
        if lease is None or lease.until - now > timedelta(seconds=self._publisher.lease_seconds / 2):
            return
        self._check()
        longer = turn(lease.owner, secrets.token_hex(8), now, self._publisher.lease_seconds)
        if self.lock:
            old = self.lock
            self.lock = take_lock(self._store, lease.owner, longer.nonce, self._publisher.lease_seconds)
            old.release()
        self._swap(replace(self.head, lease=replace(longer, since=lease.since)))

    def commit(self) -> Head:
        """Say that all of it is public."""
        self._check()
        done = replace(self.head, lease=None, at=self._store.now())
        self._swap(done)
        return done

    def end(self) -> None:
        """Give back what others wait for; after a fault the head stays busy, for whoever resumes."""
        if self.lock:
            with suppress(StorageFailed):  # it ends by itself, and what went wrong before is more telling
                self.lock.release()

    def _swap(self, head: Head) -> None:
        try:
            condition = ANYTHING if self.lock else Holding(self.etag)
            self.etag = self._store.put(HEAD, head.to_json().encode(), PRIVATE_JSON, condition)
        except Conflict as error:
            raise _overtaken() from error
        self.head = head

    def _check(self) -> None:
        if self.head.lease and self._store.now() >= self.head.lease.until:
            raise _overtaken()


def begin(publisher: Publisher, live: Live, head: Head, fences: bool) -> Turn:  # noqa: FBT001 - a fact
    """Take the turn to bring `head`'s release to the public.  Raises Busy when somebody else has it.

    `live` is what the plan was made from: if the head has changed since, nothing is written.
    """
    lease = turn(publisher.owner, secrets.token_hex(8), publisher.store.now(), publisher.lease_seconds)
    known = fences or (live.head.honours_conditions if live.head else None)
    busy = replace(head, lease=lease, at=lease.since, honours_conditions=known)
    lock = None
    if not fences:
        lock = take_lock(publisher.store, publisher.owner, lease.nonce, publisher.lease_seconds)
    try:
        if lock:
            _refuse_changed(publisher, live.etag)
        condition = ANYTHING if lock else Holding(live.etag) if live.etag else ABSENT
        etag = publisher.store.put(HEAD, busy.to_json().encode(), PRIVATE_JSON, condition)
    except Conflict:
        etag = _ours_or_refused(publisher, lease.nonce)
    except BaseException:
        if lock:
            lock.release()
        raise
    return Turn(publisher, busy, etag, lock)


def _refuse_changed(publisher: Publisher, etag: str) -> None:
    found = read(publisher.store, HEAD)
    if (found.etag if found else "") != etag:
        raise Busy(busy_sentence(Head.from_json(found.content.decode()) if found else None))


def _ours_or_refused(publisher: Publisher, nonce: str) -> str:
    """A lost answer, retried, is refused although our first try was written: the nonce tells."""
    found = read(publisher.store, HEAD)
    head = Head.from_json(found.content.decode()) if found else None
    if found and head and head.lease and head.lease.nonce == nonce:
        return found.etag
    raise Busy(busy_sentence(head))


def busy_sentence(head: Head | None) -> str:
    """Who is publishing, since when, and what to do."""
    if head is None or head.lease is None:
        return "Somebody else published meanwhile. Run the command again to publish on top of that."
    lease = head.lease
    return (
        f"Installation {lease.owner} has been publishing since {lease.since:%H:%M} UTC on "
        f"{lease.since:%d.%m.%Y}, and has its turn until {lease.until:%H:%M}. Wait until it is done, or "
        "after that time run the command again: what was begun is then finished first."
    )


def _overtaken() -> Busy:
    return Busy(
        "Our turn to publish was over, or somebody else took it: nothing more was sent. "
        "Run the command again; it goes on from what is public then."
    )
