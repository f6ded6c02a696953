"""From the recording's time to published time: which stretches are heard, in what order, and where they end up.

One list of edits makes one `Timeline`, and that drives the sound, the transcript, the chapters, the times in the
show notes and the duration.  Places are counted in samples at 48 kHz, so nothing is ever a little off.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SAMPLE_RATE_HZ = 48_000  # of every master; a frame of its MP3 is then exactly 24 ms


class Instead(StrEnum):
    """What is heard in place of a removed range."""

    NOTHING = "nothing"  # the range is cut, and what follows moves up
    TONE = "tone"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Cut:
    """A range of the recording that is not published, in its own time."""

    start_seconds: float
    end_seconds: float
    instead: Instead = Instead.NOTHING


class Origin(StrEnum):
    """Where a piece of the published sound comes from."""

    RECORDING = "recording"
    TONE = "tone"
    SILENCE = "silence"
    INTRO = "intro"
    OUTRO = "outro"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of published sound: samples `start` to `end` (not included) of its origin.

    `overlap` samples of it sound together with the end of the piece before (a crossfade).  A tone or a silence
    counts in the recording's samples that it stands for, so its place is known too.
    """

    origin: Origin
    start: int
    end: int
    overlap: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """The pieces in the order in which they are heard."""

    pieces: tuple[Piece, ...]
