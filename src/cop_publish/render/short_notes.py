"""Show notes as short HTML: the few tags that apps show, at most so many bytes, cut where a tag ends."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import NamedTuple

# PSP-1 allows these in a description.  What is no key here is left out, its words kept.
_AS = {
    **{tag: (tag,) for tag in ("p", "ol", "ul", "li", "a", "b", "i", "strong", "em")},
    **{f"h{level}": ("p", "strong") for level in range(1, 7)},
    **dict.fromkeys(("tr", "pre", "dt", "dd", "figcaption"), ("p",)),
}
_BLOCKS = frozenset({"p", "ol", "ul", "li"})
_SPACED = frozenset(
    {"br", "td", "th", "hr", "div", "section", "blockquote"}
)  # their words must not run together
_PIECE = 2048  # characters read at a time: what shows is seldom longer than two
_LINKS = ("http://", "https://", "mailto:")


def shorten(html: str, limit_bytes: int) -> str:
    """Give sanitised HTML reduced to what apps show, in at most `limit_bytes` of UTF-8.

    It ends after the last paragraph or list entry that fits whole; where none does, nothing is left.
    """
    reader = _Shortener(limit_bytes)
    for start in range(0, len(html), _PIECE):
        if not reader.full:  # nothing is read beyond what fits
            reader.feed(html[start : start + _PIECE])
    reader.close()
    return reader.result()


class _Kept(NamedTuple):
    pieces: int
    open_tags: tuple[str, ...]


class _Shortener(HTMLParser):
    def __init__(self, limit_bytes: int) -> None:
        super().__init__(convert_charrefs=True)
        self._limit = limit_bytes
        self._pieces: list[str] = []
        self._size = 0
        self._open: list[str] = []
        self._kept = _Kept(0, ())
        self.full = False

    def result(self) -> str:
        kept = "".join(self._pieces[: self._kept.pieces])
        return kept + "".join(f"</{tag}>" for tag in reversed(self._kept.open_tags))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SPACED:
            self._add(" " if self._open else "")
        for shown in _AS.get(tag, ()):
            self._open.append(shown)
            self._add(_start(shown, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        for shown in reversed(_AS.get(tag, ())):
            if shown not in self._open:
                continue
            while self._close() != shown:
                pass
            if shown in _BLOCKS and not self.full:
                self._kept = _Kept(len(self._pieces), tuple(self._open))

    def handle_data(self, data: str) -> None:
        inside = any(tag not in ("ol", "ul") for tag in self._open)
        self._add(escape(data, quote=False) if inside else "")

    def _close(self) -> str:
        tag = self._open.pop()
        self._add(f"</{tag}>")
        return tag

    def _add(self, piece: str) -> None:
        self._size += len(piece.encode())
        closing = sum(len(f"</{tag}>") for tag in self._open)
        self.full = self.full or self._size + closing > self._limit
        if not self.full:
            self._pieces.append(piece)


def _start(tag: str, attributes: dict[str, str | None]) -> str:
    address = attributes.get("href") or ""
    if tag == "a" and address.startswith(_LINKS):
        return f'<a href="{escape(address)}">'
    return f"<{tag}>"
