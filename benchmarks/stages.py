"""Build a workspace as `cop-publish build` does, and print how long each stage took, as JSON.

    python benchmarks/stages.py WORKSPACE [--flush]

A process of its own, for the loading of modules is a stage too.  Without --flush nothing waits for the disk,
as in Hugo; a real build does (fsync of every file and folder), so that it survives a power cut.
"""

from __future__ import annotations

import time

_BEGUN, _CPU_BEGUN = time.perf_counter(), time.process_time()  # before anything of ours is loaded

import json  # noqa: E402 - after the clock has begun
import os  # noqa: E402 - as above
import sys  # noqa: E402 - as above
from datetime import UTC, datetime  # noqa: E402 - as above
from pathlib import Path  # noqa: E402 - as above

from cop_publish.core.model import Releases  # noqa: E402 - as above
from cop_publish.gate.approve import approve  # noqa: E402 - as above
from cop_publish.gate.memory import Memory  # noqa: E402 - as above
from cop_publish.gating import guard_of  # noqa: E402 - as above
from cop_publish.intake.settings_file import read_settings  # noqa: E402 - as above
from cop_publish.publish import BUILD_FOLDER  # noqa: E402 - as above
from cop_publish.ready import find_ready  # noqa: E402 - as above
from cop_publish.scope import Scope  # noqa: E402 - as above
from cop_publish.settings import StorageSettings  # noqa: E402 - as above
from cop_publish.site import render_site  # noqa: E402 - as above
from cop_publish.storage.live import Publisher, look  # noqa: E402 - as above
from cop_publish.storage.open import open_store  # noqa: E402 - as above
from cop_publish.storage.prepare import prepare  # noqa: E402 - as above
from cop_publish.storage.release import apply  # noqa: E402 - as above
from cop_publish.unchanged import state_folder  # noqa: E402 - as above

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Stages:
    """The time of each stage since the one before it, by the clock and in processor time."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self._last = (_BEGUN, _CPU_BEGUN)

    def end(self, name: str) -> None:
        """Say that a stage has ended."""
        now = (time.perf_counter(), time.process_time())
        self.wall[name], self.cpu[name] = (
            after - before for after, before in zip(now, self._last, strict=True)
        )
        self._last = now


def main() -> None:
    """Time one build."""
    stages = Stages()
    stages.end("imports")
    if "--flush" not in sys.argv:
        os.fsync = lambda fd: None  # noqa: ARG005 - as the real one
    root = Path(sys.argv[1])
    settings = read_settings(root)
    ready = find_ready(settings, Scope(None), frozenset(), lambda _people: None, now=NOW)
    releases = Releases((), ready.posts, ready.meetings, ready.pages, ready.held_back, ready.now)
    stages.end("read and clear")
    site = render_site(releases, settings)
    stages.end("render")
    memory = Memory.load(state_folder(root) / "gate.json")
    approved = approve(site, guard_of(ready), memory)
    memory.save()
    stages.end("gate")
    publisher = Publisher(open_store(StorageSettings(folder=BUILD_FOLDER), root))
    receipt = apply(prepare(approved, publisher, look(publisher)), publisher, lambda _step: None)
    stages.end("write")
    counts = {"put_files": receipt.put, "scanned_files": memory.scanned}
    site_bytes = sum(file.size_bytes for file in site.files)
    print(json.dumps({"wall": stages.wall, "cpu": stages.cpu, "site_bytes": site_bytes, **counts}))


if __name__ == "__main__":
    main()
