"""A WAV as a field recorder writes it: it says who made it, and with what."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import IO

SECRET: Final = "Recordist Example"  # noqa: S105 - a made-up name, which no master may hold
DEVICE: Final = "Madeup Recorder 5 s/n 000123"
SAMPLE_BYTES: Final = 2


def write_header(file: IO[bytes], rate_hz: int, channels: int, samples: int) -> None:
    """Everything in front of the sound: RIFF, fmt, bext (EBU Tech 3285), LIST INFO, and how long data is."""
    size = samples * channels * SAMPLE_BYTES
    frame = channels * SAMPLE_BYTES
    body = b"WAVE" + _chunk(b"fmt ", struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * frame, frame, 16))
    body += _chunk(b"bext", _bext()) + _chunk(b"LIST", b"INFO" + _info())
    file.write(b"RIFF" + struct.pack("<I", len(body) + 8 + size) + body)
    file.write(b"data" + struct.pack("<I", size))


def _bext() -> bytes:
    description, originator = f"Interview by {SECRET}".encode(), DEVICE.encode()
    dated = b"2026-11-01" + b"09:30:00" + struct.pack("<QH", 1_234_567, 1)
    return (
        description.ljust(256, b"\0")
        + originator.ljust(32, b"\0")
        + b"REF000".ljust(32, b"\0")
        + dated
        + bytes(254)
    )


def _info() -> bytes:
    said = {
        b"IART": SECRET,
        b"ICMT": f"Recorded by {SECRET}",
        b"ISFT": DEVICE,
        b"INAM": f"Raw take, {SECRET}",
    }
    return b"".join(_chunk(name, text.encode() + b"\0") for name, text in said.items())


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
