"""The story of a contributor's page: the site is made, searched for their part, and shown to them alone.

The page passes the gate before it is written, under the same terms as the item's own public page: it may go
to a departmental mailbox, and must say nothing of anyone that will not be public.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.contributor.changes import changes
from cop_publish.contributor.drafts import draft_number, note_page
from cop_publish.contributor.pictures import data_address, photograph_words, photographs, picture_spots
from cop_publish.contributor.places import Wanted, seek
from cop_publish.contributor.sound import clips_of, sounds_of
from cop_publish.contributor.veil import veiled
from cop_publish.contributor.words import (
    HOW,
    agreed_words,
    asks_words,
    department_words,
    employer_words,
    guess_words,
    kind_of,
    listening_words,
    name_words,
    passages,
    planned_words,
    shared_words,
    spots,
    theirs,
    voice_words,
)
from cop_publish.core import routes
from cop_publish.core.consents import Level
from cop_publish.core.output import FileClass, Headers, PublicFile, Site
from cop_publish.core.pieces import pieces_of
from cop_publish.core.problems import Place
from cop_publish.errors import LeakFound, NeedsHumanLook, Unscannable, WrongUsage
from cop_publish.gate.approve import approve
from cop_publish.gate.memory import Memory
from cop_publish.gating import guard_of
from cop_publish.in_words import find_fault, read_by
from cop_publish.publish import memory_of
from cop_publish.registry.state import head_of
from cop_publish.render.contributor_page import (
    ContributorPage,
    write_contributor_page,
    write_contributor_text,
)
from cop_publish.sign_off import find_asked, fingerprint_of
from cop_publish.site import site_to_show
from cop_publish.storage.live import remembered_manifest

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from cop_publish.core.model import EpisodeRelease
    from cop_publish.gate.guard import Guard
    from cop_publish.in_words import Fault
    from cop_publish.publish import Errand
    from cop_publish.sign_off import Asked


HEAD_LETTERS = 16  # of the audit's head


@dataclass(frozen=True, slots=True)
class Made:
    """One person's page as one file, and the same as plain text."""

    page: bytes
    text: bytes


def make_page(errand: Errand, asked: Asked, answer_by: date | None = None) -> Made:
    """Make the page of one person, in both forms, and record which draft it shows.

    Raises what the renderers and masters raise, LeakFound where it would show what must not be public, and
    NotCleared where nothing can be recorded.
    """
    settings, item = asked.settings, asked.view.item
    due = next((held.due_at for held in asked.ready.held_back if held.id == item), None)
    if due is not None:  # shown as it will be on its day
        asked = replace(find_asked(replace(errand, now=due), item, asked.view.person), view=asked.view)
    site, release = site_to_show(errand, settings, asked.ready, item)
    page = veiled(_page(asked, site, release, due), asked)
    planned = planned_words(due.astimezone(asked.ready.now.tzinfo) if due else None, answer_by, page.kind)
    page = replace(page, planned=planned, made_at=errand.now)
    clips = sounds_of(page.clips, release, settings)
    text = _pass_the_gate(page, clips, asked)
    heard = tuple(
        replace(clip, source=data_address("audio/mpeg", sound))
        for clip, sound in zip(page.clips, clips, strict=False)
    )
    whole = replace(page, clips=(*heard, *page.clips[len(heard) :]))
    note_page(settings.registry, asked.view, errand.now)
    return Made(write_contributor_page(whole, settings), text)


def write_private(path: Path, page: bytes) -> None:
    """Write a page so that nobody else on the machine can read it.  Raises WrongUsage, OSError."""
    if path.is_dir() or path.is_symlink():
        raise WrongUsage("--page and --text need the name of a file, such as page.html.")
    new = path.with_name(f"{path.name}.part")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(page)
    new.replace(path)


def _page(asked: Asked, site: Site, release: EpisodeRelease | None, due: datetime | None) -> ContributorPage:
    view, pieces = asked.view, pieces_of(asked.draft, asked.cleared)
    level, description = view.value["as"]
    person = asked.ready.consents.people[view.person]
    own_page = routes.page(asked.cleared, asked.settings.site)
    agreed = description if asked.consent.display else ""
    sought = seek(site, Wanted(view.item, description, tuple(theirs(pieces, asked)), person, agreed))
    clips, note = clips_of(pieces, asked, release)
    last = asked.answers[-1] if asked.answers else None
    return ContributorPage(
        title=asked.cleared.title,
        summary=asked.cleared.summary,
        lines=tuple(view.value["lines"]),
        pictures=tuple(photographs(pieces, asked)),
        kind=kind_of(asked),
        draft=draft_number(asked.settings.registry, view),
        planned="",
        made_at=asked.ready.now,
        asks=asks_words(asked.state, is_live=_is_live(asked, own_page)),
        description=description,
        how=HOW[Level[level.upper()]],
        agreed=agreed_words(asked),
        name=name_words(sought, asked.consent.level),
        employer=employer_words(sought, asked),
        photograph=photograph_words(pieces, asked),
        voice=voice_words(pieces, asked),
        spots=(*spots(sought.found, own_page), *picture_spots(pieces, asked, site)),
        shared=shared_words(asked),
        checked_files=sought.checked_files,
        clips=clips,
        listening=listening_words(asked.consent.level),
        sound_note=note,
        passages=tuple(passages(pieces, asked, release)),
        answered_at=last.at if last else None,
        changes=tuple(changes(asked)),
        department=tuple(department_words(asked, due)),
        guess=guess_words(asked),
        fingerprint=fingerprint_of(view),
        log_head=head_of(asked.settings.registry)[:HEAD_LETTERS] if asked.settings.registry else "",
    )


def _is_live(asked: Asked, own_page: str) -> bool | None:
    """Whether the item was public when this workspace last looked; None: it never did."""
    known = remembered_manifest(memory_of(asked.settings))
    return None if known is None else any(entry.key == own_page for entry in known.entries)


# --- the gate -------------------------------------------------------------------------------------


def _pass_the_gate(page: ContributorPage, clips: list[bytes], asked: Asked) -> bytes:
    """Have the page and its sounds read as the item's own public files are; together they are the page.

    Gives the page as text, which was read too: it holds no sound, so what was read is what is written.

    What other files say around their words may name whoever those files may name, so it is read apart.
    """
    own = frozenset({asked.view.item})
    alone = replace(page, spots=tuple(replace(spot, excerpts=()) for spot in page.spots))
    shown = own.union(*(spot.items for spot in page.spots if spot.excerpts))
    html, sound = Headers("text/html; charset=utf-8", "no-store"), Headers("audio/mpeg", "no-store")
    plain, text = Headers("text/plain; charset=utf-8", "no-store"), b""
    files = []
    for name, part, items in (("contributor", alone, own), ("places", page, shown)):
        written = write_contributor_page(part, asked.settings)
        text = write_contributor_text(part, asked.settings)
        files.append(PublicFile(f"{name}.html", written, html, FileClass.PAGE, items))
        files.append(PublicFile(f"{name}.txt", text, plain, FileClass.PAGE, items))
    files += [
        PublicFile(f"heard-{number}.mp3", clip, sound, FileClass.MEDIA, own)
        for number, clip in enumerate(clips)
    ]
    try:
        approve(Site(tuple(files), (), None), _guard(asked), Memory())
    except (LeakFound, NeedsHumanLook, Unscannable) as found:
        raise _at_source(found, asked) from found
    return text


def _at_source(found: Fault, asked: Asked) -> Fault:
    """What the gate says of the page, told of the lines that it comes from, or once of the page."""
    source = find_fault(asked.ready)
    if source is not None:
        return type(source)(_NOT_WRITTEN, source.problems)
    place = Place(f"the page of {asked.view.person}")
    once = {p.what.rpartition(" (")[0]: p for p in found.problems}
    return type(found)(_NOT_WRITTEN, [replace(p, where=place, what=what) for what, p in once.items()])


_NOT_WRITTEN = "Nothing was written: the page would hold what must not be public."


def _guard(asked: Asked) -> Guard:
    """As for everybody, but that they may read of their own work: where it is said beside their words."""
    return read_by(asked.view.person, asked.view.item, guard_of(asked.ready))
