"""Reading everything again finds every way in which a store may differ from what was published."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import servers
from sites import content, file, keys_of, publish, show, site

from cop_publish.core.output import Entry, FileClass, Headers, Manifest, PublicFile
from cop_publish.core.record import Record, Stored
from cop_publish.storage.audit import AGAIN, PRUNE, audit
from cop_publish.storage.live import Publisher, look
from cop_publish.storage.open import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cop_publish.storage.base import Store

PAGE = Headers("text/html; charset=utf-8", "public, max-age=300, must-revalidate")
SHOW = show("one", "two")


def record_of(store: Store) -> Record:
    return look(Publisher(store)).record


def said(store: Store) -> list[str]:
    return [str(fault) for fault in audit(store, record_of(store), lambda _: None).faults]


def test_what_was_published_has_no_faults(store: Store) -> None:
    publish(SHOW, store)
    heard: list[float] = []
    found = audit(store, record_of(store), heard.append)
    assert found.faults == ()
    assert (found.files, found.size_bytes) == (len(SHOW.files), sum(f.size_bytes for f in SHOW.files))
    assert heard[-1] == 1.0


PAGE_KEY = "public/episodes/one.html"
SPOILED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "tampering": (lambda old: old.replace(b"next", b"text"), "its bytes are not those that were published"),
    "bit-rot": (lambda old: bytes([old[0] ^ 1]) + old[1:], "its bytes are not those that were published"),
    "truncation": (lambda old: old[:-3], "it is cut short: "),
    "growth": (lambda old: old + b"<script>", "it has grown: "),
}


@pytest.mark.parametrize("how", SPOILED)
def test_every_change_of_bytes_is_found(store: Store, how: str) -> None:
    publish(SHOW, store)
    spoil, words = SPOILED[how]
    (page,) = (f.content for f in SHOW.files if f"public/{f.key}" == PAGE_KEY)
    assert isinstance(page, bytes)
    store.put(PAGE_KEY, spoil(page), PAGE)
    (line,) = said(store)
    assert line.startswith(f"episodes/one.html: {words}")
    assert line.endswith("is sent again.")


def test_what_is_missing_and_what_is_strange_is_found(store: Store) -> None:
    publish(SHOW, store)
    store.delete([PAGE_KEY])
    store.put("public/episodes/stranger.html", b"<p>Buy!", PAGE)
    assert said(store) == [
        f"episodes/one.html: it is not in the store. {AGAIN}",
        f"public/episodes/stranger.html: no release put it there. {PRUNE}",
    ]


def test_media_that_apps_may_still_ask_for_are_no_strangers_and_are_read_too(store: Store) -> None:
    publish(show("one", "two", "three"), store)
    publish(SHOW, store)
    assert said(store) == []
    (old,) = (gone.entry.key for gone in record_of(store).retired)
    store.put(f"public/{old}", b"spoiled", PAGE)
    (line,) = said(store)
    assert line.startswith(f"{old}: it is cut short")


def test_a_pack_that_is_damaged_or_missing_is_found(store: Store) -> None:
    publish(show("one", "two"), store)
    for edition in ("2", "3"):
        publish(show("one", "two", edition=edition), store)
    first, second, _ = keys_of(store, "_cop/releases/")
    whole = content(store, first)
    assert whole is not None
    middle = len(whole) // 3
    store.put(first, whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], PAGE)
    store.delete([second])
    assert [line.partition(": ")[0] for line in said(store)] == [first, second]


def test_a_page_without_an_extension_is_found_where_the_store_has_it(store: Store) -> None:
    bare = PublicFile("blog/lessons", b"<p>Lessons", PAGE, FileClass.PAGE)
    approved = site(bare, file("index.html", b"[blog/lessons]"))
    publish(approved, store)
    assert said(store) == []


def test_a_store_that_lost_everything_is_told_of_file_by_file(store: Store) -> None:
    publish(SHOW, store)
    store.delete(keys_of(store, "public/"))
    assert len(said(store)) == len(SHOW.files)


@pytest.mark.parametrize("name", ["folder", "ceph"])
def test_memory_does_not_grow_with_the_size_of_a_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "long.mp3"
    with path.open("wb") as long:
        long.truncate(15_000_000)
    for place in servers.opened(name, tmp_path / "show", monkeypatch):
        store = open_store(place.settings, place.root)
        with path.open("rb") as body:
            store.put("public/media/long.mp3", body, PAGE)
        publish(show("one", "two"), store)
        record = record_of(store)
        entry = Entry("media/long.mp3", "", 15_000_000, "audio/mpeg", "", FileClass.MEDIA)
        stored = {entry.key: Stored("", 0, packed=False)}
        large = replace(record, manifest=Manifest((entry,)), stored=stored, retired=(), packs={})
        audit(store, large, lambda _: None)
        tracemalloc.start()
        audit(store, large, lambda _: None)
        peak_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak_bytes < 5_000_000
