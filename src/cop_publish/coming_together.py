"""Who could be told from the rest in what a rollback brings back: weighed as before any publish.

A release was weighed before it was published, but an allow of it may have ended since, and a withdrawal asks
nothing.  Which meeting an item comes from is what the workspace says today; an item that is no longer there
is not asked about, and neither is a release of an older cop-publish, which wrote down nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.jigsaw import jigsaws_of_release
from cop_publish.core.key_places import place_of
from cop_publish.core.model import MeetingDraft, PageDraft

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from cop_publish.core.consents import Consents, PersonId
    from cop_publish.core.jigsaw import Jigsaw
    from cop_publish.core.problems import Place
    from cop_publish.intake.workspace import ItemRead, Workspace
    from cop_publish.storage.prepare import Prepared


def coming_together(
    ready: Prepared, workspace: Workspace, consents: Consents, hosts: Iterable[PersonId], *, today: date
) -> tuple[Jigsaw, ...]:
    """Find the jigsaws of all that would be public."""
    keys = {entry.key for entry in ready.plan.result.entries}
    there = [item for item in workspace.items if item.address.is_among(keys)]
    places = dict(_from_meetings(there))
    return tuple(jigsaws_of_release(ready.relied or (), places, consents, hosts, today=today))


def _from_meetings(items: list[ItemRead]) -> Iterator[tuple[tuple[str, str], Place]]:
    """Each item with its meeting, and each meeting with itself, as far as both are among these."""
    drafts = [item.draft for item in items if item.draft is not None]
    meetings = {draft.id for draft in drafts if isinstance(draft, MeetingDraft)}
    for draft in drafts:
        if isinstance(draft, MeetingDraft):
            yield (draft.id, draft.id), place_of(draft, "people")
        elif not isinstance(draft, PageDraft) and draft.meeting in meetings:
            yield (draft.id, draft.meeting), place_of(draft, "meeting")
