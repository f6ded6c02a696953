"""Did you mean this one."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def suggest(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to `word`, or None when nothing is near."""
    close = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return close[0] if close else None
