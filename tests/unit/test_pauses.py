"""Long pauses: only what is surely one, never its edges, and never music or soft speech."""

from __future__ import annotations

from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop_publish.core.pauses import PAUSE_SECONDS, pause_cuts
from cop_publish.core.timeline import SAMPLE_RATE_HZ, Cut, timeline_of

SPEECH, SOFT, ROOM = -24.0, -36.0, -58.0


def momentary(*stretches: tuple[float, float]) -> list[float]:
    """Loudness every 100 ms of stretches of (LUFS, seconds), each value over the 400 ms before its end."""
    blocks = [10 ** (level / 10) for level, seconds in stretches for _ in range(round(seconds * 10))]
    energies = [sum(blocks[max(k - 3, 0) : k + 1]) / 4 for k in range(len(blocks))]
    return [10 * log10(energy) if k >= 3 else -120.7 for k, energy in enumerate(energies)]


def test_a_long_pause_keeps_four_tenths_of_a_second_on_each_side() -> None:
    (cut,) = pause_cuts(momentary((SPEECH, 20), (ROOM, 6), (SPEECH, 20)), 2.0)
    assert 20.3 <= cut.start_seconds <= 20.45
    assert 25.55 <= cut.end_seconds <= 25.7
    timeline = timeline_of(46 * SAMPLE_RATE_HZ, (), [cut])
    left = 6 - (46 - timeline.samples / SAMPLE_RATE_HZ)
    assert left == pytest.approx(PAUSE_SECONDS, abs=1e-9)
    assert timeline.totals.pauses == 1


@pytest.mark.parametrize(
    ("pause", "longest", "cuts"), [(2.0, 2.0, 0), (2.1, 2.0, 1), (0.9, 0.5, 1), (0.8, 0.5, 0)]
)
def test_only_a_pause_that_is_longer_than_asked_for_is_shortened(
    pause: float, longest: float, cuts: int
) -> None:
    assert len(pause_cuts(momentary((SPEECH, 30), (ROOM, pause), (SPEECH, 5), (ROOM, 0.7)), longest)) == cuts


def test_pauses_stay_as_they_are_unless_asked_for() -> None:
    assert pause_cuts(momentary((SPEECH, 20), (ROOM, 9), (SPEECH, 20)), 0.0) == ()
    assert pause_cuts((), 2.0) == ()
    assert pause_cuts([-120.7] * 300, 2.0) == ()


def test_soft_speech_and_soft_music_are_no_pause() -> None:
    assert pause_cuts(momentary((SPEECH, 20), (SOFT, 9), (SPEECH, 20)), 2.0) == ()
    assert pause_cuts(momentary((SPEECH, 60), (SOFT, 30)), 2.0) == ()


def test_digital_silence_is_a_pause_and_does_not_hide_those_with_the_noise_of_the_room() -> None:
    talk = momentary((SPEECH, 20), (ROOM, 4), (SPEECH, 20), (ROOM, 4))[3:]
    found = pause_cuts([*talk, *[-120.7] * 300, *talk], 2.0)
    assert [round(cut.end_seconds - cut.start_seconds) for cut in found] == [3, 33, 3, 3]


@given(
    st.lists(st.tuples(st.sampled_from([SPEECH, ROOM]), st.integers(1, 60)), min_size=2, max_size=12),
    st.sampled_from([0.5, 1.0, 2.0]),
)
def test_nothing_but_room_noise_goes_and_three_tenths_of_a_second_stay_on_each_side(
    stretches: list[tuple[float, int]], longest: float
) -> None:
    levels = [(level, tenths / 10) for level, tenths in stretches] + [(SPEECH, 90.0)]
    cuts = pause_cuts(momentary(*levels), longest)
    place, loud = 0.0, []
    for level, seconds in levels:
        if level == SPEECH:
            loud.append((place, place + seconds))
        place += seconds
    for cut in cuts:
        for start, end in loud:
            assert cut.start_seconds >= end + 0.3 - 1e-6 or cut.end_seconds <= start - 0.3 + 1e-6
    assert list(cuts) == sorted(cuts, key=lambda c: c.start_seconds)
    assert all(isinstance(c, Cut) and c.end_seconds > c.start_seconds for c in cuts)
