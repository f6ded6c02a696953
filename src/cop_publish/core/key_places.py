"""Where in an item's front matter its keys stand, and the single values under them: what a message names."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.consents import PersonId
    from cop_publish.core.model import Draft
    from cop_publish.core.problems import Place


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """By key, and by key and value; of a value within a list of mappings the key is `chapters[2].url`."""

    keys: Mapping[str, Place] = field(default_factory=dict)
    values: Mapping[tuple[str, str], Place] = field(default_factory=dict, repr=False)


NOWHERE = KeyPlaces()


def place_of(draft: Draft, key: str, value: str = "") -> Place:
    """Where a value stands under a key; else where the key does, and else the item's file, line 1."""
    values = draft.places.values
    exactly = values.get((key, value))
    if exactly is not None:
        return exactly
    within = (place for (name, held), place in values.items() if held == value and name.startswith(f"{key}["))
    return next(within, draft.places.keys.get(key, draft.where))


def place_of_address(draft: Draft) -> Place:
    """Where an item's address comes from: its `slug`, or the name of its file, which is on no line."""
    return draft.places.keys.get("slug", replace(draft.where, line=0, column=0))


def place_of_person(draft: Draft, person: PersonId) -> Place:
    """Where an item first says that somebody takes part in it; its line 1 where only its text does."""
    values = draft.places.values
    found = (values.get((key, person)) for key in ("author", "people", "revoiced"))
    return next((place for place in found if place is not None), draft.where)
