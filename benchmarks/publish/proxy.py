"""A plain HTTP proxy in a process of its own: it counts requests, and holds each back for a while.

    python proxy.py TARGET_PORT DELAY_SECONDS

prints two ports: of the proxy, and of a counter that answers a connection with the number of requests since
it was asked last.  Nothing in a request is changed, so signatures hold.  The delay stands for the way to a
storage that is far: it is per request, and requests side by side wait side by side.
"""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import suppress

_BLOCK_BYTES = 1 << 18
_LENGTH = re.compile(rb"^content-length:\s*(\d+)", re.IGNORECASE | re.MULTILINE)
_CHUNKED = re.compile(rb"^transfer-encoding:\s*chunked", re.IGNORECASE | re.MULTILINE)
_GONE = (ConnectionError, asyncio.IncompleteReadError)


class Proxy:
    """One target."""

    def __init__(self, port: int, delay_seconds: float) -> None:
        self._port, self._delay_seconds = port, delay_seconds
        self._count = 0

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        there_reader, there_writer = await asyncio.open_connection(
            "127.0.0.1", self._port, limit=_BLOCK_BYTES
        )
        back = asyncio.create_task(_pump(there_reader, writer))
        with suppress(*_GONE):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self._count += 1
                if self._delay_seconds:
                    await asyncio.sleep(self._delay_seconds)
                there_writer.write(head)
                await _body(head, reader, there_writer)
                await there_writer.drain()
        there_writer.close()
        with suppress(*_GONE):
            await back

    async def tell(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """How many requests there were since this was asked last."""
        writer.write(f"{self._count}\n".encode())
        self._count = 0
        writer.close()


async def _body(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if _CHUNKED.search(head):
        size = -1
        while size:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            writer.write(line + await reader.readexactly(size + 2))
            await writer.drain()
        return
    found = _LENGTH.search(head)
    left = int(found[1]) if found else 0
    while left:
        block = await reader.read(min(left, _BLOCK_BYTES))
        if not block:
            raise ConnectionError
        left -= len(block)
        writer.write(block)
        await writer.drain()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(*_GONE):
        while block := await reader.read(_BLOCK_BYTES):
            writer.write(block)
            await writer.drain()
    writer.close()


async def main() -> None:
    """Serve until whoever started this closes our standard input, or is gone."""
    proxy = Proxy(int(sys.argv[1]), float(sys.argv[2]))
    passing = await asyncio.start_server(proxy.pass_on, "127.0.0.1", 0, limit=_BLOCK_BYTES)
    telling = await asyncio.start_server(proxy.tell, "127.0.0.1", 0)
    print(*(server.sockets[0].getsockname()[1] for server in (passing, telling)), flush=True)
    async with passing, telling:
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
