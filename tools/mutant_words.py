"""Texts with a part taken out: words of a list, alternatives and counts of a pattern, letters of a group."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUP_START = re.compile(r"\((?:\?(?:[aiLmsux-]*:|<?[=!]|P<\w+>))?")
_COUNT = re.compile(r"(?<=\{)\d+(?=,?\d*\})|(?<=\d,)\d+(?=\})|(?<=\{,)\d+(?=\})")
_IS_PATTERN = re.compile(r"\(\?|\\[bwdsWS]|\[[^\]]*\][+*?{]|\w\|\w|\{\d+,?\d*\}")
_LETTERS = 8  # of a group of letters that look alike
_SHOWN = 30


def without_parts(value: str | bytes, *, whole: bool, is_list: bool) -> Iterator[tuple[str, str | bytes]]:
    """What is taken out, and the text without it; `whole`: it is not only a piece of a longer one."""
    if isinstance(value, bytes):
        for what, text in without_parts(value.decode("latin-1"), whole=whole, is_list=is_list):
            yield what, str(text).encode("latin-1")
    elif is_list and len(value.split()) > 1:
        words = value.split()
        for place, word in enumerate(words):
            yield f"a list without “{word}”", " ".join([*words[:place], *words[place + 1 :]])
    elif not value.isascii() and len(value) <= 2 * _LETTERS and not any(map(str.isspace, value)):
        for place, letter in enumerate(value):
            yield f"{value!a} without {letter!a}", value[:place] + value[place + 1 :]
    elif _IS_PATTERN.search(value):
        yield from _alternatives(value, whole=whole)
        for count in _COUNT.finditer(value):
            more = f"{value[: count.start()]}{int(count[0]) + 1}{value[count.end() :]}"
            yield f"{int(count[0]) + 1} for {count[0]} in {_around(value, count.start())}", more


def _alternatives(pattern: str, *, whole: bool) -> Iterator[tuple[str, str]]:
    """The pattern without each of its alternatives, at whatever depth."""
    for edges in _groups(pattern):
        for place, (start, end) in enumerate(pairwise(edges)):
            is_open = (start < 0 or end == len(pattern)) and not whole
            if len(edges) == 2 or is_open:  # one alternative, or a part of it is elsewhere
                continue
            first = place == 0
            shorter = pattern[: start + 1] + pattern[end + 1 :] if first else pattern[:start] + pattern[end:]
            yield (
                f"a pattern without {pattern[start + 1 : end]!r} in {_around(pattern, max(start, 0))}",
                shorter,
            )


def _groups(pattern: str) -> Iterator[list[int]]:
    """Of each group, and of the whole, the places before, between and behind its alternatives."""
    open_groups, position, in_class = [[-1]], 0, False
    while position < len(pattern):
        sign = pattern[position]
        if sign == "\\":
            position += 1
        elif in_class:
            in_class = sign != "]" or pattern[position - 1] == "["
        elif sign == "[":
            in_class = True
        elif sign == "|":
            open_groups[-1].append(position)
        elif sign == ")":
            yield [*open_groups.pop(), position]
            open_groups = open_groups or [[position]]
        elif sign == "(" and (start := _GROUP_START.match(pattern, position)):
            position = start.end() - 1
            open_groups.append([position])
        position += 1
    if len(open_groups) == 1:
        yield [*open_groups[0], len(pattern)]


def _around(pattern: str, place: int) -> str:
    return repr(pattern[max(0, place - _SHOWN // 2) : place + _SHOWN // 2])
