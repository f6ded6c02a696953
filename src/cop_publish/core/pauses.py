"""Long pauses, found by their loudness: what may be taken out of the middle of each."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING

from cop_publish.core.timeline import FADE_SAMPLES, SAMPLE_RATE_HZ, Cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BLOCK_SECONDS = 0.1  # from one momentary loudness to the next
WINDOW_SECONDS = 0.4  # EBU Tech 3341: momentary loudness is that of the last 400 ms
PAUSE_SECONDS = 0.8  # what a shortened pause is left with, half of it on each side
ABOVE_FLOOR_LU = 6.0  # a pause is no louder than the room's noise and this
BELOW_SPEECH_LU = 20.0  # ... and so much below the talk, or soft speech and music could pass for one
FLOOR_PERCENT = 10
SPEECH_PERCENT = 90
NO_SIGNAL_LUFS = -100.0  # below is digital silence: no room, but surely a pause


def pause_cuts(momentary_lufs: Sequence[float], longest_seconds: float) -> tuple[Cut, ...]:
    """Shorten each pause that is longer than `longest_seconds` by what stands in its middle; 0: none.

    `momentary_lufs` is the recording's own, before any edit: entry k is measured over the 400 ms that end at
    0.1 x (k + 1) seconds.  A pause is where all of that is quiet, so its ends are well inside the real one.
    """
    limit = _quiet_below(momentary_lufs)
    if longest_seconds <= 0 or limit is None:
        return ()
    keep = PAUSE_SECONDS + FADE_SAMPLES / SAMPLE_RATE_HZ  # 10 ms of it sound together at the cut
    return tuple(
        Cut(start + keep / 2, end - keep / 2)
        for start, end in _quiet(momentary_lufs, limit)
        if end - start > max(longest_seconds, keep) + _LITTLE
    )


_LITTLE = 1e-6  # seconds: 0.1 x 3 is not 0.3 in binary


def _quiet_below(momentary_lufs: Sequence[float]) -> float | None:
    alive = sorted(level for level in momentary_lufs if level > NO_SIGNAL_LUFS)
    if not alive:
        return None
    floor, speech = (alive[math.floor((len(alive) - 1) * p / 100)] for p in (FLOOR_PERCENT, SPEECH_PERCENT))
    return min(floor + ABOVE_FLOOR_LU, speech - BELOW_SPEECH_LU)


def _quiet(momentary_lufs: Sequence[float], limit: float) -> Iterator[tuple[float, float]]:
    """Yield where quiet stretches begin and end, in seconds."""
    for is_quiet, group in groupby(enumerate(momentary_lufs), key=lambda entry: entry[1] < limit):
        if is_quiet:
            numbers = [number for number, _ in group]
            start = (numbers[0] + 1) * BLOCK_SECONDS - WINDOW_SECONDS
            yield max(round(start, 6), 0.0), round((numbers[-1] + 1) * BLOCK_SECONDS, 6)
