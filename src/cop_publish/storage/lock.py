"""The lock of stores whose conditional writes cannot be believed: one publisher at a time.

Whoever wants to publish puts an object of their own below ``_cop/locks/`` and lists them: only who finds
itself alone goes on.  Two who come together both see the other, and both give up: correct wherever a listing
shows what was just written.  The name says until when the lock holds, by the store's clock, so that one
left behind by a crash is swept without being read.

    ``_cop/locks/20261127T142000Z-<installation>-<nonce>``
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cop_publish.core.output import Headers
from cop_publish.errors import Busy
from cop_publish.storage.base import PRIVATE

if TYPE_CHECKING:
    from cop_publish.storage.base import Store

LOCKS = f"{PRIVATE}locks/"
_TIME = "%Y%m%dT%H%M%SZ"
_HEADERS = Headers("text/plain; charset=utf-8", "no-store")


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock object of ours."""

    store: Store
    key: str
    owner: str

    def confirm(self) -> None:
        """Look again whether we are alone.  Raises Busy when we are not, or our own is gone."""
        names = _names(self.store)
        others = [name for name in names if name != self.key and _holds(name, self)]
        if others or self.key not in names:
            raise Busy(_sentence(others))

    def release(self) -> None:
        """Let others publish."""
        self.store.delete([self.key])


def take_lock(store: Store, owner: str, nonce: str, seconds: float) -> Lock:
    """Raises Busy, and leaves nothing behind, when somebody else has it."""
    until = store.now() + timedelta(seconds=seconds)
    lock = Lock(store, f"{LOCKS}{until.strftime(_TIME)}-{owner}-{nonce}", owner)
    store.put(lock.key, b"", _HEADERS)
    names = _names(store)
    others = [name for name in names if name != lock.key and _holds(name, lock)]
    if others or lock.key not in names:
        lock.release()
        raise Busy(_sentence(others))
    if stale := [name for name in names if name != lock.key]:
        store.delete(stale)
    return lock


def _names(store: Store) -> tuple[str, ...]:
    return tuple(line.key for line in store.list(LOCKS))


def _holds(name: str, ours: Lock) -> bool:
    """Whether a lock stands in our way: not ended, and not left by a killed command of this workspace."""
    until, _, rest = name.removeprefix(LOCKS).partition("-")
    if rest.split("-")[0] == ours.owner:
        return False  # this workspace publishes one at a time (`Memory.alone`)
    try:
        return ours.store.now() < datetime.strptime(until, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return False  # not a name of ours


def _sentence(others: list[str]) -> str:
    if not others:
        return "Our lock in the store is gone: somebody removed it. Run the command again."
    until, _, rest = max(others).removeprefix(LOCKS).partition("-")
    ends = datetime.strptime(until, _TIME).strftime("%H:%M")  # noqa: DTZ007 - only shown
    return (
        f"Installation {rest.split('-')[0]} is publishing, at the latest until {ends} UTC. "
        "Wait until then, and run the command again."
    )
