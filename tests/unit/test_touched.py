"""Inputs with new times and the same bytes count as unchanged; nothing else does."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from samples import SHOW, SITE

from cop_publish import touched
from cop_publish.settings import Settings, Sound, StorageSettings
from cop_publish.touched import recall_touched, remember_contents
from cop_publish.unchanged import Standing, fingerprint, last, recall, remember

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SINCE = "2026-11-01T00:00:00+00:00"
FILES = ("about.md", "episodes/012-jury/episode.md", "posts/2026-11-20-jury.md", "images/map.png")
LARGE = "episodes/012-jury/recording.wav"
PRIVATE = ("registry.yaml", "people/p-7f3k.yaml")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A workspace and a registry, just published."""
    for folder, names in (("show", (*FILES, LARGE)), ("private", PRIVATE)):
        for name in names:
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("before")
    (tmp_path / "show" / LARGE).write_bytes(b"x" * (touched.SMALL_BYTES + 1))
    made = Settings(tmp_path / "show", SHOW, SITE, Sound(), StorageSettings(), tmp_path / "private")
    published(made)
    return made


def published(settings: Settings) -> str:
    mark = fingerprint(settings, "all")
    remember(settings, Standing(mark, "digest", SINCE, "", {}))
    remember_contents(settings, "all", mark)
    return mark


def looked_at(settings: Settings, asked: str = "all") -> Standing | None:
    return recall_touched(settings, asked, fingerprint(settings, asked), now=NOW)


def touch(path: Path) -> None:
    os.utime(path)


def test_small_files_with_new_times_and_the_same_bytes_are_unchanged_and_then_known_by_their_times(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in FILES:
        touch(settings.root / name)
    shutil.copytree(settings.root / "posts", settings.root / "again")
    shutil.rmtree(settings.root / "posts")
    (settings.root / "again").rename(settings.root / "posts")  # as another branch and back
    mark = fingerprint(settings, "all")
    assert recall(settings, mark, now=NOW) is None
    found = looked_at(settings)
    assert found == Standing(mark, "digest", SINCE, "", {})
    assert recall(settings, mark, now=NOW) == found
    touch(settings.root / "about.md")
    content = touched._content  # noqa: SLF001 - what is read is the point
    read: list[str] = []

    def reading(path: str) -> str:
        read.append(path)
        return content(path)

    monkeypatch.setattr(touched, "_content", reading)
    assert looked_at(settings) is not None
    assert read == [str(settings.root / "about.md")], "only what was touched since"


def other_bytes(path: Path) -> None:
    path.write_text("bEfore")


def longer(path: Path) -> None:
    path.write_text("before and after")


def other_mode(path: Path) -> None:
    path.chmod(0o600)


def renamed(path: Path) -> None:
    path.rename(path.with_name("x" + path.name))


@pytest.mark.parametrize("change", [other_bytes, longer, other_mode, renamed, os.remove])
@pytest.mark.parametrize("name", FILES)
def test_every_other_change_is_a_change(
    settings: Settings, name: str, change: Callable[[Path], None]
) -> None:
    change(settings.root / name)
    assert looked_at(settings) is None


def test_a_new_file_is_a_change(settings: Settings) -> None:
    (settings.root / "posts/new.md").write_text("before")
    assert looked_at(settings) is None


@pytest.mark.parametrize("name", PRIVATE)
def test_a_record_that_was_touched_is_a_change_and_nothing_of_it_is_kept(
    settings: Settings, name: str
) -> None:
    assert settings.registry is not None
    touch(settings.registry / name)
    assert looked_at(settings) is None
    kept = touched._known(settings, touched._Asked("all", fingerprint_kept(settings)))  # noqa: SLF001 - what is kept
    assert kept[str(settings.registry / name)].sha256 == ""
    assert kept[str(settings.root / "about.md")].sha256 != ""


def fingerprint_kept(settings: Settings) -> str:
    standing = last(settings, now=NOW)
    assert standing is not None
    return standing.fingerprint


def test_a_recording_that_was_touched_is_a_change(settings: Settings) -> None:
    touch(settings.root / LARGE)
    assert looked_at(settings) is None


def test_what_a_link_to_a_folder_leads_to_is_told_by_its_times(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (settings.root / "posts/more").symlink_to(tmp_path / "elsewhere")
    published(settings)
    touch(settings.root / "about.md")
    assert looked_at(settings) is not None
    (tmp_path / "elsewhere/new.md").write_text("new")
    assert looked_at(settings) is None


def test_another_scope_other_settings_and_a_later_day_are_changes(settings: Settings) -> None:
    touch(settings.root / "about.md")
    assert looked_at(settings, "012-jury") is None
    assert looked_at(replace(settings, sound=Sound(target_lufs=-18.0))) is None
    standing = last(settings, now=NOW)
    assert standing is not None
    remember(settings, replace(standing, until="2026-11-23T09:00:00+00:00"))
    assert looked_at(settings) is None


def test_what_was_kept_for_an_earlier_publish_tells_nothing_of_a_later_one(settings: Settings) -> None:
    """Killed before the contents were kept, and then the inputs are as they were before."""
    (settings.root / "about.md").write_text("bEfore")
    remember(settings, Standing(fingerprint(settings, "all"), "digest", SINCE, "", {}))
    (settings.root / "about.md").write_text("before")
    assert looked_at(settings) is None


def test_inputs_that_changed_while_they_were_published_are_not_kept(settings: Settings) -> None:
    mark = fingerprint(settings, "all")
    (settings.root / "about.md").write_text("bEfore")
    remember(settings, Standing(mark, "digest", SINCE, "", {}))
    remember_contents(settings, "all", mark)
    assert looked_at(settings) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"asked": 1}', "\x00"])
def test_a_damaged_memory_tells_nothing(settings: Settings, text: str) -> None:
    touch(settings.root / "about.md")
    (settings.root / ".cop-publish" / touched.STATE).write_text(text)
    assert looked_at(settings) is None
