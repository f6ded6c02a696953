"""`new` takes no name of somebody who is withheld for a folder, a file and an address."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from filled_in import fill_in
from workspaces import say

from cop_publish.core.consents import PersonId
from cop_publish.intake.skeleton import new_person, new_show

if TYPE_CHECKING:
    from pathlib import Path

STANDING = "level: named\ndisplay: Open Hostly\nallow: {words: yes, voice: yes}\ngiven: {on: 2026-01-01}\n"


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A show with somebody who is withheld, and a host who is named."""
    monkeypatch.delenv("COP_PUBLISH_REGISTRY", raising=False)
    new_show(tmp_path / "show", tmp_path / "private", UUID(int=1))
    fill_in(tmp_path / "show")
    new_person(tmp_path / "private", PersonId("p-7f3k"), "Rhona", "Hiddenby")
    new_person(tmp_path / "private", PersonId("p-host"), "Open", "Hostly")
    record = tmp_path / "private/consents/standing/p-host.yaml"
    record.write_text(STANDING)
    record.chmod(0o600)
    return tmp_path / "show"


@pytest.mark.parametrize(
    "words",
    [
        ("episode", "rhona", "hiddenby"),
        ("episode", "A talk with Rhona Hiddenby"),
        ("post", "R. Hiddenby on juries"),
        ("meeting", "2026-12-09", "Hiddenby,", "Rhona"),
    ],
)
def test_a_name_that_is_withheld_is_refused_and_not_printed(show: Path, words: tuple[str, ...]) -> None:
    said = say(show, "new", *words, now="")
    assert said.code == 2
    assert "These words hold a name, address or handle of somebody who is withheld" in said.err
    assert "iddenby" not in said.out + said.err
    assert [p for name in ("episodes", "posts", "meetings") for p in (show / name).iterdir()] == []


@pytest.mark.parametrize(
    "words", [("episode", "open", "hostly"), ("post", "Rhona"), ("meeting", "2026-12-09", "Winter")]
)
def test_who_is_named_everywhere_and_what_is_no_whole_name_may_be_written(
    show: Path, words: tuple[str, ...]
) -> None:
    assert say(show, "new", *words, now="").code == 0


def test_without_a_registry_that_can_be_read_a_skeleton_is_written_all_the_same(show: Path) -> None:
    (show.parent / "private/registry.yaml").unlink()
    assert say(show, "new", "post", "Rhona Hiddenby", now="").code == 0


def test_the_usage_of_a_meeting_says_day(show: Path) -> None:
    assert "DAY WORDS..." in say(show, "new", "meeting", "--help", now="").out
