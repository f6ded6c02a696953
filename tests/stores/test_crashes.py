"""A publisher killed at any request of any story harms no reader, and anybody can finish exactly."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import servers
from crashes import STORIES

if TYPE_CHECKING:
    from collections.abc import Iterator

HONEST = {"folder", "ceph", "ceph-tls"}
HERE = Path(__file__).parent


@pytest.fixture(params=servers.NAMES)
def any_place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[servers.RunningStore]:
    memory = Path("/dev/shm")  # noqa: S108 - a kill loses nothing of the page cache, and fsync costs nothing here
    with contextlib.ExitStack() as stack:
        root = tmp_path
        if request.param == "folder" and os.access(memory, os.W_OK):
            root = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=memory, prefix="cop-crashes-")))
        yield from servers.opened(request.param, root, monkeypatch)


@pytest.mark.parametrize("story", STORIES)
def test_a_kill_at_any_request_harms_no_reader_and_is_finished_elsewhere(
    any_place: servers.RunningStore, story: str
) -> None:
    points = crash_points(any_place, story, every=1)
    free = ["GET _cop/head.json"] if any_place.settings.bucket else []
    fine = {"dangling": [], "finished exactly": True, "done": True, "locks": 0, "next publish": free}
    if any_place.server.name in HONEST:  # elsewhere they stay until a withdrawal
        fine["stray packs"] = []
    assert [p for p in points if {key: p[key] for key in fine} != fine] == []
    killed = [p["k"] for p in points if p["killed"]]
    assert max(killed) >= 10, "there were requests to be killed at"
    assert not points[-1]["killed"], "and the last one was not: there is nothing after it"


def crash_points(place: servers.RunningStore, story: str, every: int) -> list[dict[str, Any]]:
    """What `crashes.py` reports, from a process of its own."""
    fences = "fences" if place.server.name in HONEST else "lock"
    argv = [sys.executable, str(HERE / "crashes.py"), json.dumps(asdict(place.settings)), str(place.root)]
    path = os.pathsep.join([str(HERE), str(servers.ROOT / "tests"), str(servers.ROOT / "src")])
    done = subprocess.run(
        [*argv, story, str(every), fences],
        env=os.environ | place.environment | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]
