"""Hands leaks to the gate as a publish would, and says what came of each.

The only module here that knows cop-publish; of its gate it uses what `site.py` uses, and no more.
"""

from __future__ import annotations

import re
import shutil
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from sources import HOST, HOST_CONSENT, SETTINGS, Item, person_file

from cop_publish.core.consents import Person, PersonId
from cop_publish.core.output import FileClass, Headers, PublicFile, Site
from cop_publish.errors import CopPublishError, LeakFound, NeedsHumanLook, Unscannable
from cop_publish.gate.approve import approve
from cop_publish.gate.guard import Guard
from cop_publish.gate.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from leaks import Leak
    from people import Somebody

    from cop_publish.core.problems import Problem

NAMED, REVIEWED, REFUSED, MISSED = "named", "to a human", "refused", "missed"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_MASKED = -1  # the number of problems whose whole place is masked, as it tells the name
_BATCH_FILES = 2000
_BATCH_ITEMS = 250
_PERSON = re.compile(r"\bof (p-[a-z0-9]+)|\b(p-[a-z0-9]+)\b")
_PLACE = re.compile(r"l(\d{6})(?!\d)")


@dataclass(slots=True)
class Tally:
    """What came of the leaks of each cell; `seconds` is the gate alone."""

    cells: dict[tuple[str, str, str], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    missed: list[str] = field(default_factory=list)
    seconds: float = 0.0
    read_bytes: int = 0
    count: int = 0

    def add(self, cell: tuple[str, str, str], outcome: str) -> None:
        """One more leak of a channel, a writing and a shape."""
        self.count += 1
        of_cell = self.cells[cell]
        of_cell[outcome] = of_cell.get(outcome, 0) + 1
        if outcome == MISSED:
            self.missed.append(" | ".join(cell))


def person_of(somebody: Somebody) -> Person:
    """The member as the registry gives them to the gate."""
    return Person(
        PersonId(somebody.id),
        somebody.given,
        somebody.family,
        known_as=(somebody.known_as,) if somebody.known_as else (),
        emails=(somebody.email,) if somebody.email else (),
        handles=(somebody.handle,) if somebody.handle else (),
        urls=(somebody.url,) if somebody.url else (),
        roles=(somebody.role,) if somebody.role else (),
        organisations=(somebody.organisation,) if somebody.organisation else (),
    )


def judge_files(leaks: Iterable[Leak], everyone: Sequence[Somebody]) -> Tally:
    """Each leak as a file of a site that is about to be public; its person is in no item."""
    return _judge_files(leaks, everyone, lambda _number, _leak: ())


def judge_items_of_their_own(leaks: Iterable[Leak], everyone: Sequence[Somebody]) -> Tally:
    """The same where each leak's person is of the item that the file shows, and withheld there."""
    return _judge_files(leaks, everyone, lambda number, leak: ((f"i{number:06d}", leak.person.id),))


def _judge_files(
    leaks: Iterable[Leak],
    everyone: Sequence[Somebody],
    present: Callable[[int, Leak], tuple[tuple[str, str], ...]],
) -> Tally:
    tally, people, remaining = Tally(), tuple(person_of(p) for p in everyone), iter(leaks)
    while batch := list(islice(remaining, _BATCH_FILES)):
        files = [_public(number, leak) for number, leak in enumerate(batch)]
        pairs = [pair for number, leak in enumerate(batch) for pair in present(number, leak)]
        here = {item: frozenset({PersonId(person)}) for item, person in pairs}
        said = _gate(files, Guard(people, present=here), tally)
        for number, leak in enumerate(batch):
            cell = (leak.channel, leak.writing, leak.person.shape)
            found = said.get(number) or [p for p in said.get(_MASKED, ()) if leak.person.id in p.what]
            tally.add(cell, _outcome(found, leak.person.id))
    return tally


def _public(number: int, leak: Leak) -> PublicFile:
    file = leak.file
    headers = Headers(file.content_type, "public, max-age=300")
    items = frozenset({f"i{number:06d}"})
    return PublicFile(f"l{number:06d}/{file.key}", file.content, headers, FileClass.PAGE, items)


def _gate(files: Sequence[PublicFile], guard: Guard, tally: Tally) -> dict[int, list[Problem]]:
    """The problems of each numbered file."""
    begun = time.process_time()
    problems: Iterable[Problem] = ()
    try:
        approve(Site(tuple(files), (), None), guard, Memory())
    except (LeakFound, NeedsHumanLook, Unscannable) as refusal:
        problems = refusal.problems
    tally.seconds += time.process_time() - begun
    tally.read_bytes += sum(file.size_bytes for file in files)
    found: dict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        place = _PLACE.search(problem.where.path)
        found[int(place[1]) if place else _MASKED].append(problem)
    return found


def _outcome(problems: Sequence[Problem], person: str) -> str:
    """A leak counts as named only if it is this person's; a file that cannot be read is refused anyhow."""
    about = [p for p in problems if person in {a or b for a, b in _PERSON.findall(p.what)}]
    if any(p.what.startswith("holds") for p in about):
        return NAMED
    if about:
        return REVIEWED
    return REFUSED if any(not p.what.startswith(("holds", "may hold")) for p in problems) else MISSED


def judge_pages(pages: Iterable[str], everyone: Sequence[Somebody], here: frozenset[str]) -> Tally:
    """Clean pages; `here` are people of the item that each page belongs to, who agreed to nothing."""
    people = tuple(person_of(p) for p in everyone)
    tally = Tally()
    headers = Headers("text/html; charset=utf-8", "public, max-age=300")
    files = [
        PublicFile(f"l{number:06d}/page.html", page.encode(), headers, FileClass.PAGE, frozenset({"item"}))
        for number, page in enumerate(pages)
    ]
    said = _gate(files, guard_with(people, here), tally)
    for number in range(len(files)):
        problems = said.get(number, [])
        blocked = any(not p.what.startswith("may hold") for p in problems)
        outcome = NAMED if blocked else REVIEWED if problems else MISSED
        tally.count += 1
        tally.cells["clean", "", ""][outcome] = tally.cells["clean", "", ""].get(outcome, 0) + 1
        tally.missed += [p.what for p in problems]
    return tally


def guard_with(people: tuple[Person, ...], here: frozenset[str]) -> Guard:
    """Nobody has agreed to anything; `here` are in the item "item"."""
    return Guard(people, present={"item": frozenset(PersonId(person) for person in here)})


# --- leaks in the source ---------------------------------------------------------------------------


def judge_items(
    items: Iterable[Item], everyone: Sequence[Somebody], root: Path, progress: Callable[[int], None]
) -> Tally:
    """Each leak in what contributors send: read, cleared, rendered and gated."""
    _write_show(root, everyone)
    tally, remaining = Tally(), iter(items)
    while batch := list(islice(remaining, _BATCH_ITEMS)):
        for folder in ("posts", "meetings", "episodes"):
            shutil.rmtree(root / folder, ignore_errors=True)
            (root / folder).mkdir()
        for item in batch:
            for path, text in item.files:
                (root / path).parent.mkdir(exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
        for item, outcome in _judged(batch, root, tally):
            tally.add((item.place, item.writing, item.person.shape), outcome)
        progress(tally.count)
    return tally


def _judged(batch: Sequence[Item], root: Path, tally: Tally) -> Iterator[tuple[Item, str]]:
    """What came of each item: of its own words, and of every page and feed that was rendered."""
    from cop_publish.core.model import Releases  # noqa: PLC0415 - heavy, and for this alone
    from cop_publish.gating import guard_of, own_words  # noqa: PLC0415 - the same
    from cop_publish.intake.settings_file import read_settings  # noqa: PLC0415 - the same
    from cop_publish.ready import find_ready  # noqa: PLC0415 - the same
    from cop_publish.scope import Scope  # noqa: PLC0415 - the same
    from cop_publish.site import render_site  # noqa: PLC0415 - the same

    settings = read_settings(root)
    ready = find_ready(settings, Scope(None), frozenset(), lambda _people: None, now=NOW)
    releases = Releases((), ready.posts, ready.meetings, ready.pages, ready.held_back, ready.now)
    problems = [*_refusals(own_words(ready), guard_of(ready), tally)]
    problems += _refusals(render_site(releases, settings).files, guard_of(ready), tally)
    waiting = {w.id for w in ready.waiting}
    for item in batch:
        found = [p for p in problems if _is_of(p.where.path, item)]
        outcome = _outcome(found, item.person.id)
        yield item, REFUSED if outcome == MISSED and item.id in waiting else outcome


def _is_of(path: str, item: Item) -> bool:
    """Whether a problem is told at the item's own file or page; a masked one counts by its number."""
    stem = item.files[0][0].rpartition("/")[2].removesuffix(".md")
    number = item.id.rpartition("-")[2]
    return item.id in path or (stem != "episode" and re.search(rf"-{number}\.", path) is not None)


def _refusals(files: Sequence[PublicFile], guard: Guard, tally: Tally) -> tuple[Problem, ...]:
    begun = time.process_time()
    try:
        approve(Site(tuple(files), (), None), guard, Memory())
    except CopPublishError as refusal:
        if refusal.exit_code == CopPublishError.exit_code:
            raise
        return refusal.problems
    finally:
        tally.seconds += time.process_time() - begun
        tally.read_bytes += sum(file.size_bytes for file in files)
    return ()


def _write_show(root: Path, everyone: Sequence[Somebody]) -> None:
    import struct  # noqa: PLC0415 - for the cover alone
    import zlib  # noqa: PLC0415 - the same

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    side = 1400
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress((b"\0" + b"\x20\x60\x60" * side) * side))
    (root / "cover.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b""))
    (root / "cop-publish.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "about.md").write_text("---\ntitle: About\n---\nA made-up show.\n", encoding="utf-8")
    for folder in ("registry/people", "registry/consents/standing"):
        (root / folder).mkdir(parents=True)
    (root / "registry/people/p-host.yaml").write_text(HOST, encoding="utf-8")
    (root / "registry/consents/standing/p-host.yaml").write_text(HOST_CONSENT, encoding="utf-8")
    (root / "registry/registry.yaml").write_text("version: 1\nfictional: true\n", encoding="utf-8")
    for person in everyone:
        (root / f"registry/people/{person.id}.yaml").write_text(person_file(person), encoding="utf-8")
