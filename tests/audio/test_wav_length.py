"""How long a WAV really is, whatever its header says."""

from __future__ import annotations

import os
import struct
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from sounds import chunk

from cop_publish.audio.recording.wav import Wav, read_wav

if TYPE_CHECKING:
    from pathlib import Path

RATE = 48_000 * 6  # 48 kHz, stereo, 24 bits
GIB = 1 << 30
FORMAT = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 2, 48_000, RATE, 6, 24))


def head(declared: int, *, name: bytes = b"RIFF", before: bytes = b"") -> bytes:
    return name + b"\xff\xff\xff\xffWAVE" + before + FORMAT + b"data" + struct.pack("<I", declared)


def pcm(sound_bytes: int, present_bytes: int, *, ignore_length: bool) -> Wav:
    return Wav(RATE, sound_bytes, present_bytes, ignore_length, rate_hz=48_000, pcm=True)


def layout(content: bytes) -> Wav | None:
    return read_wav(BytesIO(content), len(content))


def test_a_whole_file_is_as_long_as_it_says() -> None:
    assert layout(head(6000) + bytes(6000)) == pcm(6000, 6000, ignore_length=False)


def test_a_cut_file_is_shorter_than_it_says() -> None:
    wav = layout(head(600_000) + bytes(6000))
    assert wav is not None
    assert (wav.declared_seconds, wav.present_seconds) == (600_000 / RATE, 6000 / RATE)


@pytest.mark.parametrize("declared", [0, 0xFFFFFFFF, 0xFFFFFFDB, 0x7FFFFFFF, 0x7FFFF000, 0x80000000])
def test_a_streamed_file_promises_nothing(declared: int) -> None:
    assert layout(head(declared) + bytes(6000)) == pcm(6000, 6000, ignore_length=True)


@pytest.mark.parametrize(
    "after", [chunk(b"LIST", b"INFO" + bytes(20)), chunk(b"id3 ", bytes(9)), b"\0", b"tail"]
)
def test_chunks_after_the_sound_are_not_sound(after: bytes) -> None:
    wav = layout(head(6000) + bytes(6000) + after)
    assert wav is not None
    assert wav.sound_bytes == 6000
    assert not wav.ignore_length


def test_a_length_never_written_back_is_not_believed() -> None:
    assert layout(head(600) + bytes(60_000)) == pcm(60_000, 60_000, ignore_length=True)


def sparse(path: Path, start: bytes, size: int, end: bytes = b"") -> Wav | None:
    path.write_bytes(start)
    os.truncate(path, len(start) + size)
    with path.open("ab") as file:
        file.write(end)
    with path.open("rb") as file:
        return read_wav(file, path.stat().st_size)


@pytest.mark.parametrize("after", [b"", chunk(b"LIST", b"INFO" + bytes(400))])
def test_a_length_that_wrapped_at_4_gib_is_unwrapped(tmp_path: Path, after: bytes) -> None:
    size = 5 * GIB
    wav = sparse(tmp_path / "long.wav", head(size % (4 * GIB)), size, after)
    assert wav == pcm(size, size + len(after), ignore_length=True)


@pytest.mark.parametrize("present", [5 * GIB, 3 * GIB])
def test_rf64_says_its_length_in_64_bits(tmp_path: Path, present: int) -> None:
    long = chunk(b"ds64", struct.pack("<QQQI", 5 * GIB + 80, 5 * GIB, 0, 0))
    wav = sparse(tmp_path / "long.wav", head(0xFFFFFFFF, name=b"RF64", before=long), present)
    assert wav == pcm(5 * GIB, present, ignore_length=False)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"RIFF\0\0\0\0AVI ",
        head(0)[:-8],
        b"RIFF\0\0\0\0WAVE" + b"\0" * 4000,
        b"fLaC" + bytes(90),
    ],
)
def test_what_has_no_sound_chunk_is_left_to_ffmpeg(content: bytes) -> None:
    assert layout(content) is None


def test_a_format_without_a_rate_is_left_to_ffmpeg() -> None:
    assert layout(b"RIFF\0\0\0\0WAVE" + b"data" + struct.pack("<I", 600) + bytes(600)) is None
