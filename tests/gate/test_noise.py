"""Compressed pixels and sound hold every short sequence by chance: only long forms count in them."""

from __future__ import annotations

import pytest
from gate_samples import frame, gate, jpeg, public, sound, tag

BY_CHANCE = b"\x12@{\x80 ::: |say| p-\x12\x34"


def _jpeg(pixels: bytes) -> bytes:
    return jpeg().replace(b"\x12\x34", pixels)


@pytest.mark.parametrize(
    ("key", "content", "content_type"),
    [
        ("images/cover.1a2b3c4d.jpg", _jpeg(BY_CHANCE), "image/jpeg"),
        (
            "media/1.1a2b3c4d.mp3",
            tag(frame(b"APIC", b"\0image/jpeg\0\x03\0" + _jpeg(BY_CHANCE))) + sound(),
            "audio/mpeg",
        ),
        ("media/2.1a2b3c4d.mp3", sound(inside=BY_CHANCE), "audio/mpeg"),
    ],
    ids=["picture", "picture in a tag", "sound"],
)
def test_what_compressed_bytes_hold_by_chance_is_no_leak(key: str, content: bytes, content_type: str) -> None:
    assert gate(public(key, content, content_type=content_type)).files
