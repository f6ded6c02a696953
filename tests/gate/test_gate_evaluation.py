"""A small part of the evaluation on every run; `make evaluate-gate` makes all of it."""

from __future__ import annotations

import ast
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bounds import clopper_pearson
from clean import pages
from judge import MISSED, NAMED, judge_files, judge_items, judge_pages, person_of
from leaks import held_out, promised
from people import SHAPES, crowd, people
from sources import items
from writings import PROMISED

from cop_publish.gate import canaries, decode, forms

if TYPE_CHECKING:
    from collections.abc import Mapping

EVALUATION = Path(__file__).resolve().parents[2] / "evaluation"
PEOPLE = people(7)
EVERYONE = (*PEOPLE, *crowd(60))
LEAKS = tuple(sorted(promised(PEOPLE, 7), key=lambda leak: leak.writing))
STEP = 41  # fewer than there are leaks of any writing, so that each comes by


def test_every_leak_of_the_promised_classes_in_a_finished_file_is_caught() -> None:
    tally = judge_files(LEAKS[::STEP], EVERYONE)
    assert tally.count > 2000
    assert tally.missed == []
    assert {shape for _, _, shape in tally.cells} == set(SHAPES)
    assert {writing for _, writing, _ in tally.cells} == set(PROMISED)


def test_every_leak_of_the_promised_classes_in_a_source_is_caught(tmp_path: Path) -> None:
    tally = judge_items(islice(items(PROMISED, PEOPLE, 7), 0, None, STEP), EVERYONE, tmp_path, lambda _: None)
    assert tally.count > 50
    assert tally.missed == []
    outcomes = [outcome for cell in tally.cells.values() for outcome in cell]
    assert outcomes.count(NAMED) > 0.9 * len(outcomes)


def test_clean_pages_are_not_blocked_though_their_words_are_people_s_names() -> None:
    here = frozenset(p.id for p in PEOPLE if p.name in {"Grace Green", "Will Young", "Mark Wood"})
    assert len(here) == 3
    for present in (frozenset[str](), here):
        tally = judge_pages(pages(40, 7), EVERYONE, present)
        assert tally.cells["clean", "", ""] == {MISSED: 40}, tally.missed


def test_what_is_held_out_is_measured_and_not_all_found() -> None:
    tally = judge_files(islice(held_out(PEOPLE, 7), 0, None, 10 * STEP), EVERYONE)
    assert 0 < len(tally.missed) < tally.count


def test_the_generator_knows_nothing_of_the_gate() -> None:
    told = {
        path.name: {
            node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        for path in EVALUATION.glob("*.py")
    }
    ours = {name: {m for m in modules if str(m).startswith("cop_publish")} for name, modules in told.items()}
    assert {name for name, modules in ours.items() if modules} == {"judge.py"}
    of_the_gate = {m for m in ours["judge.py"] if str(m).startswith("cop_publish.gate")}
    assert of_the_gate == {"cop_publish.gate.approve", "cop_publish.gate.guard", "cop_publish.gate.memory"}


REAL: Mapping[str, dict[str, object]] = {
    "decoder": decode.DECODERS,  # type: ignore[dict-item]
    "form": forms.FORM_RULES,  # type: ignore[dict-item]
}
# A writing that needs the line, among others.
NEEDED = [
    ("decoder", "HTML entities", "text file", "entities, decimal"),
    ("decoder", "percent-encoding", "text file", "percent"),
    ("decoder", "backslash escapes", "text file", "backslash u"),
    ("decoder", "CSS escapes", "style sheet", "CSS escapes"),
    ("decoder", "quoted-printable", "text file", "quoted-printable"),
    ("decoder", "base64", "text file", "base64"),
    ("form", "full name", "text file", "as it is"),
    ("form", "name, family first", "text file", "family name first"),
    ("form", "half of a double name", "text file", "first half of a double name"),
    ("form", "name with initials", "text file", "initial with a dot"),
    ("form", "name with a middle name", "text file", "middle name"),
    ("form", "e-mail name", "text file", "e-mail name"),
    ("form", "handle", "text file", "handle"),
    ("form", "web address", "text file", "web address"),
    ("form", "ID", "text file", "ID"),
]


@pytest.mark.parametrize(("table", "line", "channel", "writing"), NEEDED)
def test_the_evaluation_goes_red_without_a_decoder_or_a_rule(
    table: str, line: str, channel: str, writing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canaries, "prove", lambda _search: None)
    leaks = [leak for leak in LEAKS if (leak.channel, leak.writing) == (channel, writing)]
    assert leaks
    assert judge_files(leaks, PEOPLE).missed == []
    monkeypatch.delitem(REAL[table], line)
    assert judge_files(leaks, PEOPLE).missed != []


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [(3000, 3000, 0.99877, 1.0), (0, 3000, 0.0, 0.00123), (8, 10, 0.4439, 0.9748), (1, 2, 0.0126, 0.9874)],
)
def test_the_bounds_are_those_of_clopper_and_pearson(found: int, of: int, low: float, high: float) -> None:
    assert clopper_pearson(found, of) == pytest.approx((low, high), abs=1e-4)


def test_the_registry_of_the_evaluation_is_as_the_gate_knows_it() -> None:
    assert person_of(PEOPLE[0]).full_name == PEOPLE[0].name
    assert len({p.id for p in EVERYONE}) == len(EVERYONE)
