"""Many chunks of one master, made side by side by a few hands, each written where it belongs."""

from __future__ import annotations

import os
import threading
from concurrent.futures import as_completed, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from cop_publish.audio.mp3.chunk import Booth, encode_chunk, hear_chunk, kept

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from cop_publish.audio.mp3.ear import Heard
    from cop_publish.audio.mp3.frames import Chunk
    from cop_publish.audio.mp3.info_frame import Stream
    from cop_publish.audio.mp3.pace import Pace
    from cop_publish.audio.planning.levels import Read

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Press:
    """Who makes the chunks, and where they go.

    `hands` are threads, as many as encoders may run at a time, and may be shared by several masters.  `part`
    is a file of ours, with private space beside it.  `progress` is called from any thread, one at a time.
    """

    engine: str
    hands: Executor
    part: Path
    progress: Callable[[str, float], None]


def booth(press: Press, stream: Stream, feed: Read, pace: Pace) -> Booth:
    """Where the chunks of one round are made."""
    return Booth(press.engine, press.part.parent, stream, feed, pace, threading.Event())


def print_chunks(press: Press, at: Booth, chunks: Sequence[Chunk]) -> None:
    """Encode them and write them in their places.  Raises Refused, OSError."""
    at.pace.expect(_samples(chunks))
    _side_by_side(press, at, lambda chunk: _write(press.part, at, chunk), chunks)
    at.pace.finish()


def print_and_hear(press: Press, at: Booth, chunks: Sequence[Chunk], limit: float) -> list[Heard]:
    """The same, and hear what was written; true peaks above `limit` (linear) are listed.

    Raises Refused, OSError.
    """

    def make(chunk: Chunk) -> Heard:
        return hear_chunk(at, chunk, _write(press.part, at, chunk), limit)

    at.pace.expect(2 * _samples(chunks))
    heard = _side_by_side(press, at, make, chunks)
    at.pace.finish()
    return heard


def _side_by_side(
    press: Press, at: Booth, make: Callable[[Chunk], Made], chunks: Sequence[Chunk]
) -> list[Made]:
    """What each chunk gave, in their order.  When one fails the others stop, and none is left behind."""
    futures = [press.hands.submit(make, chunk) for chunk in chunks]
    try:
        for future in as_completed(futures):
            future.result()
    finally:
        at.over.set()
        # What has begun must end before its file is closed; what has not begun never will.
        wait([future for future in futures if not future.cancel()])
    return [future.result() for future in futures]


def _write(part: Path, at: Booth, chunk: Chunk) -> bytes:
    """Encode a chunk and put its own frames in their place; gives all that were encoded."""
    frames = encode_chunk(at, chunk)
    write_at(part, kept(at, chunk, frames), at.stream.place(chunk.first))
    return frames


def _samples(chunks: Sequence[Chunk]) -> int:
    return sum(stop - start for start, stop in (chunk.encoded_samples for chunk in chunks))


def write_at(part: Path, content: bytes, place: int) -> None:
    """Raises OSError, of a full disk among others."""
    descriptor = os.open(part, os.O_WRONLY | os.O_CLOEXEC)
    try:
        rest = memoryview(content)
        while rest:
            written = os.pwrite(descriptor, rest, place)
            rest, place = rest[written:], place + written
    finally:
        os.close(descriptor)
