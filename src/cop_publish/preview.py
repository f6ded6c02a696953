"""Serve a built or published folder on loopback, as a host would: content types, byte ranges, 404 page.

Apps and browsers ask for `Range` when they seek (RFC 9110 section 14); Apple refuses hosts without it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urlsplit

from cop_publish.errors import WrongUsage
from cop_publish.intake.settings_file import read_settings
from cop_publish.publish import BUILD_FOLDER
from cop_publish.storage.folder import FolderStore
from cop_publish.storage.live import OLD_MANIFEST, published_manifest
from cop_publish.storage.traits import HEAD

if TYPE_CHECKING:
    from pathlib import Path

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_BLOCK_BYTES = 1 << 16


def open_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Open a server for the root of a folder store; port 0 takes a free one."""
    _entries(folder)  # refuse a folder that nothing was published to now, not at the first page

    class Handler(_Handler):
        home = folder

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def latest_folder(root: Path) -> Path:
    """Give the folder that was written last, built or published; raises WrongUsage without one."""
    settings = read_settings(root)
    folders = [root / folder for folder in (BUILD_FOLDER, settings.storage.folder)]
    found = [folder / name for folder in folders for name in (HEAD, OLD_MANIFEST)]
    written = [path for path in found if path.exists()]
    if not written:
        raise WrongUsage("There is nothing to look at yet: run `cop-publish build` first.")
    return max(written, key=lambda path: path.stat().st_mtime_ns).parent.parent


class _Handler(BaseHTTPRequestHandler):
    """GET and HEAD of the keys that the manifest names; nothing else is there."""

    home: Path  # the folder store's root
    entries: dict[str, tuple[str, str, str]]  # key -> sha256, content type, cache control
    protocol_version = "HTTP/1.1"
    server_version = "cop-publish"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Keep quiet: a preview's addresses may name what is not public yet."""

    @property
    def root(self) -> Path:
        return self.home / "public"

    def _answer(self) -> None:
        self.entries = _entries(self.home)  # each time: a rebuild shows on the next reload
        key = unquote(urlsplit(self.path).path).lstrip("/")
        key = key + "index.html" if not key or key.endswith("/") else key
        if key in self.entries:
            self._send(key, HTTPStatus.OK)
        elif "404.html" in self.entries:
            self._send("404.html", HTTPStatus.NOT_FOUND)
        else:
            self._head(HTTPStatus.NOT_FOUND, 0, {})

    def _send(self, key: str, status: HTTPStatus) -> None:
        sha256, content_type, cache_control = self.entries[key]
        etag = f'"{sha256[:32]}"'
        headers = {
            "ETag": etag,
            "Content-Type": content_type,
            "Cache-Control": cache_control,
            "Accept-Ranges": "bytes",
        }
        if status is HTTPStatus.OK and self.headers.get("If-None-Match") == etag:
            self._head(HTTPStatus.NOT_MODIFIED, 0, headers)
            return
        with file_of(self.root, key, content_type).open("rb") as file:
            size = file.seek(0, 2)
            first, last = 0, size - 1
            asked = self._range(etag) if status is HTTPStatus.OK else None
            if asked:
                first, last = _span(asked, size)
                if first > last:
                    self._head(
                        HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, 0, {"Content-Range": f"bytes */{size}"}
                    )
                    return
                status = HTTPStatus.PARTIAL_CONTENT
                headers["Content-Range"] = f"bytes {first}-{last}/{size}"
            self._head(status, last - first + 1, headers)
            if self.command == "GET":
                self._copy(file, first, last - first + 1)

    def _range(self, etag: str) -> re.Match[str] | None:
        """The range to answer with: of GET alone, of the bytes that If-Range names, and first to last."""
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        if asked is None or self.command != "GET" or self.headers.get("If-Range", etag) != etag:
            return None
        start, end = asked.groups()
        is_none = not (start or end) or (start and end and int(start) > int(end))
        return None if is_none else asked

    def _head(self, status: HTTPStatus, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _copy(self, file: BinaryIO, first: int, count: int) -> None:
        file.seek(first)
        while count > 0 and (block := file.read(min(_BLOCK_BYTES, count))):
            count -= len(block)
            self.wfile.write(block)


def _entries(folder: Path) -> dict[str, tuple[str, str, str]]:
    written = [path for path in (folder / HEAD, folder / OLD_MANIFEST) if path.exists()]
    return _entries_of(folder, max((path.stat().st_mtime_ns for path in written), default=0))


@lru_cache(maxsize=2)
def _entries_of(folder: Path, _written_ns: int) -> dict[str, tuple[str, str, str]]:
    manifest = published_manifest(FolderStore(folder))
    if manifest is None:
        raise WrongUsage("There is nothing to look at yet: run `cop-publish build` first.")
    return {e.key: (e.sha256, e.content_type, e.cache_control) for e in manifest.entries}


def file_of(root: Path, key: str, content_type: str) -> Path:
    """The file of a key in a folder store: a page without an extension lies there with `.html`."""
    plain = content_type.startswith("text/html") and "." not in key.rsplit("/", 1)[-1]
    return root / (key + ".html" if plain else key)


def _span(asked: re.Match[str], size: int) -> tuple[int, int]:
    start, end = asked.groups()
    if not start:
        return max(0, size - int(end)), size - 1
    return int(start), min(int(end), size - 1) if end else size - 1
