"""Times in show notes: ``{t:40:10}`` is a moment of the recording, and becomes one of the published sound."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.core import timecode
from cop_publish.core.lines import split_lines
from cop_publish.core.model import Moment
from cop_publish.core.pictures_in_text import code_in
from cop_publish.core.problems import Problem
from cop_publish.core.values import seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cop_publish.core.problems import Place, Problems

_LIKE_TOKEN = re.compile(r"(?<!\\)\{\s*[tT]\s*:(?P<time>[^{}\n]*)(?P<end>\}?)")
_TOKEN = re.compile(r"(?<!\\)\{t:(?P<time>[0-9:.]+)\}")
_FIX = "Write it like `{t:40:10}` or `{t:1:02:03.5}`; for the signs themselves write `\\{t:`."


def find_moments(words: str, where: Place, lines: Sequence[int]) -> tuple[tuple[Moment, ...], Problems]:
    """Give every time that a text mentions; `lines` gives for each of its lines the one of the file."""
    moments: list[Moment] = []
    problems: list[Problem] = []
    code = code_in(words) if "{" in words else []
    begin = 0
    for number, line in enumerate(split_lines(words)):
        down = (lines[number] if number < len(lines) else where.line + number) - where.line
        place = where.down(down) if down else where
        for found in _LIKE_TOKEN.finditer(line):
            time = seconds_of(found["time"]) if _TOKEN.fullmatch(found[0]) else None
            if time is None:
                problems.append(Problem(place, "this looks like a time and is not one exactly", _FIX))
            elif _is_inside_link(line[: found.start()]) or _is_in(code, begin + found.start()):
                what = "a time stands inside a link or code, and becomes a link itself"
                problems.append(Problem(place, what, "Write it beside the other."))
            else:
                moments.append(Moment(time, place))
        begin += len(line)
    return tuple(moments), tuple(problems)


def holds_moment(words: str) -> bool:
    """Whether a text has a time, exactly written."""
    return "{t:" in words and _TOKEN.search(words) is not None


def put_times(markdown: str, published_seconds: Callable[[float], float]) -> str:
    """Write every time as a link to its moment in the player; any sign may stand beside it."""

    def link(found: re.Match[str]) -> str:
        seconds = published_seconds(seconds_of(found["time"]) or 0.0)
        fragment = f"{seconds:.3f}".rstrip("0").rstrip(".")  # W3C Media Fragments 1.0
        return f'<a href="#t={fragment}">{timecode.short(seconds)}</a>'

    return _TOKEN.sub(link, markdown)


def _is_inside_link(before: str) -> bool:
    plain = re.sub(r"\\.", "", before)
    return plain.count("[") > plain.count("]")


def _is_in(spans: Sequence[tuple[int, int]], place: int) -> bool:
    return any(start <= place < end for start, end in spans)
