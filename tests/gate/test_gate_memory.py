"""The gate remembers what it passed, and forgets it when anything that matters changes."""

from __future__ import annotations

import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from gate_samples import GUARD, JORY, NAME, PEOPLE, gate, page, public

from cop_publish.core.allowed import Offer
from cop_publish.core.consents import PersonId
from cop_publish.core.output import Headers
from cop_publish.errors import LeakFound
from cop_publish.gate import memory as memory_module
from cop_publish.gate.memory import Memory

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.output import PublicFile
    from cop_publish.gate.guard import Guard

FILES = (public("a.html", page("one")), public("b.html", page(NAME), "ep-named"), public("c.txt", "three"))


def run(path: Path, *files: PublicFile, guard: Guard = GUARD) -> Memory:
    memory = Memory.load(path)
    try:
        gate(*files, guard=guard, memory=memory)
    finally:
        memory.save()
    return memory


def test_a_second_run_reads_nothing(tmp_path: Path) -> None:
    first = run(tmp_path / "gate.json", *FILES)
    assert (first.scanned, first.reused) == (3, 0)
    second = run(tmp_path / "gate.json", *FILES)
    assert (second.scanned, second.reused) == (0, 3)
    assert run(tmp_path / "gate.json", *FILES).scanned == 0


@pytest.mark.parametrize(
    "changed",
    [
        replace(FILES[0], content=page("other").encode()),
        replace(FILES[0], key="a2.html"),
        replace(FILES[0], headers=Headers("text/html", "x")),
        replace(FILES[0], items=frozenset({"ep-named"})),
    ],
)
def test_a_file_with_other_bytes_address_headers_or_items_is_read_again(
    tmp_path: Path, changed: PublicFile
) -> None:
    run(tmp_path / "gate.json", *FILES)
    again = run(tmp_path / "gate.json", changed, *FILES[1:])
    assert (again.scanned, again.reused) == (1, 2)


def test_a_new_member_means_that_everything_is_read_again(tmp_path: Path) -> None:
    run(tmp_path / "gate.json", *FILES)
    someone = replace(JORY, id=PersonId("p-0000"), given="Someone", family="Else-Madeup")
    assert run(tmp_path / "gate.json", *FILES, guard=replace(GUARD, people=(*PEOPLE, someone))).scanned == 3


def test_a_withdrawn_consent_means_that_the_files_it_concerns_are_read_again(tmp_path: Path) -> None:
    run(tmp_path / "gate.json", *FILES)
    memory = Memory.load(tmp_path / "gate.json")
    with pytest.raises(LeakFound):
        gate(*FILES, guard=replace(GUARD, named={}), memory=memory)
    assert (memory.scanned, memory.reused) == (1, 2)


def test_agreed_words_and_role_addresses_count_too(tmp_path: Path) -> None:
    addresses = replace(GUARD, public_addresses=frozenset({"x@commons.example"}))
    for other in (addresses, replace(GUARD, wordings={})):
        assert run(tmp_path / "gate.json", FILES[0]).scanned == 1
        assert run(tmp_path / "gate.json", FILES[0], guard=other).scanned == 1


def test_other_rules_mean_that_everything_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path / "gate.json", *FILES)
    monkeypatch.setattr(memory_module, "_code_digest", lambda: "other rules")
    assert run(tmp_path / "gate.json", *FILES).scanned == 3


def test_a_file_that_was_refused_is_not_remembered_and_the_others_are(tmp_path: Path) -> None:
    leak = public("d.html", page(NAME))
    with pytest.raises(LeakFound):
        run(tmp_path / "gate.json", *FILES, leak)
    memory = Memory.load(tmp_path / "gate.json")
    with pytest.raises(LeakFound):
        gate(*FILES, leak, memory=memory)
    assert (memory.scanned, memory.reused) == (1, 3)


def test_the_memory_holds_no_name_and_its_key_is_the_owner_s_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "gate.json"
    run(path, *FILES)
    kept = path.read_text()
    assert "Jory" not in kept
    assert FILES[0].sha256 not in kept
    assert "ep-named" not in kept
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {file.name for file in path.parent.iterdir()} == {"gate.json", "gate.key"}


@pytest.mark.parametrize("damage", ["key gone", "not json", "another version", "a foreign key"])
def test_a_damaged_memory_is_no_memory(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "gate.json"
    run(path, *FILES)
    if damage == "key gone":
        path.with_suffix(".key").unlink()
    elif damage == "a foreign key":
        path.with_suffix(".key").write_bytes(bytes(32))
    else:
        path.write_text("{" if damage == "not json" else '{"version": 99, "passed": []}')
    assert run(path, *FILES).scanned == 3


def test_a_memory_without_a_place_works_for_one_run() -> None:
    memory = Memory()
    gate(*FILES, memory=memory)
    memory.save()
    assert memory.scanned == 3


def test_what_a_killed_run_left_half_written_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    for name in ("gate.json.new", "gate.key.new"):
        (tmp_path / name).write_bytes(b"half")
    run(path, *FILES)
    assert run(path, *FILES).scanned == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["gate.json", "gate.key"]


def test_what_was_refused_in_an_item_may_still_be_allowed_after_a_run_that_did_not_read_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "gate.json"
    first = Memory(path)
    first.offered = {"a" * 20: Offer("role", "here", "p-7f3k"), "b" * 20: Offer("role", "there", "p-7f3k")}
    first.save()
    for items, kept in ((frozenset({"here"}), ["a" * 20]), (frozenset(), [])):
        again = Memory.load(path)
        again.keep_offers(items)
        assert sorted(again.offered) == kept
    nowhere = Memory()
    nowhere.keep_offers({"here"})
    assert nowhere.offered == {}


def test_a_look_at_some_files_alone_keeps_what_is_known_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    first = run(path, *FILES)
    first.offered, first.allows_used = {"a" * 20: Offer("role", "here", "p-7f3k")}, {"b" * 20}
    first.save()
    alone = Memory.beside(path)
    assert (alone.offered, alone.allows_used) == (first.offered, first.allows_used)
    gate(public("d.txt", "four"), memory=alone)
    alone.save()
    assert run(path, *FILES).scanned == 0
    assert Memory.beside(tmp_path / "none.json").offered == {}
