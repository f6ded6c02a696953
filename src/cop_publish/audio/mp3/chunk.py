"""One chunk of the master: encoded, and decoded again to hear what listeners will.

Nothing here knows of other chunks.  A chunk is fed to the encoder and heard in pieces of 2 s, so that however
long it is, little of it is in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cop_publish.audio import faults
from cop_publish.audio.argv import decode_chunk_argv, encode_chunk_argv
from cop_publish.audio.engine import limits_for, run
from cop_publish.audio.faults import Refused
from cop_publish.audio.grid import BLOCK, FRAME
from cop_publish.audio.hearing.readings import Notepad
from cop_publish.audio.mp3.ear import PIECE, Ear, Stretch
from cop_publish.audio.mp3.frames import BrokenFrames, check_frames, frame_bytes
from cop_publish.core.timeline import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path

    from cop_publish.audio.mp3.ear import Heard
    from cop_publish.audio.mp3.frames import Chunk
    from cop_publish.audio.mp3.info_frame import Stream
    from cop_publish.audio.mp3.pace import Pace
    from cop_publish.audio.planning.levels import Read

FEED_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Booth:
    """What it takes to make a chunk of one master.

    `feed` gives what goes into the encoder: the finished sound, with the gain that makes up for what the
    encoder takes.  `pace` is told how many samples were fed or heard; `over` is set to stop early.
    """

    engine: str
    folder: Path  # for scratch files
    stream: Stream
    feed: Read
    pace: Pace
    over: threading.Event


class Called(Exception):
    """The work is not wanted any more: another chunk has failed."""


def encode_chunk(booth: Booth, chunk: Chunk) -> bytes:
    """All frames that were encoded: those before `chunk.first` and after `chunk.stop` are not to be kept.

    Raises Refused, OSError.
    """
    stream, frames = booth.stream, bytearray()
    start, stop = chunk.encoded_samples
    argv = encode_chunk_argv(booth.engine, stream.channels, stream.kbps)
    limits = limits_for((stop - start) / SAMPLE_RATE_HZ)
    outcome = run(argv, frames.extend, _ignore, limits, _fed(booth, start, stop))
    if not outcome.ok:
        raise Refused(faults.cannot_run(outcome))
    try:
        count = check_frames(bytes(frames), stream.kbps, stream.channels)
    except BrokenFrames as error:
        raise Refused(faults.WRONG_LENGTH) from error
    if count <= chunk.stop - chunk.encoded_first:
        raise Refused(faults.WRONG_LENGTH)
    return bytes(frames)


def kept(booth: Booth, chunk: Chunk, frames: bytes) -> bytes:
    """The chunk's own frames of all that were encoded."""
    size = frame_bytes(booth.stream.kbps)
    return frames[(chunk.first - chunk.encoded_first) * size : (chunk.stop - chunk.encoded_first) * size]


def hear_chunk(booth: Booth, chunk: Chunk, frames: bytes, limit: float) -> Heard:
    """Decode what `encode_chunk` gave, and measure it; `limit` is the highest true peak (linear) it may have.

    Raises Refused, OSError.
    """
    samples = booth.stream.samples
    start, end = chunk.first * FRAME, min(chunk.stop * FRAME, samples)
    encoded = chunk.encoded_first * FRAME
    ear = Ear(booth.feed, booth.stream.channels, Stretch(encoded, start, end, samples), limit)
    with Notepad(booth.folder) as notes:
        outcome = run(
            decode_chunk_argv(booth.engine, *notes.descriptors),
            lambda pcm: booth.pace.moved(ear.take(pcm)),
            _ignore,
            limits_for((end - encoded) / SAMPLE_RATE_HZ, *notes.descriptors),
            _pieces(booth, frames),
        )
        if not outcome.ok:
            raise Refused(faults.cannot_run(outcome))
        readings = notes.read()
    own = slice((start - encoded) // BLOCK, (end - encoded) // BLOCK)
    return ear.heard(readings.momentary[own], readings.short_term[own])


def decode_frames(booth: Booth, frames: bytes) -> bytes:
    """The 32-bit float PCM of a few seconds of frames, from the first sample that was encoded.

    Raises Refused, OSError.
    """
    pcm = bytearray()
    with Notepad(booth.folder) as notes:
        argv = decode_chunk_argv(booth.engine, *notes.descriptors)
        outcome = run(argv, pcm.extend, _ignore, limits_for(60.0, *notes.descriptors), iter((frames,)))
    if not outcome.ok:
        raise Refused(faults.cannot_run(outcome))
    return bytes(pcm)


def _fed(booth: Booth, start: int, stop: int) -> Iterator[memoryview]:
    for at in range(start, stop, PIECE):
        _stop_if_called(booth)
        piece = booth.feed(at, min(at + PIECE, stop))
        yield np.ascontiguousarray(piece).data.cast("B")
        booth.pace.moved(len(piece))


def _pieces(booth: Booth, frames: bytes) -> Iterator[bytes]:
    for at in range(0, len(frames), FEED_BYTES):
        _stop_if_called(booth)
        yield frames[at : at + FEED_BYTES]


def _stop_if_called(booth: Booth) -> None:
    if booth.over.is_set():
        raise Called


def _ignore(_: str) -> None:
    """What ffmpeg says while all is well."""
