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
    from collections.abc import Collection, Iterator

    from cop_publish.core.consents import Person, PersonId
    from cop_publish.gate.find import Finding

_WORDS = {"", ".csv", ".htm", ".html", ".markdown", ".md", ".srt", ".txt", ".vtt"}
TEXTS = frozenset({*_WORDS, ".json", ".jsonl", ".toml", ".yaml", ".yml"})
_SEARCHED_BYTES = 4 << 20
_LEFT_OUT = {".git", ".venv", "__pycache__", "node_modules"}


@dataclass(frozen=True, slots=True)
class Searched:
    """A folder to look through, what messages put before its paths, and what in it is looked at elsewhere."""

    top: Path
    shown: str
    aside: frozenset[Path]
    endings: frozenset[str]  # of files that are read; empty: of all


@dataclass(frozen=True, slots=True)
class Mentions:
    """Where somebody still stands in files that a tool must not write for people."""

    by_id: tuple[Place, ...]
    by_name: tuple[Place, ...]  # their name, an address or a handle
    perhaps: tuple[Place, ...]  # a part of the name alone


def sought_of(person: Person | None) -> Sought:
    """What to look for; nothing is found of somebody whose file is gone."""
    if person is None:
        return Sought(lambda _: False, lambda _: False, knows=False)
    wanted = Wanted(search_for((person,), ()), {person.id: person})
    terms, own = Terms(frozenset(), (), here=(person.id,)), _id(person.id)

    def found(words: str) -> Iterator[Finding]:
        view = View("words", own.sub(" ", words))  # an ID is no name, and is told apart from one
        yield from (finding for finding, _ in findings(view, terms, wanted) if finding.person)

    def holds(words: str) -> bool:
        return any(one.is_sure and not one.rule.endswith(" alone") for one in found(words))

    return Sought(holds, lambda words: any(True for _ in found(words)))


def mentions_in(place: Searched, person: PersonId, sought: Sought) -> Mentions:
    """Every line that holds them, and every file whose name does; files over 4 MB are not read."""
    by_id: list[Place] = []
    by_name: list[Place] = []
    perhaps: list[Place] = []
    own = _id(person)
    for path in _files(place):
        name = f"{place.shown}{path.relative_to(place.top).as_posix()}"
        if sought.holds(path.name):
            by_name.append(Place(name))
        try:
            text = _text(path, place.endings)
        except OSError:  # to be looked at by whoever may read it
            perhaps.append(Place(name))
            continue
        named = sought.may_hold(text)
        for number, line in enumerate(text.splitlines(), 1):
            if own.search(line):
                by_id.append(Place(name, number))
            if named and sought.may_hold(line):
                (by_name if sought.holds(line) else perhaps).append(Place(name, number))
    return Mentions(tuple(by_id), tuple(by_name), tuple(perhaps))


def _id(person: PersonId) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(person)}(?![\w-])")


def _files(place: Searched) -> Iterator[Path]:
    for here, folders, names in os.walk(place.top):
        inside = (Path(here) / name for name in sorted(folders) if name not in _LEFT_OUT)
        folders[:] = [path.name for path in inside if path not in place.aside]
        found = (Path(here) / name for name in sorted(names))
        yield from (path for path in found if path not in place.aside and path.is_file())


def _text(path: Path, endings: Collection[str]) -> str:
    is_read = not endings or path.suffix.lower() in endings
    if not is_read or path.stat().st_size > _SEARCHED_BYTES:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")
