"""What somebody who makes a master has to know, and nothing that cannot be sent to another machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.audio import faults
from cop_publish.audio.faults import Refused
from cop_publish.audio.shelf import stamp_of

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.edits import Edit
    from cop_publish.settings import Sound


@dataclass(frozen=True, slots=True)
class Order:
    """One master to be made."""

    id: str  # the episode's
    root: Path  # the workspace, absolute
    cache: Path  # the shelf's folder, absolute
    recording: Path  # absolute
    stamps: (
        Stamps  # of recording, intro and outro when the recipe was written: a file changed since is another
    )
    recipe: str
    sound: Sound
    edit: Edit
    jobs: int = 0  # encoders at a time, where it is made alone; 0: one for each core


Stamps = tuple[tuple[int, ...] | None, ...]


def stamps_of(recording: Path, sound: Sound, root: Path) -> Stamps:
    """Sizes and times of what a master is made from; None where there is no intro or outro.

    Raises Refused, OSError.
    """
    return tuple(stamp_of(path) if path else None for path in (recording, *jingles_of(sound, root)))


def jingles_of(sound: Sound, root: Path) -> tuple[Path | None, Path | None]:
    """The files of intro and outro.  Raises Refused for one that is not there or may not be read."""
    return _file(root, sound.intro), _file(root, sound.outro)


def _file(root: Path, name: str) -> Path | None:
    if not name:
        return None
    path = root / name
    if not path.is_file():  # nor a pipe: it would be waited for without end
        raise Refused(replace(faults.NO_JINGLE, path=name))
    try:
        path.open("rb").close()
    except OSError as error:
        raise Refused(faults.of_jingle(faults.unreadable(error), name)) from error
    return path


@dataclass(frozen=True, slots=True)
class Crew:
    """Who makes masters: `jobs` encoders here, or those of the scheduler at an address."""

    jobs: int = 0  # 0: one for each core that this process may use
    scheduler: str = ""  # of dask.distributed, such as tcp://10.0.0.5:8786; empty: this machine


THIS_MACHINE = Crew()
