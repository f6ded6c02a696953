"""A publish that is cut off anywhere leaves readers nothing broken, and the next one ends exactly."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from sites import ONE_INSTALLATION, dangling, holds, planned, publish, show
from wrappers import CutOff, Remembering

from cop_publish.core.plan import plan
from cop_publish.errors import StorageFailed
from cop_publish.storage.base import ANYTHING
from cop_publish.storage.live import Publisher, look
from cop_publish.storage.open import open_store
from cop_publish.storage.release import abandon

if TYPE_CHECKING:
    from collections.abc import Iterable

    import servers

    from cop_publish.core.output import Approved, Headers
    from cop_publish.storage.base import Body, Condition, Store

BEFORE = show("jury", "maps", "old", edition="1")
AFTER = show("jury", "maps", "new", "newer", edition="2")  # everything changes, two come, one goes
OTHER = show("jury", "old", edition="1")  # what a producer publishes next, having thought better of it
EVERY = {"folder": 1, "ceph": 2, "ceph-tls": 4, "swift": 4, "rclone": 2, "rclone-tls": 4}  # every n-th cut


def cuts(every: int = 1) -> range:
    changes = plan(AFTER.manifest, BEFORE.manifest).changes
    return range(1, len(changes) + 4, every)  # and the pack, and the head twice


@pytest.mark.parametrize("reply_lost", [False, True])
def test_no_cut_shows_a_reader_a_broken_link_and_neither_does_mending_it(
    folder: servers.RunningStore,
    reply_lost: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    store = open_store(folder.settings, folder.root)
    publish(BEFORE, store)
    publish(AFTER, store)
    publish(BEFORE, store)  # from here on every sound is there, and each round has as many changes
    for at in range(1, 12):
        with pytest.raises(StorageFailed, match="The network is gone"):
            publish(AFTER, CutOff(store, at, reply_lost=reply_lost))
        assert dangling(store) == [], f"cut at change {at}"
        following = OTHER if at % 2 else AFTER
        mending = CheckedByAReader(store)
        publish(following, mending)
        assert mending.broken == [], f"while mending the cut at change {at}"
        assert shows(store, following), f"cut at change {at}"
        assert planned(following, store).nothing_to_do
        publish(BEFORE, store)


def shows(store: Store, approved: Approved) -> bool:
    """The site is exactly the approved one; sounds that were retired may lie beside it."""
    return any(
        holds(store, approved, beside)
        for count in range(4)
        for beside in combinations(("jury", "maps", "old", "new", "newer"), count)
    )


def test_two_cuts_in_a_row_are_mended_too(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    for first in cuts(3):
        for second in cuts(3):
            publish(BEFORE, store)
            for site, at in ((AFTER, first), (OTHER, second)):
                try:
                    publish(site, CutOff(store, at, reply_lost=True))
                except StorageFailed:
                    assert dangling(store) == []
            publish(BEFORE, store)
            assert shows(store, BEFORE), (first, second)


@pytest.mark.parametrize("reply_lost", [False, True])
def test_a_cut_publish_can_be_abandoned_from_anywhere_in_it(
    store: Store,
    place: servers.RunningStore,
    reply_lost: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    publisher = Publisher(store, ONE_INSTALLATION)
    publish(BEFORE, store)
    undone = 0
    for at in cuts(EVERY[place.server.name]):
        with pytest.raises(StorageFailed, match="The network is gone"):
            publish(AFTER, CutOff(store, at, reply_lost=reply_lost))
        head = look(publisher).head
        if head is None or head.lease is None:
            with pytest.raises(StorageFailed, match="nothing to abandon"):
                abandon(publisher, lambda _: None)
            continue
        watched = CheckedByAReader(store)
        abandon(replace(publisher, store=watched if place.server.name == "folder" else store), lambda _: None)
        assert watched.broken == []
        undone += 1
        assert shows(store, BEFORE), f"cut at change {at}"
        assert planned(BEFORE, store).nothing_to_do
    assert undone >= 2


class CheckedByAReader(Remembering):
    """Follows every public link after each change; one change at a time."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.workers = 1
        self.broken: list[str] = []

    def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:
        etag = super().put(key, body, headers, condition)
        self.broken += dangling(self._store)
        return etag

    def delete(self, keys: Iterable[str]) -> None:
        super().delete(keys)
        self.broken += dangling(self._store)


def test_a_publish_that_is_not_cut_is_seen_by_no_wrapper(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    publish(BEFORE, CutOff(store, math.inf, reply_lost=True))
    assert holds(store, BEFORE)
