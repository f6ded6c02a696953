"""What a release relied on: who had agreed to what, in each item that it shows.

Kept with the release, by IDs, so that going back to it can be held against the registry of that day, in
whatever way a yes was lowered since: by a day of withdrawal, by an expiry, or by another word in the file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cop_publish.core.consents import Level, PersonId
from cop_publish.core.model import EpisodeDraft
from cop_publish.core.present import pictured_in, present_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from cop_publish.core.consents import Consent, Consents
    from cop_publish.core.model import Draft
    from cop_publish.core.view import View


@dataclass(frozen=True, slots=True, order=True)
class Relied:
    """What one person had agreed to in one item, as far as the item shows it."""

    item: str
    person: PersonId
    level: int
    words: bool
    voice: bool
    photo: bool
    display_sha256: str  # the first 64 bits, of the agreed words; empty: a label
    view_sha256: str = ""  # the first 64 bits, of what they must sign off; empty: they need not, or not known
    revoiced: bool = False  # their words are heard in another voice

    def row(self) -> list[Any]:
        """As a record keeps it."""
        kept = [self.item, self.person, self.level, self.words, self.voice, self.photo, self.display_sha256]
        return [*kept, self.view_sha256, *([True] if self.revoiced else [])]

    def lost(self, now: Consent) -> str:
        """What of it is no longer agreed to; empty: all still is."""
        if now.level < self.level:
            return "what they are called"
        if self.words and not now.words:
            return "their words"
        if self.voice and not now.voice:
            return "their voice"
        if self.revoiced and not (now.revoiced or now.voice):
            return "their words in another voice"
        if self.photo and not now.photo:
            return "their photograph"
        other = now.level == self.level and self.display_sha256 != digest_of(now.display)
        return "the words that they were called by" if other and self.level > Level.ANONYMOUS else ""


def digest_of(display: str) -> str:
    """Of agreed words; they were public, and a release should not hold them once they are not."""
    return hashlib.sha256(display.encode()).hexdigest()[:16] if display else ""


def relied_on(
    drafts: Iterable[Draft], consents: Consents, views: Iterable[View], *, today: date
) -> tuple[Relied, ...]:
    """What the items that are public rely on, of everyone in them; `views`: what must be signed off."""
    shown = {(view.item, view.person): view.digest[:VIEW_DIGITS] for view in views}
    rows = (row for draft in drafts for row in _rows(draft, consents, today))
    return tuple(sorted(replace(row, view_sha256=shown.get((row.item, row.person), "")) for row in rows))


def is_as_published(view: View, relied: Iterable[Relied]) -> bool:
    """Whether what somebody must sign off is exactly what a release already shows of them."""
    mine = (row for row in relied if (row.item, row.person) == (view.item, view.person))
    return any(row.view_sha256 == view.digest[:VIEW_DIGITS] for row in mine)


VIEW_DIGITS = 16


def _rows(draft: Draft, consents: Consents, today: date) -> Iterator[Relied]:
    pictured = pictured_in(draft)
    heard: set[PersonId | None] = set()
    revoiced = getattr(draft, "revoiced", ())
    if isinstance(draft, EpisodeDraft):
        heard = {*draft.people, *(cue.speaker for cue in draft.cues)}
    for person in present_in([draft])[draft.id]:
        now = consents.of(person, draft.id, today=today)
        yield Relied(
            draft.id,
            person,
            int(now.level),
            now.words,
            now.voice and person in heard,
            now.photo and person in pictured,
            digest_of(now.display),
            revoiced=person in revoiced,
        )


def lost_since(
    relied: Iterable[Relied], consents: Consents, *, today: date
) -> dict[PersonId, tuple[str, str]]:
    """By person, the first item in which something is no longer agreed to, and what that is."""
    found: dict[PersonId, tuple[str, str]] = {}
    for row in relied:
        what = row.lost(consents.of(row.person, row.item, today=today))
        if what:
            found.setdefault(row.person, (row.item, what))
    return found
