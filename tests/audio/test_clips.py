"""Short clips: the tone, the silence round an intro, a preview; and that nothing long ever comes to pydub."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
import sounds

from cop_publish.audio import clips

if TYPE_CHECKING:
    from cop_publish.audio.grid import Floats

HZ = 48_000


@pytest.mark.parametrize("samples", [1, 95, 96, 481, 48_000, 53_333, 48_000 * 120])
def test_a_tone_is_exactly_as_long_as_it_must_be(samples: int) -> None:
    assert clips.tone(samples).shape == (samples, 1)


def test_a_tone_is_a_sine_of_1_khz_at_minus_20_dbfs_with_soft_edges() -> None:
    tone = clips.tone(2 * HZ + 4321)[:, 0]
    middle = tone[480:-480]
    meant = sounds.tone(len(middle) / HZ, -20.0)
    assert np.abs(middle - meant).max() < 1e-4  # through every join of its seconds
    assert np.abs(tone[:48]).max() < 0.035
    assert np.abs(tone[-48:]).max() < 0.035
    assert np.abs(np.diff(tone)).max() < 0.0135  # 2 pi 1000 / 48000 of its size: no click anywhere


def test_the_silence_at_the_ends_of_a_clip_is_left_out_and_a_pause_inside_stays() -> None:
    sound = np.asarray(sounds.talk(2.0), np.float32)[:, None].repeat(2, axis=1)
    sound[HZ // 2 : HZ] = 0.0  # a pause inside stays
    quiet = np.full((HZ, 2), 10 ** (-66 / 20), np.float32)
    whole = np.concatenate([quiet, sound, quiet[: HZ // 3]])
    first, last = clips.sounding(whole)
    found = whole[first:last]
    assert first == pytest.approx(HZ, abs=48)
    assert last == pytest.approx(3 * HZ, abs=48)
    assert np.abs(found[:96]).max() > 10 ** (-60 / 20) < np.abs(found[-96:]).max()


def test_of_silence_nothing_is_left() -> None:
    assert clips.sounding(np.zeros((HZ, 1), np.float32)) == (0, 0)
    assert clips.sounding(np.zeros((0, 1), np.float32)) == (0, 0)


class _Talk:
    channels = 2
    samples = 3600 * HZ
    was_read: tuple[int, int] | None = None

    def read(self, start: int, stop: int) -> Floats:
        self.was_read = (start, stop)
        return np.full((stop - start, 2), 0.5, np.float32)


def test_a_preview_is_read_from_its_place_and_fades_in_and_out() -> None:
    talk = _Talk()
    found = clips.excerpt(talk, 1800.0, 1830.0)
    assert talk.was_read == (1800 * HZ, 1830 * HZ)
    assert found.shape == (30 * HZ, 2)
    assert found[HZ : 29 * HZ] == pytest.approx(0.5, abs=1e-4)
    assert abs(found[0, 0]) < 0.01
    assert abs(found[-1, 0]) < 0.01
    assert found[HZ // 10, 0] < 0.45


def test_more_than_two_minutes_never_reach_pydub() -> None:
    talk, long = _Talk(), np.zeros((120 * HZ + 1, 1), np.float32)
    with pytest.raises(ValueError, match=r"at most 120 s long, not 120\.0 s"):
        clips.sounding(long)
    with pytest.raises(ValueError, match="at most 120 s"):
        clips.tone(120 * HZ + 1)
    with pytest.raises(ValueError, match=r"not 3600\.0 s"):
        clips.excerpt(talk, 0.0, 3600.0)
    assert talk.was_read is None


def test_its_warnings_stay_inside_where_warnings_are_errors_and_no_ffmpeg_is_on_the_path() -> None:
    script = (
        "import cop_publish.audio.clips as clips, warnings\n"
        "try: warnings.warn('still an error', DeprecationWarning)\n"
        "except DeprecationWarning as it: print(len(clips.tone(480)), it)"
    )
    ran = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", script],
        env={**os.environ, "PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.stdout, ran.stderr, ran.returncode) == ("480 still an error\n", "", 0)


def test_two_minutes_of_tone_are_made_in_a_blink() -> None:
    """pydub makes a sine in pure Python: one second of it, and the rest are copies."""
    start = time.perf_counter()
    clips.tone(120 * HZ)
    assert time.perf_counter() - start < 3.0
