"""A network between a publisher and a server that does one bad thing, at the k-th request, and then behaves.

It passes HTTP/1.1 on as it comes, signed Host header included.  The bad things:

``reset``       half of the request is passed on, and both connections are cut
``lost reply``  the server does what it was asked, and the connection is cut before its answer
``half answer`` the same, amid its answer
``503``         the server is not asked; "slow down"
``403``         the server is not asked; "access denied", as when credentials have run out
``stall``       nothing comes back
"""

from __future__ import annotations

import contextlib
import io
import socket
import socketserver
import struct
import threading
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

FAULTS = ("reset", "lost reply", "half answer", "503", "403", "stall")
ReadsLines = IO[bytes] | io.BufferedIOBase
_CODES = {"503": ("503 Slow Down", "SlowDown"), "403": ("403 Forbidden", "AccessDenied")}


@dataclass
class Network:
    """What is to go wrong; `left` counts down to it."""

    host: str
    port: int
    fault: str = ""
    left: int = 0
    for_good: bool = False  # the same at every later request
    did_it: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def break_at(self, fault: str, at: int) -> None:
        self.fault, self.left, self.did_it = fault, at, False
        self.for_good = False

    def break_for_good(self, fault: str) -> None:
        self.break_at(fault, 1)
        self.for_good = True

    def fault_now(self) -> str:
        with self.lock:
            self.left -= 1
            if self.left > 0 or (self.left < 0 and not self.for_good):
                return ""
            self.did_it = True
            return self.fault


@contextlib.contextmanager
def faulty_network(endpoint: str) -> Iterator[tuple[Network, str]]:
    """Gives what to break, and the endpoint to use."""
    address = urlsplit(endpoint)
    network = Network(address.hostname or "", address.port or 0)

    class Passing(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with (
                contextlib.suppress(OSError),
                socket.create_connection((network.host, network.port)) as server,
            ):
                answers = server.makefile("rb")
                while pass_on(network, self, server, answers):
                    pass

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Passing) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield network, f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            network.over.set()
            server.shutdown()
            thread.join()


def pass_on(
    network: Network, client: socketserver.StreamRequestHandler, server: socket.socket, answers: ReadsLines
) -> bool:
    """One request and its answer; whether the connection goes on."""
    head = read_head(client.rfile)
    if not head:
        return False
    if b"expect: 100-continue" in head.lower():
        client.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"expect:"))
    body = client.rfile.read(length_of(head))
    fault = network.fault_now()
    if fault in _CODES:
        client.wfile.write(refusal(*_CODES[fault]))
        return True
    if fault == "stall":
        network.over.wait(30)
        return False
    whole = head + body
    server.sendall(whole[: len(whole) // 2] if fault == "reset" else whole)
    if fault == "reset":
        return cut(client)
    answer = read_head(answers)
    has_body = not head.startswith(b"HEAD ") and b" 304 " not in answer[:16] and b" 204 " not in answer[:16]
    content = read_body(answers, answer) if has_body else b""
    if fault:
        return cut(client) if fault == "lost reply" else end_amid(client, answer, content)
    client.wfile.write(answer + content)
    return b"connection: close" not in answer.lower()


def end_amid(client: socketserver.StreamRequestHandler, head: bytes, content: bytes) -> bool:
    """Half of the bytes, or of the head where there are none; a reset would take back what was sent."""
    client.wfile.write(head + content[: len(content) // 2] if content else head[: len(head) // 2])
    client.wfile.flush()
    client.connection.shutdown(socket.SHUT_WR)
    return False


def read_head(stream: ReadsLines) -> bytes:
    lines = []
    while line := stream.readline():
        lines.append(line)
        if line == b"\r\n":
            return b"".join(lines)
    return b""


def length_of(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def read_body(stream: ReadsLines, head: bytes) -> bytes:
    if b"transfer-encoding: chunked" not in head.lower():
        return stream.read(length_of(head))
    blocks = []
    while line := stream.readline():
        size = int(line.split(b";")[0], 16)
        blocks += [line, stream.read(size + 2)]
        if size == 0:
            break
    return b"".join(blocks)


def refusal(status: str, code: str) -> bytes:
    body = f"<Error><Code>{code}</Code></Error>"
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def cut(client: socketserver.StreamRequestHandler) -> bool:
    """With a reset, as when a router forgets a connection."""
    client.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.connection.close()
    return False
