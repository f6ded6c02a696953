"""Find in the store what stays of live items that cannot be made anew, as it is live."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.output import FileClass, Headers, InStore, PublicFile
from cop_publish.errors import StorageFailed
from cop_publish.storage.base import PUBLIC, read
from cop_publish.withdrawal.as_live import AsLive, kept_from
from cop_publish.withdrawal.lists import carried_from, is_list, leads_to, targets_in
from cop_publish.withdrawal.splice import entries_about, with_entries, without_entries
from cop_publish.withdrawal.unlink import Leaving, title_of, unlinked, unlinked_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cop_publish.core.addresses import Address
    from cop_publish.core.consents import Consent, Consents, PersonId
    from cop_publish.core.kept import Kept
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
        beside = _leading_back(files, out)
        kept = _kept(item, files, beside, out)
        stays = replace(
            stays,
            ids=stays.ids | {item.id},
            files=(*stays.files, *(f for f in files if f.key not in stays.keys)),
            feeds=_feeds(stays, item, files, out),
            covers=_covers(out) if item.kind == "episode" else stays.covers,
            kept=(*stays.kept, *([kept] if kept else ())),
            lists=(*stays.lists, *_carried(item, files, out)),
            listed=(*stays.listed, *_listing(item, files, out), *((item.id, key) for key in beside)),
            records={**stays.records, item.id: _records(item.id, consents)},
        )
    return stays


def _files(item: ItemRead, out: Out) -> Iterator[PublicFile]:
    """Its own files, what leads to its page from an older address, and the pictures that they show."""
    own = [e for e in out.live.entries if item.address.is_own(e.key)]
    pages = [e for e in own if e.file_class is not FileClass.MEDIA]
    leading = list(leading_to({e.key for e in pages if _is_page(e)}, out))
    bytes_of = {e.key: out.bytes_of(e.key) for e in (*pages, *leading)}
    entries = (entry for _, found in _entries(bytes_of, out) for entry in found)  # a cover stands there alone
    shown = {key.decode() for content in (*bytes_of.values(), *entries) for key in _PICTURE.findall(content)}
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
    targets = [routes.address(out.site, key).encode() + b'"' for key in pages]  # to the end of the link
    for entry in out.live.entries:
        if _is_page(entry) and entry.key not in pages and entry.size_bytes < _SMALL_BYTES:
            found = read(out.store, PUBLIC + entry.key)  # one that is lost leads nowhere
            content = found.content if found else b""
            if b'http-equiv="refresh"' in content and any(target in content for target in targets):
                yield entry


_SMALL_BYTES = 4096  # what leads elsewhere is a few lines


def _feeds(stays: Stays, item: ItemRead, files: tuple[PublicFile, ...], out: Out) -> Mapping[str, PublicFile]:
    gone = frozenset(routes.address(out.site, key) for key in out.leaving.gone)
    feeds = dict(stays.feeds)
    for entry, about in _entries((file.key for file in files), out):
        before = feeds.get(entry.key)
        known = before.content if before and isinstance(before.content, bytes) else b""
        bare = known or without_entries(out.bytes_of(entry.key))
        ids = (before.items if before else frozenset()) | {item.id}
        headers = Headers(entry.content_type, entry.cache_control)
        content = with_entries(bare, tuple(unlinked_entry(one, gone) for one in about))
        feeds[entry.key] = PublicFile(entry.key, content, headers, entry.file_class, ids)
    return feeds


def _covers(out: Out) -> tuple[PublicFile, ...]:
    """What the podcast feed shows of the show itself."""
    shown = {key.decode() for key in _PICTURE.findall(without_entries(out.bytes_of(routes.FEED)))}
    return tuple(_in_store(entry) for entry in out.live.entries if entry.key in shown)


def _in_store(entry: Entry) -> PublicFile:
    headers = Headers(entry.content_type, entry.cache_control)
    return PublicFile(entry.key, InStore(entry.sha256, entry.size_bytes), headers, entry.file_class)


def _entries(keys: Iterable[str], out: Out) -> Iterator[tuple[Entry, tuple[bytes, ...]]]:
    """Each feed, calendar or sitemap with its entries about the pages among these keys."""
    pages = (key for key in keys if key.endswith(".html") or "." not in key)
    addresses = frozenset(routes.address(out.site, key) for key in pages)
    for entry in (e for e in out.live.entries if e.key in _WITH_ENTRIES):
        if about := entries_about(out.bytes_of(entry.key), addresses):
            yield entry, about


def _leading_back(files: tuple[PublicFile, ...], out: Out) -> tuple[str, ...]:
    """Pages of other items that it leads to and that lead to it: its meeting, its neighbours."""
    own = frozenset(file.key for file in files)
    pages = {entry.key for entry in out.live.entries if _is_page(entry)} - own
    linked = [key for file in files for key in _linked(file) if key in pages]
    return tuple(key for key in dict.fromkeys(linked) if leads_to(out.bytes_of(key), key, own))


def _linked(file: PublicFile) -> tuple[str, ...]:
    is_page = isinstance(file.content, bytes) and file.headers.content_type.startswith("text/html")
    return targets_in(file.content, file.key) if is_page and isinstance(file.content, bytes) else ()


def _kept(item: ItemRead, files: tuple[PublicFile, ...], beside: tuple[str, ...], out: Out) -> Kept | None:
    page = next((file.key for file in files if item.address.is_page(file.key)), "")
    own = {file.key: file.content for file in files if isinstance(file.content, bytes)}
    feed = out.bytes_of(routes.FEED) if item.kind == "episode" else b""
    meetings = [key for key in beside if key.startswith("meetings/")]  # the last is below its own words
    meeting = meetings[-1].removeprefix("meetings/").removesuffix(".html") if meetings else None
    return kept_from(AsLive(item.id, item.kind, page, own, feed, meeting, out.live, out.site))


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
