"""The story of `cop-publish erase`: all that the registry has of a person goes, and their ID stays refused.

1. nothing public may show them, nor any release that can be gone back to (`public.py`);
2. the audit says that they are erased: from then on whatever is left of theirs is refused, not obeyed;
3. what this workspace keeps to be faster goes, then what the registry has of them (`registry/theirs.py`);
4. the shared registry is replaced, and its older versions are removed;
5. the audit says that it is done.

Cut off anywhere, the registry refuses to be used until this is run again, which ends it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.values import PERSON_ID
from cop_publish.erasing.caches import caches_of, remove_caches
from cop_publish.erasing.public import refuse_public
from cop_publish.erasing.sought import TEXTS, Mentions, Searched, mentions_in, sought_of
from cop_publish.errors import WrongUsage
from cop_publish.intake.settings_file import read_settings
from cop_publish.registry.allows import NAME as ALLOWS
from cop_publish.registry.audit import AUDIT, Event, append, read_chain
from cop_publish.registry.erased import BEGUN, DONE, NAME, NOTHING, erasures_in, own_records
from cop_publish.registry.ledger import PASSAGES
from cop_publish.registry.read import read_people
from cop_publish.registry.state import MARK
from cop_publish.registry.tellable import tellable
from cop_publish.registry.theirs import Theirs, find_theirs, remove_theirs
from cop_publish.shared_registry import forget_older, share

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from cop_publish.core.consents import Person, PersonId
    from cop_publish.registry.erased import Erasure
    from cop_publish.registry.theirs import Sought
    from cop_publish.settings import Settings
    from cop_publish.storage.whole import Forgotten

    Protect = Callable[[tuple[Person, ...]], None]

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{1,39}")


@dataclass(frozen=True, slots=True)
class Request:
    """Who is to be erased, what may stay of them, and where the request is filed."""

    person: PersonId
    keeps: str = NOTHING  # or NAME, so that the gate still finds it
    reference: str = ""


@dataclass(frozen=True)
class Plan:
    """What would go, and what somebody else has to see to; nothing was changed to find it."""

    request: Request
    settings: Settings
    folder: Path  # the registry
    person: Person | None  # None: their file is gone already
    sought: Sought
    earlier: Erasure | None  # of the same person
    theirs: Theirs
    caches: tuple[Path, ...]
    mentions: Mentions

    @property
    def is_begun(self) -> bool:
        """Whether this only ends what was cut off."""
        earlier = self.earlier
        return earlier is not None and not earlier.is_done and earlier.keeps == self.request.keeps

    @property
    def is_nothing(self) -> bool:
        """Whether all of it was done before."""
        earlier = self.earlier
        is_done = earlier is not None and earlier.is_done and earlier.keeps == self.request.keeps
        return is_done and replace(self.theirs, copies=()).is_nothing  # this machine's own copies may be left


@dataclass(frozen=True, slots=True)
class Erased:
    """What went, and what is left for somebody else."""

    plan: Plan
    older: Forgotten  # of what the shared registry had been
    mentions: Mentions


def plan_erase(root: Path, request: Request, protect: Protect) -> Plan:
    """Find what of a person is where; changes nothing.

    Raises WrongUsage for somebody nobody knows, NotCleared where something public shows them, and what
    reading the registry and asking the store raise.
    """
    if not PERSON_ID.fullmatch(request.person):  # before it becomes a part of any path
        raise WrongUsage("PERSON is an ID, such as p-7f3k: look it up in people/.")
    settings = read_settings(root)
    folder = settings.registry
    if folder is None or not (folder / MARK).is_file():
        raise WrongUsage("There is no registry here: set `[registry] path`, or $COP_PUBLISH_REGISTRY.")
    people = read_people(folder)
    protect(tuple(people.values()))
    person, earlier = people.get(request.person), erasures_in(folder).get(request.person)
    if earlier is None and not own_records(folder, request.person):
        raise WrongUsage(f"The registry knows nobody as {request.person}: look the ID up in people/.")
    _refuse_reference(request, people)
    if earlier is not None and not earlier.is_done:
        request = replace(request, keeps=earlier.keeps)  # it ends as it was begun
    if person is None and earlier is not None and earlier.is_done and request.keeps == NAME:
        raise WrongUsage(f"{request.person} was erased with their name: there is none left to keep.")
    if earlier is None:
        refuse_public(settings, request.person, people)
    sought = sought_of(person)
    theirs = find_theirs(folder, request.person, sought, request.keeps)
    took_part = earlier is not None or _took_part(folder, request.person)  # erased: nothing says any more
    caches = caches_of(settings, took_part=took_part)
    mentions = _mentions(settings, folder, request, sought, theirs)
    return Plan(request, settings, folder, person, sought, earlier, theirs, caches, mentions)


def erase(plan: Plan, *, now: datetime) -> Erased:
    """Do what was planned, for good.

    Raises NotCleared where the audit does not hold or nothing can be written, and StorageFailed where the
    bucket of a shared registry fails, or somebody else has changed it meanwhile.
    """
    request, folder = plan.request, plan.folder
    if not plan.is_begun and not plan.is_nothing:
        facts = {"keeps": request.keeps, "reference": request.reference}
        append(
            folder, Event(BEGUN, person=request.person, facts={k: v for k, v in facts.items() if v}), at=now
        )
    remove_caches(plan.settings, plan.caches)
    theirs = find_theirs(folder, request.person, plan.sought, request.keeps)  # as it is by now
    remove_theirs(folder, theirs, plan.sought, plan.person if request.keeps == NAME else None)
    share(plan.settings, now=now)
    older = forget_older(plan.settings)
    if not plan.is_nothing:
        append(folder, Event(DONE, person=request.person), at=now)
    left = _mentions(plan.settings, folder, request, plan.sought, Theirs())
    return Erased(plan, older, left)


def _refuse_reference(request: Request, people: Mapping[PersonId, Person]) -> None:
    """Keep names out of what the audit keeps for good; a part of a name is one there."""
    reference = request.reference
    is_told = _REFERENCE.fullmatch(reference) and tellable([reference], people.values())
    if reference and not is_told:
        raise WrongUsage(
            "--reference says where the request is filed, such as SAR-2026-14, and the audit keeps it: 2 to "
            "40 letters, digits and . _ / - and no part of anybody's name."
        )


def _took_part(folder: Path, person: PersonId) -> bool:
    """Whether any item is known in which they may be heard or seen."""
    records = [path for path in own_records(folder, person) if path.parent.name != "people"]
    return bool(records) or any(
        e.get("person") == person and e.get("item") for e in read_chain(folder).entries
    )


def _mentions(settings: Settings, folder: Path, request: Request, sought: Sought, theirs: Theirs) -> Mentions:
    """Where they stand that nothing here may write to: the workspace's files, and what others wrote."""
    own = [*theirs.consents, *theirs.answers, *theirs.pages, *theirs.notes, *theirs.copies]
    own += [folder / "people" / f"{request.person}.yaml", folder / AUDIT, folder / PASSAGES]
    own += [folder / ALLOWS] if theirs.allows else []
    state = settings.root / ".cop-publish"
    published = settings.root / settings.storage.folder
    here = Searched(settings.root, "", frozenset([state, published, folder]), TEXTS)
    there = Searched(folder, "registry/", frozenset([*own, folder / ".cop-publish"]), frozenset())
    return _joined(*(mentions_in(place, request.person, sought) for place in (here, there)))


def _joined(here: Mentions, there: Mentions) -> Mentions:
    """Of both folders; the registry's IDs are its own."""
    return Mentions(here.by_id, (*here.by_name, *there.by_name), (*here.perhaps, *there.perhaps))
