"""What players read first: lengths, places and checksums, by readers that are not ours."""

from __future__ import annotations

import struct
import subprocess
from typing import TYPE_CHECKING, Any, cast

import mutagen.mp3
import needs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import ENGINE, decode, talk

from cop_publish.audio.argv import encode_chunk_argv
from cop_publish.audio.mp3.crc16 import LANES, crc16
from cop_publish.audio.mp3.frames import frame_bytes, parse_header
from cop_publish.audio.mp3.info_frame import Stream, info_frame

if TYPE_CHECKING:
    from pathlib import Path

KINDS = [(48, 1), (64, 1), (96, 1), (320, 1), (96, 2), (128, 2)]


def master(path: Path, stream: Stream, *, level_db: float = -20.0) -> Path:
    """The shortest way to an MP3: one encoder, and the Info frame in front."""
    sound = talk(stream.samples / 48_000 + 0.1, level_db)[: stream.samples].astype("<f4")
    padded = np.pad(sound, (0, 2304))
    pcm = np.stack([padded] * stream.channels, axis=1).tobytes()
    argv = encode_chunk_argv(ENGINE, stream.channels, stream.kbps)
    raw = subprocess.run(argv, input=pcm, check=True, capture_output=True, timeout=60).stdout
    frames = raw[: stream.frames * frame_bytes(stream.kbps)]
    path.write_bytes(info_frame(stream, iter((frames,))) + frames)
    return path


def bit_by_bit(content: bytes) -> int:
    crc = 0
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def test_the_checksum_is_that_of_the_catalogues() -> None:
    assert crc16(iter((b"123456789",))) == 0xBB3D  # CRC-16/ARC's check value
    assert crc16(iter(())) == 0


@settings(deadline=None)  # the slow way is slow
@given(st.integers(0, 3), st.integers(0, 9), st.integers(0, 200_000))
def test_the_checksum_does_not_care_how_the_bytes_come(rows: int, more: int, cut: int) -> None:
    content = np.random.default_rng(rows * 10 + more).bytes(2 * LANES * rows + more)
    expected = _slow(content)
    assert crc16(iter((content,))) == crc16(iter((content[:cut], content[cut:]))) == expected


_KNOWN: dict[bytes, int] = {}


def _slow(content: bytes) -> int:
    if content not in _KNOWN:
        _KNOWN[content] = bit_by_bit(content)
    return _KNOWN[content]


@pytest.mark.parametrize(("kbps", "channels"), KINDS)
@pytest.mark.parametrize("samples", [19_200, 47 * 1152 + 47, 47 * 1152 + 48, 100_001])
def test_every_player_hears_exactly_the_samples(
    tmp_path: Path, kbps: int, channels: int, samples: int
) -> None:
    """47 x 1152 + 47 samples and both delays are whole frames; one sample more is a frame more."""
    path = master(tmp_path / "m.mp3", Stream(kbps, channels, samples))
    assert decode(path).shape == (samples, channels)
    assert path.stat().st_size == Stream(kbps, channels, samples).size_bytes


@pytest.mark.parametrize(("kbps", "channels"), KINDS)
def test_another_build_of_ffmpeg_hears_the_same(tmp_path: Path, kbps: int, channels: int) -> None:
    ffmpeg = needs.program("ffmpeg")
    path = master(tmp_path / "m.mp3", Stream(kbps, channels, 100_001))
    command = [ffmpeg, "-v", "error", "-i", str(path), "-f", "f32le", "-"]
    done = subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert len(done.stdout) == 100_001 * 4 * channels
    assert done.stderr == b""


def test_the_sound_begins_where_it_began(tmp_path: Path) -> None:
    """At lag 0, and at no other: chapters and cues are not 23 ms late."""
    path = master(tmp_path / "m.mp3", Stream(128, 1, 96_000))
    heard, sound = decode(path)[:, 0], talk(2.1)[:96_000]
    scores = [float(heard[100 + lag : 90_000 + lag] @ sound[100:90_000]) for lag in range(-50, 51)]
    assert int(np.argmax(scores)) == 50


@pytest.mark.parametrize(("kbps", "channels"), KINDS)
def test_tag_readers_agree_about_length_bit_rate_and_encoder(
    tmp_path: Path, kbps: int, channels: int
) -> None:
    path = master(tmp_path / "m.mp3", Stream(kbps, channels, 480_000))
    info = cast("Any", mutagen.mp3.MP3)(path).info
    assert info.length == pytest.approx(10.0, abs=0.0001)
    assert info.bitrate_mode == mutagen.mp3.BitrateMode.CBR
    assert (info.sample_rate, info.channels, info.sketchy) == (48_000, channels, False)
    assert info.encoder_info.startswith("LAME 3.100")
    assert info.bitrate == pytest.approx(kbps * 1000, rel=0.01)


def test_a_checker_of_mp3_files_finds_nothing_wrong(tmp_path: Path) -> None:
    mp3val = needs.program("mp3val")
    for kbps, channels in KINDS:
        path = master(tmp_path / "m.mp3", Stream(kbps, channels, 100_000))
        said = subprocess.run([mp3val, str(path)], check=True, capture_output=True, text=True).stdout
        problems = [line for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))]
        assert [line for line in problems if "No supported tags" not in line] == []
        frames = Stream(kbps, channels, 100_000).frames + 1  # the Info frame counts
        assert f" {frames} MPEG frames (MPEG 1 Layer III), no tags" in said


def test_the_numbers_stand_where_the_tag_has_them(tmp_path: Path) -> None:
    stream = Stream(96, 1, 480_000)
    content = master(tmp_path / "m.mp3", stream).read_bytes()
    first, sound = content[:288], content[288:]
    assert parse_header(first).size_bytes == 288
    assert first[21:25] == b"Info"
    assert struct.unpack(">III", first[25:37]) == (0x0F, stream.frames, len(content))
    assert list(first[37:137]) == [256 * n // 100 for n in range(100)]
    lame = first[141:177]
    assert lame[:9] == b"LAME3.100"
    delays = int.from_bytes(lame[21:24], "big")
    assert (delays >> 12, delays & 0xFFF) == (576, stream.frames * 1152 - 480_000 - 576)
    assert struct.unpack(">IHH", lame[28:36]) == (len(content), bit_by_bit(sound), bit_by_bit(first[:175]))
    assert first[177:] == bytes(111)
