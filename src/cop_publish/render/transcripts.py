"""The transcripts of an episode, each kind written from the one list of cues, in published time.

WebVTT comes first in the feed, so that apps choose it: it alone says who speaks in a way of its own.  A cue
without words is left out of all of them.  Equal cues give equal bytes.
"""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.output import SHORT_LIVED, FileClass, Headers, PublicFile
from cop_publish.core.revoiced import told_cues
from cop_publish.render.chapters import clock, rounded
from cop_publish.render.transcript_page import transcript_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cop_publish.core.model import ClearedEpisode, Cue
    from cop_publish.settings import SiteSettings

# What the podcast namespace recommends at most.
LINE_LENGTH = 65  # of WebVTT
CARD_LENGTH = 32  # of SubRip
CARD_LINES = 2


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of transcript; `captions`: it has times for every few words."""

    extension: str
    media_type: str
    captions: bool
    write: Callable[[ClearedEpisode, SiteSettings], bytes]


def transcript_files(episode: ClearedEpisode, site: SiteSettings) -> Iterator[PublicFile]:
    """Every transcript of an episode that has cues."""
    for kind in KINDS if episode.cues else ():
        yield PublicFile(
            routes.episode_transcript(episode, kind.extension),
            kind.write(episode, site),
            Headers(f"{kind.media_type}; charset=utf-8", SHORT_LIVED),
            FileClass.PAGE,
            frozenset({episode.id}),
        )


def webvtt(cues: Iterable[Cue]) -> bytes:
    """Write WebVTT with a voice tag in every cue, so that apps show who speaks."""
    return "\n\n".join(["WEBVTT", *map(_webvtt_cue, _with_words(cues))]).encode() + b"\n"


def subrip(cues: Iterable[Cue]) -> bytes:
    """Write SubRip: cards of two short lines, and `Name:` where another person begins to speak."""
    cards: list[str] = []
    speaker = ""
    for cue in _with_words(cues):
        for start, end, lines in _cards(cue, _one_line(cue.speaker), speaker):
            times = f"{clock(start)} --> {clock(end)}".replace(".", ",")
            cards.append("\n".join([str(len(cards) + 1), times, *lines]))
        speaker = _one_line(cue.speaker)
    return ("\n\n".join(cards) + "\n").encode()


def json_transcript(cues: Iterable[Cue]) -> bytes:
    """Write the podcast namespace's JSON, version 1.0.0: a segment for each cue, one on each line."""
    segments = ",\n".join(
        json.dumps(
            {
                **({"speaker": _one_line(cue.speaker)} if cue.speaker.strip() else {}),
                "startTime": rounded(cue.start_seconds),
                "endTime": rounded(cue.end_seconds),
                "body": _one_line(cue.text),
            },
            ensure_ascii=False,
        )
        for cue in _with_words(cues)
    )
    return f'{{"version": "1.0.0", "segments": [\n{segments}\n]}}\n'.encode()


KINDS = (
    Kind("vtt", "text/vtt", captions=True, write=lambda episode, _: webvtt(told_cues(episode))),
    Kind("srt", "application/x-subrip", captions=True, write=lambda episode, _: subrip(told_cues(episode))),
    Kind(
        "json",
        "application/json",
        captions=False,
        write=lambda episode, _: json_transcript(told_cues(episode)),
    ),
    Kind("html", "text/html", captions=False, write=transcript_page),
)


def _with_words(cues: Iterable[Cue]) -> Iterator[Cue]:
    return (cue for cue in cues if cue.text.strip())


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _webvtt_cue(cue: Cue) -> str:
    # Without break_on_hyphens a long word or address stays whole, and may stand out of its line.
    lines = textwrap.wrap(_one_line(cue.text), LINE_LENGTH, break_long_words=False, break_on_hyphens=False)
    words = "\n".join(_escape(line) for line in lines)
    voice = f"<v {_escape(_one_line(cue.speaker))}>" if cue.speaker.strip() else ""
    return f"{clock(cue.start_seconds)} --> {clock(cue.end_seconds)}\n{voice}{words}"


def _escape(text: str) -> str:
    """No `<`, `&` or `>` stays bare: an arrow would end the cue, a tag would swallow words."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_LIKE_NAME = re.compile(r"[^:]{1,80}:(?:\s|$)")
_LIKE_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def _cards(cue: Cue, speaker: str, before: str) -> Iterator[tuple[float, float, list[str]]]:
    """Cut a cue into cards, each with as much of its time as it has of its letters."""
    words = _harmless(_one_line(cue.text))
    # Words like "Note: …" would be taken for a name, so they never come first.
    label = f"{_harmless(speaker)}: " if speaker and (speaker != before or _LIKE_NAME.match(words)) else ""
    lines = _card_lines(words, label)
    cards = [lines[n : n + CARD_LINES] for n in range(0, len(lines), CARD_LINES)]
    start, end = round(cue.start_seconds * 1000), round(cue.end_seconds * 1000)  # milliseconds
    if end - start < len(cards):  # no time for more than one
        cards = [lines]
    # One at least: a name on a line of its own has lost the space behind it.
    letters = [max(1, count - len(label)) for count in accumulate(sum(map(len, card)) for card in cards)]
    before_it = start
    for left, (card, count) in enumerate(zip(cards, letters, strict=True), 1 - len(cards)):
        edge = start + (end - start) * count // letters[-1]
        edge = min(max(edge, before_it + 1), end + left)  # at least a millisecond for each
        yield before_it / 1000, edge / 1000, card
        before_it = edge


def _card_lines(words: str, label: str) -> list[str]:
    """Keep the name before the words whole: apps look for it in the first line alone."""
    first = words.split(" ", 1)[0]
    if len(label) + len(first) > CARD_LENGTH:
        return [*([label.rstrip()] if label else []), *_wrapped(words, "")]
    return _wrapped(words, label)


def _wrapped(words: str, indent: str) -> list[str]:
    return textwrap.wrap(
        words, CARD_LENGTH, initial_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _harmless(words: str) -> str:
    """SubRip knows no escape: what players would take for a tag or an arrow is written with other signs."""
    return _LIKE_TAG.sub("‹", words).replace("-->", "→").replace("{\\", "(\\")  # noqa: RUF001 - on purpose
