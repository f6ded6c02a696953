"""What only a bucket has: streaming, ETags, CORS rules, and the words for its refusals."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import json
import threading
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import servers
from sites import keys_of

from cop_publish.core.output import Headers
from cop_publish.errors import StorageFailed
from cop_publish.storage.cors import CORS, cors_advice, keeps_players_out
from cop_publish.storage.open import open_store
from cop_publish.storage.refusals import clock_wrong, refused

if TYPE_CHECKING:
    from pathlib import Path

SOUND = Headers("audio/mpeg", "public, max-age=86400")


@pytest.mark.parametrize("name", ["rclone", "rclone-tls"])  # plain: the body is signed first; both: streamed
def test_memory_does_not_grow_with_the_size_of_a_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "long.mp3"
    for place in servers.opened(name, tmp_path, monkeypatch):
        store = open_store(place.settings, place.root)
        store.put("public/warm.mp3", b"x", SOUND)
        # One piece in blocks; then parts of 8 MiB, a few at a time, however many there are.
        for size_bytes, at_most_bytes in (
            (15_000_000, 6_000_000),
            (40_000_000, 48 << 20),
            (160_000_000, 48 << 20),
        ):
            with path.open("wb") as file:
                file.truncate(size_bytes)
            tracemalloc.start()
            with path.open("rb") as body:
                store.put("public/long.mp3", body, SOUND)
            peak_bytes = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            found = store.head("public/long.mp3")
            assert found is not None
            assert found.size_bytes == size_bytes
            assert peak_bytes < at_most_bytes


def test_an_etag_of_other_bytes_is_noticed(rclone: servers.RunningStore) -> None:
    """A server that stores something else than it was sent, and says so by its ETag."""

    class Damaging(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            asked.append(self.headers["Expect"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("ETag", '"00000000000000000000000000000000"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    asked: list[str | None] = []
    with http.server.HTTPServer(("127.0.0.1", 0), Damaging) as server:
        threading.Thread(target=server.handle_request).start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        store = open_store(replace(rclone.settings, endpoint=endpoint, ca_file=""), rclone.root)
        with pytest.raises(StorageFailed, match=r"holds other bytes under public/a\.mp3 than were sent"):
            store.put("public/a.mp3", b"sound", SOUND)
    assert asked == [None], "small bodies go without waiting for 100 Continue"


def test_a_file_that_changes_while_it_is_sent_is_refused_in_its_own_words(
    rclone: servers.RunningStore,
) -> None:
    class ChangesLate(io.BytesIO):
        """Whole when it is hashed and when it is signed, not when it is sent."""

        left = 2.5 * 300_000

        def read(self, size: int | None = -1, /) -> bytes:
            self.left -= len(block := super().read(size))
            if self.left < 0:
                message = "The file changed."
                raise StorageFailed(message)
            return block

    store = open_store(rclone.settings, rclone.root)
    with pytest.raises(StorageFailed, match=r"^The file changed\.$"):
        store.put("public/a.mp3", ChangesLate(b"x" * 300_000), SOUND)
    assert keys_of(store, "public/") == ()


def test_a_server_that_insists_on_content_md5_deletes_too(rclone: servers.RunningStore) -> None:
    """As many did before 2025: for DeleteObjects, S3's own rule at the time."""
    bodies: list[bytes] = []

    class Insisting(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(body := self.rfile.read(int(self.headers["Content-Length"])))
            md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
            answer = b"<DeleteResult/>" if self.headers["Content-MD5"] == md5 else b""
            self.send_response(200 if answer else 400)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Insisting) as server:
        threading.Thread(target=server.handle_request).start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        store = open_store(replace(rclone.settings, endpoint=endpoint, ca_file=""), rclone.root)
        store.delete(["public/a.mp3", "public/b.mp3"])
    assert [body.count(b"<Key>") for body in bodies] == [2]


def test_missing_cors_rules_are_explained_with_what_to_paste(bucket: servers.RunningStore) -> None:
    advice = "\n".join(cors_advice(open_store(bucket.settings, bucket.root)))
    assert "web players on other sites read transcripts and chapters" in advice
    assert '"AllowedOrigins": [' in advice


@pytest.mark.parametrize("name", ["ceph", "ceph-tls"])
def test_cors_rules_that_let_everyone_read_need_no_advice(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened(name, tmp_path, monkeypatch):
        store = open_store(place.settings, place.root)
        assert "does not let" in cors_advice(store)[0]
        assert keeps_players_out(store)
        owner = servers.administrator(place.server)
        owner.put_bucket_cors(Bucket=place.settings.bucket, CORSConfiguration=json.loads(json.dumps(CORS)))
        assert cors_advice(store) == ()
        assert not keeps_players_out(store)


def test_a_folder_gets_no_advice_about_buckets(folder: servers.RunningStore) -> None:
    assert cors_advice(open_store(folder.settings, folder.root)) == ()


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("InternalError", 500, "it failed (500 InternalError); its disk may be full"),
        ("507", 507, "the storage is full"),
        ("QuotaExceeded", 403, "over its quota"),
        ("SlowDown", 503, "too busy"),
        ("ExpiredToken", 400, "your credentials have expired. Sign in again"),
        ("PermanentRedirect", 301, "the bucket is in another region. Set [storage] region"),
        ("AuthorizationHeaderMalformed", 400, "[storage] region"),
        ("403", 403, "it does not allow this"),
        ("EntityTooLarge", 400, "larger than it takes in one piece"),
        ("Teapot <b>", 418, "it answered 418 Teapotb. Check [storage] endpoint and bucket"),
    ],
)
def test_every_refusal_has_its_words(code: str, status: int, words: str) -> None:
    assert words in refused(code, status)


NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("signed_at", "server_date", "words"),
    [
        (NOON, "Mon, 23 Nov 2026 14:00:00 GMT", "is 2 h 00 min slow"),
        (NOON, "Mon, 23 Nov 2026 11:39:40 GMT", "is 20 min fast"),
        (NOON, "Sun, 22 Nov 2026 12:00:00 GMT", "is 24 h 00 min fast"),
        (NOON, "", "is wrong"),
        (NOON, "soon", "is wrong"),
        (None, "Mon, 23 Nov 2026 14:00:00 GMT", "is wrong"),
    ],
)
def test_the_clock_is_told_how_far_it_is_off(
    signed_at: datetime | None, server_date: str, words: str
) -> None:
    message = clock_wrong(signed_at, server_date)
    assert words in message
    assert "Set the clock of this machine" in message
