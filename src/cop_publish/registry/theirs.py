"""What of one person lies in a registry, and how it goes: cut off anywhere, what is left denies more.

1. their consents (the standing one first: an item's own may say less), the allows about them, their answers;
2. in the answers of others the page that showed them: its digest stays, and so does what was answered;
3. the notes that were written about them or hold their name, each with its salt;
4. what else is a copy of such a file: of a command that was cut off, of an editor, of a synced folder;
5. their own file last: until then they are withheld everywhere, and can be looked for.

Each step can be done again.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cop_publish.registry.allow_list import remove_allows
from cop_publish.registry.allows import every_allow
from cop_publish.registry.audit import NOTES, read_chain
from cop_publish.registry.copies import write_private
from cop_publish.registry.erased import NAME, is_name_alone, name_alone, own_records
from cop_publish.registry.secret import closed
from cop_publish.registry.sign_offs import ENDING, FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cop_publish.core.consents import Person, PersonId

    Holds = Callable[[str], bool]

_NOTE_LETTERS = 16  # of the commitment, as the audit names the file of a note
_STATE = ".cop-publish"  # beside the records: what this copy knows of a bucket
_ASIDE = "taken-back"
_UNFINISHED = re.compile(r"\..+\.(?:\d+|[0-9a-f]{8})(?:\.part)?")  # as our writers call what they rename
_SEARCHED_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom words are searched for, as long as their file says what they are called."""

    holds: Holds  # their whole name, an address or a handle, in any form
    may_hold: Holds  # ... or a part of the name alone, which may be another's, or a word
    knows: bool = True  # False: nobody can tell any more what they were called


@dataclass(frozen=True, slots=True)
class Theirs:
    """What lies there of one person; paths are absolute, and what is changed is not among what goes."""

    consents: tuple[Path, ...] = ()  # the standing one first
    allows: tuple[str, ...] = ()  # fingerprints
    answers: tuple[Path, ...] = ()
    pages: tuple[Path, ...] = ()  # answers of others that hold a page which shows them
    notes: tuple[Path, ...] = ()
    copies: tuple[Path, ...] = ()
    own: Path | None = None

    @property
    def is_nothing(self) -> bool:
        return self == Theirs()


def find_theirs(folder: Path, person: PersonId, sought: Sought, keeps: str) -> Theirs:
    """Look for everything; where it `keeps` the NAME, for all but the name and what was said of its finding.

    Raises InvalidSource where the list of allows cannot be read; OSError.
    """
    records = own_records(folder, person)
    own = next((p for p in records if p.parent.name == "people"), None)
    if own is not None and keeps == NAME and is_name_alone(folder, person):
        own = None
    # The gate goes on finding a name that is kept, so what was looked at stays looked at.
    allows = (
        ()
        if keeps == NAME
        else tuple(
            mark for allow in every_allow(folder) if allow.person == person for mark in allow.fingerprints
        )
    )
    return Theirs(
        consents=tuple(p for p in records if p.suffix == ".yaml" and p.parent.name != "people"),
        allows=allows,
        answers=tuple(p for p in records if p.suffix == ENDING),
        pages=tuple(
            p for p in _answers_of_others(folder, person) if any(True for _ in _pages(p, sought.may_hold))
        ),
        notes=tuple(sorted({*_notes_about(folder, person), *_notes_holding(folder, sought.holds)})),
        copies=tuple(_copies(folder, person, sought)),
        own=own,
    )


def remove_theirs(folder: Path, theirs: Theirs, sought: Sought, kept: Person | None) -> None:
    """Let it go, in the order above; `kept`: whose name alone stays, None where nothing does.

    Raises NotCleared where it cannot be written, and InvalidSource as `find_theirs`.
    """
    try:
        for path in theirs.consents:
            _remove(path)
        if theirs.allows:
            remove_allows(folder, theirs.allows)
        for path in theirs.answers:
            _remove(path)
        for path in theirs.pages:
            write_private(path, _without_pages(path, sought.may_hold))
        for path in (*theirs.notes, *theirs.copies):
            _remove(path)
        if theirs.own is not None and kept is not None:
            text = name_alone(kept.given, kept.family, kept.known_as, kept.aliases)
            write_private(theirs.own, text.encode())
        elif theirs.own is not None:
            _remove(theirs.own)
    except OSError:
        raise closed("what is to be erased") from None


def _remove(path: Path) -> None:
    """Take a file away for good, and its folder where that is an item's and now empty."""
    path.unlink(missing_ok=True)
    _settle(path.parent)
    if path.parent.parent.name in {"consents", FOLDER} and path.parent.name != "standing":
        with suppress(OSError):  # others have records there
            path.parent.rmdir()


def _settle(folder: Path) -> None:
    """Have the disk know of it before anything else goes: the order is what protects them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- where it is -----------------------------------------------------------------------------------


def _answers_of_others(folder: Path, person: PersonId) -> Iterator[Path]:
    yield from sorted(p for p in (folder / FOLDER).glob(f"*/*{ENDING}") if p.stem != person)


def _pages(path: Path, holds: Holds) -> Iterator[int]:
    """The numbers of the lines that keep a page which shows them."""
    for number, line in enumerate(_lines(path)):
        view = _line(line).get("view")
        if view is not None and holds(json.dumps(view, ensure_ascii=False)):
            yield number


def _without_pages(path: Path, holds: Holds) -> bytes:
    lines = _lines(path)
    for number in _pages(path, holds):
        lines[number] = json.dumps({**_line(lines[number]), "view": None}, ensure_ascii=False, sort_keys=True)
    return "".join(f"{line}\n" for line in lines).encode()


def _lines(path: Path) -> list[str]:
    """As `sign_offs.py` reads them: a remark may hold what else ends a line."""
    return path.read_bytes().decode("utf-8", "replace").removesuffix("\n").split("\n")


def _line(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}  # damaged: the registry says so itself
    return found if isinstance(found, dict) else {}


def _notes_about(folder: Path, person: PersonId) -> Iterator[Path]:
    for entry in read_chain(folder).entries:
        commitment = str(entry.get("note", ""))
        path = folder / NOTES / f"{commitment[:_NOTE_LETTERS]}.json"
        if entry.get("person") == person and commitment and path.is_file():
            yield path


def _notes_holding(folder: Path, holds: Holds) -> Iterator[Path]:
    for path in sorted((folder / NOTES).glob("*.json")):
        if holds(str(_line(_text(path)).get("said", ""))):
            yield path


def _copies(folder: Path, person: PersonId, sought: Sought) -> Iterator[Path]:
    """Files that no command needs, and that bear their ID or hold a form of their name.

    A command that was cut off left them, or one that lost against another, an editor, a synced folder.
    Where nobody can tell any more what they were called, what was put aside goes whole: it may hold them.
    """
    own = set(own_records(folder, person))
    bears = re.compile(rf"(?<![a-z0-9]){re.escape(person)}(?![a-z0-9])")
    for top, _, names in os.walk(folder):
        here = Path(top)
        inside = here.relative_to(folder).parts
        is_ours, is_aside = _STATE in inside, _ASIDE in inside
        for path in (here / name for name in sorted(names)):
            is_unfinished = _UNFINISHED.fullmatch(path.name) is not None
            is_whole = (is_unfinished and is_ours) or (is_aside and not sought.knows)
            is_left = is_unfinished or is_aside
            is_copy = bool(bears.search(path.name)) and path not in own
            if is_whole or is_copy or (is_left and sought.holds(_text(path))):
                yield path


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_SEARCHED_BYTES).decode("utf-8", "replace")
