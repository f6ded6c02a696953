"""PNG, JPEG and WebP, walked byte by byte: a rebuilt image has pixels and nothing else (facts 3.4b).

Anything that could hold words (text chunks, EXIF, XMP, comments, thumbnails, colour profiles, bytes after
the end) is refused, and also handed on, so that a name in it is reported as what it is.
"""

from __future__ import annotations

import re
import struct
import zlib

from cop_publish.gate.view import Bytes, Extraction, Unreadable, View, noise_view, raw_views

PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"IDAT", b"IEND"})
WEBP_CHUNKS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})
JPEG_SEGMENTS = {0xDB: "DQT", 0xC4: "DHT", 0xDD: "DRI", 0xDA: "SOS", 0xC0: "SOF0", 0xC1: "SOF1", 0xC2: "SOF2"}
_PNG_START = b"\x89PNG\r\n\x1a\n"
_WELL_KNOWN = frozenset(
    b"tEXt zTXt iTXt eXIf iCCP tIME pHYs gAMA cHRM bKGD sBIT acTL fcTL fdAT EXIF ICCP ANIM ANMF".split()
) | {b"XMP "}
_JFIF_BYTES = 14  # JFIF 1.02 without a thumbnail
_ZLIB_START = re.compile(rb"\x78[\x01\x5e\x9c\xda]")  # RFC 1950, by how hard it was packed
_JPEG_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)


def read_png(data: Bytes) -> Extraction:
    """Chunks, in order; the compressed pixels must end where they say they do."""
    data = data[:]
    if not data.startswith(_PNG_START):
        message = "is not a PNG"
        raise Unreadable(message)
    walk, position, pixels = _Walk("PNG"), len(_PNG_START), bytearray()
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            break
        body = data[position + 8 : end - 4]
        if kind not in PNG_CHUNKS:
            walk.refuse(f"chunk {_shown(kind)}", body, _inflated(body))
        elif zlib.crc32(data[position + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            walk.refuse("checksum", data[end - 4 : end])
        if kind == b"IDAT":
            pixels += body
        position = end
        if kind == b"IEND":
            break
    else:
        walk.refuse("end of image")
    hidden = _after_the_pixels(bytes(pixels))
    if hidden is None or hidden:
        walk.refuse("pixel data", hidden or b"")
    return walk.done(data, position)


def read_jpeg(data: Bytes) -> Extraction:
    """Segments and entropy-coded scans; JFIF without a thumbnail is the only header allowed."""
    data = data[:]
    if not data.startswith(b"\xff\xd8"):
        message = "is not a JPEG"
        raise Unreadable(message)
    walk, position = _Walk("JPEG"), 2
    while position + 2 <= len(data) and data[position] == 0xFF:  # noqa: PLR2004 - every marker starts so
        marker = data[position + 1]
        if marker == 0xD9:  # noqa: PLR2004 - end of image
            return walk.done(data, position + 2)
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        body = data[position + 4 : end]
        if not _is_plain_segment(marker, body):
            walk.refuse(f"segment {marker:02X}", body)
        position = _scan_end(data, end) if marker == 0xDA else end  # noqa: PLR2004 - start of scan
    walk.refuse("end of image")
    return walk.done(data, min(position, len(data)))


def read_webp(data: Bytes) -> Extraction:
    """RIFF chunks; the sizes must agree with the file's."""
    data = data[:]
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        message = "is not a WebP"
        raise Unreadable(message)
    walk, position = _Walk("WebP"), 12
    if 8 + int.from_bytes(data[4:8], "little") != len(data):
        walk.refuse("length")
    while position + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, position)
        end = position + 8 + length
        if end > len(data):
            break
        if kind not in WEBP_CHUNKS:
            walk.refuse(f"chunk {_shown(kind)}", data[position + 8 : end])
        position = min(end + length % 2, len(data))
    return walk.done(data, position)


def read_image(data: bytes) -> Extraction | None:
    """A picture inside another file; None: it is none of these."""
    for start, reader in ((_PNG_START, read_png), (b"\xff\xd8\xff", read_jpeg), (b"RIFF", read_webp)):
        if data.startswith(start):
            return reader(data)
    return None


class _Walk:
    """What was met on the way through a file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._views: list[View] = []
        self._unread: list[str] = []

    def refuse(self, part: str, *contents: bytes) -> None:
        """A part that no rebuilt image has; its bytes are scanned all the same."""
        self._unread.append(f"{self._name} {part} is not what a rebuilt image has")
        for content in contents:
            self._views += raw_views(f"{self._name} {part}", content) if content else []

    def done(self, data: bytes, position: int) -> Extraction:
        if position < len(data):
            self.refuse("bytes after the end", data[position:])
        self._views.append(noise_view(f"{self._name} bytes", data))
        return Extraction(self._views, len(data), tuple(self._unread))


def _is_plain_segment(marker: int, body: bytes) -> bool:
    if marker == 0xE0:  # noqa: PLR2004 - APP0: JFIF, and no thumbnail after its fourteen bytes
        return body.startswith(b"JFIF\0") and len(body) == _JFIF_BYTES
    return marker in JPEG_SEGMENTS


def _scan_end(data: bytes, start: int) -> int:
    found = _JPEG_SCAN_END.search(data, start)
    return found.start() if found else len(data)


def _after_the_pixels(pixels: bytes) -> bytes | None:
    """What follows the compressed stream inside the pixel chunks; None: the stream does not end."""
    inflater = zlib.decompressobj()
    rest = pixels
    try:
        while rest and not inflater.eof:  # at its end CPython may leave what it took before as rest
            inflater.decompress(rest, 1 << 20)
            rest = inflater.unconsumed_tail
    except zlib.error:
        return None
    return inflater.unused_data if inflater.eof else None


def _inflated(body: bytes) -> bytes:
    """What a zTXt, iTXt or iCCP chunk holds packed, wherever in it that begins; empty: nothing."""
    for start in _ZLIB_START.finditer(body):
        try:
            return zlib.decompressobj().decompress(body[start.start() :], 1 << 20)
        except zlib.error:
            continue
    return b""


def _shown(kind: bytes) -> str:
    """The chunk's own name only if it is a well-known one: any other four letters may be part of a secret."""
    return kind.decode("ascii").strip() if kind in _WELL_KNOWN else "of an unknown kind"
