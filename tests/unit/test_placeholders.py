"""What `new` wrote as an example is found where nobody has replaced it, and never becomes public."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from filled_in import fill_in
from workspaces import say

from cop_publish.intake import placeholders
from cop_publish.intake.placeholders import is_nobodys, placeholders_in, placeholders_of
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.skeleton import new_episode, new_meeting, new_post, new_show

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.problems import Problem

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC).isoformat()


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COP_PUBLISH_REGISTRY", raising=False)
    new_show(tmp_path / "show", tmp_path / "private", UUID(int=1))
    return tmp_path / "show"


def left_in(show: Path, path: str, kind: str) -> list[Problem]:
    return list(placeholders_in((show / path).read_text(), path, kind))


def test_every_example_in_the_skeletons_is_known_as_one(show: Path) -> None:
    new_episode(show, "First", UUID(int=1), DAY)
    new_post(show, "First", DAY)
    new_meeting(show, "First", DAY)
    kinds = {
        "about.md": "page",
        "episodes/first/episode.md": "episode",
        f"posts/{DAY}-first.md": "post",
        f"meetings/{DAY}.md": "meeting",
    }
    found = [p for path, kind in kinds.items() for p in left_in(show, path, kind)]
    assert len(found) == len(placeholders.LINES)
    for problem in found:
        line = (show / problem.where.path).read_text().splitlines()[problem.where.line - 1]
        assert any(known.words in line for known in placeholders.LINES)


def test_the_settings_examples_are_told_at_their_lines_until_they_are_replaced(show: Path) -> None:
    found = placeholders_of(read_settings(show))
    lines = (show / "cop-publish.toml").read_text().splitlines()
    assert [lines[p.where.line - 1].split(" ")[0] for p in found] == [
        "description",
        "cover_alt",
        "owner_email",
        "url",
        "mailing_list",
    ]
    fill_in(show)
    mailing = 'mailing_list = "https://show.internal/join"'
    assert mailing in (show / "cop-publish.toml").read_text()
    assert placeholders_of(read_settings(show)) == ()


@pytest.mark.parametrize(
    ("address", "nobodys"),
    [
        ("https://show.example/", True),
        ("https://www.example.org/a/", True),
        ("https://EXAMPLE.com", True),
        ("podcast@show.example", True),
        ("join@lists.test", True),
        ("https://example.org.uk/", False),
        ("https://myexample.org/", False),
        ("https://show.internal/example/", False),
        ("http://127.0.0.1:8000/", False),
        ("podcast@show.internal", False),
        ("https://[", False),
    ],
)
def test_only_domains_that_are_kept_for_examples_are_nobodys(address: str, nobodys: bool) -> None:  # noqa: FBT001 - a table
    assert is_nobodys(address) is nobodys


def test_a_line_of_ones_own_that_begins_alike_is_no_example() -> None:
    text = "---\nsummary: What it is about. And why.\n---\nWhat it is about.\nAn agenda. At nine.\n"
    found = placeholders_in(text, "posts/2026-11-23-a.md", "post")
    assert list(found) == []


def test_a_new_show_is_built_to_look_at_and_neither_passes_a_check_nor_is_published(show: Path) -> None:
    assert say(show, "build", now=NOW).code == 0
    for command in ("check", "publish"):
        said = say(show, command, now=NOW)
        assert said.code == 20, said
        assert "about.md:5: this line is still the example that `new` wrote" in said.err
        assert said.err.count("cop-publish.toml:") == 5
        assert not (show / "published" / "public").exists()
    dry = say(show, "publish", "--dry-run", now=NOW)
    assert dry.code == 20
    fill_in(show)
    assert say(show, "check", now=NOW).code == 0
    assert say(show, "publish", now=NOW).code == 0


def test_one_items_examples_hold_up_that_item_alone(show: Path) -> None:
    fill_in(show)
    new_post(show, "Ours", DAY)
    new_post(show, "Draft", DAY)
    post = show / f"posts/{DAY}-ours.md"
    post.write_text(post.read_text().replace("published: no", "published: yes"))
    said = say(show, "publish", now=NOW)
    assert said.code == 20
    assert f"posts/{DAY}-ours.md:3: `summary` is still the example that `new` wrote. Say what" in said.out
    assert "draft.md" not in said.out + said.err
    assert (show / "published" / "public" / "index.html").is_file()
    assert f"waiting     {DAY}-ours   on whoever wrote it: posts/" in say(show, "status", now=NOW).out


def test_a_fictional_show_may_keep_its_examples(show: Path) -> None:
    mark = show.parent / "private" / "registry.yaml"
    mark.write_text(mark.read_text().replace("fictional: no", "fictional: yes"))
    assert say(show, "check", now=NOW).code == 0
    assert say(show, "publish", now=NOW).code == 0
