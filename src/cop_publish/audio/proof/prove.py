"""Which proof a master needs, and from what it is made: the finished file, and the files that went in."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from cop_publish.audio.argv import Input
from cop_publish.audio.engine import LONGEST_SECONDS
from cop_publish.audio.pcm import Mixed
from cop_publish.audio.proof.correlation import Accounts
from cop_publish.audio.proof.permitted import Originals
from cop_publish.audio.proof.proof import prove, prove_unedited
from cop_publish.audio.proof.sketch import SIXTH, sketch
from cop_publish.core.timeline import whole

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from cop_publish.audio.grid import Floats
    from cop_publish.audio.hearing.measure import Clip
    from cop_publish.audio.hearing.measure import Heard as Recorded
    from cop_publish.audio.jingles import Jingles
    from cop_publish.audio.mp3.ear import Heard
    from cop_publish.audio.mp3.render import Rendered
    from cop_publish.audio.pcm import Readable
    from cop_publish.audio.recording.probe import Source
    from cop_publish.core.loudness import Proof
    from cop_publish.core.timeline import Timeline

ENOUGH = 0.35  # of correlation; from the distributions in docs/decisions/009
ENOUGH_OF_FAINT = 0.15
FAINT_DB = 6.0  # under a neighbour


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """What is heard: the recording through its timeline, its jingles, and what is to be said of it."""

    heard: Recorded
    timeline: Timeline
    jingles: Jingles
    remarks: tuple[str, ...]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.heard.pcm.close()

    @property
    def is_whole(self) -> bool:
        """Whether all of the recording is heard, and nothing else."""
        return self.timeline == whole(self.timeline.samples)


def prove_master(engine: str, source: Source, cast: Cast, rendered: Rendered, part: Path) -> Proof:
    """Prove that `part` holds what it may, and nothing else.  Raises Refused, OSError.

    A whole recording was compared block by block while it was encoded.  An edited one is decoded once more,
    past everything that edited it.
    """
    if cast.is_whole:
        return prove_unedited(cast.timeline, *accounts_of(rendered.heard))
    folder, mix = part.parent, cast.heard.chosen
    with ExitStack() as opened:

        def sketched(input_: Input) -> Readable:
            return opened.enter_context(sketch(engine, input_, folder)).pcm

        def clip(of: Clip | None) -> Readable | None:
            one = _in_channels(of.input, mix.channels) if of else None
            return Late(sketched(one), of.skipped // SIXTH) if one and of else None

        recording = Mixed(sketched(source.input), mix)
        originals = Originals(recording, clip(cast.jingles.intro), clip(cast.jingles.outro))
        master = Input(part, mix.channels, LONGEST_SECONDS + 1)
        published = opened.enter_context(sketch(engine, master, folder))
        return prove(cast.timeline, originals, published)


def accounts_of(heard: Heard) -> tuple[Accounts, Floats]:
    """What was compared while encoding, as the proof takes it, and what is asked of each block.

    Half of what is asked where an edit is proved: here nothing was removed, and what could be wrong, a chunk
    in another's place, leaves hundreds of blocks near 0.  Of good masters from 32 to 128 kb/s no block was
    below 0.5, but for a few that hold the encoder's spread of a louder neighbour: the weakest of those 0.31.
    """
    levels_db = 10 * np.log10(np.maximum(heard.power, 1e-12))
    beside = np.pad(levels_db, 1, constant_values=-np.inf)
    is_faint = np.maximum(beside[:-2], beside[2:]) > levels_db + FAINT_DB
    least = np.where(is_faint, ENOUGH_OF_FAINT, ENOUGH).astype(np.float32)
    return Accounts(levels_db, np.maximum(heard.correlation, 0.0)), least


@dataclass(frozen=True, slots=True)
class Late:
    """A sound without its first samples."""

    sound: Readable
    skipped: int

    @property
    def channels(self) -> int:
        return self.sound.channels

    @property
    def samples(self) -> int:
        return self.sound.samples - self.skipped

    def read(self, start: int, stop: int) -> Floats:
        """Samples as (n, channels), zeros outside the sound."""
        frames = self.sound.read(start + self.skipped, stop + self.skipped)
        if start < 0:
            frames[: min(-start, len(frames))] = 0
        return frames


def _in_channels(input_: Input, channels: int) -> Input:
    return replace(input_, channels=channels)
