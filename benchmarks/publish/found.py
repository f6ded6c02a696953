"""What was found so far, in one JSON file that is replaced whole after every run; and the tables of it."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from peers import AWS, ONE_PUT, OURS, PEERS, RCLONE, RCLONE_TUNED, TRANSFER, Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

ASKED_MEMORY_MB = 100
ASKED_OF_ONE_PUT = 1.1


@dataclass(frozen=True, slots=True)
class Run:
    """One run; requests are counted where it went through the proxy, else -1."""

    scene: str
    peer: str
    delay_ms: int
    round: int
    wall_seconds: float
    cpu_seconds: float
    peak_pss_bytes: int
    requests: int
    exit_code: int


@dataclass(slots=True)
class Found:
    """Everything, and where it is kept."""

    path: Path
    machine: dict[str, str]
    runs: list[Run] = field(default_factory=list)

    def has(self, peer: str, delay_ms: int, round_number: int, scenes: Sequence[str]) -> bool:
        """Whether a peer has done these scenes in this round."""
        done = {r.scene for r in self.runs if (r.peer, r.delay_ms, r.round) == (peer, delay_ms, round_number)}
        return set(scenes) <= done

    def of(self, scene: Scene, peer: str, delay_ms: int) -> list[Run]:
        """Those that came to an end."""
        wanted = (scene, peer, delay_ms)
        return [r for r in self.runs if (r.scene, r.peer, r.delay_ms) == wanted and r.exit_code == 0]

    def add(self, runs: Sequence[Run]) -> None:
        """Keep them, in the file too."""
        self.runs += runs
        kept = {"machine": self.machine, "runs": [asdict(run) for run in self.runs]}
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        part.replace(self.path)


def load(path: Path, machine: dict[str, str], forget: Sequence[str]) -> Found:
    """What is there already of this machine, without what has a forgotten word in its peer's name."""
    if not path.exists():
        return Found(path, machine)
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept["machine"] != machine:
        raise SystemExit(f"{path} is of another machine or program: delete it, or name another --folder.")
    runs = [Run(**row) for row in kept["runs"]]
    return Found(path, machine, [r for r in runs if not any(word in r.peer for word in forget)])


def print_tables(found: Found) -> None:
    """One table a scene, and the targets beside what was reached."""
    for delay_ms in sorted({run.delay_ms for run in found.runs}):
        where = f"{delay_ms} ms added to each request" if delay_ms else "next to the server"
        print(f"\n## {where}")
        for scene in Scene:
            _print_scene(found, scene, delay_ms)
        _print_targets(found, delay_ms)


def _print_scene(found: Found, scene: Scene, delay_ms: int) -> None:
    print(f"\n| {scene} | wall s | CPU s | peak MB | requests | wall, of cop-publish's |")
    print("|---|---|---|---|---|---|")
    ours = _median(found.of(scene, OURS.name, delay_ms), lambda run: run.wall_seconds)
    for peer in PEERS:
        runs = found.of(scene, peer.name, delay_ms)
        if not runs:
            continue
        wall = _median(runs, lambda run: run.wall_seconds)
        cpu = _median(runs, lambda run: run.cpu_seconds)
        peak = max(run.peak_pss_bytes for run in runs) / 1e6
        requests = sorted({run.requests for run in runs if run.requests >= 0})
        counted = "–".join(map(str, requests[:: max(1, len(requests) - 1)])) or ""
        print(f"| {peer.name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {counted} | {wall / ours:.2f} |")


def _print_targets(found: Found, delay_ms: int) -> None:
    def wall(scene: Scene, peer: str) -> float:
        return _median(found.of(scene, peer, delay_ms), lambda run: run.wall_seconds)

    ours = {scene: wall(scene, OURS.name) for scene in Scene}
    fastest = min(wall(Scene.NOTHING, peer.name) for peer in (AWS, RCLONE, RCLONE_TUNED))
    print()
    _say("nothing changed, of the fastest peer", ours[Scene.NOTHING] / fastest, 1.0)
    _say(
        "the same bytes rebuilt, of nothing changed (all is read)", ours[Scene.REBUILT] / ours[Scene.NOTHING]
    )
    for scene in (Scene.NOTHING, Scene.REBUILT):
        counted = [run.requests for run in found.of(scene, OURS.name, delay_ms) if run.requests >= 0]
        if counted:
            _say(f"{scene}: requests", max(counted), 1.0)
    for peer in (AWS, TRANSFER):
        _say(f"first publish, of {peer.name}", ours[Scene.FIRST] / wall(Scene.FIRST, peer.name), 1.0)
    _say(
        f"first publish, of {RCLONE_TUNED.name} (reported)",
        ours[Scene.FIRST] / wall(Scene.FIRST, RCLONE_TUNED.name),
    )
    _say("100 MB, of one plain PUT", ours[Scene.LARGE] / wall(Scene.LARGE, ONE_PUT.name), ASKED_OF_ONE_PUT)
    memory = max((run.peak_pss_bytes for s in Scene for run in found.of(s, OURS.name, delay_ms)), default=0)
    _say("peak memory, MB", memory / 1e6, ASKED_MEMORY_MB)


def _say(what: str, reached: float, asked: float = 0.0) -> None:
    target = f"asked: {asked:g}   {'reached' if reached <= asked else 'MISSED'}" if asked else ""
    print(f"{what:60}{reached:8.2f}   {target}")


def _median(runs: Sequence[Run], value: Callable[[Run], float]) -> float:
    return statistics.median(map(value, runs)) if runs else float("nan")
