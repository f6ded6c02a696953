"""Stopped at any step, mastering leaves nothing that a fresh run minds; and a full disk is one sentence."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from cutting_room import HZ, speech
from samples import EPISODE
from sounds import tone, write_wav
from workshop import Workshop

from cop_publish.core.edits import Edit
from cop_publish.core.timeline import Cut, Instead
from cop_publish.settings import Sound as Settings

TESTS = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
STEPS = (
    "Listening to the recording",
    "Listening to what is left of it",
    "Encoding",
    "Proving what is in the MP3",
)
RUN = """
import sys
sys.path[:0] = {paths!r}
from pathlib import Path
from test_interrupted_mastering import workshop_in
from workshop import Workshop
from cop_publish.errors import AudioFailed
{first}
Workshop._progress = lambda self, step, done: print(step, flush=True)
try:
    workshop_in(Path({root!r})).produce()
except AudioFailed as failure:
    print(*failure.problems, sep="|")
"""


def workshop_in(root: Path) -> Workshop:
    edit = Edit((Cut(5.0, 7.0), Cut(12.0, 13.0, Instead.TONE)))
    return Workshop(root, sound=Settings(intro="intro.wav"), episode=replace(EPISODE, edit=edit))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    workshop = workshop_in(tmp_path / "show")
    write_wav(workshop.root / "intro.wav", tone(2.0))
    write_wav(workshop.recording, speech(40.0))
    return workshop


def python(workshop: Workshop, first: str = "") -> list[str]:
    return [sys.executable, "-c", RUN.format(paths=TESTS, root=str(workshop.root), first=first)]


def said_with_room_for(limit_bytes: int, workshop: Workshop) -> list[str]:
    """A limit on file sizes stops a write as a full disk does, and needs no special rights."""
    first = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit_bytes},) * 2)"
    command = python(workshop, first)
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()


def left_in(workshop: Workshop) -> set[str]:
    """What lies in the workspace beside what was put there."""
    put = {workshop.root / "intro.wav", workshop.recording}
    found = {path for path in workshop.root.rglob("*") if path.is_file()} - put
    return {path.relative_to(workshop.root).as_posix() for path in found}


FULL = ".cop-publish/masters: the disk is full, and nothing was kept. Free some space, and run again."
HASHES = ".cop-publish/masters/hashes.json"  # digests of what went in


@pytest.mark.parametrize("step", STEPS)
def test_a_run_that_is_killed_leaves_nothing_for_the_next_one(
    step: str, workshop: Workshop, tmp_path: Path
) -> None:
    with subprocess.Popen(python(workshop), stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if line.startswith(step):
                run.kill()
                break
        else:
            pytest.fail(f"the run never came to {step!r}")
    assert run.returncode == -signal.SIGKILL
    left = left_in(workshop) - {HASHES}
    assert left
    assert all(name.startswith(".cop-publish/masters/part-") for name in left)  # no scratch, no half master
    for name in left:
        wait_until_let_go(workshop.root / name)
    master = workshop.produce()
    kept = (f"{master.recipe}.mp3", f"{master.recipe}.json", f"{master.sha256}.mp3")
    assert left_in(workshop) == {HASHES, *(f".cop-publish/masters/{name}" for name in kept)}
    other = workshop_in(tmp_path / "another")
    os.link(workshop.root / "intro.wav", other.root / "intro.wav")
    os.link(workshop.recording, other.recording)
    assert other.produce().sha256 == master.sha256


def wait_until_let_go(part: Path) -> None:
    """A child that was just being started has its parent's files open until it is the other program."""
    with part.open("rb") as file:
        for _ in range(200):
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            time.sleep(0.05)
    pytest.fail(f"{part} is held by somebody ten seconds after its maker was killed")


@pytest.mark.parametrize("limit_bytes", [3_000_000, 300_000], ids=["in the middle", "at once"])
def test_a_disk_that_fills_while_decoding_is_said_in_one_sentence(
    limit_bytes: int, workshop: Workshop
) -> None:
    """40 s of decoded sound are 7.7 MB."""
    *steps, last = said_with_room_for(limit_bytes, workshop)
    assert last == FULL
    assert set(steps) <= {STEPS[0]}
    assert left_in(workshop) == {HASHES}


def test_a_disk_that_fills_while_the_edited_sound_is_heard_is_said_too(workshop: Workshop) -> None:
    """The recording fits, and with a long intro before it no longer does."""
    write_wav(workshop.root / "intro.wav", tone(30.0))
    *steps, last = said_with_room_for(4 * 50 * HZ, workshop)
    assert last == FULL
    assert STEPS[1] in steps
    assert STEPS[2] not in steps
    assert left_in(workshop) == {HASHES}
