"""A row of the table of bad input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workspaces import Said, say

Start = Callable[[Path, tuple[str, ...]], Said]

NO_SOUND = "Nothing was published: the sound of an episode could not be made."
NO_REGISTRY = "Nothing was published: the registry has problems."
NO_PICTURES = "Nothing was published: not every picture can be."
NO_AGREEMENT = (
    "Nothing was published: somebody no longer agrees to what is live. Do one of these things first."
)
NO_WORKSPACE = "Nothing was published: the workspace has problems."
NO_VANISHING = "Nothing was published: what is public never vanishes by accident."
NO_SETTINGS = "The settings have problems; nothing was done."


@dataclass(frozen=True, slots=True)
class Bad:
    """What is done to the published sample show, and what a command must then say and exit with.

    `says` holds every line that tells of a fault, whole; `…` in it stands for anything.
    """

    name: str
    spoil: Callable[[Path], None]
    code: int
    says: tuple[str, ...]
    arguments: tuple[str, ...]
    start: Start
    server: str  # tests with the same one stay on one worker, so that it is started once


def in_this_process(root: Path, arguments: tuple[str, ...]) -> Said:
    """Run the command here."""
    return say(root, *arguments)


def bad(  # noqa: PLR0913 - the columns of a table
    name: str,
    spoil: Callable[[Path], None],
    code: int,
    *says: str,
    arguments: tuple[str, ...] = ("publish",),
    start: Start = in_this_process,
    server: str = "",
) -> Bad:
    """A row; all but a few run `publish` in this process."""
    return Bad(name, spoil, code, says, arguments, start, server)
