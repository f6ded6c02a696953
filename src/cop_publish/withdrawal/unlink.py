"""Take out of a page that stays as it is what it shows of a page that goes, or that says something else now.

Pages show their neighbours and what came of the same meeting by their titles: those entries go whole, until
the page is made anew.  Where its own words lead to a page that goes, the words stay and lead nowhere.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINK = re.compile(r"<a\b([^>]*)>((?:(?!</a>).)*)</a>", re.DOTALL)
_LINE = r"<li>(?:(?!<li\b|</li>).)*</li>"  # of a list
_CARD = r'<article class="card"[^<>]*>(?:(?!<article\b|</article>).)*</article>'  # with a summary
_ENTRY = re.compile(rf"[ \t]*(?:{_LINE}|{_CARD})\n?", re.DOTALL)
_HREF = re.compile(r'\bhref="([^"]*)"')
_TITLE = re.compile(rb'<meta property="og:title" content="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Leaving:
    """The titles of pages as they are live, by key; `gone`: those of them that go altogether."""

    titles: Mapping[str, str]
    gone: frozenset[str] = frozenset()


def title_of(page: bytes) -> str:
    """The title that other pages show a page by; empty where it says none."""
    found = _TITLE.search(page)
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


def unlinked(page: bytes, key: str, leaving: Leaving) -> bytes:
    """The page of that key without its entries for these pages."""
    if not leaving.titles:
        return page

    def entry(found: re.Match[str]) -> str:
        shows = any(_shown(link, key, leaving) for link in _LINK.finditer(found[0]))
        return "" if shows else found[0]

    def link(found: re.Match[str]) -> str:
        if _shown(found, key, leaving):
            return ""
        return found[2] if _target(found, key) in leaving.gone else found[0]

    return _LINK.sub(link, _ENTRY.sub(entry, page.decode("utf-8"))).encode()


def _shown(link: re.Match[str], key: str, leaving: Leaving) -> bool:
    title = leaving.titles.get(_target(link, key), "")
    return bool(title) and title in unescape(_TAG.sub("", link[2]))


def _target(link: re.Match[str], key: str) -> str:
    found = _HREF.search(link[1])
    if found is None:
        return ""
    path = unquote(unescape(found[1])).partition("#")[0].partition("?")[0]
    return posixpath.normpath(posixpath.join(posixpath.dirname(key), path)).lstrip("/")
