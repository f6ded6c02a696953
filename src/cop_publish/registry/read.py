"""Read the private store of people and consents: strictly, from YAML, into one frozen `Consents`.

A missing registry refuses; an initialised, empty one is valid and denies everything.  One that others
on the machine can read, or that lies inside a git work tree, refuses unless it says of itself that its
people are fictional.  Unknown keys and values are refused: a mistyped `withdrawn` must not pass.  So are
records that contradict themselves, and links, for what they lead to could change unseen.
"""

from __future__ import annotations

import os
from datetime import UTC
from typing import TYPE_CHECKING

from cop_publish.core import values as v
from cop_publish.core.checks import STANDING
from cop_publish.core.consents import Consent, Consents, Person, PersonId
from cop_publish.core.front_matter import Fields, Schema, check_characters, read_yaml
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.errors import InvalidSource, NotCleared
from cop_publish.registry.erased import erasures_in, left_behind
from cop_publish.registry.records import check_record, check_wordings, record_of
from cop_publish.registry.schemas import CONSENT, PERSON, REGISTRY
from cop_publish.registry.shown import check_shown
from cop_publish.registry.state import MARK
from cop_publish.registry.tellable import tellable
from cop_publish.registry.upheld import forgotten

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION = 1
_OTHERS = 0o077
Items = frozenset[str]  # folders in consents/ that messages may show
_FIXED = frozenset({MARK, "people", "consents", STANDING})  # names that messages may show, beside IDs

_HOW_TO_SET = (
    "Set `[registry] path` in cop-publish.toml, or $COP_PUBLISH_REGISTRY, to the private folder, "
    "or make one with `cop-publish new person`."
)


def read_registry(folder: Path | None, items: Items = frozenset()) -> Consents:
    """Read everyone's consents; `items` holds the names of the workspace's items, which messages may show.

    Raises NotCleared where the registry cannot be trusted, and InvalidSource for what is wrong inside.
    """
    if folder is None or not os.path.isfile(folder / MARK):  # noqa: PTH113 - Path's raises where it may not look
        closed = folder is not None and os.path.isdir(folder) and not os.access(folder, os.R_OK | os.X_OK)  # noqa: PTH112 - the same
        what = "the registry is not there" if folder else "no registry is set"
        missing = (
            Problem(Place("registry"), "the registry cannot be read", "Check its rights: chmod u+rx.")
            if closed
            else Problem(Place("registry"), what, _HOW_TO_SET, Matter.CONSENT)
        )
        raise NotCleared(
            "Nothing was published: without the registry nobody has agreed to anything.", [missing]
        )
    problems: list[Problem] = []
    if (folder / MARK).is_symlink():
        problems.append(_link(folder / MARK, folder))
    mark = _read(folder / MARK, folder, REGISTRY, problems)
    if mark.get("version", VERSION) != VERSION:
        what = f"the registry is not of version {VERSION}"
        problems.append(Problem(mark.place("version"), what, "Use the cop-publish that wrote it."))
    fictional = bool(mark.get("fictional", False))
    if not fictional:
        _refuse_exposed(folder, problems)
    people = _people(folder, problems)
    consents = _consents(folder, people, problems, items)
    erasures = erasures_in(folder)
    problems += left_behind(folder, erasures)
    if problems:
        raise InvalidSource("Nothing was published: the registry has problems.", problems)
    read = Consents(people, consents, fictional, {who: one.on for who, one in erasures.items()})
    if lost := forgotten(folder, read):
        raise NotCleared("Nothing was published: the registry has lost what somebody took back.", lost)
    return read


def read_people(folder: Path) -> dict[PersonId, Person]:
    """Read everyone, whatever is wrong with what they agreed to.  Raises InvalidSource."""
    problems: list[Problem] = []
    people = _people(folder, problems)
    if problems:
        raise InvalidSource("Nothing was changed: the registry has problems.", problems)
    return people


def _people(folder: Path, problems: list[Problem]) -> dict[PersonId, Person]:
    found: dict[PersonId, Person] = {}
    for path in _files(folder / "people", folder, problems):
        person = _id(path, folder, problems)
        fields = _read(path, folder, PERSON, problems)
        name: Fields | None = fields.get("name")
        if person is None or name is None or name.get("given") is None:
            continue
        also = fields.get("also", Fields({}, {}, fields.where))
        found[person] = Person(
            id=person,
            given=name.get("given"),
            family=name.get("family", ""),
            known_as=name.get("known_as", ()),
            aliases=also.get("aliases", ()),
            emails=also.get("emails", ()),
            handles=also.get("handles", ()),
            urls=also.get("urls", ()),
            roles=also.get("roles", ()),
            organisations=also.get("organisations", ()),
            employer=fields.get("employer", ""),
            never_mention=fields.get("never_mention", False),
        )
    return found


def _consents(
    folder: Path, people: dict[PersonId, Person], problems: list[Problem], items: Items
) -> dict[tuple[PersonId, str | None], Consent]:
    found: dict[tuple[PersonId, str | None], Consent] = {}
    places: dict[tuple[PersonId, str | None], Place] = {}
    known = {path.stem for path in (folder / "people").glob("*.yaml")}  # with problems of their own, perhaps
    items = tellable(items, people.values()) if len(people) == len(known) else frozenset[str]()
    for path in _consent_files(folder, problems, items):
        person = _id(path, folder, problems, items)
        fields = _read(path, folder, CONSENT, problems, items)
        if person is None or fields.get("level") is None:
            continue
        if person not in people and person not in known:
            where = Place(_shown(path, folder, items))
            problems.append(
                Problem(where, f"{person} has no file in people/", "Add it, or remove this consent.")
            )
        problems += check_record(fields, people.get(person))
        problems += check_shown(folder, fields.get("given", Fields({}, {}, fields.where)))
        item = None if path.parent.name == STANDING else path.parent.name
        found[person, item] = record_of(person, item, fields)
        places[person, item] = fields.place("display")
    problems += check_wordings(found, people, places)
    return found


def _consent_files(folder: Path, problems: list[Problem], items: Items) -> Iterator[Path]:
    for item in _entries(folder / "consents", folder, problems):
        if item.is_dir():
            yield from _files(item, folder, problems, items)
        else:
            where = Place(_shown(item, folder))
            fix = "Move it into the folder of its episode, post or meeting, or into standing/."
            problems.append(Problem(where, "a file stands beside the folders of the items", fix))


def _files(place: Path, folder: Path, problems: list[Problem], items: Items = frozenset()) -> Iterator[Path]:
    """Give the records in one folder; anything else there could be one that would be passed over."""
    for path in _entries(place, folder, problems):
        if path.suffix == ".yaml" and path.is_file():
            yield path
        else:
            where = Place(_shown(path, folder, items))
            problems.append(
                Problem(where, "this is no record", "Records end in .yaml: rename it, or move it.")
            )


def _entries(place: Path, folder: Path, problems: list[Problem]) -> list[Path]:
    """List a folder, which need not be there; what begins with a dot is an editor's or the system's."""
    try:
        found = [place] if place.is_symlink() else [p for p in place.iterdir() if not p.name.startswith(".")]
        links = {p for p in found if p.is_symlink()}
    except FileNotFoundError:
        return []
    except OSError:
        where = Place(_shown(place, folder))
        problems.append(Problem(where, "the folder cannot be read", "Check its rights: chmod u+rx."))
        return []
    problems += (_link(p, folder) for p in links)
    return sorted(set(found) - links)


def _link(path: Path, folder: Path) -> Problem:
    what = "this is a link, and what it leads to could change unseen"
    return Problem(Place(_shown(path, folder)), what, "Put the file or folder itself in its place.")


def _id(path: Path, folder: Path, problems: list[Problem], items: Items = frozenset()) -> PersonId | None:
    if v.PERSON_ID.fullmatch(path.stem):
        return PersonId(path.stem)
    where = Place(_shown(path, folder, items))
    problems.append(Problem(where, "a file is not named after a person's ID", "Rename it to p-XXXX.yaml."))
    return None


def _read(
    path: Path, folder: Path, schema: Schema, problems: list[Problem], items: Items = frozenset()
) -> Fields:
    shown = _shown(path, folder, items)
    try:
        text, bad = check_characters(path.read_text(encoding="utf-8"), shown)
    except (OSError, UnicodeDecodeError) as error:
        what, line = "the file cannot be read", 0
        if isinstance(error, UnicodeDecodeError):
            what, line = "the file is not UTF-8 text", error.object[: error.start].count(b"\n") + 1
        problems.append(Problem(Place(shown, line), what, "Check its rights, and save it as UTF-8."))
        return Fields({}, {}, Place(shown, 1))
    if bad:
        problems.extend(bad)
        return Fields({}, {}, Place(shown, 1))
    fields, found = read_yaml(text, shown, schema, UTC)
    problems.extend(found)
    return fields


def shown_name(path: Path, folder: Path) -> str:
    """Give the path of a record as messages may show it."""
    return _shown(path, folder)


def _shown(path: Path, folder: Path, items: Items = frozenset()) -> str:
    """The path as messages show it: fixed names, people's IDs and `items`; any other may hold a name."""
    parts = path.relative_to(folder).parts
    shown = [part if _may_be_shown(part) or part in items else "…" for part in parts]
    return "/".join(["registry", *shown]).replace("…/…", "…")


def _may_be_shown(part: str) -> bool:
    return part in _FIXED or v.PERSON_ID.fullmatch(part.removesuffix(".yaml")) is not None


def _refuse_exposed(folder: Path, problems: list[Problem]) -> None:
    where = Place("registry")
    found: list[Problem] = []
    if folder.stat().st_mode & _OTHERS:
        what = "other people on this machine can read the registry"
        found.append(Problem(where, what, f"Run: chmod -R go= '{folder.name}'.", Matter.CONSENT))
    if any((parent / ".git").exists() for parent in (folder.resolve(), *folder.resolve().parents)):
        what = "the registry lies inside a git work tree, where nothing can ever be erased"
        found.append(
            Problem(where, what, "Move it to a private folder outside the repository.", Matter.CONSENT)
        )
    if found:
        raise NotCleared("Nothing was published: the registry is not private.", [*found, *problems])
