"""Whether a file ends before its own outline does: the parts of MP4, CAF, AVI and WMA say their sizes.

Asked only of files whose length ffmpeg would take from what is left of them.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

SLACK_BYTES = 8  # a forgotten byte of padding is no loss
MOST_PARTS = 100_000  # six hours in fragments of a quarter of a second
TO_THE_END = -1  # as the size of a part that is open
_MP4 = (b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"wide", b"free", b"skip", b"pnot")
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_FILE = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")  # its properties, among them its size
_ASF_BROADCAST = 1  # flag: written without knowing the end


def ends_early(file: BinaryIO, size_bytes: int) -> bool:
    """Whether a part promises more bytes than there are; False for formats that are not read here."""
    head = file.read(30)
    if head[4:8] in _MP4:
        return _mp4(file, size_bytes)
    if head[:4] == b"caff":
        return _caf(file, size_bytes)
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return _avi(file, size_bytes)
    return head[:16] == _ASF and _asf(file, size_bytes)


def _mp4(file: BinaryIO, size_bytes: int) -> bool:
    """Only in fragments (ISO/IEC 14496-12, 8.8): else the index knows the length, and ffmpeg reads it."""
    at, fragments = 0, False
    for _ in range(MOST_PARTS):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:  # noqa: PLR2004 - size and name
            return fragments and bool(head)
        length, name = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:  # noqa: PLR2004 - the size follows in 64 bits
            length = struct.unpack(">Q", head[8:])[0]
        fragments |= name == b"moof"
        if length < 8 or at + length > size_bytes + SLACK_BYTES:  # noqa: PLR2004 - 0: up to the end
            return fragments and int(length) >= 8  # noqa: PLR2004 - as above
        at += length
    return False


def _caf(file: BinaryIO, size_bytes: int) -> bool:
    at = 8
    for _ in range(MOST_PARTS):
        file.seek(at)
        head = file.read(12)
        if len(head) < 12:  # noqa: PLR2004 - name and size
            return False
        length = struct.unpack(">q", head[4:])[0]
        if length == TO_THE_END:
            return False
        at += 12 + max(0, length)
        if at > size_bytes + SLACK_BYTES:
            return True
    return False


def _avi(file: BinaryIO, size_bytes: int) -> bool:
    """Beyond a gigabyte there are several RIFF parts; a size of 0 was never written back."""
    at = 0
    for _ in range(MOST_PARTS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or head[:4] != b"RIFF":  # noqa: PLR2004 - name and size
            return False
        length = struct.unpack("<I", head[4:])[0]
        at += 8 + length + length % 2
        if at > size_bytes + SLACK_BYTES:
            return True
        if length == 0:
            return False
    return False


def _asf(file: BinaryIO, size_bytes: int) -> bool:
    at = 30
    for _ in range(64):
        file.seek(at)
        head = file.read(92)
        if len(head) < 92:  # noqa: PLR2004 - up to the flags of the properties
            return False
        if head[:16] == _ASF_FILE:
            whole = int.from_bytes(head[40:48], "little")
            return not head[88] & _ASF_BROADCAST and whole > size_bytes + SLACK_BYTES
        at += struct.unpack_from("<Q", head, 16)[0]
    return False
