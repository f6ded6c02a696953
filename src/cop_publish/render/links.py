"""Every link within the site must lead to something that is public: the last look before the gate.

A page may link to an item that is for the network only, held back, or not there any more.  Problems name
the page that links, never what it links to: that may be the name of something that is not public.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from html import unescape
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from cop_publish.core.problems import Place, Problem, Problems

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from cop_publish.core.output import PublicFile
    from cop_publish.settings import SiteSettings

_INDEX = "index.html"
# What the templates and lxml write: attributes in double quotes, and < > & escaped in their values.
_ATTRIBUTES = tuple(re.compile(name + rb'="([^"]*)"') for name in (b"href", b"src", b"poster"))
_ID = re.compile(rb'\s(?:id|name)="([^"]*)"')
_WHOLE = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//")  # podcast:// and webcal:// lead to the same files
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_OWN_ADDRESSES = rb"""(?:="|=&quot;|<(?!guid|id\b)[a-zA-Z][^<>]*>)%s([^"'<>\s]*)"""
_ANYWHERE = ("", "top")  # fragments that every page has
_PART_OF_SOUND = "t="  # Media Fragments URI: a moment, no id


@dataclass(frozen=True, slots=True)
class Lost:
    """A link of a public file that leads nowhere: neither it nor its target may be shown to anyone."""

    file: PublicFile
    link: str  # as it stands in the file
    target: str  # the key that it means, without its fragment


def check_links(files: Iterable[PublicFile], site: SiteSettings, also: Collection[str] = ()) -> Problems:
    """One problem for each page or feed with a link that leads nowhere; `also`: keys that are made later."""
    lost: dict[str, list[Lost]] = defaultdict(list)
    for link in lost_links(files, site, also):
        lost[link.file.key].append(link)
    return tuple(_problem(found[0].file, len(found)) for found in lost.values())


def lost_links(
    files: Iterable[PublicFile], site: SiteSettings, also: Collection[str] = ()
) -> tuple[Lost, ...]:
    """Every link that leads nowhere, once for each file."""
    pages = {file.key: file for file in files}
    links = _Links(pages, site, frozenset(also))
    return tuple(lost for file in pages.values() for lost in links.lost_in(file))


class _Links:
    """The links of one site; what an address leads to is found once."""

    def __init__(self, files: dict[str, PublicFile], site: SiteSettings, also: frozenset[str]) -> None:
        self._files = files
        self._keys = files.keys() | also
        self._url = site.url
        self._root = urlsplit(site.url).path or "/"
        self._home = site.url.partition("://")[2]
        self._own = re.compile(_OWN_ADDRESSES % re.escape(site.url.encode()))
        self._settled = {
            site.mailing_list,
            *(app.url for app in site.apps),
        }  # other programs may answer there
        self._ids: dict[str, frozenset[str]] = {}
        self._led: dict[tuple[str, bytes], bool] = {}

    def lost_in(self, file: PublicFile) -> Iterator[Lost]:
        """The different links of a file that lead nowhere."""
        if not isinstance(file.content, bytes):
            return
        if "html" in file.headers.content_type:
            folder = "" if file.key == "404.html" else file.key.rpartition("/")[0]
            links = sorted(set(chain.from_iterable(found.findall(file.content) for found in _ATTRIBUTES)))
            for link in links:
                if not self._leads_somewhere(link, folder, file.key):
                    text = _text(link).strip()
                    yield Lost(file, text, self._target(text, folder, file.key))
        elif "xml" in file.headers.content_type:
            own = sorted(set(self._own.findall(file.content)))
            for path in (_text(link.partition(b"&quot;")[0]) for link in own):
                if not self._leads_from_feed(path):
                    yield Lost(file, f"{self._url}{path}", _key_of(path))

    def _target(self, link: str, folder: str, page: str) -> str:
        """The key that a link means which leads nowhere."""
        if link.startswith("#"):
            return page
        whole = _WHOLE.match(link)
        if whole:
            return _key_of(link[whole.end() :][len(self._home) :])
        if link.startswith("/"):
            return _key_of(link[len(self._root) :])
        return _key_of(_joined(folder, link.partition("#")[0].partition("?")[0]))

    def _leads_from_feed(self, path: str) -> bool:
        is_settled = f"{self._url}{path}" in self._settled
        return is_settled or self._is_there(path, "")

    def _leads_somewhere(self, link: bytes, folder: str, page: str) -> bool:
        if link.startswith(b"#"):
            return self._has_id(page, _text(link)[1:])
        known = self._led.get((folder, link))
        if known is None:
            known = self._led[folder, link] = self._resolved(_text(link).strip(), folder, page)
        return known

    def _resolved(self, link: str, folder: str, page: str) -> bool:
        whole = _WHOLE.match(link)
        if whole:
            path = link[whole.end() :]
            is_own = f"{path}/".startswith(self._home) and link not in self._settled
            return not is_own or self._is_there(path[len(self._home) :], page)
        if _SCHEME.match(link):
            return True  # mailto:, tel:, data:
        if link.startswith("/"):
            return not link.startswith(self._root) or self._is_there(link[len(self._root) :], page)
        path, mark, fragment = link.partition("#")
        path = path.partition("?")[0]
        return self._is_there(_joined(folder, path) + mark + fragment, page) if path else True

    def _is_there(self, path: str, page: str) -> bool:
        """Whether a path below the site's root is a public file, and has the place that is meant."""
        path, _, fragment = path.partition("#")
        key = path.partition("?")[0]
        if key not in self._keys:
            key = unquote(key)
        if not key or key.endswith("/"):
            key += _INDEX
        return key in self._keys and (key == page or self._has_id(key, fragment))

    def _has_id(self, key: str, fragment: str) -> bool:
        """Whether a page has an id; what is no page, or is not made here, is taken to have it."""
        fragment = fragment.partition(":~:")[0]
        file = self._files.get(key)
        if fragment in _ANYWHERE or fragment.startswith(_PART_OF_SOUND) or file is None:
            return True
        if not isinstance(file.content, bytes) or "html" not in file.headers.content_type:
            return True
        if key not in self._ids:
            self._ids[key] = frozenset(map(_text, _ID.findall(file.content)))
        return fragment in self._ids[key] or unquote(fragment) in self._ids[key]


def _key_of(path: str) -> str:
    key = unquote(path.partition("#")[0].partition("?")[0])
    return key + _INDEX if not key or key.endswith("/") else key


def _joined(folder: str, path: str) -> str:
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _problem(file: PublicFile, count: int) -> Problem:
    what = "a link leads" if count == 1 else f"{count} links lead"
    where = f"in {_source(file)}" if len(file.items) == 1 else "in what it shows"
    fix = f"Correct it or take it out, {where}: what is for the network only or held back has no page."
    return Problem(Place(file.key), f"{what} to something that is not public here", fix)


def _source(file: PublicFile) -> str:
    """The workspace file in which the page's only item was written."""
    (item,) = file.items
    if file.key.startswith(f"episodes/{item}"):
        return f"episodes/{item}/episode.md"
    if file.key == f"meetings/{item}.html":
        return f"meetings/{item}.md"
    return f"{item}.md" if file.key == f"{item}.html" else f"posts/{item}.md"


def _text(value: bytes) -> str:
    text = value.decode("utf-8", "replace")
    return unescape(text) if "&" in text else text
