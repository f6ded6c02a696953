"""What a producer asks for in ``edit.yaml``, and what of the recording is gone by it."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from cop_publish.core.timeline import SAMPLE_RATE_HZ, Gap, Instead, timeline_of

if TYPE_CHECKING:
    from cop_publish.core.timeline import Cut
    from cop_publish.settings import Sound

LONGEST_SAMPLES = 48 * 3600 * SAMPLE_RATE_HZ  # of any recording; its own length is known when it is decoded


@dataclass(frozen=True, slots=True)
class Edit:
    """The edit list of one episode, in the recording's time, and what is set for this episode alone."""

    cuts: tuple[Cut, ...] = ()  # in order of time
    accepts_cut_off: bool = False  # the recording ends before its header says, and that is all there is
    intro: str | None = None  # relative to the workspace; empty: none; None: the settings'
    outro: str | None = None
    leveller: float | None = None
    marked: Instead = Instead.NOTHING  # what is heard where a cue goes by its mark or its speaker

    @property
    def sha256(self) -> str:
        """The digest of what is taken out or replaced."""
        rows = [[cut.start_seconds, cut.end_seconds, cut.instead.value] for cut in self.cuts]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    def sound(self, settings: Sound) -> Sound:
        """Give the settings as they are for this episode."""
        return replace(
            settings,
            intro=settings.intro if self.intro is None else self.intro,
            outro=settings.outro if self.outro is None else self.outro,
            leveller=settings.leveller if self.leveller is None else self.leveller,
        )


UNEDITED = Edit()


@dataclass(frozen=True)
class Gone:
    """The ranges of a recording that an edit list takes out or replaces, exactly as the sound is made."""

    gaps: tuple[Gap, ...]

    def seconds(self, start_seconds: float, end_seconds: float) -> float:
        """Say how much of a stretch is gone."""
        start, end = _sample(start_seconds), _sample(end_seconds)
        found = 0
        for gap in self.gaps[bisect_left(self._ends, start) :]:
            if gap.start >= end:
                break
            found += max(min(gap.end, end) - max(gap.start, start), 0)
        return found / SAMPLE_RATE_HZ

    def all_of(self, start_seconds: float, end_seconds: float) -> bool:
        """Whether nothing of a stretch is heard."""
        length = _sample(end_seconds) - _sample(start_seconds)
        return round(self.seconds(start_seconds, end_seconds) * SAMPLE_RATE_HZ) >= length > 0

    def gap_around(self, seconds: float) -> Gap | None:
        """The range that a moment lies in, not at the edge of."""
        sample = _sample(seconds)
        index = bisect_left(self._ends, sample)
        gap = self.gaps[index] if index < len(self.gaps) else None
        return gap if gap is not None and gap.start < sample < gap.end else None

    def cut_around(self, seconds: float) -> Gap | None:
        """The same, of ranges that are cut: what is replaced has a place of its own."""
        gap = self.gap_around(seconds)
        return gap if gap is not None and gap.instead is Instead.NOTHING else None

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(gap.end for gap in self.gaps)


def gone_by(edit: Edit) -> Gone:
    """What an edit list removes: its ranges, and the blips that would be left between them."""
    return Gone(timeline_of(LONGEST_SAMPLES, edit.cuts).gaps if edit.cuts else ())


def _sample(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HZ)
