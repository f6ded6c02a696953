"""ffmpeg: which one, and the one place that starts it.

It runs in a child process with a time, processor and memory limit and an environment of its own, because it
reads what strangers recorded.  What it prints may quote the file's metadata, so its words never leave this
folder: `faults.py` turns them into ours.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from io import BufferedReader
from typing import TYPE_CHECKING

import imageio_ffmpeg  # type: ignore[import-untyped]  # it has no types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import IO

    Buffer = bytes | memoryview

LONGEST_SECONDS = 6 * 3600.0  # longer than any meeting; a decoder bomb ends here
CHUNK_BYTES = 1 << 18
PIPE_BYTES = 1 << 20  # where the system can: a fuller pipe wakes fewer threads
KEPT_LINES = 40
GRAPH_FILES_SINCE = 7  # ffmpeg's version that knows `-/filter_complex`


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use: time, memory, and which open files of ours besides the three of its own."""

    silent_seconds: float = 120.0  # without a byte on standard output: it hangs
    processor_seconds: int = int(LONGEST_SECONDS / 2)  # an hour of sound takes about two minutes
    memory_bytes: int = 4 * 1024**3  # address space, of which ffmpeg touches under 100 MB
    descriptors: tuple[int, ...] = ()  # under the same numbers; `pipe:7` in a command line is number 7


USUAL = Limits()
PROCESSOR_FLOOR_SECONDS = 60
SLOWEST_SPEED = 5  # times real time; with every filter on, an old machine still does twenty


def limits_for(sound_seconds: float, *descriptors: int) -> Limits:
    """The limits of a run over sound of a known length."""
    return Limits(
        processor_seconds=PROCESSOR_FLOOR_SECONDS + int(sound_seconds / SLOWEST_SPEED),
        descriptors=descriptors,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended; `said` holds ffmpeg's own error lines, never to be shown to anyone."""

    exit_code: int
    timed_out: bool
    said: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.exit_code == 0 and not self.timed_out


def find_engine(chosen: str, root: Path) -> str | None:
    """The ffmpeg that the settings name (a path from the workspace, or on PATH), else the wheel's.

    None when the chosen one is not there.
    """
    if not chosen:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    return shutil.which(chosen) or shutil.which(str(root / chosen))


@cache
def graph_option(engine: str) -> str:
    """The option by which this ffmpeg reads a filter graph from a file: it has changed its name."""
    said = bytearray()
    run([engine, "-version"], said.extend, lambda _: None)
    version = re.match(rb"ffmpeg version n?(\d+)\.", said)
    return "-filter_complex_script" if version and int(version[1]) < GRAPH_FILES_SINCE else "-/filter_complex"


def run(
    argv: list[str],
    take: Callable[[memoryview], object],
    hear: Callable[[str], None],
    limits: Limits = USUAL,
    feed: Iterable[Buffer] | None = None,
) -> Outcome:
    """Run to the end: `take` gets standard output in pieces, `hear` standard error in lines (on a thread).

    A piece is gone when the next one comes: keep a copy of what is to be kept.  `feed` is standard input,
    written by a thread while the output is read; a child that stops reading early ends it quietly.  An
    exception of `take` or `feed` stops the child and passes through.  Any number of runs may go on at once,
    from any threads.  Raises OSError when it cannot be started.
    """
    child = _start(argv, limits, subprocess.DEVNULL if feed is None else subprocess.PIPE)
    watch = _Watch(child, limits.silent_seconds)
    listener = _Listener(child, hear)
    feeder = _Feeder(child, feed, watch.moved)
    try:
        _drain(child, take, watch.moved)
    finally:
        watch.end()
        child.kill()
        child.wait()
        listener.end()
        feeder.end()
    if feeder.error is not None:
        raise feeder.error
    return Outcome(child.returncode, watch.fired, tuple(listener.said))


def _start(argv: list[str], limits: Limits, stdin: int) -> subprocess.Popen[bytes]:
    # The group of its own keeps a Ctrl-C for us: we end the child, and tidy up after it.
    child = subprocess.Popen(  # noqa: S603 - an argument list, no shell sees the file's name
        confined_argv(argv, limits),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        start_new_session=True,
        pass_fds=limits.descriptors,
        pipesize=PIPE_BYTES,
    )
    _work_in_batches(child)
    return child


def _work_in_batches(child: subprocess.Popen[bytes]) -> None:
    """Let it go on until it waits, where the system knows such a policy.

    The threads of ffmpeg hand each other every frame of 24 ms.  Where each that wakes stops the one that woke
    it, a third of a chunk's system time, and a seventh of its time by the clock, goes into switching.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(child.pid, os.SCHED_BATCH, os.sched_param(0))


def _drain(
    child: subprocess.Popen[bytes], take: Callable[[memoryview], object], moved: Callable[[], None]
) -> None:
    assert isinstance(child.stdout, BufferedReader)  # noqa: S101 - for the type checker: it is a pipe
    room = memoryview(
        bytearray(CHUNK_BYTES)
    )  # the same memory each time: fresh pages would cost a third more
    with child.stdout:
        while count := child.stdout.readinto1(room):
            moved()
            take(room[:count])
        child.wait()


class _Feeder:
    """Writes a child's standard input on a thread of its own."""

    def __init__(
        self, child: subprocess.Popen[bytes], feed: Iterable[Buffer] | None, moved: Callable[[], None]
    ) -> None:
        self.error: BaseException | None = None
        self._child, self._moved = child, moved
        self._thread = threading.Thread(target=self._write, args=(feed or (),), daemon=True)
        if feed is not None:
            self._thread.start()

    def end(self) -> None:
        if self._child.stdin is not None:
            self._thread.join()

    def _write(self, feed: Iterable[bytes]) -> None:
        stdin = self._child.stdin
        assert stdin is not None  # noqa: S101 - for the type checker: it is a pipe
        try:
            for piece in feed:
                try:
                    stdin.write(piece)
                except BrokenPipeError:
                    break
                self._moved()
        except BaseException as error:  # noqa: BLE001 - raised again where `run` was called
            self.error = error
            self._child.kill()
        finally:
            with suppress(BrokenPipeError):
                stdin.close()


class _Listener:
    """Reads what a child says, on a thread of its own."""

    def __init__(self, child: subprocess.Popen[bytes], hear: Callable[[str], None]) -> None:
        assert child.stderr is not None  # noqa: S101 - for the type checker: it is a pipe
        self.said: list[str] = []
        self._thread = threading.Thread(target=self._listen, args=(child.stderr, hear), daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._thread.join()

    def _listen(self, stderr: IO[bytes], hear: Callable[[str], None]) -> None:
        with stderr:
            while line := stderr.readline(CHUNK_BYTES):
                text = line.decode("utf-8", "replace").rstrip()
                if ("[error]" in text or "[fatal]" in text) and len(self.said) < KEPT_LINES:
                    self.said.append(text)
                hear(text)


class _Watch:
    """Ends a child that has been silent for too long."""

    def __init__(self, child: subprocess.Popen[bytes], silent_seconds: float) -> None:
        self.fired = False
        self._child, self._silent_seconds, self._over = child, silent_seconds, False
        self._stir = threading.Event()
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def moved(self) -> None:
        self._stir.set()

    def end(self) -> None:
        self._over = True
        self._stir.set()
        self._thread.join()

    def _wait(self) -> None:
        while self._stir.wait(self._silent_seconds):
            self._stir.clear()  # before looking: whoever ends us says so first, and stirs then
            if self._over:
                return
        self.fired = True
        self._child.kill()


# `ulimit -v` is unknown on macOS, where the other limits still hold.  077: what it writes is ours alone.
_CONFINE = 'ulimit -t "$1" && { ulimit -v "$2" 2>/dev/null || :; } && umask 077 && shift 2 && exec "$@"'


def confined_argv(argv: list[str], limits: Limits) -> list[str]:
    """The same command under a processor and a memory limit; POSIX sh sets them and becomes the command."""
    kibibytes = limits.memory_bytes // 1024
    return ["/bin/sh", "-c", _CONFINE, "sh", str(limits.processor_seconds), str(kibibytes), *argv]


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C", "AV_LOG_FORCE_NOCOLOR": "1"}
