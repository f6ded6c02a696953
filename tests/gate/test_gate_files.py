"""What the gate cannot read all of, it refuses."""

from __future__ import annotations

import gzip
import hashlib
import io
import subprocess
from typing import TYPE_CHECKING

import pytest
from gate_samples import (
    LEAKS,
    NAME,
    calendar,
    chunk,
    feed,
    frame,
    gate,
    jpeg,
    page,
    png,
    public,
    refusal,
    segment,
    sound,
    tag,
    title,
    webp,
)
from imageio_ffmpeg import get_ffmpeg_exe  # type: ignore[import-untyped]  # it has no types
from mutagen.id3 import APIC, CHAP, COMM, CTOC, ID3, TIT2, WOAF
from PIL import Image

from cop_publish.core.output import FileClass, Headers, InStore, OnDisk, PublicFile
from cop_publish.errors import LeakFound, Unscannable
from cop_publish.gate.memory import Memory

if TYPE_CHECKING:
    from pathlib import Path


UNREADABLE: dict[str, PublicFile] = {
    "an unknown extension": public("a.exe", "x", content_type="application/octet-stream"),
    "a PDF": public("a.pdf", b"%PDF-1.7", content_type="application/pdf"),
    "no extension, unknown type": public("a", "x", content_type="application/zip"),
    "served as another type": public("a.png", png(), content_type="text/html"),
    "a page served as text": public("a.html", page("x"), content_type="text/plain"),
    "text called a picture": public("a.png", "hello"),
    "a page called a style sheet": public("a.css", page("x")),
    "a page called text": public("a.txt", page("x")),
    "a page called a transcript": public("a.srt", page("x")),
    "words called a transcript": public("a.srt", "hello"),
    "a transcript served as text": public(
        "a.srt", "1\n00:00:01,000 --> 00:00:02,000\nx\n", content_type="text/plain"
    ),
    "a BMP called text": public("a.txt", b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0"),
    "a program called text": public("a.txt", b"MZ\x90\0\3\0\0\0"),
    "sound called text": public("a.txt", tag(title("x")) + sound()),
    "comments and then a page, called text": public("a.txt", "<!---->" * 140 + "<html>"),
    "a PDF called text": public("a.txt", "%PDF-1.4 x"),
    "a zip called json": public("a.json", b"PK\x03\x04{}"),
    "text called sound": public("a.mp3", "hello"),
    "empty sound": public("a.mp3", b""),
    "empty page": public("a.html", b""),
    "a page nested deeper than a parser goes": public("a.html", page("<div>" * 3000)),
    "not UTF-8": public("a.txt", b"caf\xe9"),
    "a zero byte": public("a.html", page("a\0b")),
    "a control character": public("a.txt", "a\x1bb"),
    "a control character in a page": public("a.html", page("<p>a\x1bb</p>")),
    "utf-16": public("a.txt", "\ufeffhello".encode("utf-16-le")),
    "broken xml": public("a.xml", "<a><b></a>"),
    "xml with entities": public("a.xml", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"),
    "broken json": public("a.json", "{"),
    "json too deep": public("a.json", "[" * 100_000),
    "a zip behind a png": public("a.png", png(after=b"PK\x03\x04")),
    "a page behind a jpeg": public("a.jpg", jpeg(after=page("x").encode())),
    "an unknown png chunk": public("a.png", png(chunk(b"prVt", b"x"))),
    "a png colour profile": public("a.png", png(chunk(b"iCCP", b"x"))),
    "a png whose checksum is words": public("a.png", png().replace(b"IEND\xaeB`\x82", b"IENDabcd")),
    "a png cut off": public("a.png", png()[:-8]),
    "a png whose pixels are not packed": public("a.png", png(pixels=b"hello")),
    "a jpeg without an end": public("a.jpg", jpeg()[:-2]),
    "a jpeg cut off in a segment": public("a.jpg", b"\xff\xd8\xff\xdb\x00\x43abc"),
    "a jpeg thumbnail": public("a.jpg", jpeg(header=segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1abc"))),
    "words behind a jpeg header": public("a.jpg", jpeg(header=segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0abc"))),
    "a tag and no sound": public("a.mp3", tag(title("x"))),
    "a jpeg colour profile": public("a.jpg", jpeg(segment(0xE2, b"ICC_PROFILE\0"))),
    "a webp longer than it says": public("a.webp", webp() + b"more"),
    "a webp shorter than it says": public("a.webp", webp()[:-3]),
    "an animated webp": public("a.webp", webp(b"ANMF\2\0\0\0ab")),
    "sound cut off": public("a.mp3", sound()[:-9]),
    "a tag in the middle of the sound": public("a.mp3", sound() + tag(title("x")) + sound()),
    "an ID3 tag longer than the file": public("a.mp3", b"ID3\x04\0\0\0\0\x7f\x7f" + sound()),
    "an ID3 tag with flags": public("a.mp3", b"ID3\x04\0\x80" + tag(title("x"))[6:] + sound()),
    "ID3v2.2": public("a.mp3", b"ID3\x02\0\0" + tag(title("x"))[6:] + sound()),
    "a private ID3 frame": public("a.mp3", tag(frame(b"PRIV", b"x\0y")) + sound()),
    "an ID3 picture of an unknown type": public(
        "a.mp3", tag(frame(b"APIC", b"\0image/gif\0\3\0GIF89a")) + sound()
    ),
    "words in the padding": public("a.mp3", tag(padding=b"\0\0hello") + sound()),
    "an APEv2 tag cut off": public("a.mp3", sound() + b"APETAGEX" + bytes(4) + b"\xff\0\0\0" + bytes(16)),
    "gzip with bytes behind": public("a.gz", gzip.compress(b"x") + b"more"),
    "gzip cut off": public("a.gz", gzip.compress(b"hello" * 99)[:-9]),
    "a gzip bomb": public("a.gz", gzip.compress(bytes(70 * 1024 * 1024))),
    "gzip of something unknown": public("a.gz", gzip.compress(b"\0\1\2\xff")),
    "an embedded file of an unknown type": public(
        "a.css", "url(data:font/woff2;base64,d09GMgABAAAAAP8A/wA=)"
    ),
    "encoded five times over": public("a.txt", "%2525252541"),
}


@pytest.mark.parametrize("file", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_no_reader_reads_whole_is_refused(file: PublicFile) -> None:
    error = refusal(file)
    assert isinstance(error, Unscannable)
    assert error.exit_code == 30
    assert {problem.where.path for problem in error.problems} == {file.key}


@pytest.mark.parametrize("extension", ["exe", "png", "json"])
def test_a_name_in_an_unreadable_file_is_reported_as_a_leak_as_well(extension: str) -> None:
    error = refusal(public(f"a.{extension}", b"\0\1" + NAME.encode(), content_type="application/json"))
    assert isinstance(error, LeakFound)
    assert len({problem.what for problem in error.problems}) > 1
    assert NAME not in str(error)


@pytest.mark.parametrize("leak", ["PNG zTXt", "JPEG EXIF", "ID3 private frame", "bytes after the sound"])
def test_metadata_is_refused_even_where_it_names_nobody(leak: str) -> None:
    content = LEAKS[leak].file.content
    assert isinstance(content, bytes)
    if leak != "PNG zTXt":
        content = content.replace(NAME.encode(), b"x" * len(NAME))
    assert refusal(public(LEAKS[leak].file.key, content)) is not None


def on_disk(path: Path, content: bytes, **claims: object) -> PublicFile:
    path.write_bytes(content)
    claimed = {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content), **claims}
    file = OnDisk(path, str(claimed["sha256"]), int(str(claimed["size_bytes"])))
    return PublicFile("a.mp3", file, Headers("audio/mpeg", ""), FileClass.MEDIA)


def test_a_file_on_disk_is_read_from_there(tmp_path: Path) -> None:
    assert gate(on_disk(tmp_path / "a", tag(title("An episode")) + sound(9))).files
    leak = refusal(on_disk(tmp_path / "b", tag(title(NAME)) + sound(9)))
    assert isinstance(leak, LeakFound)


@pytest.mark.parametrize("claims", [{"sha256": "0" * 64}, {"size_bytes": 7}])
def test_a_file_on_disk_that_is_not_what_was_announced_is_refused(
    tmp_path: Path, claims: dict[str, object]
) -> None:
    assert isinstance(refusal(on_disk(tmp_path / "a", sound(), **claims)), Unscannable)


def test_a_file_on_disk_that_is_gone_or_empty_is_refused(tmp_path: Path) -> None:
    gone = on_disk(tmp_path / "a", sound())
    (tmp_path / "a").unlink()
    assert isinstance(refusal(gone), Unscannable)
    assert isinstance(refusal(on_disk(tmp_path / "b", b"")), Unscannable)


def test_a_file_that_only_the_store_has_passes_by_its_address_and_is_told() -> None:
    memory = Memory()
    kept = InStore("0" * 64, 9)
    headers = Headers("audio/mpeg", "")
    gate(PublicFile("media/a.mp3", kept, headers, FileClass.MEDIA), memory=memory)
    assert memory.only_in_store == ("media/a.mp3",)
    named = PublicFile("media/jory-madeup.mp3", kept, headers, FileClass.MEDIA)
    assert isinstance(refusal(named), LeakFound)


def test_a_real_picture_and_a_real_mp3_pass(tmp_path: Path) -> None:
    picture = Image.linear_gradient("L").convert("RGB").resize((90, 60))
    made = {}
    for extension, form in (("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP")):
        buffer = io.BytesIO()
        picture.save(buffer, form, **({"progressive": True} if form == "JPEG" else {}))
        made[extension] = buffer.getvalue()
    argv = ["-f", "lavfi", "-i", "sine=d=2", "-b:a", "96k", "-map_metadata", "-1", str(tmp_path / "a.mp3")]
    subprocess.run([get_ffmpeg_exe(), "-v", "error", *argv], check=True)
    tags = ID3()  # type: ignore[no-untyped-call]
    sub = [TIT2(encoding=3, text="Welcome")]  # type: ignore[no-untyped-call]
    for one in (
        TIT2(encoding=1, text="An épisode"),  # type: ignore[no-untyped-call]
        COMM(encoding=3, lang="eng", desc="", text="About juries"),  # type: ignore[no-untyped-call]
        WOAF(url="https://commons.example/"),  # type: ignore[no-untyped-call]
        APIC(encoding=0, mime="image/jpeg", type=3, desc="", data=made["jpg"]),  # type: ignore[no-untyped-call]
        CHAP(element_id="c0", start_time=0, end_time=9, sub_frames=sub),  # type: ignore[no-untyped-call]
        CTOC(element_id="toc", flags=3, child_element_ids=["c0"], sub_frames=sub),  # type: ignore[no-untyped-call]
    ):
        tags.add(one)  # type: ignore[no-untyped-call]
    for version in (3, 4):
        tags.save(tmp_path / "a.mp3", v2_version=version, v1=0)
        gate(public("a.mp3", (tmp_path / "a.mp3").read_bytes()))
    gate(*(public(f"a.{extension}", content) for extension, content in made.items()))


def test_feeds_and_calendars_of_other_types_pass() -> None:
    gate(
        public("blog/atom.xml", feed("x"), content_type="application/atom+xml"),
        public("meetings.ics", calendar("SUMMARY:x"), content_type="text/calendar; method=PUBLISH"),
        public("c.json", "[]", content_type="application/json+chapters"),
    )
