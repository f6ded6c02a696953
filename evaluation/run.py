"""Evaluate the gate, and write what it found: make evaluate-gate.

    python evaluation/run.py [--seed 1] [--pages 3000] [--report docs/gate-evaluation.md]

Ends with 1 when a leak of the promised classes was missed, or more than one clean page in a thousand blocked.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from clean import pages
from judge import NAMED, judge_files, judge_items, judge_items_of_their_own, judge_pages
from leaks import held_out, promised, telling
from people import LATE_SHAPES, crowd, late_people, people
from report import Evaluation, as_markdown
from sources import items
from writings import PROMISED

MEMBERS = 565  # as many as the network has
HERE = 5  # people of the clean pages' own item, whose names are words or very short
_WORDS = ("a word each", "very short", "within other names")


def main() -> int:
    """Run everything, say how far it is, and write the report."""
    asked = argparse.ArgumentParser(description="Evaluate the gate.")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--pages", type=int, default=3000)
    asked.add_argument("--report", type=Path, default=Path("docs/gate-evaluation.md"))
    options = asked.parse_args()
    found = evaluate(options.seed, options.pages)
    options.report.write_text(as_markdown(found), encoding="utf-8")
    blocked = sum(o.get(NAMED, 0) for o in found.clean.cells.values())
    print(
        f"{found.promised.count + found.sources.count} leaks, {found.misses} missed; "
        f"{blocked} clean pages blocked"
    )
    print(f"written: {options.report}")
    return 1 if found.misses or blocked * 1000 > options.pages else 0


def evaluate(seed: int, page_count: int) -> Evaluation:
    """Everything, for a seed."""
    wanted, late = people(seed), late_people(seed)
    everyone = (*wanted, *late, *crowd(MEMBERS - len(wanted) - len(late)))
    begun = time.perf_counter()

    def say(what: str) -> None:
        print(f"{time.perf_counter() - begun:5.0f} s  {what}", file=sys.stderr)

    in_files = judge_files(promised(wanted, seed), everyone)
    say(f"{in_files.count} leaks in finished files")
    with tempfile.TemporaryDirectory() as name:
        in_sources = judge_items(
            items(PROMISED, wanted, seed), everyone, Path(name), lambda n: say(f"{n} leaks in sources")
        )
    of_late = judge_files(promised(late, seed, LATE_SHAPES), everyone)
    say(f"{of_late.count} leaks of names that were written late")
    told = judge_items_of_their_own(telling(wanted, seed), everyone)
    say(f"{told.count} roles and organisations")
    others = judge_files(held_out(wanted, seed), everyone)
    local_others = judge_items_of_their_own(held_out(wanted, seed), everyone)
    say(f"{others.count + local_others.count} leaks that are not promised")
    clean = judge_pages(pages(page_count, seed), everyone, frozenset())
    here = frozenset([p.id for p in wanted if p.shape in _WORDS][:: 27 // HERE][:HERE])
    local = judge_pages(pages(page_count, seed), everyone, here)
    say(f"{clean.count + local.count} clean pages")
    speed = clean.read_bytes / clean.seconds / 1e6
    found = (in_files, in_sources, of_late, told, others, local_others, clean, local)
    return Evaluation(seed, len(everyone), *found, speed)


if __name__ == "__main__":
    sys.exit(main())
