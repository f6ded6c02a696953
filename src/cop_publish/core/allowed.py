"""An allow: what a human has looked at, and found to be no leak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from cop_publish.core.problems import Place

SHARED = "-"  # as an item: pages that show several, or none


@dataclass(frozen=True, slots=True)
class Allow:
    """One record of the registry's allows.yaml that holds today."""

    fingerprints: tuple[str, ...]  # keyed digests of the finding, one for each sentence it stands in
    item: str  # empty: pages that show several items, or none
    rule: str
    person: str  # an ID, or empty: a marking or a tripwire
    second: str  # who else looked; needed for what is surely a name
    where: Place
    expires: date | None = None  # the first day on which it no longer holds


@dataclass(frozen=True, slots=True)
class Offer:
    """What the gate found, as an allow of it would say: never the words."""

    rule: str
    item: str  # empty: pages that show several items, or none
    person: str  # an ID, or empty
