"""Our protocol on a finished folder, so that peers and we are given the same files.

python by_cop_publish.py FOLDER ENDPOINT BUCKET STATE

What `cop-publish publish` does before (reading, clearing, rendering, the gate) is in benchmarks/build.py.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from cop_publish.core.output import Approved, FileClass, Headers, OnDisk, PublicFile, manifest_of
from cop_publish.errors import StorageFailed
from cop_publish.settings import StorageSettings
from cop_publish.storage.live import digest_of
from cop_publish.storage.memory import Memory
from cop_publish.storage.signed import quick_get
from cop_publish.storage.traits import HEAD
from cop_publish.touched import SMALL_BYTES

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/rss+xml; charset=utf-8",
    ".mp3": "audio/mpeg",
}
_LARGE_BYTES = 1 << 20


def main() -> None:
    """Bring the bucket to what the folder holds."""
    folder, state = Path(sys.argv[1]), Path(sys.argv[4])
    settings = StorageSettings(bucket=sys.argv[3], endpoint=sys.argv[2], region="us-east-1", path_style=True)
    memory, known = Memory(state / "store"), _recall(state)
    mark = _fingerprint(folder)  # names, sizes and times of everything, as the command looks at its inputs
    same = bool(known) and (known["mark"] == mark or known["contents"] == _contents(folder))
    if same and _public_digest(settings, folder, memory) == known["digest"]:
        _remember(state, known | {"mark": mark})
        return
    approved = _approved(folder)
    _publish(approved, settings, folder, memory)
    _remember(state, {"mark": mark, "digest": approved.manifest.digest, "contents": _contents(folder)})


def _public_digest(settings: StorageSettings, folder: Path, memory: Memory) -> str | None:
    etag, text = memory.head()
    with suppress(StorageFailed):
        return digest_of(quick_get(settings, folder, HEAD, etag or None), text)
    return None


def _publish(approved: Approved, settings: StorageSettings, folder: Path, memory: Memory) -> None:
    from cop_publish.storage.live import Publisher  # noqa: PLC0415 - as the command does: only when there is work
    from cop_publish.storage.open import open_store  # noqa: PLC0415 - the same
    from cop_publish.storage.prepare import prepare  # noqa: PLC0415 - the same
    from cop_publish.storage.release import apply, settle  # noqa: PLC0415 - the same

    publisher = Publisher(open_store(settings, folder), memory)
    publisher.store.honours_conditions = True  # type: ignore[misc] # as `storage check` found out on this day
    ready = prepare(approved, publisher, settle(publisher, lambda _: None))
    apply(ready, publisher, lambda _: None)


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for top, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            found = os.stat(os.path.join(top, name))  # noqa: PTH116, PTH118 - as unchanged.py does
            digest.update(f"{top}/{name} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}".encode())
    return digest.hexdigest()


def _contents(folder: Path) -> dict[str, str]:
    """What small files hold, as touched.py looks at it; large ones go by their times alone."""
    found = {}
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)  # noqa: PTH118 - as touched.py does
            found[path] = str(os.stat(path).st_mtime_ns)  # noqa: PTH116 - the same
            if os.stat(path).st_size <= SMALL_BYTES:  # noqa: PTH116 - the same
                with open(path, "rb") as file:  # noqa: PTH123 - the same
                    found[path] = hashlib.sha256(file.read()).hexdigest()
    return found


def _remember(state: Path, known: dict[str, Any]) -> None:
    (state / "published.json").write_text(json.dumps(known))


def _recall(state: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((state / "published.json").read_text())
    except FileNotFoundError:
        return {}
    return found


def _approved(folder: Path) -> Approved:
    files = tuple(sorted((_file(folder, p) for p in folder.rglob("*") if p.is_file()), key=lambda f: f.key))
    return Approved(files, manifest_of(files), (), None)


def _file(folder: Path, path: Path) -> PublicFile:
    key = path.relative_to(folder).as_posix()
    headers = Headers(KINDS[path.suffix], "public, max-age=300, must-revalidate")
    file_class = {"feed.xml": FileClass.FEED, "index.html": FileClass.INDEX}.get(key, FileClass.PAGE)
    if path.suffix == ".mp3":
        file_class = FileClass.MEDIA
    if path.stat().st_size < _LARGE_BYTES:
        return PublicFile(key, path.read_bytes(), headers, file_class)
    sha256 = folder.with_suffix(".sha256").read_text(encoding="ascii")  # a master's receipt has it
    return PublicFile(key, OnDisk(path, sha256, path.stat().st_size), headers, file_class)


if __name__ == "__main__":
    main()
