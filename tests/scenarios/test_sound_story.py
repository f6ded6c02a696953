"""The picture and the numbers of a new master are for the producer alone, and quote nobody."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from workspaces import REPOSITORY, Said, say, sign, unpublished_sample

from cop_publish.settings import Sound

if TYPE_CHECKING:
    from pathlib import Path

EPISODE = "episodes/012-citizens-jury"
EDIT = "cut:\n  - {from: 0:05.5, to: 0:11.9}\nreplace:\n  - {from: 0:24.3, to: 0:31.2, with: silence}\n"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    show = unpublished_sample(tmp_path_factory, tmp_path_factory.mktemp("told") / "show")
    (show / EPISODE / "edit.yaml").write_text(EDIT)
    sign(show, "012-citizens-jury", "p-k2m9")
    return show, say(show, "publish", "--json")


def test_its_files_are_private(told: tuple[Path, Said]) -> None:
    folder = told[0] / ".cop-publish" / "sound"
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes["012-citizens-jury.svg"] == modes["012-citizens-jury.json"] == 0o600
    assert set(modes.values()) == {0o600}
    assert {path.partition(".")[2] for path in modes} == {"svg", "json"}  # and nothing half-written


def test_they_hold_no_words(told: tuple[Path, Said]) -> None:
    """Not of the titles, the transcript or the people, nor what was cut."""
    front, transcript = ((REPOSITORY / EPISODE / name).read_text("utf-8") for name in ("episode.md", _SPOKEN))
    people = [path.read_text("utf-8") for path in sorted((REPOSITORY / "registry").rglob("people/*.yaml"))]
    words = set(re.findall(r"title: ([^}\n]+)", front)) | set(re.findall(r"p-\w{4}", front + transcript))
    words |= {word for line in transcript.splitlines() for word in re.findall(r"[A-Za-z]{7,}", line)}
    words |= {name for text in people for name in re.findall(r"[A-Z][\w-]{3,}", text)}
    assert {"Welcome", "p-7f3k", "doorbell", "Example"} <= words
    for path in (told[0] / ".cop-publish" / "sound").glob("012-citizens-jury.*"):
        said = path.read_text("utf-8")
        assert not {word for word in words if word in said}


_SPOKEN = "transcript.vtt"


def test_its_numbers_are_those_that_scripts_get(told: tuple[Path, Said]) -> None:
    show, said = told
    assert said.code == 0, said.err
    numbers: dict[str, Any] = json.loads((show / ".cop-publish/sound/012-citizens-jury.json").read_text())
    (shown,) = [e for e in json.loads(said.out)["episodes"] if e["id"] == "012-citizens-jury"]
    assert shown["sound"] == numbers
    assert numbers["after"]["integrated_lufs"] == pytest.approx(Sound().target_lufs, abs=0.1)
    assert (numbers["cuts"], numbers["replaced"]) == (1, 1)
    assert numbers["proof"]["blocks"] == numbers["proof"]["blocks_accounted"] > 0
    assert [removed["instead"] for removed in numbers["proof"]["removed"]] == ["nothing", "silence"]
    assert all(removed["score"] < 0.55 for removed in numbers["proof"]["removed"])
