from __future__ import annotations

import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING

from cop_publish.core.output import Entry, FileClass
from cop_publish.storage.carry import FromPacks
from cop_publish.storage.pack import Pack, PackWriter

if TYPE_CHECKING:
    import pytest

FILES = {f"blog/{number}.html": os.urandom(2000) for number in range(200)}


def packed(files: dict[str, bytes]) -> Pack:
    writer = PackWriter()
    for key, content in files.items():
        writer.add(key, content)
    with writer.done(None) as made:
        return Pack("_cop/releases/000001-a.zip", made.read())


def entry(key: str) -> Entry:
    content = FILES[key]
    return Entry(key, sha256(content).hexdigest(), len(content), "text/html", "no-store", FileClass.PAGE)


def test_the_list_of_a_packs_files_is_read_once_however_many_are_taken_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pack, opened = packed(FILES), []

    class Counting(zipfile.ZipFile):
        def _RealGetContents(self) -> None:  # noqa: N802 - where zipfile reads the list of files
            opened.append(self)
            super()._RealGetContents()  # type: ignore[misc] # it is not in the stubs

    monkeypatch.setattr(zipfile, "ZipFile", Counting)
    assert pack.names == FILES.keys()
    assert {key: pack.file(entry(key)) for key in FILES} == FILES
    assert len(opened) == 1  # it is as long as the pack has files: once for each would take minutes


def test_files_are_taken_out_of_a_pack_side_by_side() -> None:
    pack = packed(FILES)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda key: pack.file(entry(key)), [*FILES] * 10))
    assert found == [*FILES.values()] * 10


def test_whoever_sends_files_side_by_side_reads_their_pack_once() -> None:
    pack, reads = packed(FILES), []
    all_at_once = Barrier(16)

    def read(key: str) -> Pack:
        reads.append(key)
        with suppress(BrokenBarrierError):
            all_at_once.wait(0.2)  # as long as a store may take to answer
        return pack

    source = FromPacks(dict.fromkeys(FILES, pack.key), read)

    def taken(key: str) -> bytes:
        with source.opened(entry(key)) as body:
            assert isinstance(body, bytes)
            return body

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(taken, FILES)) == [*FILES.values()]
    assert reads == [pack.key]
