"""Find in the store what stays of live items that cannot be made anew, as it is live."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.output import FileClass, Headers, InStore, PublicFile
from cop_publish.errors import StorageFailed
from cop_publish.storage.base import PUBLIC, read
from cop_publish.withdrawal.lists import carried_from, is_list, leads_to
from cop_publish.withdrawal.splice import entries_about, with_entries, without_entries
from cop_publish.withdrawal.unlink import Leaving, title_of, unlinked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cop_publish.core.addresses import Address
    from cop_publish.core.consents import Consent, Consents, PersonId
    from cop_publish.core.output import Content, Entry, Manifest
    from cop_publish.intake.workspace import ItemRead
    from cop_publish.settings import SiteSettings
    from cop_publish.storage.base import Store
    from cop_publish.withdrawal.lists import Carried
    from cop_publish.withdrawal.stays import Stays

_PICTURE = re.compile(rb"images/[A-Za-z0-9._-]+")
_WITH_ENTRIES = (routes.FEED, routes.BLOG_RSS, routes.BLOG_ATOM, routes.CALENDAR, routes.SITEMAP)


@dataclass(frozen=True)
class Out:
    """What is live, and where its bytes are read."""

    live: Manifest
    store: Store
    site: SiteSettings
    leaving: Leaving = field(default_factory=lambda: Leaving({}))  # what no other page may show as it did

    def bytes_of(self, key: str) -> bytes:
        """Raises StorageFailed where it is not there."""
        found = read(self.store, PUBLIC + key)
        if found is None:
            raise StorageFailed(
                f"{key} is no longer in the store: run `cop-publish publish --reconcile` first."
            )
        return found.content


def leaving_with(items: Iterable[Address], out: Out, gone: frozenset[str]) -> Leaving:
    """The pages of these items as they are live, and which of them go."""
    listed = list(items)
    titles = {
        entry.key: title_of(out.bytes_of(entry.key))
        for entry in out.live.entries
        if _is_page(entry) and any(item.is_own(entry.key) for item in listed)
    }
    return Leaving(titles, gone)


def with_staying(stays: Stays, items: Iterable[ItemRead], out: Out, consents: Consents) -> Stays:
    """Add items to what stays, with what was agreed for them."""
    for item in items:
        files = tuple(_files(item, out))
        stays = replace(
            stays,
            ids=stays.ids | {item.id},
            files=(*stays.files, *(f for f in files if f.key not in stays.keys)),
            feeds=_feeds(stays, item, files, out),
            lists=(*stays.lists, *_carried(item, files, out)),
            listed=(*stays.listed, *_listing(item, files, out)),
            records={**stays.records, item.id: _records(item.id, consents)},
        )
    return stays


def _files(item: ItemRead, out: Out) -> Iterator[PublicFile]:
    """Its own files, what leads to its page from an older address, and the pictures that they show."""
    own = [e for e in out.live.entries if item.address.is_own(e.key)]
    pages = [e for e in own if e.file_class is not FileClass.MEDIA]
    leading = list(leading_to({e.key for e in pages if _is_page(e)}, out))
    bytes_of = {e.key: out.bytes_of(e.key) for e in (*pages, *leading)}
    shown = {key.decode() for content in bytes_of.values() for key in _PICTURE.findall(content)}
    pictures = [e for e in out.live.entries if e.key in shown]
    for entry in {e.key: e for e in (*own, *leading, *pictures)}.values():
        content: Content = InStore(entry.sha256, entry.size_bytes)
        if entry.key in bytes_of:
            content = bytes_of[entry.key]
            content = unlinked(content, entry.key, out.leaving) if _is_page(entry) else content
        headers = Headers(entry.content_type, entry.cache_control)
        yield PublicFile(entry.key, content, headers, entry.file_class, frozenset({item.id}))


def _is_page(entry: Entry) -> bool:
    return entry.content_type.startswith("text/html") and entry.file_class is FileClass.PAGE


def leading_to(pages: set[str], out: Out) -> Iterator[Entry]:
    """Pages at older addresses: small, and with nothing but the way to the new one."""
    targets = [routes.address(out.site, key).encode() for key in pages]
    for entry in out.live.entries:
        if _is_page(entry) and entry.key not in pages and entry.size_bytes < _SMALL_BYTES:
            content = out.bytes_of(entry.key)
            if b'http-equiv="refresh"' in content and any(target in content for target in targets):
                yield entry


_SMALL_BYTES = 4096  # what leads elsewhere is a few lines


def _feeds(stays: Stays, item: ItemRead, files: tuple[PublicFile, ...], out: Out) -> Mapping[str, PublicFile]:
    addresses = frozenset(routes.address(out.site, f.key) for f in files if f.key.endswith(".html"))
    addresses |= frozenset(routes.address(out.site, f.key) for f in files if "." not in f.key)
    feeds = dict(stays.feeds)
    for entry in (e for e in out.live.entries if e.key in _WITH_ENTRIES):
        live = out.bytes_of(entry.key)
        about = entries_about(live, addresses)
        if about:
            before = feeds.get(entry.key)
            bare = before.content if before and isinstance(before.content, bytes) else without_entries(live)
            ids = (before.items if before else frozenset()) | {item.id}
            headers = Headers(entry.content_type, entry.cache_control)
            content = with_entries(bare, about)
            feeds[entry.key] = PublicFile(entry.key, content, headers, entry.file_class, ids)
    return feeds


def _carried(item: ItemRead, files: tuple[PublicFile, ...], out: Out) -> Iterator[Carried]:
    """Its entries on the pages that list items."""
    own = frozenset(file.key for file in files)
    for key in _lists(out):
        yield from carried_from(out.bytes_of(key), key, own, item.id)


def _listing(item: ItemRead, files: tuple[PublicFile, ...], out: Out) -> Iterator[tuple[str, str]]:
    own = frozenset(file.key for file in files)
    yield from ((item.id, key) for key in _lists(out) if leads_to(out.bytes_of(key), key, own))


def _lists(out: Out) -> list[str]:
    return [entry.key for entry in out.live.entries if is_list(entry.key)]


def _records(item: str, consents: Consents) -> Mapping[PersonId, Consent]:
    """What everyone had agreed to there, whatever became of it since: it is live, and stays."""
    known = consents.consents
    people = {person for person, where in known if where in {item, None}}
    records = {p: known.get((p, item)) or known.get((p, None)) for p in people}
    return {person: record for person, record in records.items() if record is not None}
