"""Who takes something back everywhere, where an item of theirs cannot be made without them yet.

That item keeps its live bytes and its entries in feeds, calendars and lists, with them in it; nothing else
does.  The gate reads each list without those entries, as a list of what all others agreed to, before it is
published and again when it has been fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.output import FileClass, Site
from cop_publish.gate.approve import approve
from cop_publish.gate.memory import Memory
from cop_publish.gating import guard_of
from cop_publish.withdrawal.lists import is_list, without_entries_to
from cop_publish.withdrawal.splice import without_about
from cop_publish.withdrawal.unlink import Leaving, title_of, unlinked

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.output import PublicFile
    from cop_publish.core.problems import Problems
    from cop_publish.gate.guard import Guard
    from cop_publish.intake.workspace import ItemRead
    from cop_publish.withdrawal.rebuild import Rebuilt, Remains
    from cop_publish.withdrawal.stays import Stays


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is told of an item in which they still are."""

    item: str
    problems: Problems
    exit_code: int  # of what stands in the way
    addresses: tuple[str, ...]  # its own, its page first, and those of lists with its entry
    take_down: str  # the command that takes it down whole meanwhile; empty: there is none


def remaining_in(rebuilt: Rebuilt) -> tuple[Remaining, ...]:
    """Every item in which they still are once this is live."""
    return tuple(_remaining(one, rebuilt) for one in rebuilt.remains)


def _remaining(one: Remains, rebuilt: Rebuilt) -> Remaining:
    stays, site = rebuilt.errand.stays, rebuilt.built.ready.settings.site
    own = [f for f in stays.files if one.item.id in f.items]
    own.sort(key=lambda f: (f.file_class is not FileClass.PAGE, f.key.count("/"), f.key))
    shared = {key for key, file in stays.feeds.items() if one.item.id in file.items}
    shared |= {carried.key for carried in stays.lists if carried.item == one.item.id}
    made = {file.key for file in rebuilt.built.approved.files if one.item.id in file.items}
    lists = sorted(shared & made)
    addresses = tuple(routes.address(site, key) for key in (*(f.key for f in own), *lists))
    down = take_down(one.item) if one.item.kind in {"episode", "post"} else ""
    return Remaining(one.item.id, one.problems, one.fault.exit_code, addresses, down)


def take_down(item: ItemRead) -> str:
    """The command that takes an item down whole, as a sentence has it."""
    return f"`cop-publish withdraw {item.path.removesuffix('/episode.md')}`"


def refuse_beside(rebuilt: Rebuilt, state: Path) -> None:
    """Raise what the gate raises where a list holds who withdraws beside the entries of what remains."""
    stays = rebuilt.errand.stays
    if stays.remaining:
        shared = [f for f in rebuilt.built.approved.files if f.items & stays.remaining]
        files = tuple(without_remaining(f, rebuilt) for f in shared if f.key not in stays.keys)
        approve(Site(files, (), None), strict_guard(rebuilt), Memory.load(state / "gate.json"))


def strict_guard(rebuilt: Rebuilt) -> Guard:
    """The gate's terms, with who withdraws withheld in what remains too."""
    stays = replace(rebuilt.errand.stays, remaining=frozenset())
    return replace(stays.allowing(guard_of(rebuilt.built.ready)), unsigned=frozenset())


def without_remaining(file: PublicFile, rebuilt: Rebuilt) -> PublicFile:
    """A page or feed without the entries of what remains, and as a file that does not show those items."""
    stays, site = rebuilt.errand.stays, rebuilt.built.ready.settings.site
    own = frozenset(f.key for f in stays.files if f.items & stays.remaining)
    content = file.content
    if isinstance(content, bytes) and file.headers.content_type.startswith("text/html"):
        content = without_entries_to(content, file.key, own) if is_list(file.key) else content
        content = unlinked(content, file.key, _shown(stays))
    elif isinstance(content, bytes):
        content = without_about(content, frozenset(routes.address(site, key) for key in own))
    return replace(file, content=content, items=file.items - stays.remaining)


def _shown(stays: Stays) -> Leaving:
    """The titles by which pages of other items show what remains."""
    own = (f for f in stays.files if f.items & stays.remaining and f.file_class is FileClass.PAGE)
    return Leaving({f.key: title_of(f.content) for f in own if isinstance(f.content, bytes)})
