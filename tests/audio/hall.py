"""What the tests of hearing share: recordings in files, and what numpy makes of a timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sounds import ENGINE, Sound

from cop_publish.audio.argv import Input
from cop_publish.audio.clips import tone
from cop_publish.audio.hearing.measure import Heard, Inputs, Room, measure
from cop_publish.core.timeline import Origin, Timeline, whole
from cop_publish.settings import Sound as Settings

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.audio.grid import Doubles, Floats

AS_RECORDED = Settings(highpass_hz=0)


def hear(
    inputs: Inputs, timeline: Timeline, folder: Path, sound: Settings = AS_RECORDED, *, engine: str = ENGINE
) -> Heard:
    return measure(engine, inputs, timeline, sound, Room(folder, 2, lambda _: None))


def everything(heard: Heard) -> Floats:
    return heard.pcm.read(0, heard.samples)


def plain(path: Path, channels: int = 1, *, engine: str = ENGINE) -> Floats:
    """What the engine decodes of a file, before anything is done to it."""
    with hear(Inputs(Input(path, channels, 3600.0)), whole(1), path.parent, engine=engine) as heard:
        return everything(heard)


def noise(seconds: float, *, channels: int = 1, seed: int = 7) -> Sound:
    """No two samples of it are likely to be the same: every one has a name."""
    rng = np.random.default_rng(seed)
    return np.asarray(0.3 * rng.uniform(-1, 1, (round(48_000 * seconds), channels)))


def assembled(timeline: Timeline, sounds: dict[Origin, Floats]) -> Doubles:
    """The same timeline by numpy: pieces laid over each other with straight fades."""
    channels = sounds[Origin.RECORDING].shape[1]
    out = np.zeros((timeline.samples, channels))
    for index, (piece, start) in enumerate(zip(timeline.pieces, timeline.starts, strict=True)):
        length = piece.end - piece.start
        after = timeline.pieces[index + 1].overlap if index + 1 < len(timeline.pieces) else 0
        sound = np.zeros((length, channels))
        if piece.origin is Origin.TONE:
            sound += tone(length)
        elif piece.origin is not Origin.SILENCE:
            sound += sounds[piece.origin][piece.start : piece.end]
        sound[: piece.overlap] *= (np.arange(piece.overlap) / max(1, piece.overlap))[:, None]
        if after:
            sound[-after:] *= (np.arange(after)[::-1] / after)[:, None]  # as acrossfade counts
        out[start : start + length] += sound
    return out
