"""Where in an item's front matter its keys stand, and the single values under them: what a message names."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from cop_publish.core.problems import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cop_publish.core.consents import PersonId
    from cop_publish.core.model import CueDraft, Draft, Text


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """By key, and by key and value; of a value within a list of mappings the key is `chapters[2].url`."""

    keys: Mapping[str, Place] = field(default_factory=dict)
    values: Mapping[tuple[str, str], Place] = field(default_factory=dict, repr=False)


NOWHERE = KeyPlaces()


def place_of(draft: Draft, key: str, value: str = "") -> Place:
    """Where a value stands under a key; else where the key does, and else the item's file."""
    values = draft.places.values
    exactly = values.get((key, value))
    if exactly is not None:
        return exactly
    within = (place for (name, held), place in values.items() if held == value and name.startswith(f"{key}["))
    return next(within, draft.places.keys.get(key, _file(draft)))


def place_of_address(draft: Draft) -> Place:
    """Where an item's address comes from: its `slug`, or the name of its file, which is on no line."""
    return draft.places.keys.get("slug", _file(draft))


def place_of_person(draft: Draft, person: PersonId) -> Place:
    """Where an item first says that somebody takes part in it; its file where it says that nowhere."""
    values = draft.places.values
    listed = (values.get((key, person)) for key in ("author", "people", "revoiced"))
    elsewhere = (place for (_, held), place in values.items() if held == person)  # as in a picture
    found = chain((place for place in listed if place is not None), elsewhere, _said_in(draft, person))
    return next(found, _file(draft))


def _said_in(draft: Draft, person: PersonId) -> Iterator[Place]:
    """Where its words are theirs, or speak of them."""
    cues: tuple[CueDraft, ...] = getattr(draft, "cues", ())
    yield from (cue.text.where for cue in cues if cue.speaker == person)
    body: Text = getattr(draft, "notes", None) or getattr(draft, "body")  # noqa: B009 - of the other kinds
    for text in (draft.title, draft.summary, body, *(cue.text for cue in cues)):
        lines = enumerate(text.raw.split("\n"))
        yield from (text.where.down(number) for number, line in lines if f"@{{{person}}}" in line)


def _file(draft: Draft) -> Place:
    return Place(draft.where.path)
