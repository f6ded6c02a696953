"""A plain HTTP server that passes every request on, unchanged, and remembers what was asked and answered.

Signed requests may pass too: the Host that was signed stays in the request.
"""

from __future__ import annotations

import contextlib
import http.client
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Seen:
    """A request and the status of its answer; the path begins with a slash."""

    method: str
    path: str
    status: int


@dataclass(frozen=True)
class Listener:
    """Where to ask, ending in a slash, and what was asked so far."""

    url: str
    seen: list[Seen] = field(default_factory=list)

    def since(self, count: int) -> list[Seen]:
        return self.seen[count:]


@contextlib.contextmanager
def passing_on(target: str) -> Iterator[Listener]:
    """Pass requests on to `target`, a plain HTTP address that ends in a slash."""

    class Handler(_Handler):
        seen: list[Seen] = []  # noqa: RUF012 - replaced below; http.server makes the handlers
        upstream = urlsplit(target)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listener = Listener(f"http://127.0.0.1:{server.server_port}/")
        Handler.seen = listener.seen
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[Seen]
    upstream = urlsplit("")

    def do_GET(self) -> None:
        answer, body = self._ask()
        self.seen.append(Seen(self.command, self.path, answer.status))
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _OF_ONE_CONNECTION:
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def _ask(self) -> tuple[http.client.HTTPResponse, bytes]:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        there = http.client.HTTPConnection(self.upstream.netloc, timeout=_SECONDS)
        path = self.upstream.path.rstrip("/") + self.path
        there.putrequest(self.command, path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() != "expect":  # answered already, by http.server
                there.putheader(name, value)
        there.endheaders(sent or None)
        with contextlib.closing(there), there.getresponse() as answer:
            return answer, answer.read()

    def log_message(self, *_: object) -> None:
        """Nothing: what was seen is remembered."""
