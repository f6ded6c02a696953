"""Somebody who was erased: their ID says so wherever it still stands, and nothing of theirs counts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from test_clear import ADVISER, EPISODE, GUEST, HOST, PEOPLE, RECORDS, cue, text
from test_sign_offs import LINE

from cop_publish.core.checks import check_hosts
from cop_publish.core.clear import clear
from cop_publish.core.consents import Consent, Consents
from cop_publish.core.problems import Place
from cop_publish.errors import InvalidSource
from cop_publish.registry.audit import AUDIT, Event, append
from cop_publish.registry.erased import Erasure, erasures_in, is_name_alone, name_alone
from cop_publish.registry.sign_offs import read_sign_offs

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.model import EpisodeDraft

ON = date(2026, 11, 20)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
GONE = "p-7f3k was erased. Take the ID out, and what they said or wrote with it."
RECORDED = {(record.person, record.item): record for record in RECORDS}
WITHOUT = Consents({who: PEOPLE[who] for who in PEOPLE if who != GUEST}, RECORDED, erased={GUEST: ON})

KEPT = replace(PEOPLE[GUEST], never_mention=True)
both = pytest.mark.parametrize(
    "consents", [WITHOUT, replace(WITHOUT, people={**PEOPLE, GUEST: KEPT})], ids=["gone", "name kept"]
)


@pytest.mark.parametrize(
    ("draft", "where"),
    [
        (replace(EPISODE, people=(HOST, GUEST)), "the/file.md"),
        (replace(EPISODE, people=(HOST,), notes=text("So says @{p-7f3k}.", 12)), "the/file.md:12"),
        (replace(EPISODE, people=(HOST,), notes=text("So says p-7f3k.", 12)), "the/file.md:12"),
        (replace(EPISODE, people=(HOST,), cues=(cue(GUEST, line=4),)), "the/transcript.vtt:4"),
    ],
)
@both
def test_their_id_is_told_with_its_place_whatever_it_stands_in(
    draft: EpisodeDraft, where: str, consents: Consents
) -> None:
    _, problems = clear(draft, consents, (HOST,), now=NOW)
    told = [str(problem) for problem in problems]
    assert any(line.startswith(where) and line.endswith(GONE) for line in told), told
    assert not any("new person" in line for line in told), told


@both
def test_no_record_of_theirs_counts_even_where_one_is_left(consents: Consents) -> None:
    assert RECORDED[GUEST, "jury"].words
    assert consents.of(GUEST, "jury", today=NOW.date()) == Consent(GUEST, "jury")


def test_a_host_who_was_erased_is_told_as_that() -> None:
    problems = check_hosts([GUEST, HOST], WITHOUT, lambda: Place("cop-publish.toml", 7))
    assert [str(problem) for problem in problems] == [
        "cop-publish.toml:7: `show.hosts` names p-7f3k, who was erased. Take the ID out."
    ]


def test_an_answer_without_its_page_counts_only_where_somebody_was_erased(tmp_path: Path) -> None:
    path = tmp_path / "signoffs" / "jury" / f"{ADVISER}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({**LINE, "view": None}) + "\n", "utf-8")
    with pytest.raises(InvalidSource):
        read_sign_offs(tmp_path)
    (tmp_path / "registry.yaml").write_text("version: 1\n")
    append(tmp_path, Event("erase", person=GUEST, facts={"keeps": "nothing"}), at=NOW)
    (answer,) = read_sign_offs(tmp_path).of("jury", ADVISER)
    assert (answer.content, answer.digest) == ("", LINE["digest"])
    path.write_text(json.dumps({**LINE, "view": None, "digest": "9c41"}) + "\n", "utf-8")
    with pytest.raises(InvalidSource):
        read_sign_offs(tmp_path)


@pytest.mark.parametrize(
    ("more", "is_alone"),
    [
        ("", True),
        ('also: {aliases: [Mina "of" Example]}\n', True),
        ("employer: dept-x\n", False),
        ("also: {emails: [w@office.example]}\n", False),
        ("also: {roles: [an adviser]}\n", False),
        ("aslo: {}\n", False),
    ],
)
def test_a_name_that_is_kept_is_nothing_but_a_name(tmp_path: Path, more: str, is_alone: bool) -> None:  # noqa: FBT001 - a column of the table
    path = tmp_path / f"people/{GUEST}.yaml"
    path.parent.mkdir()
    name = name_alone("Siân: #1", "Ap-Example's", ("[Shân]", "no"), ())
    path.write_text(name + more, "utf-8")
    assert is_name_alone(tmp_path, GUEST) is is_alone
    path.write_text(name.replace("never_mention: yes", "never_mention: no"), "utf-8")
    assert not is_name_alone(tmp_path, GUEST)


def test_a_damaged_line_of_the_audit_gives_nobody_back(tmp_path: Path) -> None:
    (tmp_path / "registry.yaml").write_text("version: 1\n")
    append(tmp_path, Event("erase", person=GUEST, facts={"keeps": "name"}), at=NOW)
    assert erasures_in(tmp_path)[GUEST] == Erasure(GUEST, NOW.date(), "name", is_done=False)
    audit = tmp_path / AUDIT
    audit.write_text(audit.read_text("utf-8").replace("2026-11-23T", "2026-11-2"), "utf-8")
    assert set(erasures_in(tmp_path)) == {GUEST}
    audit.write_text(audit.read_text("utf-8").replace(GUEST, "../../people"), "utf-8")
    assert erasures_in(tmp_path) == {}
