"""Opening a bucket: what boto3 loads is not walked by Python's collector again and again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import servers

if TYPE_CHECKING:
    from pathlib import Path

OPENS = """
import gc, json, sys
from pathlib import Path
from cop_publish.settings import StorageSettings
from cop_publish.storage.open import open_store
settings = StorageSettings(**json.loads(sys.argv[1]))
runs = []
gc.callbacks.append(lambda phase, info: runs.append(phase))
if sys.argv[2] == "off":
    gc.disable()
store = open_store(settings, Path())
first, frozen = len(runs), gc.get_freeze_count()
open_store(settings, Path())
print(json.dumps([first, frozen, gc.get_freeze_count(), gc.isenabled(), len(runs)]))
"""


def opened(place: servers.RunningStore, collector: str, here: Path) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-c", OPENS, json.dumps(asdict(place.settings)), collector],
        env=os.environ | place.environment | {"PYTHONPATH": str(servers.ROOT / "src")},
        cwd=here,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Any] = json.loads(done.stdout)
    return found


def test_what_the_first_bucket_loads_is_left_alone_by_the_collector_and_later_ones_are_not(
    rclone: servers.RunningStore, tmp_path: Path
) -> None:
    while_loading, frozen, frozen_later, is_on, runs_later = opened(rclone, "on", tmp_path)
    assert while_loading == 0
    assert frozen > 50_000
    assert frozen_later == frozen, "a second client may be collected"
    assert is_on
    assert runs_later > 0


def test_a_collector_that_was_off_stays_off(rclone: servers.RunningStore, tmp_path: Path) -> None:
    _, frozen, _, is_on, _ = opened(rclone, "off", tmp_path)
    assert (frozen, is_on) == (0, False)
