"""Build the site for a withdrawal: what is live and nothing more, and without waiting for anybody else.

Where another live item cannot be made anew just now, it stays as it is (`stays.py`) and the site is built
once more without it.  So does one of theirs when somebody takes something back everywhere: it remains, with
them in it, until it is mended, and all else goes.  Only what is wrong with the workspace itself, and the very
item that a command named, can stop this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.kept import KeptEpisode, KeptMeeting
from cop_publish.core.routes import BLOG, FEED, FEEDS
from cop_publish.errors import (
    AudioFailed,
    Busy,
    InvalidSource,
    LeakFound,
    NeedsHumanLook,
    NotCleared,
    Unscannable,
)
from cop_publish.gate.mask import WITHHELD, mask
from cop_publish.intake.workspace import read_workspace
from cop_publish.site import build_site
from cop_publish.storage.base import PUBLIC, read
from cop_publish.storage.live import look
from cop_publish.vanishing import refuse_vanishing
from cop_publish.withdrawal.lists import is_list, is_over, leads_to
from cop_publish.withdrawal.staying import Out, leaving_with, with_staying
from cop_publish.withdrawal.still_named import is_named, with_lines
from cop_publish.withdrawal.unlink import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cop_publish.core.addresses import Address
    from cop_publish.core.consents import Consents, Person
    from cop_publish.core.head import Withdrawn
    from cop_publish.core.kept import Kept
    from cop_publish.core.output import PublicFile
    from cop_publish.core.problems import Problem, Problems
    from cop_publish.errors import CopPublishError
    from cop_publish.intake.workspace import ItemRead
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings
    from cop_publish.site import Built
    from cop_publish.storage.base import Store
    from cop_publish.storage.live import Live, Publisher
    from cop_publish.withdrawal.stays import Stays

FAULTS = (InvalidSource, NotCleared, AudioFailed, NeedsHumanLook)
_WAITING = (*FAULTS, LeakFound, Unscannable)


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
    person: Person | None = None  # who takes something back everywhere: what cannot be made anew may remain

    def must_make(self, item: ItemRead) -> bool:
        """Whether it must be made anew; where they withdraw everywhere, what never was public can wait."""
        return item.id in self.mine and (self.person is None or self.is_live(item))

    def is_live(self, item: ItemRead) -> bool:
        """Whether anything of it is public."""
        return any(item.address.is_own(entry.key) for entry in self.live.manifest.entries)

    def out(self, changing: Iterable[ItemRead]) -> Out:
        """What is live, where it is read, and what no page that stays may show as it did.

        `changing`: items whose titles say something else now.
        """
        out = Out(self.live.manifest, self.store, self.settings.site)
        going = self.withdrawing
        items = [*(item.address for item in changing), *going.items]
        return replace(out, leaving=leaving_with(items, out, going.paths))


@dataclass(frozen=True)
class Remains:
    """A live item that cannot be made without who withdraws, and what stands in the way."""

    item: ItemRead
    fault: CopPublishError  # the first that named it
    problems: Problems

    def with_lines(self, named: Problems) -> Remains:
        """With each line of it that still names somebody."""
        mine = tuple(problem for problem in named if touches(self.item, problem.where.path))
        return replace(self, problems=with_lines(self.problems, mine))


@dataclass(frozen=True)
class Rebuilt:
    """The site that the gate has passed, and the errand that it was built for, with what stays."""

    built: Built
    errand: Errand
    items: tuple[ItemRead, ...] = ()  # everything that was read
    faults: tuple[CopPublishError, ...] = ()  # why what stays could not be made anew
    remains: tuple[Remains, ...] = ()

    @property
    def stayed(self) -> tuple[str, ...]:
        """The items that keep their live bytes until they are mended, and that nobody withdraws from."""
        stays = self.errand.stays
        return tuple(sorted(stays.ids - stays.remaining))

    @property
    def unlisted(self) -> tuple[tuple[str, str], ...]:
        """Item and page: where what stays is left out, because no place for its entry was found."""
        stays = self.errand.stays
        made = {file.key: file for file in self.built.approved.files}
        lost = {(i, key) for i, key in stays.listed if _is_lost(i, key, stays, made)}
        return tuple(sorted(lost))


def _is_lost(item: str, key: str, stays: Stays, made: Mapping[str, PublicFile]) -> bool:
    """Whether the page of that key leads to what stays no more, though it was to; else others had its turn.

    An entry of a part of the blog that is no longer needed is in the first of its parts.
    """
    page = made.get(key)
    if item in stays.kept_ids:
        if page is None or item not in page.items:
            return False
    elif not is_list(key) and (page is None or item in stays.remaining):
        return False
    own = frozenset(file.key for file in stays.files if item in file.items)
    there = [made[one] for one in ({key, BLOG} if key.startswith("blog/") else {key}) if one in made]
    return not any(isinstance(f.content, bytes) and leads_to(f.content, f.key, own) for f in there)


@dataclass(frozen=True)
class _Course:
    """What was learned on the way: each attempt that fails names more of what cannot be made anew."""

    items: tuple[ItemRead, ...]
    faults: tuple[CopPublishError, ...] = ()
    staying: tuple[ItemRead, ...] = ()
    remaining: tuple[ItemRead, ...] = ()  # ... of these, who withdraws is in the live bytes
    changing: tuple[ItemRead, ...] = ()  # of theirs, whose titles say something else now

    def after(self, fault: CopPublishError, around: Around) -> _Course | None:
        """The course with what this fault names; None where it names nothing that can stay as it is."""
        found = _touched(self.items, fault.problems, around)
        free = [item for item in found if item not in self.staying]
        others = tuple(item for item in free if not around.must_make(item))
        course = replace(self, faults=(*self.faults, fault))
        if others:
            return replace(course, staying=(*self.staying, *others))
        left = tuple(item for item in found if item not in self.remaining)
        if around.person is None or not left:
            return None
        anew = tuple(item for item in left if item not in self.staying)
        return replace(course, staying=(*self.staying, *anew), remaining=(*self.remaining, *left))

    def remains(self, around: Around) -> tuple[Remains, ...]:
        """Every item that remains, in the order in which they were found, with all that was said of it."""
        return tuple(self._remains(item, around) for item in self.remaining)

    def _remains(self, item: ItemRead, around: Around) -> Remains:
        said = [
            (fault, p) for fault in self.faults for p in fault.problems if _touched((item,), (p,), around)
        ]
        return Remains(item, said[0][0], tuple(dict.fromkeys(problem for _, problem in said)))


def rebuild(errand: Errand, around: Around) -> Rebuilt:
    """Build and gate; raises what `build_site` raises of what withdraws, and of the workspace itself."""
    taking_away = replace(errand, stays=replace(errand.stays, is_withdrawal=True))
    return build_beside(taking_away, around, _WAITING)


def build_beside(errand: Errand, around: Around, waiting: tuple[type[CopPublishError], ...]) -> Rebuilt:
    """Build and gate; for faults of the types that are `waiting`, live items stay as they are."""
    settings, live = around.settings, around.live
    without = errand.scope.without
    items = read_workspace(settings, around.consents).items
    course = _Course(tuple(item for item in items if item.id not in without))
    first = errand
    while True:
        try:
            built = build_site(errand, settings, live.manifest)
        except waiting as fault:
            further = course.after(fault, around)
            if further is None:
                more = [problem for one in course.remains(around) for problem in one.problems]
                raise type(fault)(fault.summary, [*fault.problems, *more]) from fault
            course = further
        else:
            renamed = tuple(_renamed(built, items, around)) if course.staying else ()
            if renamed == course.changing:
                break
            course = replace(course, changing=renamed)
        errand = _with_staying(first, course, around)
    feed = read(around.store, PUBLIC + FEED)
    going = around.withdrawing
    guids, paths = built.ready.withdrawn_guids | going.guids, built.ready.withdrawn_paths | going.paths
    ready = replace(built.ready, withdrawn_guids=guids, withdrawn_paths=paths)
    refuse_vanishing(replace(built, ready=ready), live.manifest, feed.content if feed else None)
    return Rebuilt(built, errand, items, course.faults, course.remains(around))


def _with_staying(errand: Errand, course: _Course, around: Around) -> Errand:
    """What remains goes from the pages of others where its title names who withdraws."""
    others = [item for item in course.staying if item not in course.remaining]
    naming = _naming(course.remaining, around) if errand.stays.withheld else []
    stays = with_staying(errand.stays, others, around.out([*course.changing, *naming]), around.consents)
    stays = with_staying(stays, course.remaining, around.out(course.changing), around.consents)
    relied = tuple(one for one in around.live.record.relied or () if one.item in stays.ids)
    remaining = frozenset(item.id for item in course.remaining)
    without = errand.scope.without | stays.ids
    scope = replace(errand.scope, without=without, staying=stays.ids)
    lists = tuple(carried for carried in stays.lists if not is_over(carried, errand.now))
    kept = tuple(one for one in stays.kept if not (one.id in remaining and _tells(one, errand, around)))
    stays = replace(stays, relied=relied, remaining=remaining, lists=lists, kept=kept)
    return replace(errand, stays=stays, scope=scope)


def _tells(kept: Kept, errand: Errand, around: Around) -> bool:
    """Whether what lists would say of it names who withdraws: then no page but lists as they are says it."""
    if around.person is None or not errand.stays.withheld:
        return False
    told = kept.episode if isinstance(kept, KeptEpisode) else kept
    place = kept.place if isinstance(kept, KeptMeeting) else ""
    return is_named(f"{told.title}. {told.summary}. {place}", around.person)


def _naming(items: Iterable[ItemRead], around: Around) -> list[ItemRead]:
    """Those whose titles, as they are live, name who withdraws."""
    person, out = around.person, around.out(())
    if person is None:
        return []
    titles = {item.id: leaving_with([item.address], out, frozenset()).titles for item in items}
    return [item for item in items if any(is_named(title, person) for title in titles[item.id].values())]


def _renamed(built: Built, items: Iterable[ItemRead], around: Around) -> list[ItemRead]:
    """Which of theirs have another title than pages that stay show."""
    out = around.out(())
    mine = [item.address for item in items if item.id in around.mine]
    shown = leaving_with(mine, out, frozenset()).titles
    made = {file.key: file.content for file in built.approved.files if file.key in shown}
    titles = {key: title_of(content) for key, content in made.items() if isinstance(content, bytes)}
    other = {key for key, title in shown.items() if titles.get(key, title) != title}
    return [i for i in items if i.id in around.mine and any(map(i.address.is_own, other))]


def _touched(items: Iterable[ItemRead], problems: Iterable[Problem], around: Around) -> tuple[ItemRead, ...]:
    """The items that problems are of, also where an address or a file's name had to be masked."""
    paths = {problem.where.path for problem in problems} - FEEDS  # they show what a page shows
    masked = {path for path in paths if WITHHELD in path}
    return tuple(
        item
        for item in items
        if any(touches(item, path) for path in paths) or (masked and masked & _masked(item, around))
    )


def _masked(item: ItemRead, around: Around) -> set[str]:
    """How the gate shows the item's file, and those of its public addresses."""
    own = {e.key for e in around.live.manifest.entries if item.address.is_own(e.key)}
    people = tuple(around.consents.people.values())
    return {mask(path, people) for path in (item.path, *own)} - {WITHHELD}


def refuse_overtaken(live: Live, publisher: Publisher) -> None:
    """Raise Busy when somebody published while the site was being built: it was built from less."""
    if look(publisher).etag != live.etag:
        raise Busy("Somebody else published meanwhile. Nothing was taken out yet: run the command again.")


def touches(item: ItemRead, path: str) -> bool:
    """Whether a problem's place is of an item: its file, its folder, its public page, or its ID."""
    folder = item.path.rpartition("/")[0] + "/" if item.kind == "episode" else "\0"
    return path in {item.path, item.id} or path.startswith(folder) or item.address.is_own(path)
