"""Scenarios as text: files and commands, and the lines that they must print.

::

    # What the scenario protects, for whom.
    sample                        the sample show, published          sample unpublished   not yet
    empty                         nothing at all
    now 2027-01-15T09:00+00:00    the time from here on; `now clock`: what the machine's clock says
    in FOLDER                     the current folder from here on
    file PATH                     a file with the indented lines
    change PATH                   takes out the lines after -, puts in the lines after +
    set PATH KEY: VALUE           another value in a line of front matter
    sound PATH                    a short recording
    signed ITEM PERSON            they sign off what would be public of them now
    delete PATH                   a file or a folder
    copy FROM TO                  the same
    run ARGUMENTS                 the command, in this process
    > LINE                        what it prints; … stands for anything, alone on a line for any lines;
                                  a lone > for nothing
    ! LINE                        what it prints of problems and progress
    exit CODE                     its exit code; 0 where nothing is said
    unchanged PATH                the last command changed no byte there
    equal PATH PATH               two trees are byte for byte the same
    has PATH WORDS                some file there holds these words     lacks PATH WORDS     none does
    there PATH                    something is there                    gone PATH            nothing is

Without ``>`` or ``!`` lines what a command prints may be anything.
"""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import spoil
import workspaces
from workspaces import Said, say, tree

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

_LONG_BLOCK = 4  # how far the lines of a block are indented
_EXPECTING = {">", "!", "exit"}  # said of the command above


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its line in the file, the verb, the rest of the line, and the block below it."""

    line: int
    verb: str
    rest: str
    block: list[str]


def play(text: str, folder: Path, factory: pytest.TempPathFactory) -> None:
    """Play a scenario in `folder`; raises AssertionError naming the line that does not hold."""
    stage = _Stage(folder, folder / "show", factory)
    stage.here.mkdir()
    for step in [*parse(text), Step(0, "end", "", [])]:
        try:
            if step.verb not in _EXPECTING:
                stage.settle()
            _VERBS[step.verb](stage, step)
        except AssertionError as fault:
            said = stage.said and f"\n--- exit {stage.said.code}\n{stage.said.out}---\n{stage.said.err}"
            raise AssertionError(f"line {step.line or 'end'}: {fault}{said or ''}") from None


def parse(text: str) -> list[Step]:
    """Read the steps; a line that is none is an error in the scenario."""
    steps: list[Step] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(" " * _LONG_BLOCK) or not line.strip():
            if steps:
                steps[-1].block.append(line[_LONG_BLOCK:])
        elif not line.startswith("#"):
            verb, _, rest = line.partition(" ")
            if verb not in _VERBS:
                raise ValueError(f"line {number}: there is no verb {verb!r}")
            steps.append(Step(number, verb, rest.rstrip(), []))
    return steps


def matches(expected: list[str], said: str) -> str:
    """Why the lines are not those expected, or an empty text; see the top of this file for `…`."""
    if expected == [""]:
        return "" if not said else "nothing was to be said"
    parts = [r"(?:[^\n]*\n)*" if line.strip() == "…" else _pattern(line) + "\n" for line in expected]
    if re.fullmatch("".join(parts), said):
        return ""
    lines = said.splitlines()
    missing = [
        e for e in expected if e.strip() != "…" and not any(re.fullmatch(_pattern(e), s) for s in lines)
    ]
    return f"these lines are missing: {missing}" if missing else "there are other lines, or another order"


def _pattern(line: str) -> str:
    return r"[^\n]*".join(re.escape(part) for part in line.split("…"))


@dataclass(slots=True)
class _Stage:
    """A scenario while it plays: where we are, what time it is, and what the last command did."""

    root: Path
    here: Path
    factory: pytest.TempPathFactory
    now: str = workspaces.NOW
    said: Said | None = None
    before: dict[str, str] = field(default_factory=dict)
    expected: dict[str, list[str]] = field(default_factory=lambda: {">": [], "!": []})
    code: int = 0
    settled: bool = False

    def at(self, path: str) -> Path:
        found = (self.here / path).resolve()
        assert found.is_relative_to(self.root), "the path leads out of the scenario"
        return found

    def one(self, pattern: str) -> Path:
        """The only file of a name that may hold stars: what is new is named after today."""
        (found,) = self.here.glob(pattern)
        return found

    def settle(self) -> None:
        """Hold the last command to what was expected of it; once."""
        if self.said is None or self.settled:
            return
        self.settled = True
        assert self.said.code == self.code, f"the exit code was to be {self.code}"
        assert "Traceback" not in self.said.err
        for sign, said in ((">", self.said.out), ("!", self.said.err)):
            assert not self.expected[sign] or not (why := matches(self.expected[sign], said)), why
        self.expected, self.code = {">": [], "!": []}, 0

    def run(self, step: Step) -> None:
        self.before, self.settled = tree(self.root), False
        self.said = say(self.here, *shlex.split(step.rest), now=self.now)


def _sample(stage: _Stage, step: Step) -> None:
    make = workspaces.unpublished_sample if step.rest == "unpublished" else workspaces.published_sample
    make(stage.factory, stage.here)


def _now(stage: _Stage, step: Step) -> None:
    stage.now = "" if step.rest == "clock" else step.rest


def _in(stage: _Stage, step: Step) -> None:
    stage.here = stage.at(step.rest)


def _file(stage: _Stage, step: Step) -> None:
    path = stage.at(step.rest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(step.block).rstrip("\n") + "\n", encoding="utf-8")


def _change(stage: _Stage, step: Step) -> None:
    path = stage.at(step.rest)
    old, new = ("".join(f"{b[2:]}\n" for b in step.block if b.startswith(sign)) for sign in "-+")
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, "the lines to take out are not there exactly once"
    path.write_text(text.replace(old, new), encoding="utf-8")


def _set(stage: _Stage, step: Step) -> None:
    path, _, line = step.rest.partition(" ")
    file = stage.one(path)
    key = line.partition(":")[0]
    text, count = re.subn(
        rf"^{key}:.*$", lambda _: line, file.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert count == 1, "there is no such line, or more than one"
    file.write_text(text, encoding="utf-8")


def _sound(stage: _Stage, step: Step) -> None:
    stage.at(step.rest).write_bytes(spoil.wav())


def _signed(stage: _Stage, step: Step) -> None:
    item, person = step.rest.split()
    workspaces.sign(stage.here, item, person, now=stage.now)


def _delete(stage: _Stage, step: Step) -> None:
    path = stage.at(step.rest)
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def _copy(stage: _Stage, step: Step) -> None:
    source, target = (stage.at(path) for path in step.rest.split())
    shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)


def _expect(stage: _Stage, step: Step) -> None:
    stage.expected[step.verb].append(step.rest)


def _exit(stage: _Stage, step: Step) -> None:
    stage.code = int(step.rest)


def _unchanged(stage: _Stage, step: Step) -> None:
    wanted = stage.at(step.rest).relative_to(stage.root)
    before, after = (
        {path: digest for path, digest in found.items() if Path(path).is_relative_to(wanted)}
        for found in (stage.before, tree(stage.root))
    )
    assert before, "nothing was there before either"
    changed = sorted(p for p in before.keys() | after.keys() if before.get(p) != after.get(p))
    assert not changed, f"changed: {changed}"


def _equal(stage: _Stage, step: Step) -> None:
    one, other = (tree(stage.at(path)) for path in step.rest.split())
    assert one, "nothing is there"
    assert one == other, (
        f"differ: {sorted(p for p in one.keys() | other.keys() if one.get(p) != other.get(p))}"
    )


def _has(stage: _Stage, step: Step) -> None:
    assert _holders(stage, step), "no file holds these words"


def _lacks(stage: _Stage, step: Step) -> None:
    holders = _holders(stage, step)
    assert not holders, f"held by {holders}"


def _holders(stage: _Stage, step: Step) -> list[str]:
    path, _, words = step.rest.partition(" ")
    top = stage.at(path)
    files = [top] if top.is_file() else [p for p in sorted(top.rglob("*")) if p.is_file()]
    assert files, "nothing is there"
    return [str(p.relative_to(stage.root)) for p in files if words.encode() in p.read_bytes()]


def _there(stage: _Stage, step: Step) -> None:
    assert list(stage.here.glob(step.rest)), "nothing is there"


def _gone(stage: _Stage, step: Step) -> None:
    assert not list(stage.here.glob(step.rest)), "something is there"


def _empty(stage: _Stage, step: Step) -> None:
    assert not step.rest
    assert not list(stage.here.iterdir())


def _end(stage: _Stage, step: Step) -> None:
    """Nothing is left to do: the last command was held to its word before this."""


_VERBS: dict[str, Callable[[_Stage, Step], None]] = {
    "end": _end,
    "sample": _sample,
    "empty": _empty,
    "now": _now,
    "in": _in,
    "file": _file,
    "change": _change,
    "set": _set,
    "sound": _sound,
    "signed": _signed,
    "delete": _delete,
    "copy": _copy,
    "run": _Stage.run,
    ">": _expect,
    "!": _expect,
    "exit": _exit,
    "unchanged": _unchanged,
    "equal": _equal,
    "has": _has,
    "lacks": _lacks,
    "there": _there,
    "gone": _gone,
}
