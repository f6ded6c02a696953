"""The registry: read strictly, private or refused, and silent about names."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from unprivileged import unprivileged

from cop_publish.core.consents import Clearance, Consent, Level, OnExpiry, Person, PersonId, TakenBack
from cop_publish.core.problems import Matter
from cop_publish.errors import CopPublishError, InvalidSource, NotCleared
from cop_publish.registry.read import read_registry
from cop_publish.registry.records import advise_records

if TYPE_CHECKING:
    from collections.abc import Iterator

PERSON = "name: {given: Siân, family: Ap-Example}\n"
CONSENT = """\
level: named
display: Siân Ap-Example
allow: {words: yes, voice: yes, photo: no}
given: {on: 2026-11-10}
"""
NO_DISPLAY = "`display` is empty, and the level says that they may be called something"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An initialised registry, empty and private."""
    home = tmp_path / "private"
    for name in ("people", "consents/standing"):
        (home / name).mkdir(parents=True)
    write(home, "registry.yaml", "version: 1\nfictional: no\nserial: 1\n")
    home.chmod(0o700)
    return home


def write(home: Path, name: str, text: str) -> None:
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def filled(home: Path) -> None:
    write(home, "people/p-7f3k.yaml", PERSON)
    write(home, "consents/012-jury/p-7f3k.yaml", CONSENT)


def refused(home: Path | None, kind: type[CopPublishError] = InvalidSource) -> list[str]:
    with pytest.raises(kind) as caught:
        read_registry(home)
    assert type(caught.value) is kind
    return [f"{p.where}: {p.what}" for p in caught.value.problems]


def test_everyone_and_everything_they_said_is_read(folder: Path) -> None:
    write(
        folder,
        "people/p-7f3k.yaml",
        "name: {given: Siân, family: Ap-Example, known_as: [Shan]}\n"
        "also: {emails: [s@juries.example], handles: ['@sian'], urls: [https://x.example/s],"
        " aliases: [S. Ap-Example]}\n",
    )
    write(folder, "people/p-host.yaml", "name: {given: Plato}\n")
    write(folder, "consents/012-jury/p-7f3k.yaml", CONSENT + "expires: 2027-11-10\nwithdrawn: 2026-12-01\n")
    write(
        folder,
        "consents/standing/p-host.yaml",
        "level: role\ndisplay: ' a  host '\ngiven: {on: 2026-01-12, how: form}\n",
    )
    write(
        folder,
        "consents/2026-x/p-host.yaml",
        "level: anonymous\ndisplay: Plato\nallow: {words: on}\ngiven: {on: 2026-01-12}\n",
    )
    found = read_registry(folder)
    sian, host = PersonId("p-7f3k"), PersonId("p-host")
    assert found.fictional is False
    assert found.people == {
        sian: Person(
            sian,
            "Siân",
            "Ap-Example",
            known_as=("Shan",),
            aliases=("S. Ap-Example",),
            emails=("s@juries.example",),
            handles=("@sian",),
            urls=("https://x.example/s",),
        ),
        host: Person(host, "Plato"),
    }
    assert found.consents == {
        (sian, "012-jury"): Consent(
            sian,
            "012-jury",
            Level.NAMED,
            "Siân Ap-Example",
            words=True,
            voice=True,
            given_on=date(2026, 11, 10),
            expires_on=date(2027, 11, 10),
            withdrawn_on=date(2026, 12, 1),
        ),
        (host, None): Consent(host, None, Level.ROLE, "a host", given_on=date(2026, 1, 12), given_how="form"),
        # Whatever an anonymous record says, it holds no words to show.
        (host, "2026-x"): Consent(
            host, "2026-x", Level.ANONYMOUS, "", words=True, given_on=date(2026, 1, 12)
        ),
    }


def test_an_initialised_and_empty_registry_is_valid_and_knows_nobody(folder: Path) -> None:
    found = read_registry(folder)
    assert (dict(found.people), dict(found.consents)) == ({}, {})
    (folder / "people").rmdir()
    assert dict(read_registry(folder).people) == {}


def test_a_missing_registry_refuses_with_the_contributors_exit_code(tmp_path: Path) -> None:
    for home, what in (
        (None, "no registry is set"),
        (tmp_path, "the registry is not there"),
        (tmp_path / "x", "the registry is not there"),
    ):
        with pytest.raises(NotCleared) as caught:
            read_registry(home)
        assert caught.value.exit_code == 40
        assert [(p.what, p.matter) for p in caught.value.problems] == [(what, Matter.CONSENT)]
        assert "COP_PUBLISH_REGISTRY" in caught.value.problems[0].fix


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o770, 0o704])
def test_a_registry_that_others_can_reach_is_refused(folder: Path, mode: int) -> None:
    filled(folder)
    folder.chmod(mode)
    assert refused(folder, NotCleared) == ["registry: other people on this machine can read the registry"]


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_registry_in_a_git_work_tree_is_refused(folder: Path, kind: str) -> None:
    git = folder.parent / ".git"  # a file in a linked work tree
    git.mkdir() if kind == "folder" else git.write_text("gitdir: elsewhere\n")
    assert refused(folder, NotCleared) == [
        "registry: the registry lies inside a git work tree, where nothing can ever be erased"
    ]


def test_a_registry_behind_a_link_into_a_git_work_tree_is_refused(folder: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path / "tree")], check=True)
    inside = tmp_path / "tree" / "registry"
    folder.rename(inside)
    link = tmp_path / "elsewhere"
    link.symlink_to(inside)
    assert len(refused(link, NotCleared)) == 1


def test_fictional_people_may_lie_anywhere(folder: Path) -> None:
    write(folder, "registry.yaml", "version: 1\nfictional: yes\n")
    (folder.parent / ".git").mkdir()
    folder.chmod(0o755)
    assert read_registry(folder).fictional is True


@pytest.mark.parametrize(
    "mark", ["version: 1\nfictonal: yes\n", "version: 1\nfictional:\n", "version: 1\nfictional: maybe\n"]
)
def test_a_slip_in_the_word_fictional_exempts_nobody_and_is_named_too(folder: Path, mark: str) -> None:
    write(folder, "registry.yaml", mark)
    folder.chmod(0o755)
    found = refused(folder, NotCleared)
    assert "registry: other people on this machine can read the registry" in found
    if mark != "version: 1\nfictional:\n":  # left empty is a no
        assert [what for what in found if what.startswith("registry/registry.yaml:2")]


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("registry.yaml", "fictional: no\n", "registry/registry.yaml:1:1: `version` is missing"),
        ("registry.yaml", "version: 2\n", "registry/registry.yaml:1:1: the registry is not of version 1"),
        (
            "people/p-7f3k.yaml",
            "nam: {given: A}\n",
            "registry/people/p-7f3k.yaml:1:1: the key `…` is not known",
        ),
        (
            "people/p-7f3k.yaml",
            "name: {given: A, pretendington: B}\n",
            "registry/people/p-7f3k.yaml:1:18: the key `…` is not known",
        ),
        (
            "people/p-7f3k.yaml",
            "name: {family: A}\n",
            "registry/people/p-7f3k.yaml:1:7: `name.given` is missing",
        ),
        (
            "people/p-7f3k.yaml",
            "name: {given: ''}\n",
            "registry/people/p-7f3k.yaml:1:8: `name.given` is missing",
        ),
        (
            "people/p-7f3k.yaml",
            "name: A B\n",
            "registry/people/p-7f3k.yaml:1:7: name. must be keys with values",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT + "withdawn: 2026-11-20\n",
            "registry/consents/…/p-7f3k.yaml:5:1: the key `…` is not known",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT + "withdrawn: yes\n",
            "registry/consents/…/p-7f3k.yaml:5:12: `withdrawn` is not a day",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT + "withdrawn:\n",
            "registry/consents/…/p-7f3k.yaml:5:11: `withdrawn` is left empty",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT + "withdrawn: #2026-11-20\n",
            "registry/consents/…/p-7f3k.yaml:5:11: `withdrawn` is left empty",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT + "expires: 2027-13-01\n",
            "registry/consents/…/p-7f3k.yaml:5:10: `expires` is not a day",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT + "level: role\n",
            "registry/consents/…/p-7f3k.yaml:5:1: `level` stands here a second time (first on line 1)",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT.replace("named", "Named"),
            "registry/consents/…/p-7f3k.yaml:1:8: `level` has a value that is not known",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT.replace("level: named\n", ""),
            "registry/consents/…/p-7f3k.yaml:1:1: `level` is missing",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT.replace("display: Siân Ap-Example\n", ""),
            f"registry/consents/…/p-7f3k.yaml:1:1: {NO_DISPLAY}",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT.replace("Siân Ap-Example", "' '"),
            f"registry/consents/…/p-7f3k.yaml:2:1: {NO_DISPLAY}",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT.replace("voice: yes", "voice: revoised"),
            "registry/consents/…/p-7f3k.yaml:3:28: `allow.voice` has a value that is not known",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT.replace("voice", "vioce"),
            "registry/consents/…/p-7f3k.yaml:3:21: the key `…` is not known",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT.replace("{words: yes, voice: yes, photo: no}", "yes"),
            "registry/consents/…/p-7f3k.yaml:3:8: allow. must be keys with values",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT.replace("given: {on: 2026-11-10}\n", ""),
            "registry/consents/…/p-7f3k.yaml:1:1: `given` is missing",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            CONSENT.replace("2026-11-10", "in May"),
            "registry/consents/…/p-7f3k.yaml:4:13: `given.on` is not a day",
        ),
        (
            "consents/012-jury/p-7f3k.yaml",
            "level: [named\n",
            "registry/consents/…/p-7f3k.yaml:1: this line cannot be read as `key: value`",
        ),
        (
            "consents/012-jury/p-k2m9.yaml",
            CONSENT,
            "registry/consents/…/p-k2m9.yaml: p-k2m9 has no file in people/",
        ),
        ("consents/012-jury/p-7f3k.yml", CONSENT, "registry/consents/…: this is no record"),
        ("consents/012-jury/deeper/p-7f3k.yaml", CONSENT, "registry/consents/…: this is no record"),
        (
            "consents/p-7f3k.yaml",
            CONSENT,
            "registry/consents/p-7f3k.yaml: a file stands beside the folders of the items",
        ),
        ("people/p-t6h8.yml", PERSON, "registry/people/…: this is no record"),
    ],
)
def test_each_slip_is_named_with_its_place(folder: Path, name: str, text: str, what: str) -> None:
    filled(folder)
    write(folder, name, text)
    found = refused(folder)
    assert what in found
    assert not any("Siân" in line or "Example" in line for line in found)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (CONSENT + "withdrawn: 2026-11-09\n", "5:1: `withdrawn` is before the day on which they agreed"),
        (CONSENT + "expires: 2025-11-10\n", "5:1: `expires` is before the day on which they agreed"),
        (
            "level: anonymous\nallow: {photo: yes}\ngiven: {on: 2026-11-10}\n",
            "2:9: `allow.photo` is yes, and nobody is anonymous in a photograph",
        ),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(folder: Path, text: str, what: str) -> None:
    filled(folder)
    write(folder, "consents/012-jury/p-7f3k.yaml", text)
    assert refused(folder) == [f"registry/consents/…/p-7f3k.yaml:{what}"]


RICH = """\
level: role
display: a policy adviser in central government
group_size: 400
anonymous_from: colleagues
allow: {words: yes, voice: revoiced, photo: no}
capacity: official
dept_clearance: {needed: yes, by: press office, ref: PO-2211, on: 2026-11-18}
given: {on: 2026-11-10, how: e-mail}
expires: 2027-11-10
on_expiry: anonymous
withdrawn: {on: 2026-12-01, scope: [attribution, voice]}
"""


def test_everything_that_may_be_agreed_is_read(folder: Path) -> None:
    who = PersonId("p-7f3k")
    write(folder, "people/p-7f3k.yaml", PERSON + "employer: dept-x\nnever_mention: yes\n")
    write(folder, "consents/012-jury/p-7f3k.yaml", RICH)
    found = read_registry(folder)
    assert found.people[who] == Person(who, "Siân", "Ap-Example", employer="dept-x", never_mention=True)
    assert found.consents[who, "012-jury"] == Consent(
        who,
        "012-jury",
        Level.ROLE,
        "a policy adviser in central government",
        words=True,
        given_on=date(2026, 11, 10),
        given_how="e-mail",
        expires_on=date(2027, 11, 10),
        withdrawn_on=date(2026, 12, 1),
        withdrawn=frozenset({TakenBack.ATTRIBUTION, TakenBack.VOICE}),
        on_expiry=OnExpiry.ANONYMOUS,
        revoiced=True,
        group_size=400,
        anonymous_from="colleagues",
        capacity="official",
        clearance=Clearance(needed=True, by="press office", ref="PO-2211", on=date(2026, 11, 18)),
    )


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "group_size: 400",
            "group_size: 4",
            "3:1: `group_size` is under 5, so `display` as good as names them",
        ),
        ("group_size: 400", "group_size: 0", "3:13: `group_size` must be a whole number from 1"),
        ("group_size: 400", "group_size:", "3:12: `group_size` is left empty"),
        (
            "voice: revoiced",
            "voice: yes",
            "5:21: `anonymous_from` is colleagues, and colleagues know a voice",
        ),
        ("voice: revoiced", "voice: disguised", "5:28: `allow.voice` has a value that is not known"),
        ("from: colleagues", "from: friends", "4:17: `anonymous_from` has a value that is not known"),
        (
            "dept_clearance: {needed: yes, by: press office, ref: PO-2211, on: 2026-11-18}\n",
            "",
            "6:1: `capacity` is official, and nothing says whether their department must agree",
        ),
        ("needed: yes, ", "", "7:17: `dept_clearance.needed` is missing"),
        ("needed: yes", "needed: maybe", "7:26: `dept_clearance.needed` must be yes or no"),
        ("ref: PO-2211", "reff: PO-2211", "7:49: the key `…` is not known"),
        ("on_expiry: anonymous", "on_expiry: remove", "10:12: `on_expiry` has a value that is not known"),
        ("[attribution, voice]", "name", "11:36: `withdrawn.scope` has a value that is not known"),
        (
            "[attribution, voice]",
            "[voice, atribution]",
            "11:44: `withdrawn.scope` has a value that is not known",
        ),
        (", scope: [attribution, voice]", ", scope: ", "11:36: `withdrawn.scope` is left empty"),
        ("on: 2026-12-01, ", "", "11:12: `withdrawn.on` is missing"),
        ("on: 2026-12-01,", "on: 2026-11-01,", "11:1: `withdrawn` is before the day on which they agreed"),
        ("capacity: official", "capacity: oficial", "6:11: `capacity` has a value that is not known"),
        ("allow:", "social: no\nallow:", "5:1: the key `…` is not known"),  # nothing would act on it
    ],
)
def test_each_slip_in_what_was_agreed_is_named(folder: Path, old: str, new: str, what: str) -> None:
    assert RICH.count(old) == 1
    write(folder, "people/p-7f3k.yaml", PERSON)
    write(folder, "consents/012-jury/p-7f3k.yaml", RICH.replace(old, new))
    assert f"registry/consents/…/p-7f3k.yaml:{what}" in refused(folder)


def test_a_close_word_is_offered_for_a_mistyped_scope(folder: Path) -> None:
    write(folder, "people/p-7f3k.yaml", PERSON)
    write(folder, "consents/012-jury/p-7f3k.yaml", RICH.replace("[attribution, voice]", "atribution"))
    with pytest.raises(InvalidSource, match="Did you mean `attribution`"):
        read_registry(folder)


def test_few_people_are_said_and_a_named_person_may_be_one_of_few(folder: Path) -> None:
    write(folder, "people/p-7f3k.yaml", PERSON)
    write(folder, "consents/012-jury/p-7f3k.yaml", RICH.replace("400", "19"))
    (advice,) = advise_records(read_registry(folder))
    assert advice.startswith("registry/consents/…/p-7f3k.yaml: the words for p-7f3k fit 19 people")
    write(folder, "consents/012-jury/p-7f3k.yaml", RICH.replace("400", "20"))
    assert list(advise_records(read_registry(folder))) == []
    write(folder, "consents/012-jury/p-7f3k.yaml", CONSENT + "group_size: 1\n")
    assert list(advise_records(read_registry(folder))) == []


OTHER = (
    "name: {given: Torquil, family: Inventedson, known_as: [Torq]}\nalso: {aliases: [T. Inventedson Esq]}\n"
)


@pytest.mark.parametrize(
    "display",
    [
        "an adviser to Torquil Inventedson",
        "TORQ INVENTEDSON's deputy",
        "for T. Inventedson Esq",
        "Mr Tórquil Inventedson",
    ],
)
def test_words_for_one_person_do_not_name_another_who_is_withheld(folder: Path, display: str) -> None:
    write(folder, "people/p-7f3k.yaml", PERSON)
    write(folder, "people/p-k2m9.yaml", OTHER)
    write(folder, "consents/012-jury/p-7f3k.yaml", CONSENT.replace("Siân Ap-Example", display))
    what = "registry/consents/…/p-7f3k.yaml:2:1: `display` holds a name of p-k2m9, who is withheld here"
    assert refused(folder) == [what]
    role = CONSENT.replace("Siân Ap-Example", "an adviser").replace("named", "role")
    write(folder, "consents/012-jury/p-k2m9.yaml", role)
    assert refused(folder) == [what]
    write(folder, "consents/012-jury/p-k2m9.yaml", CONSENT.replace("Siân Ap-Example", "Torquil Inventedson"))
    assert read_registry(folder)  # both are named there
    (folder / "consents/012-jury").rename(folder / "consents/standing")
    assert read_registry(folder)


def test_two_people_are_not_called_by_the_same_words_in_one_item(folder: Path) -> None:
    write(folder, "people/p-7f3k.yaml", PERSON)
    write(folder, "people/p-k2m9.yaml", OTHER)
    role = "level: role\ndisplay: a  policy adviser\ngiven: {on: 2026-11-10}\n"
    write(folder, "consents/012-jury/p-7f3k.yaml", role)
    write(folder, "consents/013-other/p-k2m9.yaml", role)
    assert read_registry(folder)
    write(folder, "consents/012-jury/p-k2m9.yaml", role.replace("a  policy", "A policy"))
    what = "`display` is what p-7f3k is called here too, so nobody could tell them apart"
    assert refused(folder) == [f"registry/consents/…/p-k2m9.yaml:2:1: {what}"]


def test_a_record_may_end_on_the_day_it_was_given_and_hold_an_anonymous_voice(folder: Path) -> None:
    filled(folder)
    ends = "expires: 2026-11-10\nwithdrawn: 2026-11-10\n"
    write(folder, "consents/012-jury/p-7f3k.yaml", CONSENT.replace("named", "anonymous") + ends)
    (record,) = read_registry(folder).consents.values()
    assert (record.level, record.voice, record.display) == (Level.ANONYMOUS, True, "")


NAMES = """\
name: {given: Siân, family: O’Fabricate-Example, known_as: [Shan, Dr Al]}
"""


@pytest.mark.parametrize(
    "display",
    [
        "Siân",
        "SIAN, an adviser",
        "sian's office",
        "Ms O'Fabricate-Example",
        "the o’fabricate-example team",
        "Ms O’Fabricate\u2011Example",
        "shan_",
        "our dr  al",
        "Sia\u0302n",
    ],
)
def test_words_for_someone_unnamed_do_not_name_them(folder: Path, display: str) -> None:
    text = f"level: role\ndisplay: {display}\ngiven: {{on: 2026-11-10}}\n"
    write(folder, "people/p-7f3k.yaml", NAMES)
    write(folder, "consents/012-jury/p-7f3k.yaml", text)
    what = "registry/consents/…/p-7f3k.yaml:2:1: `display` holds a name of theirs, and the level is "
    assert refused(folder) == [what + "role"]
    write(folder, "consents/012-jury/p-7f3k.yaml", text.replace("role", "organisation"))
    assert refused(folder) == [what + "organisation"]
    write(folder, "consents/012-jury/p-7f3k.yaml", text.replace("role", "named"))
    assert read_registry(folder)


@pytest.mark.parametrize("display", ["an adviser on Shanghai", "a fabricate-example", "someone from Example"])
def test_a_part_of_a_word_or_name_does_not_name_anyone(folder: Path, display: str) -> None:
    write(folder, "people/p-7f3k.yaml", NAMES)
    text = f"level: role\ndisplay: {display}\ngiven: {{on: 2026-11-10}}\n"
    write(folder, "consents/012-jury/p-7f3k.yaml", text)
    assert read_registry(folder)


def test_a_given_name_of_two_letters_stands_in_too_many_words(folder: Path) -> None:
    write(folder, "people/p-7f3k.yaml", "name: {given: Al, family: ''}\n")
    text = "level: role\ndisplay: al adviser\ngiven: {on: 2026-11-10}\n"
    write(folder, "consents/012-jury/p-7f3k.yaml", text)
    assert read_registry(folder)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("registry.yaml", "registry.yaml"),
        ("people", "people"),
        ("consents", "consents"),
        ("consents/012-jury", "consents/…"),
        ("people/p-7f3k.yaml", "people/p-7f3k.yaml"),
        ("consents/standing/p-7f3k.yaml", "consents/standing/p-7f3k.yaml"),
    ],
)
@pytest.mark.parametrize("dangling", ["leads somewhere", "leads nowhere"])
def test_a_link_inside_the_registry_is_refused(folder: Path, name: str, shown: str, dangling: str) -> None:
    filled(folder)
    write(folder, "consents/standing/p-7f3k.yaml", CONSENT)
    aside = folder.parent / "aside"
    (folder / name).rename(aside)
    (folder / name).symlink_to(aside if dangling == "leads somewhere" else folder / "nowhere")
    if (name, dangling) == ("registry.yaml", "leads nowhere"):
        assert refused(folder, NotCleared) == ["registry: the registry is not there"]
    else:
        link = f"registry/{shown}: this is a link, and what it leads to could change unseen"
        assert link in refused(folder)


def test_a_folder_named_after_a_person_by_a_slip_is_not_shown(folder: Path) -> None:
    filled(folder)
    write(folder, "consents/siân-ap-example/p-7f3k.yaml", "level: x\n")
    write(folder, "consents/bartholomew/p-7f3k.yml", "level: x\n")
    write(folder, "consents/bartholomew/deeper/siân.yaml", "level: x\n")
    with pytest.raises(InvalidSource) as caught:
        read_registry(folder)
    assert not any(name in str(caught.value).lower() for name in ("siân", "bartholomew", "deeper"))


def test_a_file_named_after_a_person_is_refused_and_the_name_is_not_shown(folder: Path) -> None:
    write(folder, "people/bartholomew-ofabricate.yaml", "nam: {given: Bartholomew}\nlevel: [\n")
    write(folder, "consents/012-jury/bartholomew-ofabricate.yaml", "nam: 1\n")
    with pytest.raises(InvalidSource) as caught:
        read_registry(folder)
    assert "bartholomew" not in str(caught.value).lower()
    assert [str(p.where) for p in caught.value.problems if "named after" in p.what] == [
        "registry/consents/…",
        "registry/people/…",
    ]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"name: {given: Si\xe2n}\n", "registry/people/p-7f3k.yaml:1: the file is not UTF-8 text"),
        (
            "name: {given: Siân}\n".encode("utf-16"),
            "registry/people/p-7f3k.yaml:1: the file is not UTF-8 text",
        ),
        (
            b"name: {given: Si\x07n}\n",
            "registry/people/p-7f3k.yaml:1:17: there is a control character (U+0007)",
        ),
        (b"", "registry/people/p-7f3k.yaml:1: `name` is missing"),
    ],
)
def test_a_record_that_is_not_text_is_refused(folder: Path, data: bytes, what: str) -> None:
    filled(folder)
    (folder / "people/p-7f3k.yaml").write_bytes(data)
    assert what in [line.replace(":1:1: `name`", ":1: `name`") for line in refused(folder)]


def test_a_byte_order_mark_and_what_a_system_leaves_behind_do_no_harm(folder: Path) -> None:
    write(folder, "people/p-7f3k.yaml", "\ufeff" + PERSON.replace("\n", "\r\n"))
    for name in ("people/.DS_Store", "consents/.DS_Store", "people/.p-7f3k.yaml.swp"):
        write(folder, name, "x")
    assert set(read_registry(folder).people) == {"p-7f3k"}


def test_every_problem_is_told_at_once(folder: Path) -> None:
    write(folder, "people/p-aaaa.yaml", "nam: 1\n")
    write(folder, "people/p-bbbb.yaml", "name: {given: B}\nalso: []\n")
    write(folder, "consents/standing/p-cccc.yaml", "level: x\n")
    found = refused(folder)
    assert {line.split(":")[0].rsplit("/", 1)[1] for line in found} == {
        "p-aaaa.yaml",
        "p-bbbb.yaml",
        "p-cccc.yaml",
    }


def test_the_sample_says_that_its_people_are_made_up(pytestconfig: pytest.Config) -> None:
    found = read_registry(pytestconfig.rootpath / "registry")
    assert found.fictional is True
    assert found.consents[PersonId("p-host"), None].level is Level.NAMED


@pytest.mark.parametrize("name", ["people", "consents", "consents/012-jury"])
def test_a_part_that_cannot_be_read_refuses_and_never_passes_for_empty(open_folder: Path, name: str) -> None:
    home = open_folder / "private"
    (home / "people").mkdir(parents=True)
    filled(home)
    write(home, "registry.yaml", "version: 1\nfictional: yes\n")
    assert len(read_registry(home).people) == 1
    (home / name).chmod(0)
    with unprivileged():
        found = refused(home)
    (home / name).chmod(0o755)
    shown = name.replace("012-jury", "…")  # a folder's name could be anybody's, by a slip
    assert f"registry/{shown}: the folder cannot be read" in found


def test_a_registry_that_one_may_not_look_into_is_not_there(open_folder: Path) -> None:
    home = open_folder / "private"
    filled(home)
    write(home, "registry.yaml", "version: 1\nfictional: yes\n")
    home.chmod(0)
    with unprivileged():
        found = refused(home, NotCleared)
    home.chmod(0o755)
    assert found == ["registry: the registry is not there"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that an unprivileged user reaches too; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


SHA = "2f7cbe6e3a3a22f3a4e0dba0b3a8a9f3d4f5a8a1a5b1b1c4b0d8ed1c5e6f7a8b"


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ("shown: v3", "`shown` names a text that is not in the registry's shown/, once and only once"),
        ("shown: two", "`shown` names a text that is not in the registry's shown/, once and only once"),
        ("shown: ../people/p-7f3k.yaml", "`shown` names a text that is not in the registry's shown/, once"),
        (f"shown_sha256: {SHA}", "`shown_sha256` is the digest of a text, and `shown` does not say which"),
        ("shown: text, shown_sha256: abc", "`shown_sha256` is no SHA-256 digest"),
        (f"shown: text, shown_sha256: {SHA}", "the text that they were shown has been changed since"),
    ],
)
def test_what_somebody_was_shown_must_still_be_the_same_text(folder: Path, given: str, what: str) -> None:
    filled(folder)
    for name in ("text.md", "two.md", "two.txt"):
        write(folder, f"shown/{name}", "What we ask of you, and what you may ask of us.\n")
    record = CONSENT.replace("{on: 2026-11-10}", f"{{on: 2026-11-10, {given}}}")
    write(folder, "consents/012-jury/p-7f3k.yaml", record)
    (found,) = refused(folder)
    assert found.startswith("registry/consents/…/p-7f3k.yaml:4")
    assert what in found


@pytest.mark.parametrize(
    "given",
    ["shown: text", "shown: text.md", "shown: text, shown_sha256: {sha}", "shown: gone, shown_sha256: {sha}"],
)
def test_what_somebody_was_shown_is_read(folder: Path, given: str) -> None:
    filled(folder)
    write(folder, "shown/text.md", "What we ask of you.\n")
    sha = hashlib.sha256(b"What we ask of you.\n").hexdigest()
    given = f"{{on: 2026-11-10, how: e-mail, {given.format(sha=sha)}}}"
    write(folder, "consents/012-jury/p-7f3k.yaml", CONSENT.replace("{on: 2026-11-10}", given))
    (record,) = read_registry(folder).consents.values()
    assert record.given_how == "e-mail"
    assert record.shown in {"text", "text.md", "gone"}


@pytest.mark.parametrize("key", ["transcript", "social", "newsletter", "archive"])
@pytest.mark.parametrize("value", ["yes", "no", "network"])
def test_a_no_that_nothing_would_heed_is_refused_with_what_to_do(folder: Path, key: str, value: str) -> None:
    filled(folder)
    record = CONSENT.replace("photo: no", f"photo: no, {key}: {value}")
    write(folder, "consents/012-jury/p-7f3k.yaml", record)
    with pytest.raises(InvalidSource) as caught:
        read_registry(folder)
    (problem,) = caught.value.problems
    assert problem.what == f"`allow.{key}` does nothing here"
    assert problem.fix.endswith((": keep that note elsewhere.", "or write `words: no`."))


def test_the_other_name_of_expires_is_said(folder: Path) -> None:
    filled(folder)
    write(folder, "consents/012-jury/p-7f3k.yaml", CONSENT + "review_by: 2027-11-10\n")
    with pytest.raises(InvalidSource, match="It is called `expires` here"):
        read_registry(folder)


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        ("012-jury", True),
        ("2026-11-20-jury-lessons", True),
        ("012-siân-ap-example", False),
        ("012-example", False),  # a part of the family name
        ("012-apexample", False),
    ],
)
def test_an_item_that_is_there_is_named_in_a_place_unless_somebodys_name_is_in_it(
    folder: Path,
    item: str,
    shown: bool,  # noqa: FBT001 - a column of the table
) -> None:
    write(folder, "people/p-7f3k.yaml", PERSON)
    write(folder, f"consents/{item}/p-7f3k.yaml", "level: x\n")
    with pytest.raises(InvalidSource) as caught:
        read_registry(folder, frozenset({item}))
    where = item if shown else "…"
    assert {p.where.path for p in caught.value.problems} == {f"registry/consents/{where}/p-7f3k.yaml"}


def test_while_somebodys_name_cannot_be_read_no_item_is_named(folder: Path) -> None:
    filled(folder)
    write(folder, "people/p-7f3k.yaml", "name: {gven: x}\n")
    write(folder, "consents/012-jury/p-7f3k.yaml", "level: x\n")
    with pytest.raises(InvalidSource) as caught:
        read_registry(folder, frozenset({"012-jury"}))
    assert "012-jury" not in str(caught.value)
