"""A pytest plugin: collects once, learns which test enters which function, then tries mutants in forks.

Runs in a copy of the tree.  A fork of the process that has collected everything costs a tenth of a second,
a fresh one three: so a mutant is put into the live modules.  Functions get its code; what a module makes when
it is loaded is made again, with all that is made of it, and given to whoever imported it by its name.
"""

from __future__ import annotations

import ast
import functools
import gc
import importlib
import json
import os
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from types import CodeType, FunctionType, ModuleType
from typing import IO, TYPE_CHECKING, Any

from _pytest.runner import runtestprotocol
from mutants import Mutant, mutated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

ENDLESS_SECONDS = 60  # more than any test takes
# These take a line out of a table and expect red: of another fault they tell nothing that others do not.
_NEED_A_LINE_LESS = (
    *(
        "test_a_gate_that_lost_a_line",
        "test_a_gate_with_a_line_that_sees",
        "test_the_samples_need_every_line",
    ),
    "test_the_evaluation_goes_red_without",
)
Told = Callable[[Mutant, str, float], None]


class CannotSwap(Exception):
    """A mutant that cannot be put into a live process."""


@dataclass(slots=True)
class Trials:
    """The plugin; `told` gets each mutant, what killed it (empty: nothing did) and the seconds it took."""

    mutants: Sequence[Mutant]
    source: Path  # src/cop_publish of the copy
    jobs: int
    told: Told
    kept: Path  # a file where it is kept which test enters what, for the next time
    cpu_seconds: int  # of tests for one mutant: those that are left then are not run
    _entered: dict[str, list[int]] = field(
        default_factory=dict
    )  # by code: numbers of tests, first those that are quick and enter little else
    _with_canaries: set[int] = field(default_factory=set)  # tests that need them to fly
    _kills: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of the tests: the mutants."""
        importlib.import_module("cop_publish.gate.canaries")  # loaded late: each fork has it then
        items = [item for item in session.items if not item.name.startswith(_NEED_A_LINE_LESS)]
        self._learn(items)
        running: dict[int, tuple[Mutant, IO[str], float]] = {}
        for mutant in self.mutants:
            while len(running) >= self.jobs:
                self._reap(running, items)
            reading, writing = os.pipe()
            pid = os.fork()
            if not pid:
                os.close(reading)
                self._try(mutant, items, writing)
            os.close(writing)
            running[pid] = mutant, os.fdopen(reading), time.monotonic()
        while running:
            self._reap(running, items)
        return True

    def _reap(self, running: dict[int, tuple[Mutant, IO[str], float]], items: Sequence[pytest.Item]) -> None:
        pid, status = os.wait()
        mutant, pipe, start = running.pop(pid)
        with pipe:
            killer = pipe.read()
        if os.WIFSIGNALED(status):
            killer = f"signal {signal.Signals(os.WTERMSIG(status)).name}: it has no end, or crashes"
        for number, item in enumerate(items):
            if item.nodeid == killer:
                self._kills[mutant.path][number] += 1
        self.told(mutant, killer, time.monotonic() - start)

    def _try(self, mutant: Mutant, items: Sequence[pytest.Item], writing: int) -> None:
        """In a fork: ends the process."""
        resource.setrlimit(resource.RLIMIT_CPU, (self.cpu_seconds + ENDLESS_SECONDS,) * 2)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        killer = ""
        try:
            swap(mutant, self.source)
            killer = self._killer(mutant, items)
        except CannotSwap as reason:
            killer = f"? {reason}"
        except BaseException as fault:  # noqa: BLE001 - the change itself fails, as it would when loaded
            killer = f"{type(fault).__name__} where it is loaded"
        os.write(writing, killer.encode())
        os._exit(0)

    def _learn(self, items: Sequence[pytest.Item]) -> None:
        known: dict[str, Profile] = json.loads(self.kept.read_text("utf-8")) if self.kept.exists() else {}
        new = [item for item in items if item.nodeid not in known]
        known |= profile(new, str(self.source)) if new else {}
        self.kept.write_text(json.dumps(known), "utf-8")
        told = [known[item.nodeid] for item in items]
        for number in sorted(range(len(items)), key=lambda n: told[n][0] * len(told[n][2])):
            _, colour, codes = told[number]
            if colour == RED:
                print(f"{items[number].nodeid} is red without any mutant: not used", flush=True)
                continue
            if colour == NEEDS_CANARIES:
                self._with_canaries.add(number)
            for code in codes:
                self._entered.setdefault(code, []).append(number)

    def _killer(self, mutant: Mutant, items: Sequence[pytest.Item]) -> str:
        if canaries_of_a_sample():
            return "the canaries"
        for number in self._order(mutant):
            if (fails if number in self._with_canaries else fails_without_canaries)(items[number]):
                return items[number].nodeid
            if time.process_time() > self.cpu_seconds:
                return ""
        return ""

    def _order(self, mutant: Mutant) -> list[int]:
        """The tests that enter what uses the change; what killed others of the file first, then quick."""
        owners = [mutant.owner] if mutant.owner else users_of(mutant, self.source)
        of_each = [self._entered.get(f"{mutant.path}:{owner}", []) for owner in owners]
        if not any(of_each):
            of_each = [n for code, n in self._entered.items() if code.startswith(f"{mutant.path}:")]
        numbers = dict.fromkeys(chain.from_iterable(zip_longest(*of_each)))
        kills = self._kills[mutant.path]
        return sorted((n for n in numbers if n is not None), key=lambda n: -kills[n])


def users_of(mutant: Mutant, source: Path) -> list[str]:
    """The functions of the module that use what is changed in the module itself, or what is made of it."""
    body = ast.parse((source / mutant.path).read_text("utf-8")).body
    changed = mutated((source / mutant.path).read_text("utf-8"), mutant.number).body
    names = set().union(*(_made(b) for b, a in zip(body, changed, strict=True) if ast.dump(b) != ast.dump(a)))
    for node in body:
        if not _is_definition(node) and names & _needed(node):
            names |= _made(node)
    functions = [n for top in body for n in (top.body if isinstance(top, ast.ClassDef) else [top])]
    owners = {id(n): f"{top.name}." for top in body if isinstance(top, ast.ClassDef) for n in top.body}
    return [
        f"{owners.get(id(n), '')}{n.name}"
        for n in functions
        if isinstance(n, ast.FunctionDef) and names & _needed(n)
    ]


def fails(item: pytest.Item) -> bool:
    """Whether a test is red."""
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def fails_without_canaries(item: pytest.Item) -> bool:
    """As `fails`; the canaries have flown before, and would tell the same again."""
    canaries: Any = importlib.import_module("cop_publish.gate.canaries")
    prove = canaries.prove
    canaries.prove = lambda _search: None
    try:
        return fails(item)
    finally:
        canaries.prove = prove


def canaries_of_a_sample() -> bool:
    """Whether the gate misses its own test leaks: with this every test that asks the gate is red."""
    from gate_samples import GUARD  # noqa: PLC0415 - from the copy, whose path is set late

    from cop_publish.errors import CopPublishError  # noqa: PLC0415 - the same
    from cop_publish.gate import approve, canaries  # noqa: PLC0415 - the same

    try:
        canaries.prove(approve.wanted_of(GUARD).search)
    except CopPublishError:
        return True
    return False


GREEN, NEEDS_CANARIES, RED = "green", "needs canaries", "red"
Profile = tuple[float, str, list[str]]  # of a test: seconds, colour, and the codes that it enters


def profile(items: Sequence[pytest.Item], below: str) -> dict[str, Profile]:
    """Runs these tests once without any mutant, in a fork; by ID."""
    reading, writing = os.pipe()
    if not os.fork():
        os.close(reading)
        try:
            with os.fdopen(writing, "w") as pipe:
                json.dump({item.nodeid: _looked_at(item, below) for item in items}, pipe)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told: dict[str, Profile] = json.loads(pipe.read() or "{}")
    os.wait()
    if len(told) < len(items):
        message = "the tests could not be looked through"
        raise SystemExit(message)
    return told


def _looked_at(item: pytest.Item, below: str) -> Profile:
    codes: set[CodeType] = set()

    def trace(frame: Any, _event: str, _arg: object) -> None:  # noqa: ANN401 - a frame
        codes.add(frame.f_code)

    _forget()  # else nobody would seem to enter what was worked out for another
    start = time.process_time()
    sys.settrace(trace)
    colour = RED if fails_without_canaries(item) else GREEN
    sys.settrace(None)
    names = {_name_of(code, below) for code in codes if code.co_filename.startswith(below)}
    if colour == RED and not fails(item):
        colour = NEEDS_CANARIES
    return time.process_time() - start, colour, sorted(names)


def _name_of(code: CodeType, below: str) -> str:
    owner = code.co_qualname.replace(".<locals>", "").split(".<")[0]
    return f"{os.path.relpath(code.co_filename, below)}:{owner}"


# --- a mutant put into the live modules -----------------------------------------------------------


def swap(mutant: Mutant, source: Path) -> None:
    """Raises CannotSwap where only a fresh process will do."""
    path = source / mutant.path
    name = "cop_publish." + mutant.path.removesuffix(".py").replace("/", ".")
    module = sys.modules.get(name)
    if module is None:
        message = "no test loads it"
        raise CannotSwap(message)
    text = path.read_text("utf-8")
    tree = mutated(text, mutant.number)
    is_swapped = _swap_functions(text, tree, str(path))
    is_made = _make_again(ast.parse(text), tree, module)
    if not is_swapped and not is_made:
        message = "it changes nothing that lives"
        raise CannotSwap(message)
    _forget()


def _swap_functions(text: str, tree: ast.Module, path: str) -> bool:
    """Gives each living function of the file its changed code."""
    before, after = _codes(compile(text, path, "exec")), _codes(compile(tree, path, "exec"))
    both = before.keys() & after.keys()  # what is made anew at each call, and is gone, is in its maker's code
    changed = {before[key]: after[key] for key in both if before[key] != after[key]}
    living = [f for f in gc.get_objects() if isinstance(f, FunctionType) and f.__code__ in changed]
    for function in living:
        try:
            function.__code__ = changed[function.__code__]
        except ValueError as reason:
            raise CannotSwap(str(reason)) from None
    return bool(living)


def _codes(code: CodeType) -> dict[tuple[str, int, int], CodeType]:
    """Every function's code, by its name, first line and place among those."""
    found: dict[tuple[str, int, int], CodeType] = {}
    met: Counter[tuple[str, int]] = Counter()

    def walk(code: CodeType) -> None:
        for inner in code.co_consts:
            if isinstance(inner, CodeType):
                key = inner.co_qualname, inner.co_firstlineno
                found[(*key, met[key])] = inner
                met[key] += 1
                walk(inner)

    walk(code)
    return found


def _make_again(before: ast.Module, after: ast.Module, module: ModuleType) -> bool:
    """Runs the module's own changed statements again, and those that need what they make."""
    pairs = list(zip(before.body, after.body, strict=True))
    changed = [n for n, (b, a) in enumerate(pairs) if ast.dump(b) != ast.dump(a) and not _is_definition(b)]
    if not changed:
        return False
    names = set().union(*(_made(pairs[n][0]) for n in changed))
    if not names:
        message = "it makes nothing with a name"
        raise CannotSwap(message)
    old = dict(module.__dict__)
    for was, now in pairs:
        if _is_definition(was) or isinstance(was, ast.Import | ast.ImportFrom | ast.If | ast.Expr):
            continue
        if names & (_made(was) | _needed(was)):
            names |= _made(was)
            exec(compile(ast.Module([now], []), str(module.__file__), "exec"), module.__dict__)  # noqa: S102 - the point of it
    for other in list(sys.modules.values()):
        for name in names:
            if other is not module and name in old and getattr(other, "__dict__", {}).get(name) is old[name]:
                setattr(other, name, module.__dict__[name])
    return True


def _is_definition(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef)


def _made(node: ast.stmt) -> set[str]:
    targets = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return set(targets)


def _needed(node: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _forget() -> None:
    """What was worked out before the change, and kept."""
    for thing in gc.get_objects():
        if isinstance(thing, functools._lru_cache_wrapper):  # noqa: SLF001 - it has no public name
            thing.cache_clear()
        elif (
            isinstance(thing, dict)
            and hasattr(type(thing), "__missing__")
            and type(thing).__module__.startswith("cop_publish")
        ):
            thing.clear()
