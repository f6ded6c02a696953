"""Somebody is erased: nothing of theirs is left, whatever happens, and nobody's no becomes a yes."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filled_in import fill_in
from forgetting import AT, ERASE, OTHER, TODAY, WHO, holding, holds, known_everywhere, less_protected
from workspaces import published_sample, say

from cop_publish.core.consents import Consent, PersonId
from cop_publish.core.sign_offs import Decision
from cop_publish.errors import InvalidSource
from cop_publish.registry.audit import Event, append, read_chain
from cop_publish.registry.erased import erasures_in
from cop_publish.registry.read import read_registry
from cop_publish.registry.sign_offs import read_sign_offs

if TYPE_CHECKING:
    from workspaces import Said

HERE = Path(__file__).parent
GONE = PersonId("p-zz99")  # nobody in the sample


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A show, and a registry that knows WHO in every place there is."""
    monkeypatch.delenv("COP_PUBLISH_REGISTRY", raising=False)
    show, registry = known_everywhere(tmp_path)
    fill_in(show)
    return show, registry


def erase(show: Path, *more: str) -> Said:
    said = say(show, *ERASE, *more)
    assert not any(holds(text.encode()) for text in (said.out, said.err))
    return said


def test_no_file_holds_a_form_of_their_name_and_what_others_said_stays(places: tuple[Path, Path]) -> None:
    show, registry = places
    held = holding(show.parent)
    assert len(held) == 17, held  # every place that is planted, so that each is seen to be emptied
    said = erase(show)
    assert said.code == 0, said.err
    assert (
        "Gone: their file, 3 consents, their answers to 1 item, in 1 file of others' answers the page that "
        "showed them, 3 notes of the audit with their salts, 1 allow about them and 5 other copies of such "
        "files." in said.out
    )
    assert holding(show.parent) == []
    assert not read_chain(registry).problems
    answers = read_sign_offs(registry)
    assert [a.decision for a in answers.of("jury", OTHER)] == [Decision.APPROVED]
    assert answers.of("jury", OTHER)[0].content == ""
    assert answers.of("maps", OTHER)[0].content
    assert "cd34" in (registry / "allows.yaml").read_text("utf-8")
    assert "ab12" not in (registry / "allows.yaml").read_text("utf-8")
    assert len(list((registry / "notes").glob("*.json"))) == 1
    consents = read_registry(registry)
    assert set(consents.people) == {OTHER}
    assert [consents.of(WHO, item, today=TODAY) for item in ("jury", "new")] == [
        Consent(WHO, "jury"),
        Consent(WHO, "new"),
    ]


def test_killed_before_any_write_it_is_ended_by_a_second_run_and_they_are_never_less_protected(
    tmp_path: Path,
) -> None:
    argv = [sys.executable, str(HERE / "forgetting.py"), str(tmp_path)]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=900, check=False)
    assert ran.returncode == 0, ran.stderr
    crashes = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [is_killed for _, is_killed, *_ in crashes] == [True] * (len(crashes) - 1) + [False]
    assert len(crashes) > 30
    assert [crash for crash in crashes if crash[2:] != [[], "", []]] == []


def test_a_yes_that_outlives_their_no_is_seen(places: tuple[Path, Path]) -> None:
    """What the crash test looks with can find something."""
    _, registry = places
    assert less_protected(registry) == []
    (registry / f"consents/maps/{WHO}.yaml").unlink()
    (registry / f"signoffs/jury/{WHO}.jsonl").unlink()
    (registry / f"people/{WHO}.yaml").unlink()
    assert len(less_protected(registry)) == 3


def test_half_an_erasing_is_refused_with_the_command_that_ends_it(places: tuple[Path, Path]) -> None:
    show, registry = places
    append(registry, Event("erase", person=WHO, facts={"keeps": "nothing"}), at=AT)
    said = say(show, "check")
    assert said.code == 20
    fix = f"Run `cop-publish erase {WHO}`: it finishes that. Somebody else needs another ID."
    assert (
        f"registry/consents/…/{WHO}.yaml: {WHO} was erased on 2026-11-20, and this is theirs. {fix}"
        in said.err
    )
    assert say(show, "erase", WHO).code == 0  # with no more options: it was decided
    assert holding(show.parent) == []
    said = say(show, "check")
    assert said.code == 0, said.err


def test_where_the_name_is_gone_already_it_is_said_that_nobody_can_look_for_it(
    places: tuple[Path, Path],
) -> None:
    show, registry = places
    (show / "their-page.html").write_text(f"<h1>Wilhelmina Plantedname</h1>\n<p>{WHO}\n")
    append(registry, Event("erase", person=WHO, facts={"keeps": "nothing"}), at=AT)
    (registry / f"people/{WHO}.yaml").unlink()
    said = say(show, "erase", WHO)
    assert said.code == 0, said.err
    assert f"Nothing here knows any more what {WHO} was called, so where their name stands" in said.out
    assert "their-page.html:2: this has p-7f3k." in said.out


def test_the_name_that_was_to_be_kept_is_kept_by_whoever_ends_it(places: tuple[Path, Path]) -> None:
    show, registry = places
    append(registry, Event("erase", person=WHO, facts={"keeps": "name"}), at=AT)
    assert say(show, "erase", WHO).code == 0
    assert holding(show.parent) == ["private/allows.yaml", f"private/people/{WHO}.yaml"]
    person = read_registry(registry).people[WHO]
    assert (person.given, person.family) == ("Wilhelmina", "Plantedname")
    assert (person.known_as, person.aliases) == (("Mina",), ("Mina Plantedname",))
    assert (person.emails, person.employer, person.never_mention) == ((), "", True)
    assert "ab12" in (registry / "allows.yaml").read_text("utf-8")  # the gate still finds that sentence


def test_their_code_is_given_to_nobody_else(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    show, registry = places
    assert erase(show).code == 0
    drawn = iter("7f3k" + "b2c4")
    monkeypatch.setattr("secrets.choice", lambda _: next(drawn))
    assert say(show, "new", "person", "--given", "Ada").code == 0
    assert {path.stem for path in (registry / "people").glob("*.yaml")} == {OTHER, "p-b2c4"}
    (registry / f"people/{WHO}.yaml").write_text("name: {given: Ada}\n")
    with pytest.raises(InvalidSource, match="was erased on 2026-11-27, and this is theirs"):
        read_registry(registry)


def test_a_dry_run_says_all_of_it_and_writes_nothing(places: tuple[Path, Path]) -> None:
    show, registry = places
    before = {p: p.read_bytes() for p in show.parent.rglob("*") if p.is_file() and p.name != "lock"}
    said = erase(show, "--dry-run", "--json")
    assert said.code == 0
    told = json.loads(said.out)
    assert list(told["removes"].values()) == [1, 3, 1, 1, 3, 1, 5]
    assert told["made_again"] == ["build", "gate.json", "pictures", "masters"]
    after = {p: p.read_bytes() for p in show.parent.rglob("*") if p.is_file() and p.name != "lock"}
    assert after == before
    assert erasures_in(registry) == {}


def test_what_only_people_can_mend_is_named_with_its_line(places: tuple[Path, Path]) -> None:
    show, registry = places
    (registry / "guard.yaml").write_text("terms:\n  - Wilhelmina Plantedname\n")
    (registry / "shown").mkdir()
    (registry / "shown/text.md").write_text("Dear contributor,\nask Wilhelmina Plantedname.\n")
    (registry / "notes.docx").write_bytes(b"PK Wilhelmina Plantedname")
    (show / "their-page.html").write_text(f"<h1>Wilhelmina Plantedname</h1>\n<p>{WHO}\n")
    (show / "Wilhelmina-Plantedname.wav").write_bytes(b"RIFF")
    said = erase(show)
    assert said.code == 0
    for line in (
        f"their-page.html:1: this holds a name of {WHO}. Take it out.",
        f"their-page.html:2: this has {WHO}. Take the ID out, and what is theirs with it.",
        f"[withheld].wav: this holds a name of {WHO}. Take it out.",
        f"registry/notes.docx:1: this holds a name of {WHO}. Take it out.",
        f"registry/guard.yaml:2: this holds a name of {WHO}. Take it out.",
        f"registry/shown/text.md:2: this holds a name of {WHO}. Take it out.",
    ):
        assert line in said.out.splitlines()


def test_at_a_terminal_the_code_must_be_typed(places: tuple[Path, Path]) -> None:
    show, registry = places
    told = at_a_terminal(show, "p-9aa2\n")
    assert "This cannot be undone. Type p-7f3k to erase them" in told
    assert "--keep-name" in told
    assert "backups" in told
    assert (registry / f"people/{WHO}.yaml").exists()
    assert "nothing was erased" in told
    assert "Erased: p-7f3k" in at_a_terminal(show, f"{WHO}\n")
    assert holding(show.parent) == []


def at_a_terminal(show: Path, typed: str) -> str:
    ours, theirs = pty.openpty()
    argv = [sys.executable, "-m", "cop_publish", "erase", WHO, "--reference", "SAR-2026-14"]
    os.write(ours, typed.encode())
    with os.fdopen(theirs) as terminal:
        ran = subprocess.run(
            argv, cwd=show, stdin=terminal, capture_output=True, text=True, timeout=120, check=False
        )
    os.close(ours)
    return " ".join((ran.stdout + ran.stderr).split())


# --- what was public --------------------------------------------------------------------------------


@pytest.fixture
def show(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published_sample(tmp_path_factory, tmp_path / "show")


def test_a_release_that_could_be_gone_back_to_is_in_the_way_until_a_withdrawal_removes_it(show: Path) -> None:
    note = show / "posts/2026-11-22-a-note.md"
    note.write_text("---\ntitle: A note\nauthor: p-host\n---\nSo says @{p-n5v2}.\n", "utf-8")
    (show / "registry/consents/2026-11-22-a-note").mkdir()
    yes = "level: named\ndisplay: {}\nallow: {{words: yes}}\ngiven: {{on: 2026-11-10, how: e-mail}}\n"
    person = read_registry(show / "registry").people[PersonId("p-n5v2")]
    record = show / "registry/consents/2026-11-22-a-note/p-n5v2.yaml"
    record.write_text(yes.format(person.full_name), "utf-8")
    said = say(show, "publish")
    assert said.code == 0, said.err
    note.write_text("---\ntitle: A note\nauthor: p-host\n---\nSo it is said.\n", "utf-8")
    assert say(show, "publish", now="2026-11-24T09:00+00:00").code == 0
    words = (person.full_name,)
    assert holding(show / "published/_cop", words)  # the release from before
    said = say(show, "erase", "p-n5v2", "--reference", "SAR-1", "--yes")
    assert said.code == 40
    assert "the store: 1 release that can be gone back to may show p-n5v2, the newest of " in said.err
    assert "`cop-publish withdraw --person p-n5v2 --scope attribution` removes these too" in said.err
    said = say(show, "withdraw", "--person", "p-n5v2", "--scope", "attribution")
    assert said.code == 0, said.err
    assert holding(show / "published", words) == []
    said = say(show, "erase", "p-n5v2", "--reference", "SAR-1", "--yes")
    assert said.code == 0, said.err
    assert holding(show, words) == []
    assert say(show, "rollback", "1").code == 0  # to the release from before that
    assert holding(show / "published", words) == []


def test_a_host_is_in_the_way_until_the_settings_name_another(show: Path) -> None:
    said = say(show, "erase", "p-host", "--dry-run")
    assert said.code == 40
    assert "cop-publish.toml:35: `show.hosts` names p-host. Take the ID out." in said.err


def test_a_release_that_does_not_say_whom_it_shows_is_not_gone_back_to_once_somebody_is_erased(
    show: Path,
) -> None:
    """As releases of older versions are."""
    assert say(show, "new", "person", "--given", "Wilhelmina").code == 0
    (person,) = [p.id for p in read_registry(show / "registry").people.values() if p.given == "Wilhelmina"]
    note = show / "posts/2026-11-22-a-note.md"
    note.write_text("---\ntitle: A note\nauthor: p-host\n---\nSo it is said.\n", "utf-8")
    assert say(show, "publish").code == 0
    (pack,) = (show / "published/_cop/releases").glob("000001-*.zip")
    says_whom = pack.read_bytes()
    pack.write_bytes(undated(says_whom))
    assert say(show, "rollback", "1").code == 0
    assert say(show, "rollback", "2").code == 0
    pack.write_bytes(says_whom)
    assert say(show, "erase", person, "--reference", "SAR-1", "--yes").code == 0
    assert say(show, "rollback", "1").code == 0
    assert say(show, "rollback", "2").code == 0
    pack.write_bytes(undated(says_whom))
    said = say(show, "rollback", "1")
    assert said.code == 40
    assert f"{person}: they were erased, and that release does not say whom it shows." in said.err


def undated(pack: bytes) -> bytes:
    """A pack whose record does not say who had agreed to what."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pack)) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "record.json":
                content = json.dumps({**json.loads(content), "relied": None}).encode()
            after.writestr(name, content)
    return made.getvalue()


def test_whose_page_showed_somebody_erased_is_told_to_read_all_of_the_next(show: Path) -> None:
    item, person = "012-citizens-jury", "p-k2m9"
    assert say(show, "sign-off", item, person, "--leave-out", "--how", "e-mail").code == 0
    answers = show / f"registry/signoffs/{item}/{person}.jsonl"
    line = json.loads(answers.read_text("utf-8").splitlines()[-1])
    answers.write_text(json.dumps({**line, "view": None}) + "\n", "utf-8")
    append(show / "registry", Event("erase", person=GONE, facts={"keeps": "nothing"}), at=AT)
    append(show / "registry", Event("erased", person=GONE), at=AT)
    said = say(show, "sign-off", item, person, "--page", "page.html")
    assert said.code == 0, said.err
    assert "We keep it no longer, for it showed somebody who was erased" in (show / "page.html").read_text()


@pytest.mark.parametrize("typed", ["p-*", "p-[a-z0-9]*", "../people/p-7f3k", "Wilhelmina", "p-7f3k.yaml"])
def test_what_is_no_id_erases_nobody(places: tuple[Path, Path], typed: str) -> None:
    show, registry = places
    before = {path: path.read_bytes() for path in registry.rglob("*") if path.is_file()}
    said = say(show, "erase", typed, "--reference", "SAR-1", "--yes")
    assert said.code == 2
    assert "PERSON is an ID" in said.err
    assert typed not in said.err
    after = {path: path.read_bytes() for path in registry.rglob("*") if path.is_file()}
    assert {path: content for path, content in after.items() if path in before} == before


@pytest.mark.parametrize("reference", ["Wilhelmina-2026", "SAR/plantednameW", "Jose-1", "joséphine"])
def test_no_name_becomes_a_reference_in_the_audit(places: tuple[Path, Path], reference: str) -> None:
    show, registry = places
    (registry / "people/p-4b5c.yaml").write_text("name: {given: José}\n", "utf-8")
    (registry / "people/p-4b5c.yaml").chmod(0o600)
    said = say(show, "erase", WHO, "--reference", reference, "--yes")
    assert said.code == 2
    assert "no part of anybody's name" in said.err
    assert erasures_in(registry) == {}


def test_a_name_that_is_gone_is_not_said_to_be_kept(places: tuple[Path, Path]) -> None:
    show, registry = places
    assert erase(show).code == 0
    said = erase(show, "--keep-name")
    assert (said.code, "there is none left to keep" in said.err) == (2, True)
    assert erasures_in(registry)[WHO].keeps == "nothing"


def test_a_comment_beside_a_name_that_is_kept_goes(places: tuple[Path, Path]) -> None:
    show, registry = places
    own = registry / f"people/{WHO}.yaml"
    own.write_text(f"# rang on 07700 900123\nname: {{given: {WHO[2:]}}}\nnever_mention: yes\n", "utf-8")
    assert say(show, "erase", WHO, "--keep-name", "--reference", "SAR-1", "--yes").code == 0
    assert "07700" not in own.read_text("utf-8")


def test_an_answer_with_other_ends_of_lines_in_it_stays_whole_without_its_page(
    places: tuple[Path, Path],
) -> None:
    show, registry = places
    answers = registry / f"signoffs/jury/{OTHER}.jsonl"
    line = json.loads(answers.read_text("utf-8"))
    more = json.dumps({**line, "comment": "one\u2028two \x85 three"}, ensure_ascii=False)
    answers.write_text(f"{answers.read_text('utf-8')}{more}\n", "utf-8")
    assert erase(show).code == 0
    lines = answers.read_text("utf-8").removesuffix("\n").split("\n")
    assert [json.loads(one)["view"] for one in lines] == [None, None]
    assert holding(show.parent) == []
