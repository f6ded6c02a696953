"""Markdown as people really send it, made into Markdown that CommonMark reads as they meant it.

The sites that move in were written for Jekyll's kramdown, often pasted from a word processor.  Each
rule here is a difference that was found in such a corpus.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.core.problems import Place, Problem, Problems
from cop_publish.render import liquid

if TYPE_CHECKING:
    from collections.abc import Mapping

# `](a b.pdf)` : kramdown links it, CommonMark prints the source.  A title in quotes is left alone.
_SPACED_TARGET = re.compile(r"\]\(([^()<>\n\"' ]* [^()<>\n\"']*)\)")
# `1.     text` : five spaces or more make a code block in CommonMark.
_WIDE_NUMBER = re.compile(r"^( {0,3}\d{1,9}[.)]) {5,}(?=\S)", re.MULTILINE)
_WIDE = " " * 5
_INVISIBLE = re.compile("[\ufeff\u200b\u2060\u00ad]")
_CODE = re.compile(r"(`+[^`]*`+)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


def mend(markdown: str, *, posts: Mapping[str, str], where: Place) -> tuple[str, Problems]:
    """Markdown with Jekyll's addresses as paths from the site's root, and CommonMark's traps mended.

    `posts` maps a post's id to its key, for ``{% post_url %}``.  Other Liquid is a problem (`liquid.py`).
    """
    text = _INVISIBLE.sub("", markdown.replace("\r\n", "\n").replace("\r", "\n"))
    problems: Problems = ()
    if "{" in text:
        found = dict.fromkeys((fault.what, fault.fix) for fault in liquid.faults(text, posts))
        problems = tuple(Problem(where, what, fix) for what, fix in found)
        text = liquid.resolved(text, posts)
    if _SPACED_TARGET.search(text) or (_WIDE in text and _WIDE_NUMBER.search(text)):
        text = _outside_fences(text)
    return text, problems


def _outside_fences(text: str) -> str:
    """Line rules, but not inside fenced code."""
    lines = text.split("\n")
    fence = ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence:
            lines[number] = _line(line)
    return "\n".join(lines)


def _line(line: str) -> str:
    if "](" in line:
        parts = _CODE.split(line)  # every second part is code, and stays as it is
        parts[::2] = [_SPACED_TARGET.sub(_encoded, part) for part in parts[::2]]
        line = "".join(parts)
    return _WIDE_NUMBER.sub(r"\1 ", line)


def _encoded(match: re.Match[str]) -> str:
    return f"]({match[1].strip().replace(' ', '%20')})"
