"""The story of `cop-publish new consent`: what somebody who is known agreed to in one item."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cop_publish.core.suggest import suggest
from cop_publish.errors import CopPublishError, InvalidSource, NotCleared, WrongUsage
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.skeleton import Agreed, Written, new_consent
from cop_publish.intake.workspace import item_names, read_workspace
from cop_publish.registry.audit import Event, append
from cop_publish.registry.read import read_registry
from cop_publish.registry.shown import SHOWN, shown_sha256

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from cop_publish.core.consents import Consents, Person, PersonId
    from cop_publish.settings import Settings


def require_askable(
    root: Path, person: str, item: str, protect: Callable[[tuple[Person, ...]], None]
) -> None:
    """Check before anything is asked that both are known, and that no answer is recorded yet.

    `protect` is told of everyone first.  Raises WrongUsage, and what reading the registry raises.
    """
    settings = read_settings(root)
    consents = read_registry(settings.registry, item_names(root))
    protect(tuple(consents.people.values()))
    _require_person(person, consents)
    _require_item(item, settings, consents)
    if (person, item) in consents.consents:
        path = f"registry/consents/{item}/{person}.yaml"
        raise WrongUsage(f"{person} has an answer for {item} already: edit {path}.")


def add_consent(root: Path, person: PersonId, agreed: Agreed, *, now: datetime) -> Written:
    """Write what a known person agreed to; nothing stays where the registry would refuse it.

    Raises WrongUsage for a text that is not there, InvalidSource for what the registry refuses, and
    NotCleared where its audit does not hold.
    """
    registry = read_settings(root).registry
    if registry is None:
        raise WrongUsage("Set `[registry] path` in cop-publish.toml, or $COP_PUBLISH_REGISTRY, first.")
    if agreed.level == "named" and not agreed.display:
        agreed = replace(agreed, display=read_registry(registry).people[person].full_name)
    if agreed.shown:
        digest = shown_sha256(registry, agreed.shown)
        if not digest:
            raise WrongUsage(f"--shown is the name of a text in the registry's {SHOWN}/: put it there first.")
        agreed = replace(agreed, shown_sha256=digest)
    written = new_consent(registry, person, agreed, now.date())
    _take_back_what_is_refused(registry, person, written)
    try:
        append(registry, Event("consent", agreed.item, person), at=now)
    except NotCleared:
        _remove(written)  # without its line in the audit it would count once that is mended
        raise
    return written


def _require_person(person: str, consents: Consents) -> None:
    if person in consents.erased:
        raise WrongUsage(
            f"{person} was erased, and the ID is no longer used: `cop-publish new person` gives another."
        )
    if person not in consents.people:
        close = suggest(person, consents.people)
        hint = f" Did you mean {close}?" if close else ""
        raise WrongUsage(
            f"The registry knows nobody of that ID.{hint} Add people with `cop-publish new person`."
        )


def _require_item(item: str, settings: Settings, consents: Consents) -> None:
    items = [known.id for known in read_workspace(settings, consents).items]
    if item not in items:
        close = suggest(item, items)
        hint = f" Did you mean {close}?" if close else " Make it first, with `cop-publish new`."
        raise WrongUsage(f"There is no episode, post or meeting of that name.{hint}")


def _take_back_what_is_refused(registry: Path, person: PersonId, written: Written) -> None:
    """Leave no record behind that would keep the show from being published, nor an empty folder."""
    try:
        read_registry(registry, frozenset({written.paths[0].parent.name}))
    except CopPublishError as refused:
        _remove(written)
        ours = [p for p in refused.problems if p.where.path.endswith(f"/{person}.yaml")]
        raise InvalidSource("Nothing was written.", ours or refused.problems) from None


def _remove(written: Written) -> None:
    for path in written.paths:
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
