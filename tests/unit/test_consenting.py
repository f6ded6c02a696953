"""`cop-publish new consent`: what a known person agreed to in their next item, and nothing that was typed."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from click.testing import CliRunner
from filled_in import fill_in

from cop_publish.cli import commands
from cop_publish.console import Console
from cop_publish.core.consents import Consent, Level, PersonId
from cop_publish.errors import CopPublishError
from cop_publish.intake.skeleton import new_person, new_post, new_show
from cop_publish.registry.audit import read_chain
from cop_publish.registry.read import read_registry

if TYPE_CHECKING:
    from pathlib import Path

WHO, ITEM = PersonId("p-7f3k"), "2026-11-23-second"


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A show with somebody who is known, somebody else, and a post."""
    monkeypatch.delenv("COP_PUBLISH_REGISTRY", raising=False)
    new_show(tmp_path / "show", tmp_path / "private", UUID(int=1))
    fill_in(tmp_path / "show")
    new_person(tmp_path / "private", WHO, "Planted", "Person")
    new_person(tmp_path / "private", PersonId("p-9aa2"), "Secret", "Someone")
    new_post(tmp_path / "show", "Second", date(2026, 11, 23))
    return tmp_path / "show"


def ask(show: Path, *arguments: str, typed: str = "") -> tuple[int, str]:
    """Run the command; its exit code, and what it asks and says."""
    said = io.StringIO()
    done = CliRunner().invoke(
        commands, ["new", "consent", "-C", str(show), *arguments], obj=Console(said, said), input=typed
    )
    if isinstance(done.exception, CopPublishError):
        return done.exception.exit_code, str(done.exception)
    return done.exit_code, done.output + said.getvalue()


def only_record(show: Path) -> Consent:
    (record,) = read_registry(show.parent / "private").consents.values()
    return record


def files(show: Path) -> list[Path]:
    return sorted(path for path in (show.parent / "private").rglob("*"))


def test_options_alone_record_it_and_say_no_to_what_they_do_not_say(show: Path) -> None:
    code, said = ask(show, WHO, ITEM, "--level", "named", "--words", "yes")
    assert code == 0, said
    record = only_record(show)
    assert (record.person, record.item, record.level) == (WHO, ITEM, Level.NAMED)
    assert (record.display, record.words, record.voice) == ("Planted Person", True, False)
    assert "Planted" not in said
    assert f"consents/{ITEM}/{WHO}.yaml" in said
    entry = read_chain(show.parent / "private").entries[-1]
    assert (entry["event"], entry["item"], entry["person"]) == ("consent", ITEM, WHO)
    assert (show.parent / f"private/consents/{ITEM}/{WHO}.yaml").stat().st_mode & 0o777 == 0o600


def test_without_options_everything_is_asked_for_and_a_letter_is_enough(show: Path) -> None:
    typed = ["role", "an adviser", "40", "y", "r", "n", "a signed form"]
    code, said = ask(show, WHO, f"posts/{ITEM}.md", typed="\n".join(typed) + "\n")
    assert code == 0, said
    record = only_record(show)
    assert (record.level, record.display, record.group_size) == (Level.ROLE, "an adviser", 40)
    assert (record.words, record.voice, record.revoiced, record.photo) == (True, False, True, False)
    assert "adviser" not in said.rpartition("a signed form")[2]


def test_how_many_people_the_words_fit_is_recorded_where_it_is_told(show: Path) -> None:
    said = ("--level", "role", "--display", "an adviser", "--words", "yes")
    assert ask(show, WHO, ITEM, *said, "--group-size", "40")[0] == 0
    assert only_record(show).group_size == 40


@pytest.mark.parametrize("missing", [("", "yes"), ("yes", "")])
def test_no_yes_is_ever_assumed(show: Path, missing: tuple[str, ...]) -> None:
    before = files(show)
    code, _ = ask(show, WHO, ITEM, typed="\n".join(["named", *missing]) + "\n")
    assert code != 0  # it asks again, and there is no more input
    assert files(show) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("p-7f3q", ITEM, "--level", "named"), "The registry knows nobody of that ID. Did you mean p-7f3k?"),
        ((WHO, "2026-11-23-secnd", "--level", "named"), f"Did you mean {ITEM}?"),
        ((WHO, "nothing-like-it", "--level", "named"), "Make it first, with `cop-publish new`."),
        ((WHO, ITEM, "--level", "role"), "--display"),
        ((WHO, ITEM, "--level", "role", "--display", "Secret Someone"), "Nothing was written."),
        ((WHO, ITEM, "--level", "named", "--shown", "v3"), "put it there first"),
    ],
)
def test_what_cannot_be_meant_writes_nothing_and_names_nobody(
    show: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = files(show)
    code, told = ask(show, *arguments)
    assert code in {2, 20}
    assert said in told
    assert "Secret" not in told
    assert files(show) == before


def test_an_answer_that_is_recorded_is_not_written_over(show: Path) -> None:
    assert ask(show, WHO, ITEM, "--level", "named")[0] == 0
    code, said = ask(show, WHO, ITEM, "--level", "anonymous")
    assert code == 2
    assert f"edit registry/consents/{ITEM}/{WHO}.yaml" in said
    assert only_record(show).level is Level.NAMED


def test_a_text_that_they_were_shown_is_noted_with_its_digest(show: Path) -> None:
    (show.parent / "private/shown").mkdir()
    (show.parent / "private/shown/v3.md").write_text("What we ask of you.\n")
    assert ask(show, WHO, ITEM, "--level", "named", "--shown", "v3")[0] == 0
    assert only_record(show).shown == "v3"


def test_where_the_audit_does_not_hold_no_yes_is_left(show: Path) -> None:
    audit = show.parent / "private" / "audit.jsonl"
    said = ("--level", "named", "--words", "yes")
    assert ask(show, WHO, ITEM, *said)[0] == 0
    audit.write_text(audit.read_text("utf-8").replace("2", "3"), "utf-8")
    before = files(show)
    code, told = ask(show, "p-9aa2", ITEM, *said)
    assert (code != 0, "Nothing was recorded" in told) == (True, True)
    assert files(show) == before
