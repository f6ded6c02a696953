"""Checks across items: what is used twice, what leads nowhere, what must never come back."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cop_publish.core.model import Cleared, ClearedEpisode, ClearedMeeting, ClearedPost
from cop_publish.core.problems import Place, Problem, Problems
from cop_publish.core.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cop_publish.core.model import Draft


def check_unique(drafts: Iterable[Draft]) -> Problems:
    """Report an id (case aside: a Mac's disk takes both for one) or a guid that two items use."""
    ids: dict[str, list[Place]] = defaultdict(list)
    guids: dict[str, list[Place]] = defaultdict(list)
    for draft in drafts:
        ids[f"{type(draft).__name__} {draft.id.casefold()}"].append(draft.where)
        guid = getattr(draft, "guid", "")
        if guid:
            guids[guid.strip().casefold()].append(draft.where)
    return (
        *_twice(ids, "has a name that {first} has too", "Rename one of the two."),
        *_twice(
            guids,
            "has the guid of {first}",
            "Give the newer one a guid of its own; apps show only one of them.",
        ),
    )


def check_links(
    cleared: Iterable[Cleared], withdrawn: frozenset[str], places: Mapping[str, Place]
) -> Problems:
    """Report a meeting that is not there, and an item that was withdrawn."""
    items = tuple(cleared)
    meetings = {c.id for c in items if isinstance(c, ClearedMeeting)}
    problems = []
    for item in items:
        where = places[item.id]
        if isinstance(item, ClearedEpisode | ClearedPost):
            if item.meeting and item.meeting not in meetings:
                close = suggest(item.meeting, meetings)
                hint = f"Did you mean `{close}`?" if close else "Remove the key, or add the meeting."
                problems.append(Problem(where, "`meeting` names a meeting that is not public here", hint))
            if item.guid in withdrawn:
                problems.append(
                    Problem(where, "its guid was withdrawn and can never come back", "Remove the item.")
                )
    return tuple(problems)


def check_addresses(keys: Iterable[tuple[str, Place]]) -> Problems:
    """Report two items with one address, and an address that is both a file and a folder."""
    seen: dict[str, list[Place]] = defaultdict(list)
    for key, place in keys:
        seen[key.casefold()].append(place)
    folders = {key.rsplit("/", n)[0] for key in seen for n in range(1, key.count("/") + 1)}
    clash = [
        Problem(places[0], "its address is also a folder", "Change its slug.")
        for k, places in seen.items()
        if k in folders
    ]
    return (*_twice(seen, "has the same address as {first}", "Change the slug of one of the two."), *clash)


def _twice(seen: Mapping[str, list[Place]], what: str, fix: str) -> Problems:
    return tuple(
        Problem(place, what.format(first=places[0].path), fix)
        for places in seen.values()
        for place in places[1:]
    )
