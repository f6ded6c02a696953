"""What a bucket does not let go of (Object Lock), and what it copies elsewhere: told, never passed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import servers
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from live_feed import live_feed
from sites import ONE_INSTALLATION, content, publish, show
from test_network import all_versions

from cop_publish.core.head import Withdrawn
from cop_publish.core.output import SHORT_LIVED, Headers
from cop_publish.core.store_check import Lasting, lines
from cop_publish.errors import StorageFailed
from cop_publish.storage.base import Locked
from cop_publish.storage.known import known_check
from cop_publish.storage.live import Publisher, look
from cop_publish.storage.open import open_store
from cop_publish.storage.probe import check_store
from cop_publish.storage.s3 import S3Store
from cop_publish.storage.withdraw import WithdrawalReceipt, withdraw
from cop_publish.withdrawal.report import is_all_gone, left_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from types_boto3_s3 import S3Client

    from cop_publish.settings import Settings

PAGE = Headers("text/html; charset=utf-8", SHORT_LIVED)
BEFORE, WITHOUT = show("jury", "maps", "old", edition="1"), show("jury", "maps", edition="2")
GONE = frozenset(f.key for f in BEFORE.files if "old" in f.key)
SOUND = next(f"public/{key}" for key in GONE if key.startswith("media/"))


@pytest.fixture
def locking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.RunningStore]:
    """A bucket of Ceph's that was made with Object Lock: it locks nothing by itself yet."""
    for place in servers.opened("ceph", tmp_path, monkeypatch):
        bucket = f"{place.settings.bucket}-locking"
        owner = servers.administrator(place.server)
        owner.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
        yield replace(place, settings=replace(place.settings, bucket=bucket))


def owner_of(place: servers.RunningStore) -> S3Client:
    return servers.administrator(place.server)


def store_at(place: servers.RunningStore) -> S3Store:
    store = open_store(place.settings, place.root)
    assert isinstance(store, S3Store)
    return store


def settings_at(place: servers.RunningStore, tmp_path: Path) -> Settings:
    return live_feed(store_at(place), "http://127.0.0.1:9/", tmp_path, place.settings).settings


def hold(place: servers.RunningStore, key: str, status: str) -> None:
    """Put the latest version of a file under a legal hold, or lift that."""
    owner, bucket = owner_of(place), place.settings.bucket
    (version,) = [
        line["VersionId"]
        for line in owner.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", [])
        if line["Key"] == key
    ]
    held = {"Status": status}
    owner.put_object_legal_hold(Bucket=bucket, Key=key, VersionId=version, LegalHold=held)  # type: ignore[arg-type]


def take_out(store: S3Store) -> WithdrawalReceipt:
    publisher = Publisher(store, ONE_INSTALLATION)
    return withdraw(WITHOUT, Withdrawn(keys=GONE), publisher, lambda _: None)


def test_a_locked_version_stays_hidden_from_readers_and_everything_else_goes(
    locking: servers.RunningStore,
) -> None:
    store, owner, bucket = store_at(locking), owner_of(locking), locking.settings.bucket
    for key in ("public/a.html", "public/b.html"):
        store.put(key, b"Jane", PAGE)
    hold(locking, "public/a.html", "ON")
    store.put("public/a.html", b"Jane again", PAGE)
    for removed in (2, 0):
        found = store.purge(["public/a.html", "public/b.html"])
        assert found.versions == removed
        assert found.locked == (Locked("public/a.html", None),)
        assert content(store, "public/a.html") is None, "removing the mark that hides it would bring it back"
        assert set(all_versions(owner, bucket)) == {"public/a.html"}
    left = owner.list_object_versions(Bucket=bucket)["Versions"]
    assert [line["Size"] for line in left] == [len(b"Jane")]
    hold(locking, "public/a.html", "OFF")
    assert not store.purge(["public/a.html"]).locked
    assert not all_versions(owner, bucket)


def test_the_end_of_a_lock_is_told(locking: servers.RunningStore) -> None:
    store, owner, bucket = store_at(locking), owner_of(locking), locking.settings.bucket
    store.put("public/a.html", b"Jane", PAGE)
    until = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    lock = {"Mode": "GOVERNANCE", "RetainUntilDate": until}
    owner.put_object_retention(Bucket=bucket, Key="public/a.html", Retention=lock)  # type: ignore[arg-type]
    try:
        (held,) = store.purge(["public/a.html"]).locked
        assert held.until is not None
        assert abs(held.until - until) < timedelta(seconds=1)
    finally:
        (version,) = owner.list_object_versions(Bucket=bucket)["Versions"]
        owner.delete_object(
            Bucket=bucket,
            Key="public/a.html",
            VersionId=version["VersionId"],
            BypassGovernanceRetention=True,
        )


def test_a_withdrawal_ends_without_what_is_locked_says_so_and_a_later_publish_removes_it(
    locking: servers.RunningStore,
) -> None:
    store, owner, bucket = store_at(locking), owner_of(locking), locking.settings.bucket
    publish(BEFORE, store)
    hold(locking, SOUND, "ON")
    receipt = take_out(store)
    assert receipt.locked == (Locked(SOUND, None),)
    assert not is_all_gone(receipt)
    (said,) = left_lines(receipt)
    assert said.startswith("NOT removed yet: 1 file, which the bucket does not let go of (Object Lock) while")
    assert content(store, SOUND) is None
    assert {key.removeprefix("public/") for key in all_versions(owner, bucket)} & GONE == {
        SOUND.removeprefix("public/")
    }
    publish(show("jury", "maps", edition="3"), store)
    assert SOUND in all_versions(owner, bucket), "the hold is still on"
    hold(locking, SOUND, "OFF")
    publish(show("jury", "maps", edition="4"), store)
    assert SOUND not in all_versions(owner, bucket)
    head = look(Publisher(store)).head
    assert head is not None
    assert head.locked == ()
    publish(show("jury", "maps", edition="5"), store)


def test_of_a_page_that_stays_a_locked_older_version_goes_when_it_can(locking: servers.RunningStore) -> None:
    store, owner, bucket = store_at(locking), owner_of(locking), locking.settings.bucket
    publish(show("jury", "maps", edition="1"), store)
    page = "public/episodes/jury.html"
    hold(locking, page, "ON")
    publisher = Publisher(store, ONE_INSTALLATION)
    again = show("jury", "maps", edition="2")
    touched = frozenset({"episodes/jury.html"})
    receipt = withdraw(again, Withdrawn(), publisher, lambda _: None, touched)
    assert receipt.locked == (Locked(page, None),)
    versions = [line for line in owner.list_object_versions(Bucket=bucket)["Versions"] if line["Key"] == page]
    assert len(versions) == 2
    (held,) = [line["VersionId"] for line in versions if not line["IsLatest"]]
    owner.put_object_legal_hold(Bucket=bucket, Key=page, VersionId=held, LegalHold={"Status": "OFF"})
    publish(show("jury", "maps", edition="3"), store)
    assert held not in [v["VersionId"] for v in owner.list_object_versions(Bucket=bucket)["Versions"]]
    assert (content(store, page) or b"").startswith(b"3 "), "what readers get stays"


@pytest.mark.parametrize("mode", ["COMPLIANCE", "GOVERNANCE"])
def test_nothing_is_written_to_a_bucket_that_locks_whatever_comes(
    locking: servers.RunningStore, mode: str, tmp_path: Path
) -> None:
    store, bucket = store_at(locking), locking.settings.bucket
    settings = settings_at(locking, tmp_path)
    before = all_versions(owner_of(locking), bucket)
    retention = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": mode, "Years": 1}}}
    owner_of(locking).put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=retention)  # type: ignore[arg-type]
    sentence = rf"lets go of nothing for 365 days \(Object Lock, {mode}\), so nothing could be withdrawn"
    with pytest.raises(StorageFailed, match=sentence):
        check_store(store, settings)
    with pytest.raises(StorageFailed, match=sentence):
        known_check(store, settings, tmp_path, now=datetime.now(UTC))
    assert all_versions(owner_of(locking), bucket) == before


def test_a_bucket_that_locks_and_copies_nothing_is_as_it_should_be(
    bucket: servers.RunningStore, tmp_path: Path
) -> None:
    found = check_store(store_at(bucket), settings_at(bucket, tmp_path))
    assert found.lasting == Lasting()
    assert "It locks no files, and copies them to no other bucket." in [
        line.sentence for line in lines(found) if line.ok
    ]


# What a bucket with replication answers (Amazon S3 API reference, GetBucketReplication); the gateway that
# the tests can start has one zone, and takes no such rule.
COPYING = """<ReplicationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Role>r</Role>
<Rule><ID>1</ID><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::far</Bucket></Destination></Rule>
<Rule><ID>2</ID><Status>Disabled</Status><Destination><Bucket>arn:aws:s3:::off</Bucket></Destination></Rule>
</ReplicationConfiguration>"""
DENIED = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"


class Raw:
    """A body as urllib3 hands it on."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self._body


def answering(store: S3Store, status: int, body: str) -> None:
    """Let the bucket say this when it is asked whom it copies to."""

    def answer(request: object, **_: object) -> AWSResponse:
        url = getattr(request, "url", "")
        return AWSResponse(url, status, HTTPHeaders(), Raw(body.encode()))

    events = store._client.meta.events  # noqa: SLF001 - the wire is not part of the contract
    events.register("before-send.s3.GetBucketReplication", answer)  # type: ignore[arg-type]


def test_copies_in_other_buckets_are_told_and_keep_a_withdrawal_from_being_whole(
    ceph: servers.RunningStore, tmp_path: Path
) -> None:
    store = store_at(ceph)
    answering(store, 200, COPYING)
    bad = [line.sentence for line in lines(check_store(store, settings_at(ceph, tmp_path))) if not line.ok]
    assert [words for words in bad if words.startswith("What is put there is copied to 1 other bucket")]
    publish(BEFORE, store)
    receipt = take_out(store)
    assert receipt.copied_to == 1
    assert not is_all_gone(receipt)
    assert [line[:45] for line in left_lines(receipt)] == ["NOT removed: copies in 1 other bucket (replic"]


def test_a_bucket_that_may_not_be_asked_says_which_rights_are_missing(
    ceph: servers.RunningStore, tmp_path: Path
) -> None:
    store = store_at(ceph)
    answering(store, 403, DENIED)
    found = check_store(store, settings_at(ceph, tmp_path))
    assert not found.lasting.is_known
    assert found.is_safe, "a store of its own kind may know neither"
    assert any("s3:GetReplicationConfiguration" in line.sentence for line in lines(found) if not line.ok)
