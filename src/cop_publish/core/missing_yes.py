"""What to do about a yes that is missing: where the answer is recorded, and by which command."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cop_publish.core.consents import Consents, PersonId


def how_to_record(consents: Consents, person: PersonId, item: str) -> str:
    """Say how an answer is recorded, as the beginning of a sentence; a record that is there is edited."""
    path = f"registry/consents/{item}/{person}.yaml"
    if (person, item) in consents.consents:
        return f"Ask them, and record the answer in {path}"
    return f"Ask them, and record the answer with `cop-publish new consent {person} {item}` ({path})"


def missing_photograph(consents: Consents, person: PersonId, item: str) -> tuple[str, str]:
    """Say that a yes to a photograph is missing, and the cure; one that was taken back is left out before."""
    fix = f"{how_to_record(consents, person, item)}; until then, leave them out."
    return f"{person} has not agreed to a photograph in {item}", fix
