"""Time commands side by side: in turns, so that a busy machine is busy for all of them."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, where, and what to clear away before each run, which is not timed."""

    argv: tuple[str, ...]
    folder: Path
    before: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Run:
    """One run: by the clock, in processor time of all its processes, and what it printed."""

    wall_seconds: float
    cpu_seconds: float
    output: str


def in_turns(commands: Mapping[str, Command], rounds: int) -> dict[str, list[Run]]:
    """Run every command once a round.  The first round only warms the machine up, and is not counted."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for counted in range(rounds + 1):
        for name, command in commands.items():
            run = _run(command)
            if counted:
                runs[name].append(run)
    return runs


def median_wall_seconds(runs: Sequence[Run]) -> float:
    """The middle one by the clock."""
    return statistics.median(run.wall_seconds for run in runs)


def median_cpu_seconds(runs: Sequence[Run]) -> float:
    """The middle one in processor time, which other work on the machine changes less."""
    return statistics.median(run.cpu_seconds for run in runs)


def freeze_source(folder: Path) -> None:
    """Copy the program, and let every command from now on run the copy, whatever is edited meanwhile."""
    shutil.copytree(REPOSITORY / "src", folder, ignore=shutil.ignore_patterns("__pycache__"))
    os.environ["PYTHONPATH"] = str(folder)


def cop_publish(*arguments: str) -> tuple[str, ...]:
    """The command as it is installed beside this Python."""
    return (sys.executable, str(Path(sys.executable).with_name("cop-publish")), *arguments)


def _run(command: Command) -> Run:
    command.before()
    start = time.perf_counter()
    process = subprocess.Popen(
        command.argv, cwd=command.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    wall_seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command.argv, output)
    return Run(wall_seconds, usage.ru_utime + usage.ru_stime, output)
