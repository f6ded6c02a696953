"""A producer's machine that publishes when it is told to: ``rivals.py SETTINGS-AS-JSON WORKSPACE NAME``.

Each line on standard input names an edition; the answer is ``done``, ``busy`` or what went wrong.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sites import publish, show

from cop_publish.errors import Busy
from cop_publish.settings import StorageSettings
from cop_publish.storage.memory import Memory
from cop_publish.storage.open import open_store


def edition_of(name: str, edition: str) -> tuple[str, ...]:
    """The episodes that this machine has then: some are everybody's, one is its own."""
    return ("jury", "maps", f"{name}-{edition}")


def main(settings: str, workspace: str, name: str) -> int:
    place, root = StorageSettings(**json.loads(settings)), Path(workspace)
    who = Memory(root / f"memory-{name}")
    store = open_store(place, root)
    for line in sys.stdin:
        edition = line.strip()
        try:
            publish(show(*edition_of(name, edition), edition=f"{name}{edition}"), store, who)
            answer = "done"
        except Busy:
            answer = "busy"
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
