"""Which draft of a contributor's part a page shows, as the registry's audit has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.registry.audit import Event, append, read_chain

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cop_publish.core.view import View

_PAGE = "page"
_SHOWN = {_PAGE, "sign-off"}  # both tell somebody of a view


def draft_number(registry: Path | None, view: View) -> int:
    """Count what this person was shown or asked of this item, each once, up to what stands there now."""
    known = _digests(registry, view)
    return known.index(view.digest) + 1 if view.digest in known else len(known) + 1


def note_page(registry: Path | None, view: View, at: datetime) -> None:
    """Record that a page of this draft was made, once; raises NotCleared where nothing can be recorded."""
    if registry is not None and view.digest not in _digests(registry, view):
        append(registry, Event(_PAGE, view.item, view.person, {"view": view.digest}), at=at)


def _digests(registry: Path | None, view: View) -> list[str]:
    entries = read_chain(registry).entries if registry is not None else ()
    theirs = (e for e in entries if e.get("item") == view.item and e.get("person") == view.person)
    return list(dict.fromkeys(str(e.get("fact_view")) for e in theirs if e.get("event") in _SHOWN))
