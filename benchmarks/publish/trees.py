"""What is published: 2,000 small files (18 MB), always the same, and one of 100 MB."""

from __future__ import annotations

import hashlib
import os
import shutil
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES: Final = 2000
FILE_BYTES: Final = 9000  # on average, as a page of a blog
LARGE_BYTES: Final = 100_000_000
LARGE: Final = "media/long.0a1b2c3d.mp3"
_BUILT_AT = 1_700_000_000
# Pages are words: a pack of them is a third of their size, as one of real pages is. Sound is noise.
_WORDS: Final = tuple(hashlib.shake_128(str(n).encode()).hexdigest(2 + n % 4) for n in range(256))


def small_files(folder: Path) -> None:
    """A site of pages; bytes depend on the name alone, the times are those of the first build."""
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(FILES - 2):
        _write(folder / f"blog/{number % 20:02}/{number:04}.html", _words(f"{number}", _size(number)))
    _write(folder / "index.html", _words("home", FILE_BYTES))
    _write(folder / "feed.xml", _words("feed", FILE_BYTES))
    rebuild(folder, _BUILT_AT)


def large_file(folder: Path) -> None:
    """A site of one long episode, and beside the folder its digest, as a master's receipt has it."""
    shutil.rmtree(folder, ignore_errors=True)
    path = folder / LARGE
    path.parent.mkdir(parents=True)
    sha256 = hashlib.sha256()
    with path.open("wb") as file:
        for block in _blocks("large", LARGE_BYTES):
            file.write(block)
            sha256.update(block)
    receipt_of(folder).write_text(sha256.hexdigest(), encoding="ascii")


def receipt_of(folder: Path) -> Path:
    """Where the digest of the large file stands."""
    return folder.with_suffix(".sha256")


def rebuild(folder: Path, at_seconds: float) -> None:
    """Give every file a new time, as a build does that makes the same bytes again."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (at_seconds, at_seconds))


def change_one(folder: Path, round_number: int) -> None:
    """Another page: one file has other bytes of the same length."""
    path = folder / "blog/07/0007.html"
    _write(path, _words(f"changed in round {round_number}", path.stat().st_size))


def _size(number: int) -> int:
    """Between half and one and a half of the average, the same for the same number."""
    return FILE_BYTES // 2 + number * 7919 % FILE_BYTES


def _words(seed: str, size_bytes: int) -> bytes:
    text = " ".join(_WORDS[letter] for block in _blocks(seed, size_bytes // 4) for letter in block)
    return text.encode()[:size_bytes].ljust(size_bytes)


def _blocks(seed: str, size_bytes: int) -> Iterator[bytes]:
    for number in count():
        block = hashlib.shake_128(f"{seed} {number}".encode()).digest(min(size_bytes, 1 << 20))
        yield block
        size_bytes -= len(block)
        if not size_bytes:
            return


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
