"""Whether a recurrence rule of RFC 5545 section 3.3.10 can be read."""

from __future__ import annotations

import re

_NUMBERS = r"[+-]?[0-9]{1,3}(,[+-]?[0-9]{1,3})*"
_DAY = r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)"
_PARTS = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",  # the RFC has seconds too; no show appears so often
    "INTERVAL": r"[1-9][0-9]{0,2}",
    "UNTIL": r"[0-9]{8}(T[0-9]{6}Z?)?",
    "BYDAY": f"{_DAY}(,{_DAY})*",
    "BYMONTHDAY": _NUMBERS,
    "BYYEARDAY": _NUMBERS,
    "BYWEEKNO": _NUMBERS,
    "BYMONTH": r"(0?[1-9]|1[0-2])(,(0?[1-9]|1[0-2]))*",
    "BYSETPOS": _NUMBERS,
    "WKST": r"MO|TU|WE|TH|FR|SA|SU",
}


def rrule_fault(rule: str) -> str:
    """Say in words what is wrong with a rule; an empty text means that nothing is."""
    parts = [part.partition("=") for part in rule.split(";")]
    names = [name for name, _, _ in parts]
    if "COUNT" in names:
        return "counts with COUNT, which needs a start that the feed does not give"
    for name, _, value in parts:
        if name not in _PARTS:
            return "holds a part that RFC 5545 does not know"
        if not re.fullmatch(_PARTS[name], value):
            return f"has a {name} that RFC 5545 does not allow"
    if len(set(names)) < len(names):
        return "says one part twice"
    return "" if "FREQ" in names else "has no FREQ"
