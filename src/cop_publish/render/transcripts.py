"""Transcripts as players read them: WebVTT with a voice tag in every cue, so that apps show who speaks."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from cop_publish.render.chapters import clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.model import Cue

WEBVTT_TYPE = "text/vtt; charset=utf-8"
LINE_LENGTH = 65  # what the podcast namespace recommends at most


def webvtt(cues: Iterable[Cue]) -> bytes:
    """Write ``transcript.vtt``; a cue without words is left out.  Equal cues give equal bytes."""
    return "\n\n".join(["WEBVTT", *(_cue(cue) for cue in cues if cue.text.strip())]).encode() + b"\n"


def _cue(cue: Cue) -> str:
    # Without break_on_hyphens a long word or address stays whole, and may stand out of its line.
    lines = textwrap.wrap(
        " ".join(cue.text.split()), LINE_LENGTH, break_long_words=False, break_on_hyphens=False
    )
    words = "\n".join(_escape(line) for line in lines)
    voice = f"<v {_escape(' '.join(cue.speaker.split()))}>" if cue.speaker.strip() else ""
    return f"{clock(cue.start_seconds)} --> {clock(cue.end_seconds)}\n{voice}{words}"


def _escape(text: str) -> str:
    """No `<`, `&` or `>` stays bare: an arrow would end the cue, a tag would swallow words."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
