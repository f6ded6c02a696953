"""A yes that nobody gave is one thing to ask for: told once a person, with every line that needs it.

What somebody took back is told place by place: there the texts must be mended, and each line says how.
Nobody is asked again who has just said no.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cop_publish.core.consents import PersonId, TakenBack
from cop_publish.core.ended import day_words
from cop_publish.core.problems import Matter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.core.consents import Consent, Consents
    from cop_publish.core.problems import Place, Problem, Problems

_CUT = re.compile(r"or cut the cue( in edit\.yaml: .*)$")
_RANGE = re.compile(r"or cut the cue in edit\.yaml: (\{.*\})\.$")
_REFUSAL = re.compile(r"(p-[a-z0-9-]+) has not agreed to (a photograph)?")


def told_once(problems: Iterable[Problem], item: str, consents: Consents) -> Problems:
    """Problems of clearing an item; those of one missing yes as one, with the places of the others."""
    told: list[Problem] = []
    known = consents.consents
    missing: dict[tuple[str, str | None], list[Problem]] = defaultdict(list)
    for problem in problems:
        found = _REFUSAL.match(problem.what) if problem.matter is Matter.CONSENT else None
        who = PersonId(found[1]) if found else None
        record = (known.get((who, item)) or known.get((who, None))) if who else None
        if found is None or (record is not None and record.withdrawn_on is not None):
            told.append(_taken_back(problem, record))
        else:
            missing[found[1], found[2]].append(problem)
    return tuple(sorted((*told, *map(_as_one, missing.values()))))


def _taken_back(problem: Problem, record: Consent | None) -> Problem:
    """Say it of who took back everything; of a part it is said where that part is looked at."""
    if record is None or record.withdrawn_on is None or TakenBack.ITEM not in record.withdrawn:
        return problem
    what = problem.what.replace(" has not agreed to ", " no longer agrees to ")
    cure = _CUT.search(problem.fix)
    fix = f"Cut the cue{cure[1]}" if cure else "Take it out, or withdraw what is live of them."
    return replace(problem, what=f"{what}: they took it back on {day_words(record.withdrawn_on)}", fix=fix)


def _as_one(same: list[Problem]) -> Problem:
    first, *others = sorted(same, key=lambda problem: problem.where)
    also = "; ".join(
        _lines(first.where, [problem.where for problem in others if problem.where != first.where])
    )
    if not also:
        return first
    return replace(first, what=f"{first.what} (also: {also})", fix=_with_cuts(first.fix, same))


def _with_cuts(fix: str, same: Iterable[Problem]) -> str:
    """The cure of the first, with what would cut every cue, in the order of their times."""
    cuts = [found[1] for problem in sorted(same) if (found := _RANGE.search(problem.fix))]
    if not cuts:
        return fix
    ask = _CUT.sub("", fix).removesuffix(".").removesuffix("; ")
    return f"{ask}; or cut their cues in edit.yaml: {', '.join(cuts)}."


def _lines(first: Place, others: list[Place]) -> Iterator[str]:
    """The lines file by file; of the first problem's own file without its name."""
    by_file: dict[str, list[int]] = defaultdict(list)
    for place in others:
        if place.line not in by_file[place.path] and (place.path, place.line) != (first.path, first.line):
            by_file[place.path].append(place.line)
    for path, lines in by_file.items():
        if lines:
            file = "" if path == first.path else f"{PurePosixPath(path).name} "
            yield f"{file}line{'s' if lines[1:] else ''} {', '.join(map(str, sorted(lines)))}"
