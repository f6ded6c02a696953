"""Workspaces for the scenarios: copies of the sample show, published once for a whole test run."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import os
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cop_publish.cli import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
NOW = "2026-11-23T09:00+00:00"
# The commands that look at the clock: scenarios always tell them the time.
TIMED = {
    "episode",
    "post",
    "publish",
    "build",
    "check",
    "status",
    "rollback",
    "withdraw",
    "sign-off",
    "allow",
    "erase",
}

_CONTENT = ("episodes", "posts", "meetings", "images", "registry", "templates")
_LOOSE = ("cop-publish.toml", "about.md", "cover.png", "withdrawn.yaml")


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


def say(folder: Path, *arguments: str, now: str = NOW) -> Said:
    """Run the command in this process, with `folder` as the current one; without `now`, as of the clock."""
    timed = ("--now", now) if now and arguments[0] in TIMED and "--now" not in arguments else ()
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([*arguments, *timed])
    return Said(code, out.getvalue(), err.getvalue())


def sign(folder: Path, item: str, person: str, now: str = NOW) -> None:
    """Let a person say yes to what would be public of them now, as they do to their page."""
    asked = say(folder, "sign-off", item, person, "--json", now=now)
    assert asked.code == 0, asked.err
    digest = json.loads(asked.out)["digest"]
    said = say(folder, "sign-off", item, person, "--approve", digest, "--how", "e-mail", now=now)
    assert said.code == 0, said.err


def published_sample(factory: pytest.TempPathFactory, folder: Path) -> Path:
    """A copy of the sample show in `folder`, as it is after its first publish at NOW; masters included."""
    shutil.copytree(_sample(_shared(factory)), folder, dirs_exist_ok=True)
    return folder


def unpublished_sample(factory: pytest.TempPathFactory, folder: Path) -> Path:
    """The same before its first publish: only what is dear to make again, the encoded sound, is there."""
    published_sample(factory, folder)
    shutil.rmtree(folder / "published")
    (folder / ".cop-publish" / "published.json").unlink()
    for receipt in folder.glob("episodes/*/master.json"):
        receipt.unlink()
    return folder


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with the digest of its bytes; what can be made again is left out."""
    found = {}
    for path in _walk(folder):
        shown = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[shown] = f"-> {path.readlink()}"
        elif path.is_file():
            found[shown] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for top, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if f != ".cop-publish"]
        yield from (Path(top) / name for name in files)


def _shared(factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this test run share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@cache
def _sample(shared: Path) -> Path:
    """The published sample show, made by whichever worker comes first."""
    made = shared / "sample-show"
    with (shared / "sample-show.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            making = shared / "sample-show.part"
            _copy_content(making)
            said = say(making, "publish")
            assert said.code == 0, said.err
            making.rename(made)
    return made


def _copy_content(folder: Path) -> None:
    folder.mkdir()
    for name in _LOOSE:
        shutil.copy(REPOSITORY / name, folder / name)
    for name in _CONTENT:
        # A receipt is there where someone tried `make demo`; the first publish must be a first one.
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("master.json"))
