"""What was heard, done and proved while a master was made: numbers and hashes, and never a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cop_publish.core.model import Loudness


@dataclass(frozen=True, slots=True)
class Removed:
    """A removed range of the recording, and how it is known not to be in the master.

    `score` is the highest normalised correlation, 0 to 1, of half a second of the range with anything in the
    master that is not accounted for by permitted sound; None where the range is shorter than that, or silent:
    then length and block accounting cover it.
    """

    start_seconds: float
    end_seconds: float
    instead: str  # nothing | tone | silence
    score: float | None


@dataclass(frozen=True, slots=True)
class Proof:
    """That the master holds what it may, and nothing else."""

    edits_sha256: str  # of the timeline it was checked against
    samples: int  # of the decoded master, as planned to the sample
    blocks: int  # of 100 ms that can be heard
    blocks_accounted: int  # ... that are their permitted source, in its place
    weakest_block: float  # the least that one of them is explained by it, 0 to 1
    removed: tuple[Removed, ...] = ()
    control: float | None = None  # score of a kept second that must be found; None: nothing was searched for


@dataclass(frozen=True, slots=True)
class SoundReport:
    """The whole story of a master's loudness; LUFS as heard (a mono file from both loudspeakers)."""

    before: Loudness
    after: Loudness
    plain_lufs: float  # what a plain meter reads of the master: 3.01 LU less where it is mono
    channels: int
    kbps: int
    minutes_before_lufs: tuple[float, ...]  # loudness of each minute of published time, before levelling
    minutes_lufs: tuple[float, ...]
    noise_floor_before_lufs: float
    noise_floor_lufs: float
    leveller_least_db: float  # what the leveller did to speech, from ... to ...
    leveller_most_db: float
    limited_most_db: float  # the deepest the limiter went; 0: never
    limited_seconds: float
    clipped_samples: int  # flat tops in the recording
    dc_offset: float  # of the recording, full scale 1
    cut_seconds: float  # removed by edits
    cuts: int
    replaced: int  # ranges with a tone or silence in their place
    pauses: int  # shortened pauses
    pause_seconds: float  # taken out of them
    remarks: tuple[str, ...]  # what was mended or should be listened to, in a producer's words
    proof: Proof
    target_lufs: float = -16.0
    cut_marks_seconds: tuple[float, ...] = ()  # where something was cut or replaced, in published time
