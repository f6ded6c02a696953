"""Killing a publisher at every request, and looking at what is left: one process a store and a story.

``crashes.py SETTINGS-AS-JSON WORKSPACE STORY EVERY fences|lock`` prints a line of JSON for each crash point.
It forks a child that does the story's work and kills itself at its k-th request, either before that is sent
or after the store has done it; then, as somebody else on another machine, it crawls what readers can reach,
lets the lease end, finishes, and compares.  Nothing else runs in this process, so that forking is safe.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import sys
import traceback
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from requests_sent import hooked, requests_sent
from sites import dangling, holds, keys_of, publish, show
from wrappers import Remembering

from cop_publish.core.head import Head, Withdrawn
from cop_publish.settings import StorageSettings
from cop_publish.storage.base import read
from cop_publish.storage.folder import FolderStore
from cop_publish.storage.live import Publisher, look
from cop_publish.storage.lock import LOCKS
from cop_publish.storage.memory import Memory
from cop_publish.storage.open import open_store
from cop_publish.storage.release import rollback, settle
from cop_publish.storage.s3 import S3Store
from cop_publish.storage.traits import HEAD, PRIVATE_JSON, Traits, record_traits
from cop_publish.storage.withdraw import withdraw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cop_publish.core.output import Approved
    from cop_publish.storage.base import Store

BEFORE = show("jury", "maps", "old", edition="1")
AFTER = show("jury", "maps", "new", edition="2")  # everything changes, one comes, one goes
WITHOUT = show("jury", "maps", edition="3")
GONE = frozenset(f.key for f in BEFORE.files if "old" in f.key)


@dataclass(frozen=True)
class Story:
    """What is public before, what is done then, and what may be public after it was finished."""

    prepared: tuple[Approved, ...]  # published one after the other, on an empty store
    act: Callable[[Publisher], object]
    after: Approved
    beside: tuple[str, ...] = ()  # episodes whose sounds are retired then


def _publish(approved: Approved) -> Callable[[Publisher], object]:
    return lambda who: publish(approved, who.store, who.memory)


def _roll_back(who: Publisher) -> object:
    return rollback(who, "1", lambda _: None)


def _withdraw(who: Publisher) -> object:
    return withdraw(WITHOUT, Withdrawn(keys=GONE), who, lambda _: None)


STORIES = {
    "first publish": Story((), _publish(BEFORE), BEFORE),
    "publish": Story((BEFORE,), _publish(AFTER), AFTER, ("old",)),
    "rollback": Story((BEFORE, AFTER), _roll_back, BEFORE, ("new",)),
    "withdrawal": Story((BEFORE, AFTER, BEFORE), _withdraw, WITHOUT, ("new",)),
}


def main(settings: str, workspace: str, story: str, every: str, fences: str) -> int:
    place = StorageSettings(**json.loads(settings))
    traits = Traits(fences == "fences", datetime.now(UTC))
    for outcome in crash_points(Bench(place, Path(workspace), traits), STORIES[story], int(every)):
        sys.stdout.write(json.dumps(outcome) + "\n")
        sys.stdout.flush()
    return 0


@dataclass(frozen=True)
class Bench:
    """A store that is emptied and filled again and again; `traits` is what a check of it would say."""

    place: StorageSettings
    root: Path
    traits: Traits

    def store(self) -> Store:
        return open_store(self.place, self.root)

    def elsewhere(self) -> Publisher:
        """Another installation, which has seen nothing of this store."""
        return Publisher(self.store(), Memory(self.root / secrets.token_hex(4)))


def crash_points(bench: Bench, story: Story, every: int) -> Iterator[dict[str, object]]:
    """Every so manieth request, before and after, until the story ends by itself."""
    for when in ("before", "after") if bench.place.bucket else ("before",):
        at, was_killed = 1, True
        while was_killed:
            store = bench.store()
            store.delete([*keys_of(store, "public/"), *keys_of(store, "_cop/")])
            record_traits(store, bench.traits)
            for approved in story.prepared:
                publish(approved, store)
            was_killed = killed(bench, story, when, at)
            yield {"k": at, "when": when, "killed": was_killed} | aftermath(bench, story)
            at += every


def aftermath(bench: Bench, story: Story) -> dict[str, object]:
    """What readers meet, and what the next publisher, on another machine, makes of it."""
    who = bench.elsewhere()
    broken = dangling(who.store)
    let_the_lease_end(who.store)
    head = look(who).head
    was_cut = head is not None and head.lease is not None
    settle(who, lambda _: None)
    exact = holds(who.store, story.after, story.beside) or not was_cut
    live = look(who)
    if live.manifest != story.after.manifest:
        story.act(who)
    done = holds(who.store, story.after, story.beside)
    return {
        "dangling": broken,
        "finished exactly": exact,
        "done": done,
        "locks": len(keys_of(who.store, LOCKS)) if was_cut else 0,  # one that outlived the commit is stale
        "next publish": sent_by_the_next(who, story.after),
    }


def sent_by_the_next(who: Publisher, approved: Approved) -> list[str]:
    """For a bucket its requests; for a folder what is written."""
    if isinstance(who.store, S3Store):
        with requests_sent(who.store) as sent:
            publish(approved, who.store, who.memory)
        return sent
    watched = Remembering(who.store)
    publish(approved, watched, who.memory)
    return watched.begun


def let_the_lease_end(store: Store) -> None:
    """As when time passes: by the store's clock, whoever had the turn has it no more."""
    found = read(store, HEAD)
    head = Head.from_json(found.content.decode()) if found else None
    if head and head.lease:
        past = head.lease.since - timedelta(hours=1)
        ended = replace(head, lease=replace(head.lease, since=past, until=past))
        store.put(HEAD, ended.to_json().encode(), PRIVATE_JSON)
    for name in keys_of(store, LOCKS):
        store.delete([name])
        store.put(f"{LOCKS}20200101T000000Z-{name.partition('-')[2]}", b"", PRIVATE_JSON)


# --- the kill ---------------------------------------------------------------------------------------------


def killed(bench: Bench, story: Story, when: str, at: int) -> bool:
    """Whether the story got as far as its `at`-th request; it is killed there."""
    child = os.fork()
    if child == 0:
        try:
            store = bench.store()
            with killing(store, when, at):
                story.act(Publisher(store))
            os._exit(0)
        except BaseException:  # noqa: BLE001 - said to the parent by the exit code
            traceback.print_exc()
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert status in {0, signal.SIGKILL}, f"the story failed at {when} {at}: {status}"
    return status == signal.SIGKILL


@contextlib.contextmanager
def killing(store: Store, when: str, at: int) -> Iterator[None]:
    """Kill this process at its `at`-th request, or at a folder's `at`-th file operation."""
    left = [at]

    def count(**_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if isinstance(store, S3Store):
        event = "before-send.s3" if when == "before" else "response-received.s3"
        with hooked(store, event, count):
            yield
        return
    assert isinstance(store, FolderStore)
    place = str(store.folder)

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event in FILE_OPERATIONS and place in str(arguments[0]):
            count()

    sys.addaudithook(watch)
    yield


FILE_OPERATIONS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir"}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
