"""Hearing a recording once: its sound on disk, its loudness every 100 ms, and what is wrong with it.

The result is the same whatever the number of workers: a plain recording of some length is always heard in two
halves, side by side or one after the other.
"""

from __future__ import annotations

import os
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from threading import Event
from typing import IO, TYPE_CHECKING, Self

import numpy as np

from cop_publish.audio import argv, faults
from cop_publish.audio.clips import LONGEST_SECONDS, tone
from cop_publish.audio.engine import graph_option, limits_for, run
from cop_publish.audio.faults import Refused
from cop_publish.audio.grid import BLOCK
from cop_publish.audio.hearing.mix import MIDDLE, Mix, as_heard, choose_mix, untouched
from cop_publish.audio.hearing.readings import Notepad, Readings
from cop_publish.audio.hearing.talk_graph import Cast, Guest, graph_of
from cop_publish.audio.hearing.tally import NotFinite, Tally
from cop_publish.audio.pcm import Mixed, Pcm, Stretch
from cop_publish.audio.scratch import FLOAT_BYTES, open_scratch, write_whole
from cop_publish.core.timeline import SAMPLE_RATE_HZ, Origin, Piece, Timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from cop_publish.audio.argv import Input
    from cop_publish.audio.grid import Floats
    from cop_publish.audio.hearing.tally import Sums
    from cop_publish.settings import Sound

PREROLL = 40 * BLOCK  # 4 s before the second half: short-term loudness looks 3 s back
WORTH_HALVES = 60 * SAMPLE_RATE_HZ
LONGEST_ARGUMENT = 100_000  # characters; Linux takes 131 071 in one


@dataclass(frozen=True, slots=True)
class Clip:
    """An intro or outro: its file, the gain that makes it as loud as the talk, what is skipped of it."""

    input: Input
    gain_db: float = 0.0
    skipped: int = 0  # samples at 48 kHz


@dataclass(frozen=True, slots=True)
class Inputs:
    """What there is to hear."""

    recording: Input
    exact_seek: bool = False  # decoding may begin at any sample and gives the same ones
    room_lufs: float = -60.0  # of the recording where nobody speaks: what noise reduction and gate go by
    intro: Clip | None = None
    outro: Clip | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """Where it is heard: a folder with space, how many may work at once, and whom to tell of progress."""

    folder: Path
    workers: int
    moved: Callable[[int], None]  # so many more samples; from any thread


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A recording as it will be published, before levelling; levels are those of `sound`.  Close it."""

    pcm: Pcm
    mix: Mix
    momentary: Floats  # LUFS as heard; entry k is of the 400 ms before sample 4800 (k + 1)
    short_term: Floats  # ... of the 3 s before it
    clipped_samples: int  # in flat tops of the talk, before any filter
    dc_offset: float  # of the talk, before any filter; full scale 1
    damaged: bool  # ffmpeg reported errors, and went on
    chosen: Mix  # from the channels of the recording to those of the master

    @property
    def samples(self) -> int:
        return self.pcm.samples

    @property
    def sound(self) -> Mixed:
        """In the channels of the master."""
        return Mixed(self.pcm, self.mix)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pcm.close()


def measure(engine: str, inputs: Inputs, timeline: Timeline, sound: Sound, room: Room) -> Heard:
    """Hear a recording through a timeline, and choose the channels of its master.

    A recording that is longer or shorter than the timeline says is heard to its own end, where no outro
    follows: `samples` tells.  Raises Refused, OSError; ValueError for pieces that cannot be joined.
    """
    task = _Task(engine, inputs, timeline, sound, room, Event())
    channels = inputs.recording.channels
    resampled, room_lufs = inputs.recording.resampled, inputs.room_lufs
    cast = Cast(channels, timeline.source_samples, resampled=resampled, room_lufs=room_lufs)
    if channels > 1 and sound.channels == "mono":
        return _heard_as_one(task, cast)
    first = task.hear(cast)
    mix = choose_mix(first.sums.mix_energies(), sound.channels)
    if not mix.remark or (inputs.intro is None and inputs.outro is None):
        return _heard(first, mix, mix)
    first.pcm.close()  # a cure for a broken channel would spoil the intro
    return _mixed_first(task, cast, first.sums)


def _heard_as_one(task: _Task, cast: Cast) -> Heard:
    """What is forced into one channel is not as loud as it was in two: mixed before it is metered."""
    first = task.hear(replace(cast, as_middle=True))
    mix = choose_mix(first.sums.mix_energies(), "mono")
    if mix == MIDDLE:
        return _heard(first, untouched(1), mix)
    first.pcm.close()
    return _mixed_first(task, cast, first.sums)


def _mixed_first(task: _Task, cast: Cast, sums: Sums) -> Heard:
    mix = choose_mix(sums.mix_energies(), task.sound.channels)
    found = task.hear(replace(cast, channels=mix.channels, rows=mix.rows))
    return _heard(found, replace(untouched(mix.channels), remark=mix.remark), mix, sums)


def meter(engine: str, source: Input, folder: Path) -> Readings:
    """Loudness of a whole file every 100 ms, and no sound: for intros, outros, finished masters.

    Raises Refused, OSError.
    """
    with Notepad(folder) as notes:
        command = argv.meter_argv(engine, source, notes.descriptors)
        limits = limits_for(source.seconds, *notes.descriptors)
        outcome = run(command, lambda _: None, lambda _: None, limits)
        if not outcome.ok:
            raise Refused(faults.cannot_run(outcome))
        return notes.read()


@dataclass(frozen=True, slots=True, eq=False)
class _Pass:
    """What one hearing of everything gave."""

    pcm: Pcm
    readings: Readings
    sums: Sums
    damaged: bool


def _heard(found: _Pass, mix: Mix, chosen: Mix, sums: Sums | None = None) -> Heard:
    momentary, short_term = (
        as_heard(values, mix) for values in (found.readings.momentary, found.readings.short_term)
    )
    about = sums or found.sums
    facts = about.clipped, about.dc_offset, found.damaged
    return Heard(found.pcm, mix, momentary, short_term, *facts, chosen)


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch that one child decodes: the first `skipped` samples only warm its filters up."""

    pieces: tuple[Piece, ...]
    recording: Input
    samples: int  # of the recording, from where this begins
    skipped: int = 0
    at: int = 0  # the first that is kept, in samples of the whole


@dataclass(frozen=True, slots=True)
class _Task:
    """One recording to hear."""

    engine: str
    inputs: Inputs
    timeline: Timeline
    sound: Sound
    room: Room
    given_up: Event

    def hear(self, cast: Cast) -> _Pass:
        spans = self._halves()
        found = self._hear_spans(spans, cast)
        if len(found) > 1 and found[0].pcm.samples != spans[1].at:
            for half in found:
                half.pcm.close()
            found = self._hear_spans([_Span(self.timeline.pieces, self.inputs.recording, cast.samples)], cast)
        return _merged(found)

    def _hear_spans(self, spans: Sequence[_Span], cast: Cast) -> list[_Pass]:
        with ExitStack() as opened:
            files = [opened.enter_context(open_scratch(self.room.folder)) for _ in spans]
            found = self._side_by_side(spans, cast, files)
            opened.pop_all()
            return found

    def _side_by_side(self, spans: Sequence[_Span], cast: Cast, files: Sequence[IO[bytes]]) -> list[_Pass]:
        with ThreadPoolExecutor(max(1, min(self.room.workers, len(spans)))) as pool:
            try:
                return list(pool.map(lambda span, file: self._hear_span(span, cast, file), spans, files))
            except BaseException:
                self.given_up.set()
                raise

    def _halves(self) -> tuple[_Span, ...]:
        """Two, where that is exact: nothing is cut or joined, and no filter remembers long."""
        pieces, recording = self.timeline.pieces, self.inputs.recording
        whole = _Span(pieces, recording, self.timeline.source_samples)
        sound = self.sound
        long_memory = sound.noise_reduction_db or sound.de_ess or sound.gate
        plain = len(pieces) == 1 and pieces[0] == Piece(Origin.RECORDING, 0, whole.samples)
        if not (plain and self.inputs.exact_seek and whole.samples >= WORTH_HALVES) or long_memory:
            return (whole,)
        middle = whole.samples // 2 // BLOCK * BLOCK
        begin, rest = middle - PREROLL, whole.samples - (middle - PREROLL)
        late = replace(recording, from_seconds=recording.from_seconds + begin / SAMPLE_RATE_HZ)
        return (
            replace(whole, pieces=(Piece(Origin.RECORDING, 0, middle),)),
            _Span((Piece(Origin.RECORDING, 0, rest),), late, rest, PREROLL, middle),
        )

    def _hear_span(self, span: _Span, cast: Cast, file: IO[bytes]) -> _Pass:
        tally = Tally(cast.channels, span.skipped)

        def take(chunk: memoryview) -> None:
            if self.given_up.is_set():
                raise CancelledError  # the other half failed, and its reason is the one that is told
            self.room.moved(tally.take(chunk))

        with _Table(self.inputs, span, cast, self.room.folder) as table:
            graph = graph_of(span.pieces, table.cast, self.sound, table.notes.descriptors)
            taken = table.graph(self.engine, graph)
            command = argv.hear_argv(self.engine, table.words, taken, file.fileno())
            limits = limits_for(span.recording.seconds, *table.descriptors, file.fileno())
            try:
                outcome = run(command, take, lambda _: None, limits)
                sums = tally.finish()
            except NotFinite as broken:
                raise Refused(faults.not_finite(self._recorded_seconds(span.at + broken.sample))) from broken
            if not outcome.ok:
                raise Refused(faults.cannot_run(outcome))
            found = table.notes.read()
        first = span.skipped // BLOCK
        readings = Readings(found.momentary[first:], found.short_term[first:])
        pcm = _written(file, cast.heard_channels, span.skipped)
        return _Pass(pcm, readings, sums, bool(outcome.said))

    def _recorded_seconds(self, sample: int) -> float:
        published = sample / SAMPLE_RATE_HZ
        found = self.timeline.source_seconds(published)
        return published if found is None else found


def _merged(found: Sequence[_Pass]) -> _Pass:
    if len(found) == 1:
        return found[0]
    first, second = found
    readings = Readings(
        np.concatenate([first.readings.momentary, second.readings.momentary]),
        np.concatenate([first.readings.short_term, second.readings.short_term]),
    )
    pcm = Pcm(first.pcm.channels, first.pcm.stretches + second.pcm.stretches)
    return _Pass(pcm, readings, first.sums + second.sums, first.damaged or second.damaged)


def _written(file: IO[bytes], channels: int, skipped: int) -> Pcm:
    """What a child has written to a file, without what it only warmed up with."""
    samples = os.fstat(file.fileno()).st_size // (channels * FLOAT_BYTES) - skipped
    return Pcm(channels, (Stretch(file, max(0, samples), skipped),))


class _Table:
    """Everything that one child is given: its inputs, numbered, and the open files among them."""

    def __init__(self, inputs: Inputs, span: _Span, cast: Cast, folder: Path) -> None:
        self._folder = folder
        with ExitStack() as opened:
            self._opened = opened
            self.notes = opened.enter_context(Notepad(folder))
            self.words = [argv.file_input(span.recording)]
            self.descriptors: list[int] = [*self.notes.descriptors]
            tones = [p.end - p.start for p in span.pieces if p.origin is Origin.TONE]
            number = self._add(argv.raw_input(1, self._written(_tones(tones)))) if tones else 0
            guests = [self._guest(clip) for clip in (inputs.intro, inputs.outro)]
            self.cast = replace(cast, samples=span.samples, tone=number, intro=guests[0], outro=guests[1])
            self._opened = opened.pop_all()

    def graph(self, engine: str, graph: str) -> tuple[str, str]:
        """The option for a graph, which may be too long for a command line."""
        if len(graph) <= LONGEST_ARGUMENT:
            return "-filter_complex", graph
        return graph_option(engine), f"pipe:{self._written([graph.encode()])}"

    def _guest(self, clip: Clip | None) -> Guest | None:
        if clip is None:
            return None
        number = self._add(argv.file_input(clip.input))
        return Guest(number, clip.input.channels, clip.gain_db, clip.skipped)

    def _add(self, words: list[str]) -> int:
        self.words.append(words)
        return len(self.words) - 1

    def _written(self, pieces: Iterable[bytes]) -> int:
        """A descriptor of a scratch file with this in it, to be read from its start."""
        file = self._opened.enter_context(open_scratch(self._folder))
        for piece in pieces:
            write_whole(file.fileno(), piece)
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        self.descriptors.append(file.fileno())
        return file.fileno()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()


def _tones(lengths: Sequence[int]) -> Iterator[bytes]:
    """A tone for each range, one after another; a very long one in parts."""
    most = int(LONGEST_SECONDS) * SAMPLE_RATE_HZ
    for length in lengths:
        for first in range(0, length, most):
            yield tone(min(most, length - first)).astype("<f4").tobytes()
