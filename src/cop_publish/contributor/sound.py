"""A contributor's sound as it will be heard: stretches of the very file that listeners get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.errors import AudioFailed
from cop_publish.render.contributor_page import Clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.core.model import EpisodeRelease
    from cop_publish.core.pieces import Pieces
    from cop_publish.settings import Settings
    from cop_publish.sign_off import Asked

AROUND_SECONDS = 20.0  # heard on each side of their parts
LONGEST_CLIP_SECONDS = 120.0  # `audio/clips.py` makes none that is longer
MOST_CLIPS = 5  # ten minutes and about 6 MB: mail servers take no more than 10
"""More of it is named with its times, and heard on the page once it is public."""


def clips_of(pieces: Pieces, asked: Asked, release: EpisodeRelease | None) -> tuple[tuple[Clip, ...], str]:
    """The stretches with their voice or about them, some seconds on each side, in published time.

    Those about them too, for the text has the agreed words whatever the sound says there.
    """
    spoken = [heard for heard in pieces.talk if asked.view.person in heard.piece.people and not heard.is_cut]
    if release is None or not spoken:
        return (), ""
    moved = release.master.timeline
    at = moved.published_seconds if moved else float
    spans: list[tuple[float, float]] = []
    for heard in spoken:
        start = max(0.0, at(heard.start_seconds) - AROUND_SECONDS)
        end = min(release.master.duration_seconds, at(heard.end_seconds) + AROUND_SECONDS)
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    clips = tuple(Clip(*piece) for span in spans for piece in _pieces(*span))
    if release.master.file is None:
        return clips, "The finished sound is not on the machine that made this page."
    more = len(clips) - MOST_CLIPS
    note = f"{more} more stretches are too long for a page; their times stand here." if more > 0 else ""
    return clips, note


def _pieces(start: float, end: float) -> Iterator[tuple[float, float]]:
    while start < end:
        yield start, min(end, start + LONGEST_CLIP_SECONDS)
        start += LONGEST_CLIP_SECONDS


def sounds_of(clips: tuple[Clip, ...], release: EpisodeRelease | None, settings: Settings) -> list[bytes]:
    """Cut the stretches out of the very file that listeners get.  Raises AudioFailed."""
    if release is None or release.master.file is None or not clips:
        return []
    from cop_publish.audio import faults  # noqa: PLC0415 - numpy and pydub, where there is something to hear
    from cop_publish.audio.engine import find_engine  # noqa: PLC0415 - the same
    from cop_publish.audio.excerpts import excerpt_mp3  # noqa: PLC0415 - the same

    engine, master = find_engine(settings.sound.ffmpeg, settings.root), release.master.file
    place = f"episodes/{release.episode.id}/episode.md"
    summary = "The page was not made: the sound cannot be read."
    if engine is None:
        raise AudioFailed(summary, [faults.NO_ENGINE.at(place)])
    try:
        return [excerpt_mp3(engine, master, c.start_seconds, c.end_seconds) for c in clips[:MOST_CLIPS]]
    except faults.Refused as refused:
        raise AudioFailed(summary, [refused.fault.at(place)]) from refused
