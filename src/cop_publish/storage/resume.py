"""Finishing, or undoing, what somebody began: from the store alone, on any machine.

Where a publish was cut off, the head is busy, and the pack of its release has the plan and every byte.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cop_publish.core.output import Manifest
from cop_publish.core.plan import Action, Step, interrupted
from cop_publish.errors import Busy, StorageFailed
from cop_publish.storage.bring import bring
from cop_publish.storage.carry import FromPacks, Load
from cop_publish.storage.live import Live, listed_etags, look
from cop_publish.storage.pack import pack_key, read_pack
from cop_publish.storage.prepare import Wanted, prepare_from
from cop_publish.storage.traits import can_fence
from cop_publish.storage.turn import begin, busy_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.head import Head
    from cop_publish.core.record import Record
    from cop_publish.storage.carry import Progress
    from cop_publish.storage.live import Publisher
    from cop_publish.storage.prepare import Prepared


def finish(publisher: Publisher, live: Live, progress: Progress) -> Live:
    """End a release exactly as it was planned; gives what is public then.

    Raises Busy while whoever began it has their turn, and StorageFailed when its pack is damaged.
    """
    head = _free(publisher, live)
    with publisher.memory.alone():
        turn = begin(publisher, live, head, can_fence(publisher.store, head))
        try:
            there = listed_etags(publisher.store)
            bring(turn, publisher, live.record, _what_is_left(publisher, live.record, there), progress)
        finally:
            turn.end()
    return look(publisher)


def _free(publisher: Publisher, live: Live) -> Head:
    """The head of a release that was begun and that we may finish or undo."""
    head = live.head
    if head is None or head.lease is None:
        raise StorageFailed("No publish was cut off: there is nothing to finish and nothing to abandon.")
    if not head.is_free_for(publisher.owner, publisher.store.now()):
        raise Busy(busy_sentence(head))
    return head


def _what_is_left(publisher: Publisher, record: Record, there: Mapping[str, str]) -> Load:
    """The steps that were not carried out yet, as far as a listing can tell; the others do no harm twice."""
    expected = {move.key: move.expects for move in record.moves}
    own = pack_key(record.seq, record.id)

    def is_left(step: Step) -> bool:
        key = step.entry.key
        if step.action is Action.DELETE:
            return key in there
        etag = record.stored[key].etag
        only_headers_change = expected[key] == etag  # which no listing shows
        return there.get(key) != etag or only_headers_change

    left = tuple(step for step in record.steps() if is_left(step))
    source = FromPacks(
        dict.fromkeys((step.entry.key for step in left), own), lambda key: read_pack(publisher.store, key)
    )
    return Load(left, source, {step.entry.key: there.get(step.entry.key, "") for step in left}, record.goes)


def prepare_to_go_back(publisher: Publisher, live: Live) -> Prepared:
    """The plan that undoes a release that was cut off, and brings back the one before it.

    Raises Busy while whoever began it has their turn, and StorageFailed when there is nothing to undo, or
    nothing to go back to, or when it was a withdrawal: that can only be finished.
    """
    head, begun = _free(publisher, live), live.record
    if begun.is_withdrawal:
        raise StorageFailed("A withdrawal was cut off; it can only be finished: run `cop-publish publish`.")
    if begun.base is None:
        msg = "There is no release before the one that was cut off."
        raise StorageFailed(f"{msg} Run `cop-publish publish` to finish it.")
    base = read_pack(publisher.store, pack_key(begun.base.seq, begun.packs[begun.base.seq].id)).record()
    ahead = [e for e in begun.manifest.entries if _went_ahead(begun, e.key)]
    before = interrupted(base.manifest, begun.steps())
    entries = {e.key: e for e in (*before.entries, *ahead)}
    seen = Live(
        head,
        live.etag,
        replace(
            begun,
            manifest=Manifest(tuple(entries[key] for key in sorted(entries))),
            stored={**begun.stored, **base.stored},
        ),
        listed_etags(publisher.store),
    )
    source, elsewhere = from_packs(publisher, base, begun)
    going = frozenset(e.key for e in ahead)
    wanted = Wanted(base.manifest, source, elsewhere, going, kept=begun.kept, relied=base.relied)
    wanted = replace(wanted, shows=base.shows)
    return replace(prepare_from(wanted, publisher, seen), undoes=True)


def _went_ahead(record: Record, key: str) -> bool:
    how = record.stored[key]
    return how.since == record.seq and not how.packed


def from_packs(publisher: Publisher, target: Record, current: Record) -> tuple[FromPacks, frozenset[str]]:
    """Where the bytes of an earlier release are: in packs that `current` knows, or only in the store."""
    packed = {key: how.since for key, how in target.stored.items() if how.packed}
    if missing := sorted(set(packed.values()) - set(current.packs)):
        raise StorageFailed(f"The packs {missing} of that release are no longer kept. Choose a later one.")
    keys = {key: pack_key(since, current.packs[since].id) for key, since in packed.items()}
    source = FromPacks(keys, lambda key: read_pack(publisher.store, key))
    return source, frozenset(target.entries) - frozenset(packed)
