"""Stores for the tests: one parameter, every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import servers
from sites import keys_of

from cop_publish.storage.open import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cop_publish.storage.base import Store


@pytest.fixture(autouse=True)
def _no_credentials_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    servers.forget_credentials(monkeypatch)


@pytest.fixture(scope="session", params=servers.NAMES)
def _shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[servers.RunningStore, Store]]:
    server = servers.running(request.param)
    with servers.new_store(server, tmp_path_factory.mktemp("workspace")) as place:
        with pytest.MonkeyPatch.context() as environment:
            servers.forget_credentials(environment)
            for name, value in place.environment.items():
                environment.setenv(name, value)
            store = open_store(place.settings, place.root)
        yield place, store


@pytest.fixture
def place(_shared: tuple[servers.RunningStore, Store]) -> servers.RunningStore:
    """Each kind of store, where `store` is open; a test leaves it empty through `store`."""
    return _shared[0]


@pytest.fixture
def store(_shared: tuple[servers.RunningStore, Store]) -> Iterator[Store]:
    """Each kind of store, empty."""
    store = _shared[1]
    yield store
    store.delete([*keys_of(store, "public/"), *keys_of(store, "_cop/")])


@pytest.fixture(params=servers.BUCKETS)
def bucket(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[servers.RunningStore]:
    """A new bucket on each server, with its credentials in the environment."""
    yield from servers.opened(request.param, tmp_path, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[servers.RunningStore]:
    """A new folder store."""
    with servers.new_store(servers.running("folder"), tmp_path) as place:
        yield place


@pytest.fixture
def rclone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.RunningStore]:
    yield from servers.opened("rclone", tmp_path, monkeypatch)


@pytest.fixture
def ceph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.RunningStore]:
    yield from servers.opened("ceph", tmp_path, monkeypatch)
