"""Rows of the table of adversarial cases: what is done, and how it must end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rows import Start, in_this_process
from spoil import nothing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNTOLD = "Quokkaville"  # stands where nothing may show it: not the public files, not the output
REFUSED, DONE = 20, 0


@dataclass(frozen=True, slots=True)
class Case:
    """What is done to the published sample show, what the command then exits with, and what it must say.

    A case that is refused leaves the public files as they were, to the byte.  In none does the secret, or
    anybody withheld, stand in a public file or in what is printed.
    """

    phrase: str  # of the list of cases, word for word
    detail: str
    spoil: Callable[[Path], None]
    code: int
    says: tuple[str, ...]  # each stands in what is printed
    shows: tuple[str, ...]  # each stands in a public file afterwards
    hides: tuple[str, ...]  # none stands in a public file afterwards
    same: (
        bool | None
    )  # whether the public files are as before, byte for byte; None: if and only if it is refused
    arguments: tuple[str, ...]
    start: Start
    then: Callable[[Path], None]  # looks at what was published


@dataclass(frozen=True, slots=True)
class Check:
    """A case that needs no workspace: what is done gives a word, and which word it must be."""

    phrase: str
    detail: str
    act: Callable[[Path], object]
    ends: object


def case(  # noqa: PLR0913 - the columns of a table
    phrase: str,
    detail: str,
    spoil: Callable[[Path], None],
    code: int,
    *says: str,
    shows: tuple[str, ...] = (),
    hides: tuple[str, ...] = (),
    same: bool | None = None,
    arguments: tuple[str, ...] = ("publish",),
    start: Start = in_this_process,
    then: Callable[[Path], None] = nothing,
) -> Case:
    """A row; all but a few run `publish` in this process."""
    return Case(phrase, detail, spoil, code, says, shows, hides, same, arguments, start, then)


def check(phrase: str, detail: str, act: Callable[[Path], object], ends: object) -> Check:
    """A row that needs no workspace."""
    return Check(phrase, detail, act, ends)
