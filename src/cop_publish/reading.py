"""The workspace as it is read for one errand: less what was withdrawn, and what the errand leaves out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.checks import check_hosts
from cop_publish.core.problems import Matter, Place, Problem, Problems
from cop_publish.intake.placeholders import placeholders_of, read_placeholders
from cop_publish.intake.settings_file import NAME as SETTINGS_FILE
from cop_publish.intake.workspace import ItemRead, Workspace, read_workspace
from cop_publish.scope import Placeholders
from cop_publish.withdrawn import withdrawn_in, without_item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.consents import Consents
    from cop_publish.scope import Scope
    from cop_publish.settings import Settings


@dataclass(frozen=True, slots=True)
class Reading:
    """The workspace less what was withdrawn and what the scope takes out; and what that is taken from."""

    workspace: Workspace
    every: tuple[ItemRead, ...]
    withdrawn: tuple[ItemRead, ...]
    names: frozenset[str]  # under which consents may be recorded
    left: Problems  # in items, of what `new` wrote as an example


def read_for(settings: Settings, consents: Consents, scope: Scope) -> Reading:
    """Read and check it all; hosts and records are held against everything that is there."""
    workspace = read_workspace(settings, consents)
    every, withdrawn = workspace.items, withdrawn_in(workspace)
    names = without_item(consents, workspace, settings).union(item.id for item in every)
    items = tuple(item for item in every if item.id not in scope.without and item not in withdrawn)
    left, left_in_items = _placeholders(items, settings, scope, consents)
    problems = (*workspace.problems, *_out_of_step(settings, consents, names), *left)
    return Reading(replace(workspace, items=items, problems=problems), every, withdrawn, names, left_in_items)


def is_draft(item: ItemRead) -> bool:
    """Whether it is marked `published: no`."""
    return item.draft is None and not item.problems


def _placeholders(
    items: tuple[ItemRead, ...], settings: Settings, scope: Scope, consents: Consents
) -> tuple[Problems, Problems]:
    """Give what nobody has replaced of what `new` wrote: what holds up everything, and what an item."""
    if consents.fictional or scope.placeholders is Placeholders.SHOWN:
        return (), ()
    files = [(item.path, item.kind) for item in items if not is_draft(item)]
    of_items = read_placeholders(settings.root, [file for file in files if file[1] != "page"])
    if scope.placeholders is Placeholders.WAIT:
        return (), of_items
    pages = read_placeholders(settings.root, [file for file in files if file[1] == "page"])
    return (*placeholders_of(settings), *pages), of_items


def _out_of_step(settings: Settings, consents: Consents, names: Iterable[str]) -> Problems:
    """Report hosts whom the registry does not know, and its records of items that are not there."""
    hosts = check_hosts(settings.show.hosts, consents.people, Place(SETTINGS_FILE))
    return (*hosts, *_lost_consents(consents, names))


def _lost_consents(consents: Consents, items: Iterable[str]) -> Problems:
    """Report a record for an item that is not there, where a standing yes would quietly take its place."""
    names = {None, *items}
    known = consents.consents
    lost = {person for person, item in known if item not in names and (person, None) in known}
    what = "has a consent for an item that is not there, so the standing one would hold instead"
    fix = "Rename the folder in consents/ after the item, or remove it."
    return tuple(Problem(Place("registry"), f"{p} {what}", fix, Matter.CONSENT) for p in sorted(lost))
