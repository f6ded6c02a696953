"""Read WebVTT (W3C Candidate Recommendation, section 4) and what Zoom and Teams make of it.

Zoom numbers its cues and writes ``Marguerite Example: words``; Teams calls them by long identifiers and
writes ``<v Marguerite Example>words</v>``, several lines and voices in a cue.  In both, people talk at once,
so times overlap.  A file of one's own hand has IDs for voices, no identifiers, and its times in order.
"""

from __future__ import annotations

import re

from cop_publish.core.cue_blocks import ARROW, BlockReader, Dialect
from cop_publish.core.spoken import Found, Manner
from cop_publish.core.values import PERSON_ID

_TIMESTAMP = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_FIX_TIMES = "Write `00:01:02.000 --> 00:01:05.500`."
_COMMA = "the times of this cue have a comma, as SubRip writes them"
_WEBVTT = Dialect(
    times=re.compile(rf"[ \t]*{_TIMESTAMP}[ \t]+-->[ \t]+{_TIMESTAMP}(?:[ \t]+\S.*)?[ \t]*"),
    bad_times=((re.compile(r"\d,\d{3}"), _COMMA, "Write a full stop instead."),),
    fix_times=_FIX_TIMES,
    identifier=re.compile(r".*"),
    not_kept=re.compile(r"NOTE(?:[ \t].*)?|(?:STYLE|REGION)[ \t]*"),
    tag=re.compile(
        r"<(?:/?(?:[cibu]|ruby|rt|lang)(?:[.\s][^<>]*)?"
        r"|(?:\d{2,}:)?\d\d:\d\d\.\d{3}"
        r"|(?P<closes>/v)"
        r"|(?P<opens>v)(?:\.[^\s<>]*)?(?:\s(?P<voice>[^<>]*))?)>"
    ),
    loose_bracket="<",
)
_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_NUMBER = re.compile(r"\d+")
_LONG_IDENTIFIER = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?:/\d+-\d+)?")


def read_webvtt(text: str, path: str) -> Found:
    """Give everything that is said, in file order, and everything that is wrong."""
    found = Found(path)
    lines = text.split("\n")
    if not _HEADER.fullmatch(lines[0]):
        found.problem(1, *_no_header(text))
        return found
    _header(lines, found)
    reader = BlockReader(found, _WEBVTT)
    reader.read(lines, after=1)
    voices = [spoken.voice for spoken in found.spoken if spoken.voice is not None]
    has_names = any(not PERSON_ID.fullmatch(voice) for voice in voices)
    found.manner = Manner.BY_MACHINE if has_names or _are_a_machines(reader.identifiers) else Manner.BY_HAND
    found.names_in_words = not voices
    return found


def _no_header(text: str) -> tuple[str, str]:
    if not text.strip():
        return "this transcript is empty", "Write `WEBVTT`, a blank line and the cues, or delete the file."
    return "this is not WebVTT: its first line is not `WEBVTT`", (
        "Write `WEBVTT` alone on the first line, then a blank line; a SubRip file is called transcript.srt."
    )


def _header(lines: list[str], found: Found) -> None:
    """Check the lines up to the first blank one; their words are never kept."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            return
        found.refuse_mark(number, line)
        if ARROW in line:
            found.problem(number, "a cue starts inside the header", "Put a blank line after `WEBVTT`.")


def _are_a_machines(identifiers: list[str]) -> bool:
    kinds = (_NUMBER, _LONG_IDENTIFIER)
    return bool(identifiers) and all(any(kind.fullmatch(i) for kind in kinds) for i in identifiers)
