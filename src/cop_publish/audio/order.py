"""What somebody who makes a master has to know, and nothing that cannot be sent to another machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    recipe: str
    sound: Sound
    edit: Edit
    jobs: int = 0  # encoders at a time, where it is made alone; 0: one for each core


def jingles_of(sound: Sound, root: Path) -> tuple[Path | None, Path | None]:
    """The files of intro and outro."""
    return root / sound.intro if sound.intro else None, root / sound.outro if sound.outro else None


@dataclass(frozen=True, slots=True)
class Crew:
    """Who makes masters: `jobs` encoders here, or those of the scheduler at an address."""

    jobs: int = 0  # 0: one for each core that this process may use
    scheduler: str = ""  # of dask.distributed, such as tcp://10.0.0.5:8786; empty: this machine


THIS_MACHINE = Crew()
