"""Entries of pages that list items, as they are live, put whole into those that were made anew.

Our templates mark an entry with ``data-entry="LIST TIME"``: the list that it is in, and its time there; and
what stands for an empty list with ``data-none="LIST"``.  An entry begins and ends on lines of its own, and
nobody's words can be such a line, for they are escaped.  A template of a show's own that marks none leaves
what stays out of its lists, and the receipt says so.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

from cop_publish.core import routes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cop_publish.core.output import PublicFile

_MARKED = rb'<(?P<tag>article|li)\b[^<>]*\sdata-entry="(?P<list>[a-z]+) (?P<at>[^"]+)"[^<>]*>'
_ENTRY = re.compile(rb"^[ \t]*" + _MARKED + rb".*?</(?P=tag)>\n*", re.MULTILINE | re.DOTALL)
_HREF = re.compile(rb'<a\b[^<>]*\shref="([^"]*)"')
_LATEST, _EPISODES, _AHEAD = "latest", "episodes", "ahead"
_BLOG_PAGE = re.compile(r"blog/(?:index|page-\d+)\.html")
LISTS = frozenset({routes.HOME, routes.EPISODES, routes.MEETINGS})


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list on a page: the page that it leads to, its time, and its bytes."""

    name: str  # of the list
    target: str  # a public key
    at: datetime
    html: bytes


@dataclass(frozen=True, slots=True)
class Carried:
    """An entry that stays, the page that lists it, and for how many its list has room there (0: any).

    Of the latest episode it is the room for earlier ones, among which the one goes that took its place.
    """

    key: str
    entry: Entry
    item: str
    room: int = 0


def is_list(key: str) -> bool:
    """Whether a page lists items."""
    return key in LISTS or _BLOG_PAGE.fullmatch(key) is not None


def entries_in(page: bytes, key: str) -> tuple[Entry, ...]:
    """Every entry of the page of that key, as far as its template marks them."""
    return tuple(_entries(page, key))


def _entries(page: bytes, key: str) -> Iterator[Entry]:
    for found in _ENTRY.finditer(page):
        link = _HREF.search(found[0])
        try:
            at = datetime.fromisoformat(found["at"].decode())
        except ValueError:
            continue
        if link is not None and at.tzinfo is not None:
            yield Entry(found["list"].decode(), _target(link[1].decode(), key), at, found[0])


def _target(href: str, key: str) -> str:
    path = unquote(href).partition("#")[0]
    return posixpath.normpath(posixpath.join(posixpath.dirname(key), path)).lstrip("/")


def carried_from(page: bytes, key: str, own: frozenset[str], item: str) -> tuple[Carried, ...]:
    """The entries of a live list that lead to an item's own pages."""
    entries = entries_in(page, key)
    return tuple(
        Carried(key, entry, item, _room(entry, entries) if key == routes.HOME else 0)
        for entry in entries
        if entry.target in own
    )


def _room(entry: Entry, entries: Iterable[Entry]) -> int:
    name = _EPISODES if entry.name == _LATEST else entry.name
    return sum(other.name == name for other in entries)


def is_over(carried: Carried, now: datetime) -> bool:
    """Whether it is an entry of what is ahead, and that has begun: no list has a place for it any more."""
    return carried.entry.name == _AHEAD and carried.entry.at <= now


def leads_to(page: bytes, key: str, own: frozenset[str]) -> bool:
    """Whether the page of that key has a link to any of these."""
    return any(target in own for target in targets_in(page, key))


def targets_in(page: bytes, key: str) -> tuple[str, ...]:
    """The keys that the links of the page of that key lead to, in their order."""
    return tuple(_target(href.decode("utf-8", "replace"), key) for href in _HREF.findall(page))


def without_entries_to(page: bytes, key: str, own: frozenset[str]) -> bytes:
    """The page without the entries that lead to these keys."""
    for entry in entries_in(page, key):
        page = page.replace(entry.html, b"", 1) if entry.target in own else page
    return page


def with_carried(made: Mapping[str, PublicFile], carried: Iterable[Carried]) -> dict[str, PublicFile]:
    """The files with those entries, each in the order of its list; one that finds no list is left out."""
    files = dict(made)
    by_place: dict[tuple[str, str], list[Carried]] = {}
    for one in carried:
        key = one.key if one.key in files or not _BLOG_PAGE.fullmatch(one.key) else routes.BLOG
        by_place.setdefault((key, one.entry.name), []).append(one)
    latest = by_place.pop((routes.HOME, _LATEST), [])
    if latest:
        by_place = _with_latest(files, latest[0], by_place)
    for (key, _), ones in by_place.items():
        page = files.get(key)
        content = _merged(page, ones) if page else None
        if page is not None and content not in {None, page.content}:
            files[key] = replace(page, content=content, items=page.items | {one.item for one in ones})
    return files


def _merged(page: PublicFile, ones: list[Carried]) -> bytes | None:
    """The page with these entries in their list; None where it has no such list, or not in one piece."""
    assert isinstance(page.content, bytes), "pages are made in memory"  # noqa: S101 - for the type
    name = ones[0].entry.name
    shown = entries_in(page.content, page.key)
    there = [entry for entry in shown if entry.name == name]
    whole = b"".join(entry.html for entry in there) or _none(page.content, name)
    if page.content.count(whole or b"<") != 1:
        return None
    if name == _EPISODES:  # the earlier ones: none of them is newer than the latest
        newest = [entry.at for entry in shown if entry.name == _LATEST]
        ones = [one for one in ones if not newest or one.entry.at <= newest[0]]
    known = {entry.target for entry in there}
    entries = [*there, *(one.entry for one in ones if one.entry.target not in known)]
    entries.sort(key=lambda entry: entry.at, reverse=name != _AHEAD)
    room = max((one.room for one in ones), default=0)
    entries = entries[: max(room, len(there))] if room else entries
    return page.content.replace(whole, b"".join(entry.html for entry in entries))


def _none(page: bytes, name: str) -> bytes:
    """What a page says in place of an empty list; empty where it says nothing."""
    found = re.search(rb'<p data-none="' + name.encode() + rb'">.*?</p>\n', page, re.DOTALL)
    return found[0] if found else b""


# --- the home page's latest episode ------------------------------------------------------------------------

Places = dict[tuple[str, str], list[Carried]]


def _with_latest(files: dict[str, PublicFile], latest: Carried, places: Places) -> Places:
    """Put it back as the latest, and the one that took its place among the earlier ones; else leave both.

    Where a newer one has come out since, it is itself among the earlier ones.
    """
    home, episodes = files.get(routes.HOME), files.get(routes.EPISODES)
    if home is None or episodes is None:
        return places
    assert isinstance(home.content, bytes), "pages are made in memory"  # noqa: S101 - for the type
    assert isinstance(episodes.content, bytes), "the same"  # noqa: S101 - for the type
    shown = entries_in(home.content, home.key)
    now = next((entry for entry in shown if entry.name == _LATEST), None)
    rows = {entry.target: entry for entry in entries_in(episodes.content, episodes.key)}
    earlier = [entry for entry in shown if entry.name == _EPISODES]
    if now is not None and now.at > latest.entry.at:
        return _with_outdone(latest, places, max(len(earlier), latest.room))
    if now is None or now.target not in rows or not earlier:
        return places
    content = home.content.replace(now.html, latest.entry.html, 1)
    files[home.key] = replace(home, content=content, items=home.items | {latest.item})
    row = replace(rows[now.target], html=_on_home(rows[now.target].html))
    beside = places.get((home.key, _EPISODES), [])
    room = max(len(earlier), latest.room)
    ones = [*(replace(one, room=room) for one in beside), Carried(home.key, row, latest.item, room)]
    return {**places, (home.key, _EPISODES): ones}


def _with_outdone(latest: Carried, places: Places, room: int) -> Places:
    """With what was the latest as the page of all episodes lists it."""
    rows = (one for (key, _), ones in places.items() if key == routes.EPISODES for one in ones)
    row = next((one.entry for one in rows if one.entry.target == latest.entry.target), None)
    if row is None:
        return places
    own = Carried(routes.HOME, replace(row, html=_on_home(row.html)), latest.item, room)
    beside = places.get((routes.HOME, _EPISODES), [])
    return {**places, (routes.HOME, _EPISODES): [*(replace(one, room=room) for one in beside), own]}


def _on_home(row: bytes) -> bytes:
    """A row of the page of all episodes as the home page has it: a heading lower, and links from the top."""
    row = row.replace(b"<h2>", b"<h3>").replace(b"</h2>", b"</h3>")
    return row.replace(b' href="../', b' href="')
