"""The head of a store, ``_cop/head.json``: which release is public, and who is changing that.

It is the only file that publishers fight over, and whoever has changed it from what they had read has won.
One of two states::

    done ──begin (compare-and-swap)──> busy ──commit (compare-and-swap)──> done

While it is busy, `release` names what is on its way.  Its pack has the whole plan and every byte of it, so
that any machine can finish it, and names the release that it replaces, so that any machine can go back.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

VERSION = 1


class State(StrEnum):
    """Whether somebody is changing what is public."""

    DONE = "done"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Lease:
    """Somebody's turn; an id is of an installation and says nothing of a person."""

    owner: str
    nonce: str  # another one each turn: whose write a head is
    since: datetime  # by the store's clock, as all times here
    until: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What may never be sent again."""

    sha256s: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    def __or__(self, other: Withdrawn) -> Withdrawn:
        return Withdrawn(self.sha256s | other.sha256s, self.keys | other.keys)


@dataclass(frozen=True, slots=True)
class RegistryState:
    """How far a copy of the registry is: `serial` grows with each change, `digest` is of its content."""

    serial: int
    digest: str


@dataclass(frozen=True, slots=True)
class RegistryMark:
    """The registry of the latest commit; its digest is salted, so that nobody can test guesses on it."""

    serial: int
    salt: str
    salted_digest: str

    @classmethod
    def of(cls, state: RegistryState, salt: str) -> RegistryMark:
        """Mark a state with a salt of this store."""
        return cls(state.serial, salt, _salted(salt, state.digest))

    def refusal(self, mine: RegistryState) -> str:
        """Why somebody with this copy of the registry may not publish; empty when they may."""
        cure = "Bring it up to date, and run the command again."
        if mine.serial < self.serial:
            return (
                f"Your registry is older (serial {mine.serial}) than the one of the latest publish "
                f"(serial {self.serial}): someone may have withdrawn since. {cure}"
            )
        if mine.serial == self.serial and _salted(self.salt, mine.digest) != self.salted_digest:
            return (
                "Your registry and the one of the latest publish have been changed apart "
                f"(both have serial {self.serial}). Join the two, and run the command again."
            )
        return ""


def _salted(salt: str, digest: str) -> str:
    return hashlib.sha256(f"{salt}\0{digest}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """What ``_cop/head.json`` says."""

    seq: int  # grows by one with each release
    release: str  # its id
    digest: str  # of its manifest
    record_sha256: str  # of its record, in its pack
    at: datetime  # when it was begun or committed
    lease: Lease | None = None  # set: busy
    withdrawn: Withdrawn = field(default_factory=Withdrawn)
    registry: RegistryMark | None = None
    honours_conditions: bool | None = None  # what `storage check` found; None: not looked at
    locked: tuple[str, ...] = ()  # keys of the store of which a withdrawal could not remove every version yet
    etags_known: bool = True  # False: the store's ETags are not MD5s, and have to be asked for

    @property
    def state(self) -> State:
        return State.BUSY if self.lease else State.DONE

    def is_free_for(self, owner: str, now: datetime) -> bool:
        """Whether `owner` may begin, or take over what was begun."""
        return self.lease is None or self.lease.owner == owner or now >= self.lease.until

    def to_json(self) -> str:
        data = asdict(self) | {"version": VERSION, "state": self.state, "at": _text(self.at)}
        if self.lease:
            times = {"since": _text(self.lease.since), "until": _text(self.lease.until)}
            data["lease"] = asdict(self.lease) | times
        data["withdrawn"] = {
            "sha256s": sorted(self.withdrawn.sha256s),
            "keys": sorted(self.withdrawn.keys),
        }
        if not self.locked:
            del data["locked"]
        return json.dumps(data, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Head:
        """Raises ValueError, TypeError or KeyError when the text is not a head of a version we know."""
        data = json.loads(text)
        if not isinstance(data, dict) or data.pop("version", None) != VERSION:
            msg = "not a head of version 1"
            raise ValueError(msg)
        state, lease, mark = data.pop("state"), data.pop("lease"), data.pop("registry")
        if (state == State.BUSY) != (lease is not None):
            msg = "a head that is neither busy nor done"
            raise ValueError(msg)
        withdrawn = data.pop("withdrawn")
        return cls(
            **data | {"at": datetime.fromisoformat(data["at"]), "locked": tuple(data.get("locked", ()))},
            lease=_lease(lease) if lease else None,
            withdrawn=Withdrawn(frozenset(withdrawn["sha256s"]), frozenset(withdrawn["keys"])),
            registry=RegistryMark(**mark) if mark else None,
        )


def _lease(data: dict[str, str]) -> Lease:
    since, until = (datetime.fromisoformat(data[name]) for name in ("since", "until"))
    return Lease(data["owner"], data["nonce"], since, until)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def turn(owner: str, nonce: str, now: datetime, seconds: float) -> Lease:
    """A turn that begins now; the store's clock may show whole seconds only, so it never ends early."""
    return Lease(owner, nonce, now, now + timedelta(seconds=seconds))
