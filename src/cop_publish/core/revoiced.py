"""A voice that is another's: listeners and readers are told whose words somebody else reads (facts 1.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cop_publish.core.key_places import place_of
from cop_publish.core.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cop_publish.core.consents import PersonId
    from cop_publish.core.model import ClearedEpisode, Cue, EpisodeDraft


def not_listed(draft: EpisodeDraft) -> Iterator[Problem]:
    """A problem for each whose words another voice is said to read, and who is nobody of the episode."""
    for person in (p for p in draft.revoiced if p not in draft.people):
        what = f"`revoiced` lists {person}, who is not in `people`"
        yield Problem(place_of(draft, "revoiced", person), what, "Correct the ID, or add it to `people`.")


def labels_of(draft: EpisodeDraft, cues: Iterable[Cue], label: Callable[[PersonId], str]) -> tuple[str, ...]:
    """What they are called whose words somebody else reads: of a transcript, those who are still heard."""
    heard = {cue.speaker for cue in cues}
    labels = (label(person) for person in draft.people if person in draft.revoiced)
    return tuple(words for words in labels if words in heard or not draft.cues)


def sentence(labels: Iterable[str]) -> str:
    """Say it of all of them; empty where everybody is heard in their own voice."""
    whose = [f"of {' '.join(label.split())}" for label in labels]
    listed = " and ".join([", ".join(whose[:-1]), whose[-1]] if whose[1:] else whose)
    return f"The words {listed} are read by somebody else." if whose else ""


def told_cues(episode: ClearedEpisode) -> Iterator[Cue]:
    """Give the cues, and say it where each of them is first heard: apps show nothing else of a transcript."""
    left = set(episode.revoiced)
    for cue in episode.cues:
        if cue.speaker in left and cue.text.strip():
            left.remove(cue.speaker)
            yield replace(cue, text=f"[{sentence([cue.speaker])}] {cue.text}")
        else:
            yield cue
