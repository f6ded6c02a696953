"""The sentences of a page or feed around what was found there: what a reader reads, and nothing of machines.

A page's navigation, lists of names, times and a feed's own fields are no sentences, and are not quoted.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.core.output import PublicFile

MOST_SHOWN = 3  # quotations of one file
LONGEST_SIDE_LETTERS = 160  # of a sentence, on each side of what was found
_PROSE = (".html", ".xml")
_UNSEEN = re.compile(r"<!--.*?-->|<(head|script|style|svg|nav)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var)"
    r"(?:\s[^>]*)?/?>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^>]+>")
_ENDS = ".!?…"  # of a sentence
_BETWEEN = re.compile(rf"(?<=[{_ENDS}])[\"'”’»)\]]*\s+")


def quotes_of(file: PublicFile, wanted: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """Each sentence of a file that holds what is wanted: before it, as it stands there, behind it."""
    if not file.key.endswith(_PROSE) or not isinstance(file.content, bytes):
        return
    for block in _blocks(file.content.decode("utf-8", "replace")):
        for sentence in sentences(block):
            if hit := wanted.search(sentence):
                yield _shortened(sentence, hit)


def sentences(block: str) -> Iterator[str]:
    """The whole sentences of a paragraph; what ends in no full stop or the like is none."""
    start = 0
    for gap in [*_BETWEEN.finditer(block), None]:
        end = gap.end() if gap else len(block)
        sentence = block[start:end].strip()
        start = end
        if sentence.rstrip("\"'”’»)] ").endswith(tuple(_ENDS)):
            yield sentence


def _blocks(text: str) -> Iterator[str]:
    """The paragraphs of HTML or XML, and of HTML that stands in XML."""
    opened = _CDATA.sub(r"\1", text)
    for part in _TAG.split(_INLINE.sub("", _UNSEEN.sub("", opened))):
        words = " ".join(unescape(part).split())
        if "</" in words and _TAG.search(words):  # HTML that was escaped; without a tag it would not end
            yield from _blocks(words)
        elif words:
            yield words


def _shortened(sentence: str, hit: re.Match[str]) -> tuple[str, str, str]:
    before, after = sentence[: hit.start()], sentence[hit.end() :]
    if len(before) > LONGEST_SIDE_LETTERS:
        before = "…" + before[-LONGEST_SIDE_LETTERS:].partition(" ")[2]
    if len(after) > LONGEST_SIDE_LETTERS:
        after = after[:LONGEST_SIDE_LETTERS].rpartition(" ")[0] + "…"
    return before, hit[0], after
