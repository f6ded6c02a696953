"""The plan as a pure decision, and the meter against the EBU's own test signals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cop_publish.audio.one_pass import Meter, Reading, Tally, measure
from sounds import ENGINE, tone, write_float_wav

from cop_publish.audio.argv import Input
from cop_publish.audio.engine import Outcome
from cop_publish.audio.faults import Refused
from cop_publish.audio.planning.plan import (
    LEFT_ONLY,
    Energies,
    choose_mix,
    first_plan,
    keeps_promise,
    next_plan,
)
from cop_publish.core.model import Loudness
from cop_publish.settings import Sound

if TYPE_CHECKING:
    from pathlib import Path

DONE = Outcome(0, timed_out=False, said=())


def heard(integrated: float, peak: float, energies: Energies | None = None) -> Reading:
    return Reading(Loudness(integrated, peak, 3.0), 480_000, energies, DONE)


@pytest.mark.parametrize(
    ("energies", "pan", "channels"),
    [
        (None, "", 1),
        (Energies(1.0, 1.0, 1.0), "mono|c0=0.5*c0+0.5*c1", 1),
        (Energies(1.0, 1.0, 0.999), "mono|c0=0.5*c0+0.5*c1", 1),
        (Energies(1.0, 1.0, 0.9), "", 2),
        (Energies(1.0, 1.0, 0.0), "", 2),
        (Energies(1.0, 0.5, -0.2), "", 2),
        (Energies(1.0, 1.0, -1.0), "mono|c0=0.5*c0-0.5*c1", 1),
        (Energies(1.0, 1.0, -0.7), "stereo|c0=c0|c1=-1*c1", 2),
        (Energies(1.0, 0.0, 0.0), "mono|c0=c0", 1),
        (Energies(1.0, 1e-4, 1e-2), "mono|c0=c0", 1),
        (Energies(1e-4, 1.0, 0.0), "mono|c0=c1", 1),
        (Energies(0.01, 1.0, 0.0), "", 2),
        (Energies(0.0, 0.0, 0.0), "", 2),
    ],
)
def test_stereo_is_kept_where_the_sides_carry_something(
    energies: Energies | None, pan: str, channels: int
) -> None:
    mix = choose_mix(energies)
    assert (mix.pan, mix.channels) == (pan, channels)


def test_one_channel_heard_from_both_sides_is_three_decibels_louder() -> None:
    plan = first_plan(heard(-26.0, -20.0, Energies(1.0, 0.0, 0.0)), Sound())
    assert plan.mix is LEFT_ONLY
    assert plan.gain_db == pytest.approx(10.0 - 3.0103, abs=1e-3)


def test_a_limiter_comes_in_only_where_peaks_would_pass() -> None:
    assert first_plan(heard(-26.0, -12.0), Sound()).ceiling_dbtp is None
    assert first_plan(heard(-26.0, -10.0), Sound()).ceiling_dbtp == pytest.approx(-1.7)


@pytest.mark.parametrize(("kbps", "lost"), [(64, 0.4455), (160, 0.4455), (192, 0.2646), (256, 0.0)])
def test_what_lame_takes_is_given_back(kbps: int, lost: float) -> None:
    assert first_plan(heard(-20, -9), Sound(mono_kbps=kbps)).encoder_db == pytest.approx(lost, abs=1e-4)


def test_a_good_result_is_left_alone() -> None:
    plan = first_plan(heard(-26.0, -10.0), Sound())
    assert next_plan(plan, Loudness(-16.08, -1.11, 3.0), Sound()) is None


def test_too_quiet_gets_more_gain_and_too_high_a_lower_ceiling() -> None:
    plan = first_plan(heard(-26.0, -10.0), Sound())
    better = next_plan(plan, Loudness(-16.4, -0.6, 3.0), Sound())
    assert better is not None
    assert better.gain_db == pytest.approx(plan.gain_db + 0.5)
    assert better.ceiling_dbtp == pytest.approx(-1.7 - 0.5 - 0.05)


def test_an_overshoot_without_a_limiter_brings_one_in() -> None:
    plan = first_plan(heard(-17.0, -3.0), Sound())
    assert plan.ceiling_dbtp is None
    better = next_plan(plan, Loudness(-16.0, -0.9, 3.0), Sound())
    assert better is not None
    assert better.ceiling_dbtp is not None


@pytest.mark.parametrize(
    ("integrated", "peak", "kept"),
    [
        (-16.5, -1.0, True),
        (-15.5, -1.0, True),
        (-16.51, -2.0, False),
        (-15.4, -2.0, False),
        (-16.0, -0.99, False),
    ],
)
def test_the_promise_is_half_a_unit_and_the_ceiling(integrated: float, peak: float, kept: bool) -> None:  # noqa: FBT001 - an expected value of the table
    assert keeps_promise(Loudness(integrated, peak, 3.0), Sound()) is kept


def steps(*parts: tuple[float, float]) -> np.ndarray:
    return np.concatenate([tone(seconds, level) for seconds, level in parts])


EBU_3341 = {  # EBU Tech 3341, table 1: both channels alike, so one channel read as heard
    "1": (((20, -23.0),), -23.0),
    "2": (((20, -33.0),), -33.0),
    "3": (((10, -36.0), (60, -23.0), (10, -36.0)), -23.0),
    "4": (((10, -72.0), (10, -36.0), (60, -23.0), (10, -36.0), (10, -72.0)), -23.0),
    "5": (((20, -26.0), (20.1, -20.0), (20, -26.0)), -23.0),
}


@pytest.mark.parametrize("case", EBU_3341)
def test_loudness_of_the_ebu_signals(case: str, tmp_path: Path) -> None:
    parts, expected = EBU_3341[case]
    path = write_float_wav(tmp_path / "ebu.wav", steps(*parts))
    reading = measure(ENGINE, Input(path, 1, 200.0), lambda _: None)
    assert reading.loudness.integrated_lufs == pytest.approx(expected, abs=0.1)
    assert reading.samples == round(48_000 * sum(seconds for seconds, _ in parts))


@pytest.mark.parametrize(
    ("divisor", "degrees", "level", "expected"),
    [(4, 0, 0.5, -6.0), (4, 45, 0.5, -6.0), (6, 60, 0.5, -6.0), (8, 67.5, 0.5, -6.0), (4, 45, 1.41, 3.0)],
)
def test_true_peaks_of_the_ebu_signals(
    divisor: int, degrees: float, level: float, expected: float, tmp_path: Path
) -> None:
    phase = 2 * np.pi * np.arange(96_000) / divisor + np.radians(degrees)
    ramp = np.minimum(1, np.minimum(np.arange(96_000), np.arange(96_000)[::-1]) / 4800)
    path = write_float_wav(tmp_path / "peak.wav", level * ramp * np.sin(phase))
    peak = measure(ENGINE, Input(path, 1, 200.0), lambda _: None).loudness.true_peak_dbtp
    assert expected - 0.4 <= peak <= expected + 0.2


def test_a_peak_in_the_last_moment_is_seen(tmp_path: Path) -> None:
    sound = tone(2.05, -23.0)
    sound[-1000:-900] = 0.7
    path = write_float_wav(tmp_path / "end.wav", sound)
    peak = measure(ENGINE, Input(path, 1, 200.0), lambda _: None).loudness.true_peak_dbtp
    assert 20 * math.log10(0.7) - 0.05 <= peak <= 0


def test_a_meter_that_heard_nothing_says_silence() -> None:
    meter = Meter()
    for line in ("", "[x] lavfi.r128.I=nan", "    Peak:       -1.0 dBFS", "lavfi.r128.true_peaks_ch0=0.9"):
        meter.hear(line)
    assert meter.loudness() == Loudness(-70.0, -math.inf, 0.0)


@pytest.mark.parametrize("piece", [1, 3, 4, 7, 8, 1000, 100_000])
def test_samples_are_counted_whatever_the_pieces(piece: int) -> None:
    pcm = np.arange(2000, dtype="<f4").tobytes()
    tally = Tally(2)
    for start in range(0, len(pcm), piece):
        tally.add(pcm[start : start + piece])
    assert tally.samples == 1000
    assert tally.energies() == Energies(
        float(sum(n * n for n in range(0, 2000, 2))),
        float(sum(n * n for n in range(1, 2000, 2))),
        float(sum(n * (n + 1) for n in range(0, 2000, 2))),
    )


def test_a_broken_sample_is_placed_to_the_sample() -> None:
    sound = np.zeros((96_000, 2), "<f4")
    tally = Tally(2)
    tally.add(sound.tobytes())
    sound[24_000, 1] = np.nan
    with pytest.raises(Refused, match=r"2\.500 s from its start"):
        tally.add(sound.tobytes())
