"""Read a transcript: WebVTT (W3C Candidate Recommendation, section 4) in, cues in source time out.

A cue's speaker is the person ID of its voice tag.  Nothing is dropped that could hold a mark: notes,
style and region blocks are never kept, and a mark in one of them, or between cues, is a problem.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING

from cop_publish.core.consents import PersonId
from cop_publish.core.fences import looks_like_fence
from cop_publish.core.front_matter import FORBIDDEN, check_characters
from cop_publish.core.lines import split_lines
from cop_publish.core.lookalikes import fold
from cop_publish.core.model import CueDraft, Text
from cop_publish.core.problems import Place, Problem
from cop_publish.core.values import PERSON_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cop_publish.core.problems import Problems

_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_NOT_KEPT = re.compile(r"NOTE(?:[ \t].*)?|(?:STYLE|REGION)[ \t]*")
_TIMESTAMP = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMINGS = re.compile(rf"[ \t]*{_TIMESTAMP}[ \t]+-->[ \t]+{_TIMESTAMP}(?:[ \t]+\S.*)?[ \t]*")
_LIKE_TIMINGS = re.compile(r"\s*[\d:.,]{5,15}\s*\S{1,3}\s*[\d:.,]{5,15}(?:\s.*)?")
_SUBRIP_COMMA = re.compile(r"\d,\d{3}")
_TAG = re.compile(
    r"<(?:/?(?:[cibu]|ruby|rt|lang)(?:[.\s][^<>]*)?"
    r"|(?:\d{2,}:)?\d\d:\d\d\.\d{3}"
    r"|(?P<closes>/v)"
    r"|(?P<opens>v)(?:\.[^\s<>]*)?(?:\s(?P<voice>[^<>]*))?)>"
)
_BEFORE_WORDS = re.compile(r"(?:\s|<[^<>]*>)*")
_REFERENCE = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z0-9]+);")
_SPACES = re.compile(r"[ \t\r\n]+")
_ARROW = "-->"

_FIX_TIMINGS = "Write `00:01:02.000 --> 00:01:05.500`."
_FIX_VOICE = "Write the person's ID: `<v p-7f3k>`."


def parse_webvtt(text: str, path: str) -> tuple[tuple[CueDraft, ...], Problems]:
    """Give the cues in file order, and everything that is wrong; with a problem no cue is to be used."""
    clean, deceiving = check_characters(text, path)
    if deceiving:
        return (), deceiving
    lines = [line.rstrip("\n") for line in split_lines(clean)]
    reading = _Reading(path)
    if not lines or not _HEADER.fullmatch(lines[0]):
        reading.problem(1, *_no_header(lines))
        return (), tuple(reading.problems)
    reading.header(lines)
    for first, block in _blocks(lines):
        if first > 1:
            reading.block(first, block)
    if not reading.cues and not reading.problems:
        reading.problem(1, "this transcript holds no cues", "Add cues, or delete the file.")
    return tuple(reading.cues), tuple(sorted(set(reading.problems)))


def _no_header(lines: Sequence[str]) -> tuple[str, str]:
    if not any(line.strip() for line in lines):
        return "this transcript is empty", "Write `WEBVTT`, a blank line and the cues, or delete the file."
    return "this is not WebVTT: its first line is not `WEBVTT`", (
        "Write `WEBVTT` alone on the first line, then a blank line; save subtitles of another kind as WebVTT."
    )


def _blocks(lines: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Runs of lines that are not empty, each with the number of its first line."""
    blocks: list[tuple[int, list[str]]] = []
    last_was_empty = True
    for number, line in enumerate(lines, 1):
        if not line.strip():
            last_was_empty = True
        elif last_was_empty:
            blocks.append((number, [line]))
            last_was_empty = False
        else:
            blocks[-1][1].append(line)
    return blocks


@dataclass(slots=True)
class _Reading:
    """One file being read."""

    path: str
    cues: list[CueDraft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cue_start: float | None = None  # of the cue being read
    last_start: float = 0.0
    last_end: float = 0.0

    def problem(self, line: int, what: str, fix: str) -> None:
        self.problems.append(Problem(Place(self.path, line), what, fix))

    def header(self, lines: Sequence[str]) -> None:
        """Check the lines up to the first blank one; their words are never kept."""
        for number, line in enumerate(lines, 1):
            if not line.strip():
                return
            self.no_mark(number, line)
            if _ARROW in line:
                self.problem(number, "a cue starts inside the header", "Put a blank line after `WEBVTT`.")

    def block(self, first: int, lines: list[str]) -> None:
        arrow = next((n for n, line in enumerate(lines) if _ARROW in line), None)
        if _NOT_KEPT.fullmatch(lines[0]):
            for number, line in enumerate(lines, first):
                self.no_mark(number, line)
            if arrow is not None:
                self.problem(
                    first + arrow, "players read this note as a cue", "Take the `-->` out of the note."
                )
        elif arrow is None or arrow > 1:
            for number, line in enumerate(lines, first):
                self.no_mark(number, line)
            self.problem(first, *_no_timings(lines))
        else:
            if arrow == 1:
                self.no_mark(first, lines[0])
            self.several_cues(first, lines)

    def no_mark(self, number: int, line: str) -> None:
        """Refuse a mark where it would be dropped unseen."""
        seen = fold(line)
        is_fence = looks_like_fence(seen) and not seen.startswith("::cue")  # CSS in a STYLE block
        if "[[" in seen or "]]" in seen or is_fence:
            self.problem(
                number,
                "a mark stands outside the words of a cue",
                "Mark the words themselves, cue by cue: `[[confidential: …]]`.",
            )

    def several_cues(self, first: int, lines: list[str]) -> None:
        """Read the cue of a block; an arrow further down starts another one, and a blank line is missing."""
        arrows = [n for n, line in enumerate(lines) if _ARROW in line]
        for start, end in pairwise([*arrows, len(lines)]):
            if start != arrows[0]:
                self.problem(first + start, "a cue starts here without a blank line before it", "Add one.")
            self.cue(first + start, lines[start:end])

    def cue(self, number: int, lines: list[str]) -> None:
        """Read a cue whose first line holds the timings."""
        times = self.times(number, lines[0])
        self.cue_start = times[0] if times else None
        spoken = self.words(number, lines[1:])
        if times is not None and spoken is not None and spoken[1].raw:
            self.cues.append(CueDraft(*times, *spoken))

    def times(self, number: int, line: str) -> tuple[float, float] | None:
        found = _TIMINGS.fullmatch(line)
        if found is None:
            self.problem(number, *_bad_timings(line))
            return None
        start, end = _seconds(*found.group(1, 2, 3, 4)), _seconds(*found.group(5, 6, 7, 8))
        if end <= start:
            self.problem(number, "this cue ends before it has begun", "Write the earlier time first.")
        elif start < self.last_start:
            self.problem(number, "this cue starts before the one above it", "Put the cues in order of time.")
        elif start < self.last_end:
            what = (
                f"this cue starts at {clock(start)}, before the one above it ends at {clock(self.last_end)}"
            )
            self.problem(number, what, "Move one of the two times.")
        self.last_start, self.last_end = start, max(end, self.last_end)
        return start, end

    def words(self, number: int, lines: Sequence[str]) -> tuple[PersonId | None, Text] | None:
        """Who speaks and what; None after a problem."""
        voices: list[str] = []  # of each stretch of words, in order; empty: outside any voice tag
        spoken: list[str] = []
        voice = ""
        faults = len(self.problems)
        for first, line in enumerate(lines, number + 1):
            stretches: list[str] = []
            for stretch, tag in _stretches(line):
                if stretch.strip():
                    voices.append(voice)
                stretches.append(stretch)
                if tag is not None and (tag["opens"] or tag["closes"]):
                    voice = self.voice(first, tag) if tag["opens"] else ""
            self.check_line(first, "".join(stretches))
            spoken.append(_decoded("".join(stretches)))
        if len(set(voices)) > 1:
            self.problem(number, "more than one person speaks in this cue", "Make a cue of each one's words.")
        if len(self.problems) > faults:
            return None
        text = Text(" ".join(filter(None, spoken)), _where_words_start(Place(self.path, number + 1), lines))
        return (PersonId(voices[0]) if voices and voices[0] else None), text

    def voice(self, number: int, tag: re.Match[str]) -> str:
        name = unescape(tag["voice"] or "").strip()
        if not PERSON_ID.fullmatch(name):
            at = f" at {clock(self.cue_start)}" if self.cue_start is not None else ""
            self.problem(number, f"the cue{at} has a voice that is not a person ID", _FIX_VOICE)
        return name

    def check_line(self, number: int, words: str) -> None:
        """Refuse what readers of WebVTT would drop, and block marks, which a cue cannot hold."""
        if "<" in words:
            self.problem(number, "`<` opens no tag of WebVTT here", "Write `&lt;` for the character itself.")
        spelt = FORBIDDEN.search(_decoded(words))
        if spelt:
            what = f"a character reference spells a control character (U+{ord(spelt[0]):04X})"
            self.problem(number, what, "Take it out; right-to-left words need no such character.")
        if looks_like_fence(fold(_decoded(words))):
            what = "a block mark stands inside a cue"
            self.problem(number, what, "Mark the words themselves: `[[confidential: …]]`.")


def _stretches(line: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Yield the words between tags, each with the tag that follows."""
    start = 0
    for tag in _TAG.finditer(line):
        yield line[start : tag.start()], tag
        start = tag.end()
    yield line[start:], None


def _decoded(words: str) -> str:
    return _SPACES.sub(" ", _REFERENCE.sub(lambda found: unescape(found[0]), words)).strip(" ")


def _where_words_start(place: Place, lines: Sequence[str]) -> Place:
    """Give a column only where the words stand in the file as they are."""
    if len(lines) != 1:
        return place
    start = _BEFORE_WORDS.match(lines[0])
    column = start.end() if start else 0
    if "<" in lines[0][column:] or "&" in lines[0]:
        return place
    return Place(place.path, place.line, column + 1)


def _no_timings(lines: Sequence[str]) -> tuple[str, str]:
    if any(_LIKE_TIMINGS.fullmatch(line) for line in lines[:2]):
        return "the times of this cue have no `-->` between them", _FIX_TIMINGS
    return "this text belongs to no cue", (
        "Put a line of times above it, or start it with `NOTE` if nobody is to read it; "
        "leave no blank line inside a cue."
    )


def _bad_timings(line: str) -> tuple[str, str]:
    if _SUBRIP_COMMA.search(line):
        return "the times of this cue have a comma, as SubRip writes them", "Write a full stop instead."
    return "the times of this cue cannot be read", _FIX_TIMINGS


def _seconds(hours: str | None, minutes: str, seconds: str, milliseconds: str) -> float:
    total = (int(hours or 0) * 60 + int(minutes)) * 60_000 + int(seconds) * 1000 + int(milliseconds)
    return total / 1000


def clock(seconds: float) -> str:
    """``01:05`` or ``1:01:05``, as a producer finds it in a player."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
