"""Removing versions: of what goes, all of them; of what stays, every one but that which readers get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import servers
from requests_sent import requests_sent
from sites import content
from test_network import all_versions

from cop_publish.core.output import SHORT_LIVED, Headers
from cop_publish.storage.base import Purged
from cop_publish.storage.open import open_store
from cop_publish.storage.s3 import S3Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from types_boto3_s3 import S3Client

    from cop_publish.storage.base import Store

PAGE = Headers("text/html; charset=utf-8", SHORT_LIVED)
MANY = 1003  # S3 lists and deletes a thousand in one request
KEPT = {"ceph", "ceph-tls", "swift"}


@pytest.fixture(params=sorted(KEPT))
def versioned(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[servers.RunningStore]:
    """A bucket of each server that keeps versions, with a store at it; versioning is off."""
    yield from servers.opened(request.param, tmp_path, monkeypatch)


def owner_of(place: servers.RunningStore, status: str = "Enabled") -> tuple[S3Client, str, Store]:
    owner, bucket = servers.administrator(place.server), place.settings.bucket
    owner.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})  # type: ignore[typeddict-item]
    return owner, bucket, open_store(place.settings, place.root)


def bodies(owner: S3Client, bucket: str, key: str) -> set[bytes]:
    """What every version of a key holds."""
    pages = owner.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key)
    lines = [line for page in pages for line in page.get("Versions", []) if line["Key"] == key]
    return {
        owner.get_object(Bucket=bucket, Key=key, VersionId=line["VersionId"])["Body"].read() for line in lines
    }


def test_of_what_stays_only_what_readers_get_is_left(versioned: servers.RunningStore) -> None:
    owner, bucket, store = owner_of(versioned)
    for body in (b"Jane", b"Jane again", b"a contributor"):
        for key in ("public/a.html", "public/a.html.more"):
            store.put(key, body, PAGE)
    upload = owner.create_multipart_upload(Bucket=bucket, Key="public/a.html")
    part = {"Bucket": bucket, "Key": "public/a.html", "UploadId": upload["UploadId"]}
    owner.upload_part(**part, PartNumber=1, Body=b"Jane")  # type: ignore[arg-type]
    assert store.purge([], ["public/a.html", "public/none.html"]) == Purged(versions=2, uploads=1)
    assert bodies(owner, bucket, "public/a.html") == {b"a contributor"}
    assert content(store, "public/a.html") == b"a contributor"
    assert len(bodies(owner, bucket, "public/a.html.more")) == 3
    assert not owner.list_multipart_uploads(Bucket=bucket).get("Uploads")


def test_a_bucket_whose_versioning_was_suspended_keeps_nothing_older_either(
    versioned: servers.RunningStore,
) -> None:
    owner, bucket, store = owner_of(versioned)
    for body in (b"Jane", b"Jane again"):
        store.put("public/a.html", body, PAGE)
        store.put("public/gone.html", body, PAGE)
    owner_of(versioned, "Suspended")
    store.put("public/a.html", b"a contributor", PAGE)
    store.delete(["public/gone.html"])
    store.purge(["public/gone.html"], ["public/a.html"])
    assert bodies(owner, bucket, "public/a.html") == {b"a contributor"}
    assert "public/gone.html" not in all_versions(owner, bucket)


def test_many_keys_are_looked_for_at_once_and_their_neighbours_left(
    versioned: servers.RunningStore,
) -> None:
    """One by one, a withdrawal of somebody who is in every page would ask thousands of times."""
    owner, bucket, store = owner_of(versioned)
    keys = [f"public/pages/{number:02}.html" for number in range(45)]
    for body in (b"Jane", b"a contributor"):
        for key in (*keys, "public/pages/neighbour.html"):
            store.put(key, body, PAGE)
    upload = owner.create_multipart_upload(Bucket=bucket, Key=keys[7])
    part = {"Bucket": bucket, "Key": keys[7], "UploadId": upload["UploadId"]}
    owner.upload_part(**part, PartNumber=1, Body=b"Jane")  # type: ignore[arg-type]
    assert isinstance(store, S3Store)
    with requests_sent(store) as sent:
        assert store.purge([], keys) == Purged(versions=45, uploads=1)
    assert len(sent) < 6
    assert {content(store, key) for key in keys} == {b"a contributor"}
    assert bodies(owner, bucket, "public/pages/neighbour.html") == {b"Jane", b"a contributor"}
    assert store.purge(keys).versions == 45
    assert bodies(owner, bucket, "public/pages/neighbour.html") == {b"Jane", b"a contributor"}


def test_a_bucket_without_versions_keeps_what_stays(store: Store) -> None:
    store.put("public/a.html", b"Jane", PAGE)
    store.put("public/a.html", b"a contributor", PAGE)
    store.put("public/gone.html", b"Jane", PAGE)
    store.purge(["public/gone.html"], ["public/a.html"])
    assert content(store, "public/a.html") == b"a contributor"
    assert content(store, "public/gone.html") is None


@pytest.mark.parametrize("goes", [True, False])
def test_more_than_a_thousand_versions_and_markers_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goes: object
) -> None:
    for place in servers.opened("ceph", tmp_path, monkeypatch):
        owner, bucket, store = owner_of(place)
        for number in range(MANY):
            if number % 3:
                owner.put_object(Bucket=bucket, Key="public/a.html", Body=b"Jane %d" % number)
            else:
                owner.delete_object(Bucket=bucket, Key="public/a.html")
        store.put("public/a.html", b"a contributor", PAGE)
        named = (["public/a.html"], []) if goes else ([], ["public/a.html"])
        assert store.purge(*named).versions == MANY + bool(goes)
        assert bodies(owner, bucket, "public/a.html") == (set() if goes else {b"a contributor"})
        left = owner.list_object_versions(Bucket=bucket)
        assert not left.get("DeleteMarkers")
