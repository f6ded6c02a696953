"""The heads of MP3 and AAC frames (ISO/IEC 11172-3, 13818-3 and 13818-7)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

HEAD_BYTES = 7  # of AAC; MP3 needs 4
_MP3_RATES_HZ = (44_100, 48_000, 32_000)  # of version 1, a half and a quarter in 2 and 2.5
_AAC_RATES_HZ = (
    *(96_000, 88_200, 64_000, 48_000, 44_100, 32_000),
    *(24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350),
)
_V1_KBPS = (
    (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
)
_V2_KBPS = (
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)


class Frame(NamedTuple):
    """What a head says of its frame; `layout` is equal for frames that one decoder plays on."""

    size_bytes: int
    seconds: float
    layout: tuple[str, int, int]  # format, Hz, channels


def read_frame(head: bytes) -> Frame | None:
    """The frame of an MP3 or AAC head of `HEAD_BYTES`; None where it is no head."""
    if len(head) < HEAD_BYTES or head[0] != 0xFF:  # noqa: PLR2004 - the sync word's first 8 bits
        return None
    return _aac(head) if head[1] & 0xF6 == 0xF0 else _mp3(head[:4])  # noqa: PLR2004 - sync word, layer 0


@lru_cache(4096)  # a file has few different heads, and a long one a million frames
def _mp3(head: bytes) -> Frame | None:
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bits, rate_index = head[2] >> 4, head[2] >> 2 & 3
    if head[1] < 0xE0 or version == 1 or layer == 4 or bits in (0, 15) or rate_index == 3:  # noqa: PLR2004 - reserved
        return None
    one = version == 3  # noqa: PLR2004 - MPEG-1
    rate = _MP3_RATES_HZ[rate_index] // (1 if one else 2 if version == 2 else 4)  # noqa: PLR2004 - 2, else 2.5
    kbps = (_V1_KBPS if one else _V2_KBPS)[layer - 1][bits]
    samples = 384 if layer == 1 else 576 if layer == 3 and not one else 1152  # noqa: PLR2004 - layer III
    slot = 4 if layer == 1 else 1
    size = (samples // 8 * kbps * 1000 // rate // slot + (head[2] >> 1 & 1)) * slot
    return Frame(size, samples / rate, (f"mp{layer}", rate, 1 if head[3] >> 6 == 3 else 2))  # noqa: PLR2004 - mono


def _aac(head: bytes) -> Frame | None:
    rate_index = head[2] >> 2 & 15
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if rate_index >= len(_AAC_RATES_HZ) or size < HEAD_BYTES:
        return None
    rate, channels = _AAC_RATES_HZ[rate_index], (head[2] & 1) << 2 | head[3] >> 6
    return Frame(size, 1024 * (1 + (head[6] & 3)) / rate, ("aac", rate, channels))
