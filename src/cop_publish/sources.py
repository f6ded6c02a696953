"""Where in what was written a finding of the gate comes from: the file, the line and the cure for that place.

The gate reads finished bytes, and an item's own words as one text: it knows the item and no line.  Whoever
must mend it works in a file, and in a transcript taking a name out is not enough, for the sound says it too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import unescape
from typing import TYPE_CHECKING

from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience, EpisodeDraft
from cop_publish.core.pieces import mentioned_in
from cop_publish.core.present import texts_of
from cop_publish.core.problems import Place, Problem
from cop_publish.core.words import without_markup
from cop_publish.gate.approve import wanted_of
from cop_publish.gate.find import Finding, findings
from cop_publish.gate.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.core.model import Draft, Text
    from cop_publish.core.problems import Problems
    from cop_publish.gate.find import Wanted
    from cop_publish.gate.guard import Guard, Terms

HEARD = (
    "It is heard too: write `@{…}` for whoever it is, or mark the words, and the whole cue goes from text "
    "and sound; or cut it in edit.yaml."
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file with something that the gate finds in it."""

    where: Place
    finding: Finding
    is_heard: bool  # in a cue of the transcript


def located(problems: Iterable[Problem], drafts: Iterable[Draft], guard: Guard) -> Problems:
    """Give each problem of an item the lines that it comes from; one without a line stays as it is."""
    listed = tuple(problems)
    paths = {problem.where.path for problem in listed if not problem.where.line}
    wanted = None
    spots: dict[str, tuple[Spot, ...]] = {}
    for draft in drafts:
        if draft.where.path in paths:
            wanted = wanted or wanted_of(guard)
            terms = guard.terms(frozenset({draft.id}))
            spots[draft.where.path] = tuple(spots_in(draft, terms, wanted))
    found = [each for problem in listed for each in _each(problem, spots.get(problem.where.path, ()))]
    return tuple(dict.fromkeys(found))


def _each(problem: Problem, spots: Iterable[Spot]) -> Iterator[Problem]:
    """The problem once for each line of its own, or as it is."""
    own = [spot for spot in spots if _is_of(spot.finding, problem)]
    for spot in own:
        yield replace(
            problem, where=spot.where, fix=HEARD if spot.is_heard and spot.finding.is_sure else problem.fix
        )
    if not own:
        yield problem


def _is_of(finding: Finding, problem: Problem) -> bool:
    return finding.rule.removeprefix("the ") in problem.what and finding.person in problem.what


def spots_in(draft: Draft, terms: Terms, wanted: Wanted) -> Iterator[Spot]:
    """Everything that the gate finds in the lines of what was written, less what marks take out of it."""
    spoken = {id(cue.text) for cue in draft.cues} if isinstance(draft, EpisodeDraft) else set()
    for text in texts_of(draft):
        is_heard = id(text) in spoken
        for where, finding in dict.fromkeys(_in_lines(text, terms, wanted)):
            yield Spot(where, finding, is_heard)


def _in_lines(text: Text, terms: Terms, wanted: Wanted) -> Iterator[tuple[Place, Finding]]:
    marked, _ = apply_marks(text, Audience.PUBLIC)
    if marked is None:
        return  # a damaged mark is a problem of its own
    lines = [_without_references(line) for line in marked.words.splitlines()]
    alone = [_found(line, terms, wanted) for line in lines]
    for number, (line, found) in enumerate(zip(lines, alone, strict=True)):
        where = Place(text.where.path, marked.lines[min(number, len(marked.lines) - 1)])
        yield from ((where, finding) for finding in found)
        if number + 1 < len(lines):  # what goes over the end of a line
            both = _found(f"{line} {lines[number + 1]}", terms, wanted)
            yield from ((where, finding) for finding in both - found - alone[number + 1])


def _found(line: str, terms: Terms, wanted: Wanted) -> frozenset[Finding]:
    readings = {line, without_markup(line), unescape(line)}
    return frozenset(f for words in readings for f, _ in findings(View("line", words), terms, wanted))


def _without_references(line: str) -> str:
    """What stands for agreed words is no name."""
    for person in mentioned_in(line):
        line = line.replace(f"@{{{person}}}", " ")
    return line
