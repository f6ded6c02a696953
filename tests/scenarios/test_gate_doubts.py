"""A doubt of the gate stops a publish with exit code 11 until somebody takes it out or allows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from workspaces import published_sample, say, tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def show(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return published_sample(tmp_path_factory, tmp_path / "show")


def _append(path: Path, words: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + words, encoding="utf-8")


def test_a_given_name_alone_of_an_anonymous_guest_is_a_leak(show: Path) -> None:
    before = tree(show / "published")
    _append(show / "episodes/012-citizens-jury/episode.md", "\nAnd then Torquil told us so.\n")
    said = say(show, "publish")
    assert said.code == 10
    assert "given name alone of p-k2m9" in said.err
    assert "Torquil" not in said.err + said.out
    assert tree(show / "published") == before


def test_a_doubt_is_allowed_by_copying_what_the_gate_said_and_not_for_longer_than_it_stands(
    show: Path,
) -> None:
    episode = show / "episodes/012-citizens-jury/episode.md"
    words = episode.read_text(encoding="utf-8")
    _append(episode, "\nWe also read Torquil Campbell that week.\n")
    said = say(show, "publish")
    assert said.code == 11
    assert "Torquil" not in said.err + said.out
    record = re.search(r"\{fingerprints: .*?expires: …\}", said.err)
    assert record
    filled = record[0].replace(
        "reason: …, by: …, on: …, expires: …",
        "reason: a poet, by: p-host, on: 2026-11-20, expires: 2027-11-20",
    )
    (show / "registry/allows.yaml").write_text(f"allows:\n  - {filled}\n", encoding="utf-8")
    again = say(show, "publish")
    assert again.code == 0, again.err
    assert "Torquil Campbell" in (show / "published/public/episodes/012-citizens-jury.html").read_text(
        "utf-8"
    )
    episode.write_text(words, encoding="utf-8")
    unneeded = say(show, "publish")
    assert unneeded.code == 20
    assert "registry/allows.yaml" in unneeded.err
    (show / "registry/allows.yaml").unlink()
    assert say(show, "publish").code == 0
