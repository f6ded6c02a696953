"""Publishing a site to every store: what is sent, in which order, and what is not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import servers
from requests_sent import requests_sent
from sites import (
    ONE_INSTALLATION,
    content,
    dangling,
    file,
    holds,
    keys_of,
    planned,
    show,
    site,
)
from sites import publish as publish_quietly
from wrappers import RefusesOne, Remembering

from cop_publish.core.output import FileClass, Headers, InStore, OnDisk
from cop_publish.core.plan import Action, interrupted, plan
from cop_publish.core.retention import Retention
from cop_publish.errors import CopPublishError, StorageFailed
from cop_publish.storage.live import OLD_MANIFEST, Publisher, published_digest, published_manifest
from cop_publish.storage.memory import Memory
from cop_publish.storage.open import open_store
from cop_publish.storage.pack import PACK_HEADERS
from cop_publish.storage.prepare import prepare
from cop_publish.storage.release import apply, rollback, settle
from cop_publish.storage.traits import HEAD, Traits, record_traits

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.output import Approved, PublicFile
    from cop_publish.core.plan import Step
    from cop_publish.storage.base import Store
    from cop_publish.storage.release import Receipt


HONEST = {"folder", "ceph", "ceph-tls"}  # what `storage check` finds out about these


@pytest.fixture
def store(store: Store, place: servers.RunningStore) -> Store:
    """Each kind of store, checked."""
    record_traits(store, Traits(place.server.name in HONEST, datetime.now(UTC)))
    return store


def publish(approved: Approved, store: Store) -> Receipt:
    done: list[Step] = []
    ready = planned(approved, store)
    receipt = apply(ready, Publisher(store, ONE_INSTALLATION), done.append)
    assert sorted(done, key=str) == sorted(ready.plan.changes, key=str), "progress hears of every change"
    return receipt


def test_a_first_publish_sends_everything_and_says_so(store: Store, tmp_path: Path) -> None:
    approved = show("jury", "maps", folder=tmp_path)
    assert published_digest(Publisher(store)) is None
    receipt = publish(approved, store)
    assert holds(store, approved)
    assert not dangling(store)
    assert (receipt.put, receipt.deleted, receipt.kept) == (8, 0, 0)
    assert receipt.put_bytes == sum(f.size_bytes for f in approved.files)
    assert receipt.digest == published_digest(Publisher(store)) == approved.manifest.digest
    assert published_manifest(store) == approved.manifest


def test_a_second_publish_sends_nothing(store: Store) -> None:
    approved = show("jury", "maps")
    publish(approved, store)
    watched = Remembering(store)
    receipt = publish(approved, watched)
    assert watched.begun == []
    assert (receipt.put, receipt.deleted, receipt.kept) == (0, 0, 8)


def test_only_what_changed_is_sent_and_what_went_is_deleted(store: Store) -> None:
    before = show("jury", "maps", "panels")
    publish(before, store)
    changed = file("episodes/jury.html", b"Mended.", cache_control="public, max-age=60")
    after = site(*(changed if f.key == changed.key else f for f in before.files if f.key != "page-1.html"))
    watched = Remembering(store)
    publish(after, watched)
    assert public(watched.begun) == ["public/episodes/jury.html", "-public/page-1.html"]
    assert holds(store, after)


def public(names: list[str]) -> list[str]:
    return [name for name in names if "_cop/" not in name]


def test_media_that_were_replaced_stay_for_apps_with_an_old_feed(store: Store) -> None:
    publish(show("jury", "maps", "old"), store)
    publish(show("jury", "maps"), store)
    sounds = [key for key in keys_of(store, "public/media/") if "old" in key]
    assert len(sounds) == 1
    watched = Remembering(store)
    publish(show("jury", "maps", "old"), watched)
    assert sounds[0] not in watched.begun, "and need not be sent again when they come back"
    assert holds(store, show("jury", "maps", "old"))


def test_retired_media_go_when_no_feed_and_no_kept_release_names_them(store: Store) -> None:
    at_once = Retention(releases=1, months=0, media_days=0)
    publisher = Publisher(store, ONE_INSTALLATION, retention=at_once)
    publish(show("jury", "maps", "old"), store)
    for edition in ("2", "3", "4"):
        approved = show("jury", "maps", edition=edition)
        ready = prepare(approved, publisher, settle(publisher, lambda _: None))
        apply(ready, publisher, lambda _: None)
    assert holds(store, approved), "the sound of the first release is gone"
    assert len(keys_of(store, "_cop/releases/")) <= 3, "and so is its pack"
    with pytest.raises(StorageFailed, match="There is no kept release 1"):
        rollback(publisher, "1", lambda _: None)


def test_a_changed_header_alone_is_sent(place: servers.RunningStore, store: Store) -> None:
    before = site(file("index.html", b"x"))
    after = site(file("index.html", b"x", cache_control="public, max-age=60"))
    publish(before, store)
    steps = planned(after, store).plan.steps
    assert [(step.action, step.reason) for step in steps] == [(Action.PUT, "changed: Cache-Control")]
    publish(after, store)
    found = store.head("public/index.html")
    assert found is not None
    if place.settings.bucket:
        assert found.headers == after.files[0].headers
    assert planned(after, store).nothing_to_do


def test_a_changed_header_of_media_alone_is_sent_too(place: servers.RunningStore, store: Store) -> None:
    before = site(file("media/a.mp3", b"x"), file("index.html", b"[media/a.mp3]"))
    after = site(file("media/a.mp3", b"x", cache_control="public, max-age=60"), before.files[0])
    publish(before, store)
    publish(after, store)
    found = store.head("public/media/a.mp3")
    assert found is not None
    if place.settings.bucket:
        assert found.headers == Headers("audio/mpeg", "public, max-age=60")
    assert planned(after, store).nothing_to_do


# --- stores that this protocol did not fill ----------------------------------------------------------------


def test_without_any_manifest_everything_is_sent_again_and_strangers_stay(store: Store) -> None:
    approved = show("jury", "maps")
    publish(approved, store)
    store.delete([HEAD])
    store.put("public/stranger.html", b"not ours", approved.files[0].headers)
    ready = planned(approved, store)
    assert {step.reason for step in ready.plan.steps} == {"no manifest knows it"}
    assert publish(approved, store).put == 8
    assert planned(approved, store).nothing_to_do
    assert content(store, "public/stranger.html") == b"not ours"


def test_a_store_of_the_old_protocol_is_taken_over_and_nothing_is_sent_again(store: Store) -> None:
    before = show("jury", "maps", "old")
    filled_by_the_old_protocol(store, before)
    assert published_manifest(store) == before.manifest
    watched = Remembering(store)
    publish(before, watched)
    assert public(watched.begun) == []
    assert keys_of(store, OLD_MANIFEST) == ()
    publish(show("jury", "maps", "new", edition="2"), store)
    rollback(Publisher(store, ONE_INSTALLATION), "1", lambda _: None)
    assert holds(store, before, beside=("new",)), "its pages are in the pack of the takeover"


def filled_by_the_old_protocol(store: Store, approved: Approved) -> None:
    for one in approved.files:
        assert isinstance(one.content, bytes)
        store.put(f"public/{one.key}", one.content, one.headers)
    store.put(OLD_MANIFEST, approved.manifest.to_json().encode(), approved.files[0].headers)


def test_a_cut_publish_of_the_old_protocol_is_mended_on_the_way(store: Store) -> None:
    before, after = show("jury", "maps", "old"), show("jury", "maps", "new", edition="2")
    filled_by_the_old_protocol(store, before)
    begun = interrupted(before.manifest, plan(after.manifest, before.manifest).changes)
    store.put(OLD_MANIFEST, begun.to_json().encode(), before.files[0].headers)
    publish(after, store)
    assert holds(store, after, beside=("old",))


# --- order --------------------------------------------------------------------------------------------------


def test_each_class_waits_for_the_one_before_and_the_head_stands_around_all(store: Store) -> None:
    publish(show("jury", "maps", "old"), store)
    watched = Remembering(store)
    publish(show("jury", "maps", "new", "newer", edition="2"), watched)
    assert watched.begun.count(HEAD) == 2
    begin, commit = (at for at, name in enumerate(watched.begun) if name == HEAD)
    early, between, late = (
        watched.begun[:begin],
        watched.begun[begin + 1 : commit],
        watched.begun[commit + 1 :],
    )
    assert all("/media/" in name for name in public(early))
    assert any("_cop/releases/" in name for name in early), "the pack comes before the first public change"
    assert public(late) == []
    names = public(between)
    assert [wave(name) for name in names] == sorted(wave(name) for name in names)
    for first, second in pairwise(names):
        if wave(first) < wave(second) and not first.startswith("-"):
            assert watched.ended.index(first) < watched.ended.index(second)
    assert names[-1] == "-public/episodes/old.html"


def test_one_refused_file_stops_every_later_wave(store: Store) -> None:
    publish(show("jury", "maps"), store)
    watched = RefusesOne(store, "public/episodes/new.html")
    with pytest.raises(StorageFailed, match="The network is gone"):
        publish(show("jury", "maps", "new", "newer", edition="2"), watched)
    assert {name.split("/")[1] for name in public(watched.begun)} <= {"media", "episodes"}
    assert watched.begun.count(HEAD) == 1, "the head does not claim what was not sent"


def wave(name: str) -> tuple[int, bool]:
    """Media, new pages, changed pages, indexes, feeds, deletes."""
    if name.startswith("-"):
        return 9, False
    found = file(name.removeprefix("public/"), b"")
    return found.file_class, found.file_class is FileClass.PAGE and "new" not in name


def test_a_master_that_only_the_store_has_stays(store: Store) -> None:
    full = show("jury", "maps")
    publish(full, store)
    watched = Remembering(store)
    elsewhere = site(*(only_in_store(f) if f.key.startswith("media/") else f for f in full.files))
    assert publish(elsewhere, watched).kept == 8
    assert watched.begun == []


def test_a_master_that_nobody_has_is_a_problem_before_anything_is_sent(store: Store) -> None:
    full = show("jury", "maps")
    elsewhere = site(*(only_in_store(f) if f.key.startswith("media/") else f for f in full.files))
    with pytest.raises(StorageFailed, match="The master is not here and not in the store") as refused:
        planned(elsewhere, store)
    assert len(refused.value.problems) == 2
    assert keys_of(store, "public/") == ()


def only_in_store(found: PublicFile) -> PublicFile:
    return replace(found, content=InStore(found.sha256, found.size_bytes))


@pytest.mark.parametrize("now_there", [b"longer than what was approved", b"samesize!", b"short", None])
def test_a_file_that_changed_after_the_gate_is_never_sent(
    store: Store, tmp_path: Path, now_there: bytes | None
) -> None:
    path = tmp_path / "sound.mp3"
    path.write_bytes(b"approved.")
    sound = OnDisk(path, hashlib.sha256(b"approved.").hexdigest(), 9)
    approved = site(file("media/sound.mp3", sound), file("index.html", b"[media/sound.mp3]"))
    ready = planned(approved, store)
    path.unlink()
    if now_there is not None:
        path.write_bytes(now_there)
    with pytest.raises(StorageFailed, match=r"media/sound\.mp3 is no longer the one that was checked"):
        apply(ready, Publisher(store, ONE_INSTALLATION), lambda _: None)
    assert keys_of(store, "public/") == ()


def test_bytes_in_memory_must_be_those_of_the_manifest(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    approved = site(file("index.html", b"approved"))
    forged = replace(approved, files=(file("index.html", b"forged!!"),))
    with pytest.raises(StorageFailed, match="no longer the one that was checked"):
        publish_quietly(forged, store)
    assert keys_of(store, "public/") == ()


def test_a_file_that_the_manifest_does_not_name_is_a_bug_of_ours(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    approved = site(file("index.html", b"approved"))
    with pytest.raises(CopPublishError) as refused:
        planned(replace(approved, files=(*approved.files, file("notes.html", b"private"))), store)
    assert refused.value.exit_code == 70


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2}', '{"version": 1}', '{"version":1,"seq":1}'])
def test_a_damaged_head_refuses_and_says_how_to_go_on(folder: servers.RunningStore, text: str) -> None:
    store = open_store(folder.settings, folder.root)
    publish(site(file("index.html", b"x")), store)
    store.put(HEAD, text.encode(), file("index.html", b"").headers)
    with pytest.raises(StorageFailed, match="delete that file to have the whole site sent again"):
        published_manifest(store)
    store.delete([HEAD])
    publish(site(file("index.html", b"x")), store)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 2}', '{"version": 1}', '{"version":1,"entries":[1]}']
)
def test_a_damaged_manifest_of_the_old_protocol_refuses_too(folder: servers.RunningStore, text: str) -> None:
    store = open_store(folder.settings, folder.root)
    store.put(OLD_MANIFEST, text.encode(), file("index.html", b"").headers)
    with pytest.raises(StorageFailed, match="delete that file to send everything again"):
        published_manifest(store)


@pytest.mark.parametrize("damage", ["cut", "other", "gone"])
def test_a_damaged_pack_refuses_and_says_how_to_go_on(store: Store, damage: str) -> None:
    approved = show("jury", "maps")
    publish(approved, store)
    (pack,) = keys_of(store, "_cop/releases/")
    whole = content(store, pack) or b""
    if damage == "gone":
        store.delete([pack])
    else:
        store.put(pack, whole[:-100] if damage == "cut" else b"other", PACK_HEADERS)
    with pytest.raises(StorageFailed, match=r"000001-\w+\.zip .*delete _cop/head\.json"):
        publish(approved, store)
    store.delete([HEAD])
    publish(approved, store)
    assert holds(store, approved)


def test_a_record_that_someone_altered_cannot_delete_elsewhere(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    precious = folder.root / "precious.txt"
    precious.write_text("keep")
    filled_by_the_old_protocol(store, site(file("index.html", b"x"), file("old.html", b"x")))
    manifest = folder.root / "published" / OLD_MANIFEST
    manifest.write_text(manifest.read_text().replace("old.html", "../../precious.txt"))
    with pytest.raises(StorageFailed, match="leads out of"):
        publish(site(file("index.html", b"x")), store)
    assert precious.read_text() == "keep"


# --- what it costs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ceph", "ceph-tls"])
def test_a_publish_costs_its_files_and_four_requests_and_nothing_costs_one(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened(name, tmp_path, monkeypatch):
        store = open_store(place.settings, place.root)
        record_traits(store, Traits(honours_conditions=True, checked_at=datetime.now(UTC)))
        who = Memory(tmp_path / "memory")
        with requests_sent(store) as sent:
            publish_quietly(show("jury", "maps", "old"), store, who)
        assert len(sent) == 10 + 4 + 4, "once: the old manifest, two listings, and what the check found"
        with requests_sent(store) as sent:
            receipt = publish_quietly(show("jury", "maps", "new", edition="2"), store, who)
        assert (receipt.put, receipt.deleted) == (8, 1)
        assert len(sent) == 8 + 4 + 1
        with requests_sent(store) as sent:
            assert published_digest(Publisher(store, who)) == receipt.digest
        assert sent == ["GET _cop/head.json"]
        with requests_sent(store) as sent:
            publish_quietly(show("jury", "maps", "new", edition="2"), store, who)
        assert sent == ["GET _cop/head.json"]


def test_a_thousand_deletes_are_one_request(ceph: servers.RunningStore) -> None:
    store = open_store(ceph.settings, ceph.root)
    record_traits(store, Traits(honours_conditions=True, checked_at=datetime.now(UTC)))
    pages = [file(f"episodes/{number}.html", b"x") for number in range(1_003)]
    publish_quietly(site(file("index.html", b"x"), *pages), store)
    with requests_sent(store) as sent:
        receipt = publish_quietly(site(file("index.html", b"x")), store)
    assert receipt.deleted == 1_003
    assert [line for line in sent if line.startswith("POST")] == ["POST ?delete"] * 2
