"""Publish one file to a store, in a process of its own: for limits that only a process has.

``publish_once.py SETTINGS-AS-JSON WORKSPACE BYTES`` prints the message and exits with its code.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sites import file, publish, site

from cop_publish.errors import CopPublishError
from cop_publish.settings import StorageSettings
from cop_publish.storage.open import open_store


def main(settings: str, workspace: str, size_bytes: str) -> int:
    approved = site(file("media/sound.mp3", b"x" * int(size_bytes)), file("index.html", b"[media/sound.mp3]"))
    try:
        store = open_store(StorageSettings(**json.loads(settings)), Path(workspace))
        publish(approved, store)
    except CopPublishError as error:
        sys.stdout.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
