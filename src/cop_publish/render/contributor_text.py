"""A contributor's page as plain text, wrapped, for mailboxes that open no HTML file."""

from __future__ import annotations

import textwrap
from html.parser import HTMLParser

LINE_LETTERS = 72  # as e-mail is wrapped, so that it can be quoted once (RFC 3676, section 4.2)
_RULES = {"h1": "=", "h2": "-"}
_BLOCKS = frozenset(
    ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "dd", "div", "blockquote", "figcaption", "pre", "tr")
)
_ROWS = frozenset(("dd", "li"))  # one below another without an empty line
_WITHOUT_WORDS = frozenset(("head", "style", "script"))
_INDENTS = {"blockquote": "> ", "li": "  ", "div": "  "}
_BEFORE = {"del": "[", "ins": "[", "br": " "}
_BEHIND = {"del": "]", "ins": "]", "dt": ": ", "td": " ", "th": " "}


def text_of(html: str) -> str:
    """The words of a page, a paragraph at a time, each line at most 72 characters where words allow it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n".join(reader.lines).strip("\n") + "\n"


class _Reader(HTMLParser):
    """Collects the words of a block until it ends, and knows what is set before its lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._words: list[str] = []
        self._open: list[str] = []  # blocks
        self._indents: list[tuple[str, str]] = []  # each with its element
        self._bullet = ""
        self._unseen = 0
        self._last = ""  # the kind of the block before

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        self._unseen += tag in _WITHOUT_WORDS
        self._words.append(_BEFORE.get(tag, ""))
        if tag in _BLOCKS:
            if tag != "dd":  # it goes on where its dt stands
                self._end_block()
            self._open.append("who" if "who" in classes else tag)
        if tag == "li":
            self._bullet = "- "
        if tag in _INDENTS:
            self._indents.append((tag, "| " if "yours" in classes else _INDENTS[tag]))

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _WITHOUT_WORDS
        self._words.append(_BEHIND.get(tag, ""))
        if tag in _BLOCKS:
            self._end_block()
            self._open.pop()
        if self._indents and self._indents[-1][0] == tag:
            self._indents.pop()

    def handle_data(self, data: str) -> None:
        self._words.append("" if self._unseen else data)

    def _end_block(self) -> None:
        words = " ".join("".join(self._words).split())
        self._words.clear()
        if not words:
            return
        kind = self._open[-1] if self._open else ""
        before = "".join(indent for _, indent in self._indents)
        wrapped = textwrap.wrap(
            words,
            LINE_LETTERS,
            initial_indent=before.removesuffix("  ") + self._bullet if self._bullet else before,
            subsequent_indent=before,
            break_long_words=False,
            break_on_hyphens=False,
        )
        is_tight = self._last == "who" or (kind in _ROWS and kind == self._last)
        self.lines += wrapped if is_tight else ["", *wrapped]
        if kind in _RULES and not before:
            self.lines.append(_RULES[kind] * max(map(len, wrapped)))
        self._last, self._bullet = kind, ""
