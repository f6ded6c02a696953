"""Secrets of the storage stand in nothing that a publish makes: no message, no file in the store or here."""

from __future__ import annotations

import io
import traceback
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest
import servers
from faulty_network import FAULTS, faulty_network
from sites import content, keys_of, publish, show

from cop_publish.core.head import RegistryState, Withdrawn
from cop_publish.errors import StorageFailed
from cop_publish.storage import s3
from cop_publish.storage.live import Publisher
from cop_publish.storage.memory import Memory
from cop_publish.storage.open import open_store
from cop_publish.storage.release import abandon, rollback, settle
from cop_publish.storage.traits import Traits, record_traits
from cop_publish.storage.withdraw import withdraw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cop_publish.storage.base import Store

DIGEST = "the-registry-digest"  # only a salted digest of it may be kept


@pytest.mark.parametrize("name", ["ceph", "ceph-tls", "swift", "rclone"])
def test_no_secret_stands_in_anything_that_was_said_or_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(s3, "READ_TIMEOUT_SECONDS", 1)
    for place in servers.opened(name, tmp_path, monkeypatch):
        store = open_store(place.settings, place.root)
        record_traits(store, Traits(name.startswith("ceph"), datetime.now(UTC)))
        memory = Memory(tmp_path / "memory")
        said = everything_happens(store_publisher(store, memory))
        if not place.server.ca_file:
            said += faults(place, memory)
        said.append(said_by(partial(publish, show("jury", "maps"), forbidden(place, monkeypatch))))
        monkeypatch.undo()
        out, err = capfd.readouterr()
        written = [*map(unpacked, all_bytes(store)), *(p.read_bytes() for p in memory_files(tmp_path))]
        found = "\n".join([out, err, *said]).encode() + b"\n".join(written)
        assert len(written) > 8
        assert len([words for words in said if words]) >= 2, "something did go wrong"
        secrets = [place.server.secret_key, "wrong-secret", DIGEST]
        assert [secret for secret in secrets if secret.encode() in found] == []
        assert place.server.access_key not in "\n".join([out, err, *said])


def store_publisher(store: Store, memory: Memory) -> Publisher:
    return Publisher(store, memory, registry=RegistryState(3, DIGEST))


def everything_happens(who: Publisher) -> list[str]:
    """A publish, another, a rollback, a withdrawal, and an abandon of nothing; what was said of it."""
    publish(show("jury", "maps", "old"), who.store, who.memory)
    publish(show("jury", "maps", edition="2"), who.store, who.memory)
    settle(who, lambda _: None)
    rollback(who, "1", lambda _: None)
    gone = frozenset(f.key for f in show("jury", "maps", "old").files if "old" in f.key)
    withdraw(show("jury", "maps", edition="3"), Withdrawn(keys=gone), who, lambda _: None)
    return [said_by(lambda: abandon(who, lambda _: None))]


def faults(place: servers.RunningStore, memory: Memory) -> list[str]:
    said = []
    with faulty_network(place.settings.endpoint) as (network, endpoint):
        through = open_store(replace(place.settings, endpoint=endpoint), place.root)
        for number, fault in enumerate(FAULTS):
            network.break_at(fault, 4)
            site = show("jury", "maps", edition=f"f{number}")
            said.append(said_by(partial(publish, site, through, memory)))
    return said


def forbidden(place: servers.RunningStore, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
    return open_store(place.settings, place.root)


def said_by(act: Callable[[], object]) -> str:
    """The message and the whole chain behind it, which a log would show; not the tests' own lines."""
    try:
        act()
    except StorageFailed as error:
        return f"{error}\n" + "".join(traceback.format_exception_only(error))
    return ""


def all_bytes(store: Store) -> list[bytes]:
    keys = [key for prefix in ("public/", "_cop/") for key in keys_of(store, prefix)]
    return [content(store, key) or b"" for key in keys]


def unpacked(whole: bytes) -> bytes:
    if not zipfile.is_zipfile(io.BytesIO(whole)):
        return whole
    with zipfile.ZipFile(io.BytesIO(whole)) as pack:
        return b"\n".join(pack.read(name) for name in pack.namelist())


def memory_files(folder: Path) -> list[Path]:
    return [path for path in (folder / "memory").iterdir() if path.is_file()]
