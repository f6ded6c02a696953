"""`cop-publish new person`: asked or told, it writes what was agreed, and prints nothing that was typed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from click.testing import CliRunner

from cop_publish.cli import commands
from cop_publish.console import Console
from cop_publish.core.consents import Consent, Level
from cop_publish.errors import InvalidSource
from cop_publish.intake.skeleton import new_show
from cop_publish.registry.audit import read_chain
from cop_publish.registry.read import read_registry

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COP_PUBLISH_REGISTRY", raising=False)
    new_show(tmp_path / "show", tmp_path / "private", UUID(int=1))
    return tmp_path / "show"


def add(show: Path, *options: str, typed: str = "") -> tuple[int, str]:
    """Run the command; what it asks and what it says."""
    said = io.StringIO()
    done = CliRunner().invoke(
        commands, ["new", "person", "-C", str(show), *options], obj=Console(said, said), input=typed
    )
    return done.exit_code, done.output + said.getvalue()


def only_record(show: Path) -> Consent:
    consents = read_registry(show.parent / "private").consents
    (record,) = consents.values()
    return record


def test_everything_is_asked_for_and_what_was_typed_is_in_the_registry_alone(show: Path) -> None:
    who = ["Planted", "Person", "Plant", "Planty", "", "planted@office.example"]
    works = ["Department of Things", "DoT", "", "head of planting", "chief, planters", ""]
    typed = [*who, *works, "y", "named", "yes", "yes", "no", "a signed form"]
    code, output = add(show, typed="\n".join(typed) + "\n")
    assert code == 0, output
    (person,) = read_registry(show.parent / "private").people.values()
    assert (person.given, person.family, person.emails) == ("Planted", "Person", ("planted@office.example",))
    assert person.known_as == ("Plant", "Planty")
    assert person.organisations == ("Department of Things", "DoT")
    assert person.roles == ("head of planting", "chief, planters")
    record = only_record(show)
    assert (record.item, record.level, record.display) == (None, Level.NAMED, "Planted Person")
    assert (record.words, record.voice, record.photo) == (True, True, False)
    assert [e["event"] for e in read_chain(show.parent / "private").entries] == ["new person", "consent"]
    said = output.rpartition("a signed form")[2]  # the runner shows input as a terminal does
    assert not any(word in said for word in ("Plant", "Person", "office", "DoT", "plant", "signed"))
    assert "to `hosts`" in said


def test_a_role_is_asked_for_its_words_and_may_be_for_one_item(show: Path) -> None:
    typed = [
        "Planted",
        "Person",
        "",
        "",
        "",
        "",
        "n",
        "014-new",
        "role",
        "an adviser",
        "400",
        "yes",
        "revoiced",
        "no",
        "e-mail",
    ]
    code, output = add(show, typed="\n".join(typed) + "\n")
    assert code == 0, output
    record = only_record(show)
    assert (record.item, record.level, record.display) == ("014-new", Level.ROLE, "an adviser")
    assert record.group_size == 400
    assert (record.words, record.voice, record.revoiced, record.photo) == (True, False, True, False)


@pytest.mark.parametrize("missing", [("", "yes", "no"), ("yes", "", "no")])
def test_no_yes_is_ever_assumed(show: Path, missing: tuple[str, ...]) -> None:
    typed = ["Planted", "Person", "", "", "", "", "y", "named", *missing, "e-mail"]
    code, _ = add(show, typed="\n".join(typed) + "\n")
    assert code != 0  # it asks again, and there is no more input
    assert read_registry(show.parent / "private").people == {}


def test_options_alone_say_no_to_everything_that_they_do_not_say(show: Path) -> None:
    code, output = add(
        show, "--given", "Planted", "--family", "Person", "--for", "014-new", "--level", "named"
    )
    assert code == 0, output
    record = only_record(show)
    assert (record.words, record.voice, record.photo) == (False, False, False)
    assert "Planted" not in output


def test_how_many_people_their_words_fit_is_told_and_where_they_are_too_few_nothing_is_written(
    show: Path,
) -> None:
    agreed = ["--given", "Planted", "--for", "014-new", "--level", "role", "--display", "an adviser"]
    for size in ("4", "0", "some"):
        assert add(show, *agreed, "--group-size", size)[0] != 0
    assert read_registry(show.parent / "private").people == {}
    assert add(show, *agreed, "--group-size", "5")[0] == 0
    assert only_record(show).group_size == 5


def test_roles_and_other_names_are_told_by_options_as_often_as_there_are_some(show: Path) -> None:
    told = [
        "--role",
        "head of planting",
        "--role",
        'chief "planter": #1',
        "--known-as",
        "Plant",
        "--role",
        " ",
    ]
    code, output = add(show, "--given", "Planted", *told, "--employer", "DoT", "--employer", "Things")
    assert code == 0, output
    (person,) = read_registry(show.parent / "private").people.values()
    assert person.roles == ("head of planting", 'chief "planter": #1')
    assert person.known_as == ("Plant",)
    assert person.organisations == ("DoT", "Things")
    assert not any(word in output for word in ("plant", "Plant", "DoT", "chief"))


@pytest.mark.parametrize(
    "options",
    [
        ["--given", "A", "--host"],
        ["--given", "A", "--level", "named"],
        ["--given", "A", "--host", "--for", "x", "--level", "named"],
        ["--given", "A", "--level", "nobody", "--host"],
        ["--given", "A", "--voice", "disguised"],
    ],
)
def test_options_that_contradict_each_other_write_nothing(show: Path, options: list[str]) -> None:
    before = sorted((show.parent / "private").rglob("*"))
    assert add(show, *options)[0] == 2
    assert sorted((show.parent / "private").rglob("*")) == before


def test_what_they_were_shown_is_noted_with_its_digest(show: Path) -> None:
    options = ["--given", "Planted", "--host", "--level", "named", "--shown", "consent-v3"]
    assert add(show, *options)[0] != 0
    assert not list((show.parent / "private/people").iterdir())
    (show.parent / "private/shown").mkdir()
    (show.parent / "private/shown/consent-v3.md").write_text("What we ask of you.\n")
    code, output = add(show, *options)
    assert code == 0, output
    assert only_record(show).shown == "consent-v3"
    (show.parent / "private/shown/consent-v3.md").write_text("We may do anything.\n")
    with pytest.raises(InvalidSource, match="has been changed since"):
        read_registry(show.parent / "private")
