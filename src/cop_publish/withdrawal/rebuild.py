"""Build the site for a withdrawal: what is live and nothing more, and without waiting for anybody else.

Where another live item cannot be made anew just now, it stays as it is (`stays.py`) and the site is built
once more without it.  Only what withdraws, and what is wrong with the workspace itself, can stop this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.routes import FEED, FEEDS
from cop_publish.errors import AudioFailed, Busy, InvalidSource, NeedsHumanLook, NotCleared
from cop_publish.intake.workspace import read_workspace
from cop_publish.site import build_site
from cop_publish.storage.base import PUBLIC, read
from cop_publish.storage.live import look
from cop_publish.vanishing import refuse_vanishing
from cop_publish.withdrawal.staying import Out, leaving_with, with_staying
from cop_publish.withdrawal.stays import Stays
from cop_publish.withdrawal.unlink import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.addresses import Address
    from cop_publish.core.consents import Consents
    from cop_publish.core.head import Withdrawn
    from cop_publish.core.problems import Problem
    from cop_publish.errors import CopPublishError
    from cop_publish.intake.workspace import ItemRead
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings
    from cop_publish.site import Built
    from cop_publish.storage.base import Store
    from cop_publish.storage.live import Live, Publisher

_WAITING = (InvalidSource, NotCleared, AudioFailed, NeedsHumanLook)


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """What goes whole, as withdrawn.yaml says it; a dry run has not written that."""

    items: tuple[Address, ...] = ()
    guids: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cut:
    """What goes for good, and the keys of which nothing older may be left."""

    named: Withdrawn
    touched: frozenset[str]


@dataclass(frozen=True)
class Around:
    """What a withdrawal is built in: the store as it is, the registry, and who withdraws what."""

    settings: Settings
    live: Live
    store: Store
    consents: Consents
    mine: frozenset[str]  # items that must be made anew
    withdrawing: Withdrawing = Withdrawing()

    def out(self, changing: Iterable[ItemRead]) -> Out:
        """What is live, where it is read, and what no page that stays may show as it did.

        `changing`: items whose titles say something else now.
        """
        out = Out(self.live.manifest, self.store, self.settings.site)
        going = self.withdrawing
        items = [*(item.address for item in changing), *going.items]
        return replace(out, leaving=leaving_with(items, out, going.paths))


@dataclass(frozen=True)
class Rebuilt:
    """The site that the gate has passed, and the errand that it was built for, with what stays."""

    built: Built
    errand: Errand
    items: tuple[ItemRead, ...] = ()  # everything that was read
    faults: tuple[CopPublishError, ...] = ()  # why what stays could not be made anew

    @property
    def stayed(self) -> tuple[str, ...]:
        """The items that keep their live bytes, and are in no list until they are mended."""
        return tuple(sorted(self.errand.stays.ids))


def rebuild(errand: Errand, around: Around) -> Rebuilt:
    """Build and gate; raises what `build_site` raises of what withdraws, and of the workspace itself."""
    settings, live = around.settings, around.live
    items = read_workspace(settings, around.consents).items
    staying: list[ItemRead] = []
    faults: list[CopPublishError] = []
    changing: list[ItemRead] = []  # of theirs, whose titles say something else now
    while True:
        try:
            built = build_site(errand, settings, live.manifest)
        except _WAITING as fault:
            others = _others(fault.problems, items, around, errand)
            if not others:
                raise
            staying += others
            faults.append(fault)
        else:
            renamed = _renamed(built, items, around) if staying else []
            if renamed == changing:
                break
            changing = renamed
        errand = _with_staying(errand, staying, changing, around)
    feed = read(around.store, PUBLIC + FEED)
    going = around.withdrawing
    guids, paths = built.ready.withdrawn_guids | going.guids, built.ready.withdrawn_paths | going.paths
    ready = replace(built.ready, withdrawn_guids=guids, withdrawn_paths=paths)
    refuse_vanishing(replace(built, ready=ready), live.manifest, feed.content if feed else None)
    return Rebuilt(built, errand, items, tuple(faults))


def _with_staying(
    errand: Errand, staying: Iterable[ItemRead], changing: Iterable[ItemRead], around: Around
) -> Errand:
    anew = Stays(signed=errand.stays.signed, withheld=errand.stays.withheld)
    stays = with_staying(anew, staying, around.out(changing), around.consents)
    relied = tuple(one for one in around.live.record.relied or () if one.item in stays.ids)
    without = errand.scope.without | stays.ids
    scope = replace(errand.scope, without=without, staying=stays.ids)
    return replace(errand, stays=replace(stays, relied=relied), scope=scope)


def _renamed(built: Built, items: Iterable[ItemRead], around: Around) -> list[ItemRead]:
    """Which of theirs have another title than pages that stay show."""
    out = around.out(())
    mine = [item.address for item in items if item.id in around.mine]
    shown = leaving_with(mine, out, frozenset()).titles
    made = {file.key: file.content for file in built.approved.files if file.key in shown}
    titles = {key: title_of(content) for key, content in made.items() if isinstance(content, bytes)}
    other = {key for key, title in shown.items() if titles.get(key, title) != title}
    return [i for i in items if i.id in around.mine and any(map(i.address.is_own, other))]


def _others(
    problems: Iterable[Problem], items: Iterable[ItemRead], around: Around, errand: Errand
) -> list[ItemRead]:
    """The other live items that are in the way; what is left when they stay has to be mended."""
    keys = {entry.key for entry in around.live.manifest.entries}
    left = [i for i in items if i.id not in errand.scope.without and i.id not in around.mine]
    listed = [i for i in left if any(map(i.address.is_own, keys))]
    paths = {problem.where.path for problem in problems} - FEEDS  # they show what a page shows
    return [item for item in listed if any(touches(item, path) for path in paths)]


def refuse_overtaken(live: Live, publisher: Publisher) -> None:
    """Raise Busy when somebody published while the site was being built: it was built from less."""
    if look(publisher).etag != live.etag:
        raise Busy("Somebody else published meanwhile. Nothing was taken out yet: run the command again.")


def touches(item: ItemRead, path: str) -> bool:
    """Whether a problem's place is of an item: its file, its folder, its public page, or its ID."""
    folder = item.path.rpartition("/")[0] + "/" if item.kind == "episode" else "\0"
    return path in {item.path, item.id} or path.startswith(folder) or item.address.is_own(path)
