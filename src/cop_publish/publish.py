"""The story that every publishing command tells: inputs -> site -> gate -> plan -> store.

The first half decides in milliseconds that there is nothing to do; everything heavy is loaded after it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING

from cop_publish.audio.order import THIS_MACHINE, Crew
from cop_publish.core.retention import Retention
from cop_publish.errors import StorageFailed
from cop_publish.intake.settings_file import read_settings
from cop_publish.storage.live import Publisher, digest_of, look, published_digest, remembered_manifest
from cop_publish.storage.memory import Memory
from cop_publish.storage.open import open_store
from cop_publish.storage.traits import HEAD
from cop_publish.unchanged import Standing, after_own_writes, fingerprint, recall, remember, state_folder
from cop_publish.withdrawal.stays import NOTHING, Stays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from cop_publish.core.consents import Person
    from cop_publish.core.model import EpisodeRelease, HeldBack
    from cop_publish.core.output import Manifest
    from cop_publish.core.plan import Plan, Step
    from cop_publish.core.store_check import StoreCheck
    from cop_publish.ready import Ready, Waiting
    from cop_publish.scope import Scope
    from cop_publish.settings import Settings
    from cop_publish.site import Built
    from cop_publish.storage.base import Store
    from cop_publish.storage.hooks import Told
    from cop_publish.storage.live import Live
    from cop_publish.storage.prepare import Prepared
    from cop_publish.storage.release import Receipt

BUILD_FOLDER = ".cop-publish/build"
HOOKS_STATE = ".cop-publish/hooks.json"


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
    stays: Stays = NOTHING  # of live items


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
    told: tuple[Told, ...] = ()  # what came of the hooks
    removed: tuple[str, ...] = ()  # keys that no release had put there


def publish(errand: Errand) -> Outcome:
    """Bring the store to what the workspace says at `errand.now`; a second run uploads nothing.

    Raises what `find_ready`, the masters, the gate and the store raise; until the plan is carried out
    nothing public has changed.
    """
    settings = read_settings(errand.root)
    mark = fingerprint(settings, _asked(errand))
    standing = recall(settings, mark, now=errand.now)
    if standing is None:
        from cop_publish.touched import recall_touched  # noqa: PLC0415 - only where something was touched

        standing = recall_touched(settings, _asked(errand), mark, now=errand.now)
    if standing is not None and not errand.remaster and _public_digest(settings) == standing.manifest:
        return Outcome(settings, unchanged=standing, told=tell(settings))
    from cop_publish.storage.release import settle  # noqa: PLC0415 - not needed when nothing changed

    publisher = publisher_of(settings)
    return carry_out(errand, settings, publisher, settle(publisher, _finishing(errand)))


def carry_out(errand: Errand, settings: Settings, publisher: Publisher, live: Live) -> Outcome:
    """Build, gate, plan against what is `live`, and do it; raises as `publish` does."""
    from cop_publish.bookkeeping import look_again, refuse_older  # noqa: PLC0415 - not needed when nothing changed
    from cop_publish.episode import write_receipts  # noqa: PLC0415 - heavy; not needed when nothing changed
    from cop_publish.storage.cors import keeps_players_out  # noqa: PLC0415 - the same
    from cop_publish.storage.release import apply, refuse_registry  # noqa: PLC0415 - the same
    from cop_publish.touched import remember_contents  # noqa: PLC0415 - the same

    refuse_older(settings, live.head.registry if live.head else None)
    mark = fingerprint(settings, _asked(errand))
    built, ready = _plan(errand, settings, publisher, live)
    known = _look_at(publisher.store, errand, settings, ready.plan)
    state = look_again(built.ready, _holds_until(built), now=errand.clock() if errand.clock else errand.now)
    publisher = replace(publisher, registry=state)  # not before: what was done by hand has raised its serial
    refuse_registry(publisher, live)
    note_changes(settings, ready.plan)
    receipt = apply(ready, publisher, steps_of(errand, ready.plan))
    told = tell(settings)
    write_receipts(built.releases.episodes, settings)
    if not built.ready.waiting:
        mark = after_own_writes(settings, mark)
        remember(settings, _standing(built, mark))
        remember_contents(settings, _asked(errand), mark)
    outcome = _outcome(built, ready.plan, receipt)
    words = [*_cannot_promise(known), *([receipt.warning] if receipt.warning and known is None else [])]
    words += [_FOR_PLAYERS] if ready.plan.changes and keeps_players_out(publisher.store) else []
    return replace(outcome, advice=(*outcome.advice, *words), told=told)


def publisher_of(settings: Settings) -> Publisher:
    """This workspace, with the store that its settings name and what it remembers of it."""
    return Publisher(open_store(settings.storage, settings.root), memory_of(settings))


def memory_of(settings: Settings) -> Memory:
    """Give what this workspace remembers of the store that its settings name."""
    name = sha256(repr(settings.storage).encode()).hexdigest()[:8]
    return Memory(state_folder(settings.root) / "stores" / name)


def _public_digest(settings: Settings) -> str | None:
    """What is public, by one request; of a bucket the short way where that works, for boto3 takes long."""
    if settings.storage.bucket:
        from cop_publish.storage.signed import quick_get  # noqa: PLC0415 - an HTTP client, only for a bucket

        etag, known = memory_of(settings).head()
        with suppress(StorageFailed):
            return digest_of(quick_get(settings.storage, settings.root, HEAD, etag or None), known)
    return published_digest(publisher_of(settings))


_FOR_PLAYERS = (
    "Web players on other sites cannot read transcripts yet: `cop-publish doctor` says how to let them."
)


def _look_at(store: Store, errand: Errand, settings: Settings, plan: Plan) -> StoreCheck | None:
    """Know what the store does before anything is sent to it; raises StorageFailed where nothing may be."""
    if not plan.changes:
        return None
    from cop_publish.storage.known import known_check  # noqa: PLC0415 - not for a run without changes

    return known_check(store, settings, state_folder(settings.root), now=errand.now)


def _cannot_promise(known: StoreCheck | None) -> Iterator[str]:
    from cop_publish.core.store_check import fence  # noqa: PLC0415 - not for a run without changes

    if known is not None and not known.conditions.honest:
        yield fence(known).sentence


def note_changes(settings: Settings, plan: Plan) -> None:
    """Write down what the hooks must be told: what was public and changes, and the feeds."""
    from cop_publish.core.routes import FEEDS  # noqa: PLC0415 - light, but not for a run without changes
    from cop_publish.storage.hooks import Hooks  # noqa: PLC0415 - the same

    # What is new lies in no CDN's memory: nothing linked to it.
    known = {entry.key for entry in plan.published.entries} if plan.published else set[str]()
    changed = {step.entry.key for step in plan.changes}
    Hooks(settings, state_folder(settings.root)).note(changed & known, changed & FEEDS)


def tell(settings: Settings) -> tuple[Told, ...]:
    """Run the hooks that have something to tell, from this publish or from one before."""
    if not (settings.root / HOOKS_STATE).exists():
        return ()
    from cop_publish.storage.hooks import Hooks  # noqa: PLC0415 - only where something is pending

    return Hooks(settings, state_folder(settings.root)).run()


def plan_only(errand: Errand) -> Outcome:
    """Do everything but touch the store: the plan is what `--dry-run` prints."""
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    return plan_for(errand, settings, publisher, look(publisher))


def plan_for(errand: Errand, settings: Settings, publisher: Publisher, live: Live) -> Outcome:
    """Build, gate and plan against what is `live`; changes nothing."""
    built, ready = _plan(replace(errand, is_dry=True), settings, publisher, live)
    outcome = _outcome(built, ready.plan, None)
    cut_off = live.head is not None and live.head.lease is not None
    return replace(outcome, advice=(*outcome.advice, _FIRST)) if cut_off else outcome


_FIRST = (
    "An earlier publish was cut off, or is under way: it comes first, and this plan is made on top of it."
)


def build(errand: Errand) -> Outcome:
    """Build and gate the whole site into a folder store of its own, so that it can be looked at."""
    from cop_publish.settings import StorageSettings  # noqa: PLC0415 - heavy neighbours
    from cop_publish.site import build_site  # noqa: PLC0415 - the same
    from cop_publish.storage.prepare import prepare_to_look  # noqa: PLC0415 - the same
    from cop_publish.storage.release import apply, settle  # noqa: PLC0415 - the same

    settings = read_settings(errand.root)
    known = remembered_manifest(memory_of(settings))
    built = build_site(_knowing(errand, known), settings, live=None)
    here = replace(settings, storage=StorageSettings(folder=BUILD_FOLDER))
    publisher = replace(publisher_of(here), retention=_ONLY_THIS)
    ready = prepare_to_look(built.approved, publisher, settle(publisher, _finishing(errand)))
    receipt = apply(ready, publisher, steps_of(errand, ready.plan, "writing the site to look at"))
    outcome = _outcome(built, ready.plan, receipt)
    said = (*_silent(built, ready.plan), *_as_remembered(built.ready, known))
    return replace(outcome, advice=(*outcome.advice, *said))


_ONLY_THIS = Retention(releases=1, months=0, media_days=0)  # nobody goes back to a build


def check(errand: Errand) -> Outcome:
    """Make every check without making audio: episodes without a master are checked up to their sound."""
    from cop_publish.site import check_site  # noqa: PLC0415 - heavy

    settings = read_settings(errand.root)
    known = remembered_manifest(memory_of(settings))
    ready = check_site(_refusing_placeholders(_knowing(errand, known)), settings)
    advice = (*ready.advice, *_as_remembered(ready, known))
    keys = frozenset(entry.key for entry in known.entries) if known else frozenset[str]()
    waiting = (replace(w, is_live=bool(w.address and w.address.is_among(keys))) for w in ready.waiting)
    return Outcome(settings, held_back=ready.held_back, waiting=tuple(waiting), advice=advice)


def _refusing_placeholders(errand: Errand) -> Errand:
    """Let nothing be published that `cop-publish new` wrote for somebody to replace."""
    from cop_publish.scope import Placeholders  # noqa: PLC0415 - not for a run without changes

    return replace(errand, scope=replace(errand.scope, placeholders=Placeholders.REFUSED))


def _knowing(errand: Errand, known: Manifest | None) -> Errand:
    """Let what was live when this workspace last looked count as live: no calendar takes that down."""
    live = frozenset(entry.key for entry in known.entries) if known else frozenset[str]()
    return replace(errand, scope=replace(errand.scope, live=live))


def _as_remembered(ready: Ready, known: Manifest | None) -> Iterator[str]:
    """Say what an election or a department holding something up was judged by: no store was asked."""
    blocked = ready.waits.blocked if ready.waits else ()
    if blocked and known is None:
        yield (
            "This workspace remembers no publish, so nothing counts as live here: whether "
            f"{', '.join(blocked)} may stay is known to the store, and `cop-publish status` asks it."
        )
    elif blocked:
        yield (
            f"{', '.join(blocked)} was not live when this workspace last looked; if a colleague has "
            "published since, `cop-publish status` asks the store."
        )


def _plan(errand: Errand, settings: Settings, publisher: Publisher, live: Live) -> tuple[Built, Prepared]:
    from cop_publish.keeping import build_keeping  # noqa: PLC0415 - heavy
    from cop_publish.storage.base import read  # noqa: PLC0415 - the same
    from cop_publish.storage.prepare import prepare  # noqa: PLC0415 - the same
    from cop_publish.vanishing import refuse_vanishing  # noqa: PLC0415 - the same

    manifest = live.manifest
    built = build_keeping(_refusing_placeholders(errand), settings, live, publisher.store)
    feed = read(publisher.store, "public/feed.xml") if manifest.entries else None
    refuse_vanishing(built, manifest if manifest.entries else None, feed.content if feed else None)
    return built, prepare(built.approved, publisher, live, _going(built, live))


def _going(built: Built, live: Live) -> frozenset[str]:
    """Say which media go at once, and do not stay for apps with an old feed.

    A page only ever goes because somebody wants it gone, and so does its sound.  A picture that nothing shows
    any more may be one that a passage showed which is confidential now.  A sound may have been replaced
    because of what is heard in it.
    """
    from cop_publish.core.output import FileClass  # noqa: PLC0415 - not for a run without changes
    from cop_publish.core.routes import is_sound_of  # noqa: PLC0415 - the same
    from cop_publish.episode import told_too_much  # noqa: PLC0415 - the same

    named = {file.key for file in built.approved.files}
    gone = [entry for entry in live.manifest.entries if entry.key not in named]
    aside = [retired.entry for retired in live.record.retired if retired.entry.key not in named]
    if any(entry.file_class is FileClass.PAGE for entry in gone):
        return frozenset(entry.key for entry in (*gone, *aside))
    pictures = [entry.key for entry in (*gone, *aside) if entry.content_type.startswith("image/")]
    heard = told_too_much(built.releases.episodes, built.ready.settings.root)
    sounds = [entry.key for entry in (*gone, *aside) if any(is_sound_of(id_, entry.key) for id_ in heard)]
    return frozenset((*pictures, *sounds))


def _finishing(errand: Errand) -> Callable[[Step], None]:
    """Turn what is left of an earlier publish into progress; nobody knows how much that is."""
    return lambda _step: errand.progress("finishing an earlier publish", 0.0)


def steps_of(errand: Errand, plan: Plan, doing: str = "publishing") -> Callable[[Step], None]:
    """Turn each file sent into progress: how many of all changes are done."""
    total = max(1, len(plan.changes))
    done = count(1)

    def sent(_step: Step) -> None:
        errand.progress(doing, next(done) / total)

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
