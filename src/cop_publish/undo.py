"""Undo: go back to a release that was public, or take back a publish that was cut off."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.bookkeeping import refuse_older, state_to_compare
from cop_publish.coming_back import refuse_or_pass
from cop_publish.core.problems import Problem
from cop_publish.errors import StorageFailed
from cop_publish.intake.settings_file import read_settings
from cop_publish.publish import Outcome, note_changes, publisher_of, steps_of, tell
from cop_publish.storage.live import look
from cop_publish.storage.release import apply, kept_release, prepare_rollback, refuse_registry, settle
from cop_publish.storage.resume import prepare_to_go_back

if TYPE_CHECKING:
    from cop_publish.core.record import Kept
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings
    from cop_publish.storage.live import Live, Publisher
    from cop_publish.storage.prepare import Prepared
    from cop_publish.storage.release import Receipt


@dataclass(frozen=True, slots=True)
class Releases:
    """What is public, and what can be gone back to, the oldest first."""

    current: Kept | None
    kept: tuple[Kept, ...]


def releases(errand: Errand) -> Releases:
    """Ask the store which releases it keeps; changes nothing."""
    from cop_publish.core.record import Kept as Release  # noqa: PLC0415 - its types alone are needed above

    live = look(publisher_of(read_settings(errand.root)))
    head, record = live.head, live.record
    return Releases(Release(head.seq, head.release, head.at) if head else None, record.kept)


def roll_back(errand: Errand, name: str) -> Outcome:
    """Bring back a kept release.  Raises StorageFailed, NotCleared, and what the gate raises."""
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    live = settle(publisher, lambda _: errand.progress("finishing an earlier publish", 0.0))
    _refuse_older(settings, live)
    ready = _prepared(publisher, live, name)
    refuse_or_pass(ready, kept_release(live, name), errand, settings)
    receipt = _carry_out(ready, errand, settings)
    return Outcome(settings, plan=ready.plan, receipt=receipt, told=tell(settings))


def plan_roll_back(errand: Errand, name: str) -> Outcome:
    """Say what a rollback would do; changes nothing."""
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    live = look(publisher)
    _refuse_older(settings, live)
    ready = _prepared(publisher, live, name)
    refuse_or_pass(ready, kept_release(live, name), replace(errand, is_dry=True), settings)
    return Outcome(settings, plan=ready.plan)


def abandon(errand: Errand) -> Outcome:
    """Undo a publish that was cut off, and bring back what was public before it; raises as `roll_back`."""
    outcome, ready = _abandoned(errand)
    receipt = _carry_out(ready, errand, outcome.settings)
    return replace(outcome, receipt=receipt, told=tell(outcome.settings))


def plan_abandon(errand: Errand) -> Outcome:
    """Say what `abandon` would do; changes nothing."""
    return _abandoned(replace(errand, is_dry=True))[0]


def _prepared(publisher: Publisher, live: Live, name: str) -> Prepared:
    try:
        return prepare_rollback(publisher, live, name)
    except StorageFailed as error:
        if not error.problems:
            raise
        what = "it was taken down or withdrawn since, and is no longer in the store"
        fix = "Go back to a later release, or put it back into the workspace and publish."
        problems = [Problem(problem.where, what, fix) for problem in error.problems]
        raise StorageFailed("That release cannot come back whole. Nothing was changed.", problems) from error


def _abandoned(errand: Errand) -> tuple[Outcome, Prepared]:
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    live = look(publisher)
    _refuse_older(settings, live)
    ready = prepare_to_go_back(publisher, live)
    if live.record.base is not None:  # it is there, or nothing could be prepared
        refuse_or_pass(ready, live.record.base, errand, settings)
    return Outcome(settings, plan=ready.plan), ready


def _carry_out(ready: Prepared, errand: Errand, settings: Settings) -> Receipt:
    """With the registry as it is now: the store compares it with that of the latest publish."""
    state = state_to_compare(settings, at=errand.now)
    publisher = replace(publisher_of(settings), registry=state)
    refuse_registry(publisher, ready.live)
    note_changes(settings, ready.plan)
    return apply(ready, publisher, steps_of(errand, ready.plan))


def _refuse_older(settings: Settings, live: Live) -> None:
    refuse_older(settings, live.head.registry if live.head else None)
