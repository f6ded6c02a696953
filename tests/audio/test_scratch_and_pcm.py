"""Sound on disk: private, nameless, and read at any place by many at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cop_publish.audio.hearing.mix import MIDDLE, Mix
from cop_publish.audio.hearing.readings import NOTHING_LUFS, Notepad, parse_readings
from cop_publish.audio.hearing.tally import NotFinite, Tally
from cop_publish.audio.pcm import Mixed, Pcm, Stretch
from cop_publish.audio.scratch import FLOAT_BYTES, open_scratch, scratch_bytes, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.audio.grid import Floats


def test_a_scratch_file_has_no_name_and_is_ours_alone(tmp_path: Path) -> None:
    with open_scratch(tmp_path) as file:
        assert list(tmp_path.iterdir()) == []
        status = os.fstat(file.fileno())
        assert status.st_nlink == 0
        assert status.st_mode & 0o777 == 0o600
        assert status.st_dev == tmp_path.stat().st_dev


HOLD = """
import sys; from pathlib import Path; from cop_publish.audio.scratch import open_scratch
file = open_scratch(Path(sys.argv[1])); file.write(bytes(1000)); print("open", flush=True); sys.stdin.read()
"""


def test_nothing_remains_of_it_when_we_are_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"open\n"
        child.send_signal(signal.SIGKILL)
    assert list(tmp_path.iterdir()) == []


def test_an_hour_of_one_channel_takes_what_it_is_said_to_take(tmp_path: Path) -> None:
    """3600 s x 48 000 x 4 bytes, and no more than a percent for the readings."""
    assert 691_200_000 < scratch_bytes(3600 * 48_000, 1) < 691_200_000 * 1.01
    with Notepad(tmp_path) as notes:
        for number, key in zip(notes.descriptors, "MS", strict=True):
            write_whole(
                number,
                "".join(
                    f"frame:{n:<4} pts:{4800 * n:<7} pts_time:{n / 10:g}\nlavfi.r128.{key}=-23.456\n"
                    for n in range(36_000)
                ).encode(),
            )
        written = sum(os.fstat(number).st_size for number in notes.descriptors)
        assert written < scratch_bytes(3600 * 48_000, 1) - 691_200_000
        assert len(notes.read().momentary) == 36_000


def ramp(folder: Path, samples: int, channels: int) -> tuple[Pcm, Floats]:
    sound = np.arange(samples * channels, dtype=np.float32).reshape(samples, channels)
    file = open_scratch(folder)
    write_whole(file.fileno(), sound.tobytes())
    return Pcm(channels, (Stretch(file, samples),)), sound


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 10), (3, 7), (-4, 3), (8, 15), (-9, 30), (-9, -2), (20, 25), (5, 5)]
)
def test_outside_of_the_sound_there_is_silence(tmp_path: Path, start: int, stop: int) -> None:
    pcm, sound = ramp(tmp_path, 10, 2)
    with pcm.stretches[0].file:
        padded = np.pad(sound, ((9, 20), (0, 0)))
        assert (pcm.read(start, stop) == padded[start + 9 : stop + 9]).all()
        assert pcm.read(start, stop).shape == (stop - start, 2)


def test_places_far_in_are_told_apart(tmp_path: Path) -> None:
    """A float32 cannot count past 2**24, which is 350 s: here are the samples after it."""
    far = 2**24
    with open_scratch(tmp_path) as file:
        os.pwrite(file.fileno(), np.array([1, 2, 3, 4], np.float32).tobytes(), far * FLOAT_BYTES)
        pcm = Pcm(1, (Stretch(file, far + 4),))
        assert [float(pcm.read(far + n, far + n + 1)[0, 0]) for n in range(4)] == [1, 2, 3, 4]
        assert pcm.read(far - 1, far + 5)[:, 0].tolist() == [0, 1, 2, 3, 4, 0]


def test_many_read_at_once(tmp_path: Path) -> None:
    pcm, sound = ramp(tmp_path, 200_000, 1)
    starts = np.random.default_rng(1).integers(0, 190_000, 300).tolist()
    with pcm.stretches[0].file, ThreadPoolExecutor(8) as pool:
        for start, frames in zip(starts, pool.map(lambda n: pcm.read(n, n + 9000), starts), strict=True):
            assert (frames == sound[start : start + 9000]).all()


def test_a_file_that_is_too_short_is_not_silence(tmp_path: Path) -> None:
    pcm, _ = ramp(tmp_path, 10, 1)
    with pcm.stretches[0].file, pytest.raises(EOFError):
        Pcm(1, (Stretch(pcm.stretches[0].file, 11),)).read(0, 11)


@pytest.mark.parametrize(
    ("mix", "expected"),
    [
        (Mix(2), [[1, 2], [3, 4]]),
        (MIDDLE, [[1.5], [3.5]]),
        (Mix(1, ((0.0, 1.0),)), [[2], [4]]),
        (Mix(1, ((0.5, -0.5),)), [[-0.5], [-0.5]]),
        (Mix(2, ((1.0, 0.0), (0.0, -1.0))), [[1, -2], [3, -4]]),
    ],
)
def test_a_mix_is_applied_as_it_is_read(tmp_path: Path, mix: Mix, expected: list[list[float]]) -> None:
    with open_scratch(tmp_path) as file:
        write_whole(file.fileno(), np.array([[1, 2], [3, 4]], np.float32).tobytes())
        mixed = Mixed(Pcm(2, (Stretch(file, 2),)), mix)
        found = mixed.read(0, 2)
        assert found.tolist() == expected
        assert found.dtype == np.float32
        assert mixed.channels == found.shape[1]
        assert mixed.read(-1, 3)[[0, -1]].any() == False  # noqa: E712 - of numpy


# --- readings and sums, without a process ---------------------------------------------------------


def test_readings_are_read_as_they_are_written() -> None:
    text = (
        b"frame:0    pts:0       pts_time:0\nlavfi.r128.M=-117.681\n"
        b"frame:1    pts:4800    pts_time:0.1\nlavfi.r128.M=-23.040\n"
        b"frame:2    pts:9600    pts_time:0.2\nlavfi.r128.M=nan\n"
        b"frame:3    pts:9600    pts_time:0.2\nlavfi.r128.M=-inf\n"
        b"frame:4    pts:9600    pts_time:0.2\nlavfi.r128.M=2.5\n"
    )
    expected = np.array([-117.681, -23.04, NOTHING_LUFS, NOTHING_LUFS, 2.5], np.float32)
    assert (parse_readings(text) == expected).all()
    assert parse_readings(b"").tolist() == []


@pytest.mark.parametrize("piece", [1, 7, 4096, 65_536, 10**7])
def test_sums_do_not_depend_on_the_pieces_of_a_pipe(piece: int) -> None:
    samples = 60_000 if piece > 7 else 1000
    rng = np.random.default_rng(3)
    frames = rng.uniform(-0.5, 0.5, (samples, 2)).astype(np.float32)
    frames[500:505, 0] = 0.99
    if samples > 48_000:
        frames[47_998:48_003, 1] = -1.0  # over the edge of what is looked at in one go
    pcm = frames.tobytes()
    tally = Tally(2, skipped=100)
    for start in range(0, len(pcm), piece):
        tally.take(pcm[start : start + piece])
    sums = tally.finish()
    talk = frames[100:].astype(np.float64)
    assert sums.samples == samples - 100
    assert sums.clipped == (10 if samples > 48_000 else 5)
    assert sums.dc_offset == pytest.approx(np.abs(talk.mean(axis=0)).max(), rel=1e-3)
    assert sums.energies == pytest.approx((talk.T @ talk)[[0, 1, 0], [0, 1, 1]], rel=1e-4)


@pytest.mark.parametrize(("channel", "value"), [(0, np.nan), (1, np.inf), (1, -np.inf)])
def test_the_first_broken_sample_is_found(channel: int, value: float) -> None:
    frames = np.zeros((100_000, 2), np.float32)
    frames[70_000, channel] = frames[90_000, 0] = value
    with pytest.raises(NotFinite) as broken:
        Tally(2, skipped=1000).take(frames.tobytes())
    assert broken.value.sample == 69_000


def test_very_large_numbers_are_numbers() -> None:
    tally = Tally(1)
    tally.take(np.full((1000, 1), 3e38, np.float32).tobytes())
    assert tally.samples == 0
    with np.errstate(over="ignore"):
        assert tally.finish().samples == 1000


def test_sound_in_two_files_is_read_as_one(tmp_path: Path) -> None:
    first, one = ramp(tmp_path, 10, 2)
    second, other = ramp(tmp_path, 9, 2)
    late = Stretch(second.stretches[0].file, 6, skipped=3)
    pcm = Pcm(2, (*first.stretches, late))
    both = np.concatenate([np.zeros((2, 2)), one, other[3:], np.zeros((3, 2))])
    assert pcm.samples == 16
    for start in range(-2, 19):
        for stop in range(start, 20):
            assert (pcm.read(start, stop) == both[start + 2 : stop + 2]).all()
    pcm.close()
    assert late.file.closed
