"""Two producers at once, and one who slept: never a mixed site."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import servers
from crashes import let_the_lease_end
from rivals import edition_of
from sites import content, dangling, file, holds, keys_of, publish, show
from test_crashes import HONEST, crash_points
from wrappers import CutOff

from cop_publish.core.head import RegistryState
from cop_publish.errors import Busy, StorageFailed
from cop_publish.storage.live import Publisher, look, published_manifest
from cop_publish.storage.lock import LOCKS, take_lock
from cop_publish.storage.memory import Memory
from cop_publish.storage.open import open_store
from cop_publish.storage.prepare import prepare
from cop_publish.storage.release import apply, settle
from cop_publish.storage.traits import Traits, record_traits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.core.output import Approved
    from cop_publish.storage.base import Store

ROUNDS = 20
HERE = Path(__file__).parent


@pytest.fixture(params=["folder", "ceph", "swift", "rclone"])
def any_place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[servers.RunningStore]:
    yield from servers.opened(request.param, tmp_path, monkeypatch)


def checked(place: servers.RunningStore) -> Store:
    store = open_store(place.settings, place.root)
    record_traits(store, Traits(place.server.name in HONEST, datetime.now(UTC)))
    return store


def test_of_two_who_publish_at_once_one_wins_and_the_site_is_never_mixed(
    any_place: servers.RunningStore,
) -> None:
    store = checked(any_place)
    rivals = {name: rival(any_place, name) for name in ("a", "b")}
    said: list[str] = []
    try:
        for edition in map(str, range(ROUNDS)):
            for process in rivals.values():
                tell(process, edition)
            answers = [answer_of(process) for process in rivals.values()]
            said += answers
            assert set(answers) <= {"done", "busy"}
            assert "done" in answers or any_place.server.name not in HONEST, "one of them wins"
            if "done" in answers:
                candidates = [show(*edition_of(n, edition), edition=f"{n}{edition}") for n in rivals]
                assert is_one_of(store, candidates), edition
            assert dangling(store) == []
        # With a lock both may give up; whoever then comes alone gets it.
        tell(rivals["a"], "last")
        assert answer_of(rivals["a"]) == "done"
    finally:
        for process in rivals.values():
            process.kill()
            process.communicate()
    assert "done" in said
    assert "busy" in said, "they did meet"


def rival(place: servers.RunningStore, name: str) -> subprocess.Popen[str]:
    argv = [
        sys.executable,
        str(HERE / "rivals.py"),
        json.dumps(asdict(place.settings)),
        str(place.root),
        name,
    ]
    path = os.pathsep.join([str(HERE), str(servers.ROOT / "tests"), str(servers.ROOT / "src")])
    return subprocess.Popen(
        argv,
        env=os.environ | place.environment | {"PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def tell(process: subprocess.Popen[str], edition: str) -> None:
    assert process.stdin
    process.stdin.write(f"{edition}\n")
    process.stdin.flush()


def answer_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def is_one_of(store: Store, candidates: list[Approved]) -> bool:
    """Everything but retired or unnamed media is exactly one of the sites."""
    live = published_manifest(store)
    there = {key: content(store, key) for key in keys_of(store, "public/")}
    for approved in candidates:
        files = {f"public/{f.key}": f.content for f in approved.files}
        strangers = [key for key in there if key not in files and "/media/" not in key]
        if live == approved.manifest and not strangers:
            return all(there.get(key) == wanted for key, wanted in files.items())
    return False


# --- one who slept through the end of its turn ------------------------------------------------------------


@pytest.mark.parametrize(("name", "every"), [("folder", 1), ("ceph", 1)])
def test_a_publisher_that_was_stopped_changes_nothing_that_somebody_else_published(
    name: str, every: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened(name, tmp_path, monkeypatch):
        points = crash_points(place, "sleeper", every)
        assert len(points) > 10
        first = [p["k"] for p in points if p["came first"]]
        assert first == ([1] if name == "ceph" else []), "it had not looked yet, and went on top"
        assert sum(p["exit"] == 0 for p in points) <= 2, "that one, and the one that was stopped at its end"
        for point in [p for p in points if not p["came first"]]:
            assert point["exit"] in {0, 3}, point
            assert (point["changed"], point["dangling"]) == ([], []), point
            # A new page that was on its way in that very moment can still arrive; nothing links to it.
            assert set(point["strangers"]) <= {"public/episodes/new.html"}, point


@pytest.mark.parametrize(("name", "every"), [("folder", 4), ("ceph", 8), ("rclone", 8)])
def test_a_publisher_whose_turn_really_ended_writes_nothing_more(
    name: str, every: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the store does not stop it: by the clock.  But for what was under way just then."""
    for place in servers.opened(name, tmp_path, monkeypatch):
        points = crash_points(place, "short sleeper", every)
        assert len(points) >= 2
        for point in [p for p in points if not p["came first"]]:
            assert point["exit"] == 3, point
            if name == "rclone":
                assert len({wave_of(key) for key in point["changed"] + point["strangers"]}) <= 1, point
            else:
                assert (point["dangling"], point["changed"], point["strangers"]) == ([], [], []), point


def wave_of(key: str) -> str:
    """What a publisher sends side by side: the pages that are new, those that change, indexes, the feed."""
    name = key.removeprefix("public/")
    return name if "new" in name or name.endswith(".xml") else file(name, b"").file_class.name


# --- what is said ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ceph", "rclone"])
def test_who_comes_while_somebody_publishes_is_told_who_since_when_and_what_to_do(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened(name, tmp_path, monkeypatch):
        store = checked(place)
        other = Memory(tmp_path / "other")
        with pytest.raises(StorageFailed, match="gone"):
            publish(show("jury", "maps"), CutOff(store, 7, reply_lost=True), other)
        with pytest.raises(Busy) as told:
            publish(show("jury", "maps"), store, Memory(None))
        message = str(told.value)
        assert f"Installation {other.installation} has been publishing since " in message
        assert "Wait until it is done, or after that time run the command again" in message
        let_the_lease_end(store)
        publish(show("jury", "maps"), store, Memory(None))
        assert holds(store, show("jury", "maps"))


def test_two_commands_of_one_workspace_do_not_publish_at_the_same_time(
    folder: servers.RunningStore,
) -> None:
    store = open_store(folder.settings, folder.root)
    here, again = Memory(folder.root / "memory"), Memory(folder.root / "memory")
    with here.alone(), pytest.raises(Busy, match="Another command in this workspace is publishing"):
        publish(show("jury", "maps"), store, again)
    assert keys_of(store, "public/") == ()
    publish(show("jury", "maps"), store, again)


def test_a_lock_is_for_one_and_a_stale_one_is_swept(rclone: servers.RunningStore) -> None:
    store = open_store(rclone.settings, rclone.root)
    lock = take_lock(store, "aaaa", "01", 60)
    with pytest.raises(Busy, match="Installation aaaa is publishing, at the latest until"):
        take_lock(store, "bbbb", "02", 60)
    assert keys_of(store, LOCKS) == (lock.key,), "who does not get it leaves nothing behind"
    lock.confirm()
    lock.release()
    with pytest.raises(Busy, match="somebody removed it"):
        lock.confirm()
    take_lock(store, "cccc", "03", -5)  # ended long ago, and never released
    take_lock(store, "bbbb", "04", 60).confirm()
    assert len(keys_of(store, LOCKS)) == 1


def test_an_older_or_another_registry_may_not_publish(store: Store) -> None:
    def as_with(state: RegistryState) -> Publisher:
        return Publisher(store, Memory(None), registry=state)

    newer = as_with(RegistryState(7, "digest-7"))
    approved = show("jury", "maps")
    apply(prepare(approved, newer, settle(newer, lambda _: None)), newer, lambda _: None)
    mark = look(newer).head
    assert mark is not None
    assert "digest-7" not in mark.to_json(), "only a salted digest is kept"
    settle(as_with(RegistryState(7, "digest-7")), lambda _: None)
    settle(as_with(RegistryState(8, "digest-8")), lambda _: None)
    with pytest.raises(
        StorageFailed, match=r"older \(serial 6\) than the one of the latest publish \(serial 7\)"
    ):
        settle(as_with(RegistryState(6, "digest-6")), lambda _: None)
    with pytest.raises(StorageFailed, match="have been changed apart"):
        settle(as_with(RegistryState(7, "another")), lambda _: None)


def test_a_long_publish_prolongs_its_turn(ceph: servers.RunningStore) -> None:
    store = checked(ceph)
    publisher = Publisher(store, lease_seconds=0.9)
    many = show(*(f"episode-{number}" for number in range(150)))
    apply(prepare(many, publisher, settle(publisher, lambda _: None)), publisher, lambda _: None)
    assert holds(store, many)
    head = look(publisher).head
    assert head is not None
    assert head.at - datetime.now(UTC) < timedelta(seconds=5)
