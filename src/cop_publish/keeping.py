"""Publish around what is live and cannot be made anew: it keeps its live bytes, and everything else goes out.

A missing sign-off or a fault of writing in one old item must not stop the show.  Nobody's no is published
around: what the live bytes relied on must still be agreed to (`core/relied.py`), and nobody in them may have
asked to be left out.  Else nothing goes out before somebody does what they ask for (decision 029).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cop_publish.core import routes
from cop_publish.core.edit_checks import STILL_HOLDS
from cop_publish.core.ended import cure, how_it_ended, over_record
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.core.sign_offs import Decision, lost_answer
from cop_publish.errors import NeedsHumanLook, NotCleared
from cop_publish.intake.workspace import item_names, read_workspace
from cop_publish.jigsaws import open_beside
from cop_publish.ready import Waiting
from cop_publish.registry.read import read_registry
from cop_publish.signing import answers_of
from cop_publish.site import build_site
from cop_publish.withdrawal.lists import entries_in
from cop_publish.withdrawal.rebuild import FAULTS, Around, build_beside, touches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from cop_publish.core.consents import Consents
    from cop_publish.core.problems import Problems
    from cop_publish.core.relied import Relied
    from cop_publish.core.sign_offs import SignOffs
    from cop_publish.errors import CopPublishError
    from cop_publish.intake.workspace import ItemRead
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings
    from cop_publish.site import Built
    from cop_publish.storage.base import Store
    from cop_publish.storage.live import Live
    from cop_publish.withdrawal.rebuild import Rebuilt

_NO = "Nothing was published: somebody no longer agrees to what is live. Do one of these things first."
_WEIGH = "Nothing was published: somebody must look first."


def build_keeping(errand: Errand, settings: Settings, live: Live, store: Store) -> Built:
    """Build and gate; what is live and could not be made anew is among what waits.

    Raises as `build_site` does for what the command named, for the workspace itself and for leaks; and
    NotCleared for what is live and no longer agreed to, and cannot be made without it; and NeedsHumanLook
    where a reader could tell who is in it, and nobody has weighed that.
    """
    try:
        return build_site(errand, settings, live.manifest)
    except FAULTS as fault:
        return _kept(fault, errand, settings, live, store)


def _kept(first: CopPublishError, errand: Errand, settings: Settings, live: Live, store: Store) -> Built:
    consents = read_registry(settings.registry, item_names(settings.root))
    try:
        rebuilt = build_beside(errand, _around(errand, settings, live, store, consents), FAULTS)
    except FAULTS as fault:
        problems = {*first.problems, *fault.problems}
        raise type(fault)(fault.summary, problems) from fault
    today = errand.now.astimezone(ZoneInfo(settings.site.timezone)).date()
    look = _Look(live.record.relied, consents, answers_of(settings), today)
    staying = [item for item in rebuilt.items if item.id in rebuilt.errand.stays.ids]
    problems = {problem for fault in (first, *rebuilt.faults) for problem in fault.problems}
    if any(item.id in rebuilt.built.ready.withdrawn or _still_holds(item, problems) for item in staying):
        raise first  # it must go, or something in it: that is not kept, and not taken down in passing
    if refused := [problem for item in staying for problem in look.no_longer(item)]:
        raise NotCleared(_NO, (*refused, *problems))
    ready = rebuilt.built.ready
    if told := open_beside(ready, [item.draft for item in staying if item.draft is not None]):
        known = {problem.fix for problem in problems}
        more = (one.problem for one in told if one.problem.fix not in known)
        raise NeedsHumanLook(_WEIGH, (*more, *problems))
    waiting = [
        Waiting(
            item.id,
            _of(item, problems),
            item.address,
            is_live=True,
            unlisted=_unlisted(item, rebuilt),
        )
        for item in staying
    ]
    return replace(rebuilt.built, ready=replace(ready, waiting=(*ready.waiting, *waiting)))


def _still_holds(item: ItemRead, problems: Iterable[Problem]) -> bool:
    """Whether a sound that is live has what somebody has cut out of it since."""
    return any(problem.what == STILL_HOLDS for problem in _of(item, problems))


def _around(errand: Errand, settings: Settings, live: Live, store: Store, consents: Consents) -> Around:
    """What the command named is made anew, and what is not live: it has nothing that could stay."""
    keys = {entry.key for entry in live.manifest.entries}
    every = read_workspace(settings, consents).items
    anew = {item.id for item in every if not item.address.is_among(keys)} | (errand.scope.ids or set())
    return Around(settings, live, store, consents, frozenset(anew))


def _unlisted(item: ItemRead, rebuilt: Rebuilt) -> tuple[str, ...]:
    """The lists without a place for its entry; on the home page what is newer may have taken its place."""
    lost = {key for one, key in rebuilt.unlisted if one == item.id}
    if item.id in rebuilt.errand.stays.kept_ids:
        return tuple(sorted(lost))
    had = {carried.entry.name for carried in rebuilt.errand.stays.lists if carried.item == item.id}
    home = next((f.content for f in rebuilt.built.approved.files if f.key == routes.HOME), b"")
    has = {entry.name for entry in entries_in(home, routes.HOME)} if isinstance(home, bytes) else set[str]()
    return tuple(sorted(lost - {routes.HOME} if had & has else lost))


def _of(item: ItemRead, problems: Iterable[Problem]) -> Problems:
    return tuple(sorted(problem for problem in problems if touches(item, problem.where.path)))


@dataclass(frozen=True, slots=True)
class _Look:
    """What the live release relied on, and what people say today."""

    relied: tuple[Relied, ...] | None
    consents: Consents
    answers: SignOffs
    today: date

    def no_longer(self, item: ItemRead) -> Iterator[Problem]:
        """What of a live item is not agreed to any more, each with the command that ends it."""
        place = Place(item.path, 1)
        down = f"`cop-publish withdraw {item.path.removesuffix('/episode.md')}`"
        if self.relied is None:
            what = "it is live, and an older cop-publish did not write down what that relied on"
            yield Problem(place, what, f"Mend it, or take it down: {down}.", Matter.CONSENT)
        for row in (row for row in self.relied or () if row.item == item.id):
            lost = row.lost(self.consents.of(row.person, item.id, today=self.today))
            if lost:
                yield self._ended(row, lost, place, down)
            elif (row.item, row.person) in self.answers.lost:  # it may have been a no
                yield replace(lost_answer(row.item, row.person), where=place)
            elif self._wants_out(row):
                what = f"{row.person} asked to be left out of {item.id}, which is live"
                yield Problem(place, what, f"{_TAKE_OUT}, or take it down: {down}.", Matter.CONSENT)

    def _ended(self, row: Relied, lost: str, place: Place, down: str) -> Problem:
        how = how_it_ended(row.person, row.item, self.consents, today=self.today)
        what = (
            f"{row.person} no longer agrees to {lost} in {row.item}, which is live: "
            f"{how or 'their record says less now'}"
        )
        over = over_record(row.person, row.item, self.consents, today=self.today)
        if over is not None:
            return Problem(place, what, f"{cure(over)}, or take it down: {down}.", Matter.CONSENT)
        scope, now = _SCOPES.get(lost), self.consents.of(row.person, row.item, today=self.today)
        if scope is None or (row.words and not now.words):
            return Problem(place, what, f"{_TAKE_OUT}, or take it down: {down}.", Matter.CONSENT)
        item = place.path.removesuffix("/episode.md")
        part = f"`cop-publish withdraw --person {row.person} --scope {scope} {item}`"
        return Problem(place, what, f"{part} takes that out, and {down} all of it.", Matter.CONSENT)

    def _wants_out(self, row: Relied) -> bool:
        answers = self.answers.of(row.item, row.person)
        return bool(answers) and answers[-1].decision is Decision.LEFT_OUT


_TAKE_OUT = "Take their words, their voice and their ID out of it"
_SCOPES = {
    "what they are called": "attribution",
    "the words that they were called by": "attribution",
    "their voice": "voice",
    "their photograph": "photograph",
}
