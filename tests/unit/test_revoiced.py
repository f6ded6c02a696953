"""Listeners and readers are told whose words somebody else reads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from samples import EPISODE

from cop_publish.core.model import Cue
from cop_publish.core.revoiced import sentence, told_cues

ADVISER = "a policy adviser in central government"


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ((), ""),
        ((ADVISER,), f"The words of {ADVISER} are read by somebody else."),
        (("a\n contributor", "Siân"), "The words of a contributor and of Siân are read by somebody else."),
        (("A", "B", "C"), "The words of A, of B and of C are read by somebody else."),
    ],
)
def test_the_sentence_says_it_of_everybody_in_their_agreed_words(labels: tuple[str, ...], said: str) -> None:
    assert sentence(labels) == said


def test_a_transcript_says_it_once_where_each_of_them_is_first_heard() -> None:
    host, silent = Cue(0, 1, "Alys Example", "Hello."), Cue(1, 2, ADVISER, " ")
    cues = (host, silent, Cue(2, 3, ADVISER, "Yes."), Cue(3, 4, ADVISER, "No."))
    told = list(told_cues(replace(EPISODE, cues=cues, revoiced=(ADVISER,))))
    assert told[:2] == [host, silent]
    assert told[2] == replace(cues[2], text=f"[The words of {ADVISER} are read by somebody else.] Yes.")
    assert told[3] == cues[3]
    assert list(told_cues(replace(EPISODE, cues=cues))) == list(cues)
