"""The default store: a plain folder whose ``public/`` any web host can serve.

Each file appears whole or not at all: a temporary file beside it, flushed to disk, then renamed over it.
A condition is looked at and the rename made under one lock on ``_cop/.lock``, so that it holds between
processes too.  What a killed publish leaves behind is unreadable to others (0600) and swept by the next one.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from cop_publish.errors import Conflict, StorageFailed
from cop_publish.storage.base import (
    ABSENT,
    ANYTHING,
    PRIVATE,
    PUBLIC,
    UNCHANGED,
    Body,
    Got,
    Held,
    Listed,
    Purged,
    checked_key,
    checked_prefix,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.core.output import Headers
    from cop_publish.storage.base import Condition, Unchanged

_LOCK = ".lock"
_LOCK_SECONDS = 20.0  # a compare and a rename take milliseconds: whoever holds it longer is stopped
_UNFINISHED = ".cop-"  # .cop-<process>-<number>.part
_BLOCK_BYTES = 1 << 20
_NUMBERS = count()  # so that no two unfinished files of a process have one name
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOTHING_THERE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


class FolderStore:
    """Keys map one to one to files below `folder`; headers stand in the manifest, which has them anyway.

    A public key without an extension (a page under a `permalink` without one) lies in a file with `.html`,
    which any host and a file browser know as a page; `list` gives that name.
    """

    workers = 1  # a disk gains nothing from more, and one at a time is easiest to follow
    honours_conditions = True
    hides_extensions = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._swept: set[Path] = set()

    def get(self, key: str, unless_etag: str | None = None) -> Got | Unchanged | None:
        path = self._path(key)
        with self._explained(key, "read"), suppress(*_NOTHING_THERE):
            content = path.read_bytes()
            etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
            return UNCHANGED if etag == unless_etag else Got(content, etag)
        return None

    def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:  # noqa: ARG002 - the release record has the headers
        path = self._path(key)
        with self._explained(key, "written"):
            self._make_folders(path.parent, key)
            self._sweep(path.parent)
            unfinished = path.parent / f"{_UNFINISHED}{os.getpid()}-{next(_NUMBERS)}.part"
            try:
                etag = _write(unfinished, body, 0o644 if key.startswith(PUBLIC) else 0o600)
                with self._locked():
                    self._check(key, condition, etag)
                    unfinished.replace(path)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
            _flush_folder(path.parent)
            return etag

    def head(self, key: str) -> Held | None:
        path = self._path(key)
        with self._explained(key, "read"), suppress(*_NOTHING_THERE):
            found = path.stat()
            return Held(found.st_size, None, _etag(path)) if S_ISREG(found.st_mode) else None
        return None

    def sha256(self, key: str) -> str | None:
        """As `audit.Rereadable` has it."""
        path = self._path(key)
        with self._explained(key, "read"), suppress(*_NOTHING_THERE), path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
        return None

    def list(self, prefix: str) -> tuple[Listed, ...]:
        start = self._inside(self.folder / checked_prefix(prefix).rpartition("/")[0])
        with self._explained(prefix, "listed"):
            files = (Path(at) / n for at, _, names in os.walk(start, onerror=_fail) for n in names)
            keys = ((f.relative_to(self.folder).as_posix(), f) for f in files if not _is_ours_alone(f.name))
            wanted = sorted((key, file) for key, file in keys if key.startswith(prefix))
            return tuple(Listed(key, file.stat().st_size, _etag(file)) for key, file in wanted)

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            path = self._path(key)
            with self._explained(key, "deleted"), suppress(*_NOTHING_THERE):
                path.unlink()
                self._remove_empty(path.parent)

    def purge(self, keys: Iterable[str], older: Iterable[str] = ()) -> Purged:
        """A folder has one version of everything, and of `older` that one stays; how many were there."""
        for key in older:
            self._path(key)  # refused as in any other store
        there = [key for key in keys if self._path(key).is_file()]
        self.delete(there)
        return Purged(versions=len(there), uploads=0)

    def now(self) -> datetime:
        """The file system's time, which is a file server's where it is one."""
        import tempfile  # noqa: PLC0415 - not for a run without changes

        place = next(p for p in (self.folder, *self.folder.absolute().parents) if p.is_dir())
        try:
            probe = tempfile.TemporaryFile(dir=place, prefix=_UNFINISHED)  # noqa: SIM115 - opened here to fall back
        except OSError:  # a plan may be made without the right to write
            probe = tempfile.TemporaryFile()  # noqa: SIM115 - the same
        with probe:
            return datetime.fromtimestamp(os.fstat(probe.fileno()).st_mtime, UTC)

    def _check(self, key: str, condition: Condition, etag: str) -> None:
        """Raise Conflict unless the condition holds, or the key has what is about to be written."""
        if condition is ANYTHING:
            return
        path = self._path(key)
        found = _etag(path) if path.is_file() else None
        expected = None if condition is ABSENT else getattr(condition, "etag", None)
        if found not in {expected, etag}:
            raise Conflict(f"{key} in {self.folder} was changed by somebody else meanwhile.")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone with the folder, for the moment of a compare and a rename."""
        at = self._inside(self.folder / PRIVATE / _LOCK)
        self._make_folders(at.parent, PRIVATE)
        descriptor = os.open(at, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._wait_for(descriptor)
            yield
        finally:
            os.close(descriptor)

    def _wait_for(self, descriptor: int) -> None:
        pause, left = threading.Event(), _LOCK_SECONDS
        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                left -= 0.02
            if left <= 0:
                msg = f"Another process holds {PRIVATE}{_LOCK} in {self.folder} and does not go on."
                raise StorageFailed(f"{msg} End it, and run the command again.")
            pause.wait(0.02)

    def _path(self, key: str) -> Path:
        bare = key.startswith(PUBLIC) and "." not in key.rsplit("/", 1)[1]
        return self._inside(self.folder / (checked_key(key) + (".html" if bare else "")))

    def _inside(self, path: Path) -> Path:
        """The path itself; a symbolic link that leads out of ``public/`` or ``_cop/`` is refused."""
        inside = path.relative_to(self.folder)
        space = self.folder.resolve() / inside.parts[0]
        with self._explained(str(inside), "reached"):
            if not path.resolve().is_relative_to(space):
                msg = f"{path} is reached through a symbolic link that leads out of {space}."
                raise StorageFailed(f"{msg} Remove the link, or set [storage] folder to where it leads.")
        return path

    def _make_folders(self, parent: Path, key: str) -> None:
        """Folders that everyone may enter below ``public/``, and nobody else below ``_cop/``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        mode = 0o755 if key.startswith(PUBLIC) else 0o700
        for folder in reversed([parent, *parent.parents]):
            if folder.is_relative_to(self.folder) and folder != self.folder and folder not in self._swept:
                folder.mkdir(mode, exist_ok=True)
                if folder.stat().st_mode & 0o777 != mode:
                    folder.chmod(mode)

    def _sweep(self, folder: Path) -> None:
        """Remove what a killed publish left here; once a folder."""
        if folder in self._swept:
            return
        self._swept.add(folder)
        for left in folder.glob(f"{_UNFINISHED}*.part"):
            if not _is_running(left.name.split("-")[1]):
                left.unlink(missing_ok=True)

    def _remove_empty(self, folder: Path) -> None:
        while folder.parent != self.folder:
            self._sweep(folder)
            try:
                folder.rmdir()
            except OSError:
                break  # something is in it
            self._swept.discard(folder)
            folder = folder.parent
        _flush_folder(folder)

    @contextmanager
    def _explained(self, key: str, verb: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StorageFailed(_sentence(error, self.folder, key, verb)) from error


def _write(path: Path, body: Body, mode: int) -> str:
    """Write and flush a new file; gives its MD5."""
    md5 = hashlib.md5(usedforsecurity=False)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for block in [body] if isinstance(body, bytes) else iter(lambda: body.read(_BLOCK_BYTES), b""):
            md5.update(block)
            file.write(block)
        file.flush()
        os.fsync(descriptor)
        os.fchmod(descriptor, mode)
    return md5.hexdigest()


def _etag(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _flush_folder(folder: Path) -> None:
    """Make a rename or a removal survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_ours_alone(name: str) -> bool:
    return name == _LOCK or (name.startswith(_UNFINISHED) and name.endswith(".part"))


def _is_running(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def _fail(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _sentence(error: OSError, folder: Path, key: str, verb: str) -> str:
    start = f"{key} could not be {verb} in {folder}"
    if error.errno in _FULL:
        return f"{start}: the disk or its quota is full. Free some space and run the command again."
    if error.errno in _REFUSED:
        return f"{start}: permission denied. Give yourself the right to it, or set another [storage] folder."
    if error.errno in {errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY, errno.EEXIST}:
        return f"{start}: the name is a file in one place and a folder in another. Rename one of the two."
    return f"{start}: {os.strerror(error.errno or 0)}. Check the disk and run the command again."
