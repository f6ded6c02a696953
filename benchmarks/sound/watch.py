"""Run a program and everything it starts, and see what that takes: clock, processor, memory."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOOK_EVERY_SECONDS: Final = 0.05
LOOKING_COSTS_AT_MOST: Final = 0.02  # of one core: to add up the pages of a large program takes long
SAID_BYTES: Final = 4000


@dataclass(frozen=True, slots=True)
class Taken:
    """What a run took.  Memory is the proportional set size (PSS), summed over the processes of one moment.

    A page that several processes share is counted once among them, as it should be where all of them run the
    same ffmpeg; so is a process that has not yet become the program that it is to be (`vfork`).  A peak
    of less than the pause between two looks may be missed.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_pss_bytes: int
    exit_code: int
    said: str  # the end of what it printed


def run(argv: Sequence[str], environment: Mapping[str, str], log: Path) -> Taken:
    """To its end, whatever that is; what it prints goes to the log."""
    with log.open("wb") as printed:
        start = time.perf_counter()
        child = subprocess.Popen(
            argv, env=environment, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT
        )
        with _Looking(child.pid) as looking:
            _, status, usage = os.wait4(child.pid, 0)
            wall_seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    said = log.read_bytes()[-SAID_BYTES:].decode("utf-8", "replace")
    cpu_seconds = usage.ru_utime + usage.ru_stime  # of its children too, once it has waited for them
    return Taken(wall_seconds, cpu_seconds, looking.peak_bytes, child.returncode, said)


class _Looking:
    """A thread that looks at a tree of processes, less often where a look takes long."""

    def __init__(self, root: int) -> None:
        self.peak_bytes = 0
        self._root, self._over = root, Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        pause = 0.0
        while not self._over.wait(pause):
            start = time.thread_time()
            self.peak_bytes = max(self.peak_bytes, tree_bytes(self._root))
            pause = max(LOOK_EVERY_SECONDS, (time.thread_time() - start) / LOOKING_COSTS_AT_MOST)


def tree_bytes(root: int) -> int:
    """What a process and all that it started have in memory now."""
    parents = parents_now()
    seen = {pid: memory_of(pid) for pid in tree_of(root, parents)}
    return sum(pss_bytes(pid) for pid, memory in seen.items() if memory != seen.get(parents.get(pid, 0)))


def memory_of(pid: int) -> tuple[str, str] | None:
    """Says which memory it is: program and place of the stack, which is drawn by lot at each start."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        return str(Path(f"/proc/{pid}/exe").readlink()), stat.rpartition(")")[2].split()[25]
    except OSError:
        return None


def tree_of(root: int, parents: Mapping[int, int]) -> list[int]:
    """The process, its children and theirs."""
    found, new = [root], {root}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new}
        found += new
    return found


def pss_bytes(pid: int) -> int:
    """Its share of memory; nothing where it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def parents_now() -> dict[int, int]:
    """Every process of the machine with its parent: not every kernel lists children."""
    found: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                found[int(folder.name)] = parent_in((folder / "stat").read_text("utf-8", "replace"))
    return found


def parent_in(stat: str) -> int:
    """The fourth word of /proc/PID/stat; the second is a name in brackets that may hold anything."""
    return int(stat.rpartition(")")[2].split()[1])
