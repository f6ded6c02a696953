"""What one record says, and what in it cannot be meant."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from cop_publish.core.consents import (
    FEW_ALIKE,
    FEWEST_ALIKE,
    Clearance,
    Consent,
    Level,
    OnExpiry,
    PersonId,
    TakenBack,
)
from cop_publish.core.front_matter import Fields
from cop_publish.core.lookalikes import skim
from cop_publish.core.problems import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cop_publish.core.consents import Consents, Person

    Records = Mapping[tuple[PersonId, str | None], Consent]

_SHORTEST_TELLING_NAME = 3  # letters: "Al" and "Jo" stand in too many words and titles


def record_of(person: PersonId, item: str | None, fields: Fields) -> Consent:
    """Give what a record says; `item` None: a standing one."""
    level = Level[str(fields.get("level")).upper()]
    none = Fields({}, {}, fields.where)
    allow, given = fields.get("allow", none), fields.get("given", none)
    withdrawn = fields.get("withdrawn", none)
    department: Fields | None = fields.get("dept_clearance")
    return Consent(
        person=person,
        item=item,
        level=level,
        display=" ".join(str(fields.get("display", "")).split()) if level > Level.ANONYMOUS else "",
        words=allow.get("words", False),
        voice=allow.get("voice") == "own",
        photo=allow.get("photo", False),
        sign_off=fields.get("sign_off", False),
        given_on=given.get("on"),
        given_how=given.get("how", ""),
        shown=given.get("shown", ""),
        expires_on=fields.get("expires"),
        withdrawn_on=withdrawn.get("on"),
        withdrawn=frozenset(map(TakenBack, withdrawn.get("scope", ()))) or frozenset({TakenBack.ITEM}),
        on_expiry=OnExpiry(fields.get("on_expiry", OnExpiry.REFUSE)),
        revoiced=allow.get("voice") == "revoiced",
        group_size=fields.get("group_size"),
        anonymous_from=fields.get("anonymous_from", "public"),
        capacity=fields.get("capacity", ""),
        clearance=_clearance(department) if department else None,
    )


def _clearance(fields: Fields) -> Clearance:
    needed, on = fields.get("needed", True), fields.get("on")
    return Clearance(needed, fields.get("by", ""), fields.get("ref", ""), on)


def check_record(fields: Fields, person: Person | None) -> Iterator[Problem]:
    """Say what in one record is missing or contradicts itself; `person` None: nobody knows them."""
    level = Level[str(fields.get("level")).upper()]
    display: str = fields.get("display", "")
    if level > Level.ANONYMOUS and not display.strip():
        what = "`display` is empty, and the level says that they may be called something"
        yield Problem(fields.place("display"), what, "Write the exact agreed words.")
    if level > Level.ANONYMOUS and _tells(display, level, person):
        what = f"`display` holds a name of theirs, and the level is {level.name.lower()}"
        fix = "Write words without it; if they agreed to be named, write `level: named`."
        yield Problem(fields.place("display"), what, fix)
    yield from _days(fields)
    yield from _too_few(fields, level)
    yield from _known_by(fields, level)
    if fields.get("capacity") == "official" and fields.get("dept_clearance") is None:
        what = "`capacity` is official, and nothing says whether their department must agree"
        fix = "Ask, and write `dept_clearance: {needed: yes, …}` or `{needed: no}`."
        yield Problem(fields.place("capacity"), what, fix)


def _days(fields: Fields) -> Iterator[Problem]:
    none = Fields({}, {}, fields.where)
    agreed = fields.get("given", none).get("on")
    if agreed is None:
        return
    days = {"expires": fields.get("expires"), "withdrawn": fields.get("withdrawn", none).get("on")}
    for key, day in days.items():
        if day is not None and day < agreed:
            what = f"`{key}` is before the day on which they agreed"
            fix = "Correct the day; if they have agreed again since, remove the line."
            yield Problem(fields.place(key), what, fix)


def _too_few(fields: Fields, level: Level) -> Iterator[Problem]:
    size = fields.get("group_size")
    if size is not None and size < FEWEST_ALIKE and level in {Level.ROLE, Level.ORGANISATION}:
        what = f"`group_size` is under {FEWEST_ALIKE}, so `display` as good as names them"
        fix = "Agree words that fit more people; if they agreed to be known, write `level: named`."
        yield Problem(fields.place("group_size"), what, fix)


def _known_by(fields: Fields, level: Level) -> Iterator[Problem]:
    """Say where anonymity and a face or a voice cannot both be meant."""
    allow: Fields = fields.get("allow", Fields({}, {}, fields.where))
    if level is Level.ANONYMOUS and allow.get("photo"):
        what = "`allow.photo` is yes, and nobody is anonymous in a photograph"
        yield Problem(allow.place("photo"), what, "Write `photo: no`, or the level they agreed to.")
    if level < Level.NAMED and fields.get("anonymous_from") == "colleagues" and allow.get("voice") == "own":
        what = "`anonymous_from` is colleagues, and colleagues know a voice"
        fix = "Write `voice: revoiced` or `voice: no`; if only the public is meant, `anonymous_from: public`."
        yield Problem(allow.place("voice"), what, fix)


def advise_records(consents: Consents) -> Iterator[str]:
    """Say whose words fit so few people that somebody might guess."""
    for (person, item), record in consents.consents.items():
        size = record.group_size
        if size is not None and FEWEST_ALIKE <= size < FEW_ALIKE and record.level < Level.NAMED:
            what = f"the words for {person} fit {size} people, so somebody might guess"
            where = f"registry/consents/{'standing' if item is None else '…'}/{person}.yaml"
            yield f"{where}: {what}. Ask whether they would rather have wider ones."


def check_wordings(
    records: Records, people: Mapping[PersonId, Person], places: Mapping[tuple[PersonId, str | None], Place]
) -> Iterator[Problem]:
    """Report words for one person that name another who is withheld there, or that are another's too."""
    shown = {where: record for where, record in records.items() if record.display}
    alike: dict[tuple[str | None, str], list[PersonId]] = defaultdict(list)
    for (person, item), record in shown.items():
        alike[item, skim(record.display)].append(person)
        for other in _named_in(record.display, people):
            theirs = records.get((other, item)) or records.get((other, None))
            if other != person and (theirs is None or theirs.level is not Level.NAMED):
                what = f"`display` holds a name of {other}, who is withheld here"
                yield Problem(places[person, item], what, "Write words without it.")
    for (item, _), same in alike.items():
        for person in sorted(same)[1:]:
            what = f"`display` is what {min(same)} is called here too, so nobody could tell them apart"
            yield Problem(places[person, item], what, "Agree other words with one of the two.")


def _named_in(display: str, people: Mapping[PersonId, Person]) -> Iterator[PersonId]:
    words = f" {' '.join(skim(display).split())} "
    for person in people.values():
        forms = {f"{given} {person.family}" for given in (person.given, *person.known_as) if person.family}
        forms |= {
            name for name in (*person.aliases, *person.emails, *person.handles) if len(name) > len("Jo Ng")
        }
        if any(_holds(words, form) for form in forms):
            yield person.id


def _holds(words: str, form: str) -> bool:
    name = " ".join(skim(form).split())
    return name in words and re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", words) is not None


def _tells(display: str, level: Level, person: Person | None) -> bool:
    """Whether words for someone who is not to be named name them, with whatever accents and capitals."""
    if person is None or level is Level.NAMED:
        return False
    given = [person.given] if len(person.given) >= _SHORTEST_TELLING_NAME else []
    names = (" ".join(skim(name).split()) for name in (*given, person.family, *person.known_as))
    words = " ".join(skim(display).split())
    return any(re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", words) for name in names if name)
