"""What a human has looked at and allowed passes, there and nowhere else, as long as it is needed."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from gate_samples import OWAIN, gate, public, refusal
from test_names_alone import HERE

from cop_publish.core.allowed import Allow, Offer
from cop_publish.core.problems import Place
from cop_publish.errors import InvalidSource, LeakFound, NeedsHumanLook
from cop_publish.gate.allows import faults, needs_second
from cop_publish.gate.forms import FORM_RULES
from cop_publish.gate.lone import FAMILY, GIVEN, INITIALS, NEAR
from cop_publish.gate.memory import Memory, last_look
from cop_publish.gate.telling import GROUP_RULES, TELLING_RULES
from cop_publish.gate.tripwires import TRIPWIRES
from cop_publish.registry.allows import add_allows, allow_key, every_allow, make_allow_key, read_allows

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.gate.guard import Guard

KEYED = replace(HERE, allow_key=b"k" * 32)
DOUBT = "Long ago. We read Owain Glyndwr there, and liked it. The end."
WHERE = Place("registry/allows.yaml", 3)


def marks(text: str, guard: Guard = KEYED) -> tuple[str, ...]:
    error = refusal(public("a.txt", text, "here"), guard=guard)
    assert isinstance(error, NeedsHumanLook)
    return tuple(re.findall(r"\b[0-9a-f]{20}\b", str(error)))


def allowing(*fingerprints: str, rule: str = "given name alone", second: str = "") -> Guard:
    return replace(KEYED, allows=(Allow(fingerprints, "here", rule, OWAIN.id, second, WHERE),))


def test_a_doubt_says_what_an_allow_of_it_would_be() -> None:
    error = refusal(public("a.txt", DOUBT, "here"), guard=KEYED)
    assert isinstance(error, NeedsHumanLook)
    (mark,) = marks(DOUBT)
    cure = f"take it out; if not, allow it: cop-publish allow {mark} --reason … --by … --expires …"
    assert f"{cure}\n" in str(error)
    assert "Owain" not in str(error)


def test_without_a_key_no_fingerprint_is_told() -> None:
    assert marks(DOUBT, HERE) == ()
    error = refusal(public("a.txt", DOUBT, "here"), guard=HERE)
    assert "Read it. If it is so, take it out, or put it in other words.\n" in str(error)


def test_what_is_allowed_passes_wherever_the_sentence_stands() -> None:
    guard = allowing(*marks(DOUBT))
    gate(public("a.txt", DOUBT, "here"), guard=guard)
    gate(public("a.txt", "A new line.\n\n" + DOUBT, "here"), guard=guard)
    gate(public("b.html", f"<!doctype html><title>x</title><p>{DOUBT}</p>", "here"), guard=guard)


@pytest.mark.parametrize(
    "text", [DOUBT.replace("liked", "loved"), DOUBT.replace("read", "met"), f"{DOUBT} So Owain Glyndwr said."]
)
def test_another_sentence_is_another_finding(text: str) -> None:
    assert isinstance(refusal(public("a.txt", text, "here"), guard=allowing(*marks(DOUBT))), NeedsHumanLook)


def test_an_allow_holds_for_what_it_says_that_it_is() -> None:
    """Who writes another rule into the list would allow a whole name without the second who looked."""
    name = public("a.txt", "So Owain O’Sample said.", "here")
    told = re.findall(r"\b[0-9a-f]{20}\b", str(refusal(name, guard=KEYED)))
    gate(name, guard=allowing(*told, rule="full name", second="p-host"))
    assert isinstance(refusal(name, guard=allowing(*told)), LeakFound)
    assert isinstance(
        refusal(public("a.txt", DOUBT, "here"), guard=allowing(*marks(DOUBT), rule="jigsaw")), NeedsHumanLook
    )


def test_an_allow_holds_for_its_item_and_person_and_under_its_key_alone() -> None:
    guard = allowing(*marks(DOUBT))
    elsewhere = replace(guard, present={"there": HERE.present["here"]})
    assert isinstance(refusal(public("a.txt", DOUBT, "there"), guard=elsewhere), NeedsHumanLook)
    other_key = replace(guard, allow_key=b"o" * 32)
    assert isinstance(refusal(public("a.txt", DOUBT, "here"), guard=other_key), NeedsHumanLook)


def test_a_file_with_something_allowed_is_read_on_every_run_so_that_the_allow_is_known_to_be_needed(
    tmp_path: Path,
) -> None:
    found = marks(DOUBT)
    guard = allowing(*found)
    for _ in range(2):
        memory = Memory.load(tmp_path / "gate.json")
        gate(public("a.txt", DOUBT, "here"), guard=guard, memory=memory)
        memory.save()
        assert memory.scanned == 1
        assert memory.allows_used == set(found)
        assert not list(faults(guard.allows, memory.allows_used, {"here"}))


def test_what_was_refused_is_kept_for_whoever_decides_it_and_no_word_of_it(tmp_path: Path) -> None:
    memory = Memory.load(tmp_path / "gate.json")
    with pytest.raises(NeedsHumanLook):
        gate(public("a.txt", DOUBT, "here"), guard=KEYED, memory=memory)
    memory.save()
    last = last_look(tmp_path / "gate.json")
    assert last is not None
    assert last.offered == {marks(DOUBT)[0]: Offer("given name alone", "here", OWAIN.id)}
    assert "Owain" not in (tmp_path / "gate.json").read_text("utf-8")
    assert last_look(tmp_path / "elsewhere.json") is None


def test_an_allow_that_nothing_needs_is_a_problem_once_its_item_was_read() -> None:
    allows = allowing("0" * 20).allows
    assert [p.where for p in faults(allows, set(), {"here"})] == [WHERE]
    assert not list(faults(allows, set(), {"there"}))
    shared = (replace(allows[0], item=""),)  # pages of several items are read on every run
    assert [p.where for p in faults(shared, set(), {"there"})] == [WHERE]


def test_a_whole_name_needs_a_second_person_who_looked() -> None:
    guard = allowing("0" * 20)
    text = "The pub is called Owain O'Sample."
    told = refusal(public("a.txt", text, "here"), guard=guard)
    assert isinstance(told, LeakFound)
    found = re.findall(r"\b[0-9a-f]{20}\b", str(told))
    assert found
    gate(public("a.txt", text, "here"), guard=allowing(*found, rule="full name", second="p-host"))
    alone = allowing(*found, rule="full name").allows
    assert "needs a second person" in str(next(faults(alone, set(found), {"here"})))


RECORD = (
    "allows:\n  - {fingerprints: [0a1b2c], item: ep-1, rule: given name alone, person: p-4c4c, "
    "reason: a poet, by: p-host, on: 2026-11-01, expires: 2027-11-01}\n"
)


DOUBTS = (*TELLING_RULES, *GROUP_RULES, GIVEN, FAMILY, INITIALS, NEAR, "name in small letters")


@pytest.mark.parametrize("rule", [*DOUBTS, "passage in part", "jigsaw"])
def test_one_person_who_looked_is_enough_for_what_may_be_nobody(rule: str) -> None:
    assert not needs_second(rule)


@pytest.mark.parametrize("rule", [r for r in (*FORM_RULES, *TRIPWIRES, "passage") if r not in DOUBTS])
def test_what_can_be_nothing_else_needs_two_who_looked(rule: str) -> None:
    assert needs_second(rule)


def test_the_list_is_read_from_the_registry(tmp_path: Path) -> None:
    assert read_allows(tmp_path, today=date(2026, 11, 23)) == ()
    (tmp_path / "allows.yaml").write_text(RECORD, encoding="utf-8")
    (allow,) = read_allows(tmp_path, today=date(2026, 11, 23))
    assert (allow.fingerprints, allow.item, allow.person) == (("0a1b2c",), "ep-1", "p-4c4c")
    assert allow.where.path == "registry/allows.yaml"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("expires: 2027-11-01", "expires: 2026-11-23", "expired on 2026-11-23"),
        ("on: 2026-11-01", "on: 2026-12-01", "still to come"),
        ("by: p-host", "by: p-host, second: p-host", "the same as `by`"),
        ("reason: a poet, ", "", "reason"),
        ("rule:", "rul:", "rul"),
    ],
)
def test_an_allow_that_has_expired_or_is_not_whole_is_a_problem(
    tmp_path: Path, old: str, new: str, what: str
) -> None:
    (tmp_path / "allows.yaml").write_text(RECORD.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidSource, match=what):
        read_allows(tmp_path, today=date(2026, 11, 23))


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    assert allow_key(tmp_path) == b""
    key = make_allow_key(tmp_path)
    assert len(key) == 32
    assert allow_key(tmp_path) == key
    assert make_allow_key(tmp_path) == b""
    assert stat.S_IMODE((tmp_path / "allows.key").stat().st_mode) == 0o600


def test_records_are_added_behind_others_and_may_be_of_pages_that_show_several_items(tmp_path: Path) -> None:
    (tmp_path / "allows.yaml").write_text(RECORD.rstrip("\n"), encoding="utf-8")
    record = {
        "fingerprints": ["0" * 20],
        "item": "-",
        "rule": "passage in part",
        "reason": 'it\'s a “saying”: \\ and "so" # on',
        "by": "p-host",
        "on": date(2026, 11, 23),
        "expires": date(2027, 1, 1),
    }
    add_allows(tmp_path, [record])
    first, second = every_allow(tmp_path)
    assert first.item == "ep-1"
    assert (second.item, second.person, second.expires) == ("", "", date(2027, 1, 1))
    assert read_allows(tmp_path, today=date(2026, 11, 23)) == (first, second)
    assert stat.S_IMODE((tmp_path / "allows.yaml").stat().st_mode) == 0o600
    with pytest.raises(InvalidSource, match="expired on 2027-01-01"):
        read_allows(tmp_path, today=date(2027, 1, 1))
    assert len(every_allow(tmp_path)) == 2
