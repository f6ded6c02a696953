"""What somebody takes back is written as a person would have written it, and read back before it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from test_registry import CONSENT, PERSON, write

from cop_publish.core.consents import Level, PersonId, TakenBack
from cop_publish.core.lowering import Lowering
from cop_publish.errors import NotCleared, WrongUsage
from cop_publish.registry.read import read_registry
from cop_publish.registry.taking_back import refuse_nothing, take_back

if TYPE_CHECKING:
    from pathlib import Path

WHO = PersonId("p-7f3k")
DAY = date(2026, 11, 27)
NOTED = """\
# Met at the jury.
level: named   # as she likes it
display: Siân Ap-Example
allow: {words: yes, voice: yes, photo: yes}

given: {on: 2026-11-10}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "private"
    (home / "consents").mkdir(parents=True)
    write(home, "registry.yaml", "version: 1\n")
    write(home, "people/p-7f3k.yaml", PERSON)
    home.chmod(0o700)
    return home


def text(folder: Path, item: str) -> str:
    return (folder / "consents" / item / "p-7f3k.yaml").read_text("utf-8")


def test_one_line_is_added_and_all_else_stays(folder: Path) -> None:
    write(folder, "consents/012-jury/p-7f3k.yaml", NOTED)
    assert take_back(folder, WHO, "012-jury", TakenBack.ATTRIBUTION, on=DAY) == ("012-jury",)
    assert text(folder, "012-jury") == NOTED + "withdrawn: {on: 2026-11-27, scope: attribution}\n"
    record = read_registry(folder).of(WHO, "012-jury", today=DAY)
    assert (record.level, record.display, record.photo, record.voice) == (Level.ANONYMOUS, "", False, True)


@pytest.mark.parametrize(
    ("there", "after"),
    [
        (
            "withdrawn: {on: 2026-11-20, scope: photo}  # by telephone\n",
            "withdrawn: {on: 2026-11-27, scope: [voice, photo]}  # by telephone\n",
        ),
        (
            "withdrawn:\n  on: 2026-11-20  # by phone\n  # asked twice\n  scope: [photo]\nsign_off: no\n",
            "withdrawn: {on: 2026-11-27, scope: [voice, photo]}  # by phone\n# asked twice\nsign_off: no\n",
        ),
        ("withdrawn: {on: 2026-12-24, scope: photo}", "withdrawn: {on: 2026-12-24, scope: [voice, photo]}\n"),
    ],
)
def test_what_was_taken_back_before_stays_taken_back(folder: Path, there: str, after: str) -> None:
    write(folder, "consents/012-jury/p-7f3k.yaml", NOTED + there)
    take_back(folder, WHO, "012-jury", TakenBack.VOICE, on=DAY)
    assert text(folder, "012-jury") == NOTED + after


def test_twice_is_once(folder: Path) -> None:
    write(folder, "consents/012-jury/p-7f3k.yaml", NOTED)
    take_back(folder, WHO, None, TakenBack.VOICE, on=DAY)
    once = text(folder, "012-jury")
    assert take_back(folder, WHO, None, TakenBack.VOICE, on=date(2026, 12, 1)) == ()
    assert text(folder, "012-jury") == once


def test_everything_taken_back_needs_no_more(folder: Path) -> None:
    write(folder, "consents/012-jury/p-7f3k.yaml", NOTED + "withdrawn: 2026-11-20\n")
    assert take_back(folder, WHO, "012-jury", TakenBack.PHOTO, on=DAY) == ()


def test_for_one_item_the_standing_record_stays_and_a_copy_of_it_is_changed(folder: Path) -> None:
    write(folder, "consents/standing/p-7f3k.yaml", NOTED)
    assert take_back(folder, WHO, "012-jury", TakenBack.VOICE, on=DAY) == ("012-jury",)
    assert text(folder, "standing") == NOTED
    assert text(folder, "012-jury") == NOTED + "withdrawn: {on: 2026-11-27, scope: voice}\n"
    assert (folder / "consents/012-jury/p-7f3k.yaml").stat().st_mode & 0o077 == 0


def test_everywhere_is_every_record(folder: Path) -> None:
    for item in ("012-jury", "2026-11-20-post", "standing"):
        write(folder, f"consents/{item}/p-7f3k.yaml", NOTED)
    assert take_back(folder, WHO, None, TakenBack.ATTRIBUTION, on=DAY) == (
        "012-jury",
        "2026-11-20-post",
        "standing",
    )
    consents = read_registry(folder)
    assert {consents.of(WHO, item, today=DAY).level for item in ("012-jury", "999-new")} == {Level.ANONYMOUS}


def test_who_agreed_to_nothing_has_nothing_to_take_back(folder: Path) -> None:
    with pytest.raises(WrongUsage, match="no consent recorded for 012-jury"):
        refuse_nothing(read_registry(folder), WHO, "012-jury")
    with pytest.raises(WrongUsage, match="p-7f3k has no consent recorded, so"):
        refuse_nothing(read_registry(folder), WHO, None)
    write(folder, "consents/013-new/p-7f3k.yaml", CONSENT)
    refuse_nothing(read_registry(folder), WHO, None)
    with pytest.raises(WrongUsage):
        refuse_nothing(read_registry(folder), WHO, "012-jury")
    write(folder, "consents/standing/p-7f3k.yaml", CONSENT)
    refuse_nothing(read_registry(folder), WHO, "012-jury")


def test_where_one_record_cannot_be_changed_none_is(folder: Path) -> None:
    write(folder, "consents/012-jury/p-7f3k.yaml", NOTED)
    write(folder, "consents/013-new/p-7f3k.yaml", "{level: named, display: S. Ap, given: {on: 2026-11-10}}\n")
    with pytest.raises(NotCleared, match="cannot be changed by its lines"):
        take_back(folder, WHO, None, TakenBack.VOICE, on=DAY)
    assert text(folder, "012-jury") == NOTED


@pytest.mark.parametrize("first", ["", "withdrawn: {on: 2026-11-20, scope: photo}\n"])
def test_a_record_from_an_editor_that_marks_utf_8_is_changed_as_any(folder: Path, first: str) -> None:
    write(folder, "consents/012-jury/p-7f3k.yaml", f"\ufeff{first}{NOTED}")
    take_back(folder, WHO, "012-jury", TakenBack.VOICE, on=DAY)
    assert not read_registry(folder).of(WHO, "012-jury", today=DAY).voice


@pytest.mark.parametrize("item", ["012-jury", None])
@pytest.mark.parametrize("scope", [TakenBack.ATTRIBUTION, TakenBack.VOICE, TakenBack.PHOTO])
@pytest.mark.parametrize("before", ["", "withdrawn: {on: 2026-11-20, scope: photo}\n"])
def test_a_dry_run_foresees_what_the_record_will_say(
    folder: Path, item: str | None, scope: TakenBack, before: str
) -> None:
    write(folder, "consents/standing/p-7f3k.yaml", NOTED + before)
    write(folder, "consents/013-new/p-7f3k.yaml", CONSENT)
    foreseen = Lowering(WHO, scope, item, DAY).of(read_registry(folder))
    take_back(folder, WHO, item, scope, on=DAY)
    written = read_registry(folder)
    for name in ("012-jury", "013-new", "014-other"):
        records = (consents.of(WHO, name, today=DAY) for consents in (foreseen, written))
        assert len({replace(record, item=None) for record in records}) == 1
