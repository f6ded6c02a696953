"""What of live items stays as it is while a withdrawal goes through, or a publish.

An item that is live and cannot be made anew just now (a sign-off is stale, a consent ended, a file is being
edited) must keep neither anybody's withdrawal waiting nor what is new.  Its pages, files and entries in
feeds keep the bytes that are live, and so does its entry in lists (`lists.py`).  The gate reads all of it
again, with whoever withdraws withheld.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cop_publish.core.consents import Level
from cop_publish.core.routes import BLOG_ATOM, BLOG_RSS, FEED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.consents import Consent, PersonId
    from cop_publish.core.kept import Kept
    from cop_publish.core.output import PublicFile, Site
    from cop_publish.core.relied import Relied
    from cop_publish.gate.guard import Guard
    from cop_publish.withdrawal.lists import Carried


@dataclass(frozen=True)
class Stays:
    """The files and entries that stay, and what was agreed about them when they were made."""

    ids: frozenset[str] = frozenset()
    files: tuple[PublicFile, ...] = ()
    feeds: Mapping[str, PublicFile] = field(
        default_factory=dict
    )  # by key: their entries there, and no others
    covers: tuple[PublicFile, ...] = ()  # the show's, for a feed that has no other entries
    kept: tuple[Kept, ...] = ()  # what stands in for them where pages are made anew
    # Their entries on pages that list items; needed of those for which nothing stands in.
    lists: tuple[Carried, ...] = ()
    listed: tuple[tuple[str, str], ...] = ()  # item and key: the live pages that lead to them
    records: Mapping[str, Mapping[PersonId, Consent]] = field(default_factory=dict)  # by item
    # Items whose views everybody had signed, but for what is withdrawn now: taking it out waits for nobody.
    signed: frozenset[str] = frozenset()
    relied: tuple[Relied, ...] = ()  # what the release that is live relied on for them
    # A withdrawal only takes away: it waits neither for who weighs a jigsaw, nor for a tidy list of allows.
    is_withdrawal: bool = False
    withheld: frozenset[PersonId] = frozenset()  # who withdraws everywhere, and may be named in none of it
    remaining: frozenset[str] = frozenset()  # ... but in these, which cannot be made without them yet

    @property
    def keys(self) -> frozenset[str]:
        """Where links of other items may lead."""
        return frozenset(file.key for file in self.files)

    @property
    def kept_ids(self) -> frozenset[str]:
        """The items that lists and neighbours show as any other."""
        return frozenset(one.id for one in self.kept)

    def beside(self, site: Site) -> Site:
        """The site with what stays."""
        if not self.ids:
            return site
        from cop_publish.render.blog_feeds import NEWEST_POSTS  # noqa: PLC0415 - only where something stays
        from cop_publish.withdrawal.lists import with_carried  # noqa: PLC0415 - the same
        from cop_publish.withdrawal.splice import entries_of, with_entries  # noqa: PLC0415 - the same

        made = {file.key: file for file in site.files}
        for key, live in self.feeds.items():
            if key not in made:
                made |= {file.key: file for file in self.covers} if key == FEED else {}
                made[key] = live
            else:
                newest = NEWEST_POSTS if key in {BLOG_RSS, BLOG_ATOM} else None
                ours = entries_of(_bytes_of(live))
                content = with_entries(_bytes_of(made[key]), ours, _bytes_of(live), newest)
                made[key] = replace(made[key], content=content, items=made[key].items | live.items)
        carried = [one for one in self.lists if one.item not in self.kept_ids]
        made = {file.key: file for file in self.files} | with_carried(made, carried)
        relied = (*site.relied, *self.relied)
        return replace(site, files=tuple(made[key] for key in sorted(made)), relied=relied)

    def allowing(self, guard: Guard) -> Guard:
        """The gate's terms with those of what stays."""
        rows = {item: list(records.values()) for item, records in self.records.items()}
        named = {i: {r.person for r in rs if r.level is Level.NAMED} for i, rs in rows.items()}
        for one in self.relied:  # whoever was named there when it was published
            named.get(one.item, set()).update({one.person} if one.level == Level.NAMED else ())
        wordings = {i: tuple(sorted({r.display for r in rs if r.display})) for i, rs in rows.items()}
        return replace(
            guard,
            named={**guard.named, **{i: frozenset(found - self._gone(i)) for i, found in named.items()}},
            wordings={**guard.wordings, **wordings},
            records={**guard.records, **self.records},
            unsigned=guard.unsigned - self.signed,
            jigsaws=() if self.is_withdrawal else guard.jigsaws,
        )

    def _gone(self, item: str) -> frozenset[PersonId]:
        return frozenset() if item in self.remaining else self.withheld


def _bytes_of(file: PublicFile) -> bytes:
    assert isinstance(file.content, bytes), "feeds are made in memory"  # noqa: S101 - for the type
    return file.content


NOTHING = Stays()
