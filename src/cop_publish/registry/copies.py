"""A registry as one file, to be carried between machines, and what two copies of it make together.

The file is a zip of everything but what begins with a dot; equal registries give equal bytes.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import os
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Contents = dict[str, bytes]  # by path below the registry's folder

MOST_BYTES = 256 << 20  # unpacked: a registry of thousands of people has a few megabytes
MOST_FILES = 100_000
_MADE_AGAIN = {"passages.filter"}  # it says of which passages it has all, and is not used for others
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say


def read_contents(folder: Path) -> Contents:
    """Everything in a registry but what begins with a dot.  Raises OSError, and ValueError for a link."""
    found = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    if any(path.is_symlink() for path in found.values()):
        message = "a link"
        raise ValueError(message)
    return {name: path.read_bytes() for name, path in sorted(found.items())}


def packed(contents: Mapping[str, bytes]) -> bytes:
    """Put it into one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(contents.items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def unpacked(content: bytes) -> Contents:
    """Take it apart.  Raises ValueError for what `packed` did not make, such as a path that leads out."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            lines = archive.infolist()
            if len(lines) > MOST_FILES or sum(line.file_size for line in lines) > MOST_BYTES:
                message = "too large"
                raise ValueError(message)
            found = {line.filename: archive.read(line) for line in lines}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        message = "not a registry"
        raise ValueError(message) from error
    if len(found) != len(lines) or not all(map(_is_inside, found)):
        message = "a path that leads elsewhere"
        raise ValueError(message)
    return found


def digests(contents: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each file."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def merged(base: Mapping[str, str], mine: Contents, theirs: Contents) -> tuple[Contents, list[str]]:
    """Join two copies that were one: `base` has the digests of then.  Gives the paths that both changed.

    What can be made again is not among them: theirs is taken.
    """
    here, there = digests(mine), digests(theirs)
    joined: Contents = {}
    clashes = []
    for name in sorted({*here, *there}):
        was, one, other = base.get(name), here.get(name), there.get(name)
        taken = mine if other == was else theirs
        if one not in {was, other} and other != was and name not in _MADE_AGAIN:
            clashes.append(name)
        if name in taken:
            joined[name] = taken[name]
    return joined, clashes


def write_contents(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Make a registry's folder hold exactly this, for its owner only; each file whole or as it was.

    Raises OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in contents.items():
        path = folder / name
        if path.is_file() and path.read_bytes() == content:
            continue
        for parent in reversed(path.relative_to(folder).parents[:-1]):
            (folder / parent).mkdir(mode=0o700, exist_ok=True)
        write_private(path, content)
    for path in list(_files(folder)):
        if path.relative_to(folder).as_posix() not in contents:
            path.unlink()


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all.  Raises OSError."""
    new = path.with_name(f".{path.name}.{os.getpid()}.part")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def append_private(path: Path, content: bytes) -> None:
    """Add to a file that only its owner can read, all of it or nothing, on disk before anything else happens.

    Raises OSError.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        before = os.fstat(descriptor).st_size
        if os.write(descriptor, content) < len(content):  # a full disk takes what still fits, without a word
            os.ftruncate(descriptor, before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _files(folder: Path) -> Iterator[Path]:
    for top, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = folder / os.path.relpath(top, folder)
        links = [name for name in folders if (here / name).is_symlink()]
        yield from (here / name for name in sorted([*names, *links]) if not name.startswith("."))


def _refuse(error: OSError) -> None:
    """What cannot be listed is not passed over: a copy without it would take it from everybody else's."""
    raise error


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    plain = "\\" not in name and "\0" not in name and not PurePosixPath(name).is_absolute()
    return plain and all(part and not part.startswith(".") for part in parts)
