"""Cues that are nobody's words: ``[music]`` and the like."""

from __future__ import annotations

import re

from cop_publish.core.values import PERSON_ID

_SOUNDS = re.compile(r"\s*(?:\[[^\W_](?:[^\W_]|[ '’,.!-])*\]\s*)+")
_MOST_WORDS_OF_A_SOUND = 4  # "[quiet music fades out]"; more of them are somebody's words


def is_sound(words: str) -> bool:
    """Whether a cue is nothing but ``[music]`` and the like, and cannot be what someone said in brackets."""
    few = len(words.split()) <= _MOST_WORDS_OF_A_SOUND
    return few and _SOUNDS.fullmatch(words) is not None and not PERSON_ID.search(words.lower())
