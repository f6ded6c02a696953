"""The sample show as a producer has it: a copy of its own, and the built command to run there.

The sound is mastered once for a whole test run; every copy starts with that, and with nothing else made.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from cop_publish.settings import StorageSettings

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("cop-publish")
NOW = "2026-11-23T09:00+00:00"
RUN_SECONDS = 120

_CONTENT = ("episodes", "posts", "meetings", "images", "registry", "templates")
_LOOSE = ("cop-publish.toml", "about.md", "cover.png", "withdrawn.yaml")
_SITE = 'url = "https://commons.example/"'
_STORAGE = 'folder = "published"'


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class LiveShow:
    """A workspace, and the credentials that its producer has in the environment."""

    folder: Path
    credentials: dict[str, str] = field(repr=False)

    def run(self, command: str, *words: str, **environment: str) -> Said:
        """Run the console script in the workspace; the secret key must not be in anything it prints."""
        fresh = {"PATH": os.environ["PATH"], "HOME": str(self.folder.parent), "LANG": "C.UTF-8"}
        known = fresh | self.credentials | environment
        done = subprocess.run(
            [COMMAND, command, *words],
            cwd=self.folder,
            env=known,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )
        secrets = {self.credentials.get("AWS_SECRET_ACCESS_KEY"), known.get("AWS_SECRET_ACCESS_KEY")} - {None}
        assert not any(secret in done.stdout + done.stderr for secret in secrets if secret)
        assert "Traceback" not in done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def masters(self) -> dict[str, dict[str, object]]:
        """The receipt of each published master, by the episode's folder."""
        paths = self.folder.glob("episodes/*/master.json")
        return {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def live_show(
    factory: pytest.TempPathFactory, folder: Path, credentials: dict[str, str], *, now: str = NOW
) -> LiveShow:
    """A copy in `folder` of the sample show, with its masters made and nothing published."""
    shutil.copytree(_mastered(factory, now), folder, symlinks=True, dirs_exist_ok=True)
    return LiveShow(folder, credentials)


def point(show: LiveShow, storage: StorageSettings, address: str) -> None:
    """Write into the settings where the show is stored, and where the world reads it."""
    path = show.folder / "cop-publish.toml"
    text = path.read_text(encoding="utf-8")
    for line in (_SITE, _STORAGE):
        assert text.count(line) == 1, f"cop-publish.toml no longer has the line {line}"
    text = text.replace(_SITE, f"url = {json.dumps(address)}")
    path.write_text(text.replace(_STORAGE, _storage_lines(storage)), encoding="utf-8")


def _storage_lines(storage: StorageSettings) -> str:
    if not storage.bucket:
        return f"folder = {json.dumps(storage.folder)}"
    words = {
        "bucket": storage.bucket,
        "endpoint": storage.endpoint,
        "region": storage.region,
        "ca_file": storage.ca_file,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in words.items() if value]
    return "\n".join([*lines, f"path_style = {json.dumps(storage.path_style)}"])


def _mastered(factory: pytest.TempPathFactory, now: str) -> Path:
    """The copy that all others are made of, by whichever worker of this test run comes first."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made = shared / "live-show"
    with (shared / "live-show.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            making = shared / "live-show.part"
            making.mkdir()
            for name in _LOOSE:
                shutil.copy(REPOSITORY / name, making / name)
            for name in _CONTENT:
                # A receipt is there where someone tried `make demo`.
                left_out = shutil.ignore_patterns("master.json")
                shutil.copytree(REPOSITORY / name, making / name, ignore=left_out)
            said = LiveShow(making, {}).run("build", "--now", now)
            assert said.code == 0, said.err
            assert said.out.count("mastered now") == 2
            shutil.rmtree(making / ".cop-publish" / "build")
            making.rename(made)
    return made
