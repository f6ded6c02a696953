"""Every adversarial case that the plan of disclosure control lists, each with its expected end, in one table.

The rows stand in ``cases_*.py``, a file for each paragraph of the list.  Names have theirs in
``tests/gate/test_gate_adversary.py``, withdrawal on real buckets in ``tests/stores/test_withdraw.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cases_consents
import cases_files
import cases_gate
import cases_marks
import cases_sound
import pytest
from cases import DONE, UNTOLD, Case, Check
from workspaces import published_sample, tree

if TYPE_CHECKING:
    from pathlib import Path

    from _pytest.mark import ParameterSet

PHRASES = {
    "marks": cases_marks.PHRASES,
    "consents": cases_consents.PHRASES,
    "sound": cases_sound.PHRASES,
    "files": cases_files.PHRASES,
    "gate": cases_gate.PHRASES,
}
ROWS: dict[str, tuple[Case | Check, ...]] = {
    "marks": cases_marks.CASES,
    "consents": cases_consents.CASES,
    "sound": cases_sound.CASES,
    "files": cases_files.CASES,
    "gate": cases_gate.CASES,
}
NEVER = (UNTOLD, "Torquil", "Inventedson", "Morwenna", "Pretendington", "Bartholomew", "Fabricate")


def _rows(kind: type[Case | Check]) -> list[ParameterSet]:
    return [
        pytest.param(row, id=f"{name}: {row.phrase}: {row.detail}")
        for name, rows in ROWS.items()
        for row in rows
        if isinstance(row, kind)
    ]


@pytest.mark.parametrize("row", _rows(Case))
def test_a_workspace_ends_as_it_must_and_shows_nobody(
    row: Case, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = published_sample(tmp_path_factory, tmp_path / "show")
    row.spoil(root)
    before = tree(root / "published" / "public")
    said = row.start(root, row.arguments)
    printed = f"{said.out}\n{said.err}"
    assert said.code == row.code, said
    assert [words for words in row.says if words not in printed] == [], said
    assert [word for word in NEVER if word.lower() in printed.lower()] == []
    same = row.code != DONE if row.same is None else row.same
    assert (tree(root / "published" / "public") == before) == same
    public = {path: path.read_bytes() for path in (root / "published/public").rglob("*") if path.is_file()}
    for word in (*NEVER, *row.hides):
        assert [str(path) for path, content in public.items() if word.encode() in content] == []
    missing = [
        words for words in row.shows if not any(words.encode() in content for content in public.values())
    ]
    assert missing == []
    row.then(root)


@pytest.mark.parametrize("row", _rows(Check))
def test_what_needs_no_workspace_ends_as_it_must(row: Check, tmp_path: Path) -> None:
    assert row.act(tmp_path) == row.ends


@pytest.mark.parametrize("paragraph", ROWS)
def test_every_case_of_the_list_has_a_row_and_none_stands_twice(paragraph: str) -> None:
    rows = [(row.phrase, row.detail) for row in ROWS[paragraph]]
    assert {phrase for phrase, _ in rows} == set(PHRASES[paragraph])
    assert len(rows) == len(set(rows))
