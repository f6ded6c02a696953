"""A bucket whose ETags are no MD5s, as with a key of AWS's key service: all holds, at a listing more."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from faulty_network import faulty_network
from live_feed import live_feed
from opaque_etags import opaque_etags
from requests_sent import hooked, requests_sent
from sites import ONE_INSTALLATION, content, dangling, file, holds, publish, show, site
from wrappers import CutOff

from cop_publish.core.head import Withdrawn
from cop_publish.core.output import Headers, OnDisk
from cop_publish.errors import Conflict, StorageFailed
from cop_publish.storage.audit import audit
from cop_publish.storage.base import ABSENT, Holding
from cop_publish.storage.live import Publisher, look
from cop_publish.storage.memory import Memory
from cop_publish.storage.multipart import PART_BYTES
from cop_publish.storage.open import open_store
from cop_publish.storage.probe import check_store
from cop_publish.storage.release import abandon, rollback
from cop_publish.storage.s3 import S3Store
from cop_publish.storage.traits import Traits, record_traits
from cop_publish.storage.withdraw import withdraw
from cop_publish.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import servers

BEFORE = show("jury", "maps", "old", edition="1")
AFTER = show("jury", "maps", "new", edition="2")
HTML = Headers("text/html", "no-store")
SOUND = Headers("audio/mpeg", "public, max-age=86400")
KEY = "public/page.html"
LONG = b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(5 * PART_BYTES // 64))


@pytest.fixture
def door(ceph: servers.RunningStore) -> Iterator[servers.RunningStore]:
    """A bucket behind such a door."""
    with opaque_etags(ceph.server) as endpoint:
        yield replace(ceph, settings=replace(ceph.settings, endpoint=endpoint))


@pytest.fixture
def store(door: servers.RunningStore) -> S3Store:
    found = open_store(door.settings, door.root)
    assert isinstance(found, S3Store)
    record_traits(found, Traits(honours_conditions=True, checked_at=datetime.now(UTC)))
    return found


def test_the_same_bytes_have_another_etag_each_time(store: S3Store) -> None:
    first = store.put(KEY, b"the same", HTML)
    second = store.put(KEY, b"the same", HTML)
    assert len({first, second, hashlib.md5(b"the same", usedforsecurity=False).hexdigest()}) == 3
    held = store.head(KEY)
    assert held is not None
    assert held.etag == second
    assert [line.etag for line in store.list("public/")] == [second]
    with pytest.raises(Conflict):
        store.put(KEY, b"another", HTML, Holding(first))
    assert store.put(KEY, b"another", HTML, Holding(second)) != second


def test_such_a_bucket_is_found_to_hold_conditions_and_verify_has_no_faults(
    door: servers.RunningStore, store: S3Store
) -> None:
    settings = live_feed(store, door.url, door.root, door.settings).settings
    found = check_store(store, settings)
    assert found.conditions.honest
    assert found.is_safe
    assert verify(settings).faults == ()


def test_a_publish_and_what_follows_hold(store: S3Store) -> None:
    who = Publisher(store, ONE_INSTALLATION)
    publish(BEFORE, store)
    publish(AFTER, store)
    assert holds(store, AFTER, ("old",))
    assert audit(store, look(who).record, lambda _: None).faults == ()
    memory = Memory(None)
    with requests_sent(store) as sent:
        publish(AFTER, store, memory)
    assert [line.partition("?")[0] for line in sent if "releases" not in line] == [
        "GET _cop/head.json",
        "GET ",
    ]
    rollback(who, "1", lambda _: None)
    assert holds(store, BEFORE, ("new",))
    gone = frozenset(f.key for f in BEFORE.files if "old" in f.key)
    withdraw(show("jury", "maps", edition="3"), Withdrawn(keys=gone), who, lambda _: None)
    assert holds(store, show("jury", "maps", edition="3"), ("new",))


@pytest.mark.parametrize("then", ["finish", "abandon"])
def test_a_cut_anywhere_is_finished_or_undone(store: S3Store, then: str) -> None:
    who = Publisher(store, ONE_INSTALLATION)
    publish(AFTER, store)
    publish(BEFORE, store)
    undone = 0
    for at in range(1, 12):
        with pytest.raises(StorageFailed, match="The network is gone"):
            publish(AFTER, CutOff(store, at, reply_lost=at % 2 == 0))
        assert dangling(store) == [], at
        head = look(who).head
        if then == "abandon" and head is not None and head.lease is not None:
            abandon(who, lambda _: None)
            undone += 1
        else:
            publish(AFTER, store)
            assert holds(store, AFTER, ("old",)), at
            publish(BEFORE, store)
        assert holds(store, BEFORE, ("new",)) or holds(store, BEFORE), at
    assert undone or then == "finish"


def test_bytes_that_were_tampered_with_are_found(store: S3Store) -> None:
    publish(BEFORE, store)
    store.put("public/index.html", b"forged", HTML)
    faults = audit(store, look(Publisher(store)).record, lambda _: None).faults
    assert [str(fault).partition(":")[0] for fault in faults] == ["index.html"]


@pytest.mark.parametrize("condition", ["absent", "holding"])
def test_a_lost_answer_to_a_conditional_write_is_known_as_our_own(
    door: servers.RunningStore, store: S3Store, condition: str
) -> None:
    etag = store.put(KEY, b"before", HTML) if condition == "holding" else ""
    with faulty_network(door.settings.endpoint) as (network, endpoint):
        through = open_store(replace(door.settings, endpoint=endpoint), door.root)
        network.break_at("lost reply", 1)
        written = through.put(KEY, b"after", HTML, Holding(etag) if etag else ABSENT)
    assert content(store, KEY) == b"after"
    held = store.head(KEY)
    assert held is not None
    assert held.etag == written
    with pytest.raises(Conflict):
        store.put(KEY, b"theirs", HTML, ABSENT)


# --- large files ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long_sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sounds") / "long.mp3"
    path.write_bytes(LONG)
    return path


def test_a_large_file_arrives_whole_also_after_it_was_stopped(store: S3Store, long_sound: Path) -> None:
    sound = OnDisk(long_sound, hashlib.sha256(LONG).hexdigest(), len(LONG))
    approved = site(file("media/long.mp3", sound), file("index.html", b"[media/long.mp3]"))
    answered = [0]

    def stop(**_: object) -> None:
        answered[0] += 1
        if answered[0] > 1:
            raise KeyboardInterrupt

    with hooked(store, "before-call.s3.UploadPart", stop), pytest.raises(KeyboardInterrupt):
        publish(approved, store)
    with requests_sent(store) as sent:
        publish(approved, store)
    assert not any(line.startswith("POST") and line.endswith("?uploads") for line in sent), "it goes on"
    assert holds(store, approved)
    assert audit(store, look(Publisher(store)).record, lambda _: None).faults == ()


def test_a_lost_answer_to_the_joining_of_parts_is_known_as_our_own(
    door: servers.RunningStore, store: S3Store, long_sound: Path
) -> None:
    joining = 3 + -(-len(LONG) // PART_BYTES) + 1  # after a HEAD, a list of uploads, a new one, and its parts
    with faulty_network(door.settings.endpoint) as (network, endpoint), long_sound.open("rb") as body:
        through = open_store(replace(door.settings, endpoint=endpoint), door.root)
        network.break_at("lost reply", joining)
        etag = through.put("public/media/long.mp3", body, SOUND, ABSENT)
        assert network.did_it
    held = store.head("public/media/long.mp3")
    assert held is not None
    assert held.etag == etag
    assert content(store, "public/media/long.mp3") == LONG
