"""The pictures that show a contributor: as they will be seen, and the very files that hold them."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from cop_publish.core.left_out import left_out_of
from cop_publish.core.view import pictures_of
from cop_publish.errors import InvalidSource
from cop_publish.render.contributor_page import Photograph, Spot
from cop_publish.render.images import cover, rebuild

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cop_publish.core.output import PublicFile, Site
    from cop_publish.core.pieces import Pieces
    from cop_publish.render.images import Picture
    from cop_publish.sign_off import Asked

_SHARED = re.compile(rb'property="og:image" content="([^"]*)"')
_MAKERS: tuple[Callable[[Path, str], Picture], ...] = (rebuild, cover)


def data_address(media_type: str, content: bytes) -> str:
    """Put a file into an address, so that the page is whole by itself."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def photograph_words(pieces: Pieces, asked: Asked) -> str:
    """Say how many pictures show them."""
    gone = {one.file for one in left_out_of(asked.draft, asked.cleared)}
    listed = [image for image in asked.draft.images if image.file not in gone]
    count = sum(asked.view.person in image.people for image in listed)
    count = count or len(pictures_of(pieces, asked.view.person))
    return "none" if not count else "one" if count == 1 else f"{count} of them"


def photographs(pieces: Pieces, asked: Asked) -> Iterator[Photograph]:
    """Give each picture that shows them, made of its pixels alone as on the site."""
    for shown in pictures_of(pieces, asked.view.person):
        made = _made(asked.settings.root / shown.file, rebuild)
        if made is None:
            yield Photograph(shown.alt, "")
            continue
        smallest = made.variants[0]
        source = data_address(smallest.content_type, smallest.content)
        yield Photograph(shown.alt, source, smallest.width, smallest.height)


def picture_spots(pieces: Pieces, asked: Asked, site: Site) -> Iterator[Spot]:
    """Find the files of each picture that shows them, by their bytes, and every page that shows those."""
    for shown in pictures_of(pieces, asked.view.person):
        path = asked.settings.root / shown.file
        made = [picture for make in _MAKERS if (picture := _made(path, make)) is not None]
        contents = {variant.content for picture in made for variant in picture.variants}
        keys = [file.key for file in site.files if file.content in contents]
        if keys:
            yield Spot("The file of a picture that shows you", ", ".join(keys), told=_told(keys, site))


def _made(path: Path, make: Callable[[Path, str], Picture]) -> Picture | None:
    """Make a picture as the site does; what is wrong with it was said when the site was made."""
    try:
        return make(path, "picture")
    except InvalidSource:
        return None


def _told(keys: list[str], site: Site) -> str:
    """Say which files show a picture, and which pages send it along when somebody shares them."""
    names = [key.encode() for key in keys]
    shows = [file.key for file in site.files if any(name in _bytes(file) for name in names)]
    shared = [file.key for file in site.files if any(n in card for n in names for card in _cards(file))]
    told = f"{_listed(shows)} {'show' if len(shows) > 1 else 'shows'} it." if shows else ""
    return f"{told} Whoever shares {_listed(shared)} shows it too." if shared else told


def _bytes(file: PublicFile) -> bytes:
    return file.content if isinstance(file.content, bytes) else b""


def _cards(file: PublicFile) -> list[bytes]:
    """The addresses of pictures for share cards."""
    return _SHARED.findall(_bytes(file)) if file.key.endswith(".html") else []


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
