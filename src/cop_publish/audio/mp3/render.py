"""A plan becomes an MP3: chunks encoded side by side, heard again, and made anew where they are too loud.

The bytes depend on the sound and the plan alone.  Chunks are cut by the length of the sound, and repairs go
in rounds over all of it, so no worker's haste decides anything; every frame is the one that a single encoder,
given the final plan from the first sample on, would have made.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cop_publish.audio.faults import Fault, Refused, Spot
from cop_publish.audio.grid import HOP
from cop_publish.audio.mp3.ear import note, nothing_heard
from cop_publish.audio.mp3.frames import chunks_of, chunks_touching
from cop_publish.audio.mp3.info_frame import Stream, info_frame
from cop_publish.audio.mp3.pace import Again, Pace
from cop_publish.audio.mp3.press import booth, print_and_hear, print_chunks, write_at
from cop_publish.audio.planning.gating import SILENCE_LUFS, decibels, integrated_lufs, range_lu
from cop_publish.audio.planning.plan import TURN_MOST_DB, Overshoot
from cop_publish.core.model import Loudness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cop_publish.audio.grid import Floats
    from cop_publish.audio.mp3.ear import Heard
    from cop_publish.audio.mp3.frames import Chunk
    from cop_publish.audio.mp3.press import Press
    from cop_publish.audio.planning.levels import Read
    from cop_publish.audio.planning.plan import Plan
    from cop_publish.settings import Sound

TOLERANCE_LU = 0.03  # further off, and the whole is encoded once more
TURNS = 4
ROUNDS = 12  # of repairs; a few are enough for every sound tried
PEAK_RESERVE_DB = 0.05  # meters differ by less
READ_BYTES = 1 << 20
ENCODING = "Encoding"
AGAIN_LOUD = "Encoding again where it was too loud"
AGAIN_ALL = "Encoding again, exactly as loud as it should be"
NEVER_QUIET = Fault(
    "the MP3 still passes the true peak of the settings after a dozen repairs",
    "Set a higher bit rate in [sound] (mono_kbps, stereo_kbps).",
    Spot.SETTINGS,
)


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """The finished MP3, without tags, and what was heard of it: facts about the very bytes in the file."""

    plan: Plan  # the one that it was made by in the end
    stream: Stream
    heard: Heard
    again_frames: int  # made again because they were too loud or too quiet, all rounds together

    @property
    def loudness(self) -> Loudness:
        return Loudness(
            integrated_lufs(self.heard.momentary.astype(np.float64)),
            decibels(float(self.heard.peak.max(initial=0.0))),
            range_lu(self.heard.short_term.astype(np.float64)),
        )


def render(press: Press, source: Read, plan: Plan, sound: Sound) -> Rendered:
    """Encode a sound by the plan, and by better ones until what listeners hear is as loud as it may be.

    The true peak is then below that of the settings everywhere.  The loudness is within `TOLERANCE_LU` unless
    `TURNS` full rounds could not bring it there: the caller decides.  Raises Refused, OSError.
    """
    limit = 10 ** ((sound.true_peak_dbtp - PEAK_RESERVE_DB) / 20)
    job = _Job(press, source, limit, Again(press.progress))
    rendered = _rendered(job, plan, Pace(press.progress, ENCODING, 0.0, 1.0))
    for _ in range(TURNS):
        loudness = rendered.loudness.integrated_lufs
        off_db = round(sound.target_lufs - loudness, 3)
        if abs(off_db) <= TOLERANCE_LU or loudness <= SILENCE_LUFS:
            break
        again = rendered.again_frames + rendered.stream.frames
        turned = rendered.plan.turned(max(-TURN_MOST_DB, min(TURN_MOST_DB, off_db)))
        rendered = _rendered(job, turned, job.again.next(AGAIN_ALL))
        rendered = replace(rendered, again_frames=rendered.again_frames + again)
    _finish(press.part, rendered.stream)
    return rendered


def render_unheard(press: Press, source: Read, plan: Plan) -> Stream:
    """The same, and nobody listens: only for the benchmarks, to know what listening costs."""
    stream, pace = stream_of(plan), Pace(press.progress, ENCODING, 0.0, 1.0)
    print_chunks(press, booth(press, stream, _feed(source, plan), pace), chunks_of(stream.frames))
    _finish(press.part, stream)
    return stream


def stream_of(plan: Plan) -> Stream:
    """The file that a plan will make: its size and every place in it are known beforehand."""
    return Stream(plan.kbps, plan.mix.channels, plan.samples)


@dataclass(frozen=True, slots=True)
class _Job:
    """What stays the same through all rounds."""

    press: Press
    source: Read
    limit: float  # highest true peak, linear
    again: Again


def _rendered(job: _Job, plan: Plan, pace: Pace) -> Rendered:
    """Encode all of it, then again and again what was too loud, in rounds.  Raises Refused, OSError."""
    stream, heard, again = stream_of(plan), nothing_heard(plan.samples), 0
    chunks: Sequence[Chunk] = chunks_of(stream.frames)
    for _ in range(ROUNDS + 1):
        at = booth(job.press, stream, _feed(job.source, plan), pace)
        parts = print_and_hear(job.press, at, chunks, job.limit)
        for part in parts:
            note(heard, part)
        overshoots = [one for part in parts for one in _overshoots(part, job.limit)]
        if not overshoots:
            return Rendered(plan, stream, heard, again)
        plan, ranges = plan.lowered(overshoots)
        chunks, pace = chunks_touching(ranges, stream.frames), job.again.next(AGAIN_LOUD)
        again += sum(chunk.stop - chunk.first for chunk in chunks)
    raise Refused(NEVER_QUIET)


def _overshoots(part: Heard, limit: float) -> Iterator[Overshoot]:
    """Neighbouring hops above the limit as one place, as loud as its loudest."""
    apart = np.flatnonzero(np.diff(part.loud_hops) > 1) + 1
    for hops, peaks in zip(np.split(part.loud_hops, apart), np.split(part.loud_peaks, apart), strict=True):
        if len(hops):
            excess_db = decibels(float(peaks.max()) / limit)
            yield Overshoot(int(hops[0]) * HOP, (int(hops[-1]) + 1) * HOP, round(excess_db, 3))


def _feed(source: Read, plan: Plan) -> Read:
    """What goes into the encoder, as anyone may read it."""

    def feed(start: int, stop: int, /) -> Floats:
        return source(start, stop) * plan.encoder_gain(start, stop)[:, None]

    return feed


def _finish(part: Path, stream: Stream) -> None:
    """Put the Info frame in front, and cut off whatever else was in the file."""
    os.truncate(part, stream.size_bytes)
    write_at(part, info_frame(stream, _sound_of(part, stream.info_bytes)), 0)


def _sound_of(part: Path, start: int) -> Iterator[bytes]:
    with part.open("rb") as file:
        file.seek(start)
        while piece := file.read(READ_BYTES):
            yield piece
