"""From the recording's time to published time, for everything an episode says with a time."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from cop_publish.core.edits import LONGEST_SAMPLES
from cop_publish.core.moments import put_times
from cop_publish.core.timeline import whole

if TYPE_CHECKING:
    from cop_publish.core.model import Chapter, ClearedEpisode, Cue
    from cop_publish.core.timeline import Timeline


def in_published_time(episode: ClearedEpisode, timeline: Timeline | None) -> ClearedEpisode:
    """Move chapters, cues and the times in the notes to where they are heard; None: nothing moves.

    Times are whole milliseconds.  A cue or a chapter of which nothing is heard goes.
    """
    timeline = timeline or whole(LONGEST_SAMPLES)
    return replace(
        episode,
        chapters=_chapters(episode, timeline),
        cues=_cues(episode, timeline),
        notes=put_times(episode.notes, timeline.published_seconds),
        moments=(),
    )


def _chapters(episode: ClearedEpisode, timeline: Timeline) -> tuple[Chapter, ...]:
    """The first chapter begins with the intro if it begins with the recording: players want no hole there."""
    moved = [
        replace(chapter, start_seconds=_milliseconds(timeline, chapter.start_seconds))
        for chapter in episode.chapters
    ]
    if moved and episode.chapters[0].start_seconds == 0:
        moved[0] = replace(moved[0], start_seconds=0.0)
    ends = [*(chapter.start_seconds for chapter in moved), math.inf][1:]
    return tuple(c for c, end in zip(moved, ends, strict=True) if c.start_seconds < end)


def _cues(episode: ClearedEpisode, timeline: Timeline) -> tuple[Cue, ...]:
    moved = (
        replace(
            cue,
            start_seconds=_milliseconds(timeline, cue.start_seconds),
            end_seconds=_milliseconds(timeline, cue.end_seconds),
        )
        for cue in episode.cues
    )
    return tuple(cue for cue in moved if cue.start_seconds < cue.end_seconds)


def _milliseconds(timeline: Timeline, source_seconds: float) -> float:
    return round(timeline.published_seconds(source_seconds), 3)
