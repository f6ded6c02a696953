"""What `cop-publish new` writes: it reads back without problems, and nothing is ever written over."""

from __future__ import annotations

import shlex
import struct
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from cop_publish.core.checks import check_unique
from cop_publish.core.clear import clear
from cop_publish.core.consents import PersonId
from cop_publish.core.values import PERSON_ID
from cop_publish.errors import WrongUsage
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.skeleton import (
    Written,
    fresh_person_id,
    new_episode,
    new_meeting,
    new_person,
    new_post,
    new_show,
)
from cop_publish.intake.workspace import Workspace, read_workspace
from cop_publish.registry.read import read_registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAY = date(2026, 11, 23)
NOW = datetime(2027, 1, 1, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)


def show(tmp_path: Path, name: str = "our-show", unique: UUID = ONE) -> tuple[Path, Path]:
    folder, registry = tmp_path / name, tmp_path / f"{name}-registry"
    new_show(folder, registry, unique)
    return folder, registry


def read(folder: Path) -> Workspace:
    settings = read_settings(folder)
    return read_workspace(settings, read_registry(settings.registry))


@pytest.fixture(autouse=True)
def _no_registry_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COP_PUBLISH_REGISTRY", raising=False)


@pytest.mark.parametrize(
    "name", ["our-show", 'odd "name" \\ {braces}', "émission 👩‍👩‍👧", "show'; # x", "a_b"]
)
def test_a_new_show_reads_back_without_problems_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    folder, registry = show(tmp_path, name)
    settings = read_settings(folder)
    assert settings.show.title == name.replace("-", " ").replace("_", " ").capitalize()
    assert settings.registry is not None
    assert settings.registry.resolve() == registry.resolve()
    found = read(folder)
    assert found.problems == ()
    assert [(i.id, i.problems) for i in found.items] == [("about", ())]
    assert read_registry(settings.registry).fictional is False


def test_everything_new_reads_back_clears_and_is_unique(tmp_path: Path) -> None:
    folder, _ = show(tmp_path)
    new_episode(folder, 'First "words": #1 \\ & {more}', ONE, DAY)
    new_post(folder, "A title: with @ and #\n\x07 in it", DAY)
    new_meeting(folder, "Winter – 'meeting'", DAY)
    assert [i.kind for i in read(folder).items if i.draft] == ["episode", "page"]  # the others are drafts yet
    for path in (*folder.glob("posts/*.md"), *folder.glob("meetings/*.md")):
        path.write_text(path.read_text(encoding="utf-8").replace("published: no", "published: yes"), "utf-8")
    found = read(folder)
    assert [(i.path, i.problems) for i in found.items] == [
        ("episodes/first-words-1-more/episode.md", ()),
        ("about.md", ()),
        ("meetings/2026-11-23.md", ()),
        ("posts/2026-11-23-a-title-with-and-in-it.md", ()),
    ]
    drafts = [i.draft for i in found.items if i.draft is not None]
    assert len(drafts) == 4
    assert check_unique(drafts) == ()
    assert [d.title.raw for d in drafts] == [
        'First "words": #1 \\ & {more}',
        "About",
        "Winter – 'meeting'",
        "A title: with @ and # in it",
    ]
    consents = read_registry(tmp_path / "our-show-registry")
    for draft in drafts:
        cleared, problems = clear(draft, consents, (), now=NOW)
        assert problems == ()
        assert cleared is not None


def test_a_new_episode_lists_the_shows_hosts(tmp_path: Path) -> None:
    folder, _ = show(tmp_path)
    new_episode(folder, "First", ONE, DAY, (PersonId("p-7f3k"), PersonId("p-9aa2")))
    (draft,) = [i.draft for i in read(folder).items if i.kind == "episode"]
    assert getattr(draft, "people", ()) == ("p-7f3k", "p-9aa2")


@pytest.mark.parametrize("name", ["My Other Show", "it's"])
def test_what_to_do_next_can_be_pasted_into_a_shell(tmp_path: Path, name: str) -> None:
    written = new_show(tmp_path / name, tmp_path / "private", ONE)
    assert shlex.split(written.next_step.partition(";")[0]) == ["cd", name]


def test_an_episode_is_dated_in_the_sites_time_zone_and_has_its_guid(tmp_path: Path) -> None:
    folder, _ = show(tmp_path)
    new_episode(folder, "First", ONE, DAY)
    (draft,) = [i.draft for i in read(folder).items if i.kind == "episode"]
    assert draft is not None
    assert getattr(draft, "guid", "") == str(ONE)
    assert getattr(draft, "published_at", None) == datetime(2026, 11, 23, 7, tzinfo=ZoneInfo("Europe/London"))


def test_two_new_shows_are_two_shows_for_apps(tmp_path: Path) -> None:
    guids = [
        read_settings(show(tmp_path, n, u)[0]).show.guid for n, u in (("a", ONE), ("b", TWO), ("c", ONE))
    ]
    assert guids[0] == guids[2] != guids[1]
    assert all(UUID(g).version == 5 for g in guids)


def test_the_registry_beside_a_new_show_is_private_and_valid(tmp_path: Path) -> None:
    _, registry = show(tmp_path)
    written = new_person(registry, PersonId("p-abcd"), 'Zoë "Z"', "O'Madeup: #1")
    for path in (registry, *registry.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    person = read_registry(registry).people[PersonId("p-abcd")]
    assert (person.given, person.family) == ('Zoë "Z"', "O'Madeup: #1")
    assert read_registry(registry).consents == {}
    assert "Zo" not in written.next_step + str(written.paths)


def test_a_person_may_come_before_the_registry(tmp_path: Path) -> None:
    registry = tmp_path / "private"
    new_person(registry, PersonId("p-abcd"), "Zoë", "")
    assert registry.stat().st_mode & 0o777 == 0o700
    assert read_registry(registry).people[PersonId("p-abcd")].full_name == "Zoë"


def test_nothing_is_ever_written_over(tmp_path: Path) -> None:
    folder, registry = show(tmp_path)
    new_episode(folder, "First", ONE, DAY)
    new_post(folder, "First", DAY)
    new_meeting(folder, "First", DAY)
    new_person(registry, PersonId("p-abcd"), "A", "B")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    again: tuple[Callable[[], Written], ...] = (
        lambda: new_show(folder, registry, TWO),
        lambda: new_episode(folder, "First!", TWO, DAY),
        lambda: new_post(folder, "first", DAY),
        lambda: new_meeting(folder, "Other", DAY),
        lambda: new_person(registry, PersonId("p-abcd"), "C", "D"),
    )
    for write in again:
        with pytest.raises(WrongUsage, match="is there already"):
            write()
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("name", ["about.md", ".gitignore", "cover.png", "withdrawn.yaml"])
def test_a_folder_that_holds_one_of_a_shows_files_stays_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / name).write_text("mine")
    with pytest.raises(WrongUsage, match=name):
        new_show(tmp_path / "old", tmp_path / "private", ONE)
    assert [p.name for p in tmp_path.rglob("*")] == ["old", name]


def test_a_registry_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    _, registry = show(tmp_path)
    (registry / "registry.yaml").write_text("version: 1\nserial: 7\n")
    new_show(tmp_path / "second", registry, TWO)
    assert (registry / "registry.yaml").read_text() == "version: 1\nserial: 7\n"


@pytest.mark.parametrize("words", ["", "😀", "!?", "مرحبا"])
def test_a_name_that_gives_no_address_is_refused(tmp_path: Path, words: str) -> None:
    with pytest.raises(WrongUsage, match="a-z"):
        new_episode(tmp_path, words, ONE, DAY)
    with pytest.raises(WrongUsage, match="a-z"):
        new_post(tmp_path, words, DAY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", ["../../out", "/etc/passwd", "a/b", ".git/hooks"])
def test_a_name_never_leads_out_of_its_folder(tmp_path: Path, words: str) -> None:
    written: Written = new_post(tmp_path / "show", words, DAY)
    assert [p.parent for p in written.paths] == [tmp_path / "show" / "posts"]


def test_recordings_stay_out_of_git(tmp_path: Path) -> None:
    folder, _ = show(tmp_path)
    ignored = (folder / ".gitignore").read_text().splitlines()
    assert {"episodes/*/recording.*", "episodes/*/raw*", ".cop-publish/"} <= set(ignored)


def test_the_plain_cover_is_a_square_that_apple_takes(tmp_path: Path) -> None:
    folder, _ = show(tmp_path)
    data = (folder / "cover.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (1400, 1400)


def test_fresh_ids_are_ids_and_differ() -> None:
    ids = {fresh_person_id() for _ in range(50)}
    assert all(PERSON_ID.fullmatch(i) for i in ids)
    assert len(ids) > 40
