"""The world's view of a store over plain HTTP: only ``public/``, with ranges, ETag and 304.

For a folder it plays the web host, sending the manifest's headers; for a bucket that cannot make one prefix
readable it signs the requests.  Every request is remembered.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

from botocore.exceptions import ClientError

from cop_publish.storage.folder import FolderStore
from cop_publish.storage.live import published_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes = b""


class PublicFiles(Protocol):
    """Where the answers come from."""

    def answer(self, key: str, byte_range: str, known_etag: str) -> Answer:
        """To a GET of ``public/<key>``; the two last are empty when the request has no such header."""


class BucketFiles:
    """A bucket, read with credentials."""

    def __init__(self, client: Any, bucket: str) -> None:  # noqa: ANN401 - boto3 makes its types at run time
        self.client = client
        self.bucket = bucket

    def answer(self, key: str, byte_range: str, known_etag: str) -> Answer:
        conditions = {"Range": byte_range, "IfNoneMatch": known_etag}
        given = {name: value for name, value in conditions.items() if value}
        try:
            found = self.client.get_object(Bucket=self.bucket, Key=f"public/{key}", **given)
        except ClientError as error:
            return Answer(error.response["ResponseMetadata"]["HTTPStatusCode"], {})
        names = {"ContentType": "Content-Type", "CacheControl": "Cache-Control", "ETag": "ETag"}
        headers = {name: found[ours] for ours, name in names.items() if found.get(ours)}
        if found.get("ContentRange"):
            headers["Content-Range"] = found["ContentRange"]
        return Answer(206 if "Content-Range" in headers else 200, headers, found["Body"].read())


class FolderFiles:
    """A folder, served as a web host would that was told the manifest's headers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def answer(self, key: str, byte_range: str, known_etag: str) -> Answer:
        path = self.folder / "public" / key
        manifest = published_manifest(FolderStore(self.folder)) if path.is_file() else None
        if manifest is None:
            return Answer(404, {})
        content = path.read_bytes()
        entries = {e.key: e for e in manifest.entries}
        headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()}"', "Accept-Ranges": "bytes"}
        if key in entries:
            headers["Content-Type"] = entries[key].content_type
            headers["Cache-Control"] = entries[key].cache_control
        if known_etag == headers["ETag"]:
            return Answer(304, headers)
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", byte_range)
        if not wanted or not any(wanted.groups()):
            return Answer(200, headers, content)
        start, end = _bounds(wanted[1], wanted[2], len(content))
        if start >= end:
            return Answer(416, {"Content-Range": f"bytes */{len(content)}"})
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
        return Answer(206, headers, content[start:end])


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(int(last) + 1, size) if last else size


def read(url: str, **headers: str) -> Answer:
    """What a reader gets at an address; a status that is an error is an answer too."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=named)  # noqa: S310 - addresses of our own servers
    try:
        with urllib.request.urlopen(request) as found:  # noqa: S310 - as above
            return Answer(found.status, dict(found.headers), found.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), error.read())


@contextlib.contextmanager
def serving(files: PublicFiles, requests: list[str] | None = None) -> Iterator[str]:
    """Serve on a free port of loopback; gives the address, ending in a slash."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if requests is not None:
                requests.append(f"{self.command} {self.path}")
            key = unquote(self.path.split("?")[0]).removeprefix("/")
            asked = self.headers.get("Range", ""), self.headers.get("If-None-Match", "")
            answer = Answer(404, {}) if ".." in key.split("/") else files.answer(key, *asked)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(answer.body)

        do_HEAD = do_GET  # noqa: N815 - http.server's name

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()
