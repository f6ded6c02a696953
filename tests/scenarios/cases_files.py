"""Adversarial cases: documents and pictures, of kinds that are taken and kinds that are not."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from bad_stores import unprivileged
from cases import DONE, REFUSED, UNTOLD, Case, case
from PIL import Image
from spoil import NEW_POST, all_of, link, mode, post, raw_post, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PHRASES = (
    *("docx with every §2.3 trap", "OFFICIAL-SENSITIVE in a header", "PDF with text under a box"),
    *("incremental-save PDF", "HEIC", "PNG with data after IEND", "polyglot", "zip bomb", "2 GB file"),
    *("unreadable file", "symlink out of the tree", "unknown extension", "empty file"),
)
PDF = b"%PDF-1.4\n1 0 obj<<>>stream\nBT (Quokkaville) Tj ET 0 0 200 50 re f\nendstream endobj\n%%EOF\n"


def picture_post(name: str) -> Callable[[Path], None]:
    return post(
        "title: New",
        f"images: [{{file: /images/{name}, alt: A map, people: []}}]",
        body=f"![A map](/images/{name})",
    )


def pictured(name: str, content: bytes) -> Callable[[Path], None]:
    """A post that shows a listed picture of these bytes."""
    return all_of(write(f"images/{name}", content), picture_post(name))


def document() -> bytes:
    """A Word file: inserted, deleted, hidden and commented words."""
    marked = (
        f'<w:ins w:author="{UNTOLD}"><w:r><w:t>{UNTOLD}</w:t></w:r></w:ins>'
        f"<w:del><w:r><w:delText>{UNTOLD}</w:delText></w:r></w:del>"
        f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>{UNTOLD}</w:t></w:r>"
        f'<w:r><w:rPr><w:highlight w:val="black"/></w:rPr><w:t>{UNTOLD}</w:t></w:r>'
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", f"<w:document><w:body><w:p>{marked}</w:p></w:body></w:document>")
        file.writestr("word/comments.xml", f"<w:comments>{UNTOLD}</w:comments>")
        file.writestr("word/header1.xml", "<w:hdr>OFFICIAL-SENSITIVE</w:hdr>")
    return held.getvalue()


def png(after: bytes = b"", note: bytes = b"") -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (80, 80), "teal").save(held, "PNG")
    found = held.getvalue()
    text = _chunk(b"tEXt", b"Author\0" + note) if note else b""
    return found[:33] + text + found[33:] + after


def bomb() -> bytes:
    """A picture of a few kilobytes that unpacks to gigabytes."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1 << 20), 9) * 4
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def large(root: Path) -> None:
    """Two gigabytes of nothing, of which the disk holds no block."""
    pictured("new.png", b"")(root)
    os.truncate(root / "images/new.png", 2 << 30)


CASES: tuple[Case, ...] = (
    case(
        "docx with every §2.3 trap",
        "as a post",
        write("posts/2026-11-22-new.docx", document()),
        REFUSED,
        "2026-11-22-new.docx",
    ),
    case(
        "docx with every §2.3 trap",
        "behind a link",
        all_of(write("posts/new.docx", document()), post("title: New", body="[It](/posts/new.docx)")),
        REFUSED,
    ),
    case("docx with every §2.3 trap", "as a picture", pictured("new.docx", document()), REFUSED, "new.docx"),
    case(
        "OFFICIAL-SENSITIVE in a header",
        "of a post",
        post("title: New", body="OFFICIAL-SENSITIVE\n\nWords."),
        10,
        "OFFICIAL-SENSITIVE",
    ),
    case(
        "OFFICIAL-SENSITIVE in a header",
        "of a post's summary",
        post("title: New", "summary: 'Official-Sensitive: words'"),
        10,
    ),
    case("PDF with text under a box", "as a picture", pictured("new.pdf", PDF), REFUSED, "new.pdf"),
    case("PDF with text under a box", "named as a picture", pictured("new.png", PDF), REFUSED, "new.png"),
    case(
        "incremental-save PDF",
        "as a picture",
        pictured("new.pdf", PDF + b"1 0 obj<<>>endobj\n%%EOF\n"),
        REFUSED,
        "new.pdf",
    ),
    case(
        "HEIC", "as a picture", pictured("new.heic", b"\0\0\0\x18ftypheic" + bytes(64)), REFUSED, "new.heic"
    ),
    case(
        "HEIC",
        "named as a picture",
        pictured("new.jpg", b"\0\0\0\x18ftypheic" + bytes(64)),
        REFUSED,
        "new.jpg",
    ),
    case(
        "PNG with data after IEND",
        "and a note of who made it",
        pictured("new.png", png(UNTOLD.encode(), UNTOLD.encode())),
        DONE,
        shows=("A map",),
    ),
    case(
        "polyglot",
        "a picture that is a page too",
        pictured("new.png", png(b"<html><script>" + UNTOLD.encode())),
        DONE,
        shows=("A map",),
    ),
    case(
        "polyglot",
        "a post that is an archive too",
        raw_post(b"---\ntitle: New\n---\nWords.\n" + document()),
        REFUSED,
    ),
    case("zip bomb", "a picture", pictured("new.png", bomb()), REFUSED, "new.png"),
    case("2 GB file", "a picture", large, REFUSED, "new.png"),
    case(
        "unreadable file",
        "a post without the right to it",
        all_of(post("title: New"), mode(NEW_POST, 0)),
        REFUSED,
        NEW_POST,
        start=unprivileged,
    ),
    case("symlink out of the tree", "a post", link(NEW_POST, "/etc/hostname"), REFUSED, NEW_POST),
    case(
        "symlink out of the tree",
        "a picture",
        all_of(link("images/new.png", "/etc/hostname"), picture_post("new.png")),
        REFUSED,
        "new.png",
    ),
    case("unknown extension", "of a picture", pictured("new.xyz", png()), REFUSED, "new.xyz"),
    case(
        "unknown extension",
        "of a post: it is none",
        write("posts/2026-11-22-new.xyz", UNTOLD),
        DONE,
        same=True,
    ),
    case("empty file", "a post", raw_post(b""), REFUSED, NEW_POST),
    case("empty file", "a picture", pictured("new.png", b""), REFUSED, "new.png"),
)
