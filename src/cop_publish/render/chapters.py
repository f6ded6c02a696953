"""Chapters as players read them: the podcast namespace's JSON chapters, version 1.2."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cop_publish.core.model import ClearedEpisode
    from cop_publish.settings import Show

JSON_CHAPTERS_TYPE = "application/json+chapters"


def json_chapters(episode: ClearedEpisode, show: Show) -> bytes:
    """Write ``chapters.json`` of an episode, times in seconds.  Equal chapters give equal bytes."""
    chapters = [
        {
            "startTime": rounded(chapter.start_seconds),
            "title": chapter.title,
            **({"url": chapter.url} if chapter.url else {}),
        }
        for chapter in episode.chapters
    ]
    whole = {"version": "1.2.0", "title": episode.title, "podcastName": show.title, "chapters": chapters}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def clock(seconds: float) -> str:
    """Write a time as WebVTT and Podlove simple chapters do: ``00:05:00.000``."""
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def rounded(seconds: float) -> float:
    """Give seconds for JSON: milliseconds are enough, and 20 reads better than 20.0."""
    near = round(seconds, 3)
    return int(near) if near == int(near) else near
