"""What can go wrong with a workspace, done to a copy of the published sample show."""

from __future__ import annotations

import io
import math
import os
import shutil
import struct
import wave
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Spoil = Callable[[Path], None]

NEW_POST = "posts/2026-11-22-new.md"
NEW_EPISODE = "episodes/014-new"
PUBLIC_POST = "posts/2026-11-20-jury-lessons.md"
PUBLIC_EPISODE = "episodes/012-citizens-jury/episode.md"

_EPISODE = (
    "guid: 01a2c0de-0000-7000-8000-000000000014",
    "title: A new episode",
    "summary: About something new.",
    "date: 2026-11-21 07:00",
    "people: [p-host]",
)
_TRANSCRIPT = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v p-host>Hello.\n"


def write(path: str, content: str | bytes) -> Spoil:
    """Put a file there."""

    def spoil(root: Path) -> None:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    return spoil


def post(*front: str, body: str = "Words.", path: str = NEW_POST) -> Spoil:
    """A new post with these lines of front matter."""
    return write(path, "\n".join(["---", *front, "---", body, ""]))


def raw_post(content: str | bytes) -> Spoil:
    """A new post with exactly this in its file."""
    return write(NEW_POST, content)


def episode(
    *front: str, sound: bytes | None = None, transcript: str = _TRANSCRIPT, notes: str = "Notes."
) -> Spoil:
    """A new episode; a line of `front` takes the place of the one with its key."""
    keys = {line.partition(":")[0] for line in front}
    lines = [line for line in _EPISODE if line.partition(":")[0] not in keys]
    return all_of(
        post(*lines, *front, body=notes, path=f"{NEW_EPISODE}/episode.md"),
        write(f"{NEW_EPISODE}/transcript.vtt", transcript),
        *([] if sound is None else [write(f"{NEW_EPISODE}/recording.wav", sound)]),
    )


def change(path: str, old: str, new: str) -> Spoil:
    """Put other words in the place of words that are there once."""

    def spoil(root: Path) -> None:
        text = (root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, (path, old)
        (root / path).write_text(text.replace(old, new), encoding="utf-8")

    return spoil


def delete(path: str) -> Spoil:
    return lambda root: (root / path).unlink()


def move(path: str, to: str) -> Spoil:
    """Away from where it belongs."""

    def spoil(root: Path) -> None:
        (root / path).rename((root / to).resolve())

    return spoil


def copy(path: str, to: str) -> Spoil:
    """The same file or folder in a second place."""

    def spoil(root: Path) -> None:
        copied = shutil.copytree if (root / path).is_dir() else shutil.copyfile
        copied(root / path, root / to)

    return spoil


def cut(path: str, size_bytes: int) -> Spoil:
    """Only the beginning of a file."""
    return lambda root: os.truncate(root / path, size_bytes)


def link(path: str, to: str) -> Spoil:
    """A symbolic link at `path`."""
    return lambda root: (root / path).symlink_to(to)


def mode(path: str, bits: int) -> Spoil:
    return lambda root: (root / path).chmod(bits)


def folders_mode(path: str, bits: int) -> Spoil:
    """The same for a folder and every folder below it."""

    def spoil(root: Path) -> None:
        for one in [root / path, *(p for p in (root / path).rglob("*") if p.is_dir())]:
            one.chmod(bits)

    return spoil


def folder(path: str) -> Spoil:
    return lambda root: (root / path).mkdir(parents=True)


def nothing(root: Path) -> None:
    """Leave everything as it is: the fault is in the command."""


def all_of(*spoils: Spoil) -> Spoil:
    """One after the other."""

    def spoil(root: Path) -> None:
        for one in spoils:
            one(root)

    return spoil


# --- sounds -------------------------------------------------------------------------------------------


def wav(seconds: float = 3.0, level: float = 0.2) -> bytes:
    """A tone of 48 kHz, 16 bit, mono."""
    frames = range(int(48_000 * seconds))
    tone = (int(32_767 * level * math.sin(2 * math.pi * 440 * i / 48_000)) for i in frames)
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(struct.pack(f"<{len(frames)}h", *tone))
    return held.getvalue()


# --- pictures -----------------------------------------------------------------------------------------


def picture(path: str, width: int, height: int) -> Spoil:
    """A plain PNG of that size."""

    def spoil(root: Path) -> None:
        from PIL import Image  # noqa: PLC0415 - heavy, for few rows

        Image.new("RGB", (width, height), "teal").save(root / path)

    return spoil
