"""Write into the registry that somebody took something back: one line of a record, everything else as it is.

    withdrawn: {on: 2026-11-27, scope: [attribution, voice]}

Comments, order and the words of whoever wrote the file stay.  What was written is read again before it takes
the place of what was there: a record that the registry would refuse is never left behind.
"""

from __future__ import annotations

import os
import re
import secrets
from datetime import UTC
from typing import TYPE_CHECKING

from cop_publish.core.checks import STANDING
from cop_publish.core.consents import TakenBack
from cop_publish.core.front_matter import read_yaml
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.errors import NotCleared, WrongUsage
from cop_publish.registry.records import record_of
from cop_publish.registry.schemas import CONSENT
from cop_publish.registry.secret import closed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from cop_publish.core.consents import Consent, Consents, PersonId
    from cop_publish.core.problems import Problems

_KEY = re.compile(r"withdrawn[ \t]*:")
_COMMENT = re.compile(r"(?:^|\s)(#.*)$")


def take_back(
    folder: Path, person: PersonId, item: str | None, scope: TakenBack, *, on: date
) -> tuple[str, ...]:
    """Record it in an item's record, or without an item in every record of theirs; gives the items changed.

    An item for which only the standing record holds gets one of its own, with the same words.  What is taken
    back already stays as it is.  There must be a record (`refuse_nothing`).  Raises NotCleared where nothing
    can be written.
    """
    changed: dict[str, str] = {}
    for name, text in _records(folder, person, item):
        where = Place(f"registry/consents/{STANDING if name == STANDING else '…'}/{person}.yaml", 1)
        before, problems = _record(person, name, text, where)
        if before is None:
            raise NotCleared("Nothing was recorded: a consent has problems. Mend it first.", problems)
        if before.withdrawn_on is not None and {scope, TakenBack.ITEM} & before.withdrawn:
            continue
        line = _line(before, scope, on)
        after, _ = _record(person, name, changed.setdefault(name, _with_line(text, line)), where)
        if after is None or after.withdrawn_on is None or scope not in after.withdrawn:
            what = "this record cannot be changed by its lines"
            fix = f"Write `{line}` into it yourself, and run the command again."
            raise NotCleared("Nothing was recorded.", [Problem(where, what, fix, Matter.CONSENT)])
    for name, text in changed.items():
        _write(folder / "consents" / name / f"{person}.yaml", text)
    return tuple(changed)


def refuse_nothing(consents: Consents, person: PersonId, item: str | None) -> None:
    """Raise WrongUsage where they have agreed to nothing there."""
    known = {where for who, where in consents.consents if who == person}
    if not (known & {item, None} if item else known):
        whose = f"{person} has no consent recorded" + (f" for {item}, and no standing one" if item else "")
        raise WrongUsage(f"{whose}, so there is nothing to take back: nothing of theirs may be public.")


def _records(folder: Path, person: PersonId, item: str | None) -> Iterator[tuple[str, str]]:
    """The name of each record's folder, and its text: for one item what holds there, else all."""
    top, file = folder / "consents", f"{person}.yaml"
    found = [item] if item is not None else sorted(path.parent.name for path in top.glob(f"*/{file}"))
    sources = {name: name if (top / name / file).is_file() else STANDING for name in found}
    try:
        texts = [(name, (top / src / file).read_text(encoding="utf-8")) for name, src in sources.items()]
    except (OSError, UnicodeDecodeError):
        raise closed("a consent") from None
    yield from ((name, text.removeprefix("\ufeff")) for name, text in texts)


def _record(person: PersonId, name: str, text: str, where: Place) -> tuple[Consent | None, Problems]:
    """What a text says as a record; None: it is none, and why."""
    fields, problems = read_yaml(text, where.path, CONSENT, UTC)
    if problems or fields.get("level") is None:
        return None, problems
    return record_of(person, None if name == STANDING else name, fields), ()


def _with_line(text: str, line: str) -> str:
    """The text with this line for what stood under its key; comments there stay."""
    lines = text.splitlines()
    first = next((n for n, old in enumerate(lines) if _KEY.match(old)), None)
    if first is None:
        return "\n".join([*lines, line]) + "\n"
    last = first + 1
    while last < len(lines) and (lines[last][:1] in {" ", "\t"} and lines[last].strip()):
        last += 1
    comments = [found[1] for old in lines[first:last] if (found := _COMMENT.search(old))]
    new = [f"{line}  {comments[0]}" if comments else line, *comments[1:]]
    return "\n".join([*lines[:first], *new, *lines[last:]]) + "\n"


def _line(before: Consent, scope: TakenBack, on: date) -> str:
    """A day before that of the yes would be refused as a slip; where one stands already, the later holds."""
    day = max(d for d in (on, before.given_on, before.withdrawn_on) if d is not None)
    scopes = {scope} | (before.withdrawn if before.withdrawn_on is not None else set())
    named = [one.value for one in TakenBack if one in scopes]
    shown = named[0] if len(named) == 1 else f"[{', '.join(named)}]"
    return f"withdrawn: {{on: {day}, scope: {shown}}}"


def _write(path: Path, text: str) -> None:
    """Put it in place whole, readable by the owner alone where it is new."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        raise closed("a consent") from None
