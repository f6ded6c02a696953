"""The finished MP3, decoded and measured again by meters that are not ours."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import needs
import numpy as np
import pytest
from other_meters import all_meters, by_ffmpeg
from sounds import Sound, convert, decode, describe, talk, uneven_stereo, write_float_wav, write_wav
from workshop import Workshop

from cop_publish.settings import Sound as SoundSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cop_publish.core.model import Master

METERS_DIFFER = 0.06  # LU, between the three of them; loudgain reads 16-bit sound


def one_dead_channel() -> Sound:
    voice = talk(6)
    return np.stack([voice, 1e-5 * voice], axis=1)


def one_inverted_channel() -> Sound:
    voice = talk(6)
    return np.stack([voice, -voice], axis=1)


def six_channels() -> Sound:
    return np.stack([0.1 * talk(6, seed=n) for n in range(6)], axis=1)


MATERIAL: dict[str, tuple[Callable[[], Sound], int, int]] = {  # what, sampling rate, channels of the master
    "a voice": (lambda: talk(6), 48_000, 1),
    "a quiet voice": (lambda: talk(6, -46), 48_000, 1),
    "a loud voice": (lambda: np.clip(talk(6, -6), -1, 1), 48_000, 1),
    "a voice over a telephone": (lambda: talk(6, rate_hz=8000), 8000, 1),
    "a voice at 44.1 kHz": (lambda: talk(6, rate_hz=44_100), 44_100, 1),
    "the same on both channels": (lambda: np.stack([talk(6)] * 2, axis=1), 48_000, 1),
    "a dead channel": (one_dead_channel, 48_000, 1),
    "an inverted channel": (one_inverted_channel, 48_000, 1),
    "two voices and claps": (uneven_stereo, 48_000, 2),
    "six channels": (six_channels, 48_000, 2),
    "above full scale": (lambda: 3 * talk(6), 48_000, 1),
}


@pytest.mark.parametrize("what", MATERIAL)
def test_whatever_comes_in_sounds_as_loud_as_promised(what: str, tmp_path: Path) -> None:
    make, rate_hz, channels = MATERIAL[what]
    sound = make()
    workshop = Workshop(tmp_path)
    write_float_wav(workshop.recording, sound, rate_hz=rate_hz)
    master = workshop.produce()
    assert master.file is not None
    for meter in all_meters(master.file, channels):
        assert abs(meter.plain_lufs + 16.0) <= 0.1, meter
        assert meter.true_peak_dbtp <= -1.0, meter
        assert master.loudness.integrated_lufs == pytest.approx(meter.plain_lufs, abs=METERS_DIFFER), meter
        assert master.loudness.true_peak_dbtp == pytest.approx(meter.true_peak_dbtp, abs=0.1), meter
    heard = decode(master.file)
    assert heard.shape == (round(len(sound) * 48_000 / rate_hz), channels)
    assert master.duration_seconds == len(heard) / 48_000


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    workshop = Workshop(tmp_path_factory.mktemp("uneven"))
    write_wav(workshop.recording, uneven_stereo())
    return workshop


@pytest.fixture(scope="module")
def master(uneven: Workshop) -> Master:
    return uneven.produce()


def test_it_says_what_the_recording_was_and_what_the_master_is(uneven: Workshop, master: Master) -> None:
    assert master.made_now
    assert master.report is not None
    assert master.report.after == master.loudness
    before, meter = master.report.before, by_ffmpeg(uneven.recording)
    assert before.integrated_lufs < -20  # so the limiter had to work
    assert master.report.limited_most_db > 0
    assert master.report.limited_seconds > 0
    assert before.integrated_lufs == pytest.approx(meter.plain_lufs, abs=0.5)  # the high-pass takes a little
    assert before.true_peak_dbtp == pytest.approx(meter.true_peak_dbtp, abs=0.5)


def test_without_a_high_pass_the_recording_is_what_meters_say_of_it(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, sound=SoundSettings(highpass_hz=0))
    write_wav(workshop.recording, np.stack([talk(6), talk(6, -28, seed=2)], axis=1))
    report = workshop.produce().report
    assert report is not None
    meter = by_ffmpeg(workshop.recording)
    assert report.before.integrated_lufs == pytest.approx(meter.plain_lufs, abs=0.01)
    assert report.before.true_peak_dbtp == pytest.approx(meter.true_peak_dbtp, abs=0.05)


def test_a_peak_in_the_last_moment_is_kept_under_the_ceiling(tmp_path: Path) -> None:
    """The last part of a block of loudness is no block, and still heard."""
    sound = talk(3.05, -30)
    sound[-1000:-900] = 0.7
    workshop = Workshop(tmp_path)
    write_wav(workshop.recording, sound)
    master = workshop.produce()
    assert master.file is not None
    assert by_ffmpeg(master.file).true_peak_dbtp <= -1.0
    assert master.report is not None
    assert master.report.limited_most_db > 6


def test_nothing_moves_in_time(uneven: Workshop, master: Master) -> None:
    """To the sample, above 1 kHz: the high-pass turns what is low, and leaves it where it is."""
    assert master.file is not None
    source, heard = decode(uneven.recording)[:, 0], decode(master.file)[:, 0]
    size = 2 * len(source)
    product = np.fft.rfft(source, size) * np.conj(np.fft.rfft(heard, size))
    product[: size // 48] = 0
    assert int(np.argmax(np.fft.irfft(product))) == 0


def test_the_info_frame_is_exact(uneven: Workshop, master: Master) -> None:
    """Players reckon length, seeking and gapless joins from it."""
    encode = (uneven.cache / f"{master.recipe}.mp3").read_bytes()
    assert encode[:2] == b"\xff\xfb"
    at = encode.index(b"Info")
    assert at < 40
    flags, frames, size = (int.from_bytes(encode[at + n : at + n + 4], "big") for n in (4, 8, 12))
    assert flags & 3 == 3
    assert size == len(encode)
    assert len(encode) % 384 == 0  # 128 kb/s at 48 kHz: 384 bytes a frame, no padding
    assert frames == len(encode) // 384 - 1
    headers = {encode[n : n + 3] for n in range(0, len(encode), 384)}
    assert len({header[:2] for header in headers}) == 1
    assert {header[2] >> 4 for header in headers} == {9}  # 128 kb/s, each of them
    lame = at + 120
    packed = int.from_bytes(encode[lame + 21 : lame + 24], "big")
    delay, padding = packed >> 12, packed & 0xFFF
    assert frames * 1152 - delay - padding == round(master.duration_seconds * 48_000)


def test_mp3val_finds_nothing_wrong(master: Master) -> None:
    command = [needs.program("mp3val"), str(master.file)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    assert "WARNING" not in said
    assert "ERROR" not in said
    assert "CBR" in said


def test_a_producer_sees_how_far_it_is(uneven: Workshop, master: Master) -> None:
    assert master.made_now
    assert uneven.steps[:2] == ["Listening to the recording", "Encoding"]
    assert uneven.steps[-2:] == ["Proving what is in the MP3", "Writing the tags"]
    assert all(step.startswith("Encoding again") for step in uneven.steps[2:-2])
    assert all(0 <= fraction <= 1 for fraction in uneven.fractions)
    assert len({f for f in uneven.fractions if 0 < f < 1}) > 5


def test_a_mended_channel_is_said(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    write_wav(workshop.recording, one_inverted_channel())
    report = workshop.produce().report
    assert report is not None
    assert report.remarks == ("in the recording one channel was upside down, and is turned back",)


def test_other_targets_are_kept_too(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, sound=SoundSettings(target_lufs=-19.0, true_peak_dbtp=-2.0, mono_kbps=64))
    write_wav(workshop.recording, talk(6))
    master = workshop.produce()
    assert master.file is not None
    for meter in all_meters(master.file, 1):
        assert abs(meter.plain_lufs + 19.0) <= 0.1, meter
        assert meter.true_peak_dbtp <= -2.0, meter
    assert "64 kb/s" in describe(master.file)


@pytest.mark.parametrize(
    "name", ["call.flac", "call.mp3", "call.m4a", "call.ogg", "call.opus", "call.mkv", "call.aiff"]
)
def test_any_usual_file_is_read_to_its_last_sample(name: str, tmp_path: Path) -> None:
    sound = convert(write_wav(tmp_path / "talk.wav", talk(4)), tmp_path / name)
    workshop = Workshop(tmp_path, "recording.wav")  # by its content, not by its name
    sound.rename(workshop.recording)
    assert workshop.produce().duration_seconds == pytest.approx(4.0, abs=0.08)


def test_the_sound_of_a_video_call_is_taken_and_its_picture_left(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, "recording.mp4")
    talking = write_wav(tmp_path / "talk.wav", talk(4))
    picture = ["-f", "lavfi", "-i", "testsrc=d=6:s=64x64", "-shortest", "-c:a", "aac"]
    convert(talking, workshop.recording, *picture)
    master = workshop.produce()
    assert master.file is not None
    assert "Video" not in describe(master.file).replace("Video: mjpeg", "")  # the cover is ours
    assert master.duration_seconds == pytest.approx(4.0, abs=0.1)
