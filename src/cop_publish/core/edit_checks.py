"""What an edit list and the times of an episode must not say together."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from cop_publish.core.edits import Gone, gone_by
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.core.timecode import exact
from cop_publish.core.timeline import SAMPLE_RATE_HZ, Origin, timeline_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cop_publish.core.model import ChapterDraft, ClearedEpisode, Moment
    from cop_publish.core.problems import Problems
    from cop_publish.core.timeline import Timeline

STILL_HOLDS = "the finished sound still holds what this range takes out"
_LITTLE_SECONDS = 0.2  # a cut up to the end may be so much too long: players round, and cues are padded


def check_chapters(chapters: Sequence[ChapterDraft], gone: Gone) -> Iterator[Problem]:
    """Report a chapter that begins in a cut, or of which nothing is left: its title may tell what went."""
    for number, chapter in enumerate(chapters, 1):
        name = f"chapters[{number}]"
        if gone.cut_around(chapter.start_seconds):
            fix = "Move it out of the cut or delete it."
            yield Problem(chapter.where, f"{name} starts inside a cut", fix)
        elif number < len(chapters) and gone.all_of(chapter.start_seconds, chapters[number].start_seconds):
            yield Problem(chapter.where, f"nothing of {name} is left by the edit list", "Delete it.")


def check_moments(moments: Sequence[Moment], gone: Gone) -> Iterator[Problem]:
    """Report a time in the notes that nobody hears."""
    for moment in moments:
        if gone.gap_around(moment.seconds):
            what = f"the time {exact(moment.seconds)} is one that the edit list takes out"
            yield Problem(moment.where, what, "Give a time before or after it.")


def check_master(episode: ClearedEpisode, timeline: Timeline | None) -> Problems:
    """Report what the edit list takes out and a master was made with: its words have gone on its promise."""
    gone = Gone(timeline.gaps if timeline else ())
    end = timeline.source_samples / SAMPLE_RATE_HZ if timeline else math.inf
    fix = "Put the recording beside it, and publish from there: the sound is made again."
    return tuple(
        Problem(cut.where or Place(f"episodes/{episode.id}/edit.yaml"), STILL_HOLDS, fix, Matter.SOUND)
        for cut in episode.edit.cuts
        if cut.start_seconds < end and not gone.all_of(cut.start_seconds, min(cut.end_seconds, end))
    )


def check_times(episode: ClearedEpisode, source_samples: int) -> Problems:
    """Report what only a decoded recording shows: times after its end, and an edit that leaves nothing."""
    return tuple(_late(episode, source_samples / SAMPLE_RATE_HZ, source_samples))


def _late(episode: ClearedEpisode, length_seconds: float, samples: int) -> Iterator[Problem]:
    after = f"after the end of the recording ({exact(length_seconds)})"
    folder = f"episodes/{episode.id}"
    for cut in episode.edit.cuts:
        if cut.end_seconds > length_seconds + _LITTLE_SECONDS:
            where = cut.where or Place(f"{folder}/edit.yaml")
            what = f"this range ends at {exact(cut.end_seconds)}, {after}"
            yield Problem(where, what, "Give a time within the recording.")
    kept = timeline_of(samples, episode.edit.cuts).pieces
    if episode.edit.cuts and not any(piece.origin is Origin.RECORDING for piece in kept):
        what = "the edit list leaves nothing of the recording"
        yield Problem(Place(f"{folder}/edit.yaml"), what, "Take out less.")
    gone = gone_by(episode.edit)
    starts = [chapter.start_seconds for chapter in episode.chapters]
    for number, (start, end) in enumerate(pairwise([*starts, max([length_seconds, *starts])]), 1):
        if start >= length_seconds:
            what = f"chapters[{number}] starts at {exact(start)}, {after}"
            yield Problem(Place(f"{folder}/episode.md"), what, "Move it or delete it.")
        elif number == len(starts) and gone.all_of(start, end):
            what = f"nothing of chapters[{number}] is left by the edit list"
            yield Problem(Place(f"{folder}/episode.md"), what, "Delete it.")
    for moment in episode.moments:
        if moment.seconds > length_seconds:
            yield Problem(moment.where, f"the time {exact(moment.seconds)} is {after}", "Correct it.")
