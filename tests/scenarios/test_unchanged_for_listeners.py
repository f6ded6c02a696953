"""What changes nothing for listeners and readers: another encoder, and what a photograph carries along."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import needs
import pytest
from PIL import Image
from spoil import change, post, wav, write
from workspaces import published_sample, say, tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def show(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published sample show."""
    return published_sample(tmp_path_factory, tmp_path / "show")


def test_another_build_of_ffmpeg_masters_what_is_new_and_leaves_what_is_published(show: Path) -> None:
    before = tree(show / "published" / "public" / "media")
    change("cop-publish.toml", "[sound]", f'[sound]\nffmpeg = "{needs.program("ffmpeg")}"')(show)
    said = say(show, "publish")
    assert said.code == 0, said
    assert said.out.count("master unchanged") == 2
    assert "Nothing was uploaded" in said.out
    assert tree(show / "published" / "public" / "media") == before


def test_an_edited_recording_is_a_new_address_under_the_same_guid(show: Path) -> None:
    folder = "episodes/013-explaining-an-algorithm"
    write(f"{folder}/recording.wav", wav())(show)
    change(f"{folder}/episode.md", "recording: recording.opus", "recording: recording.wav")(show)
    change(f"{folder}/episode.md", "  - {start: 0:15, title: Start with the decision}\n", "")(show)
    change(f"{folder}/episode.md", '  - {start: 0:39, title: "One page, read aloud"}\n', "")(show)
    change(f"{folder}/episode.md", "  - {start: 1:02, title: The last line}\n", "")(show)
    write(f"{folder}/transcript.vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v p-r8w3>Hello.\n")(show)
    (before,) = (show / "published" / "public" / "media").glob("013-*.mp3")
    said = say(show, "publish")
    assert said.code == 0, said
    (after,) = (show / "published" / "public" / "media").glob(
        "013-*.mp3"
    )  # what was edited out is gone at once
    feed = (show / "published" / "public" / "feed.xml").read_text()
    assert before.name != after.name
    assert after.name in feed
    assert before.name not in feed
    assert "01a1bfc4-ace0-732c-afa0-1fb887ad7e3c" in feed


def test_a_photograph_loses_where_and_when_and_with_what_it_was_taken(show: Path) -> None:
    write("images/jury.jpg", photograph())(show)
    listed = "images: [{file: /images/jury.jpg, alt: A room, people: []}]"
    post("title: A room", listed, body="![A room](/images/jury.jpg)")(show)
    there = set((show / "published" / "public").rglob("*.jpg"))
    said = say(show, "publish")
    assert said.code == 0, said
    pictures = set((show / "published" / "public").rglob("*.jpg")) - there
    assert pictures
    for picture in pictures:
        with Image.open(picture) as image:
            assert dict(image.getexif()) == {}
        assert b"Fabricam" not in picture.read_bytes()
        assert b"Exif" not in picture.read_bytes()


def photograph() -> bytes:
    """A JPEG with a place, a time and a camera in its EXIF."""
    image = Image.merge("RGB", [Image.effect_noise((640, 480), spread) for spread in (40, 60, 80)])
    exif = Image.Exif()
    exif[0x010F] = "Fabricam"  # Make
    exif[0x9003] = "2026:11:20 10:00:00"  # DateTimeOriginal
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)})  # GPS
    held = io.BytesIO()
    image.save(held, "JPEG", exif=exif)
    assert b"Fabricam" in held.getvalue()
    return held.getvalue()
