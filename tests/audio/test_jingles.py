"""Intro and outro: as loud as the talk and otherwise as they are; and a bad one is named by its own path."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cutting_room import HZ, Room, heard_lufs, level_db, speech
from sounds import Sound, make, talk, tone, write_float_wav, write_wav
from workshop import Workshop

from cop_publish.core.edits import Edit
from cop_publish.core.timeline import Origin
from cop_publish.errors import AudioFailed
from cop_publish.settings import Sound as Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cop_publish.audio.shelf import Encoded


def around(first: str, last: str = "", **changed: float) -> Settings:
    return replace(Settings(intro=first, outro=last, crossfade_seconds=0.0), **changed)  # type: ignore[arg-type]


def stretch(encoded: Encoded, heard: Sound, *origins: Origin) -> Sound:
    """What is heard of some origin, without the ends."""
    pieces = [
        (start, start + piece.end - piece.start)
        for piece, start in zip(encoded.timeline.pieces, encoded.timeline.starts, strict=True)
        if piece.origin in origins
    ]
    return heard[pieces[0][0] + 480 : pieces[-1][1] - 480]


@pytest.mark.parametrize("name", ["intro.wav", "intro.mp3"])
@pytest.mark.parametrize("level_dbfs", [-22.0, -14.0, -2.0], ids=["soft", "usual", "loud"])
def test_a_jingle_is_as_loud_as_the_talk_beside_it(name: str, level_dbfs: float, tmp_path: Path) -> None:
    jingle = speech(4.0, 40, 300.0)
    make(tmp_path / name, 10 ** (level_dbfs / 20) * jingle / np.abs(jingle).max())
    room = Room(tmp_path, sound=around(name)).record(talk(12.0))
    encoded, heard = room.encode(), room.heard()
    intro, said = (stretch(encoded, heard, origin) for origin in (Origin.INTRO, Origin.RECORDING))
    assert abs(heard_lufs(intro, tmp_path) - heard_lufs(said, tmp_path)) <= 1.0
    assert 3.5 * HZ < len(intro) <= 4.1 * HZ


def test_the_silence_at_its_ends_is_taken_off(tmp_path: Path) -> None:
    for name, before, after in (("intro.wav", 1.0, 0.25), ("outro.wav", 0.5, 2.0)):
        silence = (round(before * HZ), round(after * HZ))
        write_wav(tmp_path / name, np.pad(tone(2.0, -20.0), silence))
    room = Room(tmp_path, sound=around("intro.wav", "outro.wav")).record(talk(6.0))
    encoded = room.encode()
    first, *_, last = encoded.timeline.pieces
    assert (first.origin, last.origin) == (Origin.INTRO, Origin.OUTRO)
    assert [first.end, last.end] == pytest.approx([2 * HZ, 2 * HZ], abs=HZ // 500)
    heard = room.heard()
    assert level_db(heard[480:4800]) > -40  # it begins at once
    assert level_db(heard[-4800:-480]) > -40


@pytest.mark.parametrize("leveller", [0.8, 1.0])
def test_a_jingle_keeps_its_own_softness_and_loudness(leveller: float, tmp_path: Path) -> None:
    """What would bring two speakers to one loudness leaves the two halves of an intro 12 dB apart."""
    halves = np.concatenate([tone(5.0, -32.0), tone(5.0, -20.0)])
    write_wav(tmp_path / "intro.wav", halves)
    two = np.concatenate([talk(8.0, -32.0), talk(8.0, -20.0, seed=4)])
    room = Room(tmp_path, sound=around("intro.wav", leveller=leveller)).record(two)
    encoded, heard = room.encode(), room.heard()
    intro, said = (stretch(encoded, heard, origin) for origin in (Origin.INTRO, Origin.RECORDING))
    soft, loud = level_db(intro[HZ : 4 * HZ]), level_db(intro[6 * HZ : 9 * HZ])
    assert loud - soft == pytest.approx(12.0, abs=0.3)
    first, second = heard_lufs(said[HZ : 7 * HZ], tmp_path), heard_lufs(said[9 * HZ : 15 * HZ], tmp_path)
    assert abs(first - second) < 5  # while the speakers were


def broken(path: Path) -> None:
    sound = tone(1.0)
    sound[1000] = np.nan
    write_float_wav(path, sound)


EXPORT = "Export it again as WAV, FLAC or MP3, or choose another file."
GONE = (
    "there is no such sound file for an intro or outro. Put it there, or take it out of [sound] or edit.yaml."
)
BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "too long": (
        lambda path: write_wav(path, tone(121.0, rate_hz=8000), rate_hz=8000),
        "this intro or outro is longer than two minutes. Cut it.",
    ),
    "silent": (
        lambda path: write_wav(path, np.zeros(HZ)),
        "this intro or outro is silent, or shorter than 0.4 seconds. Choose another file, or none.",
    ),
    "a click": (
        lambda path: write_wav(path, tone(0.1)),
        "this intro or outro is silent, or shorter than 0.4 seconds. Choose another file, or none.",
    ),
    "no sound": (
        lambda path: path.write_bytes(b"words, whatever the name says" * 100),
        f"this is not a sound file that can be read, whatever its name says. {EXPORT}",
    ),
    "empty": (
        lambda path: path.write_bytes(b""),
        f"the sound is empty (0 bytes). {EXPORT}",
    ),
    "not a number": (
        broken,
        f"the sound holds a value that is not a number, 0.021 s from its start. {EXPORT}",
    ),
    "missing": (
        lambda path: path.unlink(missing_ok=True),
        GONE,
    ),
    "a folder": (
        lambda path: path.mkdir(),
        GONE,
    ),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("which", ["intro", "outro", "edit.yaml"])
def test_a_bad_jingle_is_one_sentence_under_its_own_path(which: str, bad: str, tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, sound=Settings(intro="sounds/intro.wav", outro="sounds/outro.wav"))
    write_wav(workshop.recording, talk(3.0))
    (tmp_path / "sounds").mkdir()
    for name in ("intro", "outro"):
        write_wav(tmp_path / "sounds" / f"{name}.wav", tone(1.0))
    path = f"sounds/{which}.wav"
    if which == "edit.yaml":
        path = f"episodes/{workshop.episode.id}/mine.wav"
        workshop.episode = replace(workshop.episode, edit=Edit(intro=path))
    file, words = tmp_path / path, BAD[bad][1]
    file.unlink(missing_ok=True)
    BAD[bad][0](file)
    with pytest.raises(AudioFailed) as failure:
        workshop.produce()
    assert [str(problem) for problem in failure.value.problems] == [f"{path}: {words}"]
    assert failure.value.exit_code == 50
    assert not list(workshop.cache.glob("part-*"))


def test_a_bad_recording_is_still_named_itself_beside_good_jingles(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, sound=Settings(intro="intro.wav"))
    write_wav(tmp_path / "intro.wav", tone(1.0))
    write_wav(workshop.recording, np.zeros(3 * HZ))
    with pytest.raises(AudioFailed, match=r"recording\.wav: the recording is silent"):
        workshop.produce()
