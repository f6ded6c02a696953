"""How long a WAV says it is, and how long it really is.

ffmpeg believes the file's size where the header promises more, so a recording cut off by a full card
looks whole to it; and it believes the header where that promises less, so one over 4 GiB, whose 32-bit
length has wrapped, or one whose recorder died before writing the length, would lose most of itself
without a word.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

WRAP = 1 << 32  # RIFF lengths are 32 bits
STREAMED_FROM = 0xFFFF0000  # "not known yet", as ffmpeg and most recorders write it
STREAMED_HALF = range(0x7FFF0000, 0x80000001)  # the same, as sox and arecord do
MOST_AFTER_SOUND_BYTES = 16 << 20  # cue lists and tags that follow the sound
MOST_CHUNKS = 64
PCM_CODES = (1, 3)  # integers, floats
EXTENSIBLE = 0xFFFE  # the code stands further on (WAVE_FORMAT_EXTENSIBLE)


@dataclass(frozen=True, slots=True)
class Wav:
    """The sound chunk of a WAV."""

    byte_rate: int
    sound_bytes: int  # as declared, or as found where the header does not know
    present_bytes: int  # from the start of the sound to the end of the file
    ignore_length: bool  # the header's own length would stop too early
    rate_hz: int = 0
    pcm: bool = False  # plain samples, of which each can be sought

    @property
    def declared_seconds(self) -> float:
        return self.sound_bytes / self.byte_rate

    @property
    def present_seconds(self) -> float:
        return min(self.present_bytes, self.sound_bytes) / self.byte_rate


def read_wav(file: BinaryIO, size_bytes: int) -> Wav | None:
    """The layout of a RIFF or RF64 WAV (EBU Tech 3306); None where it is neither, or has no sound chunk."""
    head = file.read(12)
    if len(head) < 12 or head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:] != b"WAVE":  # noqa: PLR2004 - a RIFF header's
        return None
    layout, long_size = None, None
    for _ in range(MOST_CHUNKS):
        name, length = _chunk(file)
        if name == b"data":
            break
        body = file.read(min(length, 64))
        if name == b"ds64" and len(body) >= 16:  # noqa: PLR2004 - riff size, then the sound's, 64 bits each
            long_size = struct.unpack_from("<Q", body, 8)[0]
        if name == b"fmt ":
            layout = read_layout(body)
        file.seek(length + length % 2 - len(body), 1)
    else:
        return None
    if name != b"data" or layout is None:
        return None
    present = size_bytes - file.tell()
    declared = long_size if long_size is not None and length >= STREAMED_FROM else length
    return _judge(file, layout, declared, present)


@dataclass(frozen=True, slots=True)
class Layout:
    """What the format chunk says."""

    byte_rate: int
    rate_hz: int
    pcm: bool


def read_layout(body: bytes) -> Layout | None:
    """None where it is too short, or has no rate."""
    if len(body) < 16:  # noqa: PLR2004 - WAVEFORMAT and its sample size
        return None
    code, _, rate_hz, byte_rate = struct.unpack_from("<HHII", body)
    if code == EXTENSIBLE and len(body) >= 26:  # noqa: PLR2004 - up to the sub-format's first two bytes
        code = struct.unpack_from("<H", body, 24)[0]
    return Layout(byte_rate, rate_hz, code in PCM_CODES) if byte_rate else None


def _chunk(file: BinaryIO) -> tuple[bytes, int]:
    head = file.read(8)
    if len(head) < 8:  # noqa: PLR2004 - name and length
        return b"", 0
    return head[:4], struct.unpack("<I", head[4:])[0]


def _judge(file: BinaryIO, layout: Layout, declared: int, present: int) -> Wav:
    def wav(sound_bytes: int, *, ignore_length: bool) -> Wav:
        return Wav(layout.byte_rate, sound_bytes, present, ignore_length, layout.rate_hz, layout.pcm)

    if (
        declared == 0
        or WRAP > declared >= STREAMED_FROM
        or (declared in STREAMED_HALF and present < declared)
    ):
        return wav(present, ignore_length=True)
    if present <= declared or _chunk_follows(file, declared, present):
        return wav(declared, ignore_length=False)
    wrapped = declared + (present - declared) // WRAP * WRAP
    if wrapped > declared and present - wrapped <= MOST_AFTER_SOUND_BYTES:
        return wav(wrapped, ignore_length=True)
    return wav(present, ignore_length=True)


def _chunk_follows(file: BinaryIO, declared: int, present: int) -> bool:
    """Whether what comes after the declared end reads as another chunk, or as a byte of padding."""
    after = present - declared - declared % 2
    if after < 8:  # noqa: PLR2004 - too short for a chunk, or for sound
        return True
    file.seek(declared + declared % 2, 1)
    name, length = _chunk(file)
    return name.isascii() and name.decode("ascii").isprintable() and length <= after - 8
