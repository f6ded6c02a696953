"""Mono or stereo, dead and inverted channels: what is chosen from energies."""

from __future__ import annotations

import numpy as np
import pytest
from sounds import talk

from cop_publish.audio.hearing.mix import (
    AS_IT_IS_MONO,
    AS_IT_IS_STEREO,
    BOTH_ALIKE,
    LEFT_ONLY,
    MIDDLE,
    MIDDLE_TURNED,
    ONE_SPEAKER_DB,
    RIGHT_ONLY,
    STEREO_TURNED,
    Energies,
    Mix,
    as_heard,
    choose_mix,
)

A, B = talk(2, seed=1), talk(2, seed=2)


def energies(left: object, right: object) -> Energies:
    x, y = np.asarray(left, np.float64), np.asarray(right, np.float64)
    return Energies(float(x @ x), float(y @ y), float(x @ y))


@pytest.mark.parametrize(
    ("left", "right", "auto", "mono", "stereo"),
    [
        (A, A, MIDDLE, MIDDLE, AS_IT_IS_STEREO),
        (A + 0.05 * B, A - 0.05 * B, MIDDLE, MIDDLE, AS_IT_IS_STEREO),  # sides at -26 dB
        (A + 0.08 * B, A - 0.08 * B, AS_IT_IS_STEREO, MIDDLE, AS_IT_IS_STEREO),  # ... at -22 dB
        (A, B, AS_IT_IS_STEREO, MIDDLE, AS_IT_IS_STEREO),
        (A, -A, MIDDLE_TURNED, MIDDLE_TURNED, STEREO_TURNED),
        (A + 0.3 * B, -A + 0.3 * B, STEREO_TURNED, MIDDLE_TURNED, STEREO_TURNED),
        (A, 0 * A, LEFT_ONLY, LEFT_ONLY, None),
        (0.001 * A, B, RIGHT_ONLY, RIGHT_ONLY, None),
        (0 * A, 0 * A, AS_IT_IS_STEREO, MIDDLE, AS_IT_IS_STEREO),
    ],
)
def test_the_channels_are_chosen_by_what_they_carry(
    left: object, right: object, auto: Mix, mono: Mix, stereo: Mix | None
) -> None:
    found = energies(left, right)
    assert choose_mix(found) == auto
    assert choose_mix(found, "mono") == mono
    assert stereo is None or choose_mix(found, "stereo") == stereo


def test_one_channel_stays_one_unless_two_are_asked_for() -> None:
    assert choose_mix(None) == choose_mix(None, "mono") == AS_IT_IS_MONO
    assert choose_mix(None, "stereo") == BOTH_ALIKE


def test_a_live_channel_is_put_on_both_sides_of_a_stereo_master() -> None:
    mix = choose_mix(energies(A, 0 * A), "stereo")
    frames = np.stack([A, 0 * A], axis=1).astype(np.float32)
    assert (mix.apply(frames) == A.astype(np.float32)[:, None]).all()
    assert mix.apply(frames).shape[1] == mix.channels == 2
    assert mix.remark == LEFT_ONLY.remark


def test_a_channel_that_was_heard_alone_is_louder_from_two_loudspeakers() -> None:
    lufs = np.array([-20, -30], np.float32)
    assert as_heard(lufs, LEFT_ONLY).tolist() == pytest.approx([-20 + ONE_SPEAKER_DB, -30 + ONE_SPEAKER_DB])
    assert as_heard(lufs, MIDDLE) is lufs
