"""Releases that could be gone back to, and that show somebody in what they have been taken out of since.

An item may have been mended by an ordinary publish: then nothing of it changes now, and the release from
before still shows them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cop_publish.core.consents import Level
from cop_publish.storage.kept import earlier_records, showing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cop_publish.core.consents import PersonId
    from cop_publish.core.output import Manifest
    from cop_publish.core.record import Kept
    from cop_publish.core.relied import Relied
    from cop_publish.ready import Ready
    from cop_publish.storage.live import Live, Publisher
    from cop_publish.withdrawal.rebuild import Cut, Rebuilt


def with_kept(cut: Cut, rebuilt: Rebuilt, publisher: Publisher, live: Live, person: PersonId | None) -> Cut:
    """What goes, and what earlier releases show of somebody who withdraws everywhere (None: in one item)."""
    if person is None:
        return cut
    ready, now = rebuilt.built.ready, rebuilt.built.approved.manifest
    found = kept_showing(publisher, live, now, lambda row: _is_over(row, person, ready))
    return replace(cut, touched=cut.touched.union(*found.values()))


def kept_showing(
    publisher: Publisher, live: Live, now: Manifest, is_theirs: Callable[[Relied], bool]
) -> Mapping[Kept, frozenset[str]]:
    """By release: its pages and media that differ from `now`, of the items of which `is_theirs` is true.

    A release that did not write down whom it shows may show anybody.  Raises StorageFailed where one cannot
    be read.
    """
    found = {}
    for kept, record in earlier_records(publisher, live):
        rows = record.relied
        items = None if rows is None else {row.item for row in rows if is_theirs(row)}
        keys = showing(record, items, now) if items is None or items else frozenset[str]()
        if keys:
            found[kept] = keys
    return found


def shows(row: Relied, person: PersonId) -> bool:
    """Whether a release relied on anything that they had agreed to."""
    return row.person == person and (row.level > Level.ANONYMOUS or row.words or row.voice or row.photo)


def _is_over(row: Relied, person: PersonId, ready: Ready) -> bool:
    """Whether a release shows them in what they are no longer part of, or in what they agree to no longer."""
    if not shows(row, person):
        return False
    is_there = person in ready.present.get(row.item, ())
    return not is_there or bool(row.lost(ready.consents.of(person, row.item, today=ready.now.date())))
