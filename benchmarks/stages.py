"""Build a workspace as `cop-publish build` does, and print how long each stage took, as JSON.

    python benchmarks/stages.py WORKSPACE

A process of its own, for the loading of modules is a stage too.  `flush` is the part of writing that waits
for the disk (fsync of every file and folder), which makes a publish survive a power cut.
"""

from __future__ import annotations

import time

_BEGUN = time.perf_counter()  # before anything of ours is loaded

import json  # noqa: E402 - after the clock has begun
import os  # noqa: E402
import sys  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from pathlib import Path  # noqa: E402

from cop_publish.core.model import Releases  # noqa: E402
from cop_publish.gate.approve import approve  # noqa: E402
from cop_publish.gate.memory import Memory  # noqa: E402
from cop_publish.intake.settings_file import read_settings  # noqa: E402
from cop_publish.publish import BUILD_FOLDER  # noqa: E402
from cop_publish.ready import find_ready  # noqa: E402
from cop_publish.scope import Scope  # noqa: E402
from cop_publish.settings import StorageSettings  # noqa: E402
from cop_publish.site import guard_of, render_site  # noqa: E402
from cop_publish.storage.open import open_store  # noqa: E402
from cop_publish.storage.release import apply, prepare  # noqa: E402
from cop_publish.unchanged import state_folder  # noqa: E402

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def main() -> None:
    """Time one build."""
    stages: dict[str, float] = {}
    begun = _lap(stages, "imports", _BEGUN)
    root = Path(sys.argv[1])
    settings = read_settings(root)
    ready = find_ready(settings, Scope(None), frozenset(), lambda _people: None, now=NOW)
    releases = Releases((), ready.posts, ready.meetings, ready.pages, ready.held_back, ready.now)
    begun = _lap(stages, "read and clear", begun)
    site = render_site(releases, settings)
    begun = _lap(stages, "render", begun)
    memory = Memory.load(state_folder(root) / "gate.json")
    approved = approve(site, guard_of(ready), memory)
    memory.save()
    begun = _lap(stages, "gate", begun)
    store = open_store(StorageSettings(folder=BUILD_FOLDER), root)
    flushed = _time_flushes()
    receipt = apply(prepare(approved, store), approved, store, lambda _step: None)
    _lap(stages, "write", begun)
    stages["flush"] = sum(flushed)
    stages["write"] -= stages["flush"]
    scanned = {"scanned_files": memory.scanned, "site_bytes": sum(f.size_bytes for f in site.files)}
    print(json.dumps({"stages": stages, "put_files": receipt.put, **scanned}))


def _lap(stages: dict[str, float], name: str, begun: float) -> float:
    now = time.perf_counter()
    stages[name] = now - begun
    return now


def _time_flushes() -> list[float]:
    """From now on each call of fsync adds how long it took."""
    flushed: list[float] = []
    fsync = os.fsync

    def timed(descriptor: int) -> None:
        begun = time.perf_counter()
        fsync(descriptor)
        flushed.append(time.perf_counter() - begun)

    os.fsync = timed  # type: ignore[assignment]  # the same, with a clock
    return flushed


if __name__ == "__main__":
    main()
