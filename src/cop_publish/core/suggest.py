"""Did you mean this one."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def beside(path: str, files: Iterable[str]) -> str | None:
    """The name nearest to a path's own among the files of its folder, or None."""
    wanted = PurePosixPath(path)
    return suggest(wanted.name, _names_in(wanted.parent, files))


def _names_in(folder: PurePosixPath, files: Iterable[str]) -> Iterator[str]:
    return (found.name for found in map(PurePosixPath, files) if found.parent == folder)


def suggest(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to `word`, or None when nothing is near."""
    close = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return close[0] if close else None
