"""A connection that is cut amid a file's bytes is an error, and tried again: never a shorter file."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
import servers
from faulty_network import faulty_network
from requests_sent import requests_sent

from cop_publish.core.output import Headers
from cop_publish.errors import StorageFailed
from cop_publish.storage import s3, signed
from cop_publish.storage.anonymous import Stranger
from cop_publish.storage.base import read
from cop_publish.storage.open import open_store
from cop_publish.storage.s3 import S3Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from faulty_network import Network

HTML = Headers("text/html", "no-store")
PAGE = b"<p>every word of it</p>" * 20_000
KEY = "public/page.html"


@pytest.fixture(params=["ceph", "swift", "rclone"])
def cut_off(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Network, S3Store]]:
    """A file in a store, and the way to it through a network that can break."""
    monkeypatch.setattr(s3, "READ_TIMEOUT_SECONDS", 2)
    for place in servers.opened(request.param, tmp_path, monkeypatch):
        open_store(place.settings, place.root).put(KEY, PAGE, HTML)
        with faulty_network(place.settings.endpoint) as (network, endpoint):
            through = open_store(replace(place.settings, endpoint=endpoint), place.root)
            assert isinstance(through, S3Store)
            yield network, through


def test_a_file_that_is_cut_off_is_read_again(cut_off: tuple[Network, S3Store]) -> None:
    network, store = cut_off
    network.break_at("half answer", 1)
    with requests_sent(store) as sent:
        found = read(store, KEY)
    assert found is not None
    assert found.content == PAGE
    assert sent == [f"GET {KEY}"] * 2
    network.break_at("half answer", 1)
    assert store.sha256(KEY) == sha256(PAGE).hexdigest()


def test_a_file_that_is_always_cut_off_is_an_error(cut_off: tuple[Network, S3Store]) -> None:
    network, store = cut_off
    network.break_for_good("half answer")
    for ask in (store.get, store.sha256):
        with requests_sent(store) as sent, pytest.raises(StorageFailed, match="the connection was cut"):
            ask(KEY)
        assert len(sent) == s3.READS


def test_the_short_way_does_not_take_a_part_for_the_whole_either(
    ceph: servers.RunningStore,
) -> None:
    open_store(ceph.settings, ceph.root).put(KEY, PAGE, HTML)
    with faulty_network(ceph.settings.endpoint) as (network, endpoint):
        network.break_at("half answer", 1)
        with pytest.raises(StorageFailed, match="ask it through boto3"):
            signed.quick_get(replace(ceph.settings, endpoint=endpoint), ceph.root, KEY, None)


def test_a_stranger_who_is_cut_off_asks_again_and_then_says_so(ceph: servers.RunningStore) -> None:
    open_store(ceph.settings, ceph.root).put(KEY, PAGE, HTML)
    with faulty_network(ceph.server.anonymous) as (network, endpoint), Stranger() as stranger:
        address = f"{endpoint}/{ceph.settings.bucket}/{KEY}"
        network.break_at("half answer", 1)
        assert stranger.ask("GET", address, {}).body == PAGE
        network.break_for_good("half answer")
        with pytest.raises(StorageFailed, match="does not answer"):
            stranger.ask("GET", address, {})
