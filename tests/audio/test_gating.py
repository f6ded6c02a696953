"""Integrated loudness and loudness range from blocks: the EBU's signals, and what a gain makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ebu
import numpy as np
import pytest
from sounds import talk

from cop_publish.audio.planning.gating import (
    MOMENTARY_BLOCKS,
    SHORT_TERM_BLOCKS,
    SILENCE_LUFS,
    block_energies,
    changed_lufs,
    integrated_lufs,
    minutes_lufs,
    noise_floor_lufs,
    range_lu,
)
from cop_publish.audio.planning.levels import levels, reader

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ebu.INTEGRATED)
def test_integrated_loudness_of_the_ebu_signals(name: str, tmp_path: Path) -> None:
    signal = ebu.INTEGRATED[name]()
    momentary, _ = ebu.loudness(signal.sound, tmp_path, signal.layout)
    assert integrated_lufs(momentary) == pytest.approx(signal.expected, abs=signal.tolerance)


@pytest.mark.parametrize("name", ebu.RANGE)
def test_loudness_range_of_the_ebu_signals(name: str, tmp_path: Path) -> None:
    signal = ebu.RANGE[name]()
    _, short_term = ebu.loudness(signal.sound, tmp_path)
    assert range_lu(short_term) == pytest.approx(signal.expected, abs=signal.tolerance)


def test_the_readings_of_steady_ebu_signals_stand_still(tmp_path: Path) -> None:
    short, momentary = ebu.SHORT_TERM["3341-9"](), ebu.MOMENTARY["3341-12"]()
    _, readings = ebu.loudness(short.sound, tmp_path)
    assert np.abs(readings[29:] - short.expected).max() <= short.tolerance
    readings, _ = ebu.loudness(momentary.sound, tmp_path)
    assert np.abs(readings[10:] - momentary.expected).max() <= momentary.tolerance


@pytest.mark.parametrize("name", ebu.MAX_SHORT_TERM)
def test_the_highest_short_term_loudness_of_the_ebu_signals(name: str, tmp_path: Path) -> None:
    signal = ebu.MAX_SHORT_TERM[name]()
    _, short_term = ebu.loudness(signal.sound, tmp_path)
    assert short_term.max() == pytest.approx(signal.expected, abs=signal.tolerance)


def test_the_gates_are_where_the_standard_puts_them() -> None:
    # Blocks of -70.0 are not above the absolute gate: they do not pull the relative one below -31.
    blocks = np.array([-20.0] * 50 + [-31.0] + [-70.0] * 100)
    assert integrated_lufs(blocks) == pytest.approx(-20.0)
    # 50 blocks of -20 and 50 of x: the relative gate lies 10 LU under their mean.
    under, over = np.array([-20.0] * 50 + [-34.0] * 50), np.array([-20.0] * 50 + [-32.0] * 50)
    assert integrated_lufs(under) == pytest.approx(-20.0)
    assert integrated_lufs(over) == pytest.approx(10 * np.log10((10**-2 + 10**-3.2) / 2))


def test_silence_is_said_to_be_silent_and_not_a_number_error() -> None:
    for blocks in (np.zeros(0), np.full(20, -120.0), np.full(20, -70.0)):
        assert integrated_lufs(blocks) == SILENCE_LUFS
    assert range_lu(np.full(50, -120.0)) == 0.0
    assert noise_floor_lufs(np.full(50, -120.0)) == SILENCE_LUFS
    assert minutes_lufs(np.zeros(0)) == ()


def test_each_minute_has_its_own_loudness() -> None:
    blocks = np.concatenate([np.full(600, -20.0), np.full(600, -120.0), np.full(30, -30.0)])
    assert minutes_lufs(blocks) == pytest.approx((-20.0, SILENCE_LUFS, -30.0))


def test_the_noise_floor_is_that_of_the_room_and_not_of_digital_silence() -> None:
    blocks = np.concatenate([np.full(300, -120.0), np.full(100, -62.0), np.full(500, -22.0)])
    assert noise_floor_lufs(blocks) == pytest.approx(-62.0)


@pytest.mark.parametrize("window", [MOMENTARY_BLOCKS, SHORT_TERM_BLOCKS])
def test_a_constant_gain_changes_every_block_by_exactly_that(window: int) -> None:
    energies = np.random.default_rng(3).random(200)
    lufs = np.linspace(-50, -10, 200)
    changed = changed_lufs(lufs, energies, energies * 10**0.65, window)
    assert changed == pytest.approx(lufs + 6.5, abs=1e-9)


def test_digital_silence_stays_silent_under_any_gain() -> None:
    quiet = np.full(50, -120.0)
    assert (changed_lufs(quiet, np.zeros(50), np.zeros(50), MOMENTARY_BLOCKS) == quiet).all()


def test_loudness_after_a_moving_gain_is_what_a_meter_then_reads(tmp_path: Path) -> None:
    sound = talk(20, -26.0)
    gain_db = np.interp(np.arange(len(sound)) / 48_000, [0, 5, 6, 12, 13, 20], [0, 0, 9, 9, -4, -4])
    turned = sound * 10 ** (gain_db / 20)
    (momentary, short_term), (m_after, s_after) = (ebu.loudness(one, tmp_path) for one in (sound, turned))
    before, after = (
        block_energies(levels(reader(one[:, None]), len(one), 1).power) for one in (sound, turned)
    )
    planned = changed_lufs(momentary, before, after, MOMENTARY_BLOCKS)
    assert integrated_lufs(planned) == pytest.approx(integrated_lufs(m_after), abs=0.01)
    assert range_lu(changed_lufs(short_term, before, after, SHORT_TERM_BLOCKS)) == pytest.approx(
        range_lu(s_after), abs=0.1
    )
