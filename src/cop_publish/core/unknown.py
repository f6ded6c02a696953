"""An ID that the registry knows nobody by: what is wrong, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.suggest import suggest

if TYPE_CHECKING:
    from cop_publish.core.consents import Consents, PersonId


def how_unknown(person: PersonId, consents: Consents) -> tuple[str, str]:
    """Say of an ID in some file why nobody can be meant by it, and the cure."""
    if person in consents.erased:
        return f"{person} was erased", "Take the ID out, and what they said or wrote with it."
    close = suggest(person, consents.people)
    hint = f"Did you mean {close}? " if close else ""
    return f"{person} is not in the registry", f"{hint}Add them with `cop-publish new person`."
