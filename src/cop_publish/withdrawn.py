"""Which items were withdrawn, by withdrawn.yaml and the registry's audit: they have one line, and no part.

Nobody is asked to say yes to them.  What people agreed to, and what they answered, is kept: it says why they
were public once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.addresses import address_of
from cop_publish.core.checks import withdrawn_fix
from cop_publish.core.key_places import place_of, place_of_address
from cop_publish.core.model import Audience, PageDraft
from cop_publish.core.problems import Place, Problem
from cop_publish.intake.workspace import line_of_key
from cop_publish.registry.audit import read_chain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.consents import Consents
    from cop_publish.intake.workspace import ItemRead, Workspace
    from cop_publish.settings import Settings


def withdrawn_in(workspace: Workspace, settings: Settings) -> tuple[ItemRead, ...]:
    """The items of a workspace that were withdrawn, but for what would not be public.

    By their guid or address; or by their name, for another category or day gives a post another address.
    """
    guids, paths, names = _guids(workspace), _paths(workspace), _recorded(settings)

    def is_gone(item: ItemRead) -> bool:
        if item.draft is None and not item.problems:
            return False  # marked `published: no`
        if not isinstance(item.draft, PageDraft | None) and item.draft.audience is not Audience.PUBLIC:
            return False
        return _guid(item) in guids or item.address.is_among(paths) or item.id in names

    return tuple(item for item in workspace.items if is_gone(item))


def gone_for_good(items: Iterable[ItemRead], workspace: Workspace) -> list[Problem]:
    """The one line of each."""
    guids, paths = _guids(workspace), _paths(workspace)

    def known(item: ItemRead) -> str:
        if item.address.is_among(paths):
            return "address"
        return "guid" if _guid(item) in guids else "name"

    known_by = ((item, known(item)) for item in items)
    return [
        Problem(
            _place(item, what), f"its {what} was withdrawn and can never come back", withdrawn_fix(item.path)
        )
        for item, what in known_by
    ]


def _place(item: ItemRead, known_by: str) -> Place:
    if known_by == "name":
        return Place(item.path)
    if item.draft is None:
        return line_of_key(item, "slug" if known_by == "address" else known_by)
    return place_of_address(item.draft) if known_by == "address" else place_of(item.draft, known_by)


def without_item(consents: Consents, workspace: Workspace, settings: Settings) -> frozenset[str]:
    """The names that consents are recorded under, and that withdrawn items had whose files are gone."""
    there = {item.id for item in workspace.items}
    missing = {item for _, item in consents.consents if item is not None and item not in there}
    if not missing:
        return frozenset()
    paths, site = _paths(workspace), settings.site
    known = _recorded(settings)
    return frozenset(
        item
        for item in missing
        if item in known
        or any(address_of(item, kind, None, site).is_among(paths) for kind in ("episode", "post"))
    )


def _recorded(settings: Settings) -> set[str]:
    """The items that the audit says were withdrawn whole; a damaged one is told elsewhere."""
    entries = read_chain(settings.registry).entries if settings.registry is not None else ()
    return {
        str(entry.get("item"))
        for entry in entries
        if entry.get("event") == "withdraw" and not entry.get("person")
    }


def _guid(item: ItemRead) -> str:
    return str(getattr(item.draft, "guid", "")).strip().casefold()


def _guids(workspace: Workspace) -> frozenset[str]:
    return frozenset(guid.strip().casefold() for guid in workspace.withdrawn_guids)


def _paths(workspace: Workspace) -> frozenset[str]:
    return frozenset(path.lstrip("/") for path in workspace.withdrawn_paths)
