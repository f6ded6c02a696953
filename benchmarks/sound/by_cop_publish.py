"""Ours, in a process of its own, so that it is charged for its own start and its own memory.

python by_cop_publish.py SOURCE TARGET mono|stereo|auto [--unverified] [--cut START END]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cop_publish.audio.encode import encode, set_up_bench
from cop_publish.audio.shelf import open_shelf
from cop_publish.settings import Sound

RECIPE = "0" * 64  # nothing is looked up here, so any name will do


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked beyond the recording and where the master goes."""

    sound: Sound
    cut: tuple[float, float] | None  # seconds of the recording that must not be in the master
    verified: bool  # decode the MP3 again, measure it, prove it


def main() -> None:
    """One master."""
    asked = argparse.ArgumentParser()
    asked.add_argument("source", type=Path)
    asked.add_argument("target", type=Path)
    asked.add_argument("channels", choices=("mono", "stereo", "auto"))
    asked.add_argument("--unverified", action="store_true")
    asked.add_argument("--cut", type=float, nargs=2)
    options = asked.parse_args()
    cut = (options.cut[0], options.cut[1]) if options.cut else None
    task = Task(Sound(channels=options.channels), cut, verified=not options.unverified)
    ours(options.source.absolute(), options.target.absolute(), task)


def ours(source: Path, target: Path, task: Task) -> None:
    """The one place that knows how our engine is called."""
    if task.cut or not task.verified:
        raise SystemExit("This engine knows no cuts, and always verifies.")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        shelf = open_shelf(Path(folder))
        bench = set_up_bench(shelf, task.sound, target.parent, lambda _step, _done: None)
        encode(bench, source, RECIPE)
        shutil.move(shelf.encode_path(RECIPE), target)


if __name__ == "__main__":
    main()
