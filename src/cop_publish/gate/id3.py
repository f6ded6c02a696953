"""ID3v2.3 and 2.4, ID3v1 and APEv2, read by hand: a reader of the gate's own, apart from the writer's.

Every byte of a tag is either read as something or named as unread.
https://id3.org/id3v2.4.0-structure, https://id3.org/id3v2-chapters-1.0
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from cop_publish.gate.images import read_image
from cop_publish.gate.view import Bytes, View, raw_views

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER_BYTES = 10
ID3V1_BYTES = 128
APE_HEADER_BYTES = 32
_ENCODINGS = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}
_V23, _V24 = 3, 4


@dataclass(slots=True)
class Tags:
    """What has been read so far: `views` to scan, `unread` what no reader here understands."""

    views: list[View] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def refuse(self, part: str, data: bytes) -> None:
        """Bytes that are no part of what we write; scanned as they are all the same."""
        self.unread.append(f"{part} is not something that the gate reads")
        self.views += raw_views(part, data)


def read_id3v2(data: Bytes, tags: Tags) -> int:
    """Reads the tag at the start of a file; returns where the sound begins (0: there is no tag)."""
    header = data[:HEADER_BYTES]
    if header[:3] != b"ID3" or len(header) < HEADER_BYTES:
        return 0
    version, flags = header[3], header[5]
    end = HEADER_BYTES + _synchsafe(header[6:10])
    body = data[HEADER_BYTES:end]
    if version not in (_V23, _V24) or flags:
        tags.refuse("ID3v2 tag of another version or with flags", body)
    else:
        _read_frames("ID3", body, version, tags)
    return min(end, len(data))


def read_after_the_sound(data: Bytes, start: int, tags: Tags) -> None:
    """ID3v1 and APEv2 tags at the end; anything else there is unread."""
    rest = data[start:]
    while rest:
        if rest.startswith(b"TAG") and len(rest) >= ID3V1_BYTES:
            size = _read_id3v1(rest[:ID3V1_BYTES], tags)
        else:
            size = _read_ape(rest, tags) if rest.startswith(b"APETAGEX") else 0
        if not size:
            tags.refuse("bytes after the sound", rest)
            return
        rest = rest[size:]


def _read_id3v1(tag: bytes, tags: Tags) -> int:
    """Title, artist, album, year and comment at fixed places, with nothing between them."""
    edges = (3, 33, 63, 93, 97, 127)
    fields = [tag[start:end] for start, end in pairwise(edges)]
    tags.views += _prose("ID3v1 tag", fields)
    return ID3V1_BYTES


def _read_ape(rest: bytes, tags: Tags) -> int:
    """Header, then items of length, flags, key and value, then a footer; returns 0 where it is cut off.

    https://wiki.hydrogenaudio.org/index.php?title=APEv2_specification
    """
    end = APE_HEADER_BYTES + int.from_bytes(rest[12:16], "little")
    position, parts = APE_HEADER_BYTES, []
    while position + 8 < end <= len(rest) and not rest.startswith(b"APETAGEX", position):
        length = int.from_bytes(rest[position : position + 4], "little")
        key_end = rest.find(b"\0", position + 8)
        position, start = key_end + 1 + length, position + 8
        if key_end < 0 or position > end:
            return 0
        parts += [rest[start:key_end], rest[key_end + 1 : position]]
    tags.views += _prose("APEv2 tag", parts)
    return end if end <= len(rest) and position in (end, end - APE_HEADER_BYTES) else 0


def _prose(channel: str, fields: list[bytes]) -> list[View]:
    return [replace(view, code=False) for view in raw_views(channel, b"\n".join(fields))]


def _read_frames(channel: str, body: bytes, version: int, tags: Tags) -> None:
    position = 0
    while position + HEADER_BYTES <= len(body) and body[position]:
        name, flags = body[position : position + 4], body[position + 8 : position + 10]
        size_bytes = body[position + 4 : position + 8]
        size = _synchsafe(size_bytes) if version == _V24 else int.from_bytes(size_bytes, "big")
        start, end = position + HEADER_BYTES, position + HEADER_BYTES + size
        if end > len(body) or any(flags) or not _is_frame_name(name):
            break
        _read_frame(channel, name.decode("ascii"), body[start:end], version, tags)
        position = end
    if any(body[position:]):
        tags.refuse(f"{channel} padding or frame of an unknown form", body[position:])


def _read_frame(channel: str, name: str, body: bytes, version: int, tags: Tags) -> None:
    reader = FRAME_READERS.get(name) or FRAME_READERS.get(name[0])
    if reader is None:
        tags.refuse(f"{channel} frame of a kind we never write", body)
    else:
        reader(f"{channel} {name}", body, version, tags)


def _text(channel: str, body: bytes, _version: int, tags: Tags) -> None:
    """Encoding, then texts with zero bytes between."""
    _encoded(channel, body[:1], body[1:], tags)


def _language_text(channel: str, body: bytes, _version: int, tags: Tags) -> None:
    """Encoding, language, description, text."""
    _encoded(channel, body[:1], body[4:], tags)
    tags.views += raw_views(channel, body[1:4])


def _url(channel: str, body: bytes, _version: int, tags: Tags) -> None:
    """An address in Latin-1, in WXXX after an encoding and a description."""
    tags.views += raw_views(channel, body)


def _podcast_flag(channel: str, body: bytes, _version: int, tags: Tags) -> None:
    """Four zero bytes; anything else is not what we write."""
    if any(body):
        tags.refuse(channel, body)


def _picture(channel: str, body: bytes, _version: int, tags: Tags) -> None:
    """Encoding, MIME type, kind, description, then an image of its own."""
    mime, _, rest = body[1:].partition(b"\0")
    end = 1
    while end < len(rest) and read_image(rest[end:]) is None:
        end = _next_picture(rest, end)
    tags.views += raw_views(channel, mime)
    _encoded(channel, body[:1], rest[1:end], tags)
    picture = read_image(rest[end:])
    if picture is None:
        tags.refuse(f"{channel} picture", rest[end:])
        return
    tags.views += [replace(view, channel=f"{channel}: {view.channel}") for view in picture.views]
    tags.unread += [f"{channel}: {reason}" for reason in picture.unread]


def _next_picture(rest: bytes, start: int) -> int:
    """Where the description's closing zero ends; the picture begins at one of these."""
    found = rest.find(b"\0", start)
    return len(rest) if found < 0 else found + 1


def _chapter(channel: str, body: bytes, version: int, tags: Tags) -> None:
    """Element, four times and offsets, then frames of its own."""
    element, _, rest = body.partition(b"\0")
    tags.views += raw_views(channel, element)
    _read_frames(channel, rest[16:], version, tags)


def _contents(channel: str, body: bytes, version: int, tags: Tags) -> None:
    """Element, flags, the chapters' elements, then frames of its own."""
    element, _, rest = body.partition(b"\0")
    names = rest[2:].split(b"\0", rest[1]) if len(rest) > 1 else [b""]
    tags.views += raw_views(channel, b" ".join([element, *names[:-1]]))
    _read_frames(channel, names[-1], version, tags)


def _encoded(channel: str, encoding: bytes, text: bytes, tags: Tags) -> None:
    codec = _ENCODINGS.get(encoding[0] if encoding else 0)
    if codec is None:
        tags.refuse(f"{channel} of an unknown encoding", text)
        return
    tags.views.append(View(channel, text.decode(codec, "replace").replace("\0", " ")))
    if codec.startswith("utf-16"):
        tags.views += raw_views(channel, text)


FRAME_READERS: dict[str, Callable[[str, bytes, int, Tags], None]] = {
    "T": _text,  # every text frame, TXXX too
    "W": _url,  # every address
    "IPLS": _text,  # people, each after what they did
    "PCST": _podcast_flag,
    "COMM": _language_text,
    "USLT": _language_text,
    "APIC": _picture,
    "CHAP": _chapter,
    "CTOC": _contents,
}


def _is_frame_name(name: bytes) -> bool:
    return name.isalnum() and name.upper() == name and name[:1].isalpha()


def _synchsafe(size: bytes) -> int:
    return size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]
