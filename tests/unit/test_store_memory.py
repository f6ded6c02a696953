from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from cop_publish.storage.memory import Memory

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '{"version": 1,\n "seq": 3}\n'
RECORD = '{"entries": []}'
DIGEST = hashlib.sha256(RECORD.encode()).hexdigest()


def remembering(folder: Path) -> Memory:
    memory = Memory(folder)
    memory.remember_head("an etag", HEAD)
    memory.remember_record(DIGEST, RECORD)
    return memory


def test_what_was_remembered_is_known_again(tmp_path: Path) -> None:
    memory = remembering(tmp_path)
    assert memory.head() == ("an etag", HEAD)
    assert memory.record(DIGEST) == RECORD
    assert memory.record("0" * 64) is None


@pytest.mark.parametrize("kept", [0, 3, 20, -1])
def test_what_a_crash_or_a_full_disk_left_half_written_counts_as_forgotten(kept: int, tmp_path: Path) -> None:
    """Taken for the store's, it would be called damage there, with advice to delete the head."""
    memory = remembering(tmp_path)
    for name in ("head", "record"):
        whole = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(whole[:kept])
    assert memory.head() == ("", "")
    assert memory.record(DIGEST) is None


def test_a_head_that_an_older_cop_publish_remembered_is_asked_for_once_more(tmp_path: Path) -> None:
    (tmp_path / "head").write_text(f"etag\n{HEAD}")
    assert Memory(tmp_path).head() == ("", "")
