"""A transcript as people read it: cues gathered into turns, and turns under their chapters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.core.model import Chapter, Cue

# A long answer gets a paragraph, and a time to jump to, at least this often.
PARAGRAPH_SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One person's words without a break; `speaker` is empty where they go on after a paragraph."""

    speaker: str
    cues: tuple[Cue, ...]

    @property
    def start_seconds(self) -> float:
        return self.cues[0].start_seconds


@dataclass(frozen=True, slots=True)
class Part:
    """The turns of a chapter; `chapter` is None before the first one, or where there are none."""

    chapter: Chapter | None
    turns: tuple[Turn, ...]


def parts(cues: tuple[Cue, ...], chapters: tuple[Chapter, ...]) -> tuple[Part, ...]:
    """The whole transcript, every cue once and in order."""
    starts = [c.start_seconds for c in chapters]
    gathered: list[tuple[Chapter | None, list[Cue]]] = [(None, []), *((c, []) for c in chapters)]
    for cue in cues:
        # A cue belongs to the chapter in which most of it is heard.
        middle = (cue.start_seconds + cue.end_seconds) / 2
        gathered[sum(start <= middle for start in starts)][1].append(cue)
    return tuple(Part(chapter, tuple(_turns(found))) for chapter, found in gathered if found)


def _turns(cues: list[Cue]) -> Iterator[Turn]:
    speaker, gathered = "", list["Cue"]()
    said = ""
    for cue in cues:
        another = cue.speaker != speaker
        long = gathered and cue.end_seconds - gathered[0].start_seconds > PARAGRAPH_SECONDS
        if gathered and (another or long):
            yield Turn("" if said == speaker else speaker, tuple(gathered))
            said, gathered = speaker, []
        speaker = cue.speaker
        gathered.append(cue)
    if gathered:
        yield Turn("" if said == speaker else speaker, tuple(gathered))
