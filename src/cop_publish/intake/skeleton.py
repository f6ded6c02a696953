"""The files that ``cop-publish new`` writes: filled in, so that a new show builds at once.

Nothing that exists is ever written over.  The clock and the guids are arguments.
"""

from __future__ import annotations

import os
import re
import secrets
import shlex
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from cop_publish.core.consents import PersonId
from cop_publish.core.items import slug_of
from cop_publish.errors import WrongUsage
from cop_publish.intake.placeholders import COVER_ALT, DESCRIPTION

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from pathlib import Path

_ID_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"

# The podcast namespace's own UUID for podcast:guid.
PODCAST_NAMESPACE = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
_COVER_PIXELS = 1400  # the least that Apple takes

_SETTINGS = """\
# Everything a show needs to know of itself. `cop-publish check` says what is missing or wrong.
[show]
title = {title}
description = "{description}"
language = "en-gb"
author = {title}                         # an organisation or a community, not a person
owner_email = "podcast@show.example"     # a role address; directories write to it
categories = [["Government"]]            # Apple's list
guid = "{guid}"   # the show's identity; never change it
cover = "cover.png"                      # square, 1400 to 3000 pixels
cover_alt = "{cover_alt}"
hosts = []                               # person IDs

[site]
url = "https://show.example/"            # where the published files will be
mailing_list = "https://show.example/join"

[storage]
folder = "published"                     # a plain folder any web host can serve; or:
# bucket = "my-bucket"
# endpoint = "https://s3.example"

[registry]
path = {registry}                        # private: people and what they agreed to
# bucket = "our-show-people"             # several producers share it: see docs/for-producers.md
"""
_ABOUT = """\
---
title: About
summary: Who we are and how to take part.
---
Say who makes the show, and on what basis people take part: nothing is attributed unless they want it to be,
and anything confidential is left out altogether.
"""
_IGNORE = """\
# Recordings never go into git: history cannot be erased.
episodes/*/recording.*
episodes/*/raw*
.cop-publish/
/published/
# A registry lies elsewhere; if one is ever put here, it must not slip in.
/registry/
"""
_POST = """\
---
title: {title}
summary: One plain sentence about it.
author: []
published: no   # take this line out when it is ready
---
Write here. Name people by their ID only, and mark what must not be public: see "Marks" in docs/formats.md.
"""
_EPISODE = """\
---
guid: {guid}   # the episode's identity for apps; never change it
title: {title}
summary: One plain paragraph, no Markdown.
date: {day} 07:00
number:
people: [{people}]     # the IDs of everyone who can be heard
chapters:
  - {{start: 0:00, title: Welcome}}
---
Show notes. Put the recording beside this file as recording.wav, .flac, .mp3, .m4a …
"""
_TRANSCRIPT = """\
WEBVTT

00:00:00.000 --> 00:00:04.000
[music]
"""
_MEETING = """\
---
title: {title}
summary: What it is about.
date: {day} 14:00
place: Online
published: no   # take this line out when it is ready
---
An agenda.
"""
_WHEN_READY = "Take out `published: no` when it is ready."
_REGISTRY = "version: 1\nfictional: no\nserial: 1\n"
_PERSON = """\
name: {{given: {given}, family: {family}, known_as: [{known_as}]}}
also:
  {{emails: [{emails}], handles: [], urls: [], aliases: [],
    roles: [{roles}], organisations: [{organisations}]}}
"""
_CONSENT = """\
level: {level}
{display}{group_size}allow: {{words: {words}, voice: {voice}, photo: {photo}}}
given: {{on: {day}, how: {how}{shown}}}
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What was made, and what to do next."""

    paths: tuple[Path, ...]
    next_step: str


def new_show(folder: Path, registry: Path, unique: UUID) -> Written:
    """Make a workspace that builds, and its private registry beside it; `unique` becomes the show's guid."""
    title = _quoted(folder.name.replace("-", " ").replace("_", " ").capitalize())
    guid = uuid5(PODCAST_NAMESPACE, str(unique))  # not of its address, which every new show shares
    where = _quoted(os.path.relpath(registry, folder))
    files: dict[str, str | bytes] = {
        "cop-publish.toml": _SETTINGS.format(
            title=title, guid=guid, registry=where, description=DESCRIPTION, cover_alt=COVER_ALT
        ),
        "about.md": _ABOUT,
        ".gitignore": _IGNORE,
        "withdrawn.yaml": "guids: []\npaths: []\n",
        "cover.png": _plain_cover(),
    }
    for name in files:
        if (folder / name).exists():
            raise _is_there(folder / name)
    paths = [
        *(_write(folder / name, content) for name, content in files.items()),
        *(_folder(folder / name) for name in ("episodes", "posts", "meetings", "images")),
    ]
    if not registry.exists():
        paths += [_private_folder(registry), *new_registry(registry)]
    there = shlex.quote(folder.name)
    return Written(tuple(paths), f"cd {there}; cop-publish new episode first-words; cop-publish build")


def new_registry(registry: Path) -> tuple[Path, ...]:
    """Initialise a registry: valid, empty, and denying everything."""
    folders = [_private_folder(registry / name) for name in ("people", "consents")]
    _private_folder(registry / "consents" / "standing")
    return (*folders, _write_private(registry / "registry.yaml", _REGISTRY))


def new_episode(root: Path, words: str, guid: UUID, day: date, hosts: Sequence[PersonId] = ()) -> Written:
    """Write an episode's folder with its guid already in it, and the show's hosts among its people."""
    folder = root / "episodes" / _slug(words)
    text = _EPISODE.format(guid=guid, title=_quoted(words), day=day, people=", ".join(hosts))
    paths = (_write(folder / "episode.md", text), _write(folder / "transcript.vtt", _TRANSCRIPT))
    return Written(paths, f"Put recording.wav (or .flac, .mp3, .m4a …) into episodes/{folder.name}/.")


def new_post(root: Path, words: str, day: date) -> Written:
    """Write a post's skeleton, named as Jekyll names it."""
    path = root / "posts" / f"{day}-{_slug(words)}.md"
    text = _POST.format(title=_quoted(words))
    return Written((_write(path, text),), f"Set `author` to the writer's ID. {_WHEN_READY}")


def new_meeting(root: Path, words: str, day: date) -> Written:
    """Write a meeting's skeleton."""
    path = root / "meetings" / f"{day}.md"
    text = _MEETING.format(title=_quoted(words), day=day)
    return Written((_write(path, text),), f"Set the time, and `link`, where to sign up. {_WHEN_READY}")


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known of a person, so that it is found where it must not stand."""

    emails: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()  # what people call where they work
    roles: tuple[str, ...] = ()  # and what they do there
    known_as: tuple[str, ...] = ()  # other given names they go by


def new_person(
    registry: Path,
    person: PersonId,
    given: str,
    family: str,
    known: Known = Known(),
) -> Written:
    """Write a person into the registry, with no consent: they have agreed to nothing yet."""
    if not (registry / "registry.yaml").exists():
        _private_folder(registry)
        new_registry(registry)
    text = _PERSON.format(
        given=_quoted(given),
        family=_quoted(family),
        known_as=_listed(known.known_as),
        emails=_listed(known.emails),
        organisations=_listed(known.organisations),
        roles=_listed(known.roles),
    )
    path = _write_private(registry / "people" / f"{person}.yaml", text)
    return Written((path,), f"Use {person} in episodes and posts; record what they agree to in consents/.")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a person said yes to, in the words of the registry's keys."""

    item: str  # empty: standing, in every item
    level: str
    display: str = field(repr=False)
    words: str  # yes | no, as the next two
    voice: str  # or revoiced
    photo: str
    how: str = field(repr=False)
    shown: str = ""  # the text they were shown before, and its SHA-256
    shown_sha256: str = ""
    group_size: int | None = None  # how many people `display` fits, by their own estimate


def new_consent(registry: Path, person: PersonId, agreed: Agreed, day: date) -> Written:
    """Write what a person agreed to on a day, standing or for one item."""
    display = f"display: {_quoted(agreed.display)}\n" if agreed.display else ""
    text = _CONSENT.format(
        level=agreed.level,
        display=display,
        group_size="" if agreed.group_size is None else f"group_size: {agreed.group_size}\n",
        words=agreed.words,
        voice=agreed.voice,
        photo=agreed.photo,
        day=day,
        how=_quoted(agreed.how),
        shown=f", shown: {agreed.shown}, shown_sha256: {agreed.shown_sha256}" if agreed.shown else "",
    )
    folder = registry / "consents" / (agreed.item or "standing")
    _private_folder(folder.parent)
    _private_folder(folder)
    path = _write_private(folder / f"{person}.yaml", text)
    where = f"write {person} into `people` of {agreed.item}" if agreed.item else f'add "{person}" to `hosts`'
    return Written((path,), f"Now {where}; `cop-publish check` says what is missing.")


def fresh_person_id(taken: Collection[PersonId] = ()) -> PersonId:
    """Give an ID that says nothing about anyone, and is none of those `taken`.

    Four letters and digits leave 1.6 million.
    """
    while (person := PersonId("p-" + "".join(secrets.choice(_ID_LETTERS) for _ in range(4)))) in taken:
        continue
    return person


def _slug(words: str) -> str:
    slug = slug_of(words)
    if not slug:
        raise WrongUsage("The name gives no address: use some of a-z and 0-9.")
    return slug


def _listed(several: tuple[str, ...]) -> str:
    return ", ".join(map(_quoted, several))


def _quoted(words: str) -> str:
    """Quote a value for YAML and TOML, whatever stands in it."""
    plain = re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", " ", words)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
    except FileExistsError:
        raise _is_there(path) from None
    return path


def _is_there(path: Path) -> WrongUsage:
    return WrongUsage(f"{path.name} is there already: choose another name, or edit that file.")


def _write_private(path: Path, content: str) -> Path:
    previous = os.umask(0o077)
    try:
        return _write(path, content)
    finally:
        os.umask(previous)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _private_folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def _plain_cover() -> bytes:
    """Draw a PNG of two colours (W3C PNG, third edition): a show must have a cover."""
    size = _COVER_PIXELS
    bands = [(b"\x00" + rgb * size) * (size // 2) for rgb in (b"\x1d\x3b\x4f", b"\xf2\xb8\x5a")]
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(bands), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
