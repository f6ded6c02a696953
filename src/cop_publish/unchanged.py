"""Know in milliseconds that nothing changed since the last publish, without loading anything heavy.

After a publish the workspace remembers a fingerprint of every input (content, settings, templates,
registry, the tool's version), the digest of what the store then held, and the instant until which the
clock alone changes nothing.  The fingerprint is over names, sizes and times of files, as make's is: a
file that was touched but not changed costs one full build, which then uploads nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cop_publish import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cop_publish.settings import Settings

_STATE = "published.json"
_OUTPUT = {"master.json"}  # publishing itself writes it; what it says is in the store's manifest too
# What publishing writes in the registry: the serial, the audit, and what is guarded.
_KEPT = ("head.json", "audit.jsonl", "passages.jsonl", "passages.filter")
_NOT_INPUT = ("hmac.key", "allows.key", ".lock", ".passages.lock")
_LEFT_OUT = {".git", ".cop-publish", ".venv", "node_modules", "__pycache__"}
_CONTENT = ("episodes", "posts", "meetings", "images", "sounds", "templates")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the last publish left: inputs by fingerprint, the store by digest."""

    fingerprint: str
    manifest: str  # digest of the manifest that the store then held
    since: str  # ISO 8601: the instant as of which it was made
    until: str  # ISO 8601: from then on the clock alone makes a difference; empty: never
    counts: dict[str, int]  # what is live, for the message


def remember(settings: Settings, standing: Standing) -> None:
    """Write what was published; the next run compares with it."""
    folder = state_folder(settings.root)
    temporary = folder / f"{_STATE}.{os.getpid()}"
    temporary.write_text(json.dumps(asdict(standing)), encoding="utf-8")
    temporary.replace(folder / _STATE)


def recall(settings: Settings, fingerprint: str, *, now: datetime) -> Standing | None:
    """Give what was published, if the inputs are the same and the clock makes no difference yet."""
    standing = last(settings, now=now)
    return standing if standing is not None and standing.fingerprint == fingerprint else None


def last(settings: Settings, *, now: datetime) -> Standing | None:
    """Give what was published, whatever the inputs are now, if the clock makes no difference yet."""
    try:
        data = json.loads((settings.root / ".cop-publish" / _STATE).read_text(encoding="utf-8"))
        standing = Standing(**data)
        due = bool(standing.until) and datetime.fromisoformat(standing.until) <= now
        due |= now < datetime.fromisoformat(standing.since)  # it was published with a mistaken --now
    except (OSError, ValueError, TypeError):
        return None
    return None if due else standing


def fingerprint(settings: Settings, asked: str) -> str:
    """Digest the name, size and times of every input, and what the command asked for.

    What publishing itself writes into the registry is digested apart: see `after_own_writes`.
    """
    return f"{_inputs(settings, asked)}:{_own_writes(settings)}"


def after_own_writes(settings: Settings, before: str) -> str:
    """Give the fingerprint `before` as it is now that publishing has written into the registry."""
    return f"{before.partition(':')[0]}:{_own_writes(settings)}"


def _own_writes(settings: Settings) -> str:
    if settings.registry is None:
        return ""
    home = str(settings.registry)
    paths = [home, *(os.path.join(home, name) for name in _KEPT)]  # noqa: PTH118 - as below
    return _digest((p for p in paths if os.path.exists(p)), "")  # noqa: PTH110 - as below


def _inputs(settings: Settings, asked: str) -> str:
    return _digest(inputs(settings), heading(settings, asked))


def heading(settings: Settings, asked: str) -> str:
    """Say what counts beside the files."""
    return f"{__version__}\0{asked}\0{settings!r}\0"


def inputs(settings: Settings) -> list[str]:
    """List every file that a publish reads, the program's own included, and the folders that hold them."""
    folders = [settings.root / name for name in _CONTENT]
    if settings.registry is not None:
        folders.append(settings.registry)
    with os.scandir(settings.root) as entries:
        loose = sorted(e.path for e in entries if e.is_file() and not e.name.startswith("."))
    folders = [f for f in folders if f.exists()]
    paths = [*map(str, folders), *loose, *(p for f in folders for p in _files(f)), *_own_files()]
    home = str(settings.registry)
    aside = {home, *(os.path.join(home, name) for name in (*_KEPT, *_NOT_INPUT))}  # noqa: PTH118 - as below
    notes = os.path.join(home, "notes", "")  # noqa: PTH118 - as below
    return [p for p in paths if p not in aside and not p.startswith(notes)]


def _digest(paths: Iterable[str], start: str) -> str:
    digest = hashlib.sha256(start.encode())
    for path in paths:
        stat = os.stat(path)  # noqa: PTH116 - ten thousand of them; Path objects double the time
        # The time of change tells what a copy with preserved times hides, and the mode who may read.
        facts = f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_mode}"
        digest.update(f"{os.fsdecode(path)}\0{facts}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def state_folder(root: Path) -> Path:
    """Give the workspace's private folder for what can be made again; others cannot read it."""
    folder = root / ".cop-publish"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def sound_picture(episode_id: str) -> str:
    """Say where the picture of an episode's loudness lies: in the workspace, and private."""
    return f".cop-publish/sound/{episode_id}.svg"


def _own_files() -> list[str]:
    """The program itself: a developer's edit counts as a change, as a new version does."""
    here = os.path.dirname(__file__)  # noqa: PTH120 - as above
    return list(_files(here))


def _files(folder: Path | str) -> list[str]:
    """List every file below, sorted; a name that cannot be looked at counts by its absence."""
    found: list[str] = []
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f not in _LEFT_OUT)
        links = [f for f in folders if os.path.islink(os.path.join(top, f))]  # noqa: PTH114, PTH118 - as above
        inputs = sorted([*links, *(name for name in names if name not in _OUTPUT)])  # links are not walked
        paths = (os.path.join(top, name) for name in inputs)  # noqa: PTH118 - as above
        found += [path for path in paths if os.path.exists(path)]  # noqa: PTH110 - as above
    return found
