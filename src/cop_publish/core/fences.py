"""Marks as blocks of whole lines: ``::: confidential`` or ``::: network-only``, up to ``::: end``.

Fail closed: every line that looks like a fence and is not one exactly is a problem, for behind a
mistyped fence a confidential passage would be published.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cop_publish.core.keywords import is_near_keyword
from cop_publish.core.lookalikes import fold, slips
from cop_publish.core.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cop_publish.core.escapes import Sign
    from cop_publish.core.lines import Line
    from cop_publish.core.problems import Place, Problems


class Mark(StrEnum):
    """Why a passage is withheld."""

    CONFIDENTIAL = "confidential"  # from everyone
    NETWORK_ONLY = "network-only"  # from the public


@dataclass(frozen=True, slots=True)
class Block:
    """A marked block; `first` and `last` are the indexes of its two fence lines."""

    mark: Mark
    first: int
    last: int


END = "end"
NEAR_SLIPS = 2  # a fence with up to so many slips is a damaged fence

_CONTAINERS = re.compile(r"(?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*")  # quotes and lists that a mark may stand in
_FENCE = re.compile(r":::\s*(confidential|network-only|end)")
_FENCES = tuple(f"::: {word}" for word in (*Mark, END))
LONGEST_FENCE = max(map(len, _FENCES)) + NEAR_SLIPS
_LOST_COLONS = re.compile(r"(?:[:;.,]{2,}|[:;]\s)(.*)|(.*)::")
_LOST_COLONS_END = re.compile(r"[:;.,]{2,}\s*end")
_DASHED = re.compile(r"([-=+])\1{2,}\s*([a-z][a-z _-]*?)\s*\1*")  # --- confidential ---
# What begins a block in other notations: ``` x, !!! x, %% x, @x, <x>, {{< x >}}, BEGIN x.  Not # and *, for a
# heading may be that word, nor a single back-tick.
_FOREIGN = re.compile(
    r"(?:```+|~~~+|!!!+|\?\?\?\+?|%+|@|\$+|</?|\{+[<%#!]?|(?:begin|start)\b)\s*([a-z][a-z_-]*)[^a-z0-9]*"
)
_CONFLICT = re.compile(r"(<{7}|>{7}|\|{7})(?:\s|$)")
_COLONS = re.compile(r":::+|^::")
_END_AFTER = re.compile(r"\s*end(?![^\W_])")
_LONGEST_END = len(END) + 1
_FIRST_WORDS = 4  # `::: strictly confidential` was meant as a mark
_WORDS = tuple(word.replace("-", "") for word in Mark)

_FIX_FENCE = "Write `::: confidential`, `::: network-only` or `::: end` alone on its line; "
_AS_TEXT = "if it is meant as text, write `\\{}`."
_IN_OTHER_WORDS = "if no mark is meant, write the word in another way."
_FIX_ESCAPE = (
    "Take the backslash out to withhold what follows; if no mark is meant, write the word in another way."
)
_FIX_CONFLICT = "Keep one side, with its marks, and delete these lines; "
_FIX_BLOCK = "A block is `::: confidential` or `::: network-only`, the passage, then `::: end`."


def find_blocks(lines: Sequence[Line]) -> tuple[tuple[Block, ...], Problems]:
    """Give the blocks in order, or every reason why there are none to trust."""
    if damaged := tuple(_damages(lines)):
        return (), damaged
    blocks: list[Block] = []
    problems: list[Problem] = []
    opened: Block | None = None
    for index, line in enumerate(lines):
        word = _fence_word(line.seen)
        if word is None:
            continue
        if word != END and opened is not None:
            problems.append(_nested(line))
        elif word != END:
            opened = Block(Mark(word), index, index)
        elif opened is None:
            problems.append(Problem(_at(line), "`::: end` ends nothing here", _FIX_BLOCK))
        else:
            block, opened = Block(opened.mark, opened.first, index), None
            blocks.append(block)
            if not any(inner.seen.strip(" >") for inner in lines[block.first + 1 : block.last]):
                problems.append(_empty(lines[block.first]))
    if opened is not None:
        what = f"`::: {opened.mark}` is never ended"
        problems.append(
            Problem(_at(lines[opened.first]), what, "Write `::: end` on a line of its own after the passage.")
        )
    return tuple(blocks), tuple(problems)


def looks_like_fence(seen: str) -> bool:
    """Whether a folded line is a fence, whole or damaged."""
    return _fence_word(seen) is not None or _is_damaged(_content(seen))


def how_as_text(seen: str) -> str:
    """Say how to write a folded line that looks like a fence as text; a mark's own word cannot be."""
    return _how_as_text(_content(seen))


def _fence_word(seen: str) -> str | None:
    if ":::" not in seen:
        return None
    found = _FENCE.fullmatch(_content(seen))
    return found[1] if found else None


def _content(seen: str) -> str:
    found = _CONTAINERS.match(seen)
    return seen[found.end() if found else 0 :].strip()


def _damages(lines: Sequence[Line]) -> Iterator[Problem]:
    bare_word: Line | None = None
    for line in lines:
        if conflict := _CONFLICT.match(line.seen):
            what = "an unresolved merge conflict stands here, and one of its sides may lack the marks"
            yield Problem(line.where, what, _FIX_CONFLICT + _AS_TEXT.format(conflict[1]))
        elif any(_turns_off(line.raw, sign) for sign in line.signs):
            what = "a backslash stands before what reads as a mark, and would turn it off"
            yield Problem(_at(line), what, _FIX_ESCAPE)
        elif _fence_word(line.seen) is None and _is_damaged(_content(line.seen)):
            fix = f"{_FIX_FENCE}{_how_as_text(_content(line.seen))}"
            yield Problem(_at(line), "this looks like a mark but is not one exactly", fix)
        elif line.seen.startswith(("```", "~~~")):
            bare_word = None  # `end` is a word of many programming languages
        elif is_near_word(line.seen.strip()):
            bare_word = bare_word or line
        elif bare_word is not None and line.seen.strip() == END:
            what = "this looks like a mark without its colons"
            yield Problem(_at(bare_word), what, f"{_FIX_FENCE}{_IN_OTHER_WORDS}")
            bare_word = None


def _turns_off(raw: str, sign: Sign) -> bool:
    """Whether what a backslash makes text of reads as a mark, or too like one: editors add some unasked."""
    return sign.escaped and _reads_as_mark(_content(fold(raw[: sign.start])), fold(raw[sign.end :]))


def _reads_as_mark(before: str, after: str) -> bool:
    """Whether the words on both sides of colons are a mark's own."""
    return (
        is_near_keyword(after, 0)
        or is_near_word(f"{before} {after}")
        or _END_AFTER.match(after) is not None
        or (not before and (_is_near_end(after) or any(map(is_near_word, after.split()[:_FIRST_WORDS]))))
    )


def _is_near_end(after: str) -> bool:
    letters = "".join(filter(str.isalnum, after))
    return len(letters) <= _LONGEST_END and slips(letters, END) < NEAR_SLIPS


def _how_as_text(content: str) -> str:
    colons = _COLONS.search(content)
    if colons is None or _reads_as_mark(content[: colons.start()], content[colons.end() :]):
        return _IN_OTHER_WORDS
    return _AS_TEXT.format(colons[0])


def _is_damaged(content: str) -> bool:
    """Whether a line is no fence and still too like one (it may be a fence with the colons elsewhere)."""
    content = content.replace("\\", "")  # as editors that write Markdown escape it
    if ":::" in content or content.startswith("::"):
        return True
    dashed = _DASHED.fullmatch(content)
    if dashed is not None and (dashed[2] == END or is_near_word(dashed[2])):
        return True
    foreign = _FOREIGN.fullmatch(content) if "{{" in content or len(content) <= LONGEST_FENCE else None
    if foreign is not None and is_near_word(foreign[1]):
        return True
    if not content or len(content) > LONGEST_FENCE or (content[0].isalnum() and "::" not in content):
        return False
    if any(slips(content, fence) <= NEAR_SLIPS for fence in _FENCES) or _LOST_COLONS_END.fullmatch(content):
        return True
    lost = _LOST_COLONS.fullmatch(content)
    return lost is not None and is_near_word(lost[1] or lost[2] or "")


def is_near_word(content: str) -> bool:
    """Whether a line says nothing but a mark's word, or something too like it."""
    if len(content) > LONGEST_FENCE:
        return False
    letters = "".join(filter(str.isalnum, content))
    return any(
        abs(len(letters) - len(word)) <= NEAR_SLIPS and slips(letters, word) <= NEAR_SLIPS for word in _WORDS
    )


def _nested(line: Line) -> Problem:
    what = "a marked block starts inside another one"
    return Problem(_at(line), what, "End the first with `::: end`, or take the inner fences out.")


def _empty(line: Line) -> Problem:
    what = "this marked block is empty, so what it was for may stand outside it"
    return Problem(_at(line), what, "Put the passage between the two fence lines, or delete both.")


def _at(line: Line) -> Place:
    found = _CONTAINERS.match(line.seen)
    return line.place(found.end() if found else 0)
