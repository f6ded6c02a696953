"""Who stands where in each item: consent, sign-off, department, calendar and gate, and what blocks, by ID."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cop_publish.core.consents import Consents, TakenBack
from cop_publish.core.model import Audience, EpisodeDraft, PageDraft
from cop_publish.core.pieces import may_be_in
from cop_publish.core.problems import Matter, Place
from cop_publish.core.sign_offs import State, must_sign_off, unsigned
from cop_publish.errors import WrongUsage
from cop_publish.in_words import found_in_words
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.workspace import read_workspace
from cop_publish.jigsaws import open_jigsaws
from cop_publish.ready import find_ready
from cop_publish.registry.read import read_registry
from cop_publish.scope import Scope
from cop_publish.signing import answers_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cop_publish.core.consents import Consent, PersonId
    from cop_publish.core.model import Draft
    from cop_publish.core.problems import Problem, Problems
    from cop_publish.core.sign_offs import SignOffs
    from cop_publish.intake.workspace import ItemRead
    from cop_publish.jigsaws import Open
    from cop_publish.publish import Errand
    from cop_publish.ready import Ready

NOTHING = "-"
HEADINGS = ("person", "consent", "sign-off", "department", "calendar", "gate")


@dataclass(frozen=True, slots=True)
class Standing:
    """One person in one item; `blocking` is the one reason that is to be dealt with first, or empty."""

    item: str
    person: PersonId
    consent: str
    sign_off: str
    department: str
    calendar: str
    gate: str
    blocking: str


def find_people(errand: Errand, live: frozenset[str], item: str | None = None) -> tuple[Standing, ...]:
    """Look at everyone in `item`, or in every item; `live` holds the keys that are public.

    Raises WrongUsage, and what `find_ready` raises.
    """
    settings = read_settings(errand.root)
    everything = [i.id for i in read_workspace(settings, Consents()).items]
    scope = Scope(
        to_be_signed=frozenset(everything), live=live
    )  # so that what only waits for a yes is scanned too
    ready = find_ready(settings, scope, frozenset(), errand.protect, now=errand.now)
    items = [i for i in read_workspace(settings, ready.consents).items if i.id not in ready.withdrawn]
    wanted = [i for i in items if item in (None, i.id) and i.draft is not None and _is_public(i.draft)]
    if item is not None and not wanted:
        raise WrongUsage(f"There is no episode, post or meeting called {item} that could be published.")
    to_weigh = {o.jigsaw.item: o for o in open_jigsaws(ready)}
    look = _Look(ready, answers_of(settings), found_in_words(ready), to_weigh)
    return tuple(standing for i in wanted for standing in look.at(i))


def people_lines(found: Sequence[Standing]) -> list[str]:
    """Say it as a table for each item, the reason below whoever is held up by it."""
    lines: list[str] = []
    for item in dict.fromkeys(s.item for s in found):
        rows = [s for s in found if s.item == item]
        cells = [
            HEADINGS,
            *((s.person, s.consent, s.sign_off, s.department, s.calendar, s.gate) for s in rows),
        ]
        widths = [max(len(row[column]) for row in cells) for column in range(len(HEADINGS))]
        table = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
        lines += [f"people of {item}", f"  {table[0]}"]
        for row, standing in zip(table[1:], rows, strict=True):
            lines += [f"  {row}", *([f"    {standing.blocking}"] if standing.blocking else [])]
    return lines


def people_json(found: Sequence[Standing]) -> list[dict[str, Any]]:
    """Say it for scripts."""
    return [asdict(standing) for standing in found]


def everyone_known(errand: Errand) -> Consents:
    """Give the registry that the names come from."""
    return read_registry(read_settings(errand.root).registry)


def with_names(lines: Sequence[str], consents: Consents) -> list[str]:
    """Put a name behind each line's ID; for a terminal that nobody else looks at."""
    told = []
    for line in lines:
        first = line.split()[0] if line.split() else ""
        person = next((p for p in consents.people.values() if p.id == first), None)
        told.append(f"{line}  {person.full_name}" if person else line)
    return told


def _is_public(draft: Draft) -> bool:
    return isinstance(draft, PageDraft) or draft.audience is Audience.PUBLIC


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found, item by item."""

    ready: Ready
    answers: SignOffs
    in_words: Problems  # what the gate finds
    to_weigh: Mapping[str, Open]  # by item: what a reader could put together

    def at(self, item: ItemRead) -> Iterator[Standing]:
        if item.draft is None:
            return
        problems = list(next((w.problems for w in self.ready.waiting if w.id == item.id), ()))
        problems += self._missing(item)
        for person in sorted(may_be_in(item.draft)):
            yield self._standing(item, person, problems)

    def _missing(self, item: ItemRead) -> Iterator[Problem]:
        place = Place(item.path, 1)
        for view in (view for view in self.ready.to_sign if view.item == item.id):
            yield from unsigned(view, self.answers.state_of(view), place)

    def _standing(self, item: ItemRead, person: PersonId, problems: Sequence[Problem]) -> Standing:
        state = self._state(item, person)
        found = [p for p in self.in_words if p.where.path in _files(item)]
        to_weigh = self._to_weigh(item, person)
        return Standing(
            item.id,
            person,
            self._consent(item, person),
            state.value,
            self._department(item, person),
            self._calendar(item, person),
            self._gate(item, [*found, *to_weigh]),
            _blocking(person, problems, found, to_weigh),
        )

    def _to_weigh(self, item: ItemRead, person: PersonId) -> Problems:
        """What a reader could put together about them here, and nobody has allowed."""
        found = self.to_weigh.get(item.id)
        return (found.problem,) if found and person in dict(found.jigsaw.unnamed) else ()

    def _gate(self, item: ItemRead, found: Sequence[Problem]) -> str:
        if all(item.id != cleared.id for cleared in self.ready.clearable):
            return NOTHING
        return "clean" if not found else "look" if {p.matter for p in found} == {Matter.LOOK} else "leak"

    def _state(self, item: ItemRead, person: PersonId) -> State:
        mine = next((v for v in self.ready.to_sign if (v.item, v.person) == (item.id, person)), None)
        if mine is not None:
            return self.answers.state_of(mine)
        record = self.ready.consents.of(person, item.id, today=self.ready.now.date())
        is_open = not must_sign_off(record, with_sound=item.kind == "episode")
        return State.NOT_NEEDED if is_open else State.NOT_ASKED  # of an item that could not be cleared

    def _department(self, item: ItemRead, person: PersonId) -> str:
        today = self.ready.now.date()
        clearance = self.ready.consents.of(person, item.id, today=today).clearance
        if clearance is None:
            return NOTHING
        return ("agreed" if clearance.needed else "not needed") if clearance.holds(today) else "waits"

    def _calendar(self, item: ItemRead, person: PersonId) -> str:
        """Whether an election pauses what is new of theirs at this moment."""
        periods = self.ready.rules.periods if self.ready.rules is not None else ()
        known = self.ready.consents.people.get(person)
        employer = known.employer if known is not None else ""
        on = [p for p in periods if p.starts_at <= self.ready.now < p.ends_at]
        paused = any(p.holds_for(employer) for p in on)
        return NOTHING if isinstance(item.draft, PageDraft) else "paused" if paused else "open"

    def _consent(self, item: ItemRead, person: PersonId) -> str:
        consents = self.ready.consents
        kept = consents.consents.get((person, item.id)) or consents.consents.get((person, None))
        if kept is None:
            return "none"
        record = consents.of(person, item.id, today=self.ready.now.date())
        if replace(record, item=None) == replace(kept, item=None):
            return record.level.name.lower()
        return _what_is_over(record, kept)


def _what_is_over(record: Consent, kept: Consent) -> str:
    """Say what of a recorded yes no longer holds: all of it, or what was taken back."""
    back = kept.withdrawn if kept.withdrawn_on is not None else frozenset[TakenBack]()
    parts = [word for scope, word in _PARTS.items() if scope in back]
    if not parts or TakenBack.ITEM in back or record.given_on is None:
        return "over"
    return f"{record.level.name.lower()}, {' and '.join(parts)} taken back"


_PARTS = {TakenBack.ATTRIBUTION: "name", TakenBack.VOICE: "voice", TakenBack.PHOTO: "photograph"}


def _files(item: ItemRead) -> set[str]:
    """The files in which its words stand."""
    transcript = item.draft.transcript if isinstance(item.draft, EpisodeDraft) else None
    return {item.path, *([transcript] if transcript else [])}


def _blocking(
    person: PersonId, problems: Sequence[Problem], in_words: Sequence[Problem], to_weigh: Sequence[Problem]
) -> str:
    """What the gate finds, which comes before anybody is asked, else the first problem that is theirs."""
    theirs = re.compile(rf"\b{re.escape(person)}(?![\w-])")
    own = (problem for problem in problems if theirs.search(problem.what))
    return next((str(problem) for problem in (*in_words, *own, *to_weigh)), "")
