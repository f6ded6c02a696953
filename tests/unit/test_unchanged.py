"""A second run knows that nothing changed, and never says so when something did."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from samples import SHOW, SITE

from cop_publish import unchanged
from cop_publish.settings import Settings, Sound, StorageSettings
from cop_publish.unchanged import Standing, fingerprint, recall, remember, state_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FILES = (
    "cop-publish.toml",
    "about.md",
    "withdrawn.yaml",
    "cover.png",
    "episodes/012-jury/episode.md",
    "episodes/012-jury/transcript.vtt",
    "episodes/012-jury/recording.flac",
    "posts/2026-11-20-jury.md",
    "meetings/2026-12-09.md",
    "images/map.png",
    "templates/home.html",
)
PRIVATE = ("registry.yaml", "people/p-7f3k.yaml", "consents/standing/p-host.yaml")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A workspace and a registry with one file of each kind."""
    for folder, names in (("show", FILES), ("private", PRIVATE)):
        for name in names:
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("before")
    return Settings(tmp_path / "show", SHOW, SITE, Sound(), StorageSettings(), tmp_path / "private")


def registry(settings: Settings) -> Path:
    assert settings.registry is not None
    return settings.registry


def every_input(settings: Settings) -> list[Path]:
    return [settings.root / n for n in FILES] + [registry(settings) / n for n in PRIVATE]


def test_the_same_inputs_have_the_same_fingerprint(settings: Settings) -> None:
    mark = fingerprint(settings, "everything")
    assert fingerprint(settings, "everything") == mark
    state_folder(settings.root)
    (settings.root / ".cop-publish/cache").write_text("x")
    (settings.root / ".git").mkdir()
    (settings.root / ".git/index").write_text("x")
    (settings.root / "published").mkdir()
    (settings.root / "published/index.html").write_text("x")
    (settings.root / "episodes/012-jury/master.json").write_text("x")  # written by the publish itself
    assert fingerprint(settings, "everything") == mark


def same_size_other_time(path: Path) -> None:
    path.write_text("bEfore")
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))


def same_time_other_size(path: Path) -> None:
    stat = path.stat()
    path.write_text("after it")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def renamed(path: Path) -> None:
    path.rename(path.with_name("x" + path.name))


@pytest.mark.parametrize("change", [same_size_other_time, same_time_other_size, renamed, os.remove])
def test_a_change_to_any_input_changes_the_fingerprint(
    settings: Settings, change: Callable[[Path], None]
) -> None:
    mark = fingerprint(settings, "everything")
    for path in every_input(settings):
        change(path)
        after = fingerprint(settings, "everything")
        assert after != mark, path
        mark = after


@pytest.mark.parametrize("name", ["posts/new.md", "images/new.png", "templates/post.html", "new.jpg"])
def test_a_new_file_changes_the_fingerprint(settings: Settings, name: str) -> None:
    mark = fingerprint(settings, "everything")
    (settings.root / name).write_text("new")
    assert fingerprint(settings, "everything") != mark


def test_a_new_consent_changes_the_fingerprint(settings: Settings) -> None:
    mark = fingerprint(settings, "everything")
    (registry(settings) / "consents/012-jury").mkdir()
    (registry(settings) / "consents/012-jury/p-7f3k.yaml").write_text("new")
    assert fingerprint(settings, "everything") != mark


def test_what_was_asked_the_settings_the_registrys_place_and_the_version_count(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = {fingerprint(settings, "everything"), fingerprint(settings, "012-jury")}
    marks.add(fingerprint(replace(settings, sound=Sound(target_lufs=-18.0)), "everything"))
    shutil.copytree(registry(settings), tmp_path / "other", copy_function=shutil.copy2)
    marks.add(fingerprint(replace(settings, registry=tmp_path / "other"), "everything"))
    marks.add(fingerprint(replace(settings, registry=None), "everything"))
    monkeypatch.setattr(unchanged, "__version__", "0.0.0")
    marks.add(fingerprint(settings, "everything"))
    assert len(marks) == 6


def test_a_link_that_leads_nowhere_is_no_crash(settings: Settings) -> None:
    (settings.root / "posts/gone.md").symlink_to("nowhere.md")
    (settings.root / "posts/loop.md").symlink_to("loop.md")
    assert fingerprint(settings, "everything")


STANDING = Standing("mark", "digest", "2026-01-01T00:00:00+00:00", "", {"episodes": 2})


def test_what_was_published_is_remembered_until_the_inputs_differ(settings: Settings) -> None:
    assert recall(settings, "mark", now=NOW) is None
    remember(settings, STANDING)
    assert recall(settings, "mark", now=NOW) == STANDING
    assert recall(settings, "other", now=NOW) is None
    remember(settings, replace(STANDING, fingerprint="other"))
    assert recall(settings, "mark", now=NOW) is None
    assert [p.name for p in (settings.root / ".cop-publish").iterdir()] == ["published.json"]


def test_it_is_remembered_only_until_the_clock_alone_makes_a_difference(settings: Settings) -> None:
    remember(settings, replace(STANDING, until="2026-11-23T10:00:00+01:00"))  # 09:00 in London
    assert recall(settings, "mark", now=NOW - timedelta(microseconds=1)) is not None
    assert recall(settings, "mark", now=NOW) is None
    assert recall(settings, "mark", now=NOW + timedelta(days=400)) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"fingerprint": "mark"}', '{"x": 1}', "\x00", '"mark"']
)
def test_a_damaged_memory_is_none(settings: Settings, text: str) -> None:
    remember(settings, STANDING)
    (settings.root / ".cop-publish/published.json").write_text(text)
    assert recall(settings, "mark", now=NOW) is None


@pytest.mark.parametrize("until", ["soon", "2026-11-23T10:00:00"])
def test_a_memory_with_a_moment_that_is_none_is_none(settings: Settings, until: str) -> None:
    remember(settings, replace(STANDING, until=until))
    assert recall(settings, "mark", now=NOW) is None


def test_what_the_tool_keeps_in_a_workspace_is_closed_to_others(settings: Settings) -> None:
    assert state_folder(settings.root).stat().st_mode & 0o777 == 0o700
