"""What the readers hand to the scan: texts with the channel they came from, and the bytes accounted for."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Bytes = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class View:
    """One reading of some bytes.  `channel` is shown in reports, so it never holds words of the file."""

    channel: str
    text: str
    code: bool = False  # style sheets, scripts, sources: colons and brackets of their own
    layered: bool = True  # may hold encodings that are not undone yet
    glued: bool = True  # to be read without its spaces too
    noise: bool = False  # compressed sound: short forms and marks occur by chance
    gapless: bool = False  # values that stand apart run into one another
    timed: bool = False  # times stand between the words

    def covers(self, other: View) -> bool:
        """Whether all that is looked for in another reading of the same text is looked for in this one."""
        less = (self.code, self.noise, self.gapless, self.timed, not self.layered, not self.glued)
        others = (other.code, other.noise, other.gapless, other.timed, not other.layered, not other.glued)
        return all(mine <= theirs for mine, theirs in zip(less, others, strict=True))


@dataclass(frozen=True, slots=True)
class Extraction:
    """Every view of a file, how many of its bytes were read, and what no reader understands."""

    views: Iterable[View]
    read_bytes: int
    unread: tuple[str, ...] = ()  # "PNG chunk tEXt is not one that a rebuilt image has"


class Unreadable(Exception):
    """A reader cannot read all of a file; the text says what is wrong and quotes nothing."""


_PRINTABLE = bytes.maketrans(bytes(range(128, 256)), b" " * 128)


def raw_views(channel: str, data: bytes) -> list[View]:
    """Bytes of no known form as Latin-1, UTF-8 and, where there are zero bytes, UTF-16 at either end."""
    texts = [data.decode("latin-1"), data.decode("utf-8", "ignore")]
    if b"\0" in data:
        texts.append(data.replace(b"\0", b"").decode("latin-1"))
        texts += [data[start:].decode(c, "ignore") for c in ("utf-16-le", "utf-16-be") for start in (0, 1)]
    return [View(channel, text, code=True) for text in dict.fromkeys(texts)]


def noise_view(channel: str, data: bytes) -> View:
    """Compressed bytes as ASCII; zero bytes are dropped so that plain UTF-16 reads as well."""
    return View(channel, data.translate(_PRINTABLE, b"\0").decode("ascii"), layered=False, noise=True)
