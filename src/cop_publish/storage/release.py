"""The publish protocol: from an approved site to a store that holds it, safe for readers at every moment.

::

    Approved ─prepare(live)─> Prepared ─apply─> Receipt

==== =========================================================== ========================================
step what is written                                             requests
==== =========================================================== ========================================
0    nothing: the head is read                                   1 (all there is when nothing changed)
1    new media, under names that hold their hash                 1 each; nobody can know the names yet
2    the redo pack: the whole plan, and every page that changes  1
3    begin: the head, by compare-and-swap: busy, with our lease  1
4    new files, changed files: pages → indexes → feeds           1 each, a barrier between
5    deletes: what nothing links to any more                     1 per thousand
6    commit: the head, by compare-and-swap: done                 1
==== =========================================================== ========================================

Cut off before 3, the public site is the old one, whole.  After it, any machine that finds the head busy and
the lease over (or the workspace whose lease it is, at once) reads the pack and ends exactly (`settle`), or
goes back (`abandon`).  At every request: no link that is public leads to something that is not there, and
``_cop/`` alone is enough to reach the old release or the new one.
"""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.head import Head, RegistryMark
from cop_publish.core.plan import Action, Plan
from cop_publish.errors import Busy, StorageFailed
from cop_publish.storage.ahead import send_ahead, take_back
from cop_publish.storage.base import ABSENT, ANYTHING
from cop_publish.storage.bring import bring
from cop_publish.storage.carry import Load
from cop_publish.storage.live import look
from cop_publish.storage.pack import PACK_HEADERS, pack_key, read_pack
from cop_publish.storage.prepare import Wanted, prepare_from
from cop_publish.storage.recording import Draft, write_record
from cop_publish.storage.resume import finish, from_packs, prepare_to_go_back
from cop_publish.storage.strays import stray_packs
from cop_publish.storage.traits import CANNOT_FENCE, can_fence
from cop_publish.storage.turn import begin

if TYPE_CHECKING:
    from cop_publish.core.record import Kept, Record
    from cop_publish.storage.bring import Brought
    from cop_publish.storage.carry import Progress
    from cop_publish.storage.live import Live, Publisher
    from cop_publish.storage.prepare import Prepared


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done; `digest` is that of the manifest the store now holds."""

    put: int
    deleted: int
    kept: int
    put_bytes: int
    digest: str
    release: str = ""  # its number and id, to go back to; empty when there was nothing to do
    warning: str = ""  # what this store cannot promise


def settle(publisher: Publisher, progress: Progress) -> Live:
    """What is public, after finishing what an earlier publish may have left half done.

    Raises Busy while somebody else has their turn, and StorageFailed, also when our registry is not the
    latest.
    """
    live = look(publisher)
    refuse_registry(publisher, live)
    if live.head is None or live.head.lease is None:
        return live
    return finish(publisher, live, progress)


def refuse_registry(publisher: Publisher, live: Live) -> None:
    """Raise StorageFailed for a copy of the registry that is not as new as the latest commit's."""
    mark = live.head.registry if live.head else None
    if mark and publisher.registry and (refusal := mark.refusal(publisher.registry)):
        raise StorageFailed(refusal)


def apply(ready: Prepared, publisher: Publisher, progress: Progress) -> Receipt:
    """Do what the plan says, and nothing when it says nothing.

    `progress` hears of each change when it is done, in the calling thread.  Raises StorageFailed at the
    first fault: nothing of a later wave is sent then, and the next publish finishes this one first.
    """
    if ready.nothing_to_do:
        return _receipt(ready.plan, "")
    record, brought = carry_through(ready, publisher, progress)
    warning = "" if brought.fenced else CANNOT_FENCE
    return replace(_receipt(ready.plan, f"{record.seq}-{record.id}"), warning=warning)


def carry_through(ready: Prepared, publisher: Publisher, progress: Progress) -> tuple[Record, Brought]:
    """Steps 1 to 6; the record of the new release, and what came of it."""
    store, ahead = publisher.store, ready.plan.ahead
    with publisher.memory.alone():
        fences = can_fence(store, ready.live.head)
        left_over = publisher.memory.ahead()
        publisher.memory.remember_ahead(left_over | {step.entry.key for step in ahead})
        with ThreadPoolExecutor(1) as beside:  # both may take their time, and neither waits for the other
            strays = beside.submit(stray_packs, publisher, ready.live) if fences else None
            etags = send_ahead(ahead, ready.source, store, ABSENT if fences else ANYTHING, progress)
        draft = Draft(
            secrets.token_hex(6), store.now(), etags, left_over, strays.result() if strays else frozenset()
        )
        record, pack = write_record(ready, draft)
        publisher.memory.remember_tidy("")  # until the commit: the pack may be all that comes of it
        with pack:
            store.put(pack_key(record.seq, record.id), pack, PACK_HEADERS)
        try:
            turn = begin(publisher, ready.live, _head(ready, publisher, record), fences)
        except Busy:
            take_back(publisher, record, ahead)
            raise
        try:
            load = Load(ready.plan.moves, ready.source, {m.key: m.expects for m in record.moves}, record.goes)
            brought = bring(turn, publisher, record, load, progress)
            publisher.memory.remember_tidy(record.id)
            return record, brought
        finally:
            turn.end()


def rollback(publisher: Publisher, name: str, progress: Progress) -> Receipt:
    """Bring back a kept release, by the same steps; raises what `prepare_rollback` and `apply` raise."""
    live = settle(publisher, progress)
    return apply(prepare_rollback(publisher, live, name), publisher, progress)


def prepare_rollback(publisher: Publisher, live: Live, name: str) -> Prepared:
    """The plan that brings back a kept release; `name` is its number, or its number and id.

    Raises StorageFailed when it is not kept, or names something that was withdrawn since.
    """
    kept = kept_release(live, name)
    current = live.record
    target = read_pack(publisher.store, pack_key(kept.seq, current.packs[kept.seq].id)).record()
    source, elsewhere = from_packs(publisher, target, current)
    wanted = Wanted(target.manifest, source, elsewhere, relied=target.relied, shows=target.shows)
    return prepare_from(wanted, publisher, live)


def kept_release(live: Live, name: str) -> Kept:
    """The release of that name.  Raises StorageFailed, naming those that are kept."""
    found = [kept for kept in live.record.kept if name in {kept.name, str(kept.seq)}]
    if not found:
        known = ", ".join(kept.name for kept in live.record.kept)
        choose = f"Choose one of these: {known}." if known else "None is kept: nothing can be gone back to."
        raise StorageFailed(f"There is no kept release {name}. {choose}")
    return found[0]


def abandon(publisher: Publisher, progress: Progress) -> Receipt:
    """Undo a publish that was cut off; raises what `prepare_to_go_back` and `apply` raise."""
    live = look(publisher)
    refuse_registry(publisher, live)
    return apply(prepare_to_go_back(publisher, live), publisher, progress)


def _head(ready: Prepared, publisher: Publisher, record: Record) -> Head:
    before = ready.live.head
    mark = before.registry if before else None
    if publisher.registry:
        mark = RegistryMark.of(publisher.registry, mark.salt if mark else secrets.token_hex(8))
    return Head(
        seq=record.seq,
        release=record.id,
        digest=record.manifest.digest,
        record_sha256=record.sha256,
        at=publisher.store.now(),
        withdrawn=ready.withdrawn,
        registry=mark,
        locked=before.locked if before else (),
    )


def _receipt(todo: Plan, release: str) -> Receipt:
    return Receipt(
        put=todo.count(Action.PUT),
        deleted=todo.count(Action.DELETE),
        kept=todo.count(Action.KEEP),
        put_bytes=todo.put_bytes,
        digest=todo.result.digest,
        release=release,
    )
