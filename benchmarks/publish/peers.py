"""Who publishes, and how each is asked to: ours, and what people use today."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

HERE: Final = Path(__file__).parent


class Scene(StrEnum):
    """What there is to do; the first four follow each other in one bucket."""

    FIRST = "first publish of 2,000 files"
    NOTHING = "nothing changed"
    REBUILT = "the same bytes rebuilt"
    ONE = "one of 2,000 changed"
    LARGE = "one file of 100 MB"


@dataclass(frozen=True, slots=True)
class Task:
    """Where from, and where to."""

    folder: Path
    endpoint: str
    bucket: str
    state: Path  # what a tool may remember between its runs


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool, and the scenes that it has an answer to."""

    name: str
    argv: Callable[[Task], list[str]]
    scenes: frozenset[Scene] = frozenset(Scene)


def beside_python(name: str) -> str:
    """A program of this Python's environment, or of the machine."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise SystemExit(f"{name} is not installed: make bench sets it up.")
    return found


def _ours(task: Task) -> list[str]:
    script = str(HERE / "by_cop_publish.py")
    return [sys.executable, script, str(task.folder), task.endpoint, task.bucket, str(task.state)]


def _aws(task: Task) -> list[str]:
    target = f"s3://{task.bucket}/public"
    quiet = ["--only-show-errors", "--endpoint-url", task.endpoint]
    return [beside_python("aws"), "s3", "sync", str(task.folder), target, *quiet]


def _rclone(*more: str) -> Callable[[Task], list[str]]:
    def argv(task: Task) -> list[str]:
        remote = f":s3,provider=Ceph,env_auth=true,endpoint='{task.endpoint}':{task.bucket}/public"
        return [
            beside_python("rclone"),
            "sync",
            "--config",
            os.devnull,
            str(task.folder),
            remote,
            "--quiet",
            *more,
        ]

    return argv


def _script(name: str) -> Callable[[Task], list[str]]:
    def argv(task: Task) -> list[str]:
        return [sys.executable, str(HERE / name), str(task.folder), task.endpoint, task.bucket]

    return argv


_TUNED = ("--transfers", "16", "--checkers", "16", "--checksum", "--fast-list", "--s3-no-head")
OURS: Final = Peer("cop-publish", _ours)
AWS: Final = Peer("aws s3 sync", _aws)
RCLONE: Final = Peer("rclone sync", _rclone())
RCLONE_TUNED: Final = Peer("rclone sync, tuned", _rclone(*_TUNED))
TRANSFER: Final = Peer(
    "boto3's transfer manager", _script("by_transfer_manager.py"), frozenset({Scene.FIRST, Scene.LARGE})
)
ONE_PUT: Final = Peer("one plain PUT (boto3)", _script("by_one_put.py"), frozenset({Scene.LARGE}))
PEERS: Final = (OURS, AWS, RCLONE, RCLONE_TUNED, TRANSFER, ONE_PUT)
