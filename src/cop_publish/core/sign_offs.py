"""Sign-off: a contributor's yes to their view.  Who must give one, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from cop_publish.core.consents import Level
from cop_publish.core.problems import Matter, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cop_publish.core.consents import Consent, PersonId
    from cop_publish.core.view import View


class Decision(StrEnum):
    """What a contributor answered."""

    APPROVED = "approved"
    CHANGES = "changes"
    LEFT_OUT = "left out"


class State(StrEnum):
    """Where an item stands with one person."""

    NOT_NEEDED = "not needed"
    SIGNED = "signed"
    NOT_ASKED = "no answer"
    STALE = "changed since"
    CHANGES = "wants changes"
    LEFT_OUT = "wants out"
    LOST = "answer lost"


@dataclass(frozen=True, slots=True)
class SignOff:
    """One answer, as the registry keeps it; the view itself is kept so that a change can be shown."""

    item: str
    person: PersonId
    digest: str  # of the view
    content: str = field(repr=False)  # the view's canonical text; empty: it showed somebody who was erased
    decision: Decision
    at: datetime  # aware
    how: str
    wording: str  # version of the page that they were shown
    remark: str = field(repr=False, default="")  # the changes that they asked for
    evidence: str = ""  # salted SHA-256 of what proves it, such as a message's ID: `salt:digest`


@dataclass(frozen=True, slots=True)
class SignOffs:
    """Every answer that the registry has, by item and person, oldest first."""

    answers: Mapping[tuple[str, PersonId], tuple[SignOff, ...]] = field(default_factory=dict)
    lost: frozenset[tuple[str, PersonId]] = frozenset()  # whose last answer the audit knows, and nobody has

    def of(self, item: str, person: PersonId) -> tuple[SignOff, ...]:
        return self.answers.get((item, person), ())

    def state_of(self, view: View) -> State:
        """Where an item stands with the person whose view this is."""
        if (view.item, view.person) in self.lost:
            return State.LOST
        return state_of(view, self.of(view.item, view.person))


def must_sign_off(consent: Consent, *, with_sound: bool) -> bool:
    """Whether this person must see and approve what is made of them.

    Someone named, with words and voice on file, need not unless they asked for it; where there is no sound
    to be heard, their words are all there is.  Everyone else must.
    """
    is_open = consent.level is Level.NAMED and consent.words and (consent.voice or not with_sound)
    return consent.sign_off or not is_open


def state_of(view: View, answers: tuple[SignOff, ...]) -> State:
    """Whether the last answer is a yes to just this view; an earlier one was to another draft."""
    if not answers:
        return State.NOT_ASKED
    last = answers[-1]
    if last.decision is Decision.LEFT_OUT:
        return State.LEFT_OUT
    is_same = (last.item, last.person, last.digest) == (view.item, view.person, view.digest)
    if last.decision is Decision.CHANGES and is_same:
        return State.CHANGES
    return State.SIGNED if is_same and last.decision is Decision.APPROVED else State.STALE


def lost_answer(item: str, person: PersonId) -> Problem:
    """Report an answer that was given and that the registry has no longer: by an older copy of its file."""
    file = f"signoffs/{item}/{person}.jsonl"
    what = f"an answer that {person} gave about {item} is missing from {file}, and the audit knows of it"
    ask = f"cop-publish sign-off {item} {person} --page FILE"
    fix = f"Bring that file back from a copy; or ask them again, and record what they say now: {ask}."
    return Problem(Place("registry/audit.jsonl"), what, fix, Matter.CONSENT)


def unsigned(view: View, state: State, where: Place) -> tuple[Problem, ...]:
    """What stands in the way of publishing, if anything; it is the contributor's move, but for changes."""
    ask = f"cop-publish sign-off {view.item} {view.person} --page FILE"
    said = {
        State.NOT_ASKED: (f"{view.person} has not signed off {view.item}", f"Show them their page: {ask}."),
        State.STALE: (
            f"what is public of {view.person} in {view.item} is not what they signed off last",
            f"Show them what changed: {ask}.",
        ),
        State.CHANGES: (
            f"{view.person} asked for changes to {view.item}",
            f"Make them, then show them the new page: {ask}.",
        ),
        State.LEFT_OUT: (
            f"{view.person} asked to be left out of {view.item}",
            "Take their words, their voice and their ID out of it.",
        ),
    }.get(state)
    if state is State.LOST:
        lost = lost_answer(view.item, view.person)
        said = (lost.what, lost.fix)
    return (Problem(where, *said, Matter.CONSENT),) if said else ()
