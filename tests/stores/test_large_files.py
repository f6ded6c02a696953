"""Files that go up in parts: taken up again after a kill, compared, and never half there."""

from __future__ import annotations

import hashlib
import io
import os
import signal
from typing import TYPE_CHECKING

import pytest
import servers
from requests_sent import hooked, requests_sent
from sites import content, file, holds, publish, site

from cop_publish.core.output import Headers, OnDisk
from cop_publish.errors import Conflict, StorageFailed
from cop_publish.storage.base import ABSENT, Holding
from cop_publish.storage.multipart import PART_BYTES, composite_etag
from cop_publish.storage.open import open_store
from cop_publish.storage.s3 import S3Store

if TYPE_CHECKING:
    from pathlib import Path

SOUND = Headers("audio/mpeg", "public, max-age=86400")
KEY = "public/media/long.mp3"
SIZE_BYTES = 5 * PART_BYTES - 1000


@pytest.fixture(scope="module")
def long_sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sounds") / "long.mp3"
    path.write_bytes(
        b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(SIZE_BYTES // 32 + 1))[:SIZE_BYTES]
    )
    return path


def test_it_arrives_whole_with_the_etag_that_was_foretold(
    bucket: servers.RunningStore, long_sound: Path
) -> None:
    store = open_store(bucket.settings, bucket.root)
    with long_sound.open("rb") as body:
        foretold = composite_etag(body)
        assert store.put(KEY, body, SOUND, ABSENT) == foretold
    held = store.head(KEY)
    assert held is not None
    assert (held.size_bytes, held.headers) == (SIZE_BYTES, SOUND)
    if not bucket.server.name.startswith("rclone"):  # it joins the parts to a file and hashes that
        assert held.etag == foretold
    assert (
        hashlib.sha256(content(store, KEY) or b"").digest()
        == hashlib.sha256(long_sound.read_bytes()).digest()
    )


@pytest.mark.parametrize("parts_sent", [1, 3])
def test_after_a_kill_only_the_missing_parts_are_sent(
    bucket: servers.RunningStore, long_sound: Path, parts_sent: int
) -> None:
    store = open_store(bucket.settings, bucket.root)
    assert isinstance(store, S3Store)
    answered = [0]

    def stop(**_: object) -> None:
        answered[0] += 1
        if answered[0] > parts_sent:
            raise KeyboardInterrupt

    stopping = hooked(store, "before-call.s3.UploadPart", stop)
    with stopping, long_sound.open("rb") as body, pytest.raises(KeyboardInterrupt):
        store.put(KEY, body, SOUND)
    assert store.head(KEY) is None, "nothing of it can be read yet"
    again = open_store(bucket.settings, bucket.root)
    with requests_sent(again) as sent, long_sound.open("rb") as body:
        again.put(KEY, body, SOUND)
    assert sum("partNumber=" in line for line in sent) == 5 - parts_sent
    assert not any("uploads" in line and line.startswith("POST") for line in sent), "the same upload goes on"
    assert (content(again, KEY) or b"") == long_sound.read_bytes()


def test_a_publisher_that_is_killed_amid_a_large_file_goes_on_from_there(
    bucket: servers.RunningStore, long_sound: Path
) -> None:
    sound = OnDisk(long_sound, hashlib.sha256(long_sound.read_bytes()).hexdigest(), SIZE_BYTES)
    approved = site(file("media/long.mp3", sound), file("index.html", b"[media/long.mp3]"))
    child = os.fork()
    if child == 0:
        store = open_store(bucket.settings, bucket.root)
        assert isinstance(store, S3Store)
        left = [4]

        def kill(**_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        with hooked(store, "response-received.s3.UploadPart", kill):
            publish(approved, store)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    store = open_store(bucket.settings, bucket.root)
    with requests_sent(store) as sent:
        publish(approved, store)
    assert sum("partNumber=" in line for line in sent) <= 2
    assert holds(store, approved)


def test_a_part_of_other_bytes_is_sent_again(ceph: servers.RunningStore, long_sound: Path) -> None:
    owner = servers.administrator(ceph.server)
    upload = owner.create_multipart_upload(Bucket=ceph.settings.bucket, Key=KEY)
    owner.upload_part(
        Bucket=ceph.settings.bucket,
        Key=KEY,
        UploadId=upload["UploadId"],
        PartNumber=2,
        Body=b"x" * PART_BYTES,
    )
    store = open_store(ceph.settings, ceph.root)
    with long_sound.open("rb") as body:
        store.put(KEY, body, SOUND)
    assert content(store, KEY) == long_sound.read_bytes()


def test_an_upload_that_was_begun_with_other_headers_does_not_keep_them(
    bucket: servers.RunningStore, long_sound: Path
) -> None:
    """As an older version would have: the upload is taken up, and its headers are not ours."""
    owner, name = servers.administrator(bucket.server), bucket.settings.bucket
    upload = owner.create_multipart_upload(
        Bucket=name, Key=KEY, ContentType="audio/mpeg", CacheControl="no-cache"
    )["UploadId"]
    first = long_sound.read_bytes()[:PART_BYTES]
    owner.upload_part(Bucket=name, Key=KEY, UploadId=upload, PartNumber=1, Body=first)
    store = open_store(bucket.settings, bucket.root)
    with long_sound.open("rb") as body:
        store.put(KEY, body, SOUND)
    held = store.head(KEY)
    assert held is not None
    assert (held.size_bytes, held.headers) == (SIZE_BYTES, SOUND)
    assert content(store, KEY) == long_sound.read_bytes()


def test_a_large_file_whose_last_bytes_changed_never_appears(
    bucket: servers.RunningStore, long_sound: Path
) -> None:
    class ChangesLate(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > SIZE_BYTES - PART_BYTES:
                message = "The file changed."
                raise StorageFailed(message)
            return super().read(size)

    store = open_store(bucket.settings, bucket.root)
    with pytest.raises(StorageFailed, match=r"^The file changed\.$"):
        store.put(KEY, ChangesLate(long_sound.read_bytes()), SOUND)
    assert store.head(KEY) is None


def test_a_large_file_goes_nowhere_where_something_else_is(
    ceph: servers.RunningStore, long_sound: Path
) -> None:
    store = open_store(ceph.settings, ceph.root)
    store.put(KEY, b"theirs", SOUND)
    with long_sound.open("rb") as body:
        for condition in (ABSENT, Holding("0" * 32)):
            with pytest.raises(Conflict):
                store.put(KEY, body, SOUND, condition)
    assert content(store, KEY) == b"theirs"
