"""A registry as one file: equal registries give equal bytes, and nothing leads out of its folder."""

from __future__ import annotations

import io
import stat
import zipfile
from typing import TYPE_CHECKING

import pytest

from cop_publish.registry.copies import digests, merged, packed, read_contents, unpacked, write_contents

if TYPE_CHECKING:
    from pathlib import Path

CONTENTS = {"registry.yaml": b"version: 1\n", "people/p-7f3k.yaml": b"name: {given: Planted}\n"}


def test_what_is_packed_comes_out_again_and_does_so_in_the_same_bytes() -> None:
    assert unpacked(packed(CONTENTS)) == CONTENTS
    assert packed(CONTENTS) == packed(dict(reversed(CONTENTS.items())))


def test_a_folder_is_made_to_hold_exactly_this_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    write_contents(folder, CONTENTS | {"notes/old.json": b"{}"})
    (folder / ".lock").write_bytes(b"")
    before = (folder / "registry.yaml").stat().st_mtime_ns
    write_contents(folder, CONTENTS)
    assert read_contents(folder) == CONTENTS
    assert (folder / "registry.yaml").stat().st_mtime_ns == before, "what is the same is left alone"
    assert (folder / ".lock").exists()
    for path in folder.rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert path.name == ".lock" or stat.S_IMODE(path.stat().st_mode) == wanted


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_link_is_refused(tmp_path: Path, kind: str) -> None:
    write_contents(tmp_path / "registry", CONTENTS)
    target = tmp_path / "registry.yaml" if kind == "file" else tmp_path
    (tmp_path / "registry/people/p-aaaa.yaml").symlink_to(target)
    with pytest.raises(ValueError, match="a link"):
        read_contents(tmp_path / "registry")


def archive(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../registry.yaml", "/etc/passwd", "people/../../x", ".cop-publish/synced.json", "a\\b", "people/"],
)
def test_a_path_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="leads elsewhere"):
        unpacked(archive(**{name: b"x"}))


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", packed(CONTENTS)[:-30]])
def test_what_is_no_registry_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a registry"):
        unpacked(content)


def test_a_spoiled_byte_is_noticed_wherever_it_is() -> None:
    whole = packed({"registry.yaml": b"version: 1\n" * 50})
    for place in range(len(whole)):
        for bits in (0x01, 0x80, 0xFF):
            spoiled = bytearray(whole)
            spoiled[place] ^= bits
            try:
                found = unpacked(bytes(spoiled))
            except ValueError:
                continue
            assert found == {"registry.yaml": b"version: 1\n" * 50}, place


def test_a_folder_that_cannot_be_listed_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        read_contents(tmp_path / "nowhere")


OLD, NEW, OTHER = b"old", b"new", b"other"


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "joined"),
    [
        (OLD, OLD, OLD, OLD),
        (OLD, NEW, OLD, NEW),
        (OLD, OLD, NEW, NEW),
        (OLD, NEW, NEW, NEW),
        (OLD, None, OLD, None),
        (OLD, OLD, None, None),
        (OLD, None, None, None),
        (None, NEW, None, NEW),
        (None, None, NEW, NEW),
        (None, NEW, NEW, NEW),
        (OLD, NEW, OTHER, "both"),
        (OLD, None, OTHER, "both"),
        (OLD, NEW, None, "both"),
        (None, NEW, OTHER, "both"),
    ],
)
def test_two_copies_of_a_file_are_joined_or_named(
    base: bytes | None, mine: bytes | None, theirs: bytes | None, joined: bytes | str | None
) -> None:
    def one(content: bytes | None) -> dict[str, bytes]:
        return {} if content is None else {"guard.yaml": content}

    found, clashes = merged(digests(one(base)), one(mine), one(theirs))
    assert clashes == (["guard.yaml"] if joined == "both" else [])
    if joined != "both":
        assert found.get("guard.yaml") == joined


def test_what_can_be_made_again_is_no_clash_and_theirs_is_taken() -> None:
    base = {"passages.filter": b"a", "passages.jsonl": b"a"}
    mine, theirs = {**base, "passages.filter": b"b"}, {**base, "passages.filter": b"c"}
    assert merged(digests(base), mine, theirs) == (theirs, [])
    assert merged(digests(base), mine, base) == (mine, [])
    mine["passages.jsonl"], theirs["passages.jsonl"] = b"b", b"c"
    assert merged(digests(base), mine, theirs)[1] == ["passages.jsonl"]
