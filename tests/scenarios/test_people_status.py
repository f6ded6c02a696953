"""`status` by person: one reason each, IDs alone, and names only where somebody looks at a terminal."""

from __future__ import annotations

import io
import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from workspaces import published_sample, say

from cop_publish.console import Console
from cop_publish.core.consents import Person, PersonId
from cop_publish.errors import WrongUsage

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def show(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published_sample(tmp_path_factory, tmp_path / "show")


def people(show: Path, item: str) -> dict[str, dict[str, str]]:
    said = say(show, "status", item, "--json")
    assert said.code == 0, said.err
    return {row["person"]: row for row in json.loads(said.out)["people"]}


def test_scripts_get_everyone_and_nobody_by_name(show: Path) -> None:
    said = say(show, "status", "--json")
    rows = json.loads(said.out)["people"]
    assert {("012-citizens-jury", "p-k2m9", "role", "signed", "clean", "")} <= {
        (r["item"], r["person"], r["consent"], r["sign_off"], r["gate"], r["blocking"]) for r in rows
    }
    assert {r["blocking"] for r in rows} == {""}
    assert not any(name in said.out for name in ("Torquil", "Alys", "Seun"))


def test_a_consent_that_is_over_is_told_from_one_that_never_was(show: Path) -> None:
    consent = show / "registry/consents/012-citizens-jury/p-k2m9.yaml"
    consent.write_text(consent.read_text("utf-8").replace("2036-10-19", "2026-11-01"), "utf-8")
    row = people(show, "012-citizens-jury")["p-k2m9"]
    assert row["consent"] == "over"
    assert "their yes ended on 1 November 2026" in row["blocking"]
    consent.unlink()
    assert people(show, "012-citizens-jury")["p-k2m9"]["consent"] == "none"


def test_each_has_one_reason_of_their_own_and_what_the_gate_finds_holds_up_all(show: Path) -> None:
    notes = show / "episodes/012-citizens-jury/episode.md"
    notes.write_text(notes.read_text("utf-8") + "\nThanks to Morwenna Pretendington.\n", "utf-8")
    rows = people(show, "012-citizens-jury")
    assert {row["gate"] for row in rows.values()} == {"leak"}
    found = "holds the full name of p-n5v2"
    assert all(re.search(rf"episode\.md:\d+: {found}", row["blocking"]) for row in rows.values())
    assert "Morwenna" not in str(rows)


def test_departments_and_elections_have_columns_of_their_own_and_stand_on_the_contributors_page(
    show: Path,
) -> None:
    person = show / "registry/people/p-k2m9.yaml"
    person.write_text(person.read_text("utf-8") + "employer: dept-x\n", "utf-8")
    consent = show / "registry/consents/012-citizens-jury/p-k2m9.yaml"
    whole = consent.read_text("utf-8")
    consent.write_text(
        whole + "capacity: official\ndept_clearance: {needed: yes, by: press office}\n",
        "utf-8",
    )
    (show / "registry/calendar.yaml").write_text(
        "periods:\n"
        "  - {kind: election, from: 2026-11-20, to: 2026-12-05, employers: [dept-x], effect: block}\n"
    )
    rows = people(show, "012-citizens-jury")
    assert (rows["p-k2m9"]["department"], rows["p-k2m9"]["calendar"]) == ("waits", "paused")
    assert (rows["p-host"]["department"], rows["p-host"]["calendar"]) == ("-", "open")
    assert rows["p-k2m9"]["blocking"] == ""  # what is public stays; only what is new waits
    said = say(show, "sign-off", "012-citizens-jury", "p-k2m9", "--page", "page.html")
    assert said.code == 0, said.err
    page = (show / "page.html").read_text("utf-8")
    assert "about 400 people fit your description" in page
    assert "Your department has to agree, and has not yet." in page
    assert "From 20 November 2026 to" in page
    shutil.rmtree(show / "published")
    blocking = people(show, "012-citizens-jury")["p-k2m9"]["blocking"]
    assert "department" in blocking or "pre-election" in blocking
    assert say(show, "sign-off", "012-citizens-jury", "p-k2m9", "--page", "page.html").code == 0
    consent.write_text(whole + "dept_clearance: {needed: yes, by: press office, on: 2026-11-18}\n", "utf-8")
    assert people(show, "012-citizens-jury")["p-k2m9"]["department"] == "agreed"


@pytest.mark.parametrize("arguments", [("--names",), ("--names", "--json"), ("nothing",)])
def test_what_cannot_be_shown_is_refused(show: Path, arguments: tuple[str, ...]) -> None:
    said = say(show, "status", *arguments)
    assert said.code == 2
    assert "Alys" not in said.out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_names_are_revealed_on_a_terminal_alone_and_the_mask_is_back_after_it() -> None:
    person = Person(PersonId("p-host"), "Alys", "Example")
    out = Terminal()
    console = Console(out, io.StringIO())
    console.protect((person,))
    console.reveal("p-host  Alys Example")
    console.say("p-host  Alys Example")
    assert out.getvalue() == "p-host  Alys Example\np-host  [withheld]\n"
    with pytest.raises(WrongUsage):
        Console(io.StringIO(), io.StringIO()).reveal("x")
