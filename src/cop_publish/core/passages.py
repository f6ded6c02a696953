r"""Marks inside a paragraph: ``[[confidential: x |say| y]]``; a genuine ``[[`` is written ``\[[``.

Fail closed: ``[[`` must open a known mark, ``]]`` must close something, and a keyword that stands
near brackets without being a whole mark is a problem.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from cop_publish.core.code_in_text import code_spans
from cop_publish.core.escapes import unescaped
from cop_publish.core.keywords import KEYWORDS, NEAR_SLIPS, after_opener, is_near_keyword
from cop_publish.core.lines import place_in
from cop_publish.core.lookalikes import fold, origins, slips
from cop_publish.core.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cop_publish.core.escapes import Sign
    from cop_publish.core.lines import Line
    from cop_publish.core.problems import Problems


@dataclass(frozen=True, slots=True)
class Cut:
    """What leaves a paragraph's raw text: ``raw[start:end]``, and the words that come in its place."""

    start: int
    end: int
    passage: str = field(default="", repr=False)  # the withheld words; empty: only an escape goes
    say: str = ""  # empty: nothing comes in its place


_BRACKETS = re.compile(r"(\\*)(\[+|\]+)")
_HEAD = re.compile(r"\s*confidential\s*:")
_SAY = re.compile(r"\|\s*say\s*\|")
_ESCAPED = re.compile(r"\\(\[\[+)")
# What stands in code behind brackets that open no mark: `[[ -f x ]]`, `[["a"], …`, `[[1], …`, `[[:alpha:]`,
# `[[nodiscard]]`.
# Words, or a label before a colon, may be a mark under another name; they are none where they are an index.
_CODE = re.compile(r"(?::[a-z]{5,6}:\]|[\w.-]+\]\]|\s?\]|\s?[-!$(\"'\d.+*/~^](?![^\[\]]*\w[\"']?\s*[:;]\s))")
_INDEX = re.compile(r"[^\[\]|:;]*\]|[\"'\d-]")
_LINK = re.compile(r"[^\[\]|:;]+\]\([^()\s]*\)\]")  # [[Contribute](how.html)]
_SAID = re.compile(r"\|\s*say")
_DISTANT = 4  # slips: without a backslash, further from a keyword than a typist goes wrong
_PAIR = 2

_FIX_OPEN = r"Write `[[confidential: …]]`; if it is meant as text, write `\[[`"
_FIX_CLOSE = r"Open the mark with `[[confidential:`; if it is meant as text, write `\]]`"
_FIX_INNER = "Pair the brackets inside the passage, or mark whole lines with `::: confidential` and `::: end`"
_FIX_LONG = (
    "Close it with `]]` in the same paragraph; mark several paragraphs with `::: confidential` and `::: end`"
)
_FIX_SAY = "Write `[[confidential: what was said |say| what may be said]]`, with no other | in it"
_FIX_NEAR = "Write `[[confidential: …]]` exactly; if no mark is meant, write the word in another way"


def find_passages(lines: Sequence[Line]) -> tuple[tuple[Cut, ...], Problems]:
    """Read one paragraph; the cuts are in order and do not overlap."""
    escapes = tuple(_escapes(lines))
    seen = fold("".join(line.masked for line in lines))
    if not _COULD_HOLD_MARKS.search(seen):
        return escapes, ()
    reading = _Reading("".join(line.raw for line in lines), seen, list(_code(lines)))
    reading.run()
    faults = reading.faults or list(_near_misses(reading))
    problems = tuple(
        Problem(place_in(lines, reading.origin(at)), what, f"{fix}.") for at, what, fix in faults
    )
    return _in_order([*escapes, *reading.cuts]), problems


def _escapes(lines: Iterable[Line]) -> Iterator[Cut]:
    """The backslashes of signs that are meant as text."""
    at = 0
    for line in lines:
        starts = (at + sign.start for sign in line.signs if _goes(sign, line))
        yield from (Cut(start, start + 1) for start in starts)
        at += len(line.raw)


def _goes(sign: Sign, line: Line) -> bool:
    """Markdown would make quotes of `>>>>>>>`, and takes this backslash away by itself."""
    return sign.escaped and (line.is_code or line.raw[sign.first] != ">")


def _in_order(cuts: Iterable[Cut]) -> tuple[Cut, ...]:
    """What is cut within another cut goes with it."""
    kept: list[Cut] = []
    for cut in sorted(cuts, key=lambda cut: (cut.start, -cut.end)):
        if not kept or cut.start >= kept[-1].end:
            kept.append(cut)
    return tuple(kept)


def _code(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Where code stands in a paragraph's folded text."""
    at = 0
    for line in lines:
        end = at + len(fold(line.masked))
        if line.is_code:
            yield at, end
        at = end
    if not any(line.is_code for line in lines):
        yield from code_spans(fold("".join(line.masked for line in lines)))


_COULD_HOLD_MARKS = re.compile(r"[\[\]<{]|::|;;|\(\(|\|\s*say")


def holds_mark(seen: str) -> bool:
    """Whether a folded text opens a mark."""
    return any(_HEAD.match(seen, found.end()) for found in re.finditer(r"\[\[", seen))


@dataclass(slots=True)
class _Reading:
    """One paragraph being read; positions are those of the folded text until a cut is made."""

    raw: str
    seen: str
    code: Sequence[tuple[int, int]] = ()
    cuts: list[Cut] = field(default_factory=list)
    faults: list[tuple[int, str, str]] = field(default_factory=list)
    loose: bool = False  # a ] that closes nothing, or a ]] that closes two single brackets
    marked: list[tuple[int, int]] = field(default_factory=list)  # whole marks in the folded text
    opened: int = -1  # where an unclosed mark starts; -1: none
    body: int = 0  # where its words start
    depth: int = 0  # single brackets open, since the mark opened if one is open
    outside: int = 0  # single brackets open before the mark opened
    plain: list[bool] = field(default_factory=list)  # double ones open that are no mark: with a backslash?
    _origins: list[int] = field(default_factory=list)

    def run(self) -> None:
        for found in _BRACKETS.finditer(self.seen):
            escapes, start, end = len(found[1]), found.start(2), found.end(2)
            if self.seen[start] == "[":
                self._opening(start, end, escapes)
            else:
                self._closing(start, end, escapes)
        if self.opened >= 0:
            self._fault(self.opened, "`[[confidential:` is not closed in its paragraph", _FIX_LONG)

    def _opening(self, start: int, end: int, escapes: int) -> None:
        length = end - start
        head = _HEAD.match(self.seen, end)
        if length < _PAIR:
            self.depth += 1 - escapes % 2
        elif escapes:
            self.depth += length
            self.plain.append(True)
            if self.opened < 0:
                self.cuts.append(Cut(self.origin(start - 1), self.origin(start - 1) + 1))
        elif self.opened >= 0:
            self._fault(start, "`[[` opens inside a marked passage", _FIX_INNER)
            self.depth += length
        elif length > _PAIR or head is None:
            if not self._is_plain(start, end):
                fix = _FIX_NEAR if is_near_keyword(self.seen, end) else _FIX_OPEN
                self._fault(start, "`[[` opens no known mark", fix)
            self.depth += length
            self.plain.append(False)
        else:
            self.opened, self.body = start, head.end()
            self.depth, self.outside = 0, self.depth

    def _is_plain(self, start: int, end: int) -> bool:
        """Whether brackets are no mark, however damaged: a link; in code a shell's test, an index, lists."""
        if is_near_keyword(self.seen, end, _DISTANT) or _SAID.search(self.seen, end):
            return False
        if _LINK.match(self.seen, end):
            return True
        behind = bisect_right(self.code, start, key=lambda span: span[0])
        if not behind or start >= self.code[behind - 1][1]:
            return False
        is_index = start > 0 and self.seen[start - 1].isalnum()
        return (_INDEX if is_index else _CODE).match(self.seen, end) is not None

    def _closing(self, start: int, end: int, escapes: int) -> None:
        closes_nothing = self._closes_nothing(end - start)
        if self.opened < 0 and escapes % 2 and (closes_nothing or self._ends_escaped(start, end)):
            self.cuts.append(Cut(self.origin(start - 1), self.origin(start - 1) + 1))
            self.loose = self.loose or closes_nothing
            self._leave(end - start)
            return
        start += escapes % 2  # as in Markdown, \] closes nothing
        length = end - start
        beyond = length - _PAIR
        if self.opened < 0:
            self._close_plain(start, length)
        elif beyond == self.depth:
            self._close_mark(end - _PAIR, end)
        elif self.depth == 0 and 0 < beyond <= self.outside:  # ![alt [[confidential: x]]](map.jpg)
            self._close_mark(start, start + _PAIR)
            self.depth -= beyond
        elif length <= self.depth:
            self.depth -= length
        else:
            self._fault(start, "brackets inside a marked passage are not in pairs", _FIX_INNER)
            self.opened, self.depth = -1, self.outside

    def _close_plain(self, start: int, length: int) -> None:
        if self._closes_nothing(length):
            self._fault(start, "`]]` closes nothing", _FIX_CLOSE)
        self.loose = self.loose or length > self.depth or (length >= _PAIR and not self.plain)
        self._leave(length)

    def _leave(self, length: int) -> None:
        self.depth = max(0, self.depth - length)
        if length >= _PAIR and self.plain:
            self.plain.pop()

    def _closes_nothing(self, length: int) -> bool:
        return length >= _PAIR and length > self.depth + bool(self.depth)  # [a, [b][]] is a range

    def _ends_escaped(self, start: int, end: int) -> bool:
        r"""Whether this is the `\]]` of `\[[`, and no `[^\]]` of a regular expression."""
        return end - start >= _PAIR and self.plain[-1:] == [True] and self.seen[start - _PAIR] not in "[^"

    def _close_mark(self, body_end: int, end: int) -> None:
        passage, *say = _SAY.split(self.seen[self.body : body_end])
        if len(say) > 1 or "|" in passage + "".join(say):
            self._fault(self.opened, "a | in this mark is not part of one `|say|`", _FIX_SAY)
        elif not passage.strip() or (say and not say[0].strip()):
            self._fault(self.opened, "this mark lacks its words", _FIX_SAY)
        else:
            divider = _SAY.search(self.seen, self.body, body_end)
            passage_end = divider.start() if divider else body_end
            spoken = self._raw(divider.end(), body_end) if divider else ""
            self.cuts.append(
                Cut(
                    self.origin(self.opened),
                    self.origin(end - 1) + 1,
                    self._raw(self.body, passage_end),
                    unescaped(_ESCAPED.sub(r"\1", spoken)),
                )
            )
            self.marked.append((self.opened, end))
        self.opened, self.depth = -1, self.outside

    def _raw(self, start: int, end: int) -> str:
        return self.raw[self.origin(start) : self.origin(end)].strip()

    def origin(self, at: int) -> int:
        """Where in the raw text the folded text's character `at` comes from."""
        if not self._origins:  # few paragraphs hold a mark
            self._origins = origins(self.raw)
        return self._origins[at]

    def _fault(self, at: int, what: str, fix: str) -> None:
        self.faults.append((at, what, fix))


# --- near misses: a keyword beside brackets or colons that is no whole mark ------------------------

_OPENERS = re.compile(r"\[|(?<![^\W_])(?:::|;;)|\{\{|\(\(|<<")
# Marks of other tools, out of habit: <confidential>, <!-- confidential, {confidential:, {% confidential %}.
# A generic type (Set<Confidential>) is none, nor an address (<confidential@…>).
TAGS = re.compile(  # the first sign before all else: eight times faster than to try each kind everywhere
    r"[<{](?:(?<=<)(?:!--+|(?<![^\W_]<)/?(?=[a-z])(?![\w.+-]+@))"
    r"|(?<=\{)(?:%-?|(?<!\{\{)(?=\s*[a-z])))"
)
_SETTING = re.compile(r"\s*[\w-]+\s*:\s*(?:true|false|null|yes|no)\b")  # of YAML and scripts
_LABEL = re.compile(r"\s*[\w-]+(?:\s[\w-]+)?\s*[:;]")
_PLAIN_USE = re.compile(  # the word alone, a list of words, a link's or an image's words
    r"\s*[\"'“‘]?(?:confidential(?:ly|ity)?|network-only)(?![^\W_])[\"'”’]?"
    r"(?:(?:\s*,\s*[\w-]+)*\s*\](?!:\S)|(?!\W{0,2}[:;|])[^\[\]]*\](?:\(|\[[^\[\]]*\]|:\s))"
)
_LABELLED = re.compile(r"[^\W_]{9,15}\s*[:;]")
_LONG_WORD = re.compile(r"[^\W_]{9,15}")


def _near_misses(reading: _Reading) -> Iterator[tuple[int, str, str]]:
    what = "this looks like a mark but is not one exactly"
    rest = _blanked(reading.seen, reading.marked)
    most = NEAR_SLIPS + reading.loose
    for opener in _OPENERS.finditer(rest):
        if _opens_near_keyword(rest, opener, most):
            yield opener.start(), what, _FIX_NEAR
            return
    for tag in TAGS.finditer(rest):
        if _is_tag_of_a_mark(rest, tag, most):
            yield tag.start(), what, _FIX_NEAR
            return
    words = _LONG_WORD if "|say|" in rest else _LABELLED if reading.loose else None
    for found in words.finditer(rest) if words else ():
        if any(slips(found[0].rstrip(":; \n"), keyword) <= most for keyword in KEYWORDS):
            yield found.start(), what, _FIX_NEAR
            return


def _blanked(seen: str, spans: Iterable[tuple[int, int]]) -> str:
    """`seen` with the whole marks gone, every other character at its place."""
    edges = [0, *(edge for span in spans for edge in span), len(seen)]
    parts = [seen[a:b] if n % 2 == 0 else " " * (b - a) for n, (a, b) in enumerate(pairwise(edges))]
    return "".join(parts)


def _opens_near_keyword(rest: str, opener: re.Match[str], most: int) -> bool:
    if not is_near_keyword(rest, opener.end(), most):
        return False
    after = after_opener(rest, opener.end())
    if opener[0] == "[":
        return _PLAIN_USE.match(rest, opener.end()) is None
    return opener[0] in {"::", ";;"} or ":" in after or ";" in after


def _is_tag_of_a_mark(rest: str, tag: re.Match[str], most: int) -> bool:
    if not is_near_keyword(rest, tag.end(), most):
        return False
    return tag[0] != "{" or (
        _LABEL.match(rest, tag.end()) is not None and not _SETTING.match(rest, tag.end())
    )
