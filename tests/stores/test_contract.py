"""What a Store promises, on every store."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING

import pytest
import servers
from public_prefix import read

from cop_publish.core.output import Entry, FileClass, Headers, Manifest
from cop_publish.errors import StorageFailed
from cop_publish.storage.open import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.storage.base import Store

PAGE = Headers("text/html; charset=utf-8", "public, max-age=300, must-revalidate")
SOUND = Headers("audio/mpeg", "public, max-age=86400")


def test_what_is_put_can_be_got(store: Store) -> None:
    store.put("public/a/page.html", b"<p>One</p>", PAGE)
    assert store.get("public/a/page.html") == b"<p>One</p>"


def test_an_empty_file_is_a_file(store: Store) -> None:
    store.put("public/empty.txt", b"", PAGE)
    assert store.get("public/empty.txt") == b""
    assert store.list("public/") == ("public/empty.txt",)


def test_the_latest_put_wins(store: Store) -> None:
    for body in (b"a longer first one", b"second"):
        store.put("public/page.html", body, PAGE)
    assert store.get("public/page.html") == b"second"


def test_a_file_is_streamed_whole_and_may_be_read_twice(store: Store, tmp_path: Path) -> None:
    sound = bytes(range(256)) * 12_000
    (tmp_path / "sound.mp3").write_bytes(sound)
    for _ in range(2):
        with (tmp_path / "sound.mp3").open("rb") as body:
            store.put("public/media/sound.mp3", body, SOUND)
    assert store.get("public/media/sound.mp3") == sound


def test_nothing_there_is_none(store: Store) -> None:
    store.put("public/a/page.html", b"x", PAGE)
    for key in ("public/none.html", "public/a", "public/a/page.html/none"):
        assert (key, store.get(key), store.head(key)) == (key, None, None)


def test_head_knows_size_and_headers(store: Store, place: servers.RunningStore) -> None:
    store.put("public/page.html", b"12345", PAGE)
    found = store.head("public/page.html")
    assert found is not None
    assert found.size_bytes == 5
    assert found.headers == (PAGE if place.settings.bucket else None)


def test_list_gives_the_keys_below_a_prefix_sorted(store: Store) -> None:
    for key in ("public/b.html", "public/a/2.html", "public/a/1.html", "public/a.html", "_cop/manifest.json"):
        store.put(key, b"x", PAGE)
    assert store.list("public/") == ("public/a.html", "public/a/1.html", "public/a/2.html", "public/b.html")
    assert store.list("public/a/") == ("public/a/1.html", "public/a/2.html")
    assert store.list("public/none/") == ()
    assert store.list("_cop/") == ("_cop/manifest.json",)


def test_delete_removes_what_is_there_and_minds_nothing_missing(store: Store) -> None:
    for key in ("public/a/b/1.html", "public/a/b/2.html", "public/3.html"):
        store.put(key, b"x", PAGE)
    store.delete(["public/a/b/1.html", "public/a/b/2.html", "public/none.html"])
    store.delete([])
    assert store.list("public/") == ("public/3.html",)
    store.put("public/a", b"where a folder was", PAGE)
    assert store.get("public/a") == b"where a folder was"


class Torn(io.BytesIO):
    """A body that fails before its end."""

    def __init__(self) -> None:
        super().__init__(b"new" * 500_000)

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 1_000_000:
            message = "The file changed."
            raise StorageFailed(message)
        return super().read(size)


@pytest.mark.parametrize("before", [None, b"old"])
def test_a_body_that_fails_leaves_the_key_as_it_was(store: Store, before: bytes | None) -> None:
    if before is not None:
        store.put("public/page.html", before, PAGE)
    with pytest.raises(StorageFailed, match=r"^The file changed\.$"):
        store.put("public/page.html", Torn(), PAGE)
    assert store.get("public/page.html") == before
    assert store.list("public/") == (("public/page.html",) if before else ())


def test_a_key_that_leads_elsewhere_is_refused_by_every_promise(store: Store) -> None:
    for key in (
        "public/../_cop/manifest.json",
        "public//etc/passwd",
        "public/./x",
        "/etc/passwd",
        "elsewhere/x",
        "public",
        "public/",
        "public/a\nb",
        "public/a\\..\\b",
        "public/\u00e9.html",
        "",
    ):
        for use in (
            store.get,
            lambda key: store.put(key, b"x", PAGE),
            store.head,
            lambda k: store.delete([k]),
        ):
            with pytest.raises(StorageFailed, match="leads out of"):
                use(key)


def test_the_world_reads_what_is_public_with_its_headers(store: Store, place: servers.RunningStore) -> None:
    entry = Entry("page.html", "", 5, PAGE.content_type, PAGE.cache_control, FileClass.PAGE)
    store.put("_cop/manifest.json", Manifest((entry,)).to_json().encode(), SOUND)
    store.put("public/page.html", b"12345", PAGE)
    whole = read(place.url + "page.html")
    assert (whole.status, whole.body) == (200, b"12345")
    assert whole.headers["Content-Type"] == PAGE.content_type
    assert whole.headers["Cache-Control"] == PAGE.cache_control
    part = read(place.url + "page.html", Range="bytes=1-2")
    assert (part.status, part.body, part.headers["Content-Range"]) == (206, b"23", "bytes 1-2/5")
    assert read(place.url + "page.html", If_None_Match=whole.headers["ETag"]).status == 304


def test_the_world_cannot_read_the_rest(store: Store, place: servers.RunningStore) -> None:
    store.put("_cop/manifest.json", b"{}", PAGE)
    for path in ("_cop/manifest.json", "../_cop/manifest.json", "%2e%2e/_cop/manifest.json"):
        assert read(place.url + path).status in {403, 404}


def test_two_prefixes_of_a_bucket_do_not_see_each_other(bucket: servers.RunningStore) -> None:
    one, two = (
        open_store(replace(bucket.settings, prefix=prefix), bucket.root) for prefix in ("one/", "two/")
    )
    one.put("public/page.html", b"one", PAGE)
    two.put("public/page.html", b"two", PAGE)
    one.delete(["public/page.html"])
    assert (one.list("public/"), two.get("public/page.html")) == ((), b"two")


def test_a_listing_goes_on_after_a_page_of_a_thousand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened("rclone", tmp_path, monkeypatch):
        store = open_store(place.settings, place.root)
        keys = [f"public/{number:04}.html" for number in range(1_003)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(store.put, keys, repeat(b"x"), repeat(PAGE)))
        assert store.list("public/") == tuple(keys)
        store.delete(keys)
        assert store.list("public/") == ()
