"""Writing the record of a release and its pack, before the first public write that they have to survive."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from cop_publish.core.output import Entry, FileClass
from cop_publish.core.plan import Action
from cop_publish.core.record import NOWHERE, Kept, Move, PackUse, Record, Retired, Stored
from cop_publish.core.retention import needed_packs
from cop_publish.storage.base import PUBLIC
from cop_publish.storage.live import OLD_MANIFEST
from cop_publish.storage.multipart import SINGLE_BYTES, composite_etag
from cop_publish.storage.pack import PackWriter, pack_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cop_publish.storage.base import Body
    from cop_publish.storage.prepare import Prepared


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new release is called, when it is made, and what is known of media that went ahead."""

    id: str
    at: datetime
    etags: Mapping[str, str]  # of the media of this release
    left_over: frozenset[str] = frozenset()  # keys of media that an earlier try sent ahead, for nothing
    strays: frozenset[str] = frozenset()  # packs that no release has


def write_record(ready: Prepared, draft: Draft) -> tuple[Record, BinaryIO]:
    """The record, and the pack that has it and every byte it needs; raises what reading the bytes raises."""
    writer = PackWriter()
    try:
        record = _record(ready, draft, _stored(ready, draft, writer))
        return record, writer.done(record)
    except BaseException:
        writer.discard()
        raise


def _record(ready: Prepared, draft: Draft, stored: Mapping[str, Stored]) -> Record:
    live, base = ready.live, ready.live.record
    seq = base.seq + 1
    own = PackUse(draft.id, seq)
    needed, others = needed_packs(_packs(base, stored, own), ready.kept, seq)
    goes = {pack_key(number, use.id) for number, use in others.items()}
    if live.head is None and base.manifest.entries:
        goes.add(OLD_MANIFEST)
    retired = _retired(ready, draft)
    named = {e.key for e in ready.plan.result.entries} | {gone.entry.key for gone in retired}
    left_over = {PUBLIC + key for key in draft.left_over - named}
    withdrawal = ready.withdrawal
    if withdrawal:
        needed, goes = {**withdrawal.packs, seq: own}, set(withdrawal.goes)
    return Record(
        seq=seq,
        id=draft.id,
        base=Kept(base.seq, base.id, live.head.at) if live.head and not ready.undoes else None,
        manifest=ready.plan.result,
        stored=stored,
        retired=retired,
        kept=ready.kept,
        packs=needed,
        moves=tuple(
            Move(step.action, step.entry.key, step.wave, live.etag_of(step.entry.key), step.entry.file_class)
            for step in ready.plan.moves
        ),
        goes=tuple(sorted(goes | left_over | draft.strays)),
        purge=withdrawal.purge if withdrawal else (),
        older=withdrawal.older if withdrawal else (),
        rewrites=withdrawal.rewrites if withdrawal else (),
        relied=ready.relied,
        shows=ready.shows,
    )


def _stored(ready: Prepared, draft: Draft, writer: PackWriter) -> dict[str, Stored]:
    """How each file will lie in the store; packs what is sent after begin, and pages that no pack has yet."""
    base = ready.live.record
    before = {gone.entry.key: gone.stored for gone in base.retired} | dict(base.stored)
    moved = {step.entry.key for step in ready.plan.moves if step.action is Action.PUT}
    stored = {}
    for entry in ready.plan.result.entries:
        key, seq = entry.key, base.seq + 1
        if key in draft.etags:
            stored[key] = Stored(draft.etags[key], seq, packed=False)
        elif key in moved:
            stored[key] = Stored(_pack(entry, ready, writer), seq, packed=True)
        elif before[key].since == NOWHERE and entry.file_class is not FileClass.MEDIA:
            _pack(entry, ready, writer)
            stored[key] = Stored(before[key].etag, seq, packed=True)
        else:
            stored[key] = before[key]
    return stored


def _pack(entry: Entry, ready: Prepared, writer: PackWriter) -> str:
    """Put a file's bytes in the pack; the ETag that it will have in most stores."""
    with ready.source.opened(entry) as body:
        writer.add(entry.key, body)
    with ready.source.opened(entry) as body:
        return foretold_etag(body, entry.size_bytes)


def foretold_etag(body: Body, size_bytes: int) -> str:
    """An MD5, or that of the parts; a store that counts otherwise is found out when it answers."""
    if size_bytes > SINGLE_BYTES:
        return composite_etag(io.BytesIO(body) if isinstance(body, bytes) else body)
    content = body if isinstance(body, bytes) else body.read()
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _retired(ready: Prepared, draft: Draft) -> tuple[Retired, ...]:
    """Media beside the site from now on: what was, but for what came back or goes, and what retires now."""
    base = ready.live.record
    named = {entry.key for entry in ready.plan.result.entries}
    deleted = {step.entry.key for step in ready.plan.moves if step.action is Action.DELETE}
    stay = [gone for gone in base.retired if gone.entry.key not in named | deleted]
    stay += [
        Retired(step.entry, base.stored[step.entry.key], base.seq, draft.at)
        for step in ready.plan.steps
        if step.action is Action.RETIRE
    ]
    return tuple(sorted(stay, key=lambda gone: gone.entry.key))


def _packs(base: Record, stored: Mapping[str, Stored], own: PackUse) -> dict[int, PackUse]:
    """Every pack in the store, and the last release that has files from it."""
    used = {how.since for how in stored.values() if how.packed}
    packs = {
        number: PackUse(use.id, own.last) if number in used else use for number, use in base.packs.items()
    }
    return packs | {own.last: own}
