"""From the workspace to what may be public now: read, clear, check, and say what waits on whom."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from cop_publish.across import faults_across, lost_consents, sharing_a_name
from cop_publish.core import routes
from cop_publish.core.checks import (
    advise_consents,
    advise_edits,
    check_hosts,
)
from cop_publish.core.clear import clear
from cop_publish.core.ended import say_ended
from cop_publish.core.expiring import advise_expiries
from cop_publish.core.left_out import advise_left_out
from cop_publish.core.model import (
    Cleared,
    ClearedEpisode,
    ClearedMeeting,
    ClearedPage,
    ClearedPost,
    HeldBack,
)
from cop_publish.core.present import present_in
from cop_publish.core.problems import Matter, Problem, Problems
from cop_publish.core.told_once import told_once
from cop_publish.errors import AudioFailed, InvalidSource, NeedsHumanLook, NotCleared
from cop_publish.intake.placeholders import placeholders_of, read_placeholders
from cop_publish.intake.settings_file import place_of as settings_place
from cop_publish.intake.workspace import ItemRead, Workspace, item_names, line_of_key, read_workspace
from cop_publish.registry.read import read_registry
from cop_publish.same_pictures import find_unasked
from cop_publish.scope import Placeholders
from cop_publish.signing import answers_of, find_unsigned, views_to_sign
from cop_publish.waits import find_waits, read_rules, withheld_of
from cop_publish.withdrawn import gone_for_good, withdrawn_in, without_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from cop_publish.core.addresses import Address
    from cop_publish.core.consents import Consents, Person, PersonId
    from cop_publish.core.model import Notice
    from cop_publish.core.view import View
    from cop_publish.scope import Scope
    from cop_publish.settings import Settings
    from cop_publish.waits import Rules, Waits

    T = TypeVar("T", bound=Cleared)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that is not ready, and why."""

    id: str
    problems: Problems
    address: Address | None = None
    is_live: bool = False  # what is live of it stays as it is
    unlisted: tuple[str, ...] = ()  # ... but for its entries in these lists


@dataclass(frozen=True, slots=True)
class Ready:
    """What may be public at `now`, what is dated later, and what waits."""

    settings: Settings
    consents: Consents
    now: datetime
    episodes: tuple[ClearedEpisode, ...]  # newest first, as are all
    posts: tuple[ClearedPost, ...]
    meetings: tuple[ClearedMeeting, ...]
    pages: tuple[ClearedPage, ...]
    held_back: tuple[HeldBack, ...]
    waiting: tuple[Waiting, ...]
    withdrawn_guids: frozenset[str]
    withdrawn_paths: frozenset[str]
    advice: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()  # marked `published: no`
    to_sign: tuple[View, ...] = ()  # what must be signed off; the gate asks again
    rules: Rules | None = None  # None: not read from a registry
    waits: Waits | None = None
    present: Mapping[str, frozenset[PersonId]] = field(default_factory=dict)  # by item: everyone in it
    expiring: tuple[str, ...] = ()  # what will stop items soon; in `advice` too
    later: tuple[Cleared, ...] = ()  # what is held back, whatever for
    notices: tuple[Notice, ...] = ()  # in the feed, in place of episodes that were withdrawn
    withdrawn: frozenset[str] = frozenset()  # IDs of items that are still in the workspace
    clearable: tuple[Cleared, ...] = ()  # whatever else it waits for, and with no guarded words
    refused: Problems = ()  # of every item, also of one that the command is not about; told when it refuses

    @property
    def consents_change_at(self) -> datetime | None:
        """The next instant at which a consent expires or is taken back."""
        day = self.consents.next_change(today=self.now.date())
        return datetime.combine(day, time(), self.now.tzinfo) if day else None


def find_ready(
    settings: Settings,
    scope: Scope,
    public: frozenset[str],
    protect: Callable[[tuple[Person, ...]], None],
    *,
    now: datetime,
) -> Ready:
    """Read and clear the workspace for `scope`; `public` holds the keys that are live already.

    `protect` is told of everyone before anything is read that could name them.  Days begin in the site's
    time zone, and so do consents.
    Raises InvalidSource or NotCleared when the workspace itself, an item that the command named, or one
    that is already public has problems; other items with problems are `waiting`.
    """
    now = now.astimezone(ZoneInfo(settings.site.timezone))
    consents = read_registry(settings.registry, item_names(settings.root))
    consents = scope.lowering.of(consents) if scope.lowering else consents
    protect(tuple(consents.people.values()))
    read = _read(settings, consents, scope, today=now.date())
    workspace = read.workspace
    rules = read_rules(settings.registry or settings.root, consents, now=now)
    waits = _waits(read, rules, scope, public | scope.live)
    cleared, refused = _clear_all(workspace, consents, settings, now)
    refused += gone_for_good((item for item in read.withdrawn if item.id not in scope.without), workspace)
    refused += (*waits.problems, *read.in_items, *faults_across(workspace, cleared, settings, scope))
    to_sign, unsigned = _to_sign(cleared, consents, settings, now)
    refused += [p for item, found in unsigned.items() if item not in scope.to_be_signed for p in found]
    refused += (*sharing_a_name(workspace.items), *_named_drafts(workspace.items, scope))
    _refuse_what_must_be_whole(read, refused, scope, public)
    bad = {problem.where.path for problem in refused}
    good = [(item, c) for item, c in cleared if not _touches(item, bad)]
    wanted = [c for item, c in good if _wanted(item, c, scope, settings, public)]
    public_now = _sorted_by_kind([c for c in wanted if c.id not in waits.embargoes], now)
    expiring = _expiring(good, consents, settings, now)
    present = present_in([item.draft for item in workspace.items if item.draft is not None])
    shown = {c.id for kind in public_now for c in kind}
    return Ready(
        settings,
        consents,
        now,
        *public_now,
        held_back=_held_back(wanted, waits.embargoes, now),
        waiting=_waiting([item for item in read.every if scope.has(item.id)], refused),
        withdrawn_guids=workspace.withdrawn_guids,
        withdrawn_paths=workspace.withdrawn_paths,
        advice=(*expiring, *_advice(read, consents, public_now), *waits.advice),
        drafts=tuple(item.id for item in workspace.items if _is_draft(item)),
        to_sign=to_sign,
        rules=rules,
        waits=waits,
        present=present,
        expiring=expiring,
        later=tuple(c for c in wanted if c.id not in shown),
        notices=_notices(workspace, scope, now),
        withdrawn=frozenset(item.id for item in read.withdrawn),
        clearable=tuple(c for _, c in cleared if c.id not in waits.guarded),
        refused=_told_beside(refused, scope),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """The workspace less what was withdrawn and what the scope takes out; and what that is taken from."""

    workspace: Workspace
    every: tuple[ItemRead, ...]
    withdrawn: tuple[ItemRead, ...]
    names: frozenset[str]  # under which consents may be recorded
    in_items: Problems  # what `new` wrote as an example, and whom nobody asked for a picture


def _read(settings: Settings, consents: Consents, scope: Scope, *, today: date) -> _Read:
    workspace = read_workspace(settings, consents)
    every, withdrawn = workspace.items, withdrawn_in(workspace, settings)
    names = without_item(consents, workspace, settings).union(item.id for item in every)
    hosts = check_hosts(settings.show.hosts, consents, lambda: settings_place(settings.root, "show.hosts"))
    items = tuple(item for item in every if item.id not in scope.without and item not in withdrawn)
    left, in_items = _placeholders(items, settings, scope, consents)
    problems = (*workspace.problems, *hosts, *lost_consents(consents, names), *left)
    whole = replace(workspace, items=items, problems=problems)
    unasked = find_unasked(settings.root, every, consents, today=today)
    return _Read(whole, every, withdrawn, names, (*in_items, *unasked))


def _notices(workspace: Workspace, scope: Scope, now: datetime) -> tuple[Notice, ...]:
    found = {notice.guid: notice for notice in (*scope.notices, *workspace.notices)}  # what is written counts
    return tuple(n for n in found.values() if n.until > now and n.guid not in scope.unsaid)


def _advice(read: _Read, consents: Consents, public: Sorted) -> Iterator[str]:
    """What is no problem, and somebody should know; of items only where they are public."""
    shown = {item.id for kind in public for item in kind}
    items = read.workspace.items
    drafts = [item.draft for item in items if item.draft is not None and item.id in shown]
    yield from advise_consents(consents, read.names)
    yield from advise_edits(public[0])
    yield from advise_left_out(drafts, consents)


def raise_problems(problems: Problems, summary: str, also: Problems = ()) -> None:
    """Raise by the first matter among the problems: content, sound, consent, a look; nothing without any.

    `also`: what is told with them, though alone it would stop nothing.
    """
    matters = {p.matter for p in problems}
    told = (*problems, *also)
    if Matter.CONTENT in matters:
        raise InvalidSource(summary, told)
    if Matter.SOUND in matters:
        raise AudioFailed(summary, told)
    if Matter.CONSENT in matters:
        raise NotCleared(summary, told)
    if matters:
        raise NeedsHumanLook(summary, told)


Pairs = list[tuple[ItemRead, Cleared]]


def _clear_all(
    workspace: Workspace, consents: Consents, settings: Settings, now: datetime
) -> tuple[Pairs, list[Problem]]:
    """Clear every item that was read; what is for the network only is gone after this."""
    cleared: Pairs = []
    problems: list[Problem] = []
    for item in workspace.items:
        problems += item.problems
        if item.draft is None:
            continue
        result, found = clear(item.draft, consents, settings.show.hosts, now=now)
        ended = say_ended(found, item.draft, consents, today=now.date())
        problems += told_once(ended, item.id, consents)
        if result is not None:
            cleared.append((item, result))
    return cleared, problems


def _waits(read: _Read, rules: Rules, scope: Scope, live: frozenset[str]) -> Waits:
    """What makes items wait; marks guard their words also of an item that stays, or was withdrawn."""
    waits = find_waits(read.workspace.items, rules, scope, lambda item: item.address.is_among(live))
    return replace(waits, withheld=withheld_of(read.every)) if scope.ids != frozenset() else waits


def _to_sign(
    cleared: Pairs, consents: Consents, settings: Settings, now: datetime
) -> tuple[tuple[View, ...], dict[str, list[Problem]]]:
    """Give what must be signed off, and by item what is not."""
    pairs = [(item.draft, c) for item, c in cleared if item.draft is not None]
    views = views_to_sign(pairs, consents, settings, now=now)
    drafts = {draft.id: draft for draft, _ in pairs}
    return views, find_unsigned(views, answers_of(settings), drafts, consents)


def _expiring(pairs: Pairs, consents: Consents, settings: Settings, now: datetime) -> tuple[str, ...]:
    drafts = [(item.draft, c) for item, c in pairs if item.draft is not None]
    return tuple(advise_expiries(drafts, consents, settings.show.hosts, now=now))


def _named_drafts(items: Iterable[ItemRead], scope: Scope) -> list[Problem]:
    """Report what the command named and is a draft."""
    what, fix = "it is marked `published: no`", "Take that line out when it is ready."
    named = (i for i in items if scope.ids is not None and scope.has(i.id) and _is_draft(i))
    return [Problem(line_of_key(item, "published"), what, fix) for item in named]


def _is_draft(item: ItemRead) -> bool:
    return item.draft is None and not item.problems


def _placeholders(
    items: tuple[ItemRead, ...], settings: Settings, scope: Scope, consents: Consents
) -> tuple[Problems, Problems]:
    """Give what nobody has replaced of what `new` wrote: what holds up everything, and what an item."""
    if consents.fictional or scope.placeholders is Placeholders.SHOWN:
        return (), ()
    files = [(item.path, item.kind) for item in items if not _is_draft(item)]
    of_items = read_placeholders(settings.root, [file for file in files if file[1] != "page"])
    if scope.placeholders is Placeholders.WAIT:
        return (), of_items
    pages = read_placeholders(settings.root, [file for file in files if file[1] == "page"])
    return (*placeholders_of(settings), *pages), of_items


def _refuse_what_must_be_whole(
    read: _Read, refused: list[Problem], scope: Scope, public: frozenset[str]
) -> None:
    raise_problems(read.workspace.problems, "Nothing was published: the workspace has problems.")
    touched = {p.where.path for p in refused}
    must = [
        item
        for item in read.every
        if item.id not in scope.without
        and _touches(item, touched)  # first: to look for an item among thousands of public keys takes long
        and (
            (scope.ids is not None and item.id in scope.ids)
            or item.address.is_among(public)
            or item.kind == "page"
        )
    ]
    problems = tuple(p for p in refused if any(_touches(item, {p.where.path}) for item in must))
    paths = {p.where.path for p in problems}
    live = [item.id for item in must if _touches(item, paths) and item.address.is_among(public)]
    raise_problems(problems, f"Nothing was published.{still_live(live)}", _told_beside(refused, scope))


def _told_beside(refused: Iterable[Problem], scope: Scope) -> Problems:
    """What is told when something else refuses; a withdrawal is about what is live, and nothing more."""
    return () if scope.ids == frozenset() else tuple(refused)


def still_live(items: Iterable[str]) -> str:
    """Say that what is public stays so, and how to take it down: a withdrawn yes must not wait unseen."""
    listed = ", ".join(items)
    if not listed:
        return ""
    return (
        f" Live until this is mended: {listed}. To take it down for good instead, run "
        "`cop-publish withdraw` with its folder or file."
    )


def _touches(item: ItemRead, paths: set[str]) -> bool:
    folder = item.path.rpartition("/")[0] + "/" if item.kind == "episode" else "\0"
    return any(path == item.path or path.startswith(folder) for path in paths)


def _wanted(
    item: ItemRead, cleared: Cleared, scope: Scope, settings: Settings, public: frozenset[str]
) -> bool:
    if isinstance(cleared, ClearedPage | ClearedMeeting):
        return True
    return scope.has(item.id) or routes.page(cleared, settings.site) in public


Sorted = tuple[
    tuple[ClearedEpisode, ...], tuple[ClearedPost, ...], tuple[ClearedMeeting, ...], tuple[ClearedPage, ...]
]


def _sorted_by_kind(wanted: list[Cleared], now: datetime) -> Sorted:
    episodes = [c for c in wanted if isinstance(c, ClearedEpisode) and c.published_at <= now]
    posts = [c for c in wanted if isinstance(c, ClearedPost) and c.published_at <= now]
    meetings = [c for c in wanted if isinstance(c, ClearedMeeting)]
    pages = [c for c in wanted if isinstance(c, ClearedPage)]
    return (
        tuple(sorted(episodes, key=lambda e: (e.published_at, e.number or 0, e.guid), reverse=True)),
        tuple(sorted(posts, key=lambda p: (p.published_at, p.id), reverse=True)),
        tuple(sorted(meetings, key=lambda m: (m.starts_at, m.id), reverse=True)),
        tuple(sorted(pages, key=lambda p: p.id)),
    )


def _held_back(
    wanted: Iterable[Cleared], embargoes: Mapping[str, datetime], now: datetime
) -> tuple[HeldBack, ...]:
    dated = [c for c in wanted if isinstance(c, ClearedEpisode | ClearedPost)]
    due = [HeldBack(c.id, max(c.published_at, embargoes.get(c.id, c.published_at))) for c in dated]
    return tuple(sorted((h for h in due if h.due_at > now), key=lambda held: (held.due_at, held.id)))


def _waiting(items: Iterable[ItemRead], refused: list[Problem]) -> tuple[Waiting, ...]:
    found = [
        Waiting(item.id, tuple(sorted({p for p in refused if _touches(item, {p.where.path})})), item.address)
        for item in items
    ]
    return tuple(w for w in found if w.problems)
