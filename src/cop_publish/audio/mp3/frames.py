"""Frames of MPEG-1 layer III, and which of them one encoder makes.  Pure.

At 48 kHz and a constant bit rate every frame has the same size (ISO/IEC 11172-3, 2.4.3.1: 144 x bit rate /
sampling rate, and no padding), and without LAME's bit reservoir no frame borrows from its neighbours.  So the
place of each frame in the file is known before it exists, and any stretch of frames can be made by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from cop_publish.audio.grid import CHUNK_FRAMES, FRAME, TAIL_FRAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENCODER_DELAY = 576  # samples of silence that LAME puts in front of the sound
DECODER_DELAY = 529  # ... and every decoder after it, by the filter bank
DELAY = ENCODER_DELAY + DECODER_DELAY

# How long LAME remembers.  Its threshold of hearing follows the loudness: after loud sound it sinks by a
# factor of 0.925 a frame down to 0.000625, which takes 95 frames.  100 were enough for every sound tried, 75
# were not in pauses that follow speech.  125 are 3 s: a window of short-term loudness, so that is exact too.
PREROLL_FRAMES = 125
STEP_FRAMES = 25  # 0.6 s: the shortest stretch that is also whole blocks of 100 ms
SHORTEST_FRAMES = 500  # 12 s: below this the preroll costs more than a second encoder brings
HANDS = 4  # chunks come in fours where the sound is long enough, so that 2 or 4 encoders end together

_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # layer III, MPEG-1
MONO_MODE = 3  # of the four channel modes, ISO/IEC 11172-3
_HZ = (44_100, 48_000, 32_000)


@dataclass(frozen=True, slots=True)
class Header:
    """The first 32 bits of a frame: ISO/IEC 11172-3, 2.4.1.3."""

    kbps: int
    rate_hz: int
    padded: int
    channels: int
    borrowed_bytes: int  # of earlier frames: the reservoir (main_data_begin)

    @property
    def size_bytes(self) -> int:
        return 144_000 * self.kbps // self.rate_hz + self.padded


@dataclass(frozen=True, slots=True)
class Chunk:
    """Frames `first` to `stop` (not included) of the master: what one encoder makes and keeps.

    It also encodes `PREROLL_FRAMES` before them, and a few after, and throws those away.
    """

    first: int
    stop: int

    @property
    def encoded_first(self) -> int:
        return max(0, self.first - PREROLL_FRAMES)

    @property
    def encoded_samples(self) -> tuple[int, int]:
        """The samples that go into the encoder, from ... to ...; the last may lie after the end."""
        return self.encoded_first * FRAME, (self.stop + TAIL_FRAMES) * FRAME


class BrokenFrames(ValueError):
    """Bytes that are not the frames they should be."""


def frame_bytes(kbps: int) -> int:
    """The size of every frame at 48 kHz."""
    return 3 * kbps


def frames_for(samples: int) -> int:
    """How many frames hold so many samples after the delays of encoder and decoder."""
    return -(-(samples + DELAY) // FRAME)


def chunks_of(frames: int, longest: int = CHUNK_FRAMES) -> tuple[Chunk, ...]:
    """All frames in even shares, by their number alone: never by how many encoders there are.

    A share is `longest` and a step at most.
    """
    count = -(-frames // longest)
    count += -count % HANDS
    while count > 1 and frames < count * min(SHORTEST_FRAMES, longest // 2):
        count //= 2
    ends = [frames * number // count // STEP_FRAMES * STEP_FRAMES for number in range(count)] + [frames]
    return tuple(Chunk(first, stop) for first, stop in pairwise(ends))


def chunks_touching(ranges: Iterable[tuple[int, int]], frames: int) -> tuple[Chunk, ...]:
    """What must be made again when samples `start` to `stop` of each range have changed.

    An encoder looks ahead less than two frames, and has forgotten after `PREROLL_FRAMES`.  Stretches whose
    prerolls would meet are made as one.
    """
    chunks: list[Chunk] = []
    for start, stop in sorted(ranges):
        first = max(0, start // FRAME - TAIL_FRAMES) // STEP_FRAMES * STEP_FRAMES
        last = stop // FRAME + 1 + PREROLL_FRAMES
        last = min(frames, last + -last % STEP_FRAMES)
        if chunks and first <= chunks[-1].stop + PREROLL_FRAMES:
            chunks[-1] = Chunk(chunks[-1].first, max(last, chunks[-1].stop))
        else:
            chunks.append(Chunk(first, last))
    return tuple(piece for chunk in chunks for piece in _shared(chunk))


def walk(stream: bytes) -> Iterator[Header]:
    """The header of each frame.  Raises BrokenFrames at the first byte that does not belong to one."""
    at = 0
    while at < len(stream):
        header = parse_header(stream[at : at + 6])
        at += header.size_bytes
        if at > len(stream):
            raise BrokenFrames("the last frame is cut off")
        yield header


def parse_header(start: bytes) -> Header:
    """A frame's header from its first six bytes.  Raises BrokenFrames."""
    if len(start) < 6 or start[0] != 0xFF or start[1] & 0xFE != 0xFA:  # noqa: PLR2004 - sync word, layer III
        raise BrokenFrames("this is no frame of MPEG-1 layer III")
    rate, bits = start[2] >> 2 & 3, start[2] >> 4
    if rate == len(_HZ) or bits not in range(1, len(_KBPS)):
        raise BrokenFrames("a frame without a bit rate or a sample rate")
    after = 0 if start[1] & 1 else 2  # a checksum stands before the side information
    borrowed = (start[4] << 1 | start[5] >> 7) if not after else 0
    is_mono = start[3] >> 6 == MONO_MODE
    return Header(_KBPS[bits], _HZ[rate], start[2] >> 1 & 1, 1 if is_mono else 2, borrowed)


def check_frames(stream: bytes, kbps: int, channels: int) -> int:
    """How many frames there are, all alike and each on its own.  Raises BrokenFrames for any that is not."""
    expected, count = Header(kbps, 48_000, 0, channels, 0), 0
    for header in walk(stream):
        if header != expected:
            raise BrokenFrames(f"frame {count} is another kind of frame")
        count += 1
    return count


def _shared(chunk: Chunk) -> Iterator[Chunk]:
    """A long stretch in the usual chunks."""
    for first in range(chunk.first, chunk.stop, CHUNK_FRAMES):
        yield Chunk(first, min(first + CHUNK_FRAMES, chunk.stop))
