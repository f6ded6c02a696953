"""Read the workspace: files in, Drafts out, with the problems of each item kept apart.

Only names below the workspace are opened: a symlink that leads out is a problem, as is a file that
cannot be read.  Nothing here knows about consents but the names that `author:` may use.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cop_publish.core.addresses import Address, address_of
from cop_publish.core.edit_file import NAME as EDIT_LIST
from cop_publish.core.edit_file import read_edit
from cop_publish.core.front_matter import Key, Schema, read_yaml
from cop_publish.core.items import Around, read_episode, read_meeting, read_page, read_post
from cop_publish.core.model import EpisodeDraft, Notice, Text
from cop_publish.core.problems import Place, Problem, Problems
from cop_publish.core.transcripts import transcripts_in
from cop_publish.core.values import each, moment, word, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cop_publish.core.consents import Consents
    from cop_publish.core.model import Draft
    from cop_publish.settings import Settings, SiteSettings

WITHDRAWN = "withdrawn.yaml"
_NOTICE: Schema = {
    "guid": Key(word, "The episode's guid.", required=True),
    "published": Key(moment, "When the episode was published.", required=True),
    "until": Key(moment, "When its guid leaves the feed.", required=True),
}
_WITHDRAWN: Schema = {
    "guids": Key(words, "The guids that must never come back."),
    "paths": Key(words, "The public paths that must never come back."),
    "notices": Key(each(_NOTICE), "What the feed says meanwhile in place of an episode."),
}
# What lies in a workspace and is never content.
_NOT_CONTENT = {".git", ".cop-publish", ".venv", "node_modules"}
_CONTENT = ("episodes", "posts", "meetings", "images", "sounds")


@dataclass(frozen=True, slots=True)
class ItemRead:
    """One item's file, its Draft when it could be read, and what is wrong with it."""

    id: str
    path: str  # the file, relative to the workspace
    kind: str  # episode | post | meeting | page
    draft: Draft | None  # None: has problems, or is marked `published: no`
    problems: Problems
    address: Address
    unread: tuple[Text, ...] = ()  # of what has no Draft: its files as they are, for the marks in them


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything that was read."""

    root: Path
    items: tuple[ItemRead, ...]
    withdrawn_guids: frozenset[str]
    withdrawn_paths: frozenset[str]
    problems: Problems = field(default=())  # of the workspace itself
    notices: tuple[Notice, ...] = ()  # in place of episodes that were withdrawn


def read_workspace(settings: Settings, consents: Consents) -> Workspace:
    """Read every item of the workspace; never raises for what is wrong inside a file."""
    root = settings.root
    files, problems = _inventory(root)
    around = Around(
        ZoneInfo(settings.site.timezone), settings.show.language, files, consents.person_for_alias
    )
    site = settings.site
    items = [_read_episode(root, folder, around, site) for folder in _episode_folders(files)]
    for path in sorted(files):
        kind = _kind_of(path)
        if kind:
            items.append(_read_file(root, path, kind, around, site))
    withdrawn, found = _withdrawn(root, files)
    return Workspace(
        root,
        tuple(_with_addresses_of_their_own(items, site)),
        frozenset(withdrawn.get("guids", ())),
        frozenset(withdrawn.get("paths", ())),
        (*problems, *found, *_too_deep(files), *_documents(files)),
        tuple(notices_in(withdrawn)),
    )


def _with_addresses_of_their_own(items: list[ItemRead], site: SiteSettings) -> Iterable[ItemRead]:
    """Of items with one address it is that of the item whose name says so, else of the first."""
    owners: dict[str, ItemRead] = {}
    for item in items:
        by_name = address_of(item.id, item.kind, None, site)
        if item.address.page not in owners or by_name.is_page(item.address.page):
            owners[item.address.page] = item
    for item in items:
        is_own = not item.address.page or owners[item.address.page] is item
        yield item if is_own else replace(item, address=Address(item.id, item.kind, form=_NOWHERE))


_NOWHERE = r"(?!)"  # matches nothing


def withdrawn_paths(root: Path) -> tuple[frozenset[str], Problems]:
    """The public paths that must never come back; a workspace without the file has none."""
    files = frozenset({WITHDRAWN} if (root / WITHDRAWN).is_file() else ())
    withdrawn, problems = _withdrawn(root, files)
    return frozenset(withdrawn.get("paths", ())), problems


def item_names(root: Path) -> frozenset[str]:
    """Name every item by its folder or file alone, for what must be said before anything is read."""
    files, _ = _inventory(root)
    folders = (PurePosixPath(folder).name for folder in _episode_folders(files))
    return frozenset((*folders, *(PurePosixPath(path).stem for path in files if _kind_of(path))))


def notices_in(withdrawn: dict[str, Any]) -> Iterable[Notice]:
    """Those that are whole; what is missing in another is a problem."""
    for fields in withdrawn.get("notices", ()):
        guid, published, until = (fields.get(key) for key in _NOTICE)
        if guid and published and until:
            yield Notice(guid, published, until)


_YEAR = re.compile(r"/\d{4}$")
_READERS: dict[str, Callable[[str, str, Around], tuple[Draft | None, Problems]]] = {
    "post": read_post,
    "meeting": read_meeting,
    "page": read_page,
}


def _kind_of(path: str) -> str:
    if path == "about.md":
        return "page"
    folder, _, name = path.rpartition("/")
    if not name.endswith((".md", ".markdown")) or name.startswith((".", "_")):
        return ""
    return {"posts": "post", "meetings": "meeting"}.get(_YEAR.sub("", folder), "")


def _too_deep(files: frozenset[str]) -> Problems:
    """Report items in folders of their own: what someone set aside there must not be taken for ready.

    Folders of years are fine, but not for episodes; one that begins with an underscore is passed over, as
    Jekyll's `_drafts` is.
    """
    deeper = ("this is in a folder inside the folder", "Move it up, or out of the workspace.")
    loose = ("this is in no folder of its own", "Make a folder for it in episodes/, and move it there.")
    return tuple(
        Problem(Place(path), *(loose if path == f"episodes/{_EPISODE}" else deeper))
        for path in sorted(files)
        if _is_misplaced(path) and not any(part.startswith((".", "_")) for part in path.split("/"))
    )


def _is_misplaced(path: str) -> bool:
    if path.startswith("episodes/"):
        return path.endswith(f"/{_EPISODE}") and not _EPISODE_FILE.fullmatch(path)
    is_text = path.startswith(("posts/", "meetings/")) and path.endswith((".md", ".markdown"))
    return is_text and not _kind_of(path)


_EPISODE = "episode.md"
_EPISODE_FILE = re.compile(rf"episodes/[^/]+/{re.escape(_EPISODE)}")


_DOCUMENTS = (".docx", ".doc", ".odt", ".rtf", ".pages", ".pdf")


def _documents(files: frozenset[str]) -> Problems:
    """Report documents where items belong: passed over in silence, one would be thought to be out."""
    return tuple(
        Problem(
            Place(path),
            "documents of this kind are not read, as they hold more than they show",
            "Save its words as Markdown (.md), and move this file out of the folder.",
        )
        for path in sorted(files)
        if path.startswith(("posts/", "meetings/"))
        and path.lower().endswith(_DOCUMENTS)
        and not any(part.startswith((".", "_")) for part in path.split("/"))
    )


def _read_episode(root: Path, folder: str, around: Around, site: SiteSettings) -> ItemRead:
    path = f"{folder}/episode.md"
    problems: list[Problem] = []
    text = _text(root, path, problems)
    spoken = transcripts_in(folder, around.files)
    transcript = _text(root, spoken[0], problems) if len(spoken) == 1 else None
    draft: Draft | None = None
    if text is not None and not (len(spoken) == 1 and transcript is None):
        draft, found = read_episode(folder, text, transcript, around)
        problems += found
    draft = _with_edits(root, folder, draft, around.files, problems)
    unread = () if draft is not None else _unread((name, _text(root, name, [])) for name in (path, *spoken))
    name = folder.rsplit("/", 1)[1]
    address = address_of(name, "episode", draft, site)
    return ItemRead(name, path, "episode", draft, tuple(problems), address, unread)


def _unread(written: Iterable[tuple[str, str | None]]) -> tuple[Text, ...]:
    return tuple(Text(text, Place(path, 1)) for path, text in written if text is not None)


def _with_edits(
    root: Path, folder: str, draft: Draft | None, files: frozenset[str], problems: list[Problem]
) -> Draft | None:
    """Add the edit list, if there is one; None if it cannot be followed."""
    path = f"{folder}/{EDIT_LIST}"
    if path not in files:
        return draft
    text = _text(root, path, problems)
    if text is None:
        return None
    edit, found = read_edit(text, folder, files)
    problems += found
    return replace(draft, edit=edit) if isinstance(draft, EpisodeDraft) and not found else None


def _read_file(root: Path, path: str, kind: str, around: Around, site: SiteSettings) -> ItemRead:
    problems: list[Problem] = []
    text = _text(root, path, problems)
    draft: Draft | None = None
    if text is not None:
        draft, found = _READERS[kind](path, text, around)
        problems += found
    unread = _unread([(path, text)]) if draft is None else ()
    name = Path(path).stem
    address = address_of(name, kind, draft, site, text or "")
    return ItemRead(name, path, kind, draft, tuple(problems), address, unread)


def _episode_folders(files: frozenset[str]) -> list[str]:
    return sorted(path.removesuffix(f"/{_EPISODE}") for path in files if _EPISODE_FILE.fullmatch(path))


def _inventory(root: Path) -> tuple[frozenset[str], Problems]:
    """List every file below the workspace's content folders, and what leads out of it."""
    problems = []
    names: set[str] = set()
    home = root.resolve()
    loose = (p for p in sorted(root.iterdir()) if p.is_file() and not p.name.startswith("."))
    faults: list[OSError] = []
    for path in (*loose, *(p for name in _CONTENT for p in _walk(root / name, faults))):
        shown = path.relative_to(root).as_posix()
        if not _resolved(path).is_relative_to(home):
            what = "this is a link that leads out of the workspace"
            problems.append(Problem(Place(_safe(shown)), what, "Put the file itself here."))
        elif _safe(shown) != shown:
            problems.append(Problem(Place(_safe(shown)), "the file's name is not UTF-8 text", "Rename it."))
        else:
            names.add(shown)
    for fault in (f for f in faults if not isinstance(f, FileNotFoundError)):
        where = Place(_safe(os.path.relpath(fault.filename, root)))
        problems.append(Problem(where, "the folder cannot be read", "Check its rights: chmod u+rx."))
    return frozenset(names), tuple(problems)


def _resolved(path: Path) -> Path:
    """Where a path leads in the end; `Path.resolve` raises for links that lead to each other."""
    return Path(os.path.realpath(path))


def _walk(folder: Path, faults: list[OSError]) -> Iterable[Path]:
    """Every file and linked folder below, in order, if there is such a folder; `faults`: what is closed."""
    for top, folders, files in os.walk(folder, onerror=faults.append):
        folders[:] = sorted(f for f in folders if f not in _NOT_CONTENT and not f.startswith("."))
        here = Path(top)
        yield from (here / name for name in sorted(files) if not name.startswith("."))
        yield from (here / name for name in folders if (here / name).is_symlink())


def _safe(shown: str) -> str:
    """Show a path that may hold bytes that are not text."""
    return shown.encode("utf-8", "replace").decode()


def _text(root: Path, path: str, problems: list[Problem]) -> str | None:
    try:
        data = (root / path).read_bytes()
    except OSError:
        problems.append(Problem(Place(path), "the file cannot be read", "Check its rights: chmod u+r."))
        return None
    if not data.strip():
        problems.append(Problem(Place(path), "the file is empty", "Write it, or delete it."))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        kind = "UTF-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "some other encoding"
        what = f"the file is not UTF-8 text but {kind}"
        problems.append(Problem(Place(path, line), what, "Save it as UTF-8 in your editor."))
        return None


def _withdrawn(root: Path, files: frozenset[str]) -> tuple[dict[str, Any], Problems]:
    if WITHDRAWN not in files:
        return {}, ()
    problems: list[Problem] = []
    text = _text(root, WITHDRAWN, problems)
    if text is None:
        return {}, tuple(problems)
    values, found = withdrawn_values(text)
    return values, (*problems, *found)


def withdrawn_values(text: str) -> tuple[dict[str, Any], Problems]:
    """What ``withdrawn.yaml`` says, by key; a key without values is left out."""
    fields, problems = read_yaml(text, WITHDRAWN, _WITHDRAWN, ZoneInfo("UTC"))
    return {key: value for key, value in fields.values.items() if value}, problems
