"""The audit: it only grows, says when it was changed, cut or forked, and holds nobody's name."""

from __future__ import annotations

import json
import resource
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cop_publish.errors import NotCleared
from cop_publish.registry.audit import AUDIT, Event, append, read_chain, settle
from cop_publish.registry.read import read_registry
from cop_publish.registry.state import registry_state

if TYPE_CHECKING:
    from collections.abc import Callable

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SAID = {"by": "Planted Producer", "reason": "Rowan asked for it"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "private"
    (home / "people").mkdir(parents=True)
    (home / "registry.yaml").write_text("# ours\nversion: 1\nfictional: no\nserial: 4\n")
    home.chmod(0o700)
    return home


def three(home: Path) -> list[str]:
    return [
        append(home, Event("unmark", item="2026-11-20-a", facts={"passages": str(n)}, said=SAID), at=AT)
        for n in range(3)
    ]


def lines(home: Path) -> list[str]:
    return (home / AUDIT).read_text().splitlines()


def test_each_line_follows_the_one_before_and_raises_the_serial(folder: Path) -> None:
    heads = three(folder)
    chain = read_chain(folder)
    assert (chain.problems, chain.head, len(set(heads))) == ((), heads[-1], 3)
    assert [(e["n"], e["serial"], e["fact_passages"]) for e in chain.entries] == [
        (1, 5, "0"),
        (2, 6, "1"),
        (3, 7, "2"),
    ]
    assert chain.entries[1]["prev"] == heads[0]
    assert json.loads((folder / "head.json").read_text()) == {"serial": 7, "audit": heads[-1]}
    assert (folder / "registry.yaml").read_text().endswith("serial: 4\n")  # where the count began
    assert read_registry(folder).people == {}  # and everything is as private as it was


def test_nothing_that_tells_of_a_person_stands_in_the_chain_and_erasing_it_breaks_nothing(
    folder: Path,
) -> None:
    three(folder)
    chain = (folder / AUDIT).read_text()
    assert not any(word in chain for word in ("Planted", "Producer", "Rowan", "asked"))
    notes = sorted((folder / "notes").iterdir())
    assert len(notes) == 3  # another salt each time, so equal words are not equal commitments
    assert "Planted Producer" in notes[0].read_text()
    assert json.loads(lines(folder)[0])["note"].startswith(tuple(n.stem for n in notes))
    for note in notes:
        assert note.stat().st_mode & 0o077 == 0
        note.unlink()
    assert read_chain(folder).problems == ()
    append(folder, Event("edited"), at=AT)


def keep(count: int) -> Callable[[list[str]], list[str]]:
    return lambda written: written[:count]


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (keep(2), "registry/audit.jsonl:2: lines are missing from the end"),
        (keep(0), "registry/audit.jsonl: lines are missing from the end"),
        (lambda w: w[1:], "registry/audit.jsonl:1: this line does not follow the one before it"),
        (lambda w: [w[0], w[2]], "registry/audit.jsonl:2: this line does not follow the one before it"),
        (lambda w: [w[0], w[2], w[1]], "registry/audit.jsonl:2: this line does not follow the one before it"),
        (
            lambda w: [w[0], w[1].replace('"1"', '"9"'), w[2]],
            "registry/audit.jsonl:3: this line does not follow the one before it",
        ),
        (
            lambda w: [w[0], w[1], w[1].replace('"1"', '"9"'), w[2]],
            "registry/audit.jsonl:3: two lines follow the same one: it was changed in two places at once",
        ),
        (lambda w: [w[0], "{", w[2]], "registry/audit.jsonl:2: this line is damaged"),
        (lambda w: [w[0], "[]", w[2]], "registry/audit.jsonl:2: this line is damaged"),
        (
            lambda w: [w[0], w[1], w[2].replace('"2"', '"9"')],
            "registry/audit.jsonl:3: lines are missing from the end",
        ),
    ],
)
def test_a_cut_edited_or_forked_audit_is_seen_and_refuses_to_grow(
    folder: Path, spoil: Callable[[list[str]], list[str]], what: str
) -> None:
    three(folder)
    path = folder / AUDIT
    path.write_text("".join(f"{line}\n" for line in spoil(lines(folder))))
    assert f"{what}" in [f"{p.where}: {p.what}" for p in read_chain(folder).problems]
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    for refused in (lambda: append(folder, Event("edited"), at=AT), lambda: settle(folder, at=AT)):
        with pytest.raises(NotCleared) as caught:
            refused()
        assert caught.value.exit_code == 40
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("bytes_left", [1, 40, -1])
def test_a_last_line_that_was_cut_off_is_seen(folder: Path, bytes_left: int) -> None:
    three(folder)
    written = (folder / AUDIT).read_bytes()
    start = written[:-1].rindex(b"\n") + 1
    (folder / AUDIT).write_bytes(written[: start + bytes_left] if bytes_left > 0 else written[:-1])
    assert "the last line was cut off" in {p.what for p in read_chain(folder).problems}
    with pytest.raises(NotCleared):
        append(folder, Event("edited"), at=AT)


@pytest.mark.parametrize("written", ["", "[]", "{", '{"audit": "00"}'])
def test_a_damaged_head_is_seen(folder: Path, written: str) -> None:
    three(folder)
    (folder / "head.json").write_text(written)
    assert [p.what for p in read_chain(folder).problems] == ["lines are missing from the end"]
    (folder / "head.json").unlink()
    assert [p.what for p in read_chain(folder).problems] == ["lines are missing from the end"]


def test_a_registry_without_any_change_has_a_chain_that_holds(folder: Path) -> None:
    chain = read_chain(folder)
    assert (chain.entries, chain.problems) == ((), ())


def test_a_power_cut_between_the_line_and_the_serial_is_no_damage(folder: Path) -> None:
    three(folder)
    mark = (folder / "head.json").read_bytes()
    append(folder, Event("edited"), at=AT)
    (folder / "head.json").write_bytes(mark)  # as if only the line had been written
    assert read_chain(folder).problems == ()
    append(folder, Event("edited"), at=AT)
    assert [e["serial"] for e in read_chain(folder).entries] == [5, 6, 7, 8, 9]


def test_a_disk_that_fills_up_in_the_middle_of_a_line_leaves_none_of_it(folder: Path) -> None:
    three(folder)
    before = (folder / AUDIT).read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, hard))
    try:
        with pytest.raises(NotCleared):
            append(folder, Event("unmark"), at=AT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (folder / AUDIT).read_bytes() == before
    append(folder, Event("unmark"), at=AT)
    assert not read_chain(folder).problems


def test_what_was_edited_by_hand_raises_the_serial_once(folder: Path) -> None:
    settle(folder, at=AT)
    first = registry_state(folder)
    settle(folder, at=AT)
    assert registry_state(folder) == first
    (folder / "people" / "p-7f3k.yaml").write_text("name: {given: Siân}\n")
    assert registry_state(folder).serial == first.serial
    assert registry_state(folder).digest != first.digest  # so that an unrecorded edit is known too
    settle(folder, at=AT)
    after = registry_state(folder)
    assert after.serial == first.serial + 1
    settle(folder, at=AT)
    assert registry_state(folder) == after
    assert [e["event"] for e in read_chain(folder).entries] == ["begun", "edited"]


def test_a_registry_is_the_same_by_whatever_path_it_is_reached(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(folder, at=AT)
    (folder / "people" / "p-7f3k.yaml").write_text("name: {given: Siân}\n")
    found = registry_state(folder)
    monkeypatch.chdir(folder.parent)
    assert registry_state(Path(folder.name)) == found
    assert registry_state(Path("../") / folder.parent.name / folder.name) == found


def test_two_copies_with_equal_records_and_one_key_are_equal_and_another_key_tells_nothing(
    folder: Path, tmp_path: Path
) -> None:
    settle(folder, at=AT)
    other = tmp_path / "other"
    other.mkdir()
    for path in folder.rglob("*"):
        if path.is_file():
            (other / path.relative_to(folder)).write_bytes(path.read_bytes())
    assert registry_state(other) == registry_state(folder)
    (other / "hmac.key").write_text("00" * 32)
    assert registry_state(other).digest != registry_state(folder).digest


def test_a_registry_that_cannot_be_written_refuses_rather_than_passing(folder: Path) -> None:
    (folder / AUDIT).mkdir()
    with pytest.raises(NotCleared):
        append(folder, Event("edited"), at=AT)


@pytest.mark.parametrize("written", ["", "abc", "zz" * 32, "00" * 31])
def test_a_key_that_is_none_refuses(folder: Path, written: str) -> None:
    (folder / "hmac.key").write_text(written)
    with pytest.raises(NotCleared) as caught:
        append(folder, Event("edited"), at=AT)
    assert "registry/hmac.key: the key cannot be read, or is none" in str(caught.value)
    assert not (folder / AUDIT).exists()
