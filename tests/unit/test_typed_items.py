"""Items as they are typed: a withdrawal is for good, so what was meant must not be guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from cop_publish.commands.options import kind_and_name

if TYPE_CHECKING:
    from pathlib import Path

NAME = "2026-11-20-a"


@pytest.fixture
def show(tmp_path: Path) -> Path:
    for path in (f"episodes/{NAME}/episode.md", f"posts/{NAME}.md", "posts/2026/2026-11-21-b.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("---\n---\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (f"posts/{NAME}.md", ("post", NAME)),
        (f"./posts/{NAME}.md", ("post", NAME)),
        (f"episodes/{NAME}", ("episode", NAME)),
        (f"episodes/{NAME}/", ("episode", NAME)),
        (f"episodes/{NAME}/episode.md", ("episode", NAME)),
        (NAME, ("episode", NAME)),
        ("2026-11-21-b", ("post", "2026-11-21-b")),
        ("posts/2026/2026-11-21-b.md", ("post", "2026-11-21-b")),
    ],
)
def test_a_folder_that_was_typed_says_which_kind_was_meant(
    typed: str, found: tuple[str, str], show: Path
) -> None:
    assert kind_and_name(typed, show) == found


@pytest.mark.parametrize("typed", ["episodes/2026-11-21-b.md", "posts/2026-11-22-c.md", "episodes/"])
def test_another_kind_of_the_same_name_is_not_taken_instead(typed: str, show: Path) -> None:
    with pytest.raises(click.UsageError):
        kind_and_name(typed, show)
