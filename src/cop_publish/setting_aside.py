"""An item whose page cannot be made waits, as one whose sound cannot be made does; the rest goes on.

What is wrong shows only when pages are made and linked: a picture that is not listed or cannot be read, a
link that leads nowhere.  The site is made again without the items at fault until nothing is wrong with what
is left, for an item may lead to one that went.  Feeds and lists that fail because of an item are not told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.addresses import Address
from cop_publish.core.model import ClearedEpisode, ClearedMeeting, ClearedPage, ClearedPost
from cop_publish.core.problems import Place, Problem
from cop_publish.errors import InvalidSource
from cop_publish.intake.settings_file import at_their_keys
from cop_publish.placing import at_their_lines, line_of_link
from cop_publish.ready import Waiting, still_live
from cop_publish.render.bodies import source_file
from cop_publish.render.links import check_links, lost_links

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from cop_publish.core.model import Cleared, EpisodeRelease
    from cop_publish.core.output import Site
    from cop_publish.core.problems import Problems
    from cop_publish.ready import Ready
    from cop_publish.render.links import Lost
    from cop_publish.scope import Scope
    from cop_publish.settings import SiteSettings

    Draw = Callable[[Ready, tuple[EpisodeRelease, ...]], Site]

_NO_LINKS = "Nothing was published: a link leads nowhere."
_GENERAL = "Correct it or take it out: what is for the network only or held back has no page."


@dataclass(frozen=True, slots=True)
class Firm:
    """Which items are published whole or not at all: those that a command named, and what is live."""

    scope: Scope
    public: frozenset[str]  # keys
    site: SiteSettings

    def has(self, item: Cleared) -> bool:
        """Whether nothing goes out while something is wrong with this item."""
        is_named = self.scope.ids is not None and item.id in self.scope.ids
        return is_named or isinstance(item, ClearedPage) or self.is_live(item)

    def is_live(self, item: Cleared) -> bool:
        return routes.page(item, self.site) in self.public


@dataclass(frozen=True, slots=True)
class Rendered:
    """The site, and what it was made from: what could not be rendered is among what waits."""

    ready: Ready
    mastered: tuple[EpisodeRelease, ...]
    site: Site


def rendered(
    ready: Ready, mastered: tuple[EpisodeRelease, ...], draw: Draw, firm: Firm, elsewhere: Collection[str]
) -> Rendered:
    """Make the site by `draw`; `elsewhere`: keys that are not made here and may be linked to.

    Raises InvalidSource, with everything that waits, where something is wrong with a firm item or with what
    is no item's: then nothing may go out.
    """
    left, made, keys = ready, mastered, frozenset(elsewhere)
    broken: dict[str, Cleared] = {}
    reasons: list[str] = []
    while True:
        try:
            site = draw(left, made)
        except InvalidSource as fault:
            faults, rest, summary = _by_item(fault.problems, left), fault.problems, fault.summary
        else:
            lost = lost_links(site.files, left.settings.site, keys)
            if not lost:
                break
            faults, rest = _by_links(lost, left), check_links(site.files, left.settings.site, keys)
            summary = _NO_LINKS
        if not faults:  # it is no item's
            raise InvalidSource(summary, (*rest, *told(left)))
        going = {item.id: item for item in _items(left) if item.id in faults}
        broken |= {id_: item for id_, item in going.items() if firm.has(item)}
        reasons += [summary] if any(map(firm.has, going.values())) else []
        keys |= {routes.page(item, left.settings.site) for item in broken.values()}  # it is told once
        left = put_aside(left, faults)
        made = tuple(release for release in made if release.episode.id not in faults)
    if broken:
        _refuse(left, broken.values(), firm, reasons[0])
    return Rendered(left, made, site)


def sift(ready: Ready, problems: Problems, firm: Firm, summary: str) -> Ready:
    """Put the items aside that problems are of; raises InvalidSource for what is firm, or no item's."""
    faults = _by_item(problems, ready)
    of_items = {problem for found in faults.values() for problem in found}
    left = put_aside(ready, faults)
    if rest := [problem for problem in problems if problem not in of_items]:
        raise InvalidSource(summary, (*rest, *told(left)))
    _refuse(left, [i for i in _items(ready) if i.id in faults and firm.has(i)], firm, summary)
    return left


def put_aside(ready: Ready, faults: Mapping[str, Problems]) -> Ready:
    """Let the items of these IDs wait, each for what is wrong with it."""
    drafts = {draft.id: draft for draft in ready.waits.drafts} if ready.waits else {}
    waiting = []
    for item in (item for item in _items(ready) if item.id in faults):
        found = at_their_keys(faults[item.id], ready.settings.root)
        found = at_their_lines(found, drafts[item.id]) if item.id in drafts else found
        address = _address(item, ready.settings.site)
        waiting.append(Waiting(item.id, tuple(sorted(set(found))), address))
    return replace(
        ready,
        episodes=tuple(e for e in ready.episodes if e.id not in faults),
        posts=tuple(p for p in ready.posts if p.id not in faults),
        meetings=tuple(m for m in ready.meetings if m.id not in faults),
        pages=tuple(p for p in ready.pages if p.id not in faults),
        waiting=(*ready.waiting, *waiting),
    )


def _refuse(left: Ready, broken: Iterable[Cleared], firm: Firm, summary: str) -> None:
    listed = list(broken)
    if listed:
        live = still_live(sorted(item.id for item in listed if firm.is_live(item)))
        raise InvalidSource(f"{summary}{live}", told(left))


def told(ready: Ready) -> Problems:
    """Everything that is wrong, of what waits and of what the command is not about."""
    return (*ready.refused, *(problem for item in ready.waiting for problem in item.problems))


def _items(ready: Ready) -> list[Cleared]:
    return [*ready.episodes, *ready.posts, *ready.meetings, *ready.pages]


def _address(item: Cleared, site: SiteSettings) -> Address:
    kinds = {ClearedEpisode: "episode", ClearedPost: "post", ClearedMeeting: "meeting", ClearedPage: "page"}
    return Address(item.id, kinds[type(item)], routes.page(item, site))


def _by_item(problems: Iterable[Problem], ready: Ready) -> dict[str, Problems]:
    """The problems of each item, by its ID: in its file, in its folder, in a picture that it shows."""
    listed = tuple(problems)
    found = {item.id: tuple(p for p in listed if _is_of(p, item)) for item in _items(ready)}
    return {item: own for item, own in found.items() if own}


def _is_of(problem: Problem, item: Cleared) -> bool:
    source, path = source_file(item), problem.where.path
    in_folder = isinstance(item, ClearedEpisode) and path.startswith(f"episodes/{item.id}/")
    return path == source or in_folder or path in _pictures_of(item)


def _pictures_of(item: Cleared) -> set[str]:
    single = item.cover if isinstance(item, ClearedEpisode) else None
    single = item.image if isinstance(item, ClearedPost) else single
    return {image.file for image in (*item.images, *([single] if single else ()))}


# --- links ----------------------------------------------------------------------------------------


def _by_links(lost: Iterable[Lost], ready: Ready) -> dict[str, Problems]:
    """The lost links that items themselves have: on their own pages, in words that somebody wrote there.

    One that no line of its item has, and that other pages have too, is a template's.
    """
    listed, site = tuple(lost), ready.settings.site
    drafts = {draft.id: draft for draft in ready.waits.drafts} if ready.waits else {}
    found: dict[str, list[Problem]] = {}
    for item in _items(ready):
        address, draft = _address(item, site), drafts.get(item.id)
        for link in (one for one in listed if address.is_own(one.file.key)):
            where = line_of_link(link.link, draft, link.file.key, site) if draft else None
            if where or not any(o.target == link.target and not address.is_own(o.file.key) for o in listed):
                place = where or Place(source_file(item))
                found.setdefault(item.id, []).append(_lost(place, link, ready))
    return {item: tuple(problems) for item, problems in found.items()}


def _lost(place: Place, link: Lost, ready: Ready) -> Problem:
    if link.target in {path.lstrip("/") for path in ready.withdrawn_paths}:
        return Problem(place, "a link leads to something that was withdrawn", "Take the link out.")
    for item in ready.waiting:
        if item.address is not None and item.address.is_own(link.target):
            what = f"a link leads to {item.id}, which is not ready"
            return Problem(place, what, "Mend that first, or take the link out.")
    return Problem(place, "a link leads to something that is not public here", _GENERAL)
