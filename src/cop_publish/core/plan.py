"""What a publish will do, decided as a value before anything is sent.

The order keeps readers safe (invariant 5).  Steps go in *waves* with a barrier after each::

    what is new       media → pages → indexes → feeds → the home page
    what changes      media → pages → indexes → feeds
    what goes         feeds → indexes → pages → media

What is new comes first because nothing that a reader can reach links to it yet, while a page that changes
may link to any of it: an older episode's "next", a new topic's list, a new feed.  On a first publish the
home page is the door, and opens last.  What goes, goes after the last link to it.  Media that the site no
longer names stay for a while, because apps keep a feed and ask for what it names: they are *retired*.

To go back from a publish that was cut off, the keys it was about to touch carry, in place of a digest, what
was about to happen to them (`interrupted`).  Whatever stands there is sent again or deleted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from cop_publish.core.output import Entry, FileClass, Manifest
from cop_publish.core.problems import Place, Problem
from cop_publish.core.routes import HOME
from cop_publish.errors import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

# In place of a sha256, where the store's content is not certain.
BEGUN_NEW = "begun: new"  # perhaps not there
BEGUN_CHANGE = "begun: change"  # there, old or new
BEGUN_DELETE = "begun: delete"  # perhaps no longer there
FOUND = "found"  # there, and in no manifest
SPOILED = "spoiled"  # there, with other bytes than were published

_PERHAPS_MISSING = {BEGUN_NEW, BEGUN_DELETE}
_CERTAINLY_NEW, _CERTAINLY_THERE = 0, 3
_PHASES = {
    BEGUN_NEW: 1,
    BEGUN_DELETE: 2,
    BEGUN_CHANGE: _CERTAINLY_THERE,
    FOUND: _CERTAINLY_THERE,
    SPOILED: _CERTAINLY_THERE,
}
_REASONS = {FOUND: "no manifest knows it", SPOILED: "not what was published"}
_DELETES = 4  # the last phase
NEW_MEDIA = 0  # the first wave
_HOME_WHILE_NEW = max(FileClass) + 1
_WAVES_OF_A_PHASE = _HOME_WHILE_NEW + 1
_LAST = (_DELETES + 1) * _WAVES_OF_A_PHASE


class Action(StrEnum):
    """What happens to a key."""

    PUT = "put"
    KEEP = "keep"
    RETIRE = "retire"  # media: stays in the store, and leaves the site
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Step:
    """One key, what happens to it and why; `entry` is what it will be, or what it was when deleted."""

    action: Action
    entry: Entry
    reason: str
    wave: int  # steps of one wave may go in any order, and side by side

    def __str__(self) -> str:
        return f"{self.action:<6}  {self.entry.key}  ({self.entry.size_bytes:,} bytes)  {self.reason}"


@dataclass(frozen=True)
class Plan:
    """Every step in order; `result` is what the store holds when all of them are done."""

    steps: tuple[Step, ...]
    published: Manifest | None
    result: Manifest

    @cached_property
    def changes(self) -> tuple[Step, ...]:
        """The steps that touch the store."""
        return tuple(step for step in self.steps if step.action in {Action.PUT, Action.DELETE})

    @property
    def nothing_to_do(self) -> bool:
        return not self.changes and self.published == self.result

    @property
    def put_bytes(self) -> int:
        return sum(step.entry.size_bytes for step in self.steps if step.action is Action.PUT)

    @property
    def ahead(self) -> tuple[Step, ...]:
        """New media: nothing links to them, so they go before anybody's turn, from two machines too."""
        return tuple(step for step in self.changes if step.wave == NEW_MEDIA)

    @property
    def moves(self) -> tuple[Step, ...]:
        """The changes between begin and commit."""
        return tuple(step for step in self.changes if step.wave != NEW_MEDIA)

    def count(self, action: Action) -> int:
        return sum(step.action is action for step in self.steps)

    def waves(self) -> tuple[tuple[Step, ...], ...]:
        """The changes, wave by wave."""
        return by_wave(self.changes)

    def lines(self) -> tuple[str, ...]:
        """The plan for people: every change with its reason, and how much stays as it is."""
        puts, deletes, keeps = (self.count(action) for action in (Action.PUT, Action.DELETE, Action.KEEP))
        summary = f"{puts} to send ({self.put_bytes:,} bytes), {deletes} to delete, {keeps} unchanged"
        shown = (str(step) for step in self.steps if step.action is not Action.KEEP)
        return (*shown, summary)


def by_wave(steps: Iterable[Step]) -> tuple[tuple[Step, ...], ...]:
    """Group steps that are in order.  What goes, goes together, but for feeds: they go before the rest.

    A store takes a thousand deletes in one request, and nothing but another page that goes links to them.
    """

    def turn(step: Step) -> int:
        together = step.action is Action.DELETE and step.entry.file_class is not FileClass.FEED
        return _LAST if together else step.wave

    return tuple(tuple(wave) for _, wave in groupby(steps, key=turn))


@dataclass(frozen=True, slots=True)
class Aside:
    """Media beside the site, and what is to go of it and of the site at once."""

    retired: tuple[Entry, ...] = ()  # in the store, named by nothing that is public now
    going: AbstractSet[str] = field(default_factory=frozenset)  # keys that are deleted, media or not


def plan(
    wanted: Manifest,
    published: Manifest | None,
    *,
    only_in_store: AbstractSet[str] = frozenset(),
    aside: Aside = Aside(),
) -> Plan:
    """Compare what should be public with what the store's manifest says is public.

    `only_in_store` names the keys of which only the store has the bytes: they stay as they are, headers
    included.  `published` is None when the store has no manifest: everything is sent.  Raises StorageFailed
    naming every such key that the store does not hold.
    """
    on_site = {e.key: e for e in published.entries} if published else {}
    held = {e.key: e for e in aside.retired} | on_site
    _refuse_missing([e for e in wanted.entries if e.key in only_in_store], held)
    certain = {e.key: held[e.key] if e.key in only_in_store else e for e in wanted.entries}
    steps = [_wanted_step(entry, held.get(key)) for key, entry in certain.items()]
    gone = [entry for key, entry in held.items() if key not in certain]
    steps += [_going_step(e, aside) for e in gone if e.key in on_site or e.key in aside.going]
    steps.sort(key=lambda step: (step.wave, step.entry.key))
    return Plan(tuple(steps), published, Manifest(tuple(certain.values())))


def _refuse_missing(entries: list[Entry], held: dict[str, Entry]) -> None:
    missing = [e for e in entries if e.key not in held or held[e.key].sha256 != e.sha256]
    if missing:
        fix = "Publish from the machine where its recording is."
        raise StorageFailed(
            "Nothing was published.",
            [Problem(Place(e.key), "The master is not here and not in the store", fix) for e in missing],
        )


def _wanted_step(entry: Entry, held: Entry | None) -> Step:
    if held is None:
        return Step(Action.PUT, entry, "new", _wave(entry, _CERTAINLY_NEW))
    if held.sha256 in _PHASES:
        reason = _REASONS.get(held.sha256, "an earlier publish was cut off")
        return Step(Action.PUT, entry, reason, _wave(entry, _PHASES[held.sha256]))
    if changed := _differences(entry, held):
        return Step(Action.PUT, entry, f"changed: {', '.join(changed)}", _wave(entry, _CERTAINLY_THERE))
    return Step(Action.KEEP, entry, "unchanged", _wave(entry, _CERTAINLY_THERE))


def _wave(entry: Entry, phase: int) -> int:
    door = entry.key == HOME and phase != _CERTAINLY_THERE
    return phase * _WAVES_OF_A_PHASE + (_HOME_WHILE_NEW if door else entry.file_class)


def _differences(entry: Entry, held: Entry) -> list[str]:
    pairs = {
        "bytes": (entry.sha256, held.sha256),
        "Content-Type": (entry.content_type, held.content_type),
        "Cache-Control": (entry.cache_control, held.cache_control),
    }
    return [name for name, (new, old) in pairs.items() if new != old]


def _going_step(entry: Entry, aside: Aside) -> Step:
    wave = _DELETES * _WAVES_OF_A_PHASE + max(FileClass) - entry.file_class
    if entry.key in aside.going or entry.file_class is not FileClass.MEDIA or entry.sha256 in _PHASES:
        return Step(Action.DELETE, entry, "no longer part of the site", wave)
    return Step(Action.RETIRE, entry, "replaced; stays for a while, for apps with an old feed", wave)


def interrupted(base: Manifest, begun: Iterable[Step]) -> Manifest:
    """What is certain of a store in which these steps were under way: what they touch has no digest."""
    held = {e.key: e for e in base.entries}
    touched = {step.entry.key: _begun(step, held.get(step.entry.key)) for step in begun}
    return Manifest(tuple(sorted((held | touched).values(), key=lambda e: e.key)))


def _begun(step: Step, held: Entry | None) -> Entry:
    if held is None:
        return replace(step.entry, sha256=BEGUN_NEW)
    if held.sha256 in _PERHAPS_MISSING:
        return replace(step.entry, sha256=held.sha256)
    return replace(step.entry, sha256=BEGUN_DELETE if step.action is Action.DELETE else BEGUN_CHANGE)
