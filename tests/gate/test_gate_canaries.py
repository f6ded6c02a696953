"""The gate proves itself on every run, and every line of its tables is needed."""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import pytest
from gate_samples import LEAKS, Leak, gate, page, public, refusal
from test_gate_leaks import TRIPWIRES, WRITTEN
from test_names_alone import HERE
from test_names_alone import SURE as ALONE
from test_telling_words import OFFICIAL
from test_telling_words import SURE as TELLING_SURE
from test_telling_words import guard as told_guard

from cop_publish import gate as gate_package
from cop_publish.core.consents import Person, PersonId
from cop_publish.errors import CopPublishError, LeakFound, Unscannable
from cop_publish.gate import canaries, decode, forms, id3, kinds, lone, markup, scan, telling, tripwires
from cop_publish.gate.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TABLES: dict[str, dict[str, Any]] = {
    "reader": kinds.EXTRACTORS,
    "decoder": decode.DECODERS,
    "reading": markup.HTML_READINGS,
    "xml reading": markup.XML_READINGS,
    "enclosure": scan.ENCLOSURES,
    "frame": id3.FRAME_READERS,
    "form": forms.FORM_RULES,
    "tripwire": tripwires.TRIPWIRES,
    "marking": tripwires.MARKINGS,
    "alone": lone.LONE_RULES,
    "telling": telling.TELLING_RULES,
    "group": telling.GROUP_RULES,
}
LINES = [(table, line) for table, lines in TABLES.items() for line in lines]
BLIND: dict[str, Callable[..., Any]] = {
    "reading": lambda *_: [],
    "xml reading": lambda *_: [],
    "enclosure": lambda *_: iter(()),
    "frame": lambda *_: None,
    "form": lambda *_: iter(()),
    "tripwire": lambda *_: None,
    "alone": lambda *_: iter(()),
    "telling": lambda *_: iter(()),
    "group": lambda *_: iter(()),
}
TELLING = {
    **TELLING_SURE,
    "employer": (telling.EMPLOYER, "the borough of Sampleford knew"),
    "called": (telling.CALLED, "the policy adviser in central government knew"),
    "former": (telling.FORMER, "a keeper of the old papers knew"),
    "count": (telling.COUNT, "All six departments had agreed."),
    "size": (telling.SIZE, "We asked seven regional directors."),
}
_TOLD = told_guard(group_size=7)
WORDS = Person(PersonId("p-7a7a"), "Will", "Young")
EVERYONE = replace(
    HERE,
    people=(*(p for p in HERE.people if p.id != OFFICIAL.id), OFFICIAL, WORDS),
    present={**HERE.present, "item": frozenset({OFFICIAL.id})},
    records={
        "item": {
            p: replace(c, formerly="the keeper of the old papers") for p, c in _TOLD.records["here"].items()
        },
        "elsewhere": _TOLD.records["elsewhere"],
    },
)
SAMPLES = len(LEAKS) + len(WRITTEN) + len(TRIPWIRES) + len(ALONE) + len(TELLING) + 3
CLEAN = public("a.html", page("<p>A clean page.</p>"))


@pytest.fixture(autouse=True)
def _tables_in_their_order() -> Iterator[None]:
    """Put back what a test takes out where it stood: of readings that see the same, the first names it."""
    before = {name: dict(lines) for name, lines in TABLES.items()}
    yield
    for name, lines in before.items():
        TABLES[name].clear()
        TABLES[name].update(lines)


def _tables_of_the_code() -> dict[str, dict[str, object]]:
    """By module and name: whatever in the gate says by name what is done, or which words are looked for."""
    found: dict[str, dict[str, object]] = {}
    for module in iter_modules(gate_package.__path__, f"{gate_package.__name__}."):
        for name, value in vars(import_module(module.name)).items():
            if (
                isinstance(value, dict)
                and value
                and not name.startswith("__")
                and module.name != canaries.__name__
            ):
                has_names = all(isinstance(key, str) for key in value)
                acts = all(callable(v) or isinstance(v, str) or is_dataclass(v) for v in value.values())
                if has_names and acts:
                    found[f"{module.name}.{name}"] = value
    return found


def test_every_table_of_the_code_is_tried_line_by_line_and_proved_by_canaries() -> None:
    found = _tables_of_the_code()
    assert len(found) >= len(TABLES)
    tried = [id(table) for table in TABLES.values()]
    assert [name for name, table in found.items() if id(table) not in tried] == []
    proved = {line.split(" ", 1)[1] for line in canaries._lines()}  # noqa: SLF001 - its list of what it proves
    assert {line for _, line in LINES} <= proved


@pytest.mark.parametrize(("table", "line"), LINES)
def test_a_gate_that_lost_a_line_of_its_tables_refuses_everything(
    table: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(TABLES[table], line)
    error = refusal(CLEAN)
    assert type(error) is CopPublishError
    assert error.exit_code == 70
    assert line in str(error)


@pytest.mark.parametrize(("table", "line"), [(t, line) for t, line in LINES if t in BLIND])
def test_a_gate_with_a_line_that_sees_nothing_refuses_everything(
    table: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLES[table], line, BLIND[table])
    error = refusal(CLEAN)
    assert type(error) is CopPublishError


def test_a_line_without_a_canary_refuses_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLES["tripwire"], "a new rule", lambda *_: None)
    assert "a new rule" in str(refusal(CLEAN))


def caught() -> set[str]:
    """Which of the samples are found, each in the channel and by the rule that is meant; all in one run."""
    samples: dict[str, Leak] = dict(LEAKS)
    samples |= {f"w {k}": Leak(public("a.txt", text), "text", rule) for k, (rule, text) in WRITTEN.items()}
    samples |= {f"t {k}": Leak(public("a.txt", text), rule, "") for k, (rule, text) in TRIPWIRES.items()}
    samples |= {
        f"alone {k}": Leak(public("a.txt", text, "here"), "text", rule) for k, (rule, text) in ALONE.items()
    }
    samples["title"] = Leak(public("a.txt", "so Dr Madeup-Fictive said"), "text", "title and family name")
    samples["words"] = Leak(public("a.txt", "so will young people"), "text", forms.SMALL)
    samples["nearly"] = Leak(public("a.txt", "so Owian said", "here"), "text", lone.NEAR)
    samples |= {
        f"telling {k}": Leak(public("a.txt", text, "item"), "text", rule)
        for k, (rule, text) in TELLING.items()
    }
    keys = {f"sample {number}/": name for number, name in enumerate(samples)}
    files = [
        replace(leak.file, key=key + leak.file.key) for key, leak in zip(keys, samples.values(), strict=True)
    ]
    error = refusal(*files, guard=EVERYONE)
    assert error is not None
    reports: dict[str, str] = {}
    for problem in error.problems:
        name = keys[problem.where.path.split("/")[0] + "/"]
        reports[name] = reports.get(name, "") + problem.what
    return {
        name
        for name in reports
        if all(word in reports[name] for word in (samples[name].rule, samples[name].channel))
    }


@pytest.mark.parametrize(("table", "line"), LINES)
def test_the_samples_need_every_line_even_without_canaries(
    table: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canaries, "prove", lambda _search: None)
    monkeypatch.delitem(TABLES[table], line)
    assert len(caught()) < SAMPLES


def test_with_every_line_in_place_every_sample_is_caught() -> None:
    assert len(caught()) == SAMPLES


def test_a_reader_that_fails_refuses_and_does_not_quote(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        message = "Jory Madeup-Fictive"
        raise RuntimeError(message)

    monkeypatch.setattr(canaries, "prove", lambda _search: None)
    kind = kinds.EXTRACTORS["txt"]
    blinded = kinds.FileKind(kind.extensions, kind.media_types, kind.looks_right, broken)  # type: ignore[arg-type]
    monkeypatch.setitem(TABLES["reader"], "txt", blinded)
    error = refusal(public("a.txt", "x"))
    assert type(error) is CopPublishError
    assert "Jory" not in str(error)


def test_a_reader_that_skips_bytes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canaries, "prove", lambda _search: None)
    kind = kinds.EXTRACTORS["txt"]
    lazy = kinds.FileKind(
        kind.extensions, kind.media_types, kind.looks_right, lambda data: kind.read(data[:3])
    )
    monkeypatch.setitem(TABLES["reader"], "txt", lazy)
    assert isinstance(refusal(public("a.txt", "three and more")), Unscannable)


def test_the_canary_itself_is_nobody_in_real_files() -> None:
    gate(public("a.txt", f"{canaries.NAME} {canaries.CANARY.emails[0]} {canaries.CANARY.id}"))


def test_canaries_do_not_fly_when_nothing_needs_reading(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    memory = Memory.load(tmp_path / "gate.json")
    gate(CLEAN, memory=memory)
    memory.save()
    monkeypatch.delitem(TABLES["reader"], "txt")
    gate(CLEAN, memory=Memory.load(tmp_path / "gate.json"))
    with pytest.raises(CopPublishError):
        gate(public("b.html", page("y")), memory=Memory.load(tmp_path / "gate.json"))


def test_every_leak_is_a_leak_and_not_only_unscannable() -> None:
    kinds_of_error = {type(refusal(leak.file)) for leak in LEAKS.values()}
    assert kinds_of_error == {LeakFound}
