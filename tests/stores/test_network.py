"""One fault of the network at any request: no reader is harmed, most are not even noticed."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import servers
from faulty_network import FAULTS, faulty_network
from sites import ONE_INSTALLATION, dangling, holds, keys_of, publish, show

from cop_publish.core.head import Withdrawn
from cop_publish.errors import StorageFailed
from cop_publish.storage import s3
from cop_publish.storage.live import Publisher
from cop_publish.storage.open import open_store
from cop_publish.storage.traits import Traits, record_traits
from cop_publish.storage.withdraw import withdraw

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_s3 import S3Client

    from cop_publish.storage.base import Store

BEFORE = show("jury", "maps", "old", edition="1")
AFTER = show("jury", "maps", "new", edition="2")
STORES = ("ceph", "rclone", "swift")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", STORES)
def test_a_fault_at_any_request_harms_no_reader_and_the_next_run_ends_exactly(
    name: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "READ_TIMEOUT_SECONDS", 1)
    for place in servers.opened(name, tmp_path, monkeypatch):
        store = open_store(place.settings, place.root)
        with faulty_network(place.settings.endpoint) as (network, endpoint):
            through = open_store(replace(place.settings, endpoint=endpoint), place.root)
            at, broke = 1, True
            while broke:
                start_again(store, fences=name == "ceph")
                network.break_at(fault, at)
                went_well = publishes(through)
                broke = network.did_it
                assert dangling(store) == [], at
                assert went_well or fault == "403", f"a {fault} at request {at} is got over"
                publish(AFTER, store)
                assert holds(store, AFTER, ("old",)), at
                at += STEP.get(name, 1)
        assert at > 10, "there were requests to break"


# Swift takes 20 ms for a request, and five faults at each of them ten minutes; `make test-crashes` does it.
STEP = {} if os.environ.get("EVERY_REQUEST") else {"swift": 3}


def start_again(store: Store, *, fences: bool) -> None:
    store.delete([*keys_of(store, "public/"), *keys_of(store, "_cop/")])
    record_traits(store, Traits(fences, datetime.now(UTC)))
    publish(BEFORE, store)


def publishes(store: Store) -> bool:
    try:
        publish(AFTER, store)
    except StorageFailed:
        return False
    return True


@pytest.mark.parametrize("fault", ["lost reply", "403"])
def test_a_withdrawal_through_a_bad_network_leaves_nothing_behind(
    ceph: servers.RunningStore, fault: str
) -> None:
    store = open_store(ceph.settings, ceph.root)
    owner = servers.administrator(ceph.server)
    bucket = ceph.settings.bucket
    owner.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    gone = frozenset(f.key for f in BEFORE.files if "old" in f.key)
    without = show("jury", "maps", edition="3")
    with faulty_network(ceph.settings.endpoint) as (network, endpoint):
        through = open_store(replace(ceph.settings, endpoint=endpoint), ceph.root)
        for at in range(2, 40, 5):
            store.purge([*all_versions(owner, bucket)])
            start_again(store, fences=False)  # Ceph 16 refuses every If-Match in a versioned bucket
            network.break_at(fault, at)
            try:
                withdraw(without, Withdrawn(keys=gone), Publisher(through, ONE_INSTALLATION), lambda _: None)
            except StorageFailed:
                assert fault == "403"
            assert dangling(store) == []
            withdraw(without, Withdrawn(keys=gone), Publisher(store, ONE_INSTALLATION), lambda _: None)
            assert holds(store, without)
            assert not {f"public/{key}" for key in gone} & set(all_versions(owner, bucket))


def all_versions(owner: S3Client, bucket: str) -> list[str]:
    """Every key of which the bucket has a version or a marker."""
    pages = list(owner.get_paginator("list_object_versions").paginate(Bucket=bucket))
    versions = {line["Key"] for page in pages for line in page.get("Versions", [])}
    return sorted(versions | {line["Key"] for page in pages for line in page.get("DeleteMarkers", [])})
