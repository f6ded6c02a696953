"""Nobody is erased while anything public still names, hears or shows them, or rests on their yes.

With their record gone nothing could be built that shows them, and nothing would say what to take out.
So that comes first, by `withdraw`; each release says whom it shows, by ID.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.bookkeeping import refuse_older
from cop_publish.core.consents import Consents, Level
from cop_publish.core.present import present_in
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.errors import Busy, NotCleared
from cop_publish.intake.settings_file import place_of as settings_place
from cop_publish.intake.workspace import read_workspace
from cop_publish.publish import publisher_of
from cop_publish.storage.live import look
from cop_publish.withdrawal.kept import kept_showing, shows
from cop_publish.withdrawal.remaining import take_down

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cop_publish.core.consents import Person, PersonId
    from cop_publish.core.problems import Problems
    from cop_publish.core.relied import Relied
    from cop_publish.intake.workspace import ItemRead
    from cop_publish.settings import Settings
    from cop_publish.storage.live import Live, Publisher


def refuse_public(settings: Settings, person: PersonId, people: Mapping[PersonId, Person]) -> None:
    """Raise NotCleared with every place where they are public, and the command that mends it.

    Raises Busy where a publish was cut off, and StorageFailed where the store cannot be asked.
    """
    publisher = publisher_of(settings)
    live = look(publisher)
    if live.head is not None and live.head.lease is not None:
        raise Busy(
            "Nothing was erased: a publish is under way, or was cut off. Run `cop-publish publish` first."
        )
    refuse_older(settings, live.head.registry if live.head else None)
    items = {item.id: item for item in read_workspace(settings, Consents(people)).items}
    rows = [row for row in live.record.relied or () if shows(row, person)]
    kept = tuple(_kept(person, publisher, live))
    found = [*_as_host(settings, person), *_live(rows, items), *_undated(person, live, items), *kept]
    if found:
        raise NotCleared(_first(person, rows, kept), found)


def _first(person: PersonId, rows: Iterable[Relied], kept: Problems) -> str:
    """The commands that make nearly all of it go, in the order in which they are typed."""
    scopes = {
        "attribution": bool(kept) or any(row.level > Level.ANONYMOUS for row in rows),
        "voice": any(row.voice for row in rows),
        "photograph": any(row.photo for row in rows),
    }
    commands = [
        f"`cop-publish withdraw --person {person} --scope {scope}`" for scope, has in scopes.items() if has
    ]
    first = f" First run {' and '.join(commands)}; then mend what is left of this." if commands else ""
    return f"Nothing was erased: {person} is public, or can be again.{first}"


def _as_host(settings: Settings, person: PersonId) -> Iterator[Problem]:
    if person in settings.show.hosts:
        what = f"`show.hosts` names {person}"
        where = settings_place(settings.root, "show.hosts")
        yield Problem(where, what, "Take the ID out.", Matter.CONSENT)


def _live(rows: Iterable[Relied], items: Mapping[str, ItemRead]) -> Iterator[Problem]:
    for row in rows:
        item = items.get(row.item)
        what = f"it shows {row.person} ({', '.join(_of(row))}), and is public"
        yield Problem(Place(item.path if item else row.item), what, _out(item), Matter.CONSENT)


def _of(row: Relied) -> Iterator[str]:
    if row.level > Level.ANONYMOUS:
        yield "who they are"
    if row.words:
        yield "their words"
    if row.voice:
        yield "their voice"
    if row.photo:
        yield "their photograph"


def _out(item: ItemRead | None) -> str:
    whole = f", or take it down whole: {take_down(item)}" if item and item.kind in {"episode", "post"} else ""
    return f"Take their part and their ID out of it and run `cop-publish publish`{whole}."


def _undated(person: PersonId, live: Live, items: Mapping[str, ItemRead]) -> Iterator[Problem]:
    """Of a release from before they said whom they show: whatever the files say today."""
    if live.record.relied is not None:
        return
    present = present_in([item.draft for item in items.values() if item.draft is not None])
    keys = [entry.key for entry in live.manifest.entries]
    for item in items.values():
        if person in present.get(item.id, ()) and any(map(item.address.is_own, keys)):
            what = f"{person} is part of it, and it is public"
            yield Problem(Place(item.path), what, _out(item), Matter.CONSENT)


def _kept(person: PersonId, publisher: Publisher, live: Live) -> Iterator[Problem]:
    found = kept_showing(publisher, live, live.manifest, lambda row: shows(row, person))
    if found:
        newest = max(found, key=lambda kept: kept.seq)
        count = "1 release" if len(found) == 1 else f"{len(found)} releases"
        what = f"{count} that can be gone back to may show {person}, the newest of {newest.at:%Y-%m-%d}"
        fix = f"`cop-publish withdraw --person {person} --scope attribution` removes these too."
        yield Problem(Place("the store"), what, fix, Matter.CONSENT)
