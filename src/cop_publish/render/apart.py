"""No two public files may be one: by their key, or to a store or a host that takes two keys for one.

A folder store and many hosts have one page for ``x`` and ``x.html``; a disk may not tell ``X`` from ``x``;
and file-backed stores have either a file or a folder of one name.  What readers get there would be chance,
and a publish would stop between the two.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.problems import Place, Problem
from cop_publish.errors import InvalidSource
from cop_publish.render.bodies import source_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.model import Cleared, Releases
    from cop_publish.core.output import PublicFile
    from cop_publish.settings import SiteSettings

_TWICE = "its address is that of another page, or is to hosts that hide .html"
_FOLDER = "its address is also a folder"
_FIX = "Change its slug, or the name of its file."


def refuse_twins(files: Iterable[PublicFile], releases: Releases, site: SiteSettings) -> None:
    """Raise InvalidSource, naming each item whose page cannot stand beside the others; equal files may."""
    listed = list(files)
    by_name: dict[str, list[PublicFile]] = defaultdict(list)
    for file in listed:
        by_name[file.key.casefold().removesuffix(".html")].append(file)
    folders = {key.rsplit("/", n)[0] for key in (f.key for f in listed) for n in range(1, key.count("/") + 1)}
    sources = _sources(releases, site)
    problems = []
    for twins in by_name.values():
        if len({file.sha256 for file in twins}) > 1:
            mine = [file.key for file in twins if file.key in sources] or [twins[0].key]
            problems += [Problem(Place(sources.get(key, key)), _TWICE, _FIX) for key in mine]
    problems += [Problem(Place(sources.get(f.key, f.key)), _FOLDER, _FIX) for f in listed if f.key in folders]
    if problems:
        raise InvalidSource("Nothing was published: two pages cannot have one address.", problems)


def _sources(releases: Releases, site: SiteSettings) -> dict[str, str]:
    """The workspace file of each page that an item has, by its key."""
    episodes = (release.episode for release in releases.episodes)
    items: tuple[Cleared, ...] = (*episodes, *releases.posts, *releases.meetings, *releases.pages)
    return {routes.page(item, site): source_file(item) for item in items}
