"""From the recording's time to published time: which stretches are heard, and where they end up.

One list of edits makes one `Timeline`, and that drives the sound, the transcript, the chapters, the times
in the show notes and the duration.  Places are counted in samples at 48 kHz, so nothing is a little off.
"""

from __future__ import annotations

import hashlib
import json
import math
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cop_publish.core.problems import Place

SAMPLE_RATE_HZ = 48_000  # of every master; a frame of its MP3 is then exactly 24 ms
FADE_SAMPLES = 480  # 10 ms: two kept stretches sound together so long at a cut, so that nothing clicks
SLIVER_SAMPLES = 4800  # 100 ms: what is kept beside a cut and is shorter would be a blip, and goes too


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
    where: Place | None = field(default=None, compare=False, repr=False)  # where it was asked for


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

    `overlap` samples of it sound together with the end of the piece before (a crossfade).  A tone or a
    silence counts in the recording's samples that it stands for, so its place is known too; it reaches under
    its neighbours by the overlaps, so that all after it stays where it was.
    """

    origin: Origin
    start: int
    end: int
    overlap: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Samples `start` to `end` (not included) of the recording that nobody hears."""

    start: int
    end: int
    instead: Instead = Instead.NOTHING
    is_pause: bool = False  # the middle of a long pause


@dataclass(frozen=True, slots=True)
class Bookends:
    """How long the sounds before and after the talk are, and how long each sounds together with it."""

    intro_samples: int = 0  # 0: there is none
    outro_samples: int = 0
    crossfade_samples: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """What was taken out of a recording, for its report."""

    cut_seconds: float
    cuts: int
    replaced: int  # ranges with a tone or silence in their place
    pauses: int
    pause_seconds: float  # taken out of them


@dataclass(frozen=True)
class Timeline:
    """The pieces in the order in which they are heard, and the gaps that are not, in order of time."""

    pieces: tuple[Piece, ...]
    gaps: tuple[Gap, ...] = ()

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The sample of the published sound at which each piece begins."""
        ends = accumulate(piece.end - piece.start - piece.overlap for piece in self.pieces)
        return tuple(end - (p.end - p.start) for end, p in zip(ends, self.pieces, strict=True))

    @property
    def samples(self) -> int:
        """The length of the published sound."""
        return sum(piece.end - piece.start - piece.overlap for piece in self.pieces)

    @property
    def source_samples(self) -> int:
        """The length of the recording."""
        heard = (piece.end for piece in self.pieces if piece.origin is Origin.RECORDING)
        return max([*heard, *(gap.end for gap in self.gaps)], default=0)

    @property
    def totals(self) -> Totals:
        """Count what was taken out."""
        cuts = [g for g in self.gaps if g.instead is Instead.NOTHING and not g.is_pause]
        pauses = [g for g in self.gaps if g.is_pause]
        return Totals(
            cut_seconds=sum(g.end - g.start for g in cuts) / SAMPLE_RATE_HZ,
            cuts=len(cuts),
            replaced=len(self.gaps) - len(cuts) - len(pauses),
            pauses=len(pauses),
            pause_seconds=sum(g.end - g.start for g in pauses) / SAMPLE_RATE_HZ,
        )

    @property
    def sha256(self) -> str:
        """The digest of the pieces and gaps."""
        return hashlib.sha256(json.dumps(self.to_value(), separators=(",", ":")).encode()).hexdigest()

    def published_seconds(self, source_seconds: float) -> float:
        """Say where a moment of the recording is heard; never earlier for a later one.

        All of a cut, and what is fading at its sides, is in the middle of that fade.
        """
        sample = source_seconds * SAMPLE_RATE_HZ
        found = self._leg(sample, self._sources)
        place = 0.0 if found is None else min(max(sample, found.start), found.end) + found.shift
        return place / SAMPLE_RATE_HZ

    def source_seconds(self, published_seconds: float) -> float | None:
        """Say which moment of the recording is heard; None where only the intro or the outro is."""
        sample = published_seconds * SAMPLE_RATE_HZ
        found = self._leg(sample, self._places)
        if found is None or not found.start <= sample - found.shift <= found.end:
            return None
        return (sample - found.shift) / SAMPLE_RATE_HZ

    def to_value(self) -> dict[str, list[list[str | int]]]:
        """Give rows for JSON; `timeline_from` reads them."""
        return {
            "pieces": [[p.origin.value, p.start, p.end, p.overlap] for p in self.pieces],
            "gaps": [[g.start, g.end, g.instead.value, int(g.is_pause)] for g in self.gaps],
        }

    @cached_property
    def _sources(self) -> tuple[int, ...]:
        return tuple(leg.start for leg in self._legs)

    @cached_property
    def _places(self) -> tuple[int, ...]:
        return tuple(leg.start + leg.shift for leg in self._legs)

    def _leg(self, sample: float, starts: Sequence[int]) -> _Leg | None:
        return self._legs[max(bisect_right(starts, sample) - 1, 0)] if self._legs else None

    @cached_property
    def _legs(self) -> tuple[_Leg, ...]:
        """The map as straight lines: where two pieces of the talk overlap, the middle belongs to both."""
        talk = [
            (piece, start - piece.start)
            for piece, start in zip(self.pieces, self.starts, strict=True)
            if piece.origin not in _AROUND
        ]
        middles = [r.start + shift + r.overlap // 2 for r, shift in talk[1:]]
        first = [talk[0][0].start + talk[0][1]] if talk else []
        last = [talk[-1][0].end + talk[-1][1]] if talk else []
        places = pairwise([*first, *middles, *last])
        return tuple(
            _Leg(begin - shift, end - shift, shift)
            for (begin, end), (_, shift) in zip(places, talk, strict=True)
        )


_AROUND = {Origin.INTRO, Origin.OUTRO}


@dataclass(frozen=True, slots=True)
class _Leg:
    """Samples of the recording that are heard `shift` samples later in the published sound."""

    start: int
    end: int
    shift: int


def whole(samples: int) -> Timeline:
    """Everything as it was recorded."""
    return timeline_of(samples, ())


def timeline_of(
    samples: int, cuts: Iterable[Cut], pauses: Iterable[Cut] = (), around: Bookends = Bookends()
) -> Timeline:
    """Join what is left of a recording of so many samples.

    Ranges may overlap: where one is cut it is gone, a pause never shortens what is replaced.  They widen to
    whole samples, so that never less goes than was asked for.
    """
    ranges = [_range(cut, _KINDS[cut.instead], samples) for cut in cuts]
    ranges += [_range(pause, _Kind.PAUSE, samples) for pause in pauses]
    runs = _without_slivers(_runs(samples, ranges))
    gaps = (
        Gap(r.start, r.end, _INSTEAD[r.kind], r.kind is _Kind.PAUSE) for r in runs if r.kind is not _Kind.KEPT
    )
    talk = [Piece(_ORIGINS[run.kind], run.start, run.end) for run in runs if run.kind in _ORIGINS]
    intro = [Piece(Origin.INTRO, 0, around.intro_samples)] if around.intro_samples else []
    outro = [Piece(Origin.OUTRO, 0, around.outro_samples)] if around.outro_samples else []
    return Timeline(_faded([*intro, *talk, *outro], around.crossfade_samples), tuple(gaps))


class _Kind(IntEnum):
    """What becomes of a sample; where several are asked for, the first of them."""

    CUT = 0
    TONE = 1
    SILENCE = 2
    PAUSE = 3
    KEPT = 4


_KINDS = {Instead.NOTHING: _Kind.CUT, Instead.TONE: _Kind.TONE, Instead.SILENCE: _Kind.SILENCE}
_INSTEAD = {kind: instead for instead, kind in _KINDS.items()} | {_Kind.PAUSE: Instead.NOTHING}
_ORIGINS = {
    _Kind.KEPT: Origin.RECORDING,
    _Kind.TONE: Origin.TONE,
    _Kind.SILENCE: Origin.SILENCE,
}


@dataclass(frozen=True, slots=True)
class _Run:
    """Samples of the recording that share one fate."""

    start: int
    end: int
    kind: _Kind


def _range(cut: Cut, kind: _Kind, samples: int) -> _Run:
    """A cut in samples of the recording; a time that is one to a millionth of a sample is that one."""
    start = math.floor(round(cut.start_seconds * SAMPLE_RATE_HZ, 6))
    end = math.ceil(round(cut.end_seconds * SAMPLE_RATE_HZ, 6))
    return _Run(min(max(start, 0), samples), min(max(end, 0), samples), kind)


def _runs(samples: int, ranges: Iterable[_Run]) -> list[_Run]:
    """Give every sample its fate, in one sweep over where ranges begin and end."""
    steps = [(r.start, r.kind, 1) for r in ranges if r.start < r.end]
    steps += [(r.end, r.kind, -1) for r in ranges if r.start < r.end]
    asked = dict.fromkeys(_Kind, 0) | {_Kind.KEPT: 1}
    runs: list[_Run] = []
    here = 0
    for place, kind, change in [*sorted(steps), (samples, _Kind.KEPT, 0)]:
        if place > here:
            runs.append(_Run(here, place, next(k for k in _Kind if asked[k])))
            here = place
        asked[kind] += change
    return list(_joined(runs))


def _joined(runs: Iterable[_Run]) -> Iterator[_Run]:
    last: _Run | None = None
    for run in runs:
        if last is not None and last.kind is run.kind:
            last = _Run(last.start, run.end, run.kind)
        else:
            if last is not None:
                yield last
            last = run
    if last is not None:
        yield last


def _without_slivers(runs: list[_Run]) -> list[_Run]:
    """Let what is too short to be heard as anything go the way of its neighbours."""
    kinds = []
    for index, run in enumerate(runs):
        beside = [other.kind for other in (*runs[max(index - 1, 0) : index], *runs[index + 1 : index + 2])]
        is_sliver = run.kind is _Kind.KEPT and run.end - run.start < SLIVER_SAMPLES and beside
        kinds.append(run.kind if not is_sliver else _of_sliver(beside))
    return list(_joined(_Run(r.start, r.end, kind) for r, kind in zip(runs, kinds, strict=True)))


def _of_sliver(beside: Sequence[_Kind]) -> _Kind:
    return next((kind for kind in (_Kind.CUT, _Kind.PAUSE) if kind in beside), beside[0])


def _faded(pieces: Sequence[Piece], crossfade: int) -> tuple[Piece, ...]:
    """Let each piece overlap the one before it; no sample is ever in two fades."""
    fades = [0, *(_fade(pieces, index, crossfade) for index in range(1, len(pieces))), 0]
    faded = []
    for index, piece in enumerate(pieces):
        before = pieces[index - 1].origin if index else Origin.INTRO
        after = pieces[index + 1].origin if index + 1 < len(pieces) else Origin.OUTRO
        start, end = piece.start, piece.end
        if piece.origin in _MADE and before not in _AROUND:
            start -= fades[index]
        if piece.origin in _MADE and after is Origin.RECORDING:
            end += fades[index + 1]
        faded.append(Piece(piece.origin, start, end, fades[index]))
    return tuple(faded)


_MADE = {Origin.TONE, Origin.SILENCE}


def _fade(pieces: Sequence[Piece], index: int, crossfade: int) -> int:
    """How long the piece at `index` sounds together with the one before: from kept samples alone."""
    before, after = pieces[index - 1], pieces[index]
    if _AROUND & {before.origin, after.origin}:
        return min(crossfade, _room(before, index == 1), _room(after, index == len(pieces) - 1))
    rooms = [_room(before, index == 1), _room(after, index == len(pieces) - 1)]
    lent = [r for r, p in zip(rooms, (before, after), strict=True) if p.origin is Origin.RECORDING]
    return min([FADE_SAMPLES, *(lent or rooms[:1])])


def _room(piece: Piece, is_at_the_edge: bool) -> int:  # noqa: FBT001 - of one comparison's result
    """How much of a piece one fade may take: half where it fades at both of its ends."""
    length = piece.end - piece.start
    return length if is_at_the_edge else length // 2


def timeline_from(value: object) -> Timeline:
    """Read what `Timeline.to_value` gave.  Raises ValueError for anything else."""
    try:
        pieces, gaps = value["pieces"], value["gaps"]  # type: ignore[index]  # what it is shows here
        found = Timeline(
            tuple(Piece(Origin(origin), *map(_count, rest)) for origin, *rest in pieces),
            tuple(Gap(_count(start), _count(end), Instead(i), bool(p)) for start, end, i, p in gaps),
        )
    except (TypeError, KeyError, ValueError) as fault:
        raise ValueError("not a timeline") from fault
    if not all(p.overlap <= p.end - p.start for p in found.pieces):
        raise ValueError("not a timeline: a piece is shorter than its fade")
    return found


def _count(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("not a number of samples")
    return value
