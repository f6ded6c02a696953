"""The Info frame: a silent first frame that tells players how long the sound is, where it starts and ends.

Its layout is that of Xing, with LAME's own part behind it (gabriel.mp3-tech.org/mp3infotag.html).  Players
skip `ENCODER_DELAY` samples and the decoder's own, and drop the padding, so that a decoded master has exactly
its samples; without it there would be 23 ms of silence in front, and chapters and cues would come too early.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.audio.grid import FRAME
from cop_publish.audio.mp3.crc16 import crc16
from cop_publish.audio.mp3.frames import ENCODER_DELAY, frame_bytes, frames_for

if TYPE_CHECKING:
    from collections.abc import Iterator

# The encoder is LAME, whoever built it.  Players look for these nine bytes before they believe the delays; a
# build's own version in them would only make equal sound unequal.
ENCODER = b"LAME3.100"
ALL_FIELDS = 0x0F  # frames, bytes, table of contents, quality
CONSTANT_RATE = 1
JOINT_STEREO, MONO = 3, 0
OVER_44_KHZ = 2
_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_SIDE_BYTES = {1: 17, 2: 32}  # of side information, silent here
_XING_BYTES, _LAME_BYTES = 4 + 4 + 4 + 4 + 100 + 4, 36


@dataclass(frozen=True, slots=True)
class Stream:
    """An MP3 of constant bit rate at 48 kHz."""

    kbps: int
    channels: int
    samples: int

    @property
    def frames(self) -> int:
        return frames_for(self.samples)

    @property
    def padding(self) -> int:
        """Samples after the sound, up to the end of the last frame, as LAME counts them."""
        return self.frames * FRAME - self.samples - ENCODER_DELAY

    @property
    def info_bytes(self) -> int:
        """The size of the Info frame; a bit rate whose frames are too small for it borrows a larger one."""
        return frame_bytes(self._info_kbps)

    @property
    def size_bytes(self) -> int:
        return self.info_bytes + self.frames * frame_bytes(self.kbps)

    def place(self, frame: int) -> int:
        """Where a frame of sound stands in the file."""
        return self.info_bytes + frame * frame_bytes(self.kbps)

    @property
    def _info_kbps(self) -> int:
        needed = 4 + _SIDE_BYTES[self.channels] + _XING_BYTES + _LAME_BYTES
        return next(kbps for kbps in _KBPS if kbps >= self.kbps and frame_bytes(kbps) >= needed)

    @property
    def header(self) -> bytes:
        """MPEG-1 layer III, no checksum, 48 kHz, no padding; mono or joint stereo; original."""
        rate = (_KBPS.index(self._info_kbps) + 1) << 4 | 1 << 2
        return bytes((0xFF, 0xFB, rate, 0xC4 if self.channels == 1 else 0x44))


def info_frame(stream: Stream, sound: Iterator[bytes]) -> bytes:
    """The frame that stands before the frames of `sound`, which is read once for its checksum."""
    table = bytes(256 * percent // 100 for percent in range(100))  # constant: the sound moves on evenly
    start = stream.header + bytes(_SIDE_BYTES[stream.channels])
    xing = b"Info" + struct.pack(">III", ALL_FIELDS, stream.frames, stream.size_bytes) + table + bytes(4)
    tag = start + xing + _lame(stream) + struct.pack(">IH", stream.size_bytes, crc16(sound))
    tag += struct.pack(">H", crc16(iter((tag,))))
    return tag + bytes(stream.info_bytes - len(tag))


def _lame(stream: Stream) -> bytes:
    """LAME's part up to its sizes and checksums; no gain is claimed, and no preset."""
    mode = JOINT_STEREO if stream.channels > 1 else MONO
    gains_and_flags = bytes(1 + 8 + 1)  # low-pass, peak and two gains: not said
    return b"".join(
        (
            ENCODER,
            bytes((CONSTANT_RATE,)),
            gains_and_flags,
            bytes((min(stream.kbps, 255),)),
            (ENCODER_DELAY << 12 | stream.padding).to_bytes(3, "big"),
            bytes((OVER_44_KHZ << 6 | mode << 2, 0)),
            bytes(2),
        )
    )
