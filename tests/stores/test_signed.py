"""The short way to a bucket: the same answers as boto3's, by a signature that real servers check."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import servers
from processes import free_ports

from cop_publish.core.output import Headers
from cop_publish.errors import StorageFailed
from cop_publish.settings import StorageSettings
from cop_publish.storage.base import UNCHANGED, Got
from cop_publish.storage.open import open_store
from cop_publish.storage.signed import Asked, Keys, quick_get, signed

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "_cop/head.json"
PLAIN = Headers("application/json", "no-store")


@pytest.mark.parametrize("prefix", ["", "shows/ours & théirs~(1)+%2F/"])
def test_it_answers_as_the_store_does(bucket: servers.RunningStore, prefix: str) -> None:
    if prefix and bucket.server.name.startswith("rclone"):
        prefix = "shows/ours~(1)/"  # rclone's server takes other names for keys of its own
    settings = replace(bucket.settings, prefix=prefix)
    store = open_store(settings, bucket.root)
    assert quick_get(settings, bucket.root, HEAD, None) is None
    etag = store.put(HEAD, b'{"a": 1}', PLAIN)
    assert quick_get(settings, bucket.root, HEAD, None) == Got(b'{"a": 1}', etag) == store.get(HEAD)
    assert quick_get(settings, bucket.root, HEAD, etag) is UNCHANGED
    store.put(HEAD, b'{"a": 2}', PLAIN)
    assert quick_get(settings, bucket.root, HEAD, etag) == store.get(HEAD)


def test_a_wrong_secret_a_wrong_bucket_or_nobody_there_is_left_to_boto3(
    bucket: servers.RunningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(bucket.settings, bucket.root).put(HEAD, b"{}", PLAIN)
    (nobody,) = free_ports(1)
    for settings in (
        replace(bucket.settings, bucket="cop-not-there"),
        replace(bucket.settings, endpoint=f"http://127.0.0.1:{nobody}"),
        replace(bucket.settings, endpoint="", region=""),
        replace(bucket.settings, endpoint="no address"),
    ):
        with pytest.raises(StorageFailed, match="ask it through boto3"):
            quick_get(settings, bucket.root, HEAD, None)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(StorageFailed, match="ask it through boto3"):
        quick_get(bucket.settings, bucket.root, HEAD, None)


def test_a_proxy_is_left_to_boto3_unless_it_is_bypassed(
    ceph: servers.RunningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(ceph.settings, ceph.root).put(HEAD, b"{}", PLAIN)
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert quick_get(ceph.settings, ceph.root, HEAD, None)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with pytest.raises(StorageFailed):
        quick_get(ceph.settings, ceph.root, HEAD, None)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert quick_get(ceph.settings, ceph.root, HEAD, None)


def test_an_endpoint_of_the_environment_is_left_to_boto3(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "S")
    (nobody,) = free_ports(1)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{nobody}")
    with pytest.raises(StorageFailed) as caught:
        quick_get(StorageSettings(bucket="b-b-b", region="eu-west-2"), tmp_path, HEAD, None)
    assert caught.value.__cause__ is None, "nobody was asked"


def test_without_keys_in_the_environment_it_is_left_to_boto3(
    ceph: servers.RunningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StorageFailed):
        quick_get(ceph.settings, ceph.root, HEAD, None)


def test_a_certificate_that_is_not_trusted_is_left_to_boto3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened("ceph-tls", tmp_path, monkeypatch):
        open_store(place.settings, place.root).put(HEAD, b"{}", PLAIN)
        assert quick_get(place.settings, place.root, HEAD, None)
        with pytest.raises(StorageFailed):
            quick_get(replace(place.settings, ca_file=""), place.root, HEAD, None)


def test_a_session_token_is_signed_with_the_rest() -> None:
    asked = Asked("examplebucket.s3.amazonaws.com", "/t.txt", "us-east-1", datetime(2013, 5, 24, tzinfo=UTC))
    plain, session = (signed(asked, Keys("AK", "SK", token)) for token in ("", "session"))
    assert plain["Authorization"].startswith(
        "AWS4-HMAC-SHA256 Credential=AK/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="
    )
    assert session["x-amz-security-token"] == "session"
    assert "x-amz-date;x-amz-security-token, Signature=" in session["Authorization"]


def test_keys_do_not_show_when_something_prints_them() -> None:
    assert "SECRET" not in f"{Keys('A', 'SECRET', 'SECRET')!r} {Keys('A', 'SECRET', 'SECRET')}"


def test_it_loads_nothing_heavy() -> None:
    words = "import sys, cop_publish.storage.signed; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & {"boto3", "botocore", "urllib3", "click"} == set()


def test_a_folder_is_never_asked_that_way(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        quick_get(StorageSettings(), tmp_path, HEAD, None)
