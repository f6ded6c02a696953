"""How long a Wave64 says it is: Sony's WAV with 64-bit lengths, which long recordings come in.

ffmpeg takes its length from the size of the file, so one cut off by a full card looks whole to it.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from cop_publish.audio.recording.wav import MOST_CHUNKS, Layout, Wav, read_layout

if TYPE_CHECKING:
    from typing import BinaryIO

_RIFF = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")  # of all the others' names
_HEAD_BYTES = 24  # name and size; the size counts them, too
_UNKNOWN_FROM = 1 << 62  # written before the length was known


def read_w64(file: BinaryIO, size_bytes: int) -> Wav | None:
    """Its sound chunk; None where it is no Wave64, or has none."""
    head = file.read(40)
    if head[:16] != _RIFF or head[24:] != b"wave" + _TAIL:
        return None
    layout = None
    for _ in range(MOST_CHUNKS):
        chunk = file.read(_HEAD_BYTES)
        if len(chunk) < _HEAD_BYTES:
            return None
        length = struct.unpack("<Q", chunk[16:])[0] - _HEAD_BYTES
        if chunk[:16] == b"data" + _TAIL:
            return _of_sound(layout, length, size_bytes - file.tell())
        if not 0 <= length <= size_bytes:
            return None
        body = file.read(min(length, 64))
        if chunk[:16] == b"fmt " + _TAIL:
            layout = read_layout(body)
        file.seek(length + -length % 8 - len(body), 1)
    return None


def _of_sound(layout: Layout | None, declared: int, present: int) -> Wav | None:
    if layout is None:
        return None
    if not 0 < declared < _UNKNOWN_FROM:
        declared = present
    return Wav(layout.byte_rate, declared, present, ignore_length=False, rate_hz=layout.rate_hz)
