"""Each transcript in tests/cases/transcripts beside what is read from it; ``UPDATE=1`` rewrites that.

Everyone in them is made up.  A line of a `.out` is a cue (times, who, where, words), a chapter (`#`) or a
problem (`!`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cop_publish.core.consents import Consents, Person, PersonId
from cop_publish.core.transcripts import parse_transcript

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = Path(__file__).parents[1] / "cases" / "transcripts"
TRANSCRIPTS = sorted(path for path in CASES.iterdir() if path.suffix != ".out")
PEOPLE = Consents(
    {
        p.id: p
        for p in (
            Person(PersonId("p-host"), "Alys", "Example"),
            Person(PersonId("p-7f3k"), "Marguerite", "Example"),
            Person(PersonId("p-r8w3"), "Rowan", "Madeup"),
        )
    }
)


def read(path: Path) -> Iterator[str]:
    name = f"transcript{path.suffix}"
    said, problems = parse_transcript(path.read_bytes().decode(), name, PEOPLE.person_for_alias)
    for cue in said.cues:
        where = str(cue.text.where).removeprefix(name)
        yield f"{cue.start_seconds:g} {cue.end_seconds:g} {cue.speaker or 'nobody'} {where} {cue.text.raw}\n"
    for chapter in said.chapters:
        where = str(chapter.title.where).removeprefix(name)
        yield f"# {chapter.start_seconds:g} {where} {chapter.title.raw}\n"
    yield from (f"! {problem}\n" for problem in problems)


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.name)
def test_a_transcript_of_any_kind_gives_what_stands_beside_it(path: Path) -> None:
    found = "".join(read(path))
    beside = path.with_name(f"{path.name}.out")
    if os.environ.get("UPDATE") == "1":
        beside.write_text(found, "utf-8")
    assert found == beside.read_text("utf-8")


def test_there_is_a_case_of_every_kind_and_no_problem_shows_a_name() -> None:
    assert {path.suffix for path in TRANSCRIPTS} == {".vtt", ".srt", ".json"}
    problems = [line for path in TRANSCRIPTS for line in read(path) if line.startswith("!")]
    assert len(problems) > 20
    assert not any(word in line for line in problems for word in ("Quagga", "Zebra", "Rowan", "Marguerite"))
