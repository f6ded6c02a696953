"""Small sites for publishing, and the reader who follows every link of what is public.

Links are written as ``[key]``, so that one regular expression reads pages, indexes and feeds alike.
"""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from cop_publish.core.output import Approved, FileClass, Headers, OnDisk, PublicFile, manifest_of
from cop_publish.storage.base import read
from cop_publish.storage.live import Publisher
from cop_publish.storage.memory import Memory
from cop_publish.storage.prepare import Prepared, prepare
from cop_publish.storage.release import Receipt, apply, settle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cop_publish.core.output import Content
    from cop_publish.storage.base import Store

SHORT = "public, max-age=300, must-revalidate"
TYPES = {"mp3": "audio/mpeg", "html": "text/html; charset=utf-8", "xml": "application/rss+xml; charset=utf-8"}
CLASSES = {"media": FileClass.MEDIA, "episodes": FileClass.PAGE}
ENTRANCES = ("feed.xml", "index.html")  # what apps poll and people type


def site(*files: PublicFile) -> Approved:
    ordered = tuple(sorted(files, key=lambda f: f.key))
    return Approved(ordered, manifest_of(ordered), (), None)


def file(key: str, content: Content, *, cache_control: str = SHORT) -> PublicFile:
    by_name = FileClass.FEED if key.endswith(".xml") else FileClass.INDEX
    file_class = CLASSES.get(key.split("/", 1)[0], by_name)
    return PublicFile(key, content, Headers(TYPES[key.rsplit(".", 1)[1]], cache_control), file_class)


def show(*episodes: str, edition: str = "1", folder: Path | None = None) -> Approved:
    """A site of episodes: sound (on disk, with a folder), page, older-episodes page, home page and feed."""
    files = [f for name in episodes for f in _episode(name, episodes, edition, folder)]
    pages = " ".join(f"[episodes/{name}.html]" for name in episodes)
    sounds = " ".join(f"[{_sound(name)}]" for name in episodes)
    files += [file(f"page-{n}.html", f"{edition} [episodes/{episodes[n]}.html]".encode()) for n in (0, 1)]
    files += [file("index.html", f"{edition} [page-0.html] [page-1.html] {pages}".encode())]
    files += [file("feed.xml", f"{edition} {pages} {sounds}".encode())]
    return site(*files)


def _episode(name: str, episodes: tuple[str, ...], edition: str, folder: Path | None) -> list[PublicFile]:
    following = episodes[(episodes.index(name) + 1) % len(episodes)]
    page = f"{edition} [{_sound(name)}] next: [episodes/{following}.html]"
    sound: Content = _bytes(name)
    if folder is not None:
        path = folder / f"{name}.mp3"
        path.write_bytes(_bytes(name))
        sound = OnDisk(path, hashlib.sha256(_bytes(name)).hexdigest(), len(_bytes(name)))
    return [file(_sound(name), sound), file(f"episodes/{name}.html", page.encode())]


def _sound(name: str) -> str:
    return f"media/{name}.{hashlib.sha256(_bytes(name)).hexdigest()[:8]}.mp3"


def _bytes(name: str) -> bytes:
    return f"sound of {name} ".encode() * 100


ONE_INSTALLATION = Memory(None)  # remembers nothing, but who it is


def publish(approved: Approved, store: Store, who: Memory = ONE_INSTALLATION) -> Receipt:
    """As the command does: finish what was cut off, plan, carry out."""
    return apply(planned(approved, store, who), Publisher(store, who), lambda _: None)


def planned(approved: Approved, store: Store, who: Memory = ONE_INSTALLATION) -> Prepared:
    publisher = Publisher(store, who)
    return prepare(approved, publisher, settle(publisher, lambda _: None))


def dangling(store: Store) -> list[str]:
    """Every link that a reader can follow from the entrances and that leads nowhere."""
    waiting = [key for key in ENTRANCES if store.head(f"public/{key}")]
    seen, missing = set(waiting), []
    while waiting:
        found = dict(zip(waiting, contents(store, [f"public/{key}" for key in waiting]), strict=True))
        missing += [key for key, content in found.items() if content is None]
        pages = [content for key, content in found.items() if content and not key.endswith(".mp3")]
        links = {link for page in pages for link in re.findall(r"\[([^]]+)]", page.decode())}
        waiting = sorted(links - seen)
        seen |= links
    return missing


def holds(store: Store, approved: Approved, beside: tuple[str, ...] = ()) -> bool:
    """The public part is exactly the approved site, and the retired sounds of the episodes in `beside`."""
    keys = keys_of(store, "public/")
    there = {
        key: hashlib.sha256(content or b"").hexdigest()
        for key, content in zip(keys, contents(store, keys), strict=True)
    }
    expected = {f"public/{f.key}": f.sha256 for f in approved.files}
    return there == expected | {
        f"public/{_sound(name)}": hashlib.sha256(_bytes(name)).hexdigest() for name in beside
    }


def is_listed(store: Store, approved: Approved, beside: tuple[str, ...] = ()) -> bool:
    """The same by what the store says of what it got: in one request, where its ETags are MD5s."""
    expected = {f"public/{f.key}": f.content for f in approved.files}
    expected |= {f"public/{_sound(name)}": _bytes(name) for name in beside}
    md5s = {
        key: hashlib.md5(content, usedforsecurity=False).hexdigest()
        for key, content in expected.items()
        if isinstance(content, bytes)
    }
    return {line.key: line.etag for line in store.list("public/")} == md5s


def contents(store: Store, keys: Sequence[str]) -> list[bytes | None]:
    """Of each key; several side by side where the store takes that well."""
    if store.workers == 1 or len(keys) < 2:
        return [content(store, key) for key in keys]
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda key: content(store, key), keys))


def keys_of(store: Store, prefix: str) -> tuple[str, ...]:
    return tuple(line.key for line in store.list(prefix))


def content(store: Store, key: str) -> bytes | None:
    found = read(store, key)
    return found.content if found else None
