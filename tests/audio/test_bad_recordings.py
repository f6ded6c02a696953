"""Every bad recording gives one clear sentence with the file and the cure, and leaves nothing behind."""

from __future__ import annotations

import os
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from other_meters import by_ffmpeg
from sounds import ENGINE, chunk, convert, talk, uneven_stereo, write_float_wav, write_wav
from workshop import NO_ENGINE, Workshop

from cop_publish.audio.encode import _check_space, set_up
from cop_publish.audio.faults import Refused
from cop_publish.audio.master import order
from cop_publish.core.edits import Edit
from cop_publish.core.timeline import Cut
from cop_publish.errors import AudioFailed
from cop_publish.settings import Sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "J Smith-Madeup"


def text(path: Path) -> None:
    path.write_text("This is not sound, although its name says so.\n" * 200)


def header_only(path: Path) -> None:
    path.write_bytes(write_wav(path, talk(1)).read_bytes()[:44])


def header_and_a_byte_of_no_sound(path: Path) -> None:
    path.write_bytes(write_wav(path, talk(1)).read_bytes()[:36])


def cut(path: Path, name: str, share: float, *options: str) -> None:
    whole = convert(write_wav(path.with_name("w.wav"), uneven_stereo(10)), path.with_name(name), *options)
    content = whole.read_bytes()
    path.write_bytes(content[: int(share * len(content))])


def with_value(value: float) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        sound = talk(2)
        sound[60_000] = value
        write_float_wav(path, sound)

    return make


def picture(path: Path) -> None:
    convert(
        write_wav(path, talk(1)),
        path.with_suffix(".png"),
        "-f",
        "lavfi",
        "-i",
        "testsrc",
        "-map",
        "1:v",
        "-frames:v",
        "1",
    )
    path.with_suffix(".png").rename(path)


def film_without_sound(path: Path) -> None:
    convert(
        write_wav(path, talk(1)), path.with_suffix(".mp4"), "-f", "lavfi", "-i", "testsrc=d=2", "-map", "1:v"
    )
    path.with_suffix(".mp4").rename(path)


def file_list(path: Path) -> None:
    good = write_wav(path.with_name("good.wav"), talk(1))
    path.write_text(f"ffconcat version 1.0\nfile '{good}'\n")


def playlist(path: Path) -> None:
    good = write_wav(path.with_name("good.wav"), talk(1))
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{good}\n#EXT-X-ENDLIST\n")


def too_long(path: Path) -> None:
    """A sparse file: seven hours of 8-bit silence at 8 kHz."""
    size = 7 * 3600 * 8000
    layout = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    head = b"WAVE" + chunk(b"fmt ", layout) + b"data" + struct.pack("<I", size)
    path.write_bytes(b"RIFF" + struct.pack("<I", size + len(head)) + head)
    os.truncate(path, path.stat().st_size + size)


def garbage_in_the_middle(path: Path) -> None:
    whole = convert(write_wav(path, uneven_stereo(10)), path.with_suffix(".mp3"), "-b:a", "128k")
    content = bytearray(whole.read_bytes())
    content[40_000:110_000] = np.random.default_rng(1).bytes(70_000)
    path.write_bytes(content)


CASES: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda p: p.write_bytes(b""), "the recording is empty (0 bytes)"),
    "text": (text, "this is not a sound file that can be read, whatever its name says"),
    "a WAV header": (header_only, "the file has a header, and no sound after it"),
    "half a WAV header": (header_and_a_byte_of_no_sound, "the file has a header, and no sound after it"),
    "a cut WAV": (lambda p: cut(p, "x.wav", 0.4), "the recording is cut off: 4.0 s can be read of 10.0 s"),
    "the stump of a WAV": (  # so short that ffmpeg alone forgets what its header promised
        lambda p: p.write_bytes(write_wav(p, uneven_stereo(2)).read_bytes()[:150_001]),
        "the recording is cut off: 0.8 s can be read of 2.0 s",
    ),
    "a cut RF64": (
        lambda p: cut(p, "x.wav", 0.4, "-rf64", "always"),
        "the recording is cut off: 4.0 s can be read of 10.0 s",
    ),
    "a cut FLAC": (lambda p: cut(p, "x.flac", 0.5), "the recording is cut off: "),
    "a cut MP3": (lambda p: cut(p, "x.mp3", 0.4), "the recording is cut off: 4."),
    "a cut M4A": (lambda p: cut(p, "x.m4a", 0.4, "-movflags", "+faststart"), "the recording is cut off: "),
    "an M4A without its index": (
        lambda p: cut(p, "x.m4a", 0.9),
        "the recording was never finished: its index is missing",
    ),
    "garbage inside an MP3": (
        garbage_in_the_middle,
        "the recording is damaged, first at 0:02, and part of it is lost: 5.",
    ),
    "not a number": (
        with_value(np.nan),
        "the sound holds a value that is not a number, 1.250 s from its start",
    ),
    "infinite": (with_value(-np.inf), "the sound holds a value that is not a number, 1.250 s from its start"),
    "silence": (lambda p: write_wav(p, 0 * talk(3)), "the recording is silent: no speech was found"),
    "an unused track": (
        lambda p: write_float_wav(p, talk(3, -85)),
        "the recording is silent: no speech was found",
    ),
    "too short": (lambda p: write_wav(p, talk(0.39)), "the recording is shorter than 0.4 seconds"),
    "too long": (too_long, "the recording is longer than 6 hours"),
    "a picture": (picture, "this is not a sound file that can be read, whatever its name says"),
    "a film without sound": (film_without_sound, "there is no sound track in this file"),
    "a list of files": (file_list, "this is not a sound file that can be read, whatever its name says"),
    "a playlist": (playlist, "this is not a sound file that can be read, whatever its name says"),
    "a folder": (lambda p: p.mkdir(), "the recording is not a plain file"),
}


@pytest.mark.parametrize("what", CASES)
def test_a_bad_recording_is_said_in_one_sentence(what: str, tmp_path: Path) -> None:
    make, sentence = CASES[what]
    workshop = Workshop(tmp_path)
    make(workshop.recording)
    with pytest.raises(AudioFailed) as failure:
        workshop.produce()
    (problem,) = failure.value.problems
    assert problem.where.path == "episodes/012-citizens-jury/recording.wav"
    assert problem.what.startswith(sentence)
    assert problem.fix.endswith(".")
    assert {path.name for path in workshop.cache.iterdir()} <= {"hashes.json"}
    assert failure.value.exit_code == 50


LEFT = {  # how long is talked before silence, and what is cut
    "only silence": (3.0, Cut(0.0, 3.0)),
    "only the noise of the room": (3.0, Cut(0.0, 3.0)),
    "less than a block of loudness": (6.0, Cut(0.0, 5.7)),
    "not a sample": (6.0, Cut(0.0, 6.0)),
}


@pytest.mark.parametrize("what", LEFT)
def test_an_edit_list_that_leaves_nothing_to_hear_is_said_to(what: str, tmp_path: Path) -> None:
    seconds, cut = LEFT[what]
    sound = np.concatenate([talk(seconds), np.zeros(round((6 - seconds) * 48_000))])
    if "noise" in what:
        sound += 1e-5 * np.random.default_rng(1).standard_normal(len(sound))
    workshop = Workshop(tmp_path)
    write_float_wav(workshop.recording, sound)
    workshop.episode = replace(workshop.episode, chapters=(), edit=Edit(cuts=(cut,)))
    with pytest.raises(AudioFailed, match=r"the edit list leaves nothing of the recording\. Take out less\."):
        workshop.produce()
    assert {path.name for path in workshop.cache.iterdir()} <= {"hashes.json"}


def test_a_pipe_in_the_recordings_place_does_not_hang(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    os.mkfifo(workshop.recording)
    with pytest.raises(AudioFailed, match="not a plain file"):
        workshop.produce()


@pytest.mark.parametrize(
    "name",
    [
        b"-x.wav",
        b"a:b%03d.wav",
        b"http:host.wav",
        b"two\nlines.wav",
        b"caf\xe9.wav",
        b'\'; echo "$(x)" #.wav',
        b"[0:a]|pipe:1",
    ],
)
def test_an_odd_name_is_only_a_name(name: bytes, tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, os.fsdecode(name))
    write_wav(workshop.recording, talk(1))
    assert workshop.produce().duration_seconds == 1.0


def test_a_name_that_is_no_text_can_be_printed(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, os.fsdecode(b"caf\xe9.wav"))
    workshop.recording.write_bytes(b"")
    with pytest.raises(AudioFailed) as failure:
        workshop.produce()
    assert "caf\\udce9.wav: the recording is empty" in str(failure.value).encode().decode()


def test_what_a_file_says_of_itself_is_never_repeated(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    info = chunk(b"LIST", b"INFO" + chunk(b"IART", NAME.encode()))
    content = write_wav(workshop.recording, talk(5), chunks=info).read_bytes()
    workshop.recording.write_bytes(content[:100_000])
    with pytest.raises(AudioFailed) as failure:
        workshop.produce()
    assert NAME not in str(failure.value)
    assert not any(NAME in step for step in workshop.steps)


SPOOFS = {
    "a comment": ("comment", "x\n[info]   Duration: 09:00:00.00, x"),
    "a key of two lines": ("a\n[info]   Duration: 09:00:00.00, x", "5"),
    "a key that names a track": ("a\n[info]   Stream #0:0: Video: x", "5"),
    "a guess": ("a\n[in#0 @ 0x1] [warning] Estimating duration from bitrate", "5"),
}


@pytest.mark.parametrize("what", SPOOFS)
def test_what_a_file_says_cannot_pass_for_what_ffmpeg_found(what: str, tmp_path: Path) -> None:
    key, value = SPOOFS[what]
    workshop = Workshop(tmp_path)
    plain = write_wav(tmp_path / "talk.wav", talk(3))
    said = convert(plain, tmp_path / "talk.flac", "-metadata", f"{key}={value}")
    content = said.read_bytes()
    workshop.recording.write_bytes(content)
    assert workshop.produce().duration_seconds == 3.0
    workshop.recording.write_bytes(content[: len(content) // 2])
    with pytest.raises(AudioFailed, match="cut off"):
        workshop.produce()


def test_a_wav_written_to_a_pipe_is_whole(tmp_path: Path) -> None:
    """Its header says 0xFFFFFFFF, which is no promise."""
    workshop = Workshop(tmp_path)
    content = bytearray(write_wav(workshop.recording, talk(2)).read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    workshop.recording.write_bytes(content)
    assert workshop.produce().duration_seconds == 2.0


def test_a_recorder_that_died_before_writing_the_length_loses_nothing(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    content = bytearray(write_wav(workshop.recording, talk(2)).read_bytes())
    content[40:44] = struct.pack("<I", 9600)  # ffmpeg alone would stop after a tenth of a second
    workshop.recording.write_bytes(content)
    assert workshop.produce().duration_seconds == 2.0


@pytest.mark.parametrize("program", [NO_ENGINE, "/bin/true"])
def test_a_wrong_program_in_the_settings_is_named(program: str, tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, sound=Sound(ffmpeg=program))
    write_wav(workshop.recording, talk(1))
    with pytest.raises(AudioFailed, match=r"cop-publish\.toml: \[sound\] ffmpeg names a program that"):
        workshop.produce()


NOT_THAT = "tenths of a second of the finished MP3 are not what may be heard there"
BROKEN = {  # an encoder that does something else than it was asked for, and what is said of its MP3
    "loses the end": ('ENGINE "$@" | head -c -11520; exit', "the finished MP3 is not as long as"),
    "loses a moment": (
        'ENGINE "$@" | { head -c 23040; head -c 3840 >&2; cat; } 2>/dev/null; exit',
        "the finished MP3 is not as long as",
    ),
    "takes another bit rate": ('set -- "${@/128k/64k}"', "the finished MP3 is not as long as"),
    "keeps a reservoir": ('set -- "${@:1:$#-1}" -reservoir 1 pipe:1', "the finished MP3 is not as long as"),
    "makes silence": ('set -- "${@:1:$#-1}" -af volume=0 pipe:1', "the finished MP3 measures -"),
    "makes another sound": ('set -- "${@:1:$#-1}" -af areverse pipe:1', NOT_THAT),
    "comes late": ('set -- "${@:1:$#-1}" -af adelay=50:all=1 pipe:1', NOT_THAT),
}


def engine_that(folder: Path, when: str, does: str) -> str:
    """An ffmpeg that does something else where its command line holds these words."""
    engine = folder / "ffmpeg"
    engine.write_text(
        f'#!/bin/bash\nif [[ " $* " == *"{when}"* ]]; then {does.replace("ENGINE", ENGINE)}; fi\n'
        f'exec {ENGINE} "$@"\n'
    )
    engine.chmod(0o755)
    return str(engine)


@pytest.mark.parametrize("what", BROKEN)
def test_an_encoder_that_does_not_keep_its_word_is_caught(what: str, tmp_path: Path) -> None:
    """Real encodes, by an ffmpeg that is given something else to do."""
    does, sentence = BROKEN[what]
    workshop = Workshop(tmp_path, sound=Sound(ffmpeg=engine_that(tmp_path, " libmp3lame ", does)))
    write_wav(workshop.recording, np.stack([talk(3), talk(3, seed=2)], axis=1))
    with pytest.raises(AudioFailed) as failure:
        workshop.produce()
    (problem,) = failure.value.problems
    assert sentence in problem.what
    assert {path.name for path in workshop.cache.iterdir()} <= {"hashes.json"}


def test_an_encoder_that_is_too_loud_is_measured_and_made_up_for(tmp_path: Path) -> None:
    louder = engine_that(tmp_path, " libmp3lame ", 'set -- "${@:1:$#-1}" -af volume=9dB pipe:1')
    workshop = Workshop(tmp_path, sound=Sound(ffmpeg=louder))
    write_wav(workshop.recording, uneven_stereo(3))
    master = workshop.produce()
    assert master.file is not None
    heard = by_ffmpeg(master.file)
    assert abs(heard.plain_lufs + 16.0) <= 0.1
    assert heard.true_peak_dbtp <= -1.0


def test_too_little_space_is_said_before_anything_is_decoded(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    write_wav(workshop.recording, talk(1))
    asked = order(workshop.episode, workshop.studio)
    assert asked is not None
    with ThreadPoolExecutor(1) as hands:
        desk = set_up(asked, hands, lambda _step, _done: None)
        _check_space(desk, 0)
        with pytest.raises(Refused, match=r"the disk has \d+ MB free, and this episode may need \d+ MB"):
            _check_space(desk, 10**18)
