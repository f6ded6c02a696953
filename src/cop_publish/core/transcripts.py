"""Read the transcript of an episode, of whichever kind: text in, cues and chapters in source time out.

``transcript.vtt`` is WebVTT, ``transcript.srt`` SubRip and ``transcript.json`` that of Podcasting 2.0.  Words
are never lost: cues of meeting software that overlap are sorted and left as long as they are, so that what is
marked in one covers all of its sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cop_publish.core.front_matter import check_characters
from cop_publish.core.json_transcript import read_json_transcript
from cop_publish.core.model import ChapterDraft, CueDraft
from cop_publish.core.spoken import Found, Manner
from cop_publish.core.subrip import read_subrip
from cop_publish.core.timecode import exact
from cop_publish.core.voices import who_speaks
from cop_publish.core.webvtt import read_webvtt

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from cop_publish.core.consents import PersonId
    from cop_publish.core.problems import Problems

_READERS: dict[str, Callable[[str, str], Found]] = {
    "transcript.vtt": read_webvtt,
    "transcript.srt": read_subrip,
    "transcript.json": read_json_transcript,
}
NAMES = tuple(_READERS)  # the first is the one to write
FARTHEST_BACK_SECONDS = 60.0  # meeting software writes down late what was said early, but not by minutes


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a transcript says, in source time; `chapters` are those that stand in it as headings."""

    cues: tuple[CueDraft, ...] = ()
    chapters: tuple[ChapterDraft, ...] = ()
    name: str = NAMES[0]  # of its file


def transcripts_in(folder: str, files: Container[str]) -> tuple[str, ...]:
    """The transcripts of an episode's folder, by path; one is right, none and two are not."""
    return tuple(path for name in NAMES if (path := f"{folder}/{name}") in files)


def parse_transcript(
    text: str, path: str, alias: Callable[[str], PersonId | None]
) -> tuple[Transcript, Problems]:
    """Read a transcript and all that is wrong with it; with a problem no cue is to be used."""
    clean, deceiving = check_characters(text, path)
    if deceiving:
        return Transcript(), deceiving
    name = PurePosixPath(path).name
    found = _READERS[name](clean, path)
    cues = who_speaks(found, alias)
    if not cues and not found.problems:
        found.problem(1, "this transcript holds no cues", "Add cues, or delete the file.")
    _check_order(found)
    chapters = tuple(_chapters(found))
    if found.problems:
        return Transcript(), tuple(sorted(set(found.problems)))
    return Transcript(tuple(sorted(cues, key=lambda cue: cue.start_seconds)), chapters, name), ()


def _check_order(found: Found) -> None:
    last_start = last_end = 0.0
    for line, start, end in dict.fromkeys((s.cue, s.start_seconds, s.end_seconds) for s in found.spoken):
        if found.manner is Manner.BY_MACHINE:
            if start < last_start - FARTHEST_BACK_SECONDS:
                what = "this cue starts more than a minute before the one above it"
                found.problem(line.line, what, "Mend its times, or move it to where it was said.")
        elif start < last_start:
            what = "this cue starts before the one above it"
            found.problem(line.line, what, "Put the cues in order of time.")
        elif start < last_end:
            times = f"at {exact(start)}, before the one above it ends at {exact(last_end)}"
            found.problem(line.line, f"this cue starts {times}", "Move one of the two times.")
        last_start, last_end = start, max(end, last_end)


def _chapters(found: Found) -> Iterator[ChapterDraft]:
    """A chapter begins with the cue below its heading."""
    headed = [h for h in found.headings if h.before < len(found.spoken)]
    starts = [found.spoken[heading.before].start_seconds for heading in headed]
    for heading, before, start in zip(headed, [-1.0, *starts], starts, strict=False):
        if start <= before:
            what = "this heading's chapter does not start after the one before it"
            found.problem(heading.title.where.line, what, "Put a cue between the two, or delete one of them.")
    yield from (ChapterDraft(s, h.title, "", h.title.where) for h, s in zip(headed, starts, strict=True))
