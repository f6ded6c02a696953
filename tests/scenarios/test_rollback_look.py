"""A rollback weighs who could be told from the rest, as a publish does, and heeds the same allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from test_jigsaw_look import MEETING, edit, marks, name_rowan_at_the_meeting
from workspaces import published_sample, say, tree

if TYPE_CHECKING:
    from pathlib import Path

LOOKED = ("--reason", "Forty people were there", "--by", "p-host")
UNTIL = ("--expires", "2027-11-20")


@pytest.fixture
def show(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A show whose second release has a meeting that names somebody whom two items leave unnamed."""
    show = published_sample(tmp_path_factory, tmp_path / "show")
    name_rowan_at_the_meeting(show)
    found = marks(say(show, "publish").err)
    assert say(show, "allow", *found, *LOOKED, *UNTIL).code == 0
    assert say(show, "publish").code == 0
    (show / "weighed").write_text(" ".join(found), encoding="utf-8")
    edit(show / MEETING, "people: [p-host, p-r8w3]", "people: [p-host]")
    assert say(show, "allow", "--remove", *found, *LOOKED).code == 0
    assert say(show, "publish").code == 0
    return show


def test_it_asks_what_a_publish_would_ask_and_changes_nothing(show: Path) -> None:
    before = tree(show / "published")
    for arguments in (("rollback", "2", "--dry-run"), ("rollback", "2")):
        said = say(show, *arguments)
        assert said.code == 11, said
        assert "episodes/012-citizens-jury/episode.md:11:1: somebody in it is not named" in said.err
        assert "names 1 person whom it does not" in said.err
        assert said.err.splitlines()[-1].startswith("Nothing was changed")
        assert "Rowan" not in said.err + said.out
        assert tree(show / "published") == before


def test_the_allow_of_the_release_holds_for_what_comes_back(show: Path) -> None:
    weighed = (show / "weighed").read_text("utf-8").split()
    assert len(weighed) == 2
    assert set(marks(say(show, "rollback", "2").err)) == set(weighed)
    assert say(show, "allow", *weighed, *LOOKED, *UNTIL).code == 0
    said = say(show, "rollback", "2")
    assert said.code == 0, said.err
    assert "Rowan Madeup" in (show / "published/public/meetings/2026-10-14.html").read_text("utf-8")


def test_what_names_nobody_else_comes_back_unasked(show: Path) -> None:
    said = say(show, "rollback", "1")
    assert said.code == 0, said.err
