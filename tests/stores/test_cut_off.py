"""A publish that is cut off anywhere leaves readers nothing broken, and the next one ends exactly."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sites import dangling, holds, keys_of, show
from wrappers import CutOff, Remembering

from cop_publish.core.output import FileClass
from cop_publish.core.plan import Action, plan
from cop_publish.errors import StorageFailed
from cop_publish.storage.base import ANYTHING
from cop_publish.storage.open import open_store
from cop_publish.storage.release import apply, prepare

if TYPE_CHECKING:
    from collections.abc import Iterable

    import servers

    from cop_publish.core.output import Approved, Headers
    from cop_publish.storage.base import Body, Condition, Store

BEFORE = show("jury", "maps", "old", edition="1")
AFTER = show("jury", "maps", "new", "newer", edition="2")  # everything changes, two come, one goes
OTHER = show("jury", "old", edition="1")  # what a producer publishes next, having thought better of it
EVERY = {"folder": 1, "ceph": 3, "ceph-tls": 7, "swift": 7, "rclone": 2, "rclone-tls": 7}  # every n-th cut


def publish(approved: Approved, store: Store) -> None:
    apply(prepare(approved, store), approved, store, lambda _: None)


def cuts(every: int = 1) -> range:
    changes = plan(AFTER.manifest, BEFORE.manifest).changes
    return range(1, len(changes) + 3, every)  # and the two manifests


@pytest.mark.parametrize("reply_lost", [False, True])
def test_no_cut_shows_a_reader_a_broken_link(
    place: servers.RunningStore,
    store: Store,
    reply_lost: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    publish(BEFORE, store)
    for at in cuts(EVERY[place.server.name]):
        with pytest.raises(StorageFailed, match="The network is gone"):
            publish(AFTER, CutOff(store, at, reply_lost=reply_lost))
        assert dangling(store) == [], f"cut at change {at}"
        following = OTHER if at % 2 else AFTER
        mending = CheckedByAReader(store)
        publish(following, mending if place.server.name == "folder" else store)
        assert mending.broken == [], f"while mending the cut at change {at}"
        assert holds(store, following), f"cut at change {at}"
        assert prepare(following, store).nothing_to_do
        publish(BEFORE, store)


def test_a_first_publish_that_is_cut_leaves_nothing_that_the_next_does_not_own(
    folder: servers.RunningStore,
) -> None:
    store = open_store(folder.settings, folder.root)
    for at in range(1, len(BEFORE.files) + 3):
        with pytest.raises(StorageFailed, match="The network is gone"):
            publish(BEFORE, CutOff(store, at, reply_lost=True))
        assert dangling(store) == []
        publish(OTHER, store)
        assert holds(store, OTHER), f"cut at change {at}"
        store.delete([*keys_of(store, "public/"), *keys_of(store, "_cop/")])


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
            assert holds(store, BEFORE), (first, second)


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


@pytest.mark.parametrize("wrong", ["feeds first", "media last", "deletes first", "changed before new"])
def test_the_reader_notices_a_wrong_order(folder: servers.RunningStore, wrong: str) -> None:
    orders = {
        "feeds first": lambda step: (step.entry.file_class != FileClass.FEED, step.wave),
        "media last": lambda step: (step.entry.file_class == FileClass.MEDIA, step.wave),
        "deletes first": lambda step: (step.action is not Action.DELETE, step.wave),
        "changed before new": lambda step: (step.reason == "new", step.wave),
    }
    store = open_store(folder.settings, folder.root)
    publish(BEFORE, store)
    todo = prepare(AFTER, store)
    todo = replace(todo, steps=tuple(sorted(todo.steps, key=orders[wrong])))
    watched = CheckedByAReader(store)
    apply(todo, AFTER, watched, lambda _: None)
    assert watched.broken


KILLED_AT_A_FILE_OPERATION = """
import os, signal, sys
sys.path[:0] = {path!r}
from test_cut_off import AFTER, publish
from cop_publish.storage.folder import FolderStore
from pathlib import Path

store, left = FolderStore(Path({folder!r})), {at!r}
EVENTS = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir")
def count(event, args):
    global left
    if event in EVENTS and {folder!r} in str(args[0]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
publish(AFTER, store)
"""


def test_a_kill_at_any_file_operation_harms_no_reader(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    publish(BEFORE, store)
    killed, at = -signal.SIGKILL, 0
    while killed == -signal.SIGKILL:
        killed = _publish_and_be_killed(folder, at)
        assert dangling(store) == [], f"killed at file operation {at}"
        following = OTHER if at % 2 else AFTER
        publish(following, store_again := open_store(folder.settings, folder.root))
        assert holds(store_again, following), f"killed at file operation {at}"
        publish(BEFORE, store)
        at += 5
    assert killed == 0
    assert at > 50, "a publish has many file operations"
    assert not list(folder.root.rglob("*.part")), "what a kill left behind is swept"


def _publish_and_be_killed(folder: servers.RunningStore, at: float) -> int:
    published = str(folder.root / "published")
    code = KILLED_AT_A_FILE_OPERATION.format(path=sys.path, folder=published, at=at)
    return subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_a_publish_that_is_not_cut_is_seen_by_no_wrapper(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    publish(BEFORE, CutOff(store, math.inf, reply_lost=True))
    assert holds(store, BEFORE)
