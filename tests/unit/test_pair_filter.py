"""The filter of pairs makes a search faster and nothing else: without it, all is found that is guarded."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cop_publish.core.ledger import find_guarded, print_of, words_in
from cop_publish.core.pairs import TAGS, tags_of
from cop_publish.errors import NotCleared
from cop_publish.intake.skeleton import new_registry
from cop_publish.registry.audit import read_chain
from cop_publish.registry.ledger import LOCK, PASSAGES, guard, read_ledger, release
from cop_publish.registry.pair_filter import FILTER, read_filter
from cop_publish.registry.secret import KEY, key_of
from cop_publish.registry.state import content_digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AT = datetime(2026, 6, 10, 9, tzinfo=UTC)
TOLD = "The minister has not yet been told that the pilot will end in March"
OTHER = "Nobody in the borough knows who is to pay for the second year of it"
SUM = "£4.1m"
SAID = {"by": "Alys Example", "reason": "It is known"}


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    folder.mkdir(mode=0o700)
    new_registry(folder)
    return folder


def mark(registry: Path, *passages: str, item: str = "2026-06-01-a") -> int:
    prints = [print_of(key_of(registry), words_in(passage)) for passage in passages]
    return guard(registry, {item: prints}, at=AT)


def finds(registry: Path, *passages: str) -> bool:
    ledger = read_ledger(registry)
    return all(list(find_guarded(words_in(f"So. {passage}. Well."), ledger)) for passage in passages)


def is_used(registry: Path) -> bool:
    return not read_ledger(registry).pairs.passes_all


def test_a_filter_has_a_quarter_of_its_bits_by_chance_and_every_pair_of_what_is_guarded(
    registry: Path,
) -> None:
    mark(registry, TOLD)
    kept = read_filter(registry, key_of(registry))
    assert kept is not None
    tags = tags_of(key_of(registry), words_in(TOLD))
    assert len(tags) == 13
    assert all(kept.pairs.flags[tag] for tag in tags)
    assert abs(sum(kept.pairs.flags) - TAGS / 4) < 700  # six standard deviations
    assert (registry / FILTER).stat().st_mode & 0o777 == 0o600
    assert finds(registry, TOLD)
    assert not finds(registry, OTHER)


def test_of_two_registries_the_chance_is_another(registry: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin"
    twin.mkdir(mode=0o700)
    new_registry(twin)
    (twin / KEY).write_text(f"{key_of(registry).hex()}\n")
    flags = []
    for home in (registry, twin):
        mark(home, TOLD)
        kept = read_filter(home, key_of(home))
        assert kept is not None
        flags.append(kept.pairs.flags)
    both = sum(a & b for a, b in zip(*flags, strict=True))
    assert abs(both - TAGS / 16) < 500


def test_the_ledger_says_nothing_of_single_words_and_pairs(registry: Path) -> None:
    mark(registry, TOLD, SUM)
    for line in map(json.loads, (registry / PASSAGES).read_text().splitlines()):
        assert [set(one) for one in line["guard"]] == [{"length", "runs", "whole"}] * 2


def cut_off(registry: Path) -> None:
    content = (registry / FILTER).read_bytes()
    (registry / FILTER).write_bytes(content[:-40])


def without_a_bit(registry: Path) -> None:
    """As somebody would who wants a passage to be missed, or a failing disk."""
    found = json.loads((registry / FILTER).read_text())
    found["bits"] = "A" * 20 + found["bits"][20:]
    (registry / FILTER).write_text(json.dumps(found))


def claiming_more(registry: Path) -> None:
    found = json.loads((registry / FILTER).read_text())
    found["holds"].append("0" * 16)
    (registry / FILTER).write_text(json.dumps(found))


def of_another_key(registry: Path) -> None:
    path = registry.parent / "another"
    path.mkdir(mode=0o700)
    new_registry(path)
    mark(path, TOLD)
    (registry / FILTER).write_bytes((path / FILTER).read_bytes())


SPOILT: list[Callable[[Path], object]] = [
    lambda registry: (registry / FILTER).unlink(),
    lambda registry: (registry / FILTER).write_bytes(b"\xff\0"),
    lambda registry: (registry / FILTER).write_text("[]"),
    cut_off,
    without_a_bit,
    claiming_more,
    of_another_key,
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_missing_or_damaged_filter_is_not_used_and_made_again_from_what_is_marked(
    registry: Path, spoil: Callable[[Path], object]
) -> None:
    mark(registry, TOLD, SUM)
    before = (registry / PASSAGES).read_bytes()
    assert is_used(registry)
    spoil(registry)
    assert not is_used(registry)
    assert finds(registry, TOLD, SUM)
    assert not finds(registry, OTHER)
    assert mark(registry, TOLD, SUM) == 0
    assert is_used(registry)
    assert finds(registry, TOLD, SUM)
    assert (registry / PASSAGES).read_bytes() == before


def test_a_filter_is_not_used_while_anything_guarded_is_not_in_it(registry: Path) -> None:
    mark(registry, TOLD)
    older = (registry / FILTER).read_bytes()
    mark(registry, OTHER)
    (registry / FILTER).write_bytes(older)  # as a copy that was synced by halves
    assert not is_used(registry)
    assert finds(registry, TOLD, OTHER)
    assert mark(registry, TOLD) == 0  # the other's words are not at hand
    assert not is_used(registry)
    marks = frozenset(print_of(key_of(registry), words_in(OTHER)).marks)
    release(registry, marks, "2026-06-01-a", SAID, at=AT)
    assert is_used(registry)
    assert finds(registry, TOLD)
    assert not finds(registry, OTHER)


def test_what_is_in_it_already_writes_nothing_and_locks_nothing(registry: Path) -> None:
    mark(registry, TOLD)
    (registry / LOCK).unlink()
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in registry.iterdir() if p.is_file()}
    assert mark(registry, TOLD) == 0
    assert {
        p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in registry.iterdir() if p.is_file()
    } == before


def test_it_is_written_before_the_ledger_so_that_a_command_that_is_cut_off_leaves_too_much_in_it(
    registry: Path,
) -> None:
    mark(registry, TOLD)
    written = (registry / PASSAGES).read_bytes()
    (registry / PASSAGES).unlink()
    (registry / PASSAGES).symlink_to(registry / "nowhere/passages")  # lines cannot be added
    with pytest.raises(NotCleared, match="the ledger of passages cannot be written"):
        mark(registry, OTHER)
    (registry / PASSAGES).unlink()
    (registry / PASSAGES).write_bytes(written)
    kept = read_filter(registry, key_of(registry))
    assert kept is not None
    assert len(kept.holds) == 2
    assert is_used(registry)
    assert finds(registry, TOLD)
    assert mark(registry, OTHER) == 1
    assert is_used(registry)
    assert finds(registry, TOLD, OTHER)


def test_the_audit_does_not_count_a_filter_that_was_made_again_as_a_change(registry: Path) -> None:
    mark(registry, TOLD)
    key = key_of(registry)
    before = content_digest(registry, key)
    (registry / FILTER).unlink()
    assert content_digest(registry, key) == before
    mark(registry, TOLD)
    assert content_digest(registry, key) == before


def test_a_term_is_guarded_without_any_filter_and_one_word_is_enough(registry: Path) -> None:
    (registry / "guard.yaml").write_text(
        'terms: [Falcon, "Project Heron", "one of the three of us who left"]\n'
    )
    for text in ("the falcon lands", "on project heron", "one of the three of us who left"):
        assert finds(registry, text)
    assert not (registry / FILTER).exists()
    assert is_used(registry)
    mark(registry, TOLD, SUM)
    for text in ("the falcon lands", "on project heron", TOLD, SUM, "it costs 4.1m a year"):
        assert finds(registry, text)
    assert not finds(registry, "the project of a heron")


def test_a_passage_of_one_word_is_found_by_its_digest(registry: Path) -> None:
    assert mark(registry, "2031") == 1
    assert finds(registry, "and in 2031 it is over", "2031")
    assert not finds(registry, "2032 in 20311")


# --- ledgers of older versions --------------------------------------------------------------------


@pytest.fixture
def older(registry: Path) -> Path:
    """A ledger that says which words a passage has, without a filter."""
    mark(registry, TOLD)
    mark(registry, OTHER, item="2026-06-02-b")
    (registry / FILTER).unlink()
    lines = [json.loads(line) for line in (registry / PASSAGES).read_text().splitlines()]
    for line in lines:
        for one in line["guard"]:
            one["words"] = ["0badc0de", "1badc0de"]
    (registry / PASSAGES).write_text("".join(json.dumps(line, sort_keys=True) + "\n" for line in lines))
    (registry / PASSAGES).chmod(0o600)
    return registry


def test_an_older_ledger_is_read_and_found_by_without_what_it_says_of_words(older: Path) -> None:
    assert finds(older, TOLD, OTHER)
    assert not is_used(older)


def check_rewritten(registry: Path, lines: int) -> None:
    written = (registry / PASSAGES).read_text()
    assert "words" not in written
    assert "badc0de" not in written
    assert len(written.splitlines()) == lines
    assert (registry / PASSAGES).stat().st_mode & 0o777 == 0o600
    chain = read_chain(registry)
    assert chain.problems == ()
    assert chain.entries[-1]["fact_ledger_lines"] == str(lines)


def test_what_an_older_ledger_says_of_words_goes_with_the_next_passage(older: Path) -> None:
    assert mark(older, SUM) == 1
    check_rewritten(older, 3)
    assert finds(older, TOLD, OTHER, SUM)
    assert not is_used(older)
    assert mark(older, TOLD, OTHER) == 0  # all of them are marked still
    assert is_used(older)
    assert finds(older, TOLD, OTHER, SUM)


def test_and_with_the_next_that_is_let_go(older: Path) -> None:
    release(older, print_of(key_of(older), words_in(OTHER)).marks, "2026-06-02-b", SAID, at=AT)
    check_rewritten(older, 3)
    assert finds(older, TOLD)
    assert not finds(older, OTHER)


def test_of_commands_side_by_side_none_loses_what_another_recorded(older: Path) -> None:
    passages = [f"Of the {n} papers the board saw {n + 1} before it was asked" for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda passage: mark(older, passage), passages)) == [1] * 12
    check_rewritten(older, 14)
    assert finds(older, TOLD, OTHER, *passages)
    assert mark(older, TOLD, OTHER) == 0
    assert is_used(older)
