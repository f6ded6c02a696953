"""After a withdrawal: what is live is fetched again, as the world does, and the gate reads it once more.

Where nobody answers at the site's address (a folder that is not served yet), the store is read instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.output import FileClass, PublicFile, Site
from cop_publish.core.routes import address
from cop_publish.errors import CopPublishError, StorageFailed
from cop_publish.gate.approve import approve
from cop_publish.gate.memory import Memory
from cop_publish.gating import guard_of
from cop_publish.storage.anonymous import Stranger
from cop_publish.storage.base import PUBLIC, read
from cop_publish.unchanged import state_folder
from cop_publish.withdrawal.remaining import strict_guard, without_remaining

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cop_publish.gate.guard import Guard
    from cop_publish.settings import Settings
    from cop_publish.storage.base import Store
    from cop_publish.withdrawal.rebuild import Rebuilt

    # Whether something answers at a key (asked for its head), and what it answers.
    Ask = Callable[[str, str], tuple[bool, bytes]]

_GONE = {403, 404, 410}
_OK = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of the world's side."""

    asked: int  # addresses that were fetched and read
    still: tuple[str, ...]  # addresses that still answer, and must not
    holding: tuple[str, ...]  # addresses whose answer still holds what is withheld, or cannot be read
    older: int  # answers with other bytes than are published, and nothing withheld in them
    by: str = "the public address"  # or the store
    remaining: tuple[str, ...] = ()  # addresses whose answer holds it for an item that cannot be mended yet

    @property
    def ok(self) -> bool:
        return not self.still and not self.holding


def look_again_at(
    rebuilt: Rebuilt, store: Store, gone: Iterable[str], progress: Callable[[str, float], None]
) -> Seen:
    """Ask for everything but sound and pictures, whose names hold their digests, and for what went."""
    settings = rebuilt.built.ready.settings
    trusted = settings.storage.ca_file
    with Stranger(settings.root / trusted if trusted else None) as stranger:
        try:
            return _seen(rebuilt, list(gone), _as_the_world(stranger, settings), progress)
        except StorageFailed:  # nobody answers there
            seen = _seen(rebuilt, list(gone), _in_the_store(store), progress)
            return replace(seen, by="the store, for nobody answers at the public address")


def _as_the_world(stranger: Stranger, settings: Settings) -> Ask:
    def ask(method: str, key: str) -> tuple[bool, bytes]:
        answer = stranger.visit(method, address(settings.site, key), {})
        return answer.status not in _GONE, answer.body if answer.status == _OK else b""

    return ask


def _in_the_store(store: Store) -> Ask:
    def ask(method: str, key: str) -> tuple[bool, bytes]:
        if method == "HEAD":
            return store.head(PUBLIC + key) is not None, b""
        found = read(store, PUBLIC + key)
        return found is not None, found.content if found else b""

    return ask


def _seen(rebuilt: Rebuilt, gone: list[str], ask: Ask, progress: Callable[[str, float], None]) -> Seen:
    built = rebuilt.built
    site = built.ready.settings.site
    files = [f for f in built.approved.files if f.file_class is not FileClass.MEDIA]
    still = [key for key in gone if ask("HEAD", key)[0]]
    fetched: list[PublicFile] = []
    unread: list[str] = []
    for n, file in enumerate(files):
        progress("fetching what is live again", n / max(1, len(files)))
        there, body = ask("GET", file.key)
        if there and body:
            fetched.append(replace(file, content=body))
        elif there and file.size_bytes:  # an error, or a way elsewhere: nobody knows what is shown
            unread.append(address(site, file.key))
    published = {file.key: file.sha256 for file in files}
    older = [file for file in fetched if file.sha256 != published[file.key]]
    judged = [one for one in _judged(fetched, rebuilt) if not one.is_clean]
    holding = [address(site, one.key) for one in judged if not one.is_known]
    known = [address(site, one.key) for one in judged if one.is_known]
    asked = len(gone) + len(files)
    still_there = tuple(address(site, key) for key in still)
    return Seen(asked, still_there, (*unread, *holding), len(older), remaining=tuple(known))


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the gate said of an answer; `is_known`: it holds nothing but what remains for now."""

    key: str
    is_clean: bool
    is_known: bool = False


def _judged(files: list[PublicFile], rebuilt: Rebuilt) -> Iterator[_Judged]:
    """The gate's own answer to each; bytes that it has passed under these terms it need not read twice."""
    stays = rebuilt.errand.stays
    strict, guard = strict_guard(rebuilt), stays.allowing(guard_of(rebuilt.built.ready))
    memory = Memory.load(state_folder(rebuilt.built.ready.settings.root) / "gate.json")
    for file in files:
        if _is_clean(file, strict, memory):
            yield _Judged(file.key, is_clean=True)
        elif not file.items & stays.remaining:
            yield _Judged(file.key, is_clean=False)
        elif file.key in stays.keys:
            yield _Judged(file.key, is_clean=False, is_known=_is_clean(file, guard, memory))
        else:
            rest = without_remaining(file, rebuilt)
            yield _Judged(file.key, is_clean=False, is_known=_is_clean(rest, strict, memory))


def _is_clean(file: PublicFile, guard: Guard, memory: Memory) -> bool:
    try:
        approve(Site((file,), (), None), guard, memory)
    except CopPublishError:
        return False
    return True
