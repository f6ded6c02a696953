"""Who was erased, by ID alone, as the audit has it: the ID is not given again, and nothing of theirs counts.

::

    {"at": …, "event": "erase", "fact_keeps": "nothing", "fact_reference": …, "person": "p-7f3k", …}
    {"at": …, "event": "erased", "person": "p-7f3k", …}

The first line is written before anything goes: from then on the registry refuses whatever it still finds of
theirs, so that nobody's no is forgotten before their yes.  The second says that nothing was left.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from cop_publish.core.consents import PersonId
from cop_publish.core.front_matter import Fields, read_yaml
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.core.values import PERSON_ID
from cop_publish.registry.audit import AUDIT, ERASING, read_chain
from cop_publish.registry.schemas import PERSON
from cop_publish.registry.sign_offs import ENDING, FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

BEGUN = ERASING
DONE = "erased"
NAME = "name"  # what may be kept, so that the gate still finds it
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One person's; the latest, where more than one was begun."""

    person: PersonId
    on: date
    keeps: str  # NAME or NOTHING
    is_done: bool


def erasures_in(folder: Path) -> Mapping[PersonId, Erasure]:
    """Everyone who was erased, or is to be, by ID."""
    found: dict[PersonId, Erasure] = {}
    for entry in read_chain(folder).entries:
        person = PersonId(str(entry.get("person", "")))
        if entry.get("event") == BEGUN and PERSON_ID.fullmatch(person):
            found[person] = _begun(person, entry)
        elif person in found and entry.get("event") == DONE:
            known = found[person]
            found[person] = Erasure(person, known.on, known.keeps, is_done=True)
    return found


def _begun(person: PersonId, entry: Mapping[str, Any]) -> Erasure:
    """Of a damaged line without its day too: its chain does not hold, and they stay erased."""
    try:
        on = datetime.fromisoformat(str(entry.get("at"))).date()
    except ValueError:
        on = date.min
    return Erasure(person, on, str(entry.get("fact_keeps", NOTHING)), is_done=False)


def left_behind(folder: Path, erasures: Mapping[PersonId, Erasure]) -> Iterator[Problem]:
    """A problem for each file of somebody who was erased, and for each erasing that was cut off."""
    for person, erasure in erasures.items():
        keep = " --keep-name" if erasure.keeps == NAME else ""
        fix = f"Run `cop-publish erase {person}{keep}`: it finishes that. Somebody else needs another ID."
        files = own_records(folder, person)
        if erasure.keeps == NAME and is_name_alone(folder, person):
            files = [path for path in files if path.parent.name != "people"]
        for path in files:
            above = "people" if path.parent.name == "people" else f"{path.parent.parent.name}/…"
            what = f"{person} was erased on {erasure.on}, and this is theirs"
            yield Problem(Place(f"registry/{above}/{path.name}"), what, fix, Matter.CONSENT)
        if not files and not erasure.is_done:
            what = f"the erasing of {person} was cut off"
            yield Problem(Place(f"registry/{AUDIT}"), what, fix, Matter.CONSENT)


def own_records(folder: Path, person: PersonId) -> list[Path]:
    """The files that bear their ID, in the order in which they may go: a yes before a no, the name last.

    A standing yes goes first, for an item's own record may say less; what is left then denies more.
    """
    consents = sorted(
        (folder / "consents").glob(f"*/{person}.yaml"), key=lambda p: p.parent.name != "standing"
    )
    answers = sorted((folder / FOLDER).glob(f"*/{person}{ENDING}"))
    own = folder / "people" / f"{person}.yaml"
    return [*consents, *answers, *([own] if own.is_file() else [])]


def is_name_alone(folder: Path, person: PersonId) -> bool:
    """Whether their file has a name that must never be mentioned, and nothing else: no comment either."""
    path = folder / "people" / f"{person}.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    fields, problems = read_yaml(text, path.name, PERSON, UTC)
    also: Fields = fields.get("also", Fields({}, {}, fields.where))
    held = {key for key in also.values if also.get(key)}
    return (
        not problems
        and fields.get("never_mention", False)
        and held <= {"aliases"}
        and not fields.get("employer")
        and "#" not in _QUOTED.sub("", text.removeprefix(_HEAD))  # what somebody noted is theirs too
    )


_HEAD = "# Erased at their request. The name alone is kept, so that it is found wherever it must not stand."
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')


def name_alone(given: str, family: str, known_as: tuple[str, ...], aliases: tuple[str, ...]) -> str:
    """The file that is left of somebody whose name must still be found."""
    name = {"given": given, **({"family": family} if family else {})}
    lines = [
        _HEAD,
        f"name: {_flow({**name, **({'known_as': list(known_as)} if known_as else {})})}",
        *([f"also: {_flow({'aliases': list(aliases)})}"] if aliases else []),
        "never_mention: yes",
    ]
    return "\n".join(lines) + "\n"


def _flow(value: Mapping[str, Any]) -> str:
    """One line of YAML; JSON is that, where every text is quoted."""
    return json.dumps(value, ensure_ascii=False)
