"""Mutation of the gate, statement by statement: ``make mutate-gate``, or with choices of your own.

    python tools/mutate_gate.py --sample 300 --seed 1          # so many, spread evenly over the files
    python tools/mutate_gate.py gate/decode.py gate/id3.py     # all of these files
    python tools/mutate_gate.py --named "gate/decode.py layers" # those whose name begins so

Deletes statements, negates conditions, changes comparisons and numbers by one, drops elements of tables and
alternatives of patterns, lets functions give nothing at once; and runs for each the tests that enter what was
changed, until one is red.  All of it in a copy of the tree, which is deleted again; nothing here is changed.

A survivor is a leak that no test knows of, or a statement that nobody needs, or changes nothing at all: the
last are listed, each with its reason, in `mutants_that_change_nothing.txt`, and are not tried.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
from mutant_trials import Told, Trials
from mutants import Mutant, mutants_of

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "cop_publish"
GROUND = (
    "folding",
    "pairs",
    "ledger",
    "guarded",
    "marks",
    "fences",
    "jigsaw",
)  # of core/: the gate stands on it
TESTS = (
    "tests/gate",
    *(
        f"tests/unit/test_{name}.py"
        for name in ("folding", "guarded", "ledger", "ledger_attack", "ledger_key", "pair_filter", "marks")
    ),
    *(f"tests/unit/test_{name}.py" for name in ("unmarked", "jigsaw", "sources", "webvtt", "transcripts")),
)
COPIED = ("src", "templates", "tests", "evaluation", "tools", "docs", "registry")
NOTHING_CHANGES = ROOT / "tools" / "mutants_that_change_nothing.txt"


def all_mutants() -> list[Mutant]:
    """Those of the gate, and of the ground it stands on, in the order of the files."""
    files = [*sorted((SOURCE / "gate").glob("*.py")), *(SOURCE / "core" / f"{name}.py" for name in GROUND)]
    texts = {file.relative_to(SOURCE).as_posix(): file.read_text("utf-8") for file in files}
    return [mutant for path, text in texts.items() for mutant in mutants_of(path, text)]


def without_effect() -> dict[str, str]:
    """By name: mutants that are no other program, and why."""
    lines = [line for line in NOTHING_CHANGES.read_text("utf-8").splitlines() if line and line[0] != "#"]
    names = lines[::2]
    return {name: reason.strip() for name, reason in zip(names, lines[1::2], strict=True)}


def chosen(mutants: list[Mutant], files: list[str], named: list[str], sample: int, seed: int) -> list[Mutant]:
    """The mutants of these files or names, or so many by chance: as many of each hundred of every file."""
    wanted = [m for m in mutants if (not files or m.path in files) and m.name.startswith(tuple(named))]
    if not sample or sample >= len(wanted):
        return wanted
    by_file = defaultdict(list)
    for mutant in wanted:
        by_file[mutant.path].append(mutant)
    chance, found = random.Random(seed), list[Mutant]()  # noqa: S311 - seeded, so that a run can be repeated
    for path in sorted(by_file):
        share = max(1, round(sample * len(by_file[path]) / len(wanted)))
        found += sorted(chance.sample(by_file[path], min(share, len(by_file[path]))), key=lambda m: m.number)
    return found


def main() -> int:
    """Tries them and prints every one; gives the exit code: 0 where all were killed."""
    asked = _asked()
    nothing = without_effect()
    mutants = [m for m in all_mutants() if m.name not in nothing or asked.all]
    mutants = chosen(mutants, asked.files, asked.named, asked.sample, asked.seed)
    left: list[Mutant] = []
    done = 0

    def told(mutant: Mutant, killer: str, seconds: float) -> None:
        nonlocal done
        done += 1
        is_left = not killer or killer.startswith("?")
        if is_left:
            left.append(mutant)
        verdict = f"survived {killer}" if is_left else f"killed by {killer}"
        place = f"{mutant.path}:{mutant.line}"
        print(f"{done}/{len(mutants)} {place} {mutant.name} [{seconds:.1f} s] {verdict}", flush=True)

    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        code = _run(Path(folder), mutants, asked, told)
    if code or done != len(mutants):
        print(f"The tests could not be run ({code}).")
        return 2
    count = f"{len(mutants) - len(left)} killed, {len(left)} left, {len(nothing)} known to change nothing"
    print(f"\n{len(mutants)} mutants tried, {count}:")
    for mutant in left:
        print(f"  {mutant.path}:{mutant.line} {mutant.name}")
    return 1 if left else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Mutation of the gate, statement by statement.")
    parser.add_argument(
        "files", nargs="*", help="below src/cop_publish, as gate/decode.py; none: all of them"
    )
    parser.add_argument("--named", nargs="*", default=[""], help="only mutants whose names begin so")
    parser.add_argument("--sample", type=int, default=0, help="how many by chance; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--tests", nargs="*", default=TESTS, help="files of tests, instead of those that are known"
    )
    parser.add_argument("--kept", type=Path, help="a file to keep which test enters what: it takes minutes")
    parser.add_argument("--seconds", type=int, default=20, help="of tests for each mutant, at most")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--all", action="store_true", help="also those that are listed as changing nothing")
    return parser.parse_args()


def _run(copy: Path, mutants: list[Mutant], asked: argparse.Namespace, told: Told) -> int:
    for name in COPIED:
        shutil.copytree(
            ROOT / name,
            copy / name,
            symlinks=True,
            ignore=shutil.ignore_patterns("node_modules", "__pycache__"),
        )
    for name in ("pyproject.toml", "cop-publish.toml"):
        shutil.copy(ROOT / name, copy)
    kept = (asked.kept or copy / "kept.json").absolute()
    os.chdir(copy)
    sys.path.insert(0, str(copy / "src"))
    os.environ["PYTHONPATH"] = str(copy / "src")
    trials = Trials(mutants, copy / "src" / "cop_publish", asked.jobs, told, kept, asked.seconds)
    return int(
        pytest.main(
            [*asked.tests, "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header"], plugins=[trials]
        )
    )


if __name__ == "__main__":
    sys.exit(main())
