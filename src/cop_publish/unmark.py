"""The story of `cop-publish unmark`: somebody decides that what was marked once may be public now."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cop_publish.core.guarded import Standing, find_standing
from cop_publish.errors import InvalidSource, WrongUsage
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.workspace import ItemRead, read_workspace
from cop_publish.registry.ledger import read_ledger, release
from cop_publish.registry.read import read_registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from cop_publish.core.consents import Person
    from cop_publish.core.problems import Place


def unmark(
    root: Path,
    place: Place,
    said: Mapping[str, str],
    protect: Callable[[tuple[Person, ...]], None],
    *,
    now: datetime,
) -> int:
    """Let go of the guarded passages that stand unmarked at `place` (line 0: anywhere in the file).

    The file itself is left alone: take the mark out of it first.  `said` has who decides it and why; the
    audit records it.  Gives how many passages; raises WrongUsage where none stands there.
    """
    settings = read_settings(root)
    consents = read_registry(settings.registry)
    protect(tuple(consents.people.values()))
    assert settings.registry is not None, "read_registry refuses without one"  # noqa: S101 - for the type
    item = _item_of(place, read_workspace(settings, consents).items)
    found = _standing_at(item, place, settings.registry)
    if not found:
        raise WrongUsage(
            f"No guarded passage stands unmarked at {place}. If its mark is still there, take it out of the "
            "file first; then `cop-publish check` says on which line it stands."
        )
    marks = frozenset(mark for standing in found for mark in standing.found.marks)
    release(settings.registry, marks, item.id, said, at=now)
    if _standing_at(item, place, settings.registry):
        raise WrongUsage(
            f"A term of the registry's guard.yaml stands at {place}: if it may be public, take it out there."
        )
    return len({standing.where for standing in found})


def _item_of(place: Place, items: tuple[ItemRead, ...]) -> ItemRead:
    for item in items:
        folder = str(PurePosixPath(item.path).parent)
        if place.path == item.path or (item.kind == "episode" and place.path.startswith(f"{folder}/")):
            if item.draft is not None:
                return item
            if item.problems:
                raise InvalidSource("Nothing was unmarked: mend the file first.", item.problems)
            raise WrongUsage(f"{place.path} is marked `published: no`: nothing of it would be public.")
    raise WrongUsage(f"{place.path} is no episode, post, meeting or page of this show.")


def _standing_at(item: ItemRead, place: Place, registry: Path) -> list[Standing]:
    if item.draft is None:
        return []
    everywhere = find_standing(item.draft, read_ledger(registry))
    return [s for s in everywhere if s.where.path == place.path and place.line in {0, s.where.line}]
