"""What a Store promises, on every store."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING

import pytest
import servers
from public_prefix import read
from sites import content, keys_of

from cop_publish.core.output import Entry, FileClass, Headers, Manifest
from cop_publish.errors import Conflict, StorageFailed
from cop_publish.storage.base import ABSENT, UNCHANGED, Got, Holding, Listed, Purged
from cop_publish.storage.open import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.storage.base import Condition, Store

PAGE = Headers("text/html; charset=utf-8", "public, max-age=300, must-revalidate")
SOUND = Headers("audio/mpeg", "public, max-age=86400")


def test_what_is_put_can_be_got(store: Store) -> None:
    store.put("public/a/page.html", b"<p>One</p>", PAGE)
    assert content(store, "public/a/page.html") == b"<p>One</p>"


def test_an_empty_file_is_a_file(store: Store) -> None:
    store.put("public/empty.txt", b"", PAGE)
    assert content(store, "public/empty.txt") == b""
    assert keys_of(store, "public/") == ("public/empty.txt",)


def test_the_latest_put_wins(store: Store) -> None:
    for body in (b"a longer first one", b"second"):
        store.put("public/page.html", body, PAGE)
    assert content(store, "public/page.html") == b"second"


def test_a_file_is_streamed_whole_and_may_be_read_twice(store: Store, tmp_path: Path) -> None:
    sound = bytes(range(256)) * 12_000
    (tmp_path / "sound.mp3").write_bytes(sound)
    for _ in range(2):
        with (tmp_path / "sound.mp3").open("rb") as body:
            store.put("public/media/sound.mp3", body, SOUND)
    assert content(store, "public/media/sound.mp3") == sound


def test_nothing_there_is_none(store: Store) -> None:
    store.put("public/a/page.html", b"x", PAGE)
    for key in ("public/none.html", "public/a", "public/a/page.html/none"):
        assert (key, content(store, key), store.head(key)) == (key, None, None)


def test_head_knows_size_and_headers(store: Store, place: servers.RunningStore) -> None:
    store.put("public/page.html", b"12345", PAGE)
    found = store.head("public/page.html")
    assert found is not None
    assert found.size_bytes == 5
    assert found.headers == (PAGE if place.settings.bucket else None)


def test_list_gives_the_keys_below_a_prefix_sorted(store: Store) -> None:
    for key in ("public/b.html", "public/a/2.html", "public/a/1.html", "public/a.html", "_cop/manifest.json"):
        store.put(key, b"x", PAGE)
    assert keys_of(store, "public/") == (
        "public/a.html",
        "public/a/1.html",
        "public/a/2.html",
        "public/b.html",
    )
    assert keys_of(store, "public/a/") == ("public/a/1.html", "public/a/2.html")
    assert keys_of(store, "public/none/") == ()
    assert keys_of(store, "_cop/") == ("_cop/manifest.json",)


def test_delete_removes_what_is_there_and_minds_nothing_missing(store: Store) -> None:
    for key in ("public/a/b/1.html", "public/a/b/2.html", "public/3.html"):
        store.put(key, b"x", PAGE)
    store.delete(["public/a/b/1.html", "public/a/b/2.html", "public/none.html"])
    store.delete([])
    assert keys_of(store, "public/") == ("public/3.html",)
    store.put("public/a", b"where a folder was", PAGE)
    assert content(store, "public/a") == b"where a folder was"


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
    assert content(store, "public/page.html") == before
    assert keys_of(store, "public/") == (("public/page.html",) if before else ())


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
            lambda k: store.put(k, b"x", PAGE),
            store.head,
            lambda k: store.delete([k]),
            lambda k: store.purge([k]),
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
    assert (keys_of(one, "public/"), content(two, "public/page.html")) == ((), b"two")


def test_a_listing_goes_on_after_a_page_of_a_thousand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened("rclone", tmp_path, monkeypatch):
        store = open_store(place.settings, place.root)
        keys = [f"public/{number:04}.html" for number in range(1_003)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(store.put, keys, repeat(b"x"), repeat(PAGE)))
        assert keys_of(store, "public/") == tuple(keys)
        store.delete(keys)
        assert keys_of(store, "public/") == ()


# --- ETags, conditions, versions, the clock ---------------------------------------------------------------


def test_every_answer_has_the_same_etag_without_quotes(store: Store) -> None:
    etag = store.put("public/page.html", b"12345", PAGE)
    got, head = store.get("public/page.html"), store.head("public/page.html")
    assert isinstance(got, Got)
    assert head is not None
    assert etag == hashlib.md5(b"12345", usedforsecurity=False).hexdigest()
    assert (got.etag, head.etag) == (etag, etag)
    assert store.list("public/") == (Listed("public/page.html", 5, etag),)


def test_a_get_that_knows_the_etag_says_unchanged(store: Store) -> None:
    etag = store.put("_cop/head.json", b"{}", PAGE)
    assert store.get("_cop/head.json", etag) is UNCHANGED
    assert store.get("_cop/head.json", "0" * 32) == Got(b"{}", etag)
    assert store.get("_cop/none.json", etag) is None


# These hold conditions; rclone overwrites, Swift lets several racers win.
HONEST = {"folder", "ceph", "ceph-tls"}


@pytest.mark.parametrize("name", sorted(HONEST))
def test_a_condition_that_does_not_hold_changes_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened(name, tmp_path, monkeypatch):
        store = open_store(place.settings, place.root)
        with pytest.raises(Conflict, match="changed by somebody else"):
            store.put("public/page.html", b"ours", PAGE, Holding("0" * 32))
        assert store.list("public/") == ()
        first = store.put("public/page.html", b"theirs", PAGE, ABSENT)
        for condition in (ABSENT, Holding("0" * 32)):
            with pytest.raises(Conflict, match=r"public/page\.html.* changed by somebody else"):
                store.put("public/page.html", b"ours", PAGE, condition)
        assert content(store, "public/page.html") == b"theirs"
        store.put("public/page.html", b"ours", PAGE, Holding(first))
        assert content(store, "public/page.html") == b"ours"


@pytest.mark.parametrize("name", sorted(HONEST))
def test_a_conditional_write_of_what_is_there_already_is_our_own(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened(name, tmp_path, monkeypatch):
        store = open_store(place.settings, place.root)
        etag = store.put("public/page.html", b"ours", PAGE, ABSENT)
        assert store.put("public/page.html", b"ours", PAGE, ABSENT) == etag
        assert store.put("public/page.html", b"ours", PAGE, Holding("0" * 32)) == etag
        if place.settings.bucket:
            with pytest.raises(Conflict):
                store.put("public/page.html", b"ours", SOUND, ABSENT)


@pytest.mark.parametrize("name", sorted(HONEST))
def test_of_many_who_race_one_wins(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in servers.opened(name, tmp_path, monkeypatch):
        racers = [open_store(place.settings, place.root) for _ in range(8)]
        seen = racers[0].put("_cop/head.json", b"seen", PAGE)
        for condition in (ABSENT, Holding(seen)):
            if condition is ABSENT:
                racers[0].delete(["_cop/head.json"])
            else:
                racers[0].put("_cop/head.json", b"seen", PAGE)
            with ThreadPoolExecutor(8) as pool:
                won = list(pool.map(partial(wins, condition=condition), racers, range(8)))
            assert sum(won) == 1
            assert content(racers[0], "_cop/head.json") == str(won.index(True)).encode()


def wins(store: Store, number: int, condition: Condition) -> bool:
    try:
        store.put("_cop/head.json", str(number).encode(), PAGE, condition)
    except Conflict:
        return False
    return True


def test_purge_leaves_nothing_and_touches_no_neighbour(store: Store) -> None:
    for key in ("public/a.html", "public/a.html.more", "public/b.html"):
        store.put(key, b"x", PAGE)
    assert store.purge(["public/a.html", "public/none.html"]).versions >= 1
    assert keys_of(store, "public/") == ("public/a.html.more", "public/b.html")


@pytest.mark.parametrize("name", ["ceph", "ceph-tls", "swift"])
def test_purge_removes_versions_markers_and_parts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened(name, tmp_path, monkeypatch):
        owner, bucket = servers.administrator(place.server), place.settings.bucket
        owner.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        store = open_store(place.settings, place.root)
        for body in (b"one", b"two"):
            store.put("public/a.html", body, PAGE)
        store.delete(["public/a.html"])
        upload = owner.create_multipart_upload(Bucket=bucket, Key="public/a.html")
        owner.upload_part(
            Bucket=bucket, Key="public/a.html", UploadId=upload["UploadId"], PartNumber=1, Body=b"three"
        )
        assert store.purge(["public/a.html"]) == Purged(versions=3, uploads=1)
        left = owner.list_object_versions(Bucket=bucket)
        assert not left.get("Versions")
        assert not left.get("DeleteMarkers")
        assert not owner.list_multipart_uploads(Bucket=bucket).get("Uploads")


def test_the_clock_is_the_stores_own(store: Store) -> None:
    store.put("public/page.html", b"x", PAGE)
    assert abs(store.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert store.now().tzinfo is UTC
