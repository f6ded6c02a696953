"""Which cues keep their words although something next to them goes from the sound.

What goes beside a cue takes `PAD_SECONDS` more on either side, and transcripts let cues overlap a little.
The pad stays, for it keeps the last syllable of what must go from being heard; but nobody's sentence goes
with it while most of it can be heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core.edits import gone_by

if TYPE_CHECKING:
    from cop_publish.core.derived import Derived
    from cop_publish.core.edits import Edit, Gone
    from cop_publish.core.model import CueDraft

LITTLE_SECONDS = 0.15  # of a cue may go with its words staying: people cut a little into words
LEAST_HEARD = 0.5  # of a cue, for its words to stay beside a range that takes its pad from it


@dataclass(frozen=True, slots=True)
class Heard:
    """What goes of a recording: by the edit list alone, with the marked cues, and with their pads too."""

    by_hand: Gone
    exact: Gone
    padded: Gone

    def has_any(self, cue: CueDraft) -> bool:
        """Whether something of a cue is heard."""
        return not self.padded.all_of(cue.start_seconds, cue.end_seconds)

    def keeps_words(self, cue: CueDraft) -> bool:
        """Whether so much of a cue is heard that its words stay."""
        start, end = cue.start_seconds, cue.end_seconds
        left = end - start - self.padded.seconds(start, end)
        return self.exact.seconds(start, end) <= LITTLE_SECONDS and left >= LEAST_HEARD * (end - start)

    def is_crowded_out(self, cue: CueDraft) -> bool:
        """Whether a cue loses its words to the marks beside it, and not to the edit list."""
        start, end = cue.start_seconds, cue.end_seconds
        return not self.keeps_words(cue) and self.by_hand.seconds(start, end) <= LITTLE_SECONDS


def heard_of(by_hand: Edit, derived: Derived) -> Heard:
    """Say what is heard of a recording once its edit list and its marks have been followed."""
    return Heard(gone_by(by_hand), gone_by(derived.edit), gone_by(derived.padded))
