"""Who is in a picture is in it wherever it is shown: what one item says of a file holds for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.left_out import images_of
from cop_publish.core.problems import Matter, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from cop_publish.core.consents import Consents, PersonId
    from cop_publish.core.model import Draft
    from cop_publish.core.problems import Place


def check_same_pictures(
    drafts: Iterable[Draft], same: Mapping[str, str], consents: Consents, *, today: date
) -> Iterator[Problem]:
    """Report each picture in which another item recognises somebody who has not agreed to be shown here.

    `same` gives by workspace file what files of equal bytes have in common; a file that it lacks is like no
    other.  Whoever the item lists itself is asked for when it is cleared.
    """
    listed = list(drafts)
    said: dict[str, dict[PersonId, Place]] = {}
    for image in (image for draft in listed for image in images_of(draft)):
        for person in image.people:
            said.setdefault(same.get(image.file, image.file), {}).setdefault(person, image.where)
    for draft in listed:
        for image in images_of(draft):
            known = said.get(same.get(image.file, image.file), {})
            for person in sorted(known.keys() - set(image.people)):
                if not consents.of(person, draft.id, today=today).photo:
                    yield _unasked(image.where, person, known[person])


def _unasked(where: Place, person: PersonId, there: Place) -> Problem:
    what = f"{person} is in this very picture, as {there} says, and has not agreed to be shown here"
    fix = "Leave it out; or list them here too, and record that they agreed; or correct what is wrong there."
    return Problem(where, what, fix, Matter.CONSENT)
