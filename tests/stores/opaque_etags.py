"""A door to a real server behind which ETags are no MD5s, as in a bucket with a key of AWS's key service.

Each write gets a name of its own, even of the same bytes; conditions and the joining of parts know files and
parts by these names alone; and every answer says which key encrypted the file.  Names have to be translated
in headers that are signed, so the door signs again, with the server's own keys.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from server import Server

ENCRYPTED = {
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:111122223333:key/made-up",
}
_PASSED_ON = ("content-type", "content-md5", "cache-control", "range", "if-match", "if-none-match")
_LINE = re.compile(r"<(Contents|Part)>.*?</\1>", re.DOTALL)
_ETAG = re.compile(r"<ETag>(?:&quot;|\"|&#34;)?([0-9a-f-]*)(?:&quot;|\"|&#34;)?</ETag>")


class Answer(NamedTuple):
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Names:
    """What the world calls each file and part: by place, the server's ETag and ours."""

    known: dict[str, tuple[str, str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def written(self, place: str, real: str) -> str:
        """A new name for what was just written."""
        parts = real.partition("-")[2]
        with self.lock:
            self.known[place] = (real, secrets.token_hex(16) + (f"-{parts}" if parts else ""))
            return self.known[place][1]

    def of(self, place: str, real: str) -> str:
        with self.lock:
            found = self.known.get(place)
        return found[1] if found and found[0] == real else self.written(place, real)

    def real(self, place: str, name: str) -> str:
        """The server's ETag; of a name that nobody was told, one that nothing has."""
        with self.lock:
            found = self.known.get(place, ("", ""))
        return found[0] if found[1] == name else "0" * 32


@contextlib.contextmanager
def opaque_etags(server: Server) -> Iterator[str]:
    """Gives the endpoint to use."""
    names = Names()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            errand = Errand(server, names, self.command, self.path, "Authorization" in self.headers)
            answer = errand.done(dict(self.headers), body)
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _pass  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as door:
        thread = threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.server_port}"
        finally:
            door.shutdown()
            thread.join()


@dataclass(frozen=True)
class Errand:
    """One request on its way."""

    server: Server
    names: Names
    method: str
    target: str
    is_signed: bool  # a stranger stays one

    @property
    def place(self) -> str:
        """Of a file its path; of a part its upload and number too."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    def part(self, number: str) -> str:
        return f"{self.query['uploadId'][0]} {number}"

    def done(self, headers: Mapping[str, str], body: bytes) -> Answer:
        passed = {name: value for name, value in headers.items() if name.lower() in _PASSED_ON}
        for name, value in passed.items():
            if name.lower() in {"if-match", "if-none-match"} and value != "*":
                passed[name] = self.names.real(self.place, value.strip('"'))
        joins = self.method == "POST" and "uploadId" in self.query
        if joins:
            body = self._translated_parts(body)
        return self._renamed(self._ask(self.method, passed, body), joins=joins)

    def _translated_parts(self, body: bytes) -> bytes:
        def real(line: re.Match[str]) -> str:
            (number,) = re.findall(r"<PartNumber>(\d+)</PartNumber>", line[0])
            (name,) = _ETAG.findall(line[0])
            return line[0].replace(name, self.names.real(self.part(number), name))

        return _LINE.sub(real, body.decode()).encode()

    def _renamed(self, answer: Answer, *, joins: bool) -> Answer:
        if answer.status >= 400:
            return answer
        body, headers = answer.body, answer.headers | ENCRYPTED
        real = headers.pop("etag", "").strip('"')
        if joins:
            real = self._ask("HEAD", {}, b"").headers["etag"].strip('"')
            body = _ETAG.sub(f"<ETag>{self.names.written(self.place, real)}</ETag>", body.decode()).encode()
        elif self.method == "PUT":
            place = self.part(self.query["partNumber"][0]) if "partNumber" in self.query else self.place
            headers["etag"] = f'"{self.names.written(place, real)}"'
        elif real:
            headers["etag"] = f'"{self.names.of(self.place, real)}"'
        elif self.method == "GET":
            body = _LINE.sub(self._line, body.decode()).encode()
        if self.method != "HEAD":
            headers["content-length"] = str(len(body))
        return Answer(answer.status, headers, body)

    def _line(self, line: re.Match[str]) -> str:
        (real,) = _ETAG.findall(line[0])
        if line[1] == "Part":
            (number,) = re.findall(r"<PartNumber>(\d+)</PartNumber>", line[0])
            return line[0].replace(real, self.names.of(self.part(number), real))
        (key,) = re.findall(r"<Key>(.*?)</Key>", line[0])
        return line[0].replace(real, self.names.of(f"{self.place.rstrip('/')}/{unquote(key)}", real))

    def _ask(self, method: str, headers: dict[str, str], body: bytes) -> Answer:
        request = AWSRequest(method, self.server.endpoint + self.target, headers, data=body)
        if method == "HEAD" and self.method != "HEAD":
            request.url = self.server.endpoint + self.place
        keys = Credentials(self.server.access_key, self.server.secret_key)
        request.context["client_config"] = None
        if self.is_signed:
            S3SigV4Auth(keys, "s3", "us-east-1").add_auth(request)
        address = urlsplit(str(request.url))
        there = http.client.HTTPConnection(address.netloc)
        try:
            target = f"{address.path}?{address.query}" if address.query else address.path
            there.request(method, target, body, dict(request.headers.items()))
            answer = there.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            found.pop("transfer-encoding", None)
            content = answer.read()
            if method != "HEAD":
                found["content-length"] = str(len(content))
            return Answer(answer.status, found, content)
        finally:
            there.close()
