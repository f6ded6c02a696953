"""The ledger knows the key that it was made with: by another one every passage would be forgotten unseen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cop_publish.core.ledger import find_guarded, print_of, words_in
from cop_publish.errors import NotCleared
from cop_publish.intake.skeleton import new_registry
from cop_publish.registry.audit import read_chain
from cop_publish.registry.ledger import PASSAGES, guard, read_ledger, release
from cop_publish.registry.secret import KEY, key_of

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 6, 10, 9, tzinfo=UTC)
TOLD = "The minister has not yet been told that the pilot will end in March"
OTHER = "Nobody in the borough knows who is to pay for the second year of it"
ANOTHER_KEY = "5a" * 32 + "\n"


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    folder.mkdir(mode=0o700)
    new_registry(folder)
    mark(folder, TOLD)
    return folder


def mark(registry: Path, passage: str) -> None:
    guard(registry, {"2026-06-01-a": [print_of(key_of(registry), words_in(passage))]}, at=AT)


def lines(registry: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (registry / PASSAGES).read_text("utf-8").splitlines()]


def test_with_its_own_key_everything_is_found_and_the_ledger_does_not_hold_it(registry: Path) -> None:
    mark(registry, OTHER)
    ledger = read_ledger(registry)
    assert all(list(find_guarded(words_in(passage), ledger)) for passage in (TOLD, OTHER))
    assert len({line["key"] for line in lines(registry)}) == 1
    assert key_of(registry).hex() not in (registry / PASSAGES).read_text("utf-8")


def test_with_another_key_nothing_is_read_written_or_released_until_the_right_one_is_back(
    registry: Path,
) -> None:
    right = (registry / KEY).read_text("ascii")
    before, entries = lines(registry), read_chain(registry).entries
    (registry / KEY).write_text(ANOTHER_KEY, "ascii")
    for act in (
        lambda: read_ledger(registry),
        lambda: mark(registry, OTHER),
        lambda: release(registry, frozenset({"ab"}), "", {"by": "Alys Example", "reason": "x"}, at=AT),
    ):
        with pytest.raises(NotCleared) as found:
            act()
        (problem,) = found.value.problems
        assert str(problem) == (
            "registry/hmac.key: the registry's key is not the one with which its passages were guarded. "
            "Bring the right one back from wherever the registry is kept."
        )
    assert (lines(registry), read_chain(registry).entries) == (before, entries)
    (registry / KEY).write_text(right, "ascii")
    assert list(find_guarded(words_in(TOLD), read_ledger(registry)))


def test_an_older_ledger_learns_its_key_with_the_next_line(registry: Path) -> None:
    older = [{name: said for name, said in line.items() if name != "key"} for line in lines(registry)]
    (registry / PASSAGES).write_text("".join(json.dumps(line) + "\n" for line in older), "utf-8")
    assert list(find_guarded(words_in(TOLD), read_ledger(registry)))
    mark(registry, OTHER)
    (registry / KEY).write_text(ANOTHER_KEY, "ascii")
    with pytest.raises(NotCleared):
        read_ledger(registry)
