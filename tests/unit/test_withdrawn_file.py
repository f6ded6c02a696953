"""What is added to ``withdrawn.yaml`` can be read again, all of it, and nothing that stood there is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cop_publish.core.model import Notice
from cop_publish.errors import InvalidSource
from cop_publish.intake.withdrawn_file import add_withdrawn, drop_notice
from cop_publish.intake.workspace import notices_in, withdrawn_values

if TYPE_CHECKING:
    from pathlib import Path

TAG = "tag:show.example,2020:1"  # the usual form of a guid in feeds that move in
AT, UNTIL = datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


def read(root: Path) -> tuple[set[str], set[str], list[str]]:
    found, problems = withdrawn_values((root / "withdrawn.yaml").read_text("utf-8"))
    assert problems == ()
    return set(found.get("guids", ())), set(found.get("paths", ())), [n.guid for n in notices_in(found)]


@pytest.mark.parametrize(
    ("before", "guids", "paths"),
    [
        ("guids: []\npaths: []\n", set(), set()),
        ("guids: # none\npaths:\n", set(), set()),
        ("", set(), set()),
        ("# new is no guid of ours, and new.html no path\nguids: []\npaths: []\n", set(), set()),
        (
            "guids: [new-2, 2-new]\npaths: [old/new.html, new.html.html]\n",
            "new-2 2-new",
            "old/new.html new.html.html",
        ),
        (f'guids: ["{TAG}", b]\npaths: []\n', {TAG, "b"}, set()),
        ("guids: [a,\n  b]   # both\npaths: []\n", "a b", set()),
        ("guids: a\npaths: b.html\n", "a", "b.html"),
        ("guids:\n- a\npaths:\n    - b.html\n", "a", "b.html"),
        ("\ufeffguids: [a]\npaths:\n  - /b.html\n", "a", "/b.html"),
        ("guids:\r\n  - a\r\npaths: []\r\n", "a", set()),
        (f'notices:\n  - {{guid: new, published: "{AT}", until: "{UNTIL}"}}\n', set(), set()),
    ],
)
def test_what_is_withdrawn_is_added_to_any_list(
    tmp_path: Path, before: str, guids: set[str] | str, paths: set[str] | str
) -> None:
    stood = [set(those.split()) if isinstance(those, str) else those for those in (guids, paths)]
    (tmp_path / "withdrawn.yaml").write_bytes(before.encode())
    add_withdrawn(tmp_path, {"new", TAG}, {"new.html"})
    assert read(tmp_path)[:2] == (stood[0] | {"new", TAG}, stood[1] | {"new.html"})


@pytest.mark.parametrize(
    "value", [TAG, "null", "~", "#1", "&a", "x: y", "a b", "-", "[x]", "it's", 'say "x"', "é"]
)
def test_whatever_a_guid_is_it_is_read_again(tmp_path: Path, value: str) -> None:
    notice = Notice(value, AT, UNTIL)
    add_withdrawn(tmp_path, {value}, set(), [notice])
    assert read(tmp_path) == ({value}, set(), [value])
    add_withdrawn(tmp_path, {value}, set(), [notice])
    assert read(tmp_path) == ({value}, set(), [value])
    drop_notice(tmp_path, value)
    assert read(tmp_path) == ({value}, set(), [])


def test_what_stands_there_already_is_not_written_again(tmp_path: Path) -> None:
    text = "# by hand\nguids:\n  - a  # the trial\npaths: [/b.html]\n"
    (tmp_path / "withdrawn.yaml").write_text(text)
    add_withdrawn(tmp_path, {"a"}, {"b.html"})
    assert (tmp_path / "withdrawn.yaml").read_text() == text


def test_a_file_that_nothing_can_be_added_to_is_left_as_it_is(tmp_path: Path) -> None:
    text = '"guids": {a: b}\n'
    (tmp_path / "withdrawn.yaml").write_text(text)
    with pytest.raises(InvalidSource, match=r"withdrawn\.yaml: nothing can be added to this file"):
        add_withdrawn(tmp_path, {"new"}, set())
    assert (tmp_path / "withdrawn.yaml").read_text() == text
    assert [path.name for path in tmp_path.iterdir()] == ["withdrawn.yaml"]
