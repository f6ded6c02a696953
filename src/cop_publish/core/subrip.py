"""Read SubRip (.srt), which has no standard: numbers or none, commas or stops, and the tags of many players.

Who speaks stands before the words, ``p-7f3k: words``, or as in WebVTT, ``<v p-7f3k>words``.
"""

from __future__ import annotations

import re

from cop_publish.core.cue_blocks import BlockReader, Dialect
from cop_publish.core.spoken import Found

# A fraction of one or two digits is refused: some tools drop the zeros at its end, others those in front.
_TIMESTAMP = r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)(?:[,.](\d{3}))?"
_SUBRIP = Dialect(
    times=re.compile(rf"[ \t]*{_TIMESTAMP}[ \t]*-->[ \t]*{_TIMESTAMP}(?:[ \t]+\S.*)?[ \t]*"),
    bad_times=(),
    fix_times="Write `00:01:02,000 --> 00:01:05,500`.",
    identifier=re.compile(r"\s*\d+\s*"),
    not_kept=re.compile(r"NOTE(?:[ \t].*)?"),
    tag=re.compile(
        r"<(?:/?(?:[bius]|font)(?:\s[^<>]*)?"
        r"|(?P<closes>/v)"
        r"|(?P<opens>v)\s(?P<voice>[^<>]*))>"
        r"|\{\\[^{}]*\}|\{/?[bius]\}",
        re.IGNORECASE,
    ),
    loose_bracket="",
)


def read_subrip(text: str, path: str) -> Found:
    """Give everything that is said, in file order, and everything that is wrong."""
    found = Found(path, names_in_words=True)
    if text.startswith("WEBVTT"):
        found.problem(1, "this is WebVTT", "Call the file transcript.vtt.")
    elif not text.strip():
        found.problem(1, "this transcript is empty", "Write the cues, or delete the file.")
    else:
        BlockReader(found, _SUBRIP).read(text.split("\n"))
    return found
