"""A person takes back their attribution, their voice or their photograph: in one item, or everywhere.

1. the registry says so first: from then on they are withheld in whatever anybody builds;
2. the site is built with them withheld and the gate reads every byte of it.  Where their name still stands in
   somebody's words, or nobody can tell where they are heard, every such place is told at once, and that item
   remains as it is live until it is mended; all else of theirs goes now;
3. it is published, and nothing is left of what showed them: no older version, no sound, no picture, no pack
   of a release that could be gone back to;
4. what is live is fetched again, and the gate reads that too.

Safe to run again at any point.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cop_publish.bookkeeping import record_remaining, record_taken_back, recorded_state, refuse_older
from cop_publish.core.clear import clear
from cop_publish.core.consents import TakenBack
from cop_publish.core.head import Withdrawn
from cop_publish.core.left_out import advise_left_out
from cop_publish.core.lowering import Lowering, raised
from cop_publish.core.output import FileClass
from cop_publish.core.present import present_in
from cop_publish.core.relied import is_as_published
from cop_publish.core.routes import FEEDS, is_sound_of
from cop_publish.core.sign_offs import State
from cop_publish.episode import write_receipts
from cop_publish.errors import CopPublishError, StorageFailed, WrongUsage
from cop_publish.gating import items_of
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.workspace import item_names, read_workspace
from cop_publish.publish import publisher_of, steps_of, tell
from cop_publish.registry.read import read_registry
from cop_publish.registry.taking_back import refuse_nothing, take_back
from cop_publish.scope import Scope
from cop_publish.shared_registry import share
from cop_publish.signing import answers_of, views_to_sign
from cop_publish.storage.hooks import Hooks
from cop_publish.storage.live import look
from cop_publish.storage.prepare import prepare
from cop_publish.storage.release import settle
from cop_publish.storage.withdraw import withdraw as remove
from cop_publish.unchanged import state_folder
from cop_publish.withdrawal.kept import with_kept
from cop_publish.withdrawal.rebuild import Around, Cut, rebuild, refuse_overtaken, touches
from cop_publish.withdrawal.refetch import look_again_at
from cop_publish.withdrawal.remaining import refuse_beside, remaining_in, take_down
from cop_publish.withdrawal.stays import Stays
from cop_publish.withdrawal.still_named import still_named, with_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cop_publish.core.consents import Consents, Person, PersonId
    from cop_publish.core.output import Entry
    from cop_publish.core.problems import Problem
    from cop_publish.core.view import View
    from cop_publish.intake.workspace import ItemRead
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings
    from cop_publish.storage.hooks import Told
    from cop_publish.storage.live import Live, Publisher
    from cop_publish.storage.withdraw import WithdrawalReceipt
    from cop_publish.withdrawal.rebuild import Rebuilt, Remains
    from cop_publish.withdrawal.refetch import Seen
    from cop_publish.withdrawal.remaining import Remaining


@dataclass(frozen=True, slots=True)
class Request:
    """Who takes back what, in which item; None: everywhere."""

    person: PersonId
    scope: TakenBack
    item: str | None = None


@dataclass(frozen=True, slots=True)
class PersonWithdrawal:
    """What came of it, or in a dry run what would."""

    request: Request
    items: tuple[str, ...]  # in which the person is
    stayed: tuple[str, ...]  # live items that could not be made anew, and keep their bytes
    keys: tuple[str, ...]  # public keys that go for good: sounds and pictures
    changed: tuple[str, ...]  # keys that stay, without anything that they held before
    plan: tuple[str, ...]
    receipt: WithdrawalReceipt | None = None  # None: a dry run
    seen: Seen | None = None
    told: tuple[Told, ...] = ()
    unrecorded: str = ""  # why the audit does not know of it
    to_ask: tuple[tuple[str, str], ...] = ()  # item and person: who has not said yes to what stands there now
    remaining: tuple[Remaining, ...] = ()  # where they still are, until it is mended
    left_out: tuple[str, ...] = ()  # pictures of them that nothing shows any more, and what may be captions
    unlisted: tuple[tuple[str, str], ...] = ()  # items that stay, and lists without a place for their entry


@dataclass(frozen=True)
class _Case:
    """What the withdrawal is about, found before anything is changed."""

    settings: Settings
    consents: Consents
    person: Person
    items: tuple[ItemRead, ...]
    before: tuple[View, ...]  # what must be signed off in them, as it was before this was taken back
    clearable: frozenset[str]  # those that nothing else keeps from being made
    signed: frozenset[str] = frozenset()  # those whose making anew waits for nobody


def withdraw_person(errand: Errand, request: Request) -> PersonWithdrawal:
    """Take it back everywhere it was asked for, for good.

    Raises WrongUsage for who has agreed to nothing, and what building, the gate and the store raise: with
    every place that must be mended first.  The registry's record stays then.
    """
    began_at = monotonic()
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    _refuse_older(settings)
    case = _case(errand, settings, request)
    unrecorded = _record(errand, case, request)
    live = settle(publisher, lambda _: errand.progress("finishing an earlier publish", 0.0))
    case = _with_signed(case, live)
    around = _around(case, live, publisher, request)
    rebuilt = _built(_errand(errand, case, request, None), around, case, request)
    everywhere = request.person if request.item is None else None
    cut = with_kept(_cut(rebuilt, case, live), rebuilt, publisher, live, everywhere)
    state, why = recorded_state(settings, case.consents, at=errand.now)
    publisher = replace(publisher, registry=state)
    plan = prepare(rebuilt.built.approved, publisher, live, cut.named.keys).plan
    refuse_overtaken(live, publisher)
    Hooks(settings, state_folder(settings.root)).note(cut.named.keys | cut.touched, cut.touched & FEEDS)
    before_seconds = monotonic() - began_at
    receipt = remove(rebuilt.built.approved, cut.named, publisher, steps_of(errand, plan), cut.touched)
    receipt = receipt.after(before_seconds)
    told = tell(settings)
    write_receipts(rebuilt.built.releases.episodes, settings)
    remaining = remaining_in(rebuilt)
    why = why or record_remaining(
        settings, request.person, request.scope, [one.item for one in remaining], at=errand.now
    )
    seen = look_again_at(rebuilt, publisher.store, receipt.keys, errand.progress)
    return PersonWithdrawal(
        request,
        _public(case, live),
        rebuilt.stayed,
        receipt.keys,
        _without_own(receipt.changed, rebuilt),
        (),
        receipt,
        seen,
        told,
        unrecorded or why,
        _to_ask(rebuilt, case),
        remaining,
        _left_out(rebuilt, case, request),
        rebuilt.unlisted,
    )


def plan_withdraw_person(errand: Errand, request: Request) -> PersonWithdrawal:
    """Say what `withdraw_person` would do; changes nothing, the registry neither."""
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    case = _case(errand, settings, request)
    live = look(publisher)
    case = _with_signed(case, live)
    around = _around(case, live, publisher, request)
    lowering = _lowering(errand, settings, request)
    rebuilt = _built(_errand(errand, case, request, lowering), around, case, request)
    everywhere = request.person if request.item is None else None
    cut = with_kept(_cut(rebuilt, case, live), rebuilt, publisher, live, everywhere)
    plan = prepare(rebuilt.built.approved, publisher, live, cut.named.keys).plan
    keys = tuple(sorted(cut.named.keys))
    changed = _without_own(sorted(cut.touched - cut.named.keys), rebuilt)
    return PersonWithdrawal(
        request,
        _public(case, live),
        rebuilt.stayed,
        keys,
        changed,
        plan.lines(),
        to_ask=_to_ask(rebuilt, case),
        remaining=remaining_in(rebuilt),
        left_out=_left_out(rebuilt, case, request),
        unlisted=rebuilt.unlisted,
    )


def _around(case: _Case, live: Live, publisher: Publisher, request: Request) -> Around:
    """Only who takes something back everywhere may remain where an item cannot be made without them yet."""
    person = case.person if request.item is None else None
    mine = _ids(case.items)
    return Around(case.settings, live, publisher.store, case.consents, mine, person=person)


def _refuse_older(settings: Settings) -> None:
    """A copy of the registry older than that of the latest publish must not be written to.

    Where the store cannot be asked, the withdrawal is recorded all the same.
    """
    try:
        head = look(publisher_of(settings)).head
    except StorageFailed:
        return
    refuse_older(settings, head.registry if head else None)


def _case(errand: Errand, settings: Settings, request: Request) -> _Case:
    consents = read_registry(settings.registry, item_names(settings.root))
    errand.protect(tuple(consents.people.values()))
    person = consents.people.get(request.person)
    if person is None:
        raise WrongUsage(f"{request.person} is not in the registry: look up the ID in its folder people/.")
    items = read_workspace(settings, consents).items
    refuse_nothing(consents, request.person, request.item)
    mine = _items_of(request, items, consents, settings)
    before = raised(consents, request.person, request.scope)
    return _Case(settings, consents, person, mine, *_views(errand, settings, mine, before))


def _items_of(
    request: Request, items: Iterable[ItemRead], consents: Consents, settings: Settings
) -> tuple[ItemRead, ...]:
    """Where they are: in whatever can be read, and what they have a record for where it cannot."""
    listed = list(items)
    present = present_in([item.draft for item in listed if item.draft is not None])

    def has(item: ItemRead) -> bool:
        if request.scope is TakenBack.VOICE and item.kind != "episode":
            return False  # nobody is heard there
        if item.draft is not None:
            return request.person in present[item.id]
        recorded = (request.person, item.id) in consents.consents
        return recorded or (item.kind == "episode" and request.person in settings.show.hosts)

    found = tuple(item for item in listed if has(item))
    if request.item is None:
        return found
    found = tuple(item for item in listed if item.id == request.item)
    if not found:
        raise WrongUsage(f"There is no {request.item} in this show.")
    return found


def _views(
    errand: Errand, settings: Settings, items: Iterable[ItemRead], before: Consents
) -> tuple[tuple[View, ...], frozenset[str]]:
    """What must be signed off in them as they were, and which of them could be cleared then."""
    now = errand.now.astimezone(ZoneInfo(settings.site.timezone))
    pairs = []
    for draft in (item.draft for item in items if item.draft is not None):
        cleared, _ = clear(draft, before, settings.show.hosts, now=now)
        if cleared is not None:
            pairs.append((draft, cleared))
    return views_to_sign(pairs, before, settings, now=now), frozenset(draft.id for draft, _ in pairs)


def _with_signed(case: _Case, live: Live) -> _Case:
    """Say which items wait for nobody: everybody had said yes to them as they were, or as they are live.

    What is live without a yes became so by another withdrawal, which waits for no answer either.
    """
    answers, relied = answers_of(case.settings), live.record.relied or ()
    waiting = {
        view.item
        for view in case.before
        if answers.state_of(view) is not State.SIGNED and not is_as_published(view, relied)
    }
    return replace(case, signed=case.clearable - waiting)


def _lowering(errand: Errand, settings: Settings, request: Request) -> Lowering:
    today = errand.now.astimezone(ZoneInfo(settings.site.timezone)).date()
    return Lowering(request.person, request.scope, request.item, today)


def _record(errand: Errand, case: _Case, request: Request) -> str:
    """Write it into the registry; gives why its audit does not know, where it does not."""
    folder = case.settings.registry
    assert folder is not None, "read_registry refuses without one"  # noqa: S101 - for the type
    on = _lowering(errand, case.settings, request).on
    changed = take_back(folder, request.person, request.item, request.scope, on=on)
    if not changed:
        return ""
    why = record_taken_back(case.settings, request.person, request.item, request.scope, at=errand.now)
    share(case.settings, now=errand.now)  # before anything public changes: else a colleague could undo it
    return why


def _errand(errand: Errand, case: _Case, request: Request, lowering: Lowering | None) -> Errand:
    """What is live and nothing more; nothing is recorded on the way."""
    scope = Scope(frozenset(), lowering=lowering, to_be_signed=case.signed)
    is_nameless = request.item is None and request.scope is TakenBack.ATTRIBUTION
    everywhere = frozenset({case.person.id} if is_nameless else ())
    return replace(errand, scope=scope, is_dry=True, stays=Stays(signed=case.signed, withheld=everywhere))


def _built(errand: Errand, around: Around, case: _Case, request: Request) -> Rebuilt:
    """Raises where nothing of theirs can be made anew: with every place that must be mended first."""
    public = _public(case, around.live)
    drafts = [item.draft for item in case.items if item.draft is not None and item.id in public]
    named = still_named(drafts, case.person) if request.scope is TakenBack.ATTRIBUTION else ()
    remains: tuple[Remains, ...] = ()
    try:
        rebuilt = rebuild(errand, around)
        remains = rebuilt.remains
        refuse_beside(rebuilt, state_folder(case.settings.root))
        if remains and not set(public) - {one.item.id for one in remains}:
            raise remains[0].fault  # nothing of theirs can be made anew
    except CopPublishError as fault:
        if isinstance(fault, StorageFailed) or not fault.problems:
            raise
        told = (*fault.problems, *(problem for one in remains for problem in one.problems))
        problems = with_lines(tuple(dict.fromkeys(told)), named)
        raise type(fault)(_blocked(errand, case, problems), problems) from fault
    return replace(rebuilt, remains=tuple(one.with_lines(named) for one in rebuilt.remains))


def _blocked(errand: Errand, case: _Case, problems: Iterable[Problem]) -> str:
    paths = {problem.where.path for problem in problems}
    every = read_workspace(case.settings, case.consents).items
    items = [i for i in every if i.kind in {"episode", "post"} and any(touches(i, p) for p in paths)]
    down = [take_down(item) for item in items]
    kept = (
        f"Nothing public was changed yet. The registry says it: {case.person.id} is withheld in whatever is "
        "built from now on. Mend these places and run this again."
    )
    dry = "This was a dry run. These places would be in the way."
    more = f" Until then, {' or '.join(down)} takes the whole of it down at once." if down else ""
    return (dry if errand.scope.lowering else kept) + more


def _cut(rebuilt: Rebuilt, case: _Case, live: Live) -> Cut:
    approved, mine = rebuilt.built.approved, _ids(case.items)
    now = {entry.key: entry.sha256 for entry in approved.manifest.entries}
    was = {entry.key: entry for entry in live.manifest.entries}
    held = [*live.manifest.entries, *(gone.entry for gone in live.record.retired)]
    media = [e for e in held if e.key not in now and _may_show(e, mine, live.record.shows)]
    named = Withdrawn(frozenset(e.sha256 for e in media), frozenset(e.key for e in media))
    different = (e for key, e in was.items() if now.get(key) != e.sha256)
    changed = {e.key for e in different if e.file_class is not FileClass.MEDIA or _is_picture(e)}
    shows = {f.key for f in approved.files if f.items & mine and f.file_class is not FileClass.MEDIA}
    return Cut(named, frozenset((changed | shows) - named.keys))


def _without_own(keys: Iterable[str], rebuilt: Rebuilt) -> tuple[str, ...]:
    """The keys but those of items that remain: of these nothing older is left, but they are as they were."""
    stays = rebuilt.errand.stays
    own = {file.key for file in stays.files if file.items & stays.remaining}
    return tuple(key for key in keys if key not in own)


def _may_show(entry: Entry, mine: frozenset[str], shows: Mapping[str, tuple[str, ...]] | None) -> bool:
    """A sound or a picture that an item of theirs had; any picture where nobody wrote down whose it is."""
    if _is_picture(entry):
        return shows is None or not mine.isdisjoint(shows.get(entry.key, mine))
    return any(is_sound_of(item, entry.key) for item in mine)


def _is_picture(entry: Entry) -> bool:
    return entry.key.startswith("images/")


def _ids(items: Iterable[ItemRead]) -> frozenset[str]:
    return frozenset(item.id for item in items)


def _public(case: _Case, live: Live) -> tuple[str, ...]:
    """Those of their items that were live."""
    keys = [entry.key for entry in live.manifest.entries]
    return tuple(sorted(i.id for i in case.items if any(map(i.address.is_own, keys))))


def _left_out(rebuilt: Rebuilt, case: _Case, request: Request) -> tuple[str, ...]:
    """Say which pictures of theirs were left out of what was made anew."""
    if request.scope is TakenBack.VOICE:
        return ()
    made = {item.id for item in items_of(rebuilt.built.ready)}
    drafts = [item.draft for item in case.items if item.draft is not None and item.id in made]
    return tuple(advise_left_out(drafts, rebuilt.built.ready.consents))


def _to_ask(rebuilt: Rebuilt, case: _Case) -> tuple[tuple[str, str], ...]:
    """Who has not said yes to what stands there now: the next publish asks for it."""
    ready = rebuilt.built.ready
    answers = answers_of(case.settings)
    views = [view for view in ready.to_sign if view.item in case.signed]
    return tuple(sorted((v.item, v.person) for v in views if answers.state_of(v) is not State.SIGNED))
