"""An ID that the registry knows nobody by: what is wrong, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cop_publish.core.consents import PersonId
from cop_publish.core.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.consents import Consents
    from cop_publish.core.problems import Problem, Problems

_UNKNOWN = re.compile(r"(p-[a-z0-9-]+) (?:is not known here|stands in the text as it is, .+)")


def how_unknown(person: PersonId, consents: Consents) -> tuple[str, str]:
    """Say of an ID in some file why nobody can be meant by it, and the cure."""
    if person in consents.erased:
        return f"{person} was erased", "Take the ID out, and what they said or wrote with it."
    close = suggest(person, consents.people)
    hint = f"Did you mean {close}? Else add" if close else "Add"
    return f"{person} is not in the registry", f"{hint} them with `cop-publish new person`."


def say_erased(problems: Iterable[Problem], consents: Consents) -> Problems:
    """Problems of a text; an ID in it of somebody who was erased is told as that, and not as a slip."""
    return tuple(_as_erased(problem, consents) for problem in problems)


def _as_erased(problem: Problem, consents: Consents) -> Problem:
    found = _UNKNOWN.fullmatch(problem.what)
    if found is None or PersonId(found[1]) not in consents.erased:
        return problem
    what, fix = how_unknown(PersonId(found[1]), consents)
    return replace(problem, what=what, fix=fix)
