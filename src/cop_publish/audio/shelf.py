"""The folder of masters: encodes by recipe, finished files by digest, nothing half-written.

::

    <recipe>.mp3    the encode, without tags        <sha256>.mp3   the tagged master
    <recipe>.json   what was measured on it         hashes.json    digests by path, size and times

A file under work is called `part-…`, is locked as long as its maker lives, and is swept away after that.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cop_publish.core.loudness import Proof, Removed, SoundReport
from cop_publish.core.model import Loudness
from cop_publish.core.timeline import SAMPLE_RATE_HZ, Timeline, timeline_from

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Tagged:
    """A finished file: which tags it bears, and what it is."""

    tags: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """An encode on the shelf, and everything that was measured on it."""

    recipe: str
    sha256: str
    samples: int  # at 48 kHz
    timeline: Timeline
    report: SoundReport
    tagged: Tagged | None = None

    @property
    def duration_seconds(self) -> float:
        return self.samples / SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class Shelf:
    """Only its owner may look at it: an unpublished master is private."""

    folder: Path

    def encode_path(self, recipe: str) -> Path:
        return self.folder / f"{recipe}.mp3"

    def master_path(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.mp3"

    def find_master(self, sha256: str) -> Path | None:
        """The finished file with just these bytes, if it is here."""
        path = self.master_path(sha256)
        return path if self._holds(path, sha256) else None

    def find_encode(self, recipe: str) -> Encoded | None:
        """The encode of a recipe if it is here and whole."""
        try:
            encoded = _parse(json.loads(self._facts_path(recipe).read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        whole = encoded.recipe == recipe and self._holds(self.encode_path(recipe), encoded.sha256)
        return encoded if whole else None

    def note(self, encoded: Encoded) -> None:
        """Keep what is known of an encode; without its note an encode does not count."""
        facts = {**asdict(encoded), "timeline": encoded.timeline.to_value()}
        replace_text(self._facts_path(encoded.recipe), json.dumps(facts, indent=1))

    def sha256_of(self, path: Path) -> str:
        """The digest of a file, read again only when its size or times have changed.  Raises OSError."""
        key, stamp = os.fsdecode(path), stamp_of(path)
        known = self._hashes()
        if (kept := known.get(key)) and tuple(kept[:3]) == stamp:
            return str(kept[3])
        digest = hash_file(path)
        if stamp_of(path) == stamp:
            replace_text(self._hashes_path, json.dumps({**self._hashes(), key: [*stamp, digest]}, indent=0))
        return digest

    @contextmanager
    def part(self) -> Iterator[Path]:
        """A private file to write to; gone at the end unless it was moved to its name."""
        handle, name = self._locked()
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)
            os.close(handle)

    def _locked(self) -> tuple[int, str]:
        """A new file that is ours: another maker may sweep it away before it is locked, so look again."""
        while True:
            handle, name = tempfile.mkstemp(prefix="part-", dir=self.folder)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink:
                return handle, name
            os.close(handle)

    def keep(self, part: Path, target: Path) -> None:
        """Give a finished part its name, at once and for good."""
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)

    @property
    def _hashes_path(self) -> Path:
        return self.folder / "hashes.json"

    def _facts_path(self, recipe: str) -> Path:
        return self.folder / f"{recipe}.json"

    def _hashes(self) -> dict[str, list[int | str]]:
        try:
            kept = json.loads(self._hashes_path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _holds(self, path: Path, sha256: str) -> bool:
        return path.is_file() and self.sha256_of(path) == sha256


def open_shelf(folder: Path) -> Shelf:
    """Make the folder if need be, and sweep away what a killed run left.  Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in folder.glob("part-*"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while its maker lives
            path.unlink()
    return Shelf(folder)


def stamp_of(path: Path) -> tuple[int, ...]:
    """Size and times: they change when a file does.  Raises OSError."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def hash_file(path: Path) -> str:
    """SHA-256 of a file, read in pieces.  Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace_text(path: Path, text: str) -> None:
    """Write a small file whole or not at all.  Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _parse(kept: dict[str, object]) -> Encoded:
    """Raises KeyError, TypeError or ValueError for anything but a note of ours."""
    fields = {**kept, "timeline": timeline_from(kept["timeline"]), "report": _report(_table(kept["report"]))}
    if fields["tagged"] is not None:
        fields["tagged"] = Tagged(**_table(fields["tagged"]))
    return Encoded(**fields)  # type: ignore[arg-type]  # JSON we wrote; other keys raise TypeError


def _report(kept: dict[str, Any]) -> SoundReport:
    proof = _table(kept["proof"])
    removed = tuple(Removed(**_table(row)) for row in proof["removed"])
    lists = {key: tuple(value) for key, value in kept.items() if isinstance(value, list)}
    loudness = {key: Loudness(**_table(kept[key])) for key in ("before", "after")}
    return SoundReport(**{**kept, **lists, **loudness, "proof": Proof(**{**proof, "removed": removed})})


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value
