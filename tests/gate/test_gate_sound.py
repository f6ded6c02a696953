"""Sound is walked frame by frame, and tags byte by byte: what is neither is scanned as what it may be."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from gate_samples import GUARD, NAME, frame, gate, jpeg, png, public, refusal, segment, sound, synchsafe, tag
from mutagen.mp3 import HeaderNotFoundError, MPEGFrame

from cop_publish.core.consents import Person, PersonId
from cop_publish.errors import LeakFound, Unscannable
from cop_publish.gate.id3 import Tags, read_id3v2
from cop_publish.gate.mp3 import frame_bytes

IVO = Person(PersonId("p-1v01"), "Ivo")  # three letters, as a code for a language


def _as_mutagen_reads_it(header: bytes) -> int:
    """Where the frame ends; 0: it is none of layer III."""
    file = io.BytesIO(header)
    try:
        found = MPEGFrame(file)  # type: ignore[no-untyped-call]
    except HeaderNotFoundError:
        return 0
    return file.tell() if found.layer == 3 else 0


def test_every_header_is_a_frame_of_the_length_that_another_reader_gives_it_or_none() -> None:
    """Else bytes between two frames were taken for sound, in which short names do not count."""
    lengths = {}
    for first in (0xFF, 0xFE, 0x7F):
        for second in range(0xDC, 0x100):
            for third in range(0x100):
                header = bytes((first, second, third, 0xC4))
                lengths[header] = frame_bytes(header)
                assert lengths[header] == _as_mutagen_reads_it(header), header
    assert len(set(lengths.values())) > 100
    assert frame_bytes(b"\xff\xfb\x90") == 0


# --- ID3v2 -----------------------------------------------------------------------------------------


def old_frame(name: bytes, body: bytes) -> bytes:
    """As in ID3v2.3, where the size has eight bits to the byte."""
    return name + len(body).to_bytes(4, "big") + b"\0\0" + body


def old_tag(*frames: bytes) -> bytes:
    body = b"".join(frames)
    return b"ID3\x03\0\0" + synchsafe(len(body)) + body


def mp3(tags: bytes) -> bytes:
    return tags + sound()


@pytest.mark.parametrize("size", [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 2_500_000])
def test_the_sound_begins_where_the_tag_ends_whatever_its_size(size: int) -> None:
    tags = Tags()
    assert read_id3v2(b"ID3\x04\0\0" + synchsafe(size) + bytes(size + 9), tags) == size + 10
    assert tags.unread == []


@pytest.mark.parametrize("length", [100, 127, 128, 200, 16_500])
@pytest.mark.parametrize("version", [3, 4])
def test_a_frame_is_read_to_its_end_and_the_next_one_from_its_beginning(version: int, length: int) -> None:
    make, whole = (old_frame, old_tag) if version == 3 else (frame, tag)
    long = make(b"TIT2", b"\x03" + b"x " * length)
    gate(public("a.mp3", mp3(whole(long, make(b"TALB", b"\x03An album")))))
    named = [make(b"TALB", b"\x03Ann Lee"), make(b"TIT2", b"\x03" + b"x " * length + b"Ann Lee")]
    for one in named:
        error = refusal(public("a.mp3", mp3(whole(long, one, make(b"TALB", b"\x03An album")))))
        assert isinstance(error, LeakFound)
        assert f"ID3 {one[:4].decode()}" in str(error)
        assert "not something that the gate reads" not in str(error)


ZOE = "Zoë Müller-Example"
ENCODED = {
    0: ZOE.encode("latin-1"),
    1: ZOE.encode("utf-16"),
    2: ZOE.encode("utf-16-be"),
    3: ZOE.encode(),
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_text_is_read_in_each_encoding_that_a_frame_may_name(encoding: int) -> None:
    wide = encoding in (1, 2)
    bodies = {
        b"TIT2": bytes([encoding]) + ENCODED[encoding],
        b"COMM": bytes([encoding]) + b"eng" + (b"\0\0" if wide else b"\0") + ENCODED[encoding],
        b"APIC": bytes([encoding]) + b"image/png\0\3" + ENCODED[encoding] + b"\0" + b"\0" * wide + png(),
    }
    for name, body in bodies.items():
        error = refusal(public("a.mp3", mp3(tag(frame(name, body)))))
        assert isinstance(error, LeakFound), name
        assert f"of p-5d5d, who is withheld here (ID3 {name.decode()}" in str(error)


@pytest.mark.parametrize(
    "tags",
    [
        tag(frame(b"TIT2", b"\x04x")),
        tag(frame(b"COMM", b"\x09engx\0y")),
        tag(frame(b"tit2", b"\x03x")),
        tag(frame(b"3IT2", b"\x03x")),
        tag(frame(b"TI-2", b"\x03x")),
        tag(frame(b"TIT2", b"\x03x").replace(b"\0\0\x03", b"\x40\0\x03")),
        tag(frame(b"TIT2", b"\x03x").replace(b"\0\0\x03", b"\0\x02\x03")),
        tag(frame(b"GEOB", b"\0x\0\0\0y")),
        tag(frame(b"PCST", b"\0\0\0\1")),
        tag(frame(b"TIT2", b"\x03x"))[:-20] + b"TALB\0\0\x7f\x7f" + bytes(12),
        tag(frame(b"APIC", b"\0image/png\0\3\0")),
        tag(frame(b"APIC", b"\0image/png\0\3no end")),
        tag(frame(b"CHAP", b"c0\0" + bytes(16) + b"hello, world")),
        b"ID3\x05\0\0" + tag()[6:],
        b"ID3\x04\0\x10" + tag()[6:],
    ],
    ids=lambda tags: repr(tags[10:30]),
)
def test_a_tag_that_we_would_not_write_is_refused(tags: bytes) -> None:
    assert isinstance(refusal(public("a.mp3", mp3(tags))), Unscannable)


def test_a_name_is_found_in_every_part_of_a_frame() -> None:
    element = frame(b"CHAP", b"Ann Lee\0" + bytes(16))
    table = frame(b"CTOC", b"Ann Lee\0\x03\x01c0\0")
    listed = [
        frame(b"CTOC", b"toc\0\x03" + bytes([count]) + b"c0\0" * (count - 1) + b"Ann Lee\0")
        for count in (1, 3)
    ]
    titled = frame(b"CTOC", b"toc\0\x03\x02c0\0c1\0" + frame(b"TIT2", b"\x03Ann Lee"))
    mime = frame(b"APIC", b"\0Ann Lee\0\x03\0" + png())
    told = frame(b"APIC", b"\0image/jpeg\0\x03Ann Lee\0" + jpeg())
    for part in (
        element,
        table,
        *listed,
        titled,
        mime,
        told,
        frame(b"WXXX", b"\0Ann Lee\0https://x.example"),
    ):
        error = refusal(public("a.mp3", mp3(tag(part))))
        assert isinstance(error, LeakFound), part
        assert "not something that the gate reads" not in str(error)
    language = frame(b"COMM", b"\x03Ivo\0x")
    guard = replace(GUARD, people=(IVO,))
    assert isinstance(refusal(public("a.mp3", mp3(tag(language))), guard=guard), LeakFound)


def test_a_picture_in_a_tag_obeys_the_rules_for_pictures() -> None:
    """Its description may look like a beginning: the picture is what begins behind a zero byte and is one."""
    for picture in (png(), jpeg()):
        gate(public("a.mp3", mp3(tag(frame(b"APIC", b"\0image/x\0\x03a cover\0" + picture)))))
        gate(public("a.mp3", mp3(tag(frame(b"APIC", b"\1image/x\0\x03\xff\xfea\0\0\0" + picture)))))
    bad = jpeg(segment(0xE1, b"Exif\0\0"))
    error = refusal(public("a.mp3", mp3(tag(frame(b"APIC", b"\0image/jpeg\0\x03\0" + bad)))))
    assert isinstance(error, Unscannable)
    assert "ID3 APIC: JPEG segment E1" in str(error)


# --- behind the sound --------------------------------------------------------------------------------

FIELDS = ((3, 33), (33, 63), (63, 93), (97, 127))


def id3v1(start: int, words: bytes) -> bytes:
    """A tag full of letters, but for these words in it."""
    return (b"TAG" + b"x" * (start - 3) + words).ljust(128, b"x")


@pytest.mark.parametrize(("start", "end"), FIELDS)
def test_each_field_of_id3v1_is_read_from_its_first_byte_to_its_last(start: int, end: int) -> None:
    name = b"Ann Lee"
    for place in (start, end - len(name)):
        other = b"" if place == start else b" "  # what parts it from the letters of its own field
        words = name + b" " if place == start else other + name
        error = refusal(public("a.mp3", sound() + id3v1(place - len(other), words)))
        assert isinstance(error, LeakFound)
        assert "ID3v1 tag" in str(error)


def test_a_name_of_four_letters_fills_the_year_of_id3v1() -> None:
    assert isinstance(refusal(public("a.mp3", sound() + id3v1(93, b"Hope"))), LeakFound)
    gate(public("a.mp3", sound() + id3v1(94, b"Hope")))


def test_tags_behind_the_sound_are_read_one_after_the_other() -> None:
    plain = b"TAG" + b"a title".ljust(125, b"\0")
    gate(public("a.mp3", sound() + plain))
    gate(public("a.mp3", sound() + ape_tag(b"Title", b"x") + plain))
    for rest in (plain + id3v1(3, b"Ann Lee "), ape_tag(b"Title", b"x") + id3v1(3, b"Ann Lee ")):
        error = refusal(public("a.mp3", sound() + rest))
        assert isinstance(error, LeakFound)
        assert "after the sound" not in str(error)
    assert isinstance(refusal(public("a.mp3", sound() + plain[:-1])), Unscannable)
    assert isinstance(refusal(public("a.mp3", sound() + plain + b"x")), Unscannable)


def ape_item(key: bytes, value: bytes) -> bytes:
    return len(value).to_bytes(4, "little") + bytes(4) + key + b"\0" + value


def ape_tag(*keys_and_values: bytes) -> bytes:
    """APEv2 with a header and a footer; the size counts items and footer."""
    pairs = zip(keys_and_values[::2], keys_and_values[1::2], strict=True)
    items = b"".join(ape_item(*pair) for pair in pairs)
    edge = b"APETAGEX" + (2000).to_bytes(4, "little") + (len(items) + 32).to_bytes(4, "little") + bytes(16)
    return edge + items + edge


@pytest.mark.parametrize(
    "pairs",
    [
        (b"Title", b"x", b"Artist", b"Ann Lee"),
        (b"Title", b"Ann Lee", b"Artist", b"y"),
        (b"Ann Lee", b"x", b"Artist", b"y"),
        (b"Title", b"x", b"Ann Lee", b"y"),
        (b"Title", b"Ann", b"Lee", b"y"),
        (b"Title", b"x" * 300, b"Artist", b"Ann Lee"),
        (b"Title", b"", b"Artist", b"Ann Lee"),
        (b"Title", NAME.encode()),
    ],
)
def test_keys_and_values_of_apev2_are_read_and_part_from_one_another(pairs: tuple[bytes, ...]) -> None:
    error = refusal(public("a.mp3", sound() + ape_tag(*pairs)))
    assert isinstance(error, LeakFound)
    assert "APEv2 tag" in str(error)
    assert "after the sound" not in str(error)


@pytest.mark.parametrize(
    "rest",
    [
        ape_tag(b"Title", b"x")[:-1],
        ape_tag(b"Title", b"x") + b"y",
        ape_tag(b"Title", b"x").replace(b"\1\0\0\0\0\0\0\0T", b"\xff\0\0\0\0\0\0\0T"),
        ape_tag(b"Title", b"x").replace(b"Title\0", b"TitleY"),
        ape_tag(b"Title", b"x").replace(b"\1\0\0\0\0\0\0\0T", b"\0\0\0\0\0\0\0\0T"),
        b"APETAGEX" + (2000).to_bytes(4, "little") + b"\x09\0\0\0" + bytes(16) + b"a name, 9",
        b"APETAGEX" + (2000).to_bytes(4, "little") + b"\x0b\0\0\0" + bytes(16) + b"\x2b\0\0\0\1\1\1\1key",
    ],
    ids=[
        "cut off",
        "more",
        "too long",
        "a key without an end",
        "too short",
        "no item",
        "no end of a key at all",
    ],
)
def test_apev2_of_another_form_is_refused(rest: bytes) -> None:
    assert isinstance(refusal(public("a.mp3", sound() + rest)), Unscannable)
