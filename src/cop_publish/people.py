"""The story of `cop-publish new person`: a person, what they agreed to, and a line of the audit for each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cop_publish.errors import InvalidSource, WrongUsage
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.skeleton import Agreed, Known, Written, fresh_person_id, new_consent, new_person
from cop_publish.registry.audit import Event, append
from cop_publish.registry.erased import erasures_in
from cop_publish.registry.read import read_registry
from cop_publish.registry.shown import SHOWN, shown_sha256

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_ITEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is to be written into the registry; `agreed` None: they agreed to nothing yet."""

    given: str = field(repr=False)
    family: str = field(repr=False)
    known: Known = field(default=Known(), repr=False)
    agreed: Agreed | None = None


def add_person(root: Path, newcomer: Newcomer, *, now: datetime) -> Written:
    """Write them; nothing stays where the registry would refuse what was written.

    Raises WrongUsage for what cannot be meant, InvalidSource for what the registry refuses, and NotCleared
    where its audit does not hold.
    """
    settings = read_settings(root)
    registry = settings.registry
    if registry is None:
        raise WrongUsage("Set `[registry] path` in cop-publish.toml, or $COP_PUBLISH_REGISTRY, first.")
    _refuse_slips(newcomer)
    newcomer = _with_text(newcomer, registry)
    person = fresh_person_id(erasures_in(registry).keys())  # of somebody who was erased it would tell of both
    written = new_person(registry, person, newcomer.given, newcomer.family, newcomer.known)
    events = [Event("new person", person=person)]
    if newcomer.agreed:
        record = new_consent(registry, person, newcomer.agreed, now.date())
        written = Written((*written.paths, *record.paths), record.next_step)
        events.append(Event("consent", newcomer.agreed.item or "standing", person))
    _take_back_what_is_refused(registry, written)
    for event in events:
        append(registry, event, at=now)
    return written


def _with_text(newcomer: Newcomer, registry: Path) -> Newcomer:
    """Note which text it was that they were shown, so that it can be told from a later one."""
    agreed = newcomer.agreed
    if agreed is None or not agreed.shown:
        return newcomer
    digest = shown_sha256(registry, agreed.shown)
    if not digest:
        raise WrongUsage(f"--shown is the name of a text in the registry's {SHOWN}/: put it there first.")
    return replace(newcomer, agreed=replace(agreed, shown_sha256=digest))


def _refuse_slips(newcomer: Newcomer) -> None:
    if not newcomer.given.strip():
        raise WrongUsage("A person needs a given name, or the only one they have.")
    if not all(_EMAIL.fullmatch(address) for address in newcomer.known.emails):
        raise WrongUsage("That is no e-mail address: write it like name@organisation.example.")
    item = newcomer.agreed.item if newcomer.agreed else ""
    if item and not _ITEM.fullmatch(item):
        raise WrongUsage(
            "An item is named as its folder or file is, without .md: 014-new, 2026-11-20-a-post."
        )


def _take_back_what_is_refused(registry: Path, written: Written) -> None:
    """Leave nothing behind that would keep the show from being published."""
    try:
        read_registry(registry)
    except InvalidSource as refused:
        names = {path.name for path in written.paths}
        ours = [p for p in refused.problems if p.where.path.rpartition("/")[2] in names]
        if ours:
            for path in written.paths:
                path.unlink()
            raise InvalidSource("Nothing was written.", ours) from None
