"""Looking for one person's name, in what is to be erased and in what only somebody else can mend."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cop_publish.core.problems import Place
from cop_publish.gate.find import Wanted, findings
from cop_publish.gate.guard import Terms
from cop_publish.gate.search import search_for
from cop_publish.gate.view import View
from cop_publish.registry.theirs import Sought

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from cop_publish.core.consents import Person, PersonId
    from cop_publish.gate.find import Finding

_TEXTS = {"", ".csv", ".htm", ".html", ".json", ".jsonl", ".markdown", ".md", ".srt", ".toml", ".txt"}
_TEXTS |= {".vtt", ".yaml", ".yml"}
_SEARCHED_BYTES = 4 << 20
_LEFT_OUT = {".git", ".venv", "__pycache__", "node_modules"}


@dataclass(frozen=True, slots=True)
class Mentions:
    """Where somebody still stands in files that a tool must not write for people."""

    by_id: tuple[Place, ...]
    by_name: tuple[Place, ...]  # their name, an address or a handle
    perhaps: tuple[Place, ...]  # a part of the name alone


def sought_of(person: Person | None) -> Sought:
    """What to look for; nothing is found of somebody whose file is gone."""
    if person is None:
        return Sought(lambda _: False, lambda _: False)
    wanted = Wanted(search_for((person,), ()), {person.id: person})
    terms, own = Terms(frozenset(), (), here=(person.id,)), _id(person.id)

    def found(words: str) -> Iterator[Finding]:
        view = View("words", own.sub(" ", words))  # an ID is no name, and is told apart from one
        yield from (finding for finding, _ in findings(view, terms, wanted) if finding.person)

    def holds(words: str) -> bool:
        return any(one.is_sure and not one.rule.endswith(" alone") for one in found(words))

    return Sought(holds, lambda words: any(True for _ in found(words)))


def mentions_in(top: Path, shown: str, person: PersonId, sought: Sought, aside: Iterable[Path]) -> Mentions:
    """Every line of the texts below `top`; messages call that folder `shown` (empty: the workspace).

    `aside`: folders and files that are none of this.  Files over 4 MB are not read.
    """
    by_id: list[Place] = []
    by_name: list[Place] = []
    perhaps: list[Place] = []
    own = _id(person)
    for path in _texts(top, frozenset(aside)):
        text = path.read_text(encoding="utf-8", errors="replace")
        name = path.relative_to(top).as_posix()
        name = f"{shown}/{name}" if shown else name
        named = sought.may_hold(text)
        for number, line in enumerate(text.splitlines(), 1):
            if own.search(line):
                by_id.append(Place(name, number))
            if named and sought.may_hold(line):
                (by_name if sought.holds(line) else perhaps).append(Place(name, number))
    return Mentions(tuple(by_id), tuple(by_name), tuple(perhaps))


def _id(person: PersonId) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(person)}(?![\w-])")


def _texts(top: Path, aside: Collection[Path]) -> Iterator[Path]:
    for here, folders, names in os.walk(top):
        inside = (Path(here) / name for name in sorted(folders) if name not in _LEFT_OUT)
        folders[:] = [path.name for path in inside if path not in aside]
        for path in (Path(here) / name for name in sorted(names)):
            is_text = path.suffix.lower() in _TEXTS and path not in aside and path.is_file()
            if is_text and path.stat().st_size <= _SEARCHED_BYTES:
                yield path
