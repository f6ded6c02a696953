"""True peak: the EBU's signals, an independent reference, and that looking at few places misses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ebu
import numpy as np
import pytest
from sounds import convert, decode, talk, tone, uneven_stereo, write_wav

from cop_publish.audio.grid import HOP
from cop_publish.audio.planning.levels import levels, reader
from cop_publish.audio.planning.true_peak import Reaches, every_true_peak, near_hops, reach, true_peaks

if TYPE_CHECKING:
    from pathlib import Path

    from sounds import Sound

    from cop_publish.audio.grid import Floats


def sixteenfold(sound: Sound) -> float:
    """The true peak by Fourier transform, 16 times a sample: slow, and without a filter to design."""
    spectrum = np.fft.rfft(sound, axis=0)
    spectrum[-1] *= 0.5 if len(sound) % 2 == 0 else 1.0
    finer = np.fft.irfft(spectrum, 16 * len(sound), axis=0) * 16
    return float(np.abs(finer).max())


def everywhere(sound: Sound) -> float:
    frames = sound if sound.ndim == 2 else sound[:, None]
    return float(every_true_peak(reader(frames), len(frames)).max())


def decibels(ratio: float) -> float:
    return float(20 * np.log10(ratio))


def noise() -> Sound:
    return np.asarray(0.1 * np.random.default_rng(8).standard_normal(96_000))


def below(hertz: int, sound: Sound) -> Sound:
    """Without anything above: MP3 at our bit rates ends at 16 or 17 kHz, most recordings at 20 kHz."""
    spectrum = np.fft.rfft(sound, axis=0)
    spectrum[hertz * len(sound) // 48_000 :] = 0
    return np.asarray(np.fft.irfft(spectrum, len(sound), axis=0))


SOUNDS = [talk(4), below(20_000, uneven_stereo(4)), below(16_000, noise())]
NAMES = ["talk", "stereo", "noise"]


@pytest.mark.parametrize("name", ebu.TRUE_PEAKS)
def test_true_peaks_of_the_ebu_signals(name: str) -> None:
    sound, expected = ebu.TRUE_PEAKS[name]()
    found = decibels(everywhere(sound))
    assert expected - 0.4 <= found <= expected + 0.2
    assert found == pytest.approx(decibels(sixteenfold(sound)), abs=0.02)


@pytest.mark.parametrize("sound", SOUNDS, ids=NAMES)
def test_a_reference_agrees(sound: Sound) -> None:
    assert decibels(everywhere(sound)) == pytest.approx(decibels(sixteenfold(sound)), abs=0.02)


def test_white_noise_up_to_the_last_hertz_is_read_nearly_right() -> None:
    assert decibels(everywhere(noise())) == pytest.approx(decibels(sixteenfold(noise())), abs=0.2)


def test_a_reference_agrees_on_what_an_mp3_decodes_to(tmp_path: Path) -> None:
    wav = write_wav(tmp_path / "a.wav", uneven_stereo(5))
    sound = decode(convert(wav, tmp_path / "a.mp3", "-b:a", "128k")).astype(np.float64)
    assert decibels(everywhere(sound)) == pytest.approx(decibels(sixteenfold(sound)), abs=0.02)


@pytest.mark.parametrize("sound", SOUNDS, ids=NAMES)
@pytest.mark.parametrize("under_db", [0.5, 2.0, 6.0])
def test_looking_near_the_ceiling_finds_all_that_passes_it(sound: Sound, under_db: float) -> None:
    frames = sound if sound.ndim == 2 else sound[:, None]
    read = reader(frames)
    every = every_true_peak(read, len(frames))
    ceiling = every.max() * 10 ** (-under_db / 20)
    near = near_hops(levels(read, len(frames), frames.shape[1]).peak, ceiling)
    over = np.flatnonzero(every > ceiling)
    assert len(over) > 0
    assert set(over) <= set(near)
    found = dict(zip(near.tolist(), true_peaks(read, near), strict=True))
    assert [found[hop] for hop in over.tolist()] == pytest.approx(every[over], rel=1e-12)


@pytest.mark.parametrize("name", ebu.TRUE_PEAKS)
def test_looking_near_the_ceiling_is_enough_for_the_ebu_signals(name: str) -> None:
    sound, expected = ebu.TRUE_PEAKS[name]()
    read = reader(sound[:, None])
    near = near_hops(levels(read, len(sound), 1).peak, 10 ** ((expected - 0.4) / 20))
    assert true_peaks(read, near).max() == every_true_peak(read, len(sound)).max()


def test_a_peak_between_two_hops_belongs_to_the_first() -> None:
    sound = tone(0.1, -200.0)
    sound[HOP * 10 - 1] = sound[HOP * 10] = 0.5  # the top lies half a sample before hop 10
    peaks = every_true_peak(reader(sound[:, None]), len(sound))
    assert peaks.argmax() == 9
    assert peaks[9] == pytest.approx(0.5 * 4 / np.pi, rel=0.01)
    assert true_peaks(reader(sound[:, None]), np.array([9, 10])) == pytest.approx(peaks[9:11])


def test_hops_far_apart_are_the_same_as_hops_read_together() -> None:
    read = reader(talk(3)[:, None])
    some = np.array([0, 1, 7, 100, 101, 900, 1498, 1499])
    alone = [float(true_peaks(read, some[i : i + 1])[0]) for i in range(len(some))]
    assert true_peaks(read, some).tolist() == pytest.approx(alone, rel=1e-12)
    assert len(true_peaks(read, some[:0])) == 0


@pytest.mark.parametrize("pitch_hz", [997.0, 6000.0, 12_000.0, 13_000.0])
def test_no_hop_is_passed_by_that_rises_over_the_limit_between_its_samples(pitch_hz: float) -> None:
    """A quarter of a tone of 12 kHz lies between samples that reach 0.71 of it."""
    times = np.arange(96 * 200)
    sound = (0.5 * np.sin(2 * np.pi * pitch_hz / 48_000 * times + np.pi / 4)).astype(np.float32)[:, None]
    read = reader(sound)
    peaks = every_true_peak(read, len(sound))
    inner = np.arange(5, 195)
    passing = inner[peaks[inner] > 0.49]
    assert len(passing) > 100
    assert set(passing) <= set(inner[reach(read, inner) > 0.49])
    assert not (reach(read, inner) > 0.9).any()


def test_what_is_known_of_a_hop_does_not_depend_on_what_was_asked_before() -> None:
    read, count = reader(talk(3)[:, None]), [0]

    def counted(start: int, stop: int, /) -> Floats:
        count[0] += stop - start
        return read(start, stop)

    reaches, hops = Reaches(counted), np.arange(3, 900)
    assert reaches.of(0, hops[::3]).tolist() == reach(read, hops[::3]).tolist()
    assert reaches.of(0, hops).tolist() == reach(read, hops).tolist()
    before = count[0]
    assert reaches.of(0, hops[5:40]).tolist() == reach(read, hops[5:40]).tolist()
    assert count[0] == before
