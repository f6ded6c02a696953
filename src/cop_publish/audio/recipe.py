"""What decides a master's sound, and what decides its tags, as digests.  Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cop_publish.core.model import ClearedEpisode
    from cop_publish.settings import Show, Sound

RECIPE = 2  # raised when we master differently, and then published masters are made again
TAGS = 2  # raised when we tag differently; touches nothing that is published


def recipe_digest(sounds_sha256: list[str], sound: Sound, edit_sha256: str, voices: str) -> str:
    """The recording and its jingles, how it shall sound, what is cut and who may be heard.

    Not the encoder, which may be renewed; nor where the jingles lie.
    """
    passed_over = ("ffmpeg", "intro", "outro")
    settings = {key: value for key, value in asdict(sound).items() if key not in passed_over}
    return _digest(
        {
            "recipe": RECIPE,
            "sounds": sounds_sha256,
            "sound": settings,
            "edit": edit_sha256,
            "voices": voices,
        }
    )


def voices_digest(recording_sha256: str, voices: str) -> str:
    """Who may be heard and what the tags may say of them, with the recording so that nobody can guess it."""
    return _digest({"recording": recording_sha256, "voices": voices})


def tag_digest(episode: ClearedEpisode, show: Show, feed_url: str, cover_jpeg: bytes | None) -> str:
    """Everything that the tags of a master say."""
    return _digest(
        {
            "tags": TAGS,
            "episode": [episode.title, episode.summary, episode.language, episode.number, episode.season],
            "date": f"{episode.published_at:%Y-%m-%d}",
            "chapters": [asdict(chapter) for chapter in episode.chapters],
            "people": [[credit.part, credit.label] for credit in episode.credits],
            "podcast": [episode.guid, feed_url],
            "show": [show.title, show.author],
            "cover": hashlib.sha256(cover_jpeg).hexdigest() if cover_jpeg is not None else None,
        }
    )


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
