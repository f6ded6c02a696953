"""Killing a publisher at every request, and looking at what is left: one process a store and a story.

``crashes.py SETTINGS-AS-JSON WORKSPACE STORY EVERY fences|lock`` prints a line of JSON for each crash point.
It forks a child that does the story's work and kills itself at its k-th request, either before that is sent
or after the store has done it; then, as somebody else on another machine, it crawls what readers can reach,
lets the lease end, finishes, and compares.  Nothing else runs in this process, so that forking is safe.
Each crash point has a corner of the store of its own, which is cheaper than to empty it.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import secrets
import signal
import sys
import threading
import traceback
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import boto3.session
from requests_sent import hooked, requests_sent
from sites import content, dangling, holds, is_listed, keys_of, publish, show
from wrappers import CutOff, Remembering

from cop_publish.core.head import Head, Withdrawn
from cop_publish.errors import Busy, StorageFailed
from cop_publish.settings import StorageSettings
from cop_publish.storage.base import read
from cop_publish.storage.folder import FolderStore
from cop_publish.storage.live import LEASE_SECONDS, Publisher, look
from cop_publish.storage.lock import LOCKS
from cop_publish.storage.memory import Memory
from cop_publish.storage.open import open_store
from cop_publish.storage.pack import RELEASES, pack_key
from cop_publish.storage.prepare import prepare
from cop_publish.storage.release import apply, rollback, settle
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
    cut: Approved | None = None  # what somebody else was publishing last, and was cut off


def _publish(approved: Approved) -> Callable[[Publisher], object]:
    return lambda who: apply(prepare(approved, who, settle(who, lambda _: None)), who, lambda _: None)


def _roll_back(who: Publisher) -> object:
    return rollback(who, "1", lambda _: None)


def _withdraw(who: Publisher) -> object:
    return withdraw(WITHOUT, Withdrawn(keys=GONE), who, lambda _: None)


def _take_back(who: Publisher) -> object:
    """What was taken back of what stays: the sound of one, and what every page said."""
    named = Withdrawn(sha256s=frozenset(f.sha256 for f in BEFORE.files if f.key.startswith("media/old")))
    touched = frozenset(f.key for f in BEFORE.files if not f.key.startswith("media/"))
    return withdraw(WITHOUT, named, who, lambda _: None, touched)


STORIES = {
    "first publish": Story((), _publish(BEFORE), BEFORE),
    "publish": Story((BEFORE,), _publish(AFTER), AFTER, ("old",)),
    "finishing": Story((BEFORE,), _publish(AFTER), AFTER, ("old",), cut=AFTER),
    "rollback": Story((BEFORE, AFTER), _roll_back, BEFORE, ("new",)),
    "withdrawal": Story((BEFORE, AFTER, BEFORE), _withdraw, WITHOUT, ("new",)),
    "taking back": Story((BEFORE, AFTER, BEFORE), _take_back, WITHOUT, ("new",)),
}


def main(settings: str, workspace: str, story: str, every: str, fences: str) -> int:
    place = StorageSettings(**json.loads(settings))
    boto3.session.Session = functools.cache(boto3.session.Session)  # type: ignore[assignment,misc] # it reads its models each time
    bench = Bench(place, Path(workspace), Traits(fences == "fences", datetime.now(UTC)))
    sleeping = {"sleeper": LEASE_SECONDS, "short sleeper": 2.0}
    if story in sleeping:
        outcomes = sleepers(bench, int(every), sleeping[story])
    else:
        outcomes = crash_points(bench, STORIES[story], int(every))
    for outcome in outcomes:
        sys.stdout.write(json.dumps(outcome) + "\n")
        sys.stdout.flush()
    return 0


@dataclass(frozen=True)
class Bench:
    """A store, or a corner of it; `traits` is what a check of it would say."""

    place: StorageSettings
    root: Path
    traits: Traits

    def store(self) -> Store:
        return open_store(self.place, self.root)

    def corner(self, name: str) -> Bench:
        """An empty part of it."""
        if self.place.bucket:
            return replace(self, place=replace(self.place, prefix=f"{name}/"))
        return replace(self, place=replace(self.place, folder=f"published-{name}"))

    def fill(self, story: Story) -> None:
        """Put into it what the story finds there."""
        store = self.store()
        record_traits(store, self.traits)
        for approved in story.prepared:
            publish(approved, store)
        if story.cut:
            with contextlib.suppress(StorageFailed):
                publish(story.cut, CutOff(store, 6, reply_lost=True), Memory(None))
            let_the_lease_end(store)

    def elsewhere(self) -> Publisher:
        """Another installation, which has seen nothing of this store."""
        return Publisher(self.store(), Memory(self.root / secrets.token_hex(4)))


def crash_points(bench: Bench, story: Story, every: int) -> Iterator[dict[str, object]]:
    """Every so manieth request, before and after, until the story ends by itself."""
    for when in ("before", "after") if bench.place.bucket else ("before",):
        at, was_killed = 1, True
        while was_killed:
            corner = bench.corner(f"{when}-{at}")
            corner.fill(story)
            was_killed = killed(corner, story, when, at)
            yield {"k": at, "when": when, "killed": was_killed} | aftermath(corner, story)
            at += every


def aftermath(bench: Bench, story: Story) -> dict[str, object]:
    """What readers meet, and what the next publisher, on another machine, makes of it."""
    who = bench.elsewhere()
    broken = dangling(who.store)
    let_the_lease_end(who.store)
    head = look(who).head
    was_cut = head is not None and head.lease is not None
    settle(who, lambda _: None)
    exact = not was_cut or holds(who.store, story.after, story.beside)
    live = look(who)
    if live.manifest != story.after.manifest:
        story.act(who)
    same = is_listed if bench.place.bucket and was_cut else holds
    packs = {pack_key(seq, use.id) for seq, use in look(who).record.packs.items()}
    return {
        "dangling": broken,
        "finished exactly": exact,
        "done": same(who.store, story.after, story.beside),
        "stray packs": sorted(set(keys_of(who.store, RELEASES)) ^ packs),
        "locks": len(keys_of(who.store, LOCKS)) if was_cut else 0,  # one that outlived the commit is stale
        "next publish": [
            line.replace(bench.place.prefix, "", 1) for line in sent_by_the_next(who, story.after)
        ],
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
    child = begun(bench, story, Halt(when, at, signal.SIGKILL))
    _, status = os.waitpid(child, 0)
    assert status in {0, signal.SIGKILL}, f"the story failed at {when} {at}: {status}"
    return status == signal.SIGKILL


class Halt(NamedTuple):
    """A signal to oneself, at the `at`-th request, before it is sent or after it was answered."""

    when: str
    at: int
    by: signal.Signals
    lease_seconds: float = LEASE_SECONDS


def begun(bench: Bench, story: Story, halt: Halt) -> int:
    """A child that does the story's work; exits with 0, with 3 when it is somebody else's turn, or with 1."""
    child = os.fork()
    if child:
        return child
    try:
        store = bench.store()
        with halting(store, halt):
            story.act(Publisher(store, lease_seconds=halt.lease_seconds))
        os._exit(0)
    except Busy:
        os._exit(3)
    except BaseException:  # noqa: BLE001 - said to the parent by the exit code
        traceback.print_exc()
        os._exit(1)


@contextlib.contextmanager
def halting(store: Store, halt: Halt) -> Iterator[None]:
    """Halt this process at its `at`-th request, or at a folder's `at`-th file operation."""
    left, when = [halt.at], halt.when

    def count(**_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), halt.by)

    if isinstance(store, S3Store):
        event = "before-send.s3" if when == "before" else "response-received.s3"
        with hooked(store, event, count):
            yield
        return
    assert isinstance(store, FolderStore)
    place = str(store.folder)

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        path = str(arguments[0])
        # Whoever is stopped while it holds the folder's own lock only keeps the others waiting.
        alone = halt.by is signal.SIGSTOP and not (event == "open" and path.endswith(".part"))
        if event in FILE_OPERATIONS and place in path and not alone:
            count()

    sys.addaudithook(watch)
    yield


FILE_OPERATIONS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir"}


# --- the sleeper ------------------------------------------------------------------------------------------

OTHER = show("jury", "maps", edition="9")  # what another machine publishes meanwhile


def sleepers(bench: Bench, every: int, lease_seconds: float) -> Iterator[dict[str, object]]:
    """Stop a publisher at a request, let somebody else publish after its turn, and let it go on."""
    story = STORIES["publish"]
    for when in ("before", "after") if bench.place.bucket else ("before",):
        at, was_stopped = 1, True
        while was_stopped:
            corner = bench.corner(f"{when}-{at}")
            corner.fill(story)
            child = begun(corner, story, Halt(when, at, signal.SIGSTOP, lease_seconds))
            _, status = os.waitpid(child, os.WUNTRACED)
            was_stopped = os.WIFSTOPPED(status)
            if was_stopped:
                try:
                    outcome = woken(corner, child, forged=lease_seconds == LEASE_SECONDS)
                except BaseException:
                    os.kill(child, signal.SIGKILL)  # nobody else would end it
                    raise
                yield {"k": at, "when": when} | outcome
            at += every


def woken(bench: Bench, child: int, *, forged: bool) -> dict[str, object]:
    """What comes of it: how the sleeper ends, and what is public then."""
    who = bench.elsewhere()
    if forged:
        let_the_lease_end(who.store)
    until_free(who)
    publish(OTHER, who.store, who.memory)
    os.kill(child, signal.SIGCONT)
    _, status = os.waitpid(child, 0)
    names = {f"public/{f.key}": f.sha256 for f in OTHER.files}
    there = {key: sha256(content(who.store, key) or b"").hexdigest() for key in keys_of(who.store, "public/")}
    stranger_pages = sorted(key for key in there if key not in names and "/media/" not in key)
    return {
        "exit": os.waitstatus_to_exitcode(status),
        "dangling": dangling(who.store),
        "changed": sorted(key for key in names if there.get(key) != names[key]),
        "strangers": stranger_pages,
        "came first": look(who).manifest == AFTER.manifest and holds(who.store, AFTER, ("old",)),
    }


def until_free(who: Publisher) -> None:
    """Wait for a lease that really ends, and for locks."""
    pause, give_up = threading.Event(), who.store.now() + timedelta(seconds=30)
    while who.store.now() < give_up:
        head = look(who).head
        now = who.store.now()
        locks = [
            name
            for name in keys_of(who.store, LOCKS)
            if name.removeprefix(LOCKS)[:16] >= f"{now:%Y%m%dT%H%M%SZ}"
        ]
        if (head is None or head.is_free_for(who.owner, now)) and not locks:
            return
        pause.wait(0.05)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
