"""A walk along the frames of an MP3 or AAC file: each says its own size, and nothing says the whole.

An MP3 may begin with an Info frame that counts the others.  Where it does not, only the walk tells how long
the sound is, how much between the frames is no sound, and that the last frame is not all there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cop_publish.audio.recording.mpeg_frame import HEAD_BYTES, Frame, read_frame

if TYPE_CHECKING:
    from typing import BinaryIO

BLOCK_BYTES = 1 << 18
SURE_FRAMES = 3  # in a row: no accident any more
MOST_TAG_BYTES = 1 << 24  # how far the first frame is looked for behind a damaged tag
_ID3, _ID3_HEAD_BYTES, _ID3V1_BYTES = b"ID3", 10, 128
_UNPLAIN = 0xE0  # ID3v2 flags: frames are not plainly readable


@dataclass(slots=True)
class Walk:
    """What was passed on the way."""

    seconds: float = 0.0  # of all whole frames
    sound_bytes: int = 0
    lost_bytes: int = 0  # between the frames, and neither a tag nor padding
    stops_short: bool = False  # the last frame is not all there
    uneven: bool = False  # sample rate or channels change on the way
    sound_from: int = 0  # where the sound really begins, if the tag before it lies; else 0

    @property
    def seconds_by_size(self) -> float:
        """What the whole file would hold if the lost bytes were sound, too."""
        return self.seconds * (1 + self.lost_bytes / self.sound_bytes)


def walk_frames(file: BinaryIO, size_bytes: int) -> Walk | None:
    """None where the file is neither MP3 nor AAC in plain frames."""
    view = _View(file, size_bytes)
    start, tag_lies = _start(view)
    if start is None:
        return None
    walk = Walk(sound_from=start if tag_lies else 0)
    _walk(view, start, walk)
    return walk if walk.sound_bytes else None


class _View:
    """Reads a few bytes anywhere in a file, and mostly a little further on than before."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self._file, self._at, self._block = file, 0, b""

    def read(self, at: int, count: int) -> bytes:
        offset = at - self._at
        if offset < 0 or offset + count > len(self._block):
            self._file.seek(at)
            self._at, self._block, offset = at, self._file.read(max(count, BLOCK_BYTES)), 0
        return self._block[offset : offset + count]

    def frame(self, at: int) -> Frame | None:
        return read_frame(self.read(at, HEAD_BYTES))


def _walk(view: _View, at: int, walk: Walk) -> None:
    layout = None
    while at < view.size_bytes:
        frame = view.frame(at)
        if frame is None or (frame.layout != layout and not _is_sure(view, at)):
            follows = _after_no_sound(view, at)
            walk.lost_bytes += follows.lost_bytes
            walk.stops_short |= follows.stops_short
            at = follows.at
            continue
        if at + frame.size_bytes > view.size_bytes:
            walk.stops_short = True
            return
        walk.uneven |= layout is not None and frame.layout != layout
        layout = frame.layout
        if walk.sound_bytes or not _counts_frames(view.read(at, 64)):
            walk.seconds += frame.seconds
            walk.sound_bytes += frame.size_bytes
        at += frame.size_bytes


class _Follows(NamedTuple):
    at: int
    lost_bytes: int
    stops_short: bool = False


def _after_no_sound(view: _View, at: int) -> _Follows:
    """Where the next frame or tag begins, and how much of what lies before it may have been sound."""
    if tag := _tag_bytes(view, at):
        return _Follows(at + tag, 0)
    left = view.size_bytes - at
    if left < HEAD_BYTES:
        return _Follows(view.size_bytes, 0, stops_short=view.read(at, 1) == b"\xff")
    next_at = _next_frame(view, at + 1, view.size_bytes)
    return _Follows(next_at, _that_may_be_sound(view, at, next_at))


def _next_frame(view: _View, at: int, stop: int) -> int:
    """The first place from `at` on where frames in a row begin, or a tag; `stop` if there is none."""
    while at < stop:
        block = view.read(at, min(BLOCK_BYTES, stop - at))
        found = min((x for x in (block.find(b"\xff"), block.find(_ID3)) if x >= 0), default=-1)
        if found < 0:
            at += max(1, len(block) - len(_ID3))
            continue
        at += found
        if _is_sure(view, at) or _tag_bytes(view, at):
            return at
        at += 1
    return stop


def _is_sure(view: _View, at: int) -> bool:
    """Whether several frames of one layout follow each other, or the file ends among them."""
    first = view.frame(at)
    for _ in range(SURE_FRAMES):
        frame = view.frame(at)
        if frame is None or first is None or frame.layout != first.layout:
            return False
        at += frame.size_bytes
        if at >= view.size_bytes:
            return True
    return True


def _that_may_be_sound(view: _View, at: int, stop: int) -> int:
    """Bytes that are not padding."""
    count = 0
    while at < stop:
        block = view.read(at, min(BLOCK_BYTES, stop - at))
        if not block:
            break
        count += len(block) if block.strip(b"\0") else 0
        at += len(block)
    return count


def _tag_bytes(view: _View, at: int) -> int:
    """The size of a tag that begins here (ID3v2, ID3v1, APEv2, Lyrics3); 0 for none."""
    head = view.read(at, 32)
    if head.startswith(_ID3) and len(head) >= _ID3_HEAD_BYTES:
        return _id3_bytes(head)
    if head.startswith(b"TAG") and view.size_bytes - at == _ID3V1_BYTES:
        return _ID3V1_BYTES
    if head.startswith(b"APETAGEX") and len(head) >= 24:  # noqa: PLR2004 - up to its flags
        return int.from_bytes(head[12:16], "little") + (32 if head[23] & 0x80 else 0) or 32
    return view.size_bytes - at if head.startswith(b"LYRICSBEGIN") else 0


def _id3_bytes(head: bytes) -> int:
    """10 bytes of head, 7 bits a byte of size, and 10 of a foot where a flag says so (ID3v2.4)."""
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return _ID3_HEAD_BYTES + size + (10 if head[5] & 0x10 else 0)


def _counts_frames(frame: bytes) -> bool:
    """An Info frame (or VBRI), which holds no sound."""
    return any(name in frame for name in (b"Xing", b"Info", b"VBRI"))


def _start(view: _View) -> tuple[int | None, bool]:
    """Where the first frame is (None: this is no such file), and whether the tag before it lies."""
    head = view.read(0, _ID3_HEAD_BYTES)
    if not head.startswith(_ID3):
        return (0 if _is_sure(view, 0) else None), False
    end = _id3_bytes(head)
    really = _after_padding(view, _tag_frames_end(view, head, min(end, view.size_bytes)))
    if really < end and _is_sure(view, really):
        return really, True
    if end < view.size_bytes:
        first = _after_padding(view, end)
        return (first if _is_sure(view, first) or _tag_bytes(view, first) else None), False
    stop = min(view.size_bytes, MOST_TAG_BYTES)
    first = _next_frame(view, _ID3_HEAD_BYTES, stop)
    return (first, True) if first < stop else (None, False)


def _after_padding(view: _View, at: int) -> int:
    while block := view.read(at, BLOCK_BYTES):
        rest = block.lstrip(b"\0")
        if rest:
            return at + len(block) - len(rest)
        at += len(block)
    return at


def _tag_frames_end(view: _View, head: bytes, stop: int) -> int:
    """Where the frames inside an ID3v2.3 or 2.4 tag really end; its own end where they cannot be read."""
    if head[3] not in (3, 4) or head[5] & _UNPLAIN:
        return stop
    at = _ID3_HEAD_BYTES
    while at + 10 <= stop:
        name = view.read(at, 10)
        if not name[:4].isalnum() or not name[:4].isupper():
            return at
        shift = 7 if head[3] == 4 else 8  # noqa: PLR2004 - ID3v2.4
        size = sum(byte << shift * (3 - index) for index, byte in enumerate(name[4:8]))
        at += 10 + size
    return min(at, stop)
