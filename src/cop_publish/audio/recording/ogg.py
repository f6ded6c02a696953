"""The pages of an Ogg file (RFC 3533): how long its sound is, and whether its last page is there.

Every page says at which sample it ends, so what is left of a cut file looks like a shorter one; only the mark
"end of stream" on the last page tells.  Files glued together are legal, and follow each other as links of a
chain, each with samples counted from 0 and perhaps another rate.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

MARK = b"OggS"
HEAD_BYTES = 27  # ... and up to 255 lengths of a page's segments
FIRST, LAST = 2, 4  # flags: begins a stream, ends it
NOTHING_ENDS = -1  # as the position of a page on which no packet ends
BLOCK_BYTES = 1 << 16
OPUS_HZ = 48_000  # whatever went in (RFC 7845)


@dataclass(frozen=True, slots=True)
class Ogg:
    """The sound of all links together."""

    seconds: float
    links: int
    stops_short: bool


@dataclass(slots=True)
class _Link:
    """One stream of sound as its pages pass by."""

    rate_hz: int
    skipped: int  # samples before the sound that a decoder drops
    end: int = 0
    ended: bool = False

    @property
    def seconds(self) -> float:
        return max(0, self.end - self.skipped) / self.rate_hz


@dataclass(slots=True)
class _Chain:
    current: dict[int, _Link] = field(default_factory=dict)  # by serial number
    done: list[_Link] = field(default_factory=list)
    data: bool = False  # pages that are no beginnings were seen in this link

    def take(self, flags: int, position: int, serial: int, body: bytes) -> None:
        if flags & FIRST:
            if self.data:
                self.done += self.current.values()
                self.current, self.data = {}, False
            if link := _link(body):
                self.current[serial] = link
            return
        self.data = True
        if link := self.current.get(serial):
            link.ended |= bool(flags & LAST)
            link.end = link.end if position == NOTHING_ENDS else position

    def links(self) -> list[_Link]:
        return [*self.done, *self.current.values()]


def read_ogg(file: BinaryIO, size_bytes: int) -> Ogg | None:
    """Walk along the pages' heads; None where it is no Ogg, or has no sound that we know."""
    chain, at = _Chain(), 0
    if file.read(4) != MARK:
        return None
    while 0 <= at < size_bytes:
        file.seek(at)
        head = file.read(HEAD_BYTES + 255)
        if not head.startswith(MARK):
            at = _next_mark(file, at)
            continue
        length = _page_bytes(head)
        if length is None or at + length > size_bytes:
            break
        flags, position, serial = struct.unpack_from("<BqI", head, 5)
        body_at = HEAD_BYTES + head[26]
        file.seek(at + body_at)
        chain.take(flags, position, serial, file.read(64) if flags & FIRST else b"")
        at += length
    links = chain.links()
    if not links:
        return None
    whole = sum(link.seconds for link in links)
    return Ogg(whole, max(1, len(links)), stops_short=not all(link.ended for link in chain.current.values()))


def _page_bytes(head: bytes) -> int | None:
    """Head, segment table and body; None where the table itself is cut off."""
    if len(head) < HEAD_BYTES or len(head) < HEAD_BYTES + head[26]:
        return None
    return HEAD_BYTES + head[26] + sum(head[HEAD_BYTES : HEAD_BYTES + head[26]])


def _next_mark(file: BinaryIO, at: int) -> int:
    """Where the next page begins after damage; -1: nowhere."""
    at += 1
    while True:
        file.seek(at)
        block = file.read(BLOCK_BYTES)
        found = block.find(MARK)
        if found >= 0:
            return at + found
        if len(block) < BLOCK_BYTES:
            return -1
        at += BLOCK_BYTES - len(MARK) + 1


def _link(body: bytes) -> _Link | None:
    """What the first packet of a stream says; None for pictures and what we do not know."""
    if body.startswith(b"OpusHead") and len(body) >= 12:  # noqa: PLR2004 - up to the pre-skip
        return _Link(OPUS_HZ, struct.unpack_from("<H", body, 10)[0])
    rate = 0
    if body.startswith(b"\x01vorbis") and len(body) >= 16:  # noqa: PLR2004 - up to the rate
        rate = struct.unpack_from("<I", body, 12)[0]
    if body.startswith(b"\x7fFLAC") and len(body) >= 30:  # noqa: PLR2004 - as above
        rate = int.from_bytes(body[27:30], "big") >> 4  # 20 bits
    if body.startswith(b"Speex   ") and len(body) >= 40:  # noqa: PLR2004 - as above
        rate = struct.unpack_from("<I", body, 36)[0]
    return _Link(rate, 0) if rate else None
