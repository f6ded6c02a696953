"""What must be done to a store, decided before anything is sent: a plan, and where its bytes are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cop_publish.core.head import Withdrawn
from cop_publish.core.output import InStore, Manifest
from cop_publish.core.plan import FOUND, Action, Aside, Plan, plan
from cop_publish.core.problems import Place, Problem
from cop_publish.core.record import Kept
from cop_publish.core.retention import due, kept_releases
from cop_publish.errors import CopPublishError, StorageFailed
from cop_publish.storage.carry import FromApproved
from cop_publish.storage.live import alias_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.output import Approved
    from cop_publish.core.record import PackUse, Rewrite
    from cop_publish.core.relied import Relied
    from cop_publish.storage.carry import Source
    from cop_publish.storage.live import Live, Publisher


@dataclass(frozen=True)
class Wanted:
    """What should be public, where its bytes are, and what is to go at once."""

    manifest: Manifest
    source: Source
    only_in_store: frozenset[str] = frozenset()
    going: frozenset[str] = frozenset()  # keys that are deleted, media or not
    kept: tuple[Kept, ...] | None = None  # the releases to keep; None: as the rule of retention says
    withdrawn: Withdrawn = field(default_factory=Withdrawn)  # may never come back
    relied: tuple[Relied, ...] | None = None  # who had agreed to what in it; None: nobody wrote it down
    shows: Mapping[str, tuple[str, ...]] | None = None  # by key: items whose words it shows; None: the same


@dataclass(frozen=True)
class Withdrawal:
    """What has to be done so that nothing of what was withdrawn is left in the store."""

    purge: tuple[str, ...]  # public keys
    older: tuple[str, ...]  # ... that stay, with nothing but what is public now
    packs: Mapping[int, PackUse]  # the packs that stay
    rewrites: tuple[Rewrite, ...]  # ... of which these lose some of their files
    goes: tuple[str, ...]  # packs that go whole


@dataclass(frozen=True)
class Prepared:
    """A plan, what it was made from, and where the bytes are."""

    plan: Plan
    live: Live
    source: Source
    kept: tuple[Kept, ...]
    withdrawn: Withdrawn = field(default_factory=Withdrawn)  # what may never be sent again from now on
    withdrawal: Withdrawal | None = None
    relied: tuple[Relied, ...] | None = None
    shows: Mapping[str, tuple[str, ...]] | None = None
    undoes: bool = False  # brings back what was there before a publish that was cut off

    @property
    def nothing_to_do(self) -> bool:
        """Whether the store is already as it should be, its head included."""
        return self.plan.nothing_to_do and self.live.head is not None and self.withdrawal is None


def prepare(
    approved: Approved, publisher: Publisher, live: Live, going: frozenset[str] = frozenset()
) -> Prepared:
    """What must be done so that the store holds exactly the approved files; changes nothing.

    Media that the site no longer names stay for a while, but for the keys in `going`.  Raises StorageFailed
    when something of it was withdrawn for good, or when only the store should have a master and does not.
    """
    return prepare_from(replace(wanted_of(approved), going=going), publisher, live)


def prepare_to_look(approved: Approved, publisher: Publisher, live: Live) -> Prepared:
    """As `prepare`, for a store to look at: a master that only the show's own store has is left out."""
    wanted = wanted_of(approved)
    held = {(e.key, e.sha256) for e in live.manifest.entries}
    entries = wanted.manifest.entries
    here = [e for e in entries if e.key not in wanted.only_in_store or (e.key, e.sha256) in held]
    return prepare_from(replace(wanted, manifest=Manifest(tuple(here))), publisher, live)


def wanted_of(approved: Approved) -> Wanted:
    """An approved site, whole."""
    if {f.key for f in approved.files} != {e.key for e in approved.manifest.entries}:
        msg = "The approved files are not those of the manifest."
        raise CopPublishError(msg)
    elsewhere = frozenset(f.key for f in approved.files if isinstance(f.content, InStore))
    shows = {f.key: tuple(sorted(f.items)) for f in approved.files if f.items}
    source = FromApproved(approved)
    return Wanted(approved.manifest, source, elsewhere, relied=approved.relied, shows=shows)


def prepare_from(wanted: Wanted, publisher: Publisher, live: Live) -> Prepared:
    """As `prepare`, for whatever should be public and wherever its bytes are."""
    withdrawn = live.head.withdrawn if live.head else Withdrawn()
    withdrawn |= wanted.withdrawn
    refuse_withdrawn(wanted.manifest, withdrawn)
    kept = wanted.kept
    if kept is None:
        kept = kept_releases(releases_so_far(live), publisher.retention)
    going = wanted.going
    retired = live.record.retired
    if retired:
        going |= due(live.record, kept, publisher.retention, now=publisher.store.now())
    todo = plan(
        wanted.manifest,
        _published(wanted.manifest, live),
        only_in_store=wanted.only_in_store,
        aside=Aside(tuple(gone.entry for gone in retired), going),
    )
    if publisher.store.hides_extensions:
        todo = _without_aliases(todo)
    return Prepared(todo, live, wanted.source, kept, withdrawn, relied=wanted.relied, shows=wanted.shows)


def _without_aliases(todo: Plan) -> Plan:
    """Where ``x`` and ``x.html`` are one file, the one does not go because the other comes."""
    named = {entry.key for entry in todo.result.entries}
    gone = Action.DELETE
    return replace(
        todo, steps=tuple(s for s in todo.steps if s.action is not gone or alias_of(s.entry.key) not in named)
    )


def releases_so_far(live: Live) -> tuple[Kept, ...]:
    """Every release that can be gone back to, the one that is public included."""
    if live.head is None:
        return ()
    return (*live.record.kept, Kept(live.record.seq, live.record.id, live.head.at))


def refuse_withdrawn(manifest: Manifest, withdrawn: Withdrawn) -> None:
    """Raise StorageFailed, naming every file that may never be public again."""
    fix = "Take it out of the site: a withdrawal is for good."
    found = [
        Problem(Place(e.key), "this was withdrawn", fix)
        for e in manifest.entries
        if e.key in withdrawn.keys or e.sha256 in withdrawn.sha256s
    ]
    if found:
        raise StorageFailed("Nothing was published: what was withdrawn never comes back.", found)


def _published(wanted: Manifest, live: Live) -> Manifest | None:
    """What the plan compares with; without any manifest, those files of the site that are there already."""
    if live.head is not None or live.manifest.entries:
        return live.manifest
    there = live.listed or {}
    if not there:
        return None
    return Manifest(tuple(replace(e, sha256=FOUND) for e in wanted.entries if e.key in there))
