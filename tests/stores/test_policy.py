"""The printed rights, set on a real gateway: enough to publish, and not enough for anything else."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3
import pytest
import servers
from botocore.exceptions import ClientError
from ceph_gateway import ceph_admin
from public_prefix import read
from sites import holds, planned, publish, show

from cop_publish.core.output import Headers
from cop_publish.errors import Busy
from cop_publish.settings import StorageSettings
from cop_publish.storage.live import Publisher, look
from cop_publish.storage.memory import Memory
from cop_publish.storage.open import open_store
from cop_publish.storage.pack import RELEASES
from cop_publish.storage.policy import documents
from cop_publish.storage.release import apply
from cop_publish.storage.traits import HEAD, Traits, record_traits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cop_publish.storage.base import Store

PAGE = Headers("text/html; charset=utf-8", "public, max-age=300")


def value(storage: StorageSettings, name: str) -> str:
    (found,) = (document.value for document in documents(storage) if document.name == name)
    return json.dumps(found)


REFUSED: dict[str, dict[str, str]] = {
    "put_object": {"Key": "elsewhere.html"},
    "get_object": {"Key": "elsewhere.html"},
    "delete_object": {"Key": "elsewhere.html"},
    "delete_bucket": {},
    "put_bucket_policy": {"Policy": "{}"},
    "put_bucket_acl": {"ACL": "public-read"},
    "list_object_versions": {},
}


@pytest.fixture(params=["", "shows/ours/"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[servers.RunningStore]:
    """A bucket on Ceph with none of the tests' own policies, and a show in it or in a part of it."""
    for found in servers.opened("ceph", tmp_path, monkeypatch):
        servers.administrator(found.server).delete_bucket_policy(Bucket=found.settings.bucket)
        yield replace(found, settings=replace(found.settings, prefix=request.param))


@pytest.fixture
def publisher(place: servers.RunningStore, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store in the hands of a user of the gateway who owns nothing and has the publisher's rights."""
    user = f"publisher-{place.settings.bucket}"
    keys = {"access-key": f"AK{user}", "secret": f"SK{user}"}
    named = [f"--{name}={value}" for name, value in keys.items()]
    ceph_admin("user", "create", f"--uid={user}", "--display-name=publisher", *named)
    ceph_admin("caps", "add", "--uid=tests", "--caps=user-policy=*")
    iam = boto3.client(
        "iam",
        endpoint_url=place.server.endpoint,
        region_name="us-east-1",
        aws_access_key_id=place.server.access_key,
        aws_secret_access_key=place.server.secret_key,
    )
    policy = value(place.settings, "publisher")
    iam.put_user_policy(UserName=user, PolicyName="publisher", PolicyDocument=policy)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["access-key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["secret"])
    return open_store(place.settings, place.root)


def test_the_world_reads_what_is_public_and_nothing_else(place: servers.RunningStore) -> None:
    owner = servers.administrator(place.server)
    store, bucket = open_store(place.settings, place.root), place.settings.bucket
    store.put("public/page.html", b"public", PAGE)
    store.put("_cop/head.json", b"private", PAGE)
    owner.put_object(Bucket=bucket, Key="elsewhere.html", Body=b"another's")
    owner.put_object(Bucket=bucket, Key="public.html", Body=b"another's")
    at = f"{place.server.endpoint}/{bucket}/"
    assert read(f"{at}{place.settings.prefix}public/page.html").status == 403
    owner.put_bucket_policy(Bucket=bucket, Policy=value(place.settings, "public"))
    assert read(f"{at}{place.settings.prefix}public/page.html").body == b"public"
    for key in (f"{place.settings.prefix}_cop/head.json", "elsewhere.html", "public.html", ""):
        assert read(at + key).status == 403


def test_a_user_with_the_publishers_rights_alone_can_publish_and_take_away(publisher: Store) -> None:
    everything = show("one", "two", "three")
    publish(everything, publisher, Memory(None))
    assert holds(publisher, everything)
    fewer = show("one", "three")
    publish(fewer, publisher, Memory(None))
    assert holds(publisher, fewer, beside=("two",))


def test_whoever_loses_their_turn_with_these_rights_is_told_so_and_leaves_no_pack(publisher: Store) -> None:
    publish(show("one", "two"), publisher, Memory(None))
    record_traits(publisher, Traits(honours_conditions=True, checked_at=publisher.now()))
    slow = Memory(None)
    late = planned(show("one", "two", "three", edition="2"), publisher, slow)
    publish(show("one", "two", edition="3"), publisher, Memory(None))
    packs = {line.key for line in publisher.list(RELEASES)}
    with pytest.raises(Busy, match="Somebody else published meanwhile"):
        apply(late, Publisher(publisher, slow), lambda _: None)
    assert {line.key for line in publisher.list(RELEASES)} == packs
    assert holds(publisher, show("one", "two", edition="3"), beside=("three",))


def test_what_a_lock_kept_of_a_withdrawal_is_left_to_whoever_may_remove_it(publisher: Store) -> None:
    publish(show("one", "two"), publisher, Memory(None))
    head = look(Publisher(publisher, Memory(None))).head
    assert head is not None
    locked = replace(head, locked=("public/media/withdrawn.mp3",))
    publisher.put(HEAD, locked.to_json().encode(), PAGE)
    publish(show("one", "two", "three"), publisher, Memory(None))
    assert holds(publisher, show("one", "two", "three"))
    after = look(Publisher(publisher, Memory(None))).head
    assert after is not None
    assert (after.lease, after.locked) == (None, locked.locked)


def test_large_files_need_no_more_than_that(publisher: Store) -> None:
    publisher.put("public/media/long.mp3", bytes(17 << 20), PAGE)
    found = publisher.head("public/media/long.mp3")
    assert found is not None
    assert found.size_bytes == 17 << 20


def test_the_publishers_rights_end_at_the_shows_own_keys(
    place: servers.RunningStore, publisher: Store
) -> None:
    publisher.put("public/page.html", b"public", PAGE)
    bucket = place.settings.bucket
    client = publisher._client  # type: ignore[attr-defined]  # noqa: SLF001 - what the store itself would never ask
    servers.administrator(place.server).put_object(Bucket=bucket, Key="elsewhere.html", Body=b"another's")
    for refused, words in REFUSED.items():
        with pytest.raises(ClientError) as caught:
            getattr(client, refused)(Bucket=bucket, **words)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403, refused
    batch = {"Objects": [{"Key": "elsewhere.html"}]}
    with contextlib.suppress(ClientError):
        client.delete_objects(Bucket=bucket, Delete=batch)
    assert servers.administrator(place.server).head_object(Bucket=bucket, Key="elsewhere.html")


def test_the_lifecycle_is_taken_and_says_the_same_when_it_is_asked_for(place: servers.RunningStore) -> None:
    owner, bucket = servers.administrator(place.server), place.settings.bucket
    wanted = json.loads(value(place.settings, "lifecycle"))
    owner.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=wanted)
    (rule,) = owner.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert rule.get("Filter", {}).get("Prefix", rule.get("Prefix")) == place.settings.prefix


def test_private_files_need_tls_where_the_store_has_it_and_the_cdn_its_own_right() -> None:
    aws = StorageSettings(bucket="b", cloudfront="E1")
    assert "aws:SecureTransport" in value(aws, "public")
    assert "aws:SecureTransport" not in value(replace(aws, endpoint="http://127.0.0.1:1"), "public")
    assert "arn:aws:cloudfront::*:distribution/E1" in value(aws, "publisher")
    assert "cloudfront" not in value(replace(aws, cloudfront=""), "publisher")
