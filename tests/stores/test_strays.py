"""A pack whose publisher was killed before its turn is removed by a later publish, and none too early."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sites import holds, keys_of, planned, publish, show
from wrappers import CutOff, Remembering

from cop_publish.errors import StorageFailed
from cop_publish.storage.base import ANYTHING
from cop_publish.storage.live import Publisher, look
from cop_publish.storage.memory import Memory
from cop_publish.storage.open import open_store
from cop_publish.storage.pack import PACK_HEADERS, RELEASES, pack_key
from cop_publish.storage.release import apply, rollback
from cop_publish.storage.strays import stray_packs
from cop_publish.storage.traits import Traits, record_traits

if TYPE_CHECKING:
    from pathlib import Path

    import servers

    from cop_publish.core.output import Headers
    from cop_publish.storage.base import Body, Condition, Store


class Overtaken(Remembering):
    """Lets somebody else publish the third edition when a pack has just been written."""

    def __init__(self, store: Store, other: Memory) -> None:
        super().__init__(store)
        self._other: Memory | None = other
        self.written = ""

    def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:
        etag = super().put(key, body, headers, condition)
        if key.startswith(RELEASES) and self._other:
            self.written, other, self._other = key, self._other, None
            publish(THIRD, self._store, other)
        return etag


HONEST = {"folder", "ceph", "ceph-tls"}
FIRST, SECOND, THIRD = (show("jury", "maps", edition=edition) for edition in "123")


@pytest.fixture
def here(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "here")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "elsewhere")


@pytest.fixture
def store(store: Store, place: servers.RunningStore) -> Store:
    """Each kind of store, checked."""
    record_traits(store, Traits(place.server.name in HONEST, datetime.now(UTC)))
    return store


def leave_a_pack(store: Store, who: Memory) -> tuple[str, ...]:
    """Stop a publish of the second edition when its pack is written, and nothing else."""
    before = keys_of(store, RELEASES)
    with pytest.raises(StorageFailed, match="The network is gone"):
        publish(SECOND, CutOff(store, 1, reply_lost=True), who)
    left = tuple(key for key in keys_of(store, RELEASES) if key not in before)
    assert len(left) == 1
    return left


def staying(place: servers.RunningStore, *strays: str) -> tuple[str, ...]:
    """Where conditions are not held, somebody asleep may still name one in the head."""
    return () if place.server.name in HONEST else strays


def packs_of_releases(store: Store) -> tuple[str, ...]:
    packs = look(Publisher(store)).record.packs
    return tuple(sorted(pack_key(seq, use.id) for seq, use in packs.items()))


def test_whoever_left_it_removes_it_with_the_next_publish(
    store: Store, place: servers.RunningStore, here: Memory
) -> None:
    publish(FIRST, store, here)
    stray = leave_a_pack(store, here)
    publish(THIRD, store, here)
    assert set(keys_of(store, RELEASES)) == {*packs_of_releases(store), *staying(place, *stray)}
    rollback(Publisher(store, here), "1", lambda _: None)
    assert holds(store, FIRST)


def test_so_does_whoever_did_not_publish_last(
    store: Store, place: servers.RunningStore, here: Memory, elsewhere: Memory
) -> None:
    publish(FIRST, store, here)
    stray = leave_a_pack(store, here)
    publish(THIRD, store, elsewhere)
    assert set(keys_of(store, RELEASES)) == {*packs_of_releases(store), *staying(place, *stray)}


def test_so_does_a_first_publish(folder: servers.RunningStore, elsewhere: Memory) -> None:
    store = open_store(folder.settings, folder.root)
    with pytest.raises(StorageFailed, match="The network is gone"):
        publish(FIRST, CutOff(store, 3, reply_lost=True))
    assert len(keys_of(store, RELEASES)) == 1
    publish(SECOND, store, elsewhere)
    assert keys_of(store, RELEASES) == packs_of_releases(store)


def test_it_takes_no_listing_where_none_can_be_ours(store: Store, here: Memory) -> None:
    publish(FIRST, store, here)
    store.put(pack_key(2, "0" * 12), b"somebody's", PACK_HEADERS)
    assert stray_packs(Publisher(store, here), look(Publisher(store, here))) == frozenset()


def test_what_is_of_a_later_release_or_no_pack_of_ours_stays(
    store: Store, place: servers.RunningStore, here: Memory, elsewhere: Memory
) -> None:
    publish(FIRST, store, here)
    stray = pack_key(2, "0" * 12)
    others = (pack_key(3, "0" * 12), f"{RELEASES}notes.zip", f"{RELEASES}000001-notes.txt")
    for key in (stray, *others):
        store.put(key, b"somebody's", PACK_HEADERS)
    publish(SECOND, store, elsewhere)
    assert set(keys_of(store, RELEASES)) == {*others, *packs_of_releases(store), *staying(place, stray)}


def test_somebody_whose_pack_is_removed_before_their_turn_is_told_to_run_it_again(
    store: Store, here: Memory, elsewhere: Memory
) -> None:
    """They have written their pack; before they begin, somebody else publishes and tidies up."""
    publish(FIRST, store, here)
    ready = planned(SECOND, store, here)
    meanwhile = Overtaken(store, elsewhere)
    with pytest.raises(StorageFailed, match="Somebody else published meanwhile"):
        apply(ready, Publisher(meanwhile, here), lambda _: None)
    assert meanwhile.written not in keys_of(store, RELEASES), (
        "they took it back themselves, or it was removed"
    )
    assert holds(store, THIRD)
    publish(SECOND, store, here)
    assert holds(store, SECOND)
