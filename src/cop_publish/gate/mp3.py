"""MPEG audio, layer III: a walk over every frame, so that not a byte of the file is unaccounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.gate.id3 import Tags, read_after_the_sound, read_id3v2
from cop_publish.gate.view import Bytes, Extraction, View, noise_view, raw_views

if TYPE_CHECKING:
    from collections.abc import Iterator

# ISO 11172-3 and 13818-3, layer III: kb/s by bitrate index, Hz by sampling index.
_KBPS_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_KBPS_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_HZ = {3: (44_100, 48_000, 32_000, 0), 2: (22_050, 24_000, 16_000, 0), 0: (11_025, 12_000, 8_000, 0)}
_V1 = 3
_STEP_BYTES = 1 << 20
_OVERLAP_BYTES = 256  # longer than any form


def read_mp3(data: Bytes) -> Extraction:
    """Tags, sound frames, and what follows them."""
    tags = Tags()
    start = read_id3v2(data, tags)
    end = _end_of_sound(data, start)
    if end == start:
        tags.unread.append("no MPEG sound frame stands where one must")
    read_after_the_sound(data, end, tags)
    return Extraction(_views(data, start, end, tags), len(data), tuple(tags.unread))


def frame_bytes(header: bytes) -> int:
    """The length of the frame that a four-byte header opens; 0: this is no layer III header."""
    word = int.from_bytes(header, "big")
    version, layer = word >> 19 & 3, word >> 17 & 3
    if len(header) < 4 or word >> 21 != 0x7FF or version == 1 or layer != 1:  # noqa: PLR2004 - 4 bytes, 11 sync bits
        return 0
    kbps = (_KBPS_V1 if version == _V1 else _KBPS_V2)[word >> 12 & 15]
    rate_hz = _HZ[version][word >> 10 & 3]
    if not kbps or not rate_hz:
        return 0
    return (144 if version == _V1 else 72) * kbps * 1000 // rate_hz + (word >> 9 & 1)


def _views(data: Bytes, start: int, end: int, tags: Tags) -> Iterator[View]:
    """The tags, the first frame as it is (an Info frame holds words), then all frames in steps."""
    yield from tags.views
    yield from raw_views("first sound frame", data[start : start + frame_bytes(data[start : start + 4])])
    for step in range(start, end, _STEP_BYTES):
        yield noise_view("sound frames", data[step : min(step + _STEP_BYTES + _OVERLAP_BYTES, end)])


def _end_of_sound(data: Bytes, start: int) -> int:
    """The end of the last whole frame of an unbroken row."""
    lengths: dict[bytes, int] = {}
    position = start
    while True:
        header = data[position : position + 4]
        length = lengths.get(header)
        if length is None:
            length = lengths[header] = frame_bytes(header)
        if not length or position + length > len(data):
            return position
        position += length
