"""Recordings that are used although something about them is odd, and what their producer is told."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import needs
import numpy as np
import pytest
from sounds import (
    ENGINE,
    chunk,
    convert,
    decode,
    describe,
    make,
    talk,
    uneven_stereo,
    write_float_wav,
    write_wav,
)
from workshop import Workshop

from cop_publish.audio.faults import Refused
from cop_publish.audio.recording.listen import listen
from cop_publish.audio.recording.probe import probe
from cop_publish.audio.recording.whole import check_whole
from cop_publish.errors import AudioFailed
from cop_publish.settings import Sound

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 2.0
VOICE = talk(SECONDS)


@pytest.fixture(params=["the wheel's ffmpeg", "the system's ffmpeg"])
def engine(request: pytest.FixtureRequest) -> str:
    return ENGINE if request.param == "the wheel's ffmpeg" else needs.program("ffmpeg")


CODINGS = {
    "8 kHz mu-law": (".wav", ("-c:a", "pcm_mulaw", "-ar", "8000")),
    "8 kHz A-law": (".wav", ("-c:a", "pcm_alaw", "-ar", "8000")),
    "8 bits": (".wav", ("-c:a", "pcm_u8")),
    "24 bits": (".wav", ("-c:a", "pcm_s24le")),
    "32 bits": (".wav", ("-c:a", "pcm_s32le")),
    "32-bit floats": (".wav", ("-c:a", "pcm_f32le")),
    "64-bit floats": (".wav", ("-c:a", "pcm_f64le")),
    "RF64": (".wav", ("-rf64", "always")),
    "Wave64": (".w64", ()),
    "192 kHz": (".wav", ("-ar", "192000")),
    "ALAC": (".m4a", ("-c:a", "alac")),
    "AIFF": (".aiff", ()),
}


@pytest.mark.parametrize("what", CODINGS)
def test_every_usual_coding_is_mastered(what: str, tmp_path: Path) -> None:
    suffix, options = CODINGS[what]
    workshop = Workshop(tmp_path, f"recording{suffix}")
    make(workshop.recording, VOICE, *options)
    master = workshop.produce()
    assert master.duration_seconds == pytest.approx(SECONDS, abs=0.001)
    assert master.loudness.integrated_lufs == pytest.approx(-16.0, abs=0.5)


LOUD = {
    "clipped": np.clip(8 * VOICE, -1, 1),
    "above full scale": 4 * VOICE / np.abs(VOICE).max(),
    "beside the zero line": 0.5 * VOICE / np.abs(VOICE).max() + 0.3,
}


@pytest.mark.parametrize("what", LOUD)
def test_a_recording_made_too_loud_is_attenuated_and_used(what: str, tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    write_float_wav(workshop.recording, LOUD[what])
    master = workshop.produce()
    assert master.duration_seconds == SECONDS
    assert master.loudness.true_peak_dbtp <= -1.0


SURROUND = {"3 channels": 3, "4 channels": 4, "6 channels": 6, "8 channels": 8}


@pytest.mark.parametrize("what", SURROUND)
def test_surround_sound_is_mixed_down_and_that_is_said(what: str, engine: str, tmp_path: Path) -> None:
    voices = np.stack([talk(1, seed=seed + 1) for seed in range(SURROUND[what])], axis=1)
    source = probe(engine, write_wav(tmp_path / "x.wav", voices))
    assert (source.channels, source.input.channels) == (SURROUND[what], 2)
    (remark,) = source.remarks
    assert remark.startswith(f"the recording's {what} were mixed down to two")


def test_the_middle_loudspeaker_of_a_film_is_heard(tmp_path: Path) -> None:
    """In 5.1 the voices are in the third channel, which a plain choice of the first two would lose."""
    workshop = Workshop(tmp_path, "recording.m4a")
    voices = np.zeros((len(VOICE), 6))
    voices[:, 2] = VOICE
    make(workshop.recording, voices, "-c:a", "aac")
    assert "5.1" in describe(workshop.recording)
    assert workshop.produce().loudness.integrated_lufs == pytest.approx(-16.0, abs=0.5)


@pytest.mark.parametrize("channels", [9, 12, 24])
def test_a_dozen_microphones_are_not_guessed_at(channels: int, engine: str, tmp_path: Path) -> None:
    voices = np.stack([talk(0.5, seed=1)] * channels, axis=1)
    with pytest.raises(Refused, match=f"the recording has {channels} channels") as refusal:
        probe(engine, write_wav(tmp_path / "x.wav", voices))
    assert refusal.value.fault.fix == "Export a stereo mix of them."


def film(path: Path, *options: str, rate: str = "5") -> Path:
    """A call with moving pictures."""
    picture = ("-f", "lavfi", "-i", f"testsrc=d={SECONDS}:s=64x64:r={rate}")
    return convert(write_wav(path.with_suffix(".wav"), VOICE), path, *picture, *options)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".mov", ".avi"])
def test_of_the_video_of_a_call_only_the_sound_is_taken(suffix: str, tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, f"recording{suffix}")
    film(workshop.recording, "-map", "0:a", "-map", "1:v")
    assert "Video" in describe(workshop.recording)
    assert probe(ENGINE, workshop.recording).with_video
    master = workshop.produce()
    assert master.duration_seconds == pytest.approx(SECONDS, abs=0.1)
    assert master.file is not None
    assert "testsrc" not in describe(master.file)
    assert master.file.read_bytes().count(b"\0\0\0 ftyp") == 0


@pytest.mark.parametrize("suffix", [".mp3", ".flac", ".m4a"])
def test_a_cover_is_no_film(suffix: str, engine: str, tmp_path: Path) -> None:
    path = tmp_path / f"x{suffix}"
    film(
        path, "-map", "0:a", "-map", "1:v", "-frames:v", "1", "-c:v", "png", "-disposition:v", "attached_pic"
    )
    assert "attached pic" in describe(path)
    assert not probe(engine, path).with_video


@pytest.mark.parametrize("suffix", [".mp3", ".flac", ".m4a", ".opus", ".w64"])
def test_a_wrong_extension_changes_nothing(suffix: str, engine: str, tmp_path: Path) -> None:
    path = make(tmp_path / f"x{suffix}", VOICE).rename(tmp_path / "recording.wav")
    source = probe(engine, path)
    assert listen(engine, source.input).seconds == pytest.approx(SECONDS, abs=0.1)


def test_of_two_sound_tracks_the_first_is_used_and_that_is_said(engine: str, tmp_path: Path) -> None:
    left, right = write_wav(tmp_path / "a.wav", VOICE), write_wav(tmp_path / "b.wav", 0 * VOICE)
    path = convert(left, tmp_path / "x.mka", "-i", str(right), "-map", "0:a", "-map", "1:a", "-c:a", "flac")
    source = probe(engine, path)
    assert source.remarks == ("the file holds 2 sound tracks, and the first one is used",)


def test_the_first_track_is_the_one_that_is_heard(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, "recording.mka")
    left, right = write_wav(tmp_path / "a.wav", 0 * VOICE), write_wav(tmp_path / "b.wav", VOICE)
    convert(left, workshop.recording, "-i", str(right), "-map", "0:a", "-map", "1:a", "-c:a", "flac")
    with pytest.raises(AudioFailed, match="silent"):
        workshop.produce()


# Files glued together, and tags that lie.

JOINED = {
    "MP3": (".mp3", ("-ar", "44100"), ("-ac", "1")),
    "MP3, first mono": (".mp3", ("-ac", "1"), ("-ar", "44100")),
    "MP3 without Info frames": (
        ".mp3",
        ("-ar", "44100", "-write_xing", "0"),
        ("-ac", "1", "-write_xing", "0"),
    ),
    "AAC": (".aac", ("-ar", "44100"), ("-ac", "1")),
    "Opus": (".opus", (), ()),
}


def joined(folder: Path, what: str) -> Path:
    suffix, *options = JOINED[what]
    parts = [make(folder / f"{index}{suffix}", uneven_stereo(2), *of) for index, of in enumerate(options)]
    whole = folder / f"whole{suffix}"
    whole.write_bytes(b"".join(part.read_bytes() for part in parts))
    return whole


@pytest.mark.parametrize("what", JOINED)
def test_parts_with_other_rates_are_made_one_before_anything_is_cut(
    what: str, engine: str, tmp_path: Path
) -> None:
    """ffmpeg builds its filters anew where the rate changes, and would count the samples of a cut from 0."""
    path = joined(tmp_path, what)
    with pytest.raises(Refused, match="changes its sample rate or channels on the way"):
        probe(engine, path)
    room = tmp_path / "room"
    source = probe(engine, path, room=room)
    assert source.input.path == room
    assert source.remarks[0].startswith("the recording consists of parts")
    damage = listen(engine, source.input)
    assert damage.parts == 1
    assert damage.seconds == pytest.approx(4.0, abs=0.12)
    check_whole(source, damage.seconds, damage)
    sound = decode(room)
    assert len(sound) == pytest.approx(4.0 * 48_000, abs=0.12 * 48_000)
    loudest = np.abs(sound).max(axis=1)
    assert loudest[:90_000].max() > 0.1
    assert loudest[-90_000:].max() > 0.1


def test_the_same_kind_of_mp3_twice_needs_no_detour(tmp_path: Path) -> None:
    one = make(tmp_path / "1.mp3", VOICE).read_bytes()
    (tmp_path / "x.mp3").write_bytes(one + one)
    source = probe(ENGINE, tmp_path / "x.mp3")
    assert listen(ENGINE, source.input).seconds == pytest.approx(2 * SECONDS, abs=0.12)


def test_a_chain_that_an_engine_plays_only_the_start_of_is_not_used_short(tmp_path: Path) -> None:
    """The wheel's ffmpeg stops where a Vorbis file goes on with other channels, and reports success."""
    parts = [
        make(tmp_path / f"{n}.ogg", uneven_stereo(2), "-c:a", "libvorbis", "-ac", str(n)) for n in (1, 2)
    ]
    path = tmp_path / "x.ogg"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    source = probe(ENGINE, path, room=tmp_path / "room")
    damage = listen(ENGINE, source.input)
    assert damage.seconds == pytest.approx(2.0, abs=0.1)
    with pytest.raises(Refused, match=r"2\.0 s can be read of 4\.0 s"):
        check_whole(source, damage.seconds, damage)


def mp3_with_tag_size(path: Path, size: bytes) -> Path:
    content = bytearray(make(path, VOICE, "-metadata", "title=x").read_bytes())
    content[6:10] = size
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "size", [b"\x7f\x7f\x7f\x7f", b"\0\1\0\0", b"\0\0\x20\0"], ids=["huge", "16 KB", "4 KB"]
)
def test_a_tag_that_lies_about_its_size_is_skipped(size: bytes, engine: str, tmp_path: Path) -> None:
    """Too large, ffmpeg opens nothing; or it takes the first second of sound for a tag, and says nothing."""
    path = mp3_with_tag_size(tmp_path / "x.mp3", size)
    with pytest.raises(Refused, match="tag says a wrong size"):
        probe(engine, path)
    source = probe(engine, path, room=tmp_path / "room")
    assert source.remarks == ("the recording's tag is damaged, and was skipped",)
    assert listen(engine, source.input).seconds == pytest.approx(SECONDS, abs=0.1)


def test_an_honest_tag_is_left_alone(engine: str, tmp_path: Path) -> None:
    path = make(tmp_path / "x.mp3", VOICE, "-metadata", "title=x", "-metadata", "comment=" + "y" * 5000)
    assert probe(engine, path).input.path == path


# What later stages need to know.


@pytest.mark.parametrize("coding", ["pcm_s16le", "pcm_s24le", "pcm_f32le"])
def test_plain_samples_at_our_own_rate_can_be_sought_exactly(coding: str, tmp_path: Path) -> None:
    assert probe(ENGINE, make(tmp_path / "x.wav", VOICE, "-c:a", coding)).exact_seek


def test_nothing_else_is_believed_to_be_sought_exactly(tmp_path: Path) -> None:
    other_rate = write_wav(tmp_path / "a.wav", talk(1, rate_hz=44_100), rate_hz=44_100)
    compressed = make(tmp_path / "b.wav", VOICE, "-c:a", "adpcm_ima_wav")
    assert not any(
        probe(ENGINE, path).exact_seek for path in (other_rate, compressed, make(tmp_path / "c.flac", VOICE))
    )


@pytest.mark.parametrize("coding", ["pcm_s16le", "pcm_s24le", "pcm_f32le"])
def test_a_file_that_can_be_sought_exactly_decodes_alike_from_its_middle(coding: str, tmp_path: Path) -> None:
    path = make(tmp_path / "x.wav", uneven_stereo(3), "-c:a", coding)
    at = 65_537
    tail = convert(path, tmp_path / "tail.wav", "-c:a", "pcm_f32le", "-ss", "0")
    whole = decode(tail)
    later = tmp_path / "later.wav"
    convert_from(path, later, at / 48_000)
    assert np.array_equal(decode(later), whole[at:])


def convert_from(path: Path, target: Path, start_seconds: float) -> None:
    """Sought in the input, as a second half would be."""
    start = ("-ss", f"{start_seconds:.9f}")
    command = [
        ENGINE,
        "-nostdin",
        "-v",
        "error",
        *start,
        "-i",
        f"file:{path}",
        "-c:a",
        "pcm_f32le",
        f"file:{target}",
    ]
    subprocess.run(command, check=True, timeout=60)


# Files that only pretend: each names a good one beside it, as its format likes it best.


def list_of_files(path: Path) -> None:
    make(path.with_name("good.wav"), VOICE)
    path.write_text("ffconcat version 1.0\nfile good.wav\n")


def playlist(path: Path) -> None:
    make(path.with_name("good.ts"), VOICE)
    path.write_text(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\ngood.ts\n#EXT-X-ENDLIST\n"
    )


def playlist_of_addresses(path: Path) -> None:
    good = make(path.with_name("good.ts"), VOICE)
    path.write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{good}\n#EXTINF:2,\nhttp://127.0.0.1:9/x.ts\n"
    )


def session(path: Path) -> None:
    path.write_text("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n")


PRETENDERS = {
    "a list of files": list_of_files,
    "a playlist": playlist,
    "a playlist of addresses": playlist_of_addresses,
    "a session description": session,
}


@pytest.mark.parametrize("name", ["recording.wav", "recording.m3u8"])
@pytest.mark.parametrize("what", PRETENDERS)
def test_a_text_that_names_other_files_opens_none(what: str, name: str, engine: str, tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, name, sound=Sound(ffmpeg=engine))
    PRETENDERS[what](workshop.recording)
    with pytest.raises(AudioFailed, match="this is not a sound file that can be read"):
        workshop.produce()


def test_chunks_of_a_recorder_do_not_disturb(tmp_path: Path) -> None:
    notes = chunk(b"bext", b"Zoom".ljust(602, b"\0")) + chunk(b"junk", bytes(3))
    source = probe(ENGINE, write_wav(tmp_path / "x.wav", VOICE, chunks=notes))
    assert source.declared_seconds == SECONDS
