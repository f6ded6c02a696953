"""Who is credited in an episode and has taken back their voice: their cues go, and the episode stays.

A voice that was never agreed to refuses the episode, lest a forgotten record should quietly take a guest out
of it.  One that was taken back, by a day in the record, is no slip: the transcript says where they speak.

Who has taken back what they are called, or whose yes to it has run out, must not be called so in the sound
either.  `@{ID}` in a cue gives other words in the text, and the recording still says what it said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.core.consents import THEIR_VOICE, PersonId, TakenBack
from cop_publish.core.problems import Matter, Problem
from cop_publish.core.values import PERSON_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cop_publish.core.consents import Consent
    from cop_publish.core.edits import Gone
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
        yield Problem(draft.where, what, fix, Matter.CONSENT)


_REFERENCE = re.compile(r"@\{(" + PERSON_ID.pattern + r")\}")


def still_called(
    draft: EpisodeDraft, gone: Gone, consent: Callable[[PersonId], Consent]
) -> Iterator[Problem]:
    """A problem for each cue that is heard and calls somebody what they no longer agree to."""
    for cue in draft.cues:
        if gone.all_of(cue.start_seconds, cue.end_seconds):
            continue
        for person in map(PersonId, dict.fromkeys(_REFERENCE.findall(cue.text.raw))):
            record = consent(person)
            if record.withdrawn_on is not None and TakenBack.ATTRIBUTION in record.withdrawn:
                what = f"{person} took back what they are called, and this cue still says it in the sound"
                yield Problem(cue.text.where, what, _GO, Matter.CONSENT)
            elif record.lapsed:
                what = f"{person} agreed to what they are called until {record.expires_on}"
                what += ", and this cue still says it in the sound"
                yield Problem(cue.text.where, what, f"{_GO} Or ask them anew.", Matter.CONSENT)


_GO = "Mark the words, `[[confidential: …]]`: the whole cue goes, its sound too. Or cut it."
