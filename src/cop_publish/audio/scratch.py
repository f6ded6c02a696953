"""Temporary files that nobody else can open and that nothing has to delete: they have no name.

They lie in a folder of our own choosing (the masters', whose free space is known), are readable by us alone,
and are gone when they are closed, or when the process is.
"""

from __future__ import annotations

import os
import tempfile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FLOAT_BYTES = 4
READING_BYTES = 160  # two lines each of momentary and short-term loudness


def open_scratch(folder: Path) -> IO[bytes]:
    """An empty file in `folder`, mode 0600, without a name.  Raises OSError."""
    # It never has one where the system can do that (O_TMPFILE).  Elsewhere it is unlinked at once, and a run
    # that is killed in between leaves a `part-` for `open_shelf` to sweep away.
    # Unbuffered: it is read by `os.pread` and written in large pieces, by us or by a child.
    return tempfile.TemporaryFile("w+b", buffering=0, prefix="part-", dir=folder)


def write_whole(descriptor: int, content: bytes | memoryview) -> None:
    """All of it, at the file's own position.  Raises OSError, of a full disk among others."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def scratch_bytes(samples: int, channels: int) -> int:
    """What a recording's PCM and readings take while its master is made: 11.5 MB a minute and channel."""
    return samples * channels * FLOAT_BYTES + (samples // 4800 + 1) * READING_BYTES
