"""Read the blocks of WebVTT and SubRip: an optional identifier, a line of times, and lines of words.

What the two do not have in common is a `Dialect`.  In both a block ``NOTE # Title`` is a chapter's heading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING

from cop_publish.core.escapes import seen
from cop_publish.core.fences import how_as_text, looks_like_fence
from cop_publish.core.front_matter import FORBIDDEN
from cop_publish.core.model import Text
from cop_publish.core.problems import Place
from cop_publish.core.spoken import Found, Heading, Spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a format writes what both have; `times` has hours, minutes, seconds and thousandths twice."""

    times: re.Pattern[str]
    bad_times: tuple[tuple[re.Pattern[str], str, str], ...]  # what a line of times looks like, what, fix
    fix_times: str
    identifier: re.Pattern[str]
    not_kept: re.Pattern[str]  # the first line of a block that players pass over
    tag: re.Pattern[str]  # groups: `voice` and `opens` for a voice that begins, `closes` for one that ends
    loose_bracket: str  # the character that may not stand loose in words; empty: any may


ARROW = "-->"
_HEADING = re.compile(r"#[ \t]+(?=\S)")
_NOTE = re.compile(r"NOTE(?:[ \t]+|$)")
_LIKE_TIMES = re.compile(r"\s*[\d:.,]{5,15}\s*\S{1,3}\s*[\d:.,]{5,15}(?:\s.*)?")
_BEFORE_WORDS = re.compile(r"(?:\s|<[^<>]*>|\{\\[^{}]*\})*")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z0-9]+);")
_SPACES = re.compile(r"[ \t\r\n]+")


@dataclass(slots=True)
class _Stretch:
    """The words of one voice in a cue, as written, by line."""

    voice: str | None
    lines: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class BlockReader:
    """Reads blocks into what is `found`."""

    found: Found
    dialect: Dialect
    identifiers: list[str] = field(default_factory=list)  # of each cue; empty: it has none

    def read(self, lines: Sequence[str], after: int = 0) -> None:
        """Read every block of a file's lines that begins after line `after`."""
        for first, block in _blocks(lines):
            if first > after:
                self._block(first, block)
        if self.found.headings and self.found.headings[-1].before == len(self.found.spoken):
            line = self.found.headings[-1].title.where.line
            self.found.problem(line, "no cue follows this heading", "Move it above a cue, or delete it.")

    def _block(self, first: int, lines: list[str]) -> None:
        arrow = next((n for n, line in enumerate(lines) if ARROW in line), None)
        if self.dialect.not_kept.fullmatch(lines[0]):
            self._note(first, lines)
            if arrow is not None:
                what = "players read this note as a cue"
                self.found.problem(first + arrow, what, f"Take the `{ARROW}` out of the note.")
        elif arrow is None or arrow > 1 or (arrow and not self.dialect.identifier.fullmatch(lines[0])):
            for number, line in enumerate(lines, first):
                self.found.refuse_mark(number, line)
            numbered = len(lines) > 1 and lines[0].strip().isdigit()  # the times stand below the number
            self.found.problem(first + numbered, *self._no_times(lines))
        else:
            if arrow == 1:
                self.found.refuse_mark(first, lines[0])
            self.identifiers.append(lines[0].strip() if arrow == 1 else "")
            self._several_cues(first, lines)

    def _note(self, first: int, lines: list[str]) -> None:
        """Keep a heading, and of other notes nothing."""
        note = _NOTE.match(lines[0])
        at = note.end() if note else 0
        titled = 1 if note and at == len(lines[0]) and len(lines) > 1 else 0
        heading = _HEADING.match(lines[titled], 0 if titled else at) if note else None
        if heading is not None:
            where = Place(self.found.path, first + titled, heading.end() + 1)
            title = Text(lines[titled][heading.end() :].rstrip(), where)
            self.found.headings.append(Heading(title, len(self.found.spoken)))
        for number, line in enumerate(lines, first):
            if heading is None or number != first + titled:
                self.found.refuse_mark(number, line)

    def _several_cues(self, first: int, lines: list[str]) -> None:
        """Read the cue of a block; an arrow further down starts another one, and a blank line is missing."""
        arrows = [n for n, line in enumerate(lines) if ARROW in line]
        for start, end in pairwise([*arrows, len(lines)]):
            if start != arrows[0]:
                what = "a cue starts here without a blank line before it"
                self.found.problem(first + start, what, "Add one.")
            self._cue(first + start, lines[start:end])

    def _cue(self, number: int, lines: list[str]) -> None:
        """Read a cue whose first line holds the times."""
        self.found.refuse_mark(number, lines[0])  # whatever stands behind the times is dropped
        times = self._times(number, lines[0])
        faults = len(self.found.problems)
        stretches = self._stretches(number + 1, lines[1:])
        for line, written in ((n, w) for stretch in stretches for n, w in stretch.lines.items()):
            self._check_words(line, written)
        if times is None or len(self.found.problems) > faults:
            return
        cue = Place(self.found.path, number)
        for stretch in stretches:
            said = {line: words for line, written in stretch.lines.items() if (words := _decoded(written))}
            where = _where_words_start(cue, lines[1:], next(iter(said), number))
            self.found.spoken.append(Spoken(*times, stretch.voice, tuple(said.values()), where, cue))

    def _times(self, number: int, line: str) -> tuple[float, float] | None:
        found = self.dialect.times.fullmatch(line)
        if found is None:
            bad = ((what, fix) for looks, what, fix in self.dialect.bad_times if looks.search(line))
            what, fix = next(bad, ("the times of this cue cannot be read", self.dialect.fix_times))
            self.found.problem(number, what, fix)
            return None
        start, end = _seconds(*found.group(1, 2, 3, 4)), _seconds(*found.group(5, 6, 7, 8))
        if end <= start:
            what = "this cue ends before it has begun"
            self.found.problem(number, what, "Write the earlier time first.")
        return start, end

    def _stretches(self, first: int, lines: Sequence[str]) -> list[_Stretch]:
        """Give the words between voice tags; those of one voice that follow each other are one stretch."""
        stretches = [_Stretch(None)]
        voice: str | None = None
        for number, line in enumerate(lines, first):
            for words, tag in self._between_tags(number, line):
                if words.strip() and stretches[-1].voice != voice:
                    stretches.append(_Stretch(voice))
                said = stretches[-1].lines
                said[number] = said.get(number, "") + words
                if tag is not None and (tag["opens"] or tag["closes"]):
                    voice = unescape(tag["voice"] or "").strip() if tag["opens"] else None
        return stretches

    def _between_tags(self, number: int, line: str) -> Iterator[tuple[str, re.Match[str] | None]]:
        """Yield the words between tags, each with the tag that follows."""
        start = 0
        for tag in self.dialect.tag.finditer(line):
            self.found.refuse_mark(number, tag[0].strip("<>{}\\"))
            yield line[start : tag.start()], tag
            start = tag.end()
        yield line[start:], None

    def _check_words(self, number: int, words: str) -> None:
        """Refuse what readers would drop, and block marks, which a cue cannot hold."""
        loose = self.dialect.loose_bracket
        if loose and loose in words:
            what = "`<` opens no tag of WebVTT here"
            self.found.problem(number, what, "Write `&lt;` for the character itself.")
        decoded = _decoded(words)
        spelt = FORBIDDEN.search(decoded)
        if spelt:
            what = f"a character reference spells a control character (U+{ord(spelt[0]):04X})"
            self.found.problem(number, what, "Take it out; right-to-left words need no such character.")
        if looks_like_fence(line := seen(decoded)):
            what = "a block mark stands inside a cue"
            fix = f"Mark the words themselves: `[[confidential: …]]`; {how_as_text(line)}"
            self.found.problem(number, what, fix)

    def _no_times(self, lines: Sequence[str]) -> tuple[str, str]:
        if not any(ARROW in line for line in lines) and any(map(_LIKE_TIMES.fullmatch, lines[:2])):
            return f"the times of this cue have no `{ARROW}` between them", self.dialect.fix_times
        return "this text belongs to no cue", (
            "Put a line of times above it, or start it with `NOTE` if nobody is to read it; "
            "leave no blank line inside a cue."
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


def _decoded(words: str) -> str:
    if "&" in words:
        words = _REFERENCE.sub(lambda found: unescape(found[0]), words)
    return _SPACES.sub(" ", words).strip(" ")


def _where_words_start(cue: Place, lines: Sequence[str], line: int) -> Place:
    """Give a column only where the words stand in the file as they are."""
    if len(lines) != 1:
        return Place(cue.path, line)
    start = _BEFORE_WORDS.match(lines[0])
    column = start.end() if start else 0
    if "<" in lines[0][column:] or "{\\" in lines[0][column:] or "&" in lines[0]:
        return Place(cue.path, line)
    return Place(cue.path, line, column + 1)


def _seconds(hours: str | None, minutes: str, seconds: str, milliseconds: str | None) -> float:
    total = (int(hours or 0) * 60 + int(minutes)) * 60_000 + int(seconds) * 1000 + int(milliseconds or 0)
    return total / 1000
