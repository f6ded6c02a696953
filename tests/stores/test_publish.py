"""Publishing a site to every store: what is sent, in which order, and what is not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from sites import content, dangling, file, holds, keys_of, show, site
from wrappers import RefusesOne, Remembering

from cop_publish.core.output import FileClass, InStore, OnDisk
from cop_publish.core.plan import Action
from cop_publish.errors import CopPublishError, StorageFailed
from cop_publish.storage.open import open_store
from cop_publish.storage.release import MANIFEST, apply, prepare, published_digest, published_manifest

if TYPE_CHECKING:
    from pathlib import Path

    import servers

    from cop_publish.core.output import Approved, PublicFile
    from cop_publish.core.plan import Step
    from cop_publish.storage.base import Store
    from cop_publish.storage.release import Receipt


def publish(approved: Approved, store: Store) -> Receipt:
    done: list[Step] = []
    todo = prepare(approved, store)
    receipt = apply(todo, approved, store, done.append)
    assert sorted(done, key=str) == sorted(todo.changes, key=str), "progress hears of every change"
    return receipt


def test_a_first_publish_sends_everything_and_says_so(store: Store, tmp_path: Path) -> None:
    approved = show("jury", "maps", folder=tmp_path)
    assert published_digest(store) is None
    receipt = publish(approved, store)
    assert holds(store, approved)
    assert not dangling(store)
    assert (receipt.put, receipt.deleted, receipt.kept) == (8, 0, 0)
    assert receipt.put_bytes == sum(f.size_bytes for f in approved.files)
    assert receipt.digest == published_digest(store) == approved.manifest.digest


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
    gone = (
        "media/panels" + next(f.key for f in before.files if "media/panels" in f.key)[len("media/panels") :]
    )
    after = site(*(changed if f.key == changed.key else f for f in before.files if f.key != gone))
    watched = Remembering(store)
    publish(after, watched)
    assert watched.begun == [MANIFEST, "public/episodes/jury.html", f"-public/{gone}", MANIFEST]
    assert holds(store, after)


def test_a_changed_header_alone_is_sent(place: servers.RunningStore, store: Store) -> None:
    before = site(file("index.html", b"x"))
    after = site(file("index.html", b"x", cache_control="public, max-age=60"))
    publish(before, store)
    todo = prepare(after, store)
    assert [(step.action, step.reason) for step in todo.steps] == [(Action.PUT, "changed: Cache-Control")]
    publish(after, store)
    found = store.head("public/index.html")
    assert found is not None
    if place.settings.bucket:
        assert found.headers == after.files[0].headers
    assert prepare(after, store).nothing_to_do


def test_without_a_manifest_everything_is_sent_again(store: Store) -> None:
    approved = show("jury", "maps")
    publish(approved, store)
    store.delete([MANIFEST])
    store.put("public/stranger.html", b"not ours", approved.files[0].headers)
    todo = prepare(approved, store)
    assert {step.reason for step in todo.steps} == {"no manifest knows it"}
    assert publish(approved, store).put == 8
    assert prepare(approved, store).nothing_to_do
    assert content(store, "public/stranger.html") == b"not ours"


def test_each_class_waits_for_the_one_before_and_the_manifest_for_all(store: Store) -> None:
    publish(show("jury", "maps", "old"), store)
    watched = Remembering(store)
    publish(show("jury", "maps", "new", "newer", edition="2"), watched)
    assert watched.begun[0] == watched.begun[-1] == MANIFEST
    names = watched.begun[1:-1]
    assert [wave(name) for name in names] == sorted(wave(name) for name in names)
    for first, second in pairwise(names):
        if wave(first) < wave(second) and not first.startswith("-"):
            assert watched.ended.index(first) < watched.ended.index(second)
    assert [n[1:12] for n in names[-2:]] == ["public/epis", "public/medi"], "a page goes before its sound"


def test_one_refused_file_stops_every_later_wave(store: Store) -> None:
    publish(show("jury", "maps"), store)
    watched = RefusesOne(store, "public/episodes/new.html")
    with pytest.raises(StorageFailed, match="The network is gone"):
        publish(show("jury", "maps", "new", "newer", edition="2"), watched)
    assert {name.split("/")[1] for name in watched.begun[1:]} <= {"media", "episodes"}
    assert watched.begun.count(MANIFEST) == 1, "the manifest does not claim what was not sent"


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
        prepare(elsewhere, store)
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
    todo = prepare(approved, store)
    path.unlink()
    if now_there is not None:
        path.write_bytes(now_there)
    with pytest.raises(StorageFailed, match=r"media/sound\.mp3 is no longer the one that was checked"):
        apply(todo, approved, store, lambda _: None)
    assert keys_of(store, "public/") == ()


def test_bytes_in_memory_must_be_those_of_the_manifest(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    approved = site(file("index.html", b"approved"))
    forged = replace(approved, files=(file("index.html", b"forged!!"),))
    with pytest.raises(StorageFailed, match="no longer the one that was checked"):
        apply(prepare(forged, store), forged, store, lambda _: None)
    assert keys_of(store, "public/") == ()


def test_a_file_that_the_manifest_does_not_name_is_a_bug_of_ours(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    approved = site(file("index.html", b"approved"))
    with pytest.raises(CopPublishError) as refused:
        prepare(replace(approved, files=(*approved.files, file("notes.html", b"private"))), store)
    assert refused.value.exit_code == 70


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 2}', '{"version": 1}', '{"version":1,"entries":[1]}']
)
def test_a_damaged_manifest_refuses_and_says_how_to_go_on(folder: servers.RunningStore, text: str) -> None:
    store = open_store(folder.settings, folder.root)
    publish(site(file("index.html", b"x")), store)
    store.put(MANIFEST, text.encode(), file("index.html", b"").headers)
    with pytest.raises(StorageFailed, match="delete that file to send everything again"):
        published_manifest(store)


def test_a_manifest_that_someone_altered_cannot_delete_elsewhere(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    precious = folder.root / "precious.txt"
    precious.write_text("keep")
    publish(site(file("index.html", b"x"), file("old.html", b"x")), store)
    manifest = folder.root / "published" / MANIFEST
    manifest.write_text(manifest.read_text().replace("old.html", "../../precious.txt"))
    with pytest.raises(StorageFailed, match="leads out of"):
        publish(site(file("index.html", b"x")), store)
    assert precious.read_text() == "keep"
