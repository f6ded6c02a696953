r"""Marks: passages that are withheld, read from the raw text before Markdown, YAML values or WebVTT.

::

    ::: confidential      ::: network-only      [[confidential: costs £4.1m |say| is not cheap]]
    …                     …
    ::: end               ::: end

They hold wherever they stand: in lists, quotes, tables, code, front matter, alternative texts and cues.
A genuine ``[[`` is written ``\[[``.  Whatever looks like a mark and is not one exactly is a problem,
and with a problem there is no value: it fails closed (facts: `core/fences.py`, `core/passages.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cop_publish.core.fences import Block, Mark, find_blocks
from cop_publish.core.lines import lines_of, place_in, split_lines
from cop_publish.core.mending import without
from cop_publish.core.model import Audience
from cop_publish.core.passages import Cut, find_passages, holds_mark
from cop_publish.core.problems import Problem
from cop_publish.core.unmarked import is_unmarked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cop_publish.core.lines import Line
    from cop_publish.core.model import Text
    from cop_publish.core.problems import Place, Problems

__all__ = ["Mark", "Marked", "Passage", "apply_marks"]


@dataclass(frozen=True, slots=True)
class Passage:
    """What was withheld: its raw words, and where its mark starts."""

    kind: Mark
    words: str = field(repr=False)  # never shown in a log or a traceback
    where: Place


@dataclass(frozen=True, slots=True)
class Marked:
    """A text after its marks: what remains for the audience, and what went."""

    words: str
    withheld: tuple[Passage, ...]
    lines: tuple[int, ...]  # for each line of `words`, the line of the file that it comes from


def apply_marks(text: Text, audience: Audience) -> tuple[Marked | None, Problems]:
    """Withhold what is marked: confidential passages from everyone, network-only ones from the public.

    None where there is any problem.
    """
    if is_unmarked(text.raw):
        count = text.raw.count("\n") + (text.raw[-1:] not in ("", "\n"))
        return Marked(text.raw, (), tuple(range(text.where.line, text.where.line + count))), ()
    return read_marks(text, audience)


def read_marks(text: Text, audience: Audience) -> tuple[Marked | None, Problems]:
    """As `apply_marks`, line by line whatever the text holds."""
    lines = lines_of(text)
    blocks, problems = find_blocks(lines)
    problems += tuple(_marks_in_confidential(lines, blocks))
    told = {problem.where.line for problem in problems}
    pieces: dict[int, _Piece] = {}
    for span in _paragraphs(lines, blocks):
        paragraph = lines[span.start : span.stop]
        cuts, found = find_passages(paragraph)
        pieces[span.start] = _Piece(span, paragraph, cuts)
        problems += tuple(p for p in found if p.where.line not in told)
    if problems:
        return None, tuple(sorted(problems))
    return _remaining(lines, blocks, pieces, audience), ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, and what goes from it."""

    span: range
    lines: Sequence[Line]
    cuts: tuple[Cut, ...]

    def words(self) -> Iterator[tuple[str, int]]:
        """What stays, line by line, each with its line in the file."""
        if not self.cuts:
            yield from ((line.raw, line.where.line) for line in self.lines)
            return
        kept = without("".join(line.raw for line in self.lines), self.cuts)
        start = 0
        for line in split_lines("".join(character for character, _ in kept)):
            yield line, place_in(self.lines, kept[start][1]).line
            start += len(line)

    def withheld(self) -> Iterator[Passage]:
        for cut in self.cuts:
            if cut.passage:
                yield Passage(Mark.CONFIDENTIAL, cut.passage, place_in(self.lines, cut.start))


def _paragraphs(lines: Sequence[Line], blocks: Sequence[Block]) -> Iterator[range]:
    """Runs of lines that are neither blank, nor a fence, nor inside a confidential block."""
    apart = {index for index, line in enumerate(lines) if ":::" in line.seen}
    apart |= {n for b in blocks if b.mark is Mark.CONFIDENTIAL for n in range(b.first, b.last)}
    start = 0
    for index, line in enumerate(lines):
        if index in apart or not line.seen.strip(" >"):
            if start < index:
                yield range(start, index)
            start = index + 1
    if start < len(lines):
        yield range(start, len(lines))


def _marks_in_confidential(lines: Sequence[Line], blocks: Sequence[Block]) -> Iterator[Problem]:
    for block in blocks:
        for line in lines[block.first + 1 : block.last]:
            if block.mark is Mark.CONFIDENTIAL and holds_mark(line.seen):
                what = "a mark stands inside a confidential block"
                yield Problem(line.where, what, "The block withholds all of it: take the inner mark out.")


def _remaining(
    lines: Sequence[Line], blocks: Sequence[Block], pieces: Mapping[int, _Piece], audience: Audience
) -> Marked:
    gone = {block.first: block for block in blocks if _goes(block.mark, audience)}
    fences = {edge for block in blocks for edge in (block.first, block.last)}
    words: list[tuple[str, int]] = []
    withheld: list[Passage] = []
    index = 0
    while index < len(lines):
        if index in gone:
            withheld.append(_passage(lines, gone[index]))
            index = _after(lines, gone[index], words)
        elif index in pieces:
            words += pieces[index].words()
            withheld += pieces[index].withheld()
            index = pieces[index].span.stop
        else:
            if index not in fences:
                words.append((lines[index].raw, lines[index].where.line))
            index += 1
    return Marked("".join(line for line, _ in words), tuple(withheld), tuple(n for _, n in words))


def _goes(mark: Mark, audience: Audience) -> bool:
    return mark is Mark.CONFIDENTIAL or audience is not Audience.NETWORK


def _passage(lines: Sequence[Line], block: Block) -> Passage:
    inner = "".join(line.raw for line in lines[block.first + 1 : block.last])
    return Passage(block.mark, inner.rstrip("\r\n"), lines[block.first].where)


def _after(lines: Sequence[Line], block: Block, words: Sequence[tuple[str, int]]) -> int:
    """Where to go on after a block; of the blank lines before and after it one is enough."""
    after = block.last + 1
    is_apart = not words or not words[-1][0].strip()
    if is_apart and after < len(lines) and not lines[after].raw.strip():
        return after + 1
    return after
