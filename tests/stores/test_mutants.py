"""The suite has teeth: each guard of the protocol, taken away, is noticed by the readers of these tests."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from crashes import let_the_lease_end
from sites import ONE_INSTALLATION, dangling, holds, planned, publish, show
from wrappers import CutOff, Remembering

from cop_publish.core.head import Head
from cop_publish.core.output import FileClass
from cop_publish.core.plan import Action, Plan, Step
from cop_publish.errors import StorageFailed
from cop_publish.storage.base import ANYTHING
from cop_publish.storage.live import Publisher, look
from cop_publish.storage.memory import Memory
from cop_publish.storage.open import open_store
from cop_publish.storage.release import apply
from cop_publish.storage.traits import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable

    import servers

    from cop_publish.core.output import Headers
    from cop_publish.storage.base import Body, Condition, Store

BEFORE = show("jury", "maps", "old", edition="1")
AFTER = show("jury", "maps", "new", "newer", edition="2")
CHANGES = 17


def harm(store: Store, publish_mutant: Callable[[Store], object]) -> list[str]:
    """What a reader, or the next publisher, meets after a cut at any change."""
    found = []
    for at in range(1, CHANGES):
        store.delete([line.key for prefix in ("public/", "_cop/") for line in store.list(prefix)])
        publish(BEFORE, store)
        with suppress(StorageFailed):
            publish_mutant(CutOff(store, at, reply_lost=True))
        found += [f"cut at {at}: {key} dangles" for key in dangling(store)]
        let_the_lease_end(store)
        try:
            publish(AFTER, store, Memory(None))
        except StorageFailed as error:
            found.append(f"cut at {at}: {error}")
        if not holds(store, AFTER, ("old",)):
            found.append(f"cut at {at}: not exact")
    return found


def test_the_protocol_itself_does_no_harm(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    assert harm(store, lambda cut: publish(AFTER, cut)) == []


ORDERS: dict[str, Callable[[Step], tuple[object, ...]]] = {
    "feeds first": lambda step: (step.entry.file_class != FileClass.FEED, step.wave),
    "deletes first": lambda step: (step.action is not Action.DELETE, step.wave),
    "changed before new": lambda step: (step.reason == "new", step.wave),
    "indexes before pages": lambda step: (step.entry.file_class != FileClass.INDEX, step.wave),
}


@pytest.mark.parametrize("mutant", ORDERS)
def test_a_wrong_order_is_noticed(folder: servers.RunningStore, mutant: str) -> None:
    store = open_store(folder.settings, folder.root)
    assert harm(store, lambda cut: out_of_order(cut, ORDERS[mutant])) != []


def out_of_order(store: Store, order: Callable[[Step], tuple[object, ...]]) -> None:
    ready = planned(AFTER, store)
    steps = tuple(sorted(ready.plan.steps, key=order))
    renumbered = tuple(replace(step, wave=step.wave and 1 + at) for at, step in enumerate(steps))
    mutant = replace(ready, plan=replace(ready.plan, steps=renumbered))
    apply(mutant, Publisher(store, ONE_INSTALLATION), lambda _: None)


def test_media_last_are_noticed(folder: servers.RunningStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(folder.settings, folder.root)
    publish(BEFORE, store)
    monkeypatch.setattr(Plan, "ahead", property(lambda _: ()))
    monkeypatch.setattr(Plan, "moves", property(media_last))
    assert harm(store, lambda cut: publish(AFTER, cut)) != []


def media_last(plan: Plan) -> tuple[Step, ...]:
    media = [step for step in plan.changes if step.entry.file_class is FileClass.MEDIA]
    others = [step for step in plan.changes if step.entry.file_class is not FileClass.MEDIA]
    return (*others, *(replace(step, wave=99) for step in media))


def test_a_head_that_is_committed_before_the_pages_is_noticed(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    assert any("not exact" in line for line in harm(store, lambda cut: publish(AFTER, NeverBusy(cut))))


class NeverBusy(Remembering):
    """Says that a release is done when it begins."""

    def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:
        if key == HEAD and isinstance(body, bytes):
            body = replace(Head.from_json(body.decode()), lease=None).to_json().encode()
        return super().put(key, body, headers, condition)


def test_a_pack_that_is_written_after_the_pages_is_noticed(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    assert any("not in the store" in line for line in harm(store, lambda cut: publish(AFTER, PackLast(cut))))


class PackLast(Remembering):
    """Puts the pack when the head says done."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._late: list[tuple[str, bytes, Headers]] = []

    def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:
        if key.startswith("_cop/releases/"):
            self._late.append((key, body if isinstance(body, bytes) else body.read(), headers))
            return ""
        if self._late and isinstance(body, bytes) and b'"state": "done"' in body:
            super().put(*self._late.pop())
        return super().put(key, body, headers, condition)


class NoFence(Remembering):
    """A store whose conditions are not looked at, and which says that they are."""

    honours_conditions = True

    def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:  # noqa: ARG002 - the point
        return super().put(key, body, headers, ANYTHING)


class Interrupted(NoFence):
    """Lets somebody else publish when the feed is about to be sent."""

    def __init__(self, store: Store, meanwhile: Callable[[], object]) -> None:
        super().__init__(store)
        self._meanwhile = meanwhile

    def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:
        if key == "public/feed.xml":
            self._meanwhile()
        return super().put(key, body, headers, condition)


def test_a_store_that_does_not_fence_is_noticed(folder: servers.RunningStore) -> None:
    """The same sleeper as in `test_rivals`, on a store that lies: the site is mixed."""
    store = open_store(folder.settings, folder.root)
    other = show("jury", "maps", edition="9")

    def meanwhile() -> None:
        let_the_lease_end(store)
        publish(other, store, Memory(None))

    publish(BEFORE, store)
    with suppress(StorageFailed):
        publish(AFTER, Interrupted(store, meanwhile))
    live = look(Publisher(store)).manifest
    assert not (live == other.manifest and holds(store, other, ("old", "new", "newer")))
