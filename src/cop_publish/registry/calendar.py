"""``calendar.yaml``: the pre-election periods in which some employers publish nothing new.

Every day and time is in the site's time zone; a period that ends on a day ends when that day does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cop_publish.core import values as v
from cop_publish.core.front_matter import Fields, Key, Schema, check_characters, read_yaml
from cop_publish.core.problems import Place, Problem, Problems
from cop_publish.core.windows import Period
from cop_publish.errors import InvalidSource

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path


CALENDAR = "calendar.yaml"
_EVERYBODY = "all"


PERIOD: Schema = {
    "kind": Key(v.choice("election"), "election: before a general, devolved or local one.", required=True),
    "from": Key(v.moment, "When it begins, such as 2027-03-25 00:01.", required=True),
    "to": Key(v.until, "The last day, or the instant when it ends.", required=True),
    "employers": Key(v.words, "The words of `employer` that it holds for: [dept-x], or all.", required=True),
    "effect": Key(v.choice("block"), "block: nothing new is published; what is public stays."),
}
PERIODS: Schema = {"periods": Key(v.each(PERIOD), "A list of periods.", required=True)}


def read_calendar(folder: Path, tz: tzinfo) -> tuple[Period, ...]:
    """Read the calendar; a registry without one has no periods.  Raises InvalidSource for what is wrong."""
    shown = f"registry/{CALENDAR}"
    try:
        text, problems = check_characters((folder / CALENDAR).read_text(encoding="utf-8"), shown)
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError):
        fix = "Check its rights, and save it as UTF-8."
        text, problems = "", (Problem(Place(shown), "the calendar cannot be read", fix),)
    if problems:
        raise _invalid(problems)
    fields, problems = read_yaml(text, shown, PERIODS, tz)
    periods: tuple[Fields, ...] = fields.get("periods", ())
    problems = (*problems, *(problem for period in periods for problem in _contradictions(period)))
    if problems:
        raise _invalid(problems)
    return tuple(_period(period) for period in periods)


def _period(fields: Fields) -> Period:
    named: tuple[str, ...] = fields.get("employers")
    employers = None if named == (_EVERYBODY,) else frozenset(named)
    return Period(fields.get("kind"), fields.get("from"), fields.get("to"), employers, fields.where)


def _contradictions(fields: Fields) -> list[Problem]:
    found = []
    begins, ends = fields.get("from"), fields.get("to")
    if begins is not None and ends is not None and ends <= begins:
        what = "a period ends before it begins"
        found.append(Problem(fields.place("to"), what, "Correct the days."))
    employers: Any = fields.values.get("employers")
    if employers is not None and (not employers or (_EVERYBODY in employers and len(employers) > 1)):
        what = "a period holds for nobody, or for all and for some"
        found.append(Problem(fields.place("employers"), what, "Write [dept-x, dept-y], or all."))
    return found


def _invalid(problems: Problems) -> InvalidSource:
    return InvalidSource("Nothing was published: the registry has problems.", problems)
