"""What is withdrawn, and all that anybody knows of it: the store, its kept releases, and withdrawn.yaml.

Its files need not be in the workspace any more: somebody may have removed them before a withdrawal that was
cut off was run again, and what is left of them in the store must go all the same.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from html import unescape
from pathlib import PurePath
from typing import TYPE_CHECKING

from cop_publish.core.addresses import address_of
from cop_publish.core.consents import Consents
from cop_publish.core.front_matter import read_yaml
from cop_publish.core.metadata import EPISODE
from cop_publish.core.routes import FEED, address
from cop_publish.errors import StorageFailed, WrongUsage
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.workspace import read_workspace, withdrawn_paths
from cop_publish.publish import publisher_of
from cop_publish.storage.base import PUBLIC, read
from cop_publish.storage.live import look
from cop_publish.storage.pack import pack_key, read_pack
from cop_publish.withdrawal.splice import entries_about

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cop_publish.core.addresses import Address
    from cop_publish.core.output import Entry
    from cop_publish.settings import Settings
    from cop_publish.storage.live import Live, Publisher

_GUID_LINE = re.compile(r"^guid[ \t]*:.*", re.MULTILINE)
_END_OF_FRONT_MATTER = re.compile(r"^---[ \t]*\r?\n", re.MULTILINE)
_GUID = re.compile(rb"<guid[^>]*>([^<]+)</guid>")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}-.")


@dataclass(frozen=True, slots=True)
class Item:
    """What is withdrawn: its id and kind, and the guid by which apps know it (a post has none)."""

    id: str
    kind: str  # episode | post
    guid: str


def item_of(root: Path, kind: str, name: str) -> Item:
    """The item of a folder or file; its guid is read by its line, for the file may have problems."""
    if kind == "post":
        return Item(name, kind, "")
    path = root / "episodes" / name / "episode.md"
    try:
        guid = _guid_in(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(f"episodes/{name}/episode.md cannot be read: mend it or put it back.") from error
    if not guid:
        raise WrongUsage(f"episodes/{name}/episode.md has no guid: put back the one it was published with.")
    return Item(name, kind, guid)


def _guid_in(text: str) -> str:
    """What the line of the guid says as YAML, whatever is wrong with the others; empty where none does."""
    parts = _END_OF_FRONT_MATTER.split(text, maxsplit=2)
    line = _GUID_LINE.search(parts[1] if len(parts) > 1 else text)
    fields, _ = read_yaml(line[0], "episode.md", {"guid": EPISODE["guid"]}, UTC) if line else (None, ())
    return str(fields.values.get("guid") or "") if fields else ""


def removed_item(root: Path, typed: str) -> Item | None:
    """The item whose folder or file was called so, where it is gone from the workspace and still known.

    None: nobody knows of anything like it.  Raises what asking the store raises.
    """
    path = PurePath(typed)
    name = path.stem if path.suffix in {".md", ".markdown"} else path.name
    if name == "episode":
        name = path.parent.name
    kind = "post" if "posts" in path.parts or _DATED.match(name) else "episode"
    item, settings = Item(name, kind, ""), read_settings(root)
    publisher = publisher_of(settings)
    live = look(publisher)
    keys = keys_of(item, publisher, live, settings) if name else None
    if not keys:
        return None
    return Item(name, kind, _guid(keys, publisher, live, settings) if kind == "episode" else "")


def entries_of(item: Item, publisher: Publisher, live: Live, settings: Settings) -> tuple[Entry, ...]:
    """Its own files that are live or beside that; where none is any more, those of releases that are kept."""
    held = [*live.manifest.entries, *(gone.entry for gone in live.record.retired)]
    own = _own(item, settings, (entry.key for entry in held))
    if not own:
        held = [entry for record in _records(publisher, live) for entry in record]
        own = _own(item, settings, (entry.key for entry in held))
    return tuple({(e.key, e.sha256): e for e in held if e.key in own}.values())


def keys_of(item: Item, publisher: Publisher, live: Live, settings: Settings) -> set[str]:
    """Its own keys: its page, what lies beside that, and every sound it ever had."""
    known = set(live.head.withdrawn.keys) if live.head else set()
    known |= {path.lstrip("/") for path in withdrawn_paths(settings.root)[0]}
    return _own(item, settings, known) | {e.key for e in entries_of(item, publisher, live, settings)}


def _own(item: Item, settings: Settings, keys: Iterable[str]) -> set[str]:
    listed = tuple(keys)
    found = (set(filter(address.is_own, listed)) for address in addresses_of(item, settings))
    return next(filter(None, found), set())


def addresses_of(item: Item, settings: Settings) -> Iterator[Address]:
    """Where it is by what its file says, and by the file's name alone: it may be another since, or gone."""
    for one in read_workspace(settings, Consents()).items:
        if (one.id, one.kind) == (item.id, item.kind):
            yield one.address
    yield address_of(item.id, item.kind, None, settings.site)


def _records(publisher: Publisher, live: Live) -> Iterator[tuple[Entry, ...]]:
    """What each kept release showed, the newest first."""
    for kept in reversed(live.record.kept):
        key = pack_key(kept.seq, live.record.packs[kept.seq].id)
        yield read_pack(publisher.store, key).record().manifest.entries


def _guid(keys: set[str], publisher: Publisher, live: Live, settings: Settings) -> str:
    """By what apps know it, from the newest feed that has it; empty where none does."""
    addresses = frozenset(address(settings.site, key) for key in keys if key.endswith(".html"))
    for feed in _feeds(publisher, live):
        for entry in entries_about(feed, addresses):
            if found := _GUID.search(entry):
                return unescape(found[1].decode("utf-8", "replace"))
    return ""


def _feeds(publisher: Publisher, live: Live) -> Iterator[bytes]:
    if found := read(publisher.store, PUBLIC + FEED):
        yield found.content
    for kept in reversed(live.record.kept):
        record = read_pack(publisher.store, pack_key(kept.seq, live.record.packs[kept.seq].id)).record()
        how, entry = record.stored.get(FEED), record.entries.get(FEED)
        if how and entry and how.packed and how.since in live.record.packs:
            with suppress(StorageFailed):  # that feed's own pack is gone or damaged: an older one may do
                pack = read_pack(publisher.store, pack_key(how.since, live.record.packs[how.since].id))
                yield pack.file(entry)
