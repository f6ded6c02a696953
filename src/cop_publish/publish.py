"""The story that every publishing command tells: inputs -> site -> gate -> plan -> store.

The first half decides in milliseconds that there is nothing to do; everything heavy is loaded after it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from cop_publish.audio.order import THIS_MACHINE, Crew
from cop_publish.intake.settings_file import read_settings
from cop_publish.storage.open import open_store
from cop_publish.storage.release import published_digest
from cop_publish.unchanged import Standing, after_own_writes, fingerprint, recall, remember

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from cop_publish.core.consents import Person
    from cop_publish.core.model import EpisodeRelease, HeldBack
    from cop_publish.core.plan import Plan, Step
    from cop_publish.ready import Waiting
    from cop_publish.scope import Scope
    from cop_publish.settings import Settings
    from cop_publish.site import Built
    from cop_publish.storage.base import Store
    from cop_publish.storage.release import Receipt

BUILD_FOLDER = ".cop-publish/build"


@dataclass(frozen=True, slots=True)
class Errand:
    """What a command was asked to do, and when."""

    root: Path
    scope: Scope
    now: datetime  # aware
    progress: Callable[[str, float], None]  # the step in words, and how far it is, 0 to 1
    protect: Callable[[tuple[Person, ...]], None]  # told of everyone whose name must not be printed
    remaster: frozenset[str] = frozenset()  # ids of episodes whose master is to be made again
    crew: Crew = THIS_MACHINE  # who makes masters
    is_dry: bool = False  # nothing may be written, in the registry neither
    clock: Callable[[], datetime] | None = (
        None  # asked before anything becomes public; None: it is still `now`
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    settings: Settings
    unchanged: Standing | None = None  # set: nothing had changed, and nothing else is here
    plan: Plan | None = None
    receipt: Receipt | None = None  # None: the plan was not carried out
    episodes: tuple[EpisodeRelease, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    advice: tuple[str, ...] = ()


def publish(errand: Errand) -> Outcome:
    """Bring the store to what the workspace says at `errand.now`; a second run uploads nothing.

    Raises what `find_ready`, the masters, the gate and the store raise; until the plan is carried out
    nothing public has changed.
    """
    settings = read_settings(errand.root)
    store = open_store(settings.storage, settings.root)
    mark = fingerprint(settings, _asked(errand))
    standing = recall(settings, mark, now=errand.now)
    if standing is not None and not errand.remaster and published_digest(store) == standing.manifest:
        return Outcome(settings, unchanged=standing)
    from cop_publish.bookkeeping import look_again  # noqa: PLC0415 - not needed when nothing changed
    from cop_publish.episode import write_receipts  # noqa: PLC0415 - heavy; not needed when nothing changed
    from cop_publish.storage.cors import keeps_players_out  # noqa: PLC0415 - the same
    from cop_publish.storage.release import apply  # noqa: PLC0415 - the same

    built, plan = _plan(errand, settings, store)
    look_again(built.ready, _holds_until(built), now=errand.clock() if errand.clock else errand.now)
    receipt = apply(plan, built.approved, store, _steps_of(errand, plan))
    write_receipts(built.releases.episodes, settings)
    if not built.ready.waiting:
        remember(settings, _standing(built, after_own_writes(settings, mark)))
    outcome = _outcome(built, plan, receipt)
    if plan.changes and keeps_players_out(store):
        return replace(outcome, advice=(*outcome.advice, _FOR_PLAYERS))
    return outcome


_FOR_PLAYERS = (
    "Web players on other sites cannot read transcripts yet: `cop-publish doctor` says how to let them."
)


def plan_only(errand: Errand) -> Outcome:
    """Do everything but touch the store: the plan is what `--dry-run` prints."""
    settings = read_settings(errand.root)
    errand = replace(errand, is_dry=True)
    built, plan = _plan(errand, settings, open_store(settings.storage, settings.root))
    return _outcome(built, plan, None)


def build(errand: Errand) -> Outcome:
    """Build and gate the whole site into a folder store of its own, so that it can be looked at."""
    from cop_publish.settings import StorageSettings  # noqa: PLC0415 - heavy neighbours
    from cop_publish.site import build_site  # noqa: PLC0415 - the same
    from cop_publish.storage.release import apply, prepare_to_look  # noqa: PLC0415 - the same

    settings = read_settings(errand.root)
    built = build_site(errand, settings, live=None)
    store = open_store(StorageSettings(folder=BUILD_FOLDER), settings.root)
    plan = prepare_to_look(built.approved, store)
    outcome = _outcome(built, plan, apply(plan, built.approved, store, _steps_of(errand, plan)))
    return replace(outcome, advice=(*outcome.advice, *_silent(built, plan)))


def check(errand: Errand) -> Outcome:
    """Make every check without making audio: episodes without a master are checked up to their sound."""
    from cop_publish.site import check_site  # noqa: PLC0415 - heavy

    settings = read_settings(errand.root)
    ready = check_site(errand, settings)
    return Outcome(settings, held_back=ready.held_back, waiting=ready.waiting, advice=ready.advice)


def _plan(errand: Errand, settings: Settings, store: Store) -> tuple[Built, Plan]:
    from cop_publish.core.output import Manifest  # noqa: PLC0415 - heavy neighbours
    from cop_publish.site import build_site, refuse_vanishing  # noqa: PLC0415 - heavy
    from cop_publish.storage.release import prepare, published_manifest  # noqa: PLC0415 - the same

    live = published_manifest(store)
    built = build_site(errand, settings, live or Manifest(()))
    refuse_vanishing(built, live, store.get("public/feed.xml") if live else None)
    return built, prepare(built.approved, store)


def _steps_of(errand: Errand, plan: Plan) -> Callable[[Step], None]:
    """Turn each file sent into progress: how many of all changes are done."""
    total = max(1, len(plan.changes))
    done = count(1)

    def sent(_step: Step) -> None:
        errand.progress("publishing", next(done) / total)

    return sent


def _silent(built: Built, plan: Plan) -> Iterator[str]:
    """Say which episodes cannot be heard in a build."""
    from cop_publish.core.routes import episode_sound  # noqa: PLC0415 - light, but not for a run without changes

    keys = {entry.key for entry in plan.result.entries}
    for release in built.releases.episodes:
        if episode_sound(release) not in keys:
            yield f"{release.episode.id}: its master is not on this machine, so this build is silent there."


def _asked(errand: Errand) -> str:
    """Say what the scope makes of the inputs, so that another scope is another fingerprint."""
    return str(errand.scope)


def _holds_until(built: Built) -> datetime | None:
    """The instant from which the clock alone makes a difference."""
    moments = (built.approved.changes_at, built.ready.consents_change_at)
    return min((m for m in moments if m), default=None)


def _standing(built: Built, mark: str) -> Standing:
    approved = built.approved
    holds_until = _holds_until(built)
    until = holds_until.isoformat() if holds_until else ""
    counts = {
        "episodes": len(built.releases.episodes),
        "posts": len(built.releases.posts),
        "meetings": len(built.releases.meetings),
        "files": len(approved.files),
    }
    return Standing(mark, approved.manifest.digest, built.ready.now.isoformat(), until, counts)


def _outcome(built: Built, plan: Plan, receipt: Receipt | None) -> Outcome:
    ready = built.ready
    return Outcome(
        ready.settings,
        plan=plan,
        receipt=receipt,
        episodes=built.releases.episodes,
        held_back=ready.held_back,
        waiting=ready.waiting,
        advice=built.advice,
    )
