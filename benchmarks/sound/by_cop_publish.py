"""Ours, in a process of its own, so that it is charged for its own start and its own memory.

python by_cop_publish.py SOURCE TARGET mono|stereo|auto [--unverified] [--cut START END]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cop_publish.audio.crew import cores
from cop_publish.audio.encode import encode, hear, plan_of, set_up
from cop_publish.audio.mp3.press import Press
from cop_publish.audio.mp3.render import render_unheard
from cop_publish.audio.order import Order, stamps_of
from cop_publish.audio.recording.probe import probe
from cop_publish.audio.shelf import open_shelf
from cop_publish.core.edits import UNEDITED, Edit
from cop_publish.core.timeline import Cut
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
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as folder,
        ThreadPoolExecutor(cores()) as hands,
    ):
        edit = Edit((Cut(*task.cut),)) if task.cut else UNEDITED
        stamps = stamps_of(source, task.sound, source.parent)
        order = Order("episode", source.parent, Path(folder), source, stamps, RECIPE, task.sound, edit)
        if task.verified:
            encode(order, hands, _silent)
            shutil.move(open_shelf(order.cache).encode_path(RECIPE), target)
        else:
            _encode_unheard(order, hands, target)


def _encode_unheard(order: Order, hands: Executor, target: Path) -> None:
    """The same steps as `encode`, and nobody listens to what comes out or proves anything of it."""
    desk = set_up(order, hands, _silent)
    target.touch()
    with hear(desk, probe(desk.engine, order.recording)) as cast:
        press = Press(desk.engine, hands, target, _silent)
        render_unheard(press, cast.heard.sound.read, plan_of(press, cast, order.sound).plan)


def _silent(_step: str, _done: float) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main()
