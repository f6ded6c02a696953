"""One mark removes text and sound: the ranges of a recording that its transcript says must go.  Pure.

A cue goes whole, and `PAD_SECONDS` on either side,

- where a passage of it is marked;
- where it calls somebody by ``@{ID}`` who is not named: agreed words can take a name's place in the text, and
  the sound would still say it.  Where the sound itself has the agreed words, so has the transcript;
- where it has words that somebody in the item was called by and no longer agrees to;
- where somebody speaks whose voice may not be heard and who is not in `people`, or took it back
  (`silenced.py`).  Whoever else is credited waits for their yes instead, lest a forgotten record should
  quietly take a guest out of their own episode.

Where somebody else speaks meanwhile, no rule can tell what would be lost: that needs a human who listens.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from cop_publish.core.edits import gone_by
from cop_publish.core.folding import folded
from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience
from cop_publish.core.pieces import mentioned_in
from cop_publish.core.problems import Matter, Problem
from cop_publish.core.timecode import exact
from cop_publish.core.timeline import Cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cop_publish.core.consents import PersonId
    from cop_publish.core.edits import Edit
    from cop_publish.core.model import CueDraft, EpisodeDraft
    from cop_publish.core.problems import Place

PAD_SECONDS = 0.15  # transcripts begin a cue a little late, and end it a little early
TOGETHER_SECONDS = 0.15  # two cues that overlap by more are two people speaking at once


@dataclass(frozen=True, slots=True)
class May:
    """What people agreed to, as far as a sound can tell; True of whom the registry does not know."""

    be_heard: Callable[[PersonId], bool]
    be_named: Callable[[PersonId], bool]
    former: tuple[str, ...] = ()  # words that somebody in the item was called by and no longer agrees to


@dataclass(frozen=True, slots=True)
class Derived:
    """What must go of an episode: `edit` with the ranges of its cues, and the same with their padding.

    Times are checked against the first: a chapter may begin with the cue behind one that goes.
    """

    edit: Edit
    padded: Edit
    places: tuple[Place, ...]  # of the cues that go
    problems: tuple[Problem, ...]


def derive(draft: EpisodeDraft, may: May, silenced: frozenset[PersonId] = frozenset()) -> Derived:
    """Find the cues that must go, beyond those that the edit list takes out already.

    `silenced`: who took their voice back.
    """
    waiting = frozenset(draft.people) - silenced
    gone = gone_by(draft.edit)
    heard = [c for c in draft.cues if not gone.all_of(c.start_seconds, c.end_seconds)]
    going = [c for c in heard if _must_go(c, waiting, may)]
    spoken_over = {id(cue) for cue in _spoken_over(going, heard)}
    alone = [c for c in going if id(c) not in spoken_over]
    problems = tuple(_needs_a_look(c) for c in going if id(c) in spoken_over)
    edit, padded = (_with(draft.edit, alone, by_seconds=pad) for pad in (0.0, PAD_SECONDS))
    return Derived(edit, padded, tuple(cue.text.where for cue in alone), problems)


def _must_go(cue: CueDraft, waiting: frozenset[PersonId], may: May) -> bool:
    marked, problems = apply_marks(cue.text, Audience.PUBLIC)
    if problems or marked is None:
        return False  # a damaged mark is refused where the cue is cleared
    unheard = cue.speaker is not None and cue.speaker not in waiting and not may.be_heard(cue.speaker)
    called = not all(map(may.be_named, mentioned_in(marked.words)))
    return bool(marked.withheld) or unheard or called or any(_says(marked.words, said) for said in may.former)


def _says(words: str, said: str) -> bool:
    return b" %s " % folded(said).strip() in b" %s " % folded(words).strip()


def _spoken_over(going: Sequence[CueDraft], heard: Iterable[CueDraft]) -> Iterator[CueDraft]:
    """Each cue that goes while one that stays is heard; of those only the ones near it are looked at."""
    leaving = {id(cue) for cue in going}
    staying = sorted((c for c in heard if id(c) not in leaving), key=lambda cue: cue.start_seconds)
    starts = [cue.start_seconds for cue in staying]
    reached = list(accumulate((cue.end_seconds for cue in staying), max))  # by any of them so far
    for cue in going:
        start, end = cue.start_seconds, cue.end_seconds
        near = staying[bisect_right(reached, start) : bisect_left(starts, end)]
        if any(min(end, c.end_seconds) - max(start, c.start_seconds) > TOGETHER_SECONDS for c in near):
            yield cue


def _needs_a_look(cue: CueDraft) -> Problem:
    span = f"{{from: {exact(cue.start_seconds)}, to: {exact(cue.end_seconds)}}}"
    what = "this cue must go from the sound, and somebody else is heard meanwhile"
    fix = f"Listen, and cut what must go in edit.yaml yourself; all of this cue is {span}."
    return Problem(cue.text.where, what, fix, Matter.LOOK)


def _with(edit: Edit, cues: Iterable[CueDraft], *, by_seconds: float) -> Edit:
    """The edit list with the ranges of these cues too; they may overlap others (`timeline_of`)."""
    ranges = [
        Cut(
            max(cue.start_seconds - by_seconds, 0.0),
            cue.end_seconds + by_seconds,
            edit.marked,
            cue.text.where,
        )
        for cue in cues
    ]
    return replace(edit, cuts=tuple(sorted([*edit.cuts, *ranges], key=lambda cut: cut.start_seconds)))
