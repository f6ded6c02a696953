"""What this workspace keeps to be faster, and what of it may hold somebody: it is made again when needed.

build/            a site to look at, with everything that was to be public when it was made
pictures/         photographs in the sizes of the pages, by digest: nobody can tell whose
masters/          finished sounds, the same
gate.json, .key   what the gate passed, and what it found, by ID
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from cop_publish.publish import memory_of
from cop_publish.registry.secret import closed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cop_publish.settings import Settings

_ALWAYS = ("build", "gate.json", "gate.key")
_WHOSE_NOBODY_CAN_TELL = ("pictures", "masters")


def caches_of(settings: Settings, *, took_part: bool) -> tuple[Path, ...]:
    """What is there and may hold them; sounds and pictures only of somebody who took part in an item."""
    names = (*_ALWAYS, *(_WHOSE_NOBODY_CAN_TELL if took_part else ()))
    found = (settings.root / ".cop-publish" / name for name in names)
    return tuple(path for path in found if path.exists())


def remove_caches(settings: Settings, caches: Iterable[Path]) -> None:
    """Let them go.  Raises Busy while another command of this workspace publishes, and NotCleared."""
    with memory_of(settings).alone():
        try:
            for path in caches:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        except OSError:
            raise closed("what this workspace keeps in .cop-publish") from None
