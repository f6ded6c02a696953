"""What to do about a yes that is missing: where the answer is recorded, and by which command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.consents import TakenBack

if TYPE_CHECKING:
    from cop_publish.core.consents import Consents, PersonId


def how_to_record(consents: Consents, person: PersonId, item: str) -> str:
    """Say how an answer is recorded, as the beginning of a sentence; a record that is there is edited."""
    path = f"registry/consents/{item}/{person}.yaml"
    if (person, item) in consents.consents:
        return f"Ask them, and record the answer in {path}"
    return f"Ask them, and record the answer with `cop-publish new consent {person} {item}` ({path})"


def missing_photograph(consents: Consents, person: PersonId, item: str) -> tuple[str, str]:
    """Say that a yes to a photograph is missing, and the cure: who took it back is not asked again."""
    record = consents.consents.get((person, item)) or consents.consents.get((person, None))
    if record is not None and record.withdrawn_on is not None and _PICTURES & record.withdrawn:
        what = f"{person} took back their yes to a photograph in {item}"
        return what, "Take the picture out here, and where the text shows it."
    fix = f"{how_to_record(consents, person, item)}; until then, leave them out."
    return f"{person} has not agreed to a photograph in {item}", fix


_PICTURES = {TakenBack.PHOTO, TakenBack.ATTRIBUTION, TakenBack.ITEM}
