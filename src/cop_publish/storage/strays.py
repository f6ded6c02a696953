"""Packs that no release has: their publisher was killed before its turn, or somebody else's was first.

They do no harm, but hold what was approved and never public.  A publisher looks for them, in one listing,
unless the release that is public is one of its own, ended to the last request: then there are none of its
own.  They are deleted in its turn, in which nobody else can begin: whoever has just written one of them is
told to wait, because the head has changed.

Where a store does not hold conditions they stay, until a withdrawal.  Whoever falls asleep there with the
head on its way overwrites it when they wake, and what it names must be there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.storage.pack import RELEASES, pack_key

if TYPE_CHECKING:
    from cop_publish.storage.live import Live, Publisher

_NAME = re.compile(r"0*([0-9]+)-[0-9a-f]+\.zip")


def stray_packs(publisher: Publisher, live: Live) -> frozenset[str]:
    """The keys of packs that no release has, up to the number of the next one."""
    if live.head is not None and publisher.memory.tidy_release() == live.head.release:
        return frozenset()
    known = {pack_key(seq, use.id) for seq, use in live.record.packs.items()}
    lying_there = {line.key for line in publisher.store.list(RELEASES)} - known
    return frozenset(key for key in lying_there if _is_of_before(key, live.record.seq + 1))


def _is_of_before(key: str, number: int) -> bool:
    """Not one of a later release, which somebody may be about to begin; not a file of another kind."""
    found = _NAME.fullmatch(key.removeprefix(RELEASES))
    return found is not None and int(found[1]) <= number
