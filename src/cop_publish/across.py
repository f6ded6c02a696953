"""What is wrong between items: names, addresses and links that two of them share, and records of none."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from cop_publish.audio.faults import NO_RECORDING
from cop_publish.audio.receipt import NAME as RECEIPT
from cop_publish.core import routes
from cop_publish.core.checks import check_addresses, check_links, check_unique
from cop_publish.core.key_places import place_of_address
from cop_publish.core.model import Audience, Cleared, ClearedEpisode, PageDraft
from cop_publish.core.problems import Matter, Place, Problem, Problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cop_publish.core.consents import Consents
    from cop_publish.intake.workspace import ItemRead, Workspace
    from cop_publish.scope import Scope
    from cop_publish.settings import Settings


def faults_across(
    workspace: Workspace, cleared: Sequence[tuple[ItemRead, Cleared]], settings: Settings, scope: Scope
) -> list[Problem]:
    """Report what two items cannot both have, links to nothing, and episodes without a sound."""
    public = [item.draft for item in workspace.items if item.draft is not None]
    public = [d for d in public if isinstance(d, PageDraft) or d.audience is Audience.PUBLIC]
    drafts = {item.id: item.draft for item, _ in cleared if item.draft is not None}
    keys = [(routes.page(c, settings.site), place_of_address(drafts[c.id])) for _, c in cleared]
    return [
        *check_unique(public),
        *check_links((c for _, c in cleared), workspace.withdrawn_guids, drafts, scope.staying),
        *check_addresses(keys, workspace.withdrawn_paths),
        *(problem for _, c in cleared for problem in _without_sound(c, settings)),
    ]


def _without_sound(item: Cleared, settings: Settings) -> Iterator[Problem]:
    """Report an episode that nobody could hear; what is wrong with a recording shows when it is mastered."""
    if isinstance(item, ClearedEpisode) and item.recording is None:
        folder = f"episodes/{item.id}"
        if not (settings.root / folder / RECEIPT).is_file():
            fault = NO_RECORDING.at(f"{folder}/episode.md")
            yield replace(fault, matter=Matter.SOUND)


def sharing_a_name(items: Iterable[ItemRead]) -> list[Problem]:
    """Report items of one name, whatever they are and whomever they are for: consents go by that name."""
    by_name: dict[str, list[ItemRead]] = defaultdict(list)
    for item in items:
        by_name[item.id.casefold()].append(item)
    pairs = [(one, other) for same in by_name.values() for one in same for other in same if one is not other]
    others = {one.path: other.path for one, other in reversed(pairs)}  # of several, the first
    what = "{} has the same name, case aside, and consents are recorded by name"
    fix = "Rename one of the two, and its folder in the registry's consents/."
    return [Problem(Place(path), what.format(other), fix) for path, other in others.items()]


def lost_consents(consents: Consents, items: Iterable[str]) -> Problems:
    """Report a record for an item that is not there, where a standing yes would quietly take its place."""
    names = {None, *items}
    known = consents.consents
    lost = {person for person, item in known if item not in names and (person, None) in known}
    what = "has a consent for an item that is not there, so the standing one would hold instead"
    fix = "Rename the folder in consents/ after the item, or remove it."
    files = {person: Place(f"registry/consents/…/{person}.yaml") for person in sorted(lost)}
    return tuple(Problem(where, f"{person} {what}", fix, Matter.CONSENT) for person, where in files.items())
