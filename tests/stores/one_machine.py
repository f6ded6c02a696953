"""A producer's machine: its show, and its copy of a registry that lies in a bucket.

``one_machine.py EVENT COMMAND…`` runs a command in a process that kills itself just before its EVENT-th
rename or request (0: never), so that nothing of Python's own tidying happens.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from cop_publish.__main__ import main
from cop_publish.intake.skeleton import new_show

if TYPE_CHECKING:
    from servers import RunningStore

KILLED = -signal.SIGKILL
_EVENTS = {"os.rename", "http.client.send"}
PREFIX = "people/"


def set_up(folder: Path, name: str, place: RunningStore) -> Path:
    """Give the folder of a show whose registry is shared; nothing of that registry is on this machine yet."""
    storage = place.settings
    return set_up_at(folder, name, storage.endpoint, storage.bucket, storage.ca_file)


def set_up_at(folder: Path, name: str, endpoint: str, bucket: str = "people", ca_file: str = "") -> Path:
    """The same, wherever the bucket is said to be."""
    from filled_in import fill_in  # noqa: PLC0415 - not where this file is run by itself

    show = folder / name
    new_show(show, folder / f"{name}-private", UUID(int=1))
    fill_in(show)
    shutil.rmtree(folder / f"{name}-private")
    settings = show / "cop-publish.toml"
    lines = [
        "[registry]",
        f'path = "../{name}-private"',
        f'bucket = "{bucket}"',
        f'prefix = "{PREFIX}"',
        f'endpoint = "{endpoint}"',
        'region = "us-east-1"',
        "path_style = true",
        f'ca_file = "{ca_file}"',
        'profile = "registry"',
    ]
    before = settings.read_text("utf-8").partition("[registry]")[0]
    written = before.replace('folder = "published"', 'folder = "../published"') + "\n".join(lines)
    settings.write_text(f"{written}\n", "utf-8")
    return show


def copy_of(show: Path) -> Path:
    """Where this machine's copy of the registry lies."""
    return show.with_name(f"{show.name}-private")


def run_apart(show: Path, *arguments: str, event: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    argv = [sys.executable, str(Path(__file__)), str(event), *arguments]
    return subprocess.run(argv, cwd=show, capture_output=True, text=True, timeout=120, check=False)


def kill_before(event: int) -> None:
    """Let this process end at its `event`-th rename or request, as if its machine had lost power."""
    seen = 0

    def count(name: str, _: object) -> None:
        nonlocal seen
        if name in _EVENTS:
            seen += 1
            if seen == event:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


if __name__ == "__main__":
    kill_before(int(sys.argv[1]))
    sys.argv = ["cop-publish", *sys.argv[2:]]
    main()
