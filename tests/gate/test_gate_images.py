"""A picture is walked to its last byte: what is no pixel is refused, named, and read as what it may hold."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest
from gate_samples import JFIF, NAME, chunk, jpeg, png, public, refusal, segment, webp

from cop_publish.errors import LeakFound
from cop_publish.gate.images import read_image, read_jpeg, read_png, read_webp
from cop_publish.gate.view import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from cop_publish.gate.view import Extraction

    Reader = Callable[[bytes], Extraction]


def riff(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)


def _told(read: Reader, data: bytes) -> list[str]:
    """Why it is refused; nothing: it is not."""
    try:
        extraction = read(data)
    except Unreadable as reason:
        return [str(reason)]
    assert extraction.read_bytes == len(data)
    return list(extraction.unread)


def _read(extraction: Extraction, channel: str) -> list[str]:
    return [view.text for view in extraction.views if view.channel == channel]


@pytest.mark.parametrize("kind", [b"PLTE", b"tRNS", b"sRGB"])
def test_a_png_may_have_what_pixels_need(kind: bytes) -> None:
    assert _told(read_png, png(chunk(kind, b"\1\2\3"))) == []


@pytest.mark.parametrize("kind", [b"VP8 ", b"VP8L", b"VP8X", b"ALPH"])
@pytest.mark.parametrize("length", [0, 1, 2, 3, 4])
def test_a_webp_may_have_what_pixels_need_of_odd_and_even_length(kind: bytes, length: int) -> None:
    assert _told(read_webp, webp(riff(kind, bytes(length)))) == []
    assert _told(read_webp, webp(riff(kind, bytes(length)), riff(b"ALPH", b"\1"))) == []


@pytest.mark.parametrize("marker", [0xDB, 0xC4, 0xDD, 0xC0, 0xC1, 0xC2])
def test_a_jpeg_may_have_what_pixels_need(marker: int) -> None:
    assert _told(read_jpeg, jpeg(segment(marker, b"\1\2"))) == []


def test_a_jpeg_may_have_several_scans_and_fill_and_restarts_in_them() -> None:
    scan = segment(0xDA, bytes(10)) + b"\x12\xff\x00\xff\xd0\xff\xd7\x34\xff"
    assert _told(read_jpeg, jpeg(scan, segment(0xC4, b"\1"), scan)) == []


@pytest.mark.parametrize(
    "marker", sorted({*range(0xC0, 0xFF)} - {0xDB, 0xC4, 0xDD, 0xC0, 0xC1, 0xC2, 0xDA, 0xD9})
)
def test_every_other_segment_of_a_jpeg_is_refused_and_read(marker: int) -> None:
    file = jpeg(segment(marker, b"Jory Madeup"))
    assert f"JPEG segment {marker:02X} is not what a rebuilt image has" in _told(read_jpeg, file)
    assert _read(read_jpeg(file), f"JPEG segment {marker:02X}") == ["Jory Madeup"]


WELL_KNOWN = "tEXt zTXt iTXt eXIf iCCP tIME pHYs gAMA cHRM bKGD sBIT acTL fcTL fdAT"


@pytest.mark.parametrize("kind", WELL_KNOWN.split())
def test_a_well_known_chunk_of_a_png_is_named_and_read(kind: str) -> None:
    file = png(chunk(kind.encode(), b"Jory Madeup"))
    assert _told(read_png, file) == [f"PNG chunk {kind} is not what a rebuilt image has"]
    assert _read(read_png(file), f"PNG chunk {kind}") == ["Jory Madeup"]


@pytest.mark.parametrize("kind", ["EXIF", "ICCP", "ANIM", "ANMF", "XMP "])
def test_a_well_known_chunk_of_a_webp_is_named_and_read(kind: str) -> None:
    file = webp(riff(kind.encode(), b"Jory Madeup"), riff(b"ALPH", b"\1"))
    assert _told(read_webp, file) == [f"WebP chunk {kind.strip()} is not what a rebuilt image has"]
    assert _read(read_webp(file), f"WebP chunk {kind.strip()}") == ["Jory Madeup"]


def test_any_other_chunk_is_not_named_for_its_four_letters_may_be_somebody_s() -> None:
    assert _told(read_png, png(chunk(b"Jory", b"x"))) == [
        "PNG chunk of an unknown kind is not what a rebuilt image has"
    ]
    assert _told(read_webp, webp(riff(b"Jory", b"x"))) == [
        "WebP chunk of an unknown kind is not what a rebuilt image has"
    ]


@pytest.mark.parametrize("before", [b"Author\0\0", b"Author\0", b"", b"Author\0\1\0x-x\0x\x9c\0"])
def test_what_a_chunk_holds_packed_is_read_as_well(before: bytes) -> None:
    for level in (0, 2, 6, 9):
        file = png(chunk(b"zTXt", before + zlib.compress(NAME.encode(), level)))
        assert NAME in _read(read_png(file), "PNG chunk zTXt")
    assert _told(read_png, png(chunk(b"zTXt", before))) != []


@pytest.mark.parametrize(
    ("read", "file"),
    [
        (read_png, png(chunk(b"PLTE", b"abc"))),
        (read_jpeg, jpeg(segment(0xC4, b"ab"))),
        (read_webp, webp(riff(b"ALPH", b"abc"))),
    ],
)
def test_a_picture_cut_off_anywhere_or_longer_than_it_is_is_refused(read: Reader, file: bytes) -> None:
    assert _told(read, file) == []
    for length in range(len(file)):
        assert _told(read, file[:length]) != [], length
    for more in (b"\0", b"x", b"\xff\xd9", chunk(b"IEND", b""), riff(b"ALPH", b"\1\2"), file):
        assert _told(read, file + more) != [], more


def test_every_byte_of_a_png_but_its_pixels_is_held_to_its_checksum() -> None:
    file = png(chunk(b"PLTE", b"abc"))
    for place in range(8, len(file)):
        changed = file[:place] + bytes([file[place] ^ 0x20]) + file[place + 1 :]
        assert _told(read_png, changed) != [], place
    wrong = file.replace(chunk(b"PLTE", b"abc")[-4:], b"Jory")
    assert _read(read_png(wrong), "PNG checksum") == ["Jory"]


def test_the_pixels_of_a_png_may_lie_in_several_chunks_and_must_end_in_the_last() -> None:
    pixels = zlib.compress(bytes(3_000_000))
    halves = chunk(b"IDAT", pixels[:9])
    assert _told(read_png, png(halves, pixels=pixels[9:])) == []
    assert _told(read_png, png(pixels=pixels)) == []
    for spoilt in (pixels[:-1], pixels[:-5], b"hello", b"", pixels[:40]):
        assert _told(read_png, png(pixels=spoilt)) == ["PNG pixel data is not what a rebuilt image has"]
    hidden = png(pixels=pixels + b"Jory Madeup")
    assert _told(read_png, hidden) == ["PNG pixel data is not what a rebuilt image has"]
    assert _read(read_png(hidden), "PNG pixel data") == ["Jory Madeup"]


@pytest.mark.parametrize("length", [13, 15])
def test_the_header_of_a_jpeg_has_no_room_for_words(length: int) -> None:
    body = JFIF[4:].ljust(length, b"x")[:length]
    assert _told(read_jpeg, jpeg(header=segment(0xE0, body))) != []
    assert _told(read_jpeg, jpeg(header=segment(0xE0, b"Jory M" + JFIF[10:]))) != []
    assert _told(read_jpeg, jpeg(header=segment(0xE1, JFIF[4:]))) != []


def test_a_webp_must_be_as_long_as_it_says() -> None:
    file = webp()
    for size in (0, len(file) - 16, len(file) - 9, len(file) - 7, len(file), len(file) + 1000):
        said = file[:4] + size.to_bytes(4, "little") + file[8:]
        assert _told(read_webp, said) == ["WebP length is not what a rebuilt image has"], size


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_a_name_among_the_pixels_is_found(kind: str) -> None:
    scan = segment(0xDA, bytes(10)) + NAME.encode() + b"\0\0"
    files = {
        "png": png(chunk(b"PLTE", f"\1{NAME}\1".encode())),
        "jpg": jpeg(scan),
        "webp": webp(riff(b"VP8L", f"\1{NAME}\1".encode())),
    }
    error = refusal(public(f"a.{kind}", files[kind]))
    assert isinstance(error, LeakFound)
    assert "bytes)" in str(error)


def test_a_picture_in_another_file_is_known_by_its_beginning() -> None:
    assert all(read_image(file) is not None for file in (png(), jpeg(), webp()))
    for other in (
        b"",
        b"\xff\xd8",
        b"\xff\xd8x",
        b"\xd8\xff",
        b"\xff\xff",
        b"x\xd8\xff",
        b"\x89PNG",
        b"hello",
    ):
        assert read_image(other) is None
    for read, other in (
        (read_png, b"\x89PNG\r\n\x1a" + png()[8:]),
        (read_jpeg, b"\xff" + jpeg()[2:]),
        (read_jpeg, b"\xd8" + jpeg()[2:]),
        (read_webp, b"RIFX" + webp()[4:]),
        (read_webp, b"RIFF" + webp()[4:8] + b"WAVE" + webp()[12:]),
    ):
        with pytest.raises(Unreadable, match="is not a"):
            read(other)
