"""Hearing a recording: every sample in its place, and nothing of what was removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hall import assembled, everything, hear, noise, plain
from sounds import write_float_wav

from cop_publish.audio.argv import Input
from cop_publish.audio.measure import Clip, Inputs
from cop_publish.core.timeline import Bookends, Cut, Instead, Origin, timeline_of

if TYPE_CHECKING:
    from pathlib import Path


INSTEADS = (Instead.NOTHING, Instead.TONE, Instead.SILENCE)


def many_cuts(count: int, *, every_seconds: float = 0.5) -> list[Cut]:
    """Cuts, tones and silences by turns, at odd places and of odd lengths."""
    return [
        Cut(n * every_seconds + 0.1234567 + n * 1e-5, n * every_seconds + 0.25 + n * 1.7e-4, INSTEADS[n % 3])
        for n in range(count)
    ]


@pytest.mark.parametrize("channels", [1, 2])
def test_every_sample_is_where_the_timeline_says(tmp_path: Path, channels: int) -> None:
    path = write_float_wav(tmp_path / "a.wav", noise(20, channels=channels))
    intro = write_float_wav(tmp_path / "i.wav", noise(3, channels=channels, seed=8))
    outro = write_float_wav(tmp_path / "o.wav", noise(2, channels=channels, seed=9))
    around = Bookends(3 * 48_000 - 500, 2 * 48_000, 31_111)
    timeline = timeline_of(20 * 48_000, many_cuts(30), around=around)
    inputs = Inputs(
        Input(path, channels, 20.0),
        intro=Clip(Input(intro, channels, 60.0), skipped=500),
        outro=Clip(Input(outro, channels, 60.0), gain_db=-6.0),
    )
    sounds = {
        Origin.RECORDING: plain(path, channels),
        Origin.INTRO: plain(intro, channels)[500:],
        Origin.OUTRO: plain(outro, channels) * np.float32(10 ** (-6 / 20)),
    }
    with hear(inputs, timeline, tmp_path) as heard:
        assert heard.samples == timeline.samples
        assert np.abs(everything(heard) - assembled(timeline, sounds)).max() < 2e-6
