"""Publishing beside its peers: one real gateway, every tool in turns, near it and 30 ms away.

    python benchmarks/publish/run.py [--rounds 3] [--delays 0 30] [--only WORD …] [--forget WORD …]

Each round gives every tool a bucket of its own for four scenes (first publish, nothing changed, the same
bytes rebuilt with new times, one of 2,000 changed) and one for a file of 100 MB.  Near runs go straight to
the gateway; far ones through a proxy that holds each request back and counts.  What was found is kept as it
comes (`results.json` in the folder), so a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

REPOSITORY: Final = Path(__file__).parents[2]
for _part in ("tests", "tests/stores", "benchmarks/sound", "benchmarks"):
    sys.path.append(str(REPOSITORY / _part))

import boto3  # noqa: E402 - the paths above come first
import trees  # noqa: E402 - the same
from botocore.config import Config  # noqa: E402 - the same
from ceph_gateway import ceph, ceph_admin  # noqa: E402 - the same
from clock import freeze_source  # noqa: E402 - the same
from found import Found, Run, load, print_tables  # noqa: E402 - the same
from peers import PEERS, Peer, Scene, Task  # noqa: E402 - the same
from processes import BLANK_ENVIRONMENT  # noqa: E402 - the same
from watch import run as run_watched  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = REPOSITORY / ".cop-publish" / "publish-benchmark"  # which git ignores
SMALL: Final = (Scene.FIRST, Scene.NOTHING, Scene.REBUILT, Scene.ONE)


class Far:
    """The gateway, some milliseconds away."""

    def __init__(self, port: int, delay_ms: int) -> None:
        argv = [sys.executable, str(Path(__file__).with_name("proxy.py")), str(port), str(delay_ms / 1000)]
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        said = self.process.stdout.readline() if self.process.stdout else ""
        self.port, self._counter = map(int, said.split())

    def count(self) -> int:
        """How many requests there were since this was asked last."""
        with socket.create_connection(("127.0.0.1", self._counter)) as asking, asking.makefile() as answer:
            return int(answer.readline())


class Ground:
    """The gateway, the folder, and what is known already."""

    def __init__(self, folder: Path, found: Found) -> None:
        server = ceph()
        self.folder, self.found, self.endpoint = folder, found, server.endpoint
        keys = {"AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key}
        region = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}
        os.environ.update(BLANK_ENVIRONMENT | keys | region)
        config = Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required")
        self.owner: Any = boto3.client("s3", endpoint_url=self.endpoint, config=config)

    @contextmanager
    def bucket(self) -> Iterator[str]:
        """A new bucket, gone afterwards, with the room that it took: the gateway's disk is memory."""
        name = f"bench-{secrets.token_hex(6)}"
        self.owner.create_bucket(Bucket=name)
        yield name
        pages = self.owner.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=name):
            keys = [{"Key": found["Key"]} for found in page.get("Contents", [])]
            if keys:
                self.owner.delete_objects(Bucket=name, Delete={"Objects": keys, "Quiet": True})
        self.owner.delete_bucket(Bucket=name)
        ceph_admin("gc", "process", "--include-all")


@dataclass(frozen=True, slots=True)
class Turn:
    """A tool's turn in a round; without `far` it talks to the gateway itself."""

    peer: Peer
    far: Far | None
    delay_ms: int
    round: int


def main() -> None:
    """Everything that was asked for and is not known yet; then the tables."""
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(options.folder / "src", ignore_errors=True)
    freeze_source(options.folder / "src")
    found = load(options.folder / "results.json", _machine(options.folder / "src"), options.forget)
    ground = Ground(options.folder, found)
    trees.large_file(options.folder / "large")
    peers = [p for p in PEERS if not options.only or any(word in p.name for word in options.only)]
    for delay_ms in options.delays:
        far = Far(int(ground.endpoint.rpartition(":")[2]), delay_ms) if delay_ms else None
        try:
            for number in range(1, options.rounds + 1):
                for peer in peers:
                    _take(ground, Turn(peer, far, delay_ms, number))
        finally:
            if far:
                far.process.kill()
                far.process.wait()
    print_tables(found)


def _take(ground: Ground, turn: Turn) -> None:
    scenes = [scene for scene in Scene if scene in turn.peer.scenes]
    if ground.found.has(turn.peer.name, turn.delay_ms, turn.round, scenes):
        return
    endpoint = f"http://127.0.0.1:{turn.far.port}" if turn.far else ground.endpoint
    small, state = ground.folder / "small", ground.folder / "state"
    runs = []
    for group, tree in ((SMALL, small), ((Scene.LARGE,), ground.folder / "large")):
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir()
        trees.small_files(small)
        with ground.bucket() as bucket:
            task = Task(tree, endpoint, bucket, state)
            for scene in (scene for scene in group if scene in turn.peer.scenes):
                runs.append(_run(ground, turn, task, scene))
                _check(ground, bucket, task.folder, runs[-1])
    ground.found.add(runs)


def _run(ground: Ground, turn: Turn, task: Task, scene: Scene) -> Run:
    if scene is Scene.REBUILT:
        trees.rebuild(task.folder, time.time())  # newer than the upload, as a build is: aws looks at that
    elif scene is Scene.ONE:
        trees.change_one(task.folder, turn.round)
    if turn.far:
        turn.far.count()
    taken = run_watched(turn.peer.argv(task), os.environ, ground.folder / "last.log")
    requests = turn.far.count() if turn.far else -1
    told = f"{taken.wall_seconds:6.2f} s" if taken.exit_code == 0 else f"FAILED: {taken.said[-300:]}"
    print(
        f"{turn.delay_ms:3} ms  {turn.round}  {turn.peer.name:28} {scene:32} {told}  {requests}", flush=True
    )
    return Run(
        scene=scene,
        peer=turn.peer.name,
        delay_ms=turn.delay_ms,
        round=turn.round,
        wall_seconds=taken.wall_seconds,
        cpu_seconds=taken.cpu_seconds,
        peak_pss_bytes=taken.peak_pss_bytes,
        requests=requests,
        exit_code=taken.exit_code,
    )


def _check(ground: Ground, bucket: str, folder: Path, run: Run) -> None:
    """A tool that is fast because it sends nothing is not in this race: every byte must be there."""
    listed = {
        found["Key"].removeprefix("public/"): found
        for page in ground.owner.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="public/")
        for found in page.get("Contents", [])
    }
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        there = listed.pop(path.relative_to(folder).as_posix(), None)
        etag = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        if there is None or ("-" not in there["ETag"] and there["ETag"].strip('"') != etag):
            raise SystemExit(f"{run.peer}: {path.name} is not in the bucket as it should be ({run.scene}).")
        if there["Size"] != path.stat().st_size:
            raise SystemExit(f"{run.peer}: {path.name} has another size in the bucket ({run.scene}).")
    if listed:
        raise SystemExit(f"{run.peer}: {len(listed)} files too many in the bucket ({run.scene}).")


def _options() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description="Publish beside the peers.")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--delays", type=int, nargs="+", default=[0, 30], help="milliseconds")
    asked.add_argument("--only", nargs="+", default=[], help="words in names of tools")
    asked.add_argument("--forget", nargs="+", default=[], help="the same, to measure again")
    asked.add_argument("--folder", type=Path, default=FOLDER)
    return asked.parse_args()


def _machine(source: Path) -> dict[str, str]:
    cpu = (
        Path("/proc/cpuinfo").read_text("utf-8").partition("model name")[2].partition("\n")[0].lstrip("\t: ")
    )
    digest = hashlib.sha256()
    for path in sorted([*source.glob("cop_publish/*.py"), *source.glob("cop_publish/storage/*.py")]):
        digest.update(path.read_bytes())
    return {
        "cpu": cpu,
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "program": digest.hexdigest()[:16],
    }


if __name__ == "__main__":
    main()
