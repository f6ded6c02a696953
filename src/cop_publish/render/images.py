"""Pictures for pages and covers for apps, rebuilt from their pixels: no metadata survives.

What was rebuilt once is kept in a cache folder, so that Pillow (`pixels.py`) loads only for a picture
that is new.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.problems import Place, Problem
from cop_publish.errors import InvalidSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Protocol

    from cop_publish.core.model import Cleared, Releases
    from cop_publish.settings import Show

    class _Make(Protocol):
        def __call__(self, path: Path, stem: str, *, cache: Path | None) -> Picture: ...


# Part of every cache name: a change in `pixels.py` that changes bytes must change it too.
RECIPE = "1"
TYPES = {"jpg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class Variant:
    """One size of a picture: its key under the public prefix, its size in pixels, its bytes."""

    key: str
    width: int
    height: int
    content: bytes

    @property
    def content_type(self) -> str:
        return TYPES[self.key.rsplit(".", 1)[1]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that may be shown, narrowest size first; the words for it come from its listing."""

    variants: tuple[Variant, ...]
    alt: str = ""

    @property
    def largest(self) -> Variant:
        return self.variants[-1]


@dataclass(frozen=True, slots=True)
class Pixels:
    """An encoded image, before it has a name."""

    width: int
    height: int
    extension: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """Every picture that a site shows, by workspace file."""

    pictures: Mapping[str, Picture]  # in the widths of pages; covers are among them
    covers: Mapping[str, Picture]  # the large squares that podcast apps fetch
    cache: Path | None = None  # where compiled templates are kept too


class BadImageError(Exception):
    """An image that cannot be published: what is wrong, and the cure."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


def make_pictures(root: Path, releases: Releases, show: Show, *, cache: Path | None = None) -> Made:
    """Every listed picture and cover, rebuilt.  Raises InvalidSource: every picture that cannot be."""
    problems: list[Problem] = []
    covers = sorted({show.cover, *(r.episode.cover.file for r in releases.episodes if r.episode.cover)})
    made = Made(
        {file: p for file in _shown(releases, covers) if (p := _tried(rebuild, root, file, cache, problems))},
        {file: p for file in covers if (p := _tried(cover, root, file, cache, problems))},
        cache,
    )
    if problems:
        summary = "Nothing was published: not every picture can be."
        raise InvalidSource(summary, problems)
    return made


def rebuild(path: Path, stem: str, *, cache: Path | None = None) -> Picture:
    """The picture in up to three widths, from its pixels alone, as ``images/STEM-WIDTH.HASH.jpg``.

    `stem` becomes public: it must not be the file's own name, which may be a person's.
    Raises InvalidSource: unreadable, animated, HEIC, far too large, or a name that lies about the type.
    """
    return _picture(path, stem, "page", cache)


def cover(path: Path, stem: str = "cover", *, cache: Path | None = None) -> Picture:
    """The square that podcast apps show: one RGB JPEG of 1400 to 3000 pixels.

    Raises InvalidSource: as `rebuild`, or not square, or smaller than 1400 pixels.
    """
    return _picture(path, stem, "cover", cache)


def cover_jpeg(path: Path, *, cache: Path | None = None) -> bytes:
    """The cover for the MP3's own tag: a JPEG of at most 300 KB.  Raises InvalidSource as `cover`."""
    return _picture(path, "tag", "tag", cache).largest.content


def _shown(releases: Releases, covers: Iterable[str]) -> list[str]:
    items: tuple[Cleared, ...] = (
        *(r.episode for r in releases.episodes),
        *releases.posts,
        *releases.meetings,
        *releases.pages,
    )
    listed = {image.file for item in items for image in item.images}
    headed = {post.image.file for post in releases.posts if post.image}
    return sorted(listed | headed | set(covers))


def _tried(make: _Make, root: Path, file: str, cache: Path | None, problems: list[Problem]) -> Picture | None:
    stem = "cover" if make is cover else "picture"
    try:
        return make(root / file, stem, cache=cache)
    except InvalidSource as error:
        problems += [Problem(Place(file), p.what, p.fix) for p in error.problems]
        return None


def _picture(path: Path, stem: str, use: str, cache: Path | None) -> Picture:
    try:
        source = path.read_bytes()
    except OSError as error:
        raise _refused(path, "cannot be read", "Put the file there and make it readable.") from error
    digest = hashlib.sha256(source).hexdigest()
    home = None if cache is None else cache / f"{use}-{RECIPE}-{digest}"
    kept = _from_cache(home)
    if kept is None:
        kept = _made(path, source, use)
        _to_cache(home, kept)
    return Picture(tuple(_named(pixels, stem, len(kept)) for pixels in kept))


def _made(path: Path, source: bytes, use: str) -> tuple[Pixels, ...]:
    from cop_publish.render import pixels  # noqa: PLC0415 - Pillow, only for a picture that is new

    makers: dict[str, Callable[[bytes, str], tuple[Pixels, ...]]] = {
        "page": pixels.for_pages,
        "cover": pixels.for_apps,
        "tag": pixels.for_tags,
    }
    try:
        return makers[use](source, path.suffix.lower())
    except BadImageError as error:
        raise _refused(path, error.what, error.fix) from error


def _refused(path: Path, what: str, fix: str) -> InvalidSource:
    summary = "Nothing was published: a picture cannot be."
    return InvalidSource(summary, [Problem(Place(path.name), what, fix)])


def _named(pixels: Pixels, stem: str, sizes: int) -> Variant:
    name = f"{stem}-{pixels.width}" if sizes > 1 else stem
    sha256 = hashlib.sha256(pixels.content).hexdigest()
    key = routes.hashed("images", name, sha256, pixels.extension)
    return Variant(key, pixels.width, pixels.height, pixels.content)


def _from_cache(home: Path | None) -> tuple[Pixels, ...] | None:
    """What is kept, or None; where a file is not what its name says, nothing counts as kept."""
    if home is None or not home.is_dir():
        return None
    try:
        return tuple(map(_kept, sorted(home.iterdir()))) or None
    except (OSError, ValueError):
        shutil.rmtree(home)
        return None


def _kept(file: Path) -> Pixels:
    """Raises OSError, and ValueError for a file that is not what its name says."""
    content = file.read_bytes()
    width, height, sha256, extension = file.name.split(".")
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(file.name)
    return Pixels(int(width), int(height), extension, content)


def _to_cache(home: Path | None, made: tuple[Pixels, ...]) -> None:
    """Kept whole or not at all: a folder of its own, renamed into place."""
    if home is None or home.exists():
        return
    home.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=home.parent))
    for pixels in made:
        sha256 = hashlib.sha256(pixels.content).hexdigest()
        name = f"{pixels.width:05}.{pixels.height:05}.{sha256}.{pixels.extension}"
        (beside / name).write_bytes(pixels.content)
    try:
        beside.replace(home)
    except OSError:  # another run was quicker
        shutil.rmtree(beside)
