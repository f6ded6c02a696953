"""Know that inputs were touched and not changed: checked out again, restored, copied with new times.

Beside the fingerprint of `unchanged.py`, which is over names, sizes and times, the workspace remembers a
digest of what every small input held.  Where only times differ, those files are read, in a fraction of a
second where a build takes many.  Recordings go by their times alone, for to read them takes longer.  So does
the registry: nothing is kept by which somebody could test a guess at a record.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from cop_publish.unchanged import Standing, fingerprint, heading, inputs, last, remember, state_folder

if TYPE_CHECKING:
    from datetime import datetime

    from cop_publish.settings import Settings

STATE = "contents.json"
SMALL_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Seen:
    """An input as it was; `sha256` is empty where its times alone tell."""

    mode: int
    size_bytes: int
    modified_ns: int
    changed_ns: int
    sha256: str

    def is_same(self, path: str, now: Seen) -> bool:
        """Whether what is there `now`, not yet read, holds the same; reads the file where it has to."""
        if (self.mode, self._size) != (now.mode, now._size):
            return False
        if (self.modified_ns, self.changed_ns) == (now.modified_ns, now.changed_ns):
            return True
        if stat.S_ISDIR(self.mode):  # what is in it is listed; where it is a link, it is not
            return not os.path.islink(path)  # noqa: PTH114 - ten thousand of them
        return bool(self.sha256) and self.sha256 == _content(path)

    @property
    def _size(self) -> int:
        return 0 if stat.S_ISDIR(self.mode) else self.size_bytes


def remember_contents(settings: Settings, asked: str, mark: str) -> None:
    """Keep what the inputs hold, if they are still those of `mark`, the fingerprint that is remembered."""
    seen = {path: _read(settings, path, _seen(path)) for path in inputs(settings)}
    if fingerprint(settings, asked).partition(":")[0] == mark.partition(":")[0]:
        _keep(settings, _Asked(asked, mark), seen)


def recall_touched(settings: Settings, asked: str, mark: str, *, now: datetime) -> Standing | None:
    """Give what was published, if the inputs, whose fingerprint is `mark` now, hold the same as then.

    Their new times are remembered, so that the next run need not read them.
    """
    standing = last(settings, now=now)
    if standing is None or standing.fingerprint.partition(":")[2] != mark.partition(":")[2]:
        return None
    known = _known(settings, _Asked(asked, standing.fingerprint))
    there = {path: _seen(path) for path in inputs(settings)}
    if there.keys() != known.keys() or not all(known[p].is_same(p, found) for p, found in there.items()):
        return None
    _keep(
        settings,
        _Asked(asked, mark),
        {p: replace(found, sha256=known[p].sha256) for p, found in there.items()},
    )
    standing = replace(standing, fingerprint=mark)
    remember(settings, standing)
    return standing


def _seen(path: str) -> Seen:
    found = os.stat(path)  # noqa: PTH116 - ten thousand of them
    return Seen(found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, "")


def _read(settings: Settings, path: str, seen: Seen) -> Seen:
    is_private = settings.registry is not None and path.startswith(f"{settings.registry}{os.sep}")
    if is_private or not stat.S_ISREG(seen.mode) or seen.size_bytes > SMALL_BYTES:
        return seen
    return replace(seen, sha256=_content(path))


def _content(path: str) -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - ten thousand of them
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:  # it cannot be read: its times alone tell
        return ""


class _Asked(NamedTuple):
    """What the inputs were read for, and their fingerprint: what is kept for another one tells nothing."""

    asked: str
    fingerprint: str

    def digest(self, settings: Settings) -> str:
        text = f"{heading(settings, self.asked)}{self.fingerprint}"
        return hashlib.sha256(text.encode()).hexdigest()


def _keep(settings: Settings, asked: _Asked, seen: dict[str, Seen]) -> None:
    rows = {os.fsencode(path).hex(): _row(found) for path, found in seen.items()}
    text = json.dumps({"asked": asked.digest(settings), "seen": rows})
    unfinished = state_folder(settings.root) / f"{STATE}.{os.getpid()}"
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(unfinished.with_name(STATE))


def _row(found: Seen) -> list[int | str]:
    return [found.mode, found.size_bytes, found.modified_ns, found.changed_ns, found.sha256]


def _known(settings: Settings, asked: _Asked) -> dict[str, Seen]:
    """Empty where nothing was kept for this, or it is damaged."""
    try:
        data = json.loads((settings.root / ".cop-publish" / STATE).read_text(encoding="utf-8"))
        if data["asked"] != asked.digest(settings):
            return {}
        return {os.fsdecode(bytes.fromhex(path)): Seen(*row) for path, row in data["seen"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
