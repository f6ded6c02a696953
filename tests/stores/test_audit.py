"""Reading everything again finds every way in which a store may differ from what was published."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest
import servers
from sites import file, show, site

from cop_publish.core.output import Entry, FileClass, Headers, PublicFile
from cop_publish.storage.audit import AGAIN, PRUNE, audit
from cop_publish.storage.open import open_store
from cop_publish.storage.release import apply, prepare

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cop_publish.core.output import Approved
    from cop_publish.storage.base import Store

PAGE = Headers("text/html; charset=utf-8", "public, max-age=300, must-revalidate")
SHOW = show("one", "two")


def publish(store: Store, approved: Approved) -> None:
    apply(prepare(approved, store), approved, store, lambda _: None)


def said(store: Store, approved: Approved) -> list[str]:
    return [str(fault) for fault in audit(store, approved.manifest, (), lambda _: None).faults]


def test_what_was_published_has_no_faults(store: Store) -> None:
    publish(store, SHOW)
    heard: list[float] = []
    found = audit(store, SHOW.manifest, (), heard.append)
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
    publish(store, SHOW)
    spoil, words = SPOILED[how]
    (page,) = (f.content for f in SHOW.files if f"public/{f.key}" == PAGE_KEY)
    assert isinstance(page, bytes)
    store.put(PAGE_KEY, spoil(page), PAGE)
    (line,) = said(store, SHOW)
    assert line.startswith(f"episodes/one.html: {words}")
    assert line.endswith("is sent again.")


def test_what_is_missing_and_what_is_strange_is_found(store: Store) -> None:
    publish(store, SHOW)
    store.delete([PAGE_KEY])
    store.put("public/episodes/stranger.html", b"<p>Buy!", PAGE)
    assert said(store, SHOW) == [
        f"episodes/one.html: it is not in the store. {AGAIN}",
        f"public/episodes/stranger.html: no release put it there. {PRUNE}",
    ]


def test_media_that_apps_may_still_ask_for_are_no_strangers(store: Store) -> None:
    publish(store, SHOW)
    store.put("public/media/old.12345678.mp3", b"old", PAGE)
    sha256 = "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26"
    old = Entry("media/old.12345678.mp3", sha256, 3, "audio/mpeg", "", FileClass.MEDIA)
    faults = audit(store, SHOW.manifest, (old,), lambda _: None).faults
    assert [f"{f.where.path}: {f.what}" for f in faults] == [
        "media/old.12345678.mp3: its bytes are not those that were published"
    ]


def test_a_page_without_an_extension_is_found_where_the_store_has_it(store: Store) -> None:
    bare = PublicFile("blog/lessons", b"<p>Lessons", PAGE, FileClass.PAGE)
    approved = site(bare, file("index.html", b"[blog/lessons]"))
    publish(store, approved)
    assert said(store, approved) == []


def test_an_empty_store_is_said_to_be_empty_file_by_file(store: Store) -> None:
    assert len(said(store, SHOW)) == len(SHOW.files)


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
        entry = Entry("media/long.mp3", "", 15_000_000, "audio/mpeg", "", FileClass.MEDIA)
        audit(store, site().manifest, (entry,), lambda _: None)
        tracemalloc.start()
        audit(store, site().manifest, (entry,), lambda _: None)
        peak_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak_bytes < 5_000_000
