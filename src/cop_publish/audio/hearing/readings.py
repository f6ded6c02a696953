"""Loudness every 100 ms, as ffmpeg's ebur128 writes it down.

Reading k is taken after sample 4800 (k + 1) of the sound: momentary loudness is that of the 400 ms before it,
short-term loudness that of the 3 s before it (EBU Tech 3341).  Where less than that has been heard, and in
digital silence, it is `NOTHING_LUFS`.  A last part of less than 100 ms has no reading.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Self

import numpy as np

from cop_publish.audio.scratch import open_scratch

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from cop_publish.audio.grid import Floats

NOTHING_LUFS = -120.0
_VALUE = re.compile(rb"^lavfi\.r128\.[MS]=(\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Readings:
    """Momentary and short-term loudness in LUFS as heard, one value each 100 ms, equally many of both."""

    momentary: Floats
    short_term: Floats


def parse_readings(text: bytes) -> Floats:
    """What `ametadata` printed for one key, in LUFS; three decimals are all that it says."""
    values = np.array(_VALUE.findall(text), dtype="S16").astype(np.float32)
    return np.maximum(np.nan_to_num(values, nan=NOTHING_LUFS, neginf=NOTHING_LUFS), np.float32(NOTHING_LUFS))


class Notepad:
    """Two scratch files that a child writes its readings to; `descriptors` are given to it."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError."""
        with ExitStack() as opened:
            self._files: tuple[IO[bytes], ...] = tuple(
                opened.enter_context(open_scratch(folder)) for _ in ("momentary", "short-term")
            )
            self._open = opened.pop_all()

    @property
    def descriptors(self) -> tuple[int, int]:
        """Of the momentary and of the short-term readings."""
        momentary, short_term = self._files
        return momentary.fileno(), short_term.fileno()

    def read(self) -> Readings:
        """What has been written, after the child has ended."""
        momentary, short_term = (parse_readings(_whole(file)) for file in self._files)
        both = min(len(momentary), len(short_term))  # one more of the first where a child was stopped
        return Readings(momentary[:both], short_term[:both])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
