# ruff: noqa: RUF001 - characters that look like others are what a damaged mark is made of
"""Texts with marks in every placement, and every way to damage them; «…» encloses what belongs to a mark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

SECRETS = ("quagga", "zebu", "okapi")  # never in the words around the marks

_OPEN, _END, _NETWORK = "«\n::: confidential\n»", "«\n::: end\n»", "«\n::: network-only\n»"
_PASSAGE = "«[[confidential: »quagga okapi« |say| »a calm animal«]]»"
_SHORT = "«[[confidential:»quagga«]]»"

PLACEMENTS = {
    "paragraph": f"One adviser said the {_PASSAGE}, and left.\n",
    "whole paragraph": f"Before.\n\n{_SHORT}\n\nAfter.\n",
    "two in one paragraph": f"One {_PASSAGE} and «[[confidential: »zebu«]]» two.\n",
    "over two lines": "It was «[[confidential: »quagga\nokapi«]]» in all.\n",
    "beside other brackets": f"See [a [map](m.png)] and a[b[0]], {_SHORT}, then [end].\n",
    "heading": f"## On {_SHORT} today\n\nText.\n",
    "list": f"- one\n- two {_PASSAGE}\n- {_SHORT}\n",
    "quote": f"> He said {_SHORT}\n> and left.\n",
    "table": f"| a | b |\n|:--|--:|\n| one {_PASSAGE} | two |\n",
    "code": f'```python\nprint("{_SHORT}", x[0])\n```\n',
    "code span": f"Use `{_SHORT}` here.\n",
    "link text": f"[the {_SHORT}](https://example.org/)\n",
    "alternative text": f"![A table, {_SHORT}](map.jpg)\n",
    "title": f"Notes on {_SHORT}",
    "footnote": f"Text.[^1]\n\n[^1]: As {_PASSAGE} said.\n",
    "escaped brackets near": rf"A genuine \[[x]] and {_SHORT} here." + "\n",
    "block": f"Before.\n{_OPEN}The quagga met\nthe okapi.{_END}\nAfter.\n",
    "block at the very start": "«::: confidential\n»zebu«\n::: end»",
    "two blocks": f"Before.\n{_OPEN}quagga{_END}\nBetween.\n{_NETWORK}zebu\n\nokapi{_END}\nAfter.\n",
    "block in a list": "- one\n\n  «::: confidential\n»  quagga\n«  ::: end\n»- two\n",
    "block in a quote": "> one\n«> ::: network-only\n»> zebu\n«> ::: end\n»> two\n",
    "block in code": f"```yaml\nkey: 1{_OPEN}zebu: 2{_END}other: 3\n```\n",
    "block in a table": f"| a | b |\n|---|---|{_OPEN}| quagga | okapi |{_END}| c | d |\n",
}
TEMPLATES = tuple(PLACEMENTS.values())

ALPHABET = "aeinx :;.-|[](){}\\`*\n\r\t'‘’“–…_/0>#\u00a0\u200b\u00ad\ufeff：［］｜"


def plain_text(template: str) -> str:
    return re.sub("[«»]", "", template)


def mark_spans(template: str) -> list[tuple[int, int]]:
    """The spans of `plain_text` that belong to marks."""
    edges = [found.start() - n for n, found in enumerate(re.finditer("[«»]", template))]
    return list(zip(edges[::2], edges[1::2], strict=True))


def single_edits(template: str) -> Iterator[str]:
    """Every deletion, insertion, substitution and transposition that touches a mark."""
    text = plain_text(template)
    for start, end in mark_spans(template):
        for at in range(start, end):
            yield text[:at] + text[at + 1 :]
            yield from (text[:at] + letter + text[at + 1 :] for letter in ALPHABET)
        for at in range(start, end + 1):
            yield from (text[:at] + letter + text[at:] for letter in ALPHABET)
        for at in range(max(0, start - 1), min(end, len(text) - 1)):
            yield text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def random_edits(template: str, count: int, chance: random.Random) -> str:
    """Make `count` edits one after the other, each aimed at what was a mark."""
    text = plain_text(template)
    for _ in range(count):
        start, end = chance.choice(mark_spans(template))
        at = min(chance.randrange(start, end), len(text) - 2)
        kind = chance.randrange(4)
        if kind == 0:
            text = text[:at] + text[at + 1 :]
        elif kind == 1:
            text = text[:at] + chance.choice(ALPHABET) + text[at:]
        elif kind == 2:
            text = text[:at] + chance.choice(ALPHABET) + text[at + 1 :]
        else:
            text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text
