"""What a header says of its file's length, by arithmetic alone: no engine runs here."""

from __future__ import annotations

import os
import struct
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sounds import make, uneven_stereo

from cop_publish.audio.recording.claim import Claim, read_claim
from cop_publish.audio.recording.mpeg_frame import Frame, read_frame
from cop_publish.audio.recording.ogg import read_ogg
from cop_publish.audio.recording.w64 import read_w64

RATE = 48_000 * 6  # 48 kHz, stereo, 24 bits
GIB = 1 << 30
RIFF = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")
FORMAT = struct.pack("<HHIIHH", 1, 2, 48_000, RATE, 6, 24)


def claim(content: bytes) -> Claim:
    return read_claim(BytesIO(content), len(content))


@cache
def content_of(name: str, *options: str) -> bytes:
    with TemporaryDirectory() as folder:
        return make(Path(folder) / name, uneven_stereo(3), *options).read_bytes()


def w64(declared: int) -> bytes:
    data = b"data" + TAIL + struct.pack("<Q", declared + 24)
    layout = b"fmt " + TAIL + struct.pack("<Q", len(FORMAT) + 24) + FORMAT
    return RIFF + struct.pack("<Q", 1000) + b"wave" + TAIL + layout + data


@pytest.mark.parametrize("present", [5 * GIB, 3 * GIB])
def test_a_wave64_says_its_length_in_64_bits(tmp_path: Path, present: int) -> None:
    """A sparse file: its header is arithmetic, and nothing is decoded."""
    path, head = tmp_path / "long.w64", w64(5 * GIB)
    path.write_bytes(head)
    os.truncate(path, len(head) + present)
    with path.open("rb") as file:
        wav = read_w64(file, path.stat().st_size)
    assert wav is not None
    assert (wav.declared_seconds, wav.present_seconds) == (5 * GIB / RATE, present / RATE)


@pytest.mark.parametrize("declared", [0, (1 << 63) - 1 - 24])
def test_a_wave64_that_never_knew_its_length_promises_nothing(declared: int) -> None:
    found = claim(w64(declared) + bytes(RATE))
    assert (found.seconds, found.present_seconds) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("head", "frame"),
    [
        ("fffb9064000000", Frame(417, 1152 / 44_100, ("mp3", 44_100, 2))),  # 128 kb/s
        ("fffb9264000000", Frame(418, 1152 / 44_100, ("mp3", 44_100, 2))),  # ... with a byte of padding
        ("fffb94c4000000", Frame(384, 1152 / 48_000, ("mp3", 48_000, 1))),  # mono
        ("fff314c4000000", Frame(24, 576 / 24_000, ("mp3", 24_000, 1))),  # MPEG-2, 8 kb/s
        ("ffe318c4000000", Frame(72, 576 / 8_000, ("mp3", 8_000, 1))),  # MPEG-2.5
        ("fffd9404000000", Frame(480, 1152 / 48_000, ("mp2", 48_000, 2))),  # layer II, 160 kb/s
        ("fff14c8029fffc", Frame(335, 1024 / 48_000, ("aac", 48_000, 2))),
    ],
)
def test_a_head_says_how_long_its_frame_is(head: str, frame: Frame) -> None:
    assert read_frame(bytes.fromhex(head)) == frame


@pytest.mark.parametrize(
    "head",
    [
        "00000000000000",
        "fffbf064000000",  # no such bit rate
        "fffb0064000000",  # of its own choice
        "fffb9c64000000",  # no such sample rate
        "ffeb9064000000",  # no such version
        "fff97c8029fffc",  # AAC of no sample rate
        "fff14c8000dffc",  # AAC shorter than its head
        "fffb90",
    ],
)
def test_what_is_no_head_is_none(head: str) -> None:
    assert read_frame(bytes.fromhex(head)) is None


PLAIN = ("-write_xing", "0", "-id3v2_version", "0")


def test_an_mp3_is_as_long_as_its_frames() -> None:
    found = claim(content_of("x.mp3", *PLAIN))
    assert found.seconds == pytest.approx(3.03, abs=0.03)
    assert found == Claim(seconds=found.seconds, estimated=True)


TAGS = {
    "ID3v1": b"TAG" + bytes(125),
    "APEv2": b"APETAGEX" + struct.pack("<IIII", 2000, 40, 0, 0xA0000000) + bytes(8) + b"\xff" * 40,
    "ID3v2": b"ID3\3\0\0\0\0\1\0" + b"\xff" * 128,
    "padding": bytes(5000),
}


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_is_no_lost_sound(tag: str) -> None:
    mp3 = content_of("x.mp3", *PLAIN)
    assert claim(mp3 + TAGS[tag]) == claim(mp3)


@pytest.mark.parametrize("tag", ["ID3v2", "padding"])
def test_a_tag_between_two_files_is_none_either(tag: str) -> None:
    mp3 = content_of("x.mp3", *PLAIN)
    found = claim(mp3 + TAGS[tag] + mp3)
    assert found.seconds == pytest.approx(2 * (claim(mp3).seconds or 0))


def test_what_stands_between_the_frames_may_have_been_sound() -> None:
    mp3 = content_of("x.mp3", *PLAIN)
    half = len(mp3) // 2 // 384 * 384
    found = claim(mp3[:half] + b"\x55" * half + mp3[half:])
    assert found.seconds == pytest.approx(1.5 * (claim(mp3).seconds or 0), rel=0.01)


def pages(content: bytes) -> list[bytes]:
    return [b"OggS" + page for page in content.split(b"OggS")[1:]]


def test_an_ogg_ends_with_its_last_page() -> None:
    opus = content_of("x.opus")
    assert len(pages(opus)) > 3
    assert claim(opus) == Claim()
    assert claim(b"".join(pages(opus)[:-1])).stops_short
    assert claim(opus[:-1]).stops_short


@pytest.mark.parametrize("name", ["x.opus", "x.ogg", "flac.ogg"])
def test_a_chain_of_oggs_is_as_long_as_its_links(name: str) -> None:
    one = content_of(name, *(("-c:a", "flac") if name == "flac.ogg" else ()))
    ogg = read_ogg(BytesIO(one * 3), 3 * len(one))
    assert ogg is not None
    assert ogg.seconds == pytest.approx(9.0, abs=0.1)
    assert (ogg.links, ogg.stops_short) == (3, False)
    assert claim(one + one).uneven


def test_an_ogg_goes_on_behind_a_damaged_page() -> None:
    opus = content_of("x.opus")
    middle = pages(opus)[3]
    assert claim(opus.replace(middle, b"\x55" * len(middle))) == Claim()


def test_speex_counts_at_its_own_rate() -> None:
    def page(flags: int, samples: int, body: bytes) -> bytes:
        return b"OggS\0" + struct.pack("<BqIIIB", flags, samples, 7, 0, 0, 1) + bytes([len(body)]) + body

    head = b"Speex   " + bytes(28) + struct.pack("<I", 16_000) + bytes(40)
    content = page(2, 0, head) + page(4, 48_000, b"x")
    ogg = read_ogg(BytesIO(content), len(content))
    assert ogg is not None
    assert ogg.seconds == 3.0


NO_CLAIM = {
    "nothing": b"\0" * 64,
    "text": b"This is not sound.\n" * 200,
    "one head and no more": bytes.fromhex("fffb9064") + bytes(1000),
    "a tag and nothing behind it": b"ID3\3\0\0\0\0\0\x10" + bytes(16),
    "a FLAC with a tag": b"ID3\3\0\0\0\0\0\x10" + bytes(16) + b"fLaC" + bytes(4000),
    "an Ogg without sound": b"OggS\0\2" + bytes(20) + b"\1\7\x80theora",
    "a CAF that is open at its end": b"caff\0\1\0\0data" + b"\xff" * 8 + bytes(50),
    "an AVI that never learnt its size": b"RIFF\0\0\0\0AVI " + bytes(100),
    "an MP4 whose index knows": b"\0\0\0\x10ftypM4A \0\0\0\0" + b"\0\0\xff\xffmdat" + bytes(50),
}


@pytest.mark.parametrize("what", NO_CLAIM)
def test_where_nothing_is_known_nothing_is_said(what: str) -> None:
    assert claim(NO_CLAIM[what]) == Claim()


def test_no_bytes_whatever_stop_the_reading() -> None:
    """Beginnings of every format, then damage: read to an end, without an error of Python's."""
    whole = [
        content_of("x.opus"),
        content_of("x.mp3"),
        content_of("x.aac"),
        content_of("x.w64"),
        content_of("x.caf"),
    ]
    for content in whole:
        for stop in (*range(1, 120, 7), 1000, 5000):
            claim(content[:stop])
            claim(content[:stop] + b"\xff" * 3000)
            claim(content[:stop] + bytes(3000))
