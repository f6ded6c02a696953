"""Who is credited in an episode and has taken back their voice: their cues go, and the episode stays.

A voice that was never agreed to refuses the episode, lest a forgotten record should quietly take a guest out
of it.  One that was taken back, by a day in the record, is no slip: the transcript says where they speak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.consents import THEIR_VOICE, PersonId, TakenBack
from cop_publish.core.key_places import place_of
from cop_publish.core.problems import Matter, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cop_publish.core.consents import Consent
    from cop_publish.core.model import EpisodeDraft
    from cop_publish.core.problems import Problems


def silenced_in(
    draft: EpisodeDraft, consent: Callable[[PersonId], Consent]
) -> tuple[frozenset[PersonId], Problems]:
    """Give them, and a problem for each who is heard where no cue says."""
    records = [consent(person) for person in draft.people]
    silent = frozenset(r.person for r in records if _is_silenced(r, draft))
    return silent, tuple(_nowhere(draft, silent))


def _is_silenced(record: Consent, draft: EpisodeDraft) -> bool:
    taken_back = record.withdrawn_on is not None and TakenBack.VOICE in record.withdrawn
    return taken_back and record.missing_voice(draft.revoiced) == THEIR_VOICE


def _nowhere(draft: EpisodeDraft, silent: frozenset[PersonId]) -> Iterator[Problem]:
    for person in sorted(silent - {cue.speaker for cue in draft.cues if cue.speaker}):
        what = f"{person} took their voice back, and no cue of the transcript says where they speak"
        fix = "Write `<v ID>` before their words; or cut them in edit.yaml, and take the ID out of `people`."
        yield Problem(place_of(draft, "people", person), what, fix, Matter.CONSENT)
