"""Where an item's page is, and which keys are its own: told by whole addresses.

Two posts may have one slug, so a slug alone says nothing.  Of a post that cannot be read, its file's name and
the lines of its front matter that can still be made out say what they can; the rest may be anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.items import slug_of
from cop_publish.core.model import PostDraft

if TYPE_CHECKING:
    from collections.abc import Collection

    from cop_publish.core.model import Draft
    from cop_publish.settings import SiteSettings

_NAME = re.compile(r"(?:(\d{4})-(\d{2})-(\d{2})-)?(.+)", re.DOTALL)
_DAY = re.compile(r"^date:[ \t]*[\"']?(\d{4})-(\d{2})-(\d{2})", re.MULTILINE)
_SLUG = re.compile(r"^slug:[ \t]*[\"']?([^\"'#\n]+)", re.MULTILINE)
_ANY_NUMBER, _ANY_CATEGORY = r"\d+", r"[^/]+"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an item's page is, or would be."""

    id: str
    kind: str  # episode | post | meeting | page
    page: str = ""  # the page's key; empty where the file cannot be read well enough to tell
    form: str = ""  # then a regular expression that the key matches

    def is_page(self, key: str) -> bool:
        """Whether a key is that of its page."""
        return key == self.page if self.page else re.fullmatch(self.form, key) is not None

    def is_among(self, keys: Collection[str]) -> bool:
        """Whether its page is one of these."""
        return self.page in keys if self.page else any(map(re.compile(self.form).fullmatch, keys))

    def is_own(self, key: str) -> bool:
        """Whether a key is its own by its name: its page, what lies beside that, and every sound it had."""
        if self.kind in {"post", "page"}:
            return self.is_page(key)
        beside = f"{self.kind}s/{self.id}"
        return key.startswith((f"{beside}.", f"{beside}/")) or routes.is_sound_of(self.id, key)


def address_of(item: str, kind: str, draft: Draft | None, site: SiteSettings, text: str = "") -> Address:
    """The address of an item by its draft, or where there is none by its file's name and `text`."""
    if kind == "page":
        return Address(item, kind, f"{item}.html")
    if kind != "post":
        return Address(item, kind, f"{kind}s/{item}.html")
    if isinstance(draft, PostDraft):
        return Address(item, kind, routes.post_page(draft, site))
    return Address(item, kind, form=routes.page_form(_values(item, text), site))


def _values(item: str, text: str) -> dict[str, str]:
    """What is known of a post's address, each part as a regular expression."""
    named = _NAME.match(item)
    *day, name = named.groups("") if named else ("", "", "", "")
    head = text.partition("\n---")[0]
    written, slug = _DAY.search(head), _SLUG.search(head)
    year, month, date = written.groups() if written else day
    known = slug_of(slug[1] if slug else name)
    return {
        "category": _ANY_CATEGORY,
        "year": year or _ANY_NUMBER,
        "short_year": year[-2:] if year else _ANY_NUMBER,
        "month": month or _ANY_NUMBER,
        "i_month": month.lstrip("0") if month else _ANY_NUMBER,
        "day": date or _ANY_NUMBER,
        "i_day": date.lstrip("0") if date else _ANY_NUMBER,
        "slug": re.escape(known),
    }
