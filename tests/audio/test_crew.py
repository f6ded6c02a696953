"""Several masters at once, here and on a cluster: the same bytes as one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import pytest
from distributed import LocalCluster
from samples import EPISODE
from sounds import talk, write_wav
from workshop import Workshop

from cop_publish.audio.crew import carry_out
from cop_publish.audio.faults import Refused
from cop_publish.audio.master import order
from cop_publish.audio.order import Crew, stamps_of
from cop_publish.audio.shelf import open_shelf
from cop_publish.errors import WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cop_publish.audio.order import Order

# One worker of the test run at a time starts a cluster; what it leaves on threads is its own.
pytestmark = pytest.mark.xdist_group("cluster")
NAMES = ("001-first", "002-second", "003-third")


def orders(root: Path) -> list[Order]:
    found = []
    for seed, name in enumerate(NAMES, 1):
        workshop = Workshop(root, episode=replace(EPISODE, id=name))
        write_wav(workshop.recording, talk(4.0, seed=seed))
        asked = order(workshop.episode, workshop.studio)
        assert asked is not None
        found.append(asked)
    return found


def encodes(asked: list[Order]) -> list[bytes]:
    return [(one.cache / f"{one.recipe}.mp3").read_bytes() for one in asked]


def one_by_one(root: Path) -> list[bytes]:
    asked = orders(root)
    assert all(carry_out([one], Crew(jobs=1), lambda _step, _done: None) == {} for one in asked)
    return encodes(asked)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Two workers of a cluster on this machine."""
    with LocalCluster(  # type: ignore[no-untyped-call]  # distributed has no types
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    ) as found:
        yield str(found.scheduler_address)


@pytest.mark.parametrize("jobs", [1, 2, 3, 8])
def test_side_by_side_gives_the_same_bytes(jobs: int, tmp_path: Path) -> None:
    alone = one_by_one(tmp_path / "alone")
    asked = orders(tmp_path / "together")
    steps: set[str] = set()
    assert carry_out(asked, Crew(jobs=jobs), lambda step, _done: steps.add(step.split(":")[0])) == {}
    assert encodes(asked) == alone
    assert steps == set(NAMES)


def test_a_cluster_gives_the_same_bytes(cluster: str, tmp_path: Path) -> None:
    alone = one_by_one(tmp_path / "alone")
    asked = orders(tmp_path / "there")
    assert carry_out(asked, Crew(jobs=1, scheduler=cluster), lambda _step, _done: None) == {}
    assert encodes(asked) == alone


@pytest.mark.parametrize("where", ["here", "on the cluster"])
def test_one_bad_recording_leaves_the_others_alone(where: str, cluster: str, tmp_path: Path) -> None:
    asked = orders(tmp_path)
    asked[1].recording.write_bytes(b"not sound at all, whatever its name says")
    asked[1] = replace(asked[1], stamps=stamps_of(asked[1].recording, asked[1].sound, asked[1].root))
    crew = Crew(jobs=1, scheduler="" if where == "here" else cluster)
    failed = carry_out(asked, crew, lambda _step, _done: None)
    assert list(failed) == [NAMES[1]]
    fault = failed[NAMES[1]]
    assert isinstance(fault, Refused)
    assert "not a sound file" in fault.fault.what
    assert len(encodes([asked[0], asked[2]])) == 2


def test_a_scheduler_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="No scheduler"):
        carry_out(orders(tmp_path), Crew(scheduler="tcp://127.0.0.1:9"), lambda _step, _done: None)


def test_a_recording_that_is_replaced_meanwhile_is_not_made_under_its_old_name(tmp_path: Path) -> None:
    asked = orders(tmp_path)[:1]
    write_wav(asked[0].recording, talk(2.0, seed=9))
    fault = carry_out(asked, Crew(), lambda _step, _done: None)[NAMES[0]]
    assert isinstance(fault, Refused)
    assert "changed while it was being read" in fault.fault.what
    assert not (asked[0].cache / f"{asked[0].recipe}.mp3").exists()


def test_whoever_stops_it_waits_for_no_episode(tmp_path: Path) -> None:
    """One Ctrl-C ends the episode beside it too, and leaves nothing half-made."""
    asked = orders(tmp_path)
    stopped = Event()

    def stop_once(_step: str, _done: float) -> None:
        if not stopped.is_set():
            stopped.set()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_out(asked, Crew(jobs=2), stop_once)
    assert not any((one.cache / f"{one.recipe}.mp3").exists() for one in asked)


def test_no_one_sweeps_away_what_another_has_just_begun(tmp_path: Path) -> None:
    """Every maker tidies the shelf up when it begins, at the moment at which another makes its file."""
    shelf = open_shelf(tmp_path)

    def begin(_number: int) -> bool:
        open_shelf(tmp_path)
        with shelf.part() as part:
            return part.exists()

    with ThreadPoolExecutor(8) as makers:
        assert all(makers.map(begin, range(2000)))
