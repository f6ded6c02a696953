"""What is public never vanishes by accident (invariant 6): the last look before a store is touched."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.output import FileClass
from cop_publish.core.problems import Place, Problem
from cop_publish.ready import raise_problems

if TYPE_CHECKING:
    from cop_publish.core.output import Manifest
    from cop_publish.site import Built

_GUID = re.compile(r"<guid[^>]*>([^<]+)</guid>")


def refuse_vanishing(built: Built, live: Manifest | None, feed: bytes | None) -> None:
    """Refuse when something that is public would silently be gone.

    A page may go where its path stands in withdrawn.yaml; a guid may go where it stands there.
    """
    if live is None:
        return
    ready = built.ready
    now = {f.key for f in built.approved.files}
    fix = "Put it back, or list it in withdrawn.yaml if it must never come back."
    gone = [
        Problem(Place(e.key), "this page is public and would be gone", fix)
        for e in live.entries
        if e.file_class is FileClass.PAGE and e.content_type.startswith("text/html") and e.key not in now
        if not routes.is_beside_its_page(e.key)
        if e.key not in {path.lstrip("/") for path in ready.withdrawn_paths}
    ]
    made = next((f.content for f in built.approved.files if f.key == routes.FEED), b"")
    known = _guids(made if isinstance(made, bytes) else None) | ready.withdrawn_guids
    gone += [
        Problem(Place(routes.FEED), f"the guid {guid} is public and would be gone", _GUID_FIX)
        for guid in sorted(_guids(feed) - known)
    ]
    raise_problems(tuple(gone), "Nothing was published: what is public never vanishes by accident.")


def _guids(feed: bytes | None) -> set[str]:
    return {unescape(guid) for guid in _GUID.findall(feed.decode("utf-8", "replace"))} if feed else set()


_GUID_FIX = (
    "Put it back into its episode: apps take another guid for another episode; or list it in withdrawn.yaml."
)
