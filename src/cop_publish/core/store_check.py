"""What was found out about a store by trying it, and what that means for whoever publishes there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 2
CLOCK_SECONDS = 60  # S3 refuses from 15 minutes; a clock that is this far off is worth a word


@dataclass(frozen=True, slots=True)
class Conditions:
    """How it took `If-None-Match: *` and `If-Match` (RFC 9110, 13.1)."""

    keeps_what_is_there: bool  # a second write that asked for nothing to be there was refused
    racers: int
    winners: int | None  # of that many who wrote one new file at the same time; None: there was no race
    replaces_what_is_known: bool  # a write that named what is there was taken
    refuses_what_is_stale: bool  # a write that named what is no longer there was refused

    @property
    def honest(self) -> bool:
        """Whether a compare-and-swap can be built on it."""
        ordered = self.keeps_what_is_there and self.winners == 1
        return ordered and self.replaces_what_is_known and self.refuses_what_is_stale


@dataclass(frozen=True, slots=True)
class Exposure:
    """What someone without credentials can do; addresses are empty where they cannot."""

    reads_private_at: str
    lists_at: str
    writes_at: str


@dataclass(frozen=True, slots=True)
class Lasting:
    """What of a bucket outlasts a deletion."""

    locked_days: int = 0  # how long what is written cannot be removed (S3 Object Lock, default retention)
    lock_mode: str = ""  # COMPLIANCE or GOVERNANCE
    copied_to: int = 0  # how many other buckets get a copy of what is written (S3 replication)
    is_known: bool = True  # False: these credentials may not ask for one of the two

    @property
    def refusal(self) -> str:
        """Why nothing may be written there; empty when something may."""
        if not self.locked_days:
            return ""
        what = f"This bucket lets go of nothing for {self.locked_days} days (Object Lock, {self.lock_mode})"
        fix = "Take its default retention off, or use a bucket without one"
        return f"{what}, so nothing could be withdrawn in that time. {fix}."


@dataclass(frozen=True, slots=True)
class StoreCheck:
    """One look at a store."""

    at: datetime  # by the store's own clock
    conditions: Conditions
    reads_at_once: bool  # a file is there for a read that follows its write
    lists_at_once: bool  # and in a listing that follows
    exposure: Exposure
    clock_fast_seconds: float | None  # of this machine, against the store's; None: not measured
    keeps_versions: bool | None  # None: these credentials may not ask
    encrypted: bool  # what goes there and comes from there; a folder needs none
    lasting: Lasting

    @property
    def is_safe(self) -> bool:
        """Whether anything may be published there: nobody else reads or writes what is private."""
        return not (self.exposure.reads_private_at or self.exposure.writes_at)

    def to_json(self) -> str:
        data = asdict(self) | {"version": VERSION, "at": self.at.isoformat(timespec="seconds")}
        return json.dumps(data, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> StoreCheck:
        """Raises ValueError, TypeError or KeyError when the text is not a look of a version we know."""
        data = json.loads(text)
        if not isinstance(data, dict) or data.pop("version", None) != VERSION:
            msg = "not a check of version 2"
            raise ValueError(msg)
        data["at"] = datetime.fromisoformat(data["at"])
        data["conditions"] = Conditions(**data["conditions"])
        data["exposure"] = Exposure(**data["exposure"])
        data["lasting"] = Lasting(**data["lasting"])
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, and whether it is as it should be."""

    ok: bool
    sentence: str


def fence(found: StoreCheck) -> Line:
    """Say whether the store keeps two publishers apart."""
    return _fenced(found.conditions)


def lines(found: StoreCheck) -> tuple[Line, ...]:
    """Say what the store promises and what it cannot, the worst first."""
    every = (*_exposed(found.exposure), _fenced(found.conditions), *_consistent(found), *_around(found))
    return tuple(sorted(every, key=lambda line: line.ok))


def refusal(found: StoreCheck) -> str:
    """Why nothing may be published there; empty when it may."""
    bad = [line.sentence for line in _exposed(found.exposure) if not line.ok]
    return f"Nothing was published. {bad[0]}" if bad and not found.is_safe else ""


def _exposed(exposure: Exposure) -> Iterator[Line]:
    if exposure.reads_private_at:
        what = f"Anyone can read the private part of this store, at {exposure.reads_private_at}"
        fix = "Let the world read public/ alone: `cop-publish storage policy public` prints the rule"
        yield Line(ok=False, sentence=f"{what}. {fix}.")
    if exposure.writes_at:
        what = f"Anyone can write to this store, at {exposure.writes_at}"
        yield Line(ok=False, sentence=f"{what}. Take the right to write from everyone but who publishes.")
    if exposure.lists_at:
        what = f"Anyone can list the private part of this store, at {exposure.lists_at}"
        fix = "Names of what is not public yet stand there: take the right to list from everyone"
        yield Line(ok=False, sentence=f"{what}. {fix}.")
    if not any((exposure.reads_private_at, exposure.writes_at, exposure.lists_at)):
        yield Line(ok=True, sentence="Without credentials nobody reads, lists or writes its private part.")


def _fenced(found: Conditions) -> Line:
    if found.honest:
        said = f"one of {found.racers} racers won, and no stale write was taken"
        return Line(ok=True, sentence=f"Two publishers cannot overwrite each other: {said}.")
    faults = [
        (not found.keeps_what_is_there, "it overwrote a file that was to be kept"),
        (found.winners not in {1, None}, f"{found.winners} of {found.racers} racers won"),
        (not found.replaces_what_is_known, "it does not take If-Match"),
        (not found.refuses_what_is_stale, "it took a stale write"),
    ]
    why = ", ".join(words for holds, words in faults if holds)
    cure = "cop-publish takes a lock here, for one publisher at a time: publish from one machine"
    return Line(ok=False, sentence=f"This store cannot keep two publishers apart ({why}). {cure}.")


def _consistent(found: StoreCheck) -> Iterator[Line]:
    late = [
        words
        for at_once, words in ((found.reads_at_once, "reads"), (found.lists_at_once, "listings"))
        if not at_once
    ]
    if late:
        what = f"What was written does not show at once in {' and '.join(late)}"
        yield Line(ok=False, sentence=f"{what}. Publish from one machine, and wait a minute between two.")
    else:
        yield Line(ok=True, sentence="What was written is there at once, for reads and in listings.")


def _around(found: StoreCheck) -> Iterator[Line]:
    fast_seconds = found.clock_fast_seconds
    if fast_seconds is not None and abs(fast_seconds) >= CLOCK_SECONDS:
        side = "fast" if fast_seconds > 0 else "slow"
        what = f"The clock of this machine is {duration(fast_seconds)} {side}"
        yield Line(ok=False, sentence=f"{what}. Set it: from 15 minutes on most storage refuses you.")
    elif fast_seconds is not None:
        yield Line(ok=True, sentence="The clock of this machine is right.")
    if not found.encrypted:
        what = "What you send there can be read on its way, for its address is plain http"
        yield Line(ok=False, sentence=f"{what}. Use its https address.")
    kept = {
        True: "It keeps old versions of files: a withdrawal removes them, and needs the right to.",
        False: "It keeps no old versions of files: what is deleted is gone.",
        None: "Whether it keeps old versions of files could not be asked with these credentials.",
    }
    yield Line(ok=True, sentence=kept[found.keeps_versions])
    yield from _lasting(found.lasting)


def _lasting(found: Lasting) -> Iterator[Line]:
    if found.copied_to:
        what = f"What is put there is copied to {copies(found.copied_to)}, where a withdrawal removes nothing"
        fix = "Take it out of the replication, or remove there by hand what was withdrawn"
        yield Line(ok=False, sentence=f"{what}. {fix}.")
    if not found.is_known:
        what = "Whether it locks files, or copies them to other buckets, could not be asked"
        rights = "s3:GetBucketObjectLockConfiguration and s3:GetReplicationConfiguration"
        yield Line(ok=False, sentence=f"{what}. Let these credentials do {rights}.")
    elif not found.copied_to:
        yield Line(ok=True, sentence="It locks no files, and copies them to no other bucket.")


def copies(buckets: int) -> str:
    """Write how many other buckets."""
    return f"{buckets} other bucket{'' if buckets == 1 else 's'} (replication)"


def duration(seconds: float) -> str:
    """Write how far a clock is off: ``2 h 00 min``, ``20 min``."""
    hours, minutes = divmod(round(abs(seconds) / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
