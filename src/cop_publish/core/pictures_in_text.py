r"""Take pictures out of Markdown: where they are shown, with what belongs to nothing else.

Taken out are ``![…](file "caption")`` and ``![…][name]`` with its definition, a link or emphasis that holds
nothing but the picture, and a list entry or a quotation that is empty then.  Code stays: it shows no picture.
What is not plain Markdown is left alone, and said: HTML that shows the file, and a picture in a ``<figure>``,
whose caption would stay.  The lines keep their numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # Whether a path, as it stands in the text, is of a picture that goes.
    Goes = Callable[[str], bool]

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_TICKS = re.compile(r"`+")
_FIGURE = re.compile(r"<figure\b.*?</figure\s*>", re.DOTALL | re.IGNORECASE)
_DEFINITION = re.compile(
    r"^ {0,3}\[([^\[\]]+)\]:[ \t]*(<[^<>\n]*>|[^\s<]\S*)(?:[ \t]+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?[ \t]*$"
)
_POINTED = re.compile(r"<((?:\\.|[^<>\n\\])*)>")
_TITLE = re.compile(r"\s+(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\))")
_AFTER = re.compile(r"\{:[^{}\n]*\}")  # kramdown's attributes of what stands before
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPTY_ENTRY = re.compile(r"[ \t]*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]*)?")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
_WORD = re.compile(r"[^\s\"'<>()\[\]=]+")
_BREAKING = "\n\n"


@dataclass(frozen=True, slots=True)
class Taken:
    """The text without the pictures, and the lines (from 0) that still show one of them."""

    words: str
    left: tuple[int, ...] = ()


def without_shown(words: str, goes: Goes) -> Taken:
    """Take out every picture that goes."""
    names = {_name(found[1]) for line in words.split("\n") if (found := _defined(line, goes))}
    code = code_in(words)
    framed = [found.span() for found in _FIGURE.finditer(words)]
    spans = [
        _widened(words, span)
        for span in _pictures(words, code, goes, names)
        if not any(start <= span[0] < end for start, end in framed)
    ]
    taken = _without(words, spans)
    taken = "\n".join("" if _is_idle(line, taken, goes) else line for line in taken.split("\n"))
    return Taken(taken, tuple(_still_shown(taken, goes)))


def path_in(words: str) -> str:
    """A path as it is meant: without Markdown's escapes and character references."""
    return unescape(_ESCAPED.sub(r"\1", words))


# --- where the pictures are ------------------------------------------------------------------------------


def _pictures(
    words: str, code: list[tuple[int, int]], goes: Goes, names: set[str]
) -> Iterator[tuple[int, int]]:
    at = words.find("![")
    while at >= 0:
        end = None
        if not _is_escaped(words, at) and not any(start <= at < stop for start, stop in code):
            end = _end_of(words, at, goes, names)
        if end is not None:
            after = _AFTER.match(words, end)
            end = after.end() if after else end
            yield at, end
        at = words.find("![", end or at + 2)


def _end_of(words: str, at: int, goes: Goes, names: set[str]) -> int | None:
    """Where a picture that goes ends; None: there is none, or it stays."""
    close = _closing(words, at + 1)
    if close is None:
        return None
    if words.startswith("(", close):
        target = _target(words, close + 1)
        return target[1] if target and goes(target[0]) else None
    if words.startswith("[", close):
        end = _closing(words, close)
        name = words[close + 1 : end - 1] if end else ""
        return end if _name(name or words[at + 2 : close - 1]) in names else None
    return close if _name(words[at + 2 : close - 1]) in names else None


def _closing(words: str, at: int) -> int | None:
    """Behind the bracket that closes the one at a place, in the same paragraph."""
    depth = 0
    for place in range(at, len(words)):
        if words.startswith(_BREAKING, place):
            return None
        if words[place] in "[]" and not _is_escaped(words, place):
            depth += 1 if words[place] == "[" else -1
            if not depth:
                return place + 1
    return None


def _target(words: str, at: int) -> tuple[str, int] | None:
    """The path in the parentheses that begin before a place, and where they end."""
    while at < len(words) and words[at] in " \t\n":
        at += 1
    found = _POINTED.match(words, at)
    if found:
        path, end = found[1], found.end()
    else:
        end = _bare_end(words, at)
        path = words[at:end]
    title = _TITLE.match(words, end)
    end = title.end() if title else end
    while end < len(words) and words[end] in " \t\n":
        end += 1
    return (path_in(path), end + 1) if words.startswith(")", end) else None


def _bare_end(words: str, at: int) -> int:
    depth = 0
    while at < len(words) and words[at] not in " \t\n":
        if words[at] in "()" and not _is_escaped(words, at):
            depth += 1 if words[at] == "(" else -1
            if depth < 0:
                break
        at += 1
    return at


def _is_escaped(words: str, at: int) -> bool:
    start = at
    while start and words[start - 1] == "\\":
        start -= 1
    return (at - start) % 2 == 1


def _name(label: str) -> str:
    return " ".join(path_in(label).casefold().split())


def _defined(line: str, goes: Goes) -> re.Match[str] | None:
    found = _DEFINITION.match(line)
    return found if found and goes(path_in(found[2].removeprefix("<").removesuffix(">"))) else None


def code_in(words: str) -> list[tuple[int, int]]:
    """Where code stands, in fences and between ticks."""
    spans, fence, start, at = [], "", 0, 0
    for line in words.split("\n"):
        found = _FENCE.match(line)
        if found and not fence:
            fence, start = found[1], at
        elif found and found[1].startswith(fence) and not line.strip().strip(fence[0]):
            spans.append((start, at + len(line)))
            fence = ""
        at += len(line) + 1
    if fence:
        spans.append((start, len(words)))
    at = 0
    while opened := _TICKS.search(words, at):
        at = opened.end()
        if any(first <= opened.start() < last for first, last in spans) or _is_escaped(words, opened.start()):
            continue
        closed = next((t for t in _TICKS.finditer(words, at) if t[0] == opened[0]), None)
        if closed and _BREAKING not in words[opened.start() : closed.end()]:
            spans.append((opened.start(), closed.end()))
            at = closed.end()
    return spans


# --- what goes with them ---------------------------------------------------------------------------------


def _widened(words: str, span: tuple[int, int]) -> tuple[int, int]:
    """With the emphasis and the link around it that hold nothing else."""
    start, end = span
    while True:
        before, after = words[:start].rstrip(" \t"), words[end:].lstrip(" \t")
        skipped = end + len(words[end:]) - len(words[end:].lstrip(" \t"))
        if before.endswith("[") and after.startswith("]") and not _is_escaped(before, len(before) - 1):
            close = _link_end(words, skipped + 1)
            if close is None:
                return start, end
            start, end = len(before) - 1, close
            continue
        run = re.search(r"(\*+|_+|~~)$", words[:start])
        if run and words.startswith(run[0], end):
            start, end = run.start(), end + len(run[0])
            continue
        return start, end


def _link_end(words: str, at: int) -> int | None:
    if words.startswith("(", at):
        target = _target(words, at + 1)
        return target[1] if target else None
    return _closing(words, at) if words.startswith("[", at) else None


def _without(words: str, spans: list[tuple[int, int]]) -> str:
    """The text without these spans, and without the marks of an entry that is empty then."""
    touched: set[int] = set()
    for start, end in reversed(spans):
        first = words.count("\n", 0, start)
        lines = words.count("\n", start, end)
        touched |= set(range(first, first + lines + 1))
        after = words[end:]
        if words[:start][-1:] in {"", " ", "\n"}:
            after = after.lstrip(" ") if not after.lstrip(" ").startswith("\n") else after
        words = words[:start] + "\n" * lines + after
    text = words.split("\n")
    for number in sorted(touched):
        line = text[number].rstrip(" \t")
        text[number] = line
        follows = text[number + 1] if number + 1 < len(text) else ""
        if _EMPTY_ENTRY.fullmatch(line) and not follows.startswith((" ", "\t", ">")):
            text[number] = ""
            alone = not number or not text[number - 1].strip()
            if alone and _UNDERLINE.fullmatch(follows):
                text[number + 1] = ""
    return "\n".join(text)


def _is_idle(line: str, words: str, goes: Goes) -> bool:
    """Whether a line defines a picture that goes, and nothing in the text names it any more."""
    found = _defined(line, goes)
    if found is None:
        return False
    used = [_name(name) for name in re.findall(r"\[([^\[\]]+)\](?!:)", words)]
    return _name(found[1]) not in used


def _still_shown(words: str, goes: Goes) -> Iterator[int]:
    code = code_in(words)
    for found in _WORD.finditer(words):
        is_code = any(start <= found.start() < end for start, end in code)
        if not is_code and goes(path_in(found[0].rstrip(".,;:!?"))):
            yield words.count("\n", 0, found.start())
