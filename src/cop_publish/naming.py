"""What a new item may be called: its words become a folder, a file and a public address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.consents import Level
from cop_publish.core.items import slug_of
from cop_publish.errors import CopPublishError, WrongUsage
from cop_publish.registry.read import read_registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cop_publish.core.consents import Person
    from cop_publish.settings import Settings


def refuse_names(
    words: str, settings: Settings, protect: Callable[[tuple[Person, ...]], None], *, now: datetime
) -> None:
    """Raise WrongUsage where words hold a name, address or handle of somebody who is not named everywhere.

    `protect` is told of everyone first.  A registry that cannot be read tells nothing; `check` says why.
    """
    try:
        consents = read_registry(settings.registry)
    except CopPublishError:
        return
    everyone = tuple(consents.people.values())
    protect(everyone)
    slug = slug_of(words)
    today = now.date()
    withheld = tuple(p for p in everyone if consents.of(p.id, slug, today=today).level < Level.NAMED)
    if not withheld:
        return
    from cop_publish.gate.mask import mask  # noqa: PLC0415 - only where there is someone to protect

    if any(mask(said, withheld) != said for said in (words, slug)):
        raise WrongUsage(
            "These words hold a name, address or handle of somebody who is withheld, and would be a public "
            "address. Nothing was written: choose other words."
        )
