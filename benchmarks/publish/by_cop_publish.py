"""Our protocol on a finished folder, so that peers and we are given the same files.

python by_cop_publish.py FOLDER ENDPOINT BUCKET STATE

What `cop-publish publish` does before (reading, clearing, rendering, the gate) is in benchmarks/build.py.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from cop_publish.core.output import Approved, FileClass, Headers, OnDisk, PublicFile, manifest_of
from cop_publish.settings import StorageSettings
from cop_publish.storage.open import open_store
from cop_publish.storage.release import published_digest

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/rss+xml; charset=utf-8",
    ".mp3": "audio/mpeg",
}
_LARGE_BYTES = 1 << 20


def main() -> None:
    """Bring the bucket to what the folder holds."""
    folder, state = Path(sys.argv[1]), Path(sys.argv[4]) / "manifest.json"
    settings = StorageSettings(bucket=sys.argv[3], endpoint=sys.argv[2], region="us-east-1", path_style=True)
    files = tuple(sorted((_file(folder, p) for p in folder.rglob("*") if p.is_file()), key=lambda f: f.key))
    manifest = manifest_of(files)
    store = open_store(settings, folder)
    if state.exists() and json.loads(state.read_text()) == manifest.digest == published_digest(store):
        return
    from cop_publish.storage.release import apply, prepare  # noqa: PLC0415 - as publish.py does

    approved = Approved(files, manifest, (), None)
    apply(prepare(approved, store), approved, store, lambda _: None)
    state.write_text(json.dumps(manifest.digest))


def _file(folder: Path, path: Path) -> PublicFile:
    key = path.relative_to(folder).as_posix()
    headers = Headers(KINDS[path.suffix], "public, max-age=300, must-revalidate")
    file_class = {"feed.xml": FileClass.FEED, "index.html": FileClass.INDEX}.get(key, FileClass.PAGE)
    if path.suffix == ".mp3":
        file_class = FileClass.MEDIA
    if path.stat().st_size < _LARGE_BYTES:
        return PublicFile(key, path.read_bytes(), headers, file_class)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return PublicFile(key, OnDisk(path, sha256, path.stat().st_size), headers, file_class)


if __name__ == "__main__":
    main()
