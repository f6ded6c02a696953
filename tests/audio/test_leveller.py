"""The leveller: four speakers become one loudness, pauses stay quiet, music and jingles keep their shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ebu
import numpy as np
import pytest
from sounds import talk, tone

from cop_publish.audio.grid import BLOCK
from cop_publish.audio.planning.gating import integrated_lufs
from cop_publish.audio.planning.leveller import LEAST_DB, MOST_DB, MUSIC_MOST_DB, leveller_db, wanted_db
from cop_publish.audio.planning.levels import levels, reader

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from sounds import Sound

    Flags = npt.NDArray[np.bool_]

SPEAKERS_DB = (-36.0, -24.0, -30.0, -26.0)
RATE_HZ = 48_000


@dataclass(frozen=True, slots=True)
class Levelled:
    """A sound before and after, with its curve; `who` says who speaks in each sample, -1 nobody."""

    curve: Sound
    before: Sound  # momentary, LUFS
    after: Sound

    def whole(self, flags: Flags) -> Flags:
        """Which blocks lie in flagged samples wholly."""
        ends = (np.arange(len(self.before)) + 1) * BLOCK
        return np.array([end >= 4 * BLOCK and bool(flags[end - 4 * BLOCK : end].all()) for end in ends])


def level(
    sound: Sound, folder: Path, strength: float = 0.8, protected: tuple[tuple[int, int], ...] = ()
) -> Levelled:
    momentary, _ = ebu.loudness(sound, folder)
    curve = leveller_db(momentary, levels(reader(sound[:, None]), len(sound), 1), strength, protected)
    gain_db = np.interp(np.arange(len(sound)), np.arange(len(curve)) * BLOCK, curve)
    after, _ = ebu.loudness(sound * 10 ** (gain_db / 20), folder)
    return Levelled(curve, momentary, after)


def panel(seconds: float, noise_db: float = -65.0, seed: int = 3) -> tuple[Sound, Sound]:
    """Four speakers 12 dB apart taking turns of 3 to 12 s, with pauses and a room's noise; and who speaks."""
    rng = np.random.default_rng(seed)
    voices = [talk(20, db, seed=i + 1) for i, db in enumerate(SPEAKERS_DB)]
    parts: list[Sound] = []
    who: list[Sound] = []
    last = -1
    while sum(len(part) for part in parts) < seconds * RATE_HZ:
        last = int(rng.choice([i for i in range(4) if i != last]))
        start, length = (int(RATE_HZ * rng.uniform(*r)) for r in ((0, 8), (3, 12)))
        gap = int(RATE_HZ * rng.choice([0.1, 0.4, 1.0, 3.0]))
        parts += [voices[last][start : start + length], np.zeros(gap)]
        who += [np.full(len(parts[-2]), last), np.full(gap, -1)]
    sound = np.concatenate(parts)
    return sound + 10 ** (noise_db / 20) * rng.standard_normal(len(sound)), np.concatenate(who)


def chords(seconds: float, level_db: float) -> Sound:
    """Sustained music, a chord every 2 s, that swells by 10 dB in its middle."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    rng = np.random.default_rng(2)
    roots = 110 * 2 ** (rng.integers(0, 12, int(seconds / 2) + 1) / 12)
    root = roots[(times / 2).astype(int)]
    sound = sum(np.sin(2 * np.pi * root * k * times) / k for k in (1, 1.25, 1.5, 2, 3))
    swell = 10 ** (-10 * np.cos(2 * np.pi * times / seconds) / 40)
    sound = np.asarray(sound) * swell
    return np.asarray(10 ** (level_db / 20) * sound / np.sqrt(np.mean(sound**2)))


@pytest.mark.parametrize("seed", [3, 4])
def test_four_speakers_twelve_units_apart_come_within_one(seed: int, tmp_path: Path) -> None:
    sound, who = panel(90, seed=seed)
    heard = level(sound, tmp_path)
    blocks = [heard.whole(who == i) for i in range(4)]
    assert np.ptp([integrated_lufs(heard.before[own]) for own in blocks]) > 10
    assert np.ptp([integrated_lufs(heard.after[own]) for own in blocks]) <= 1.0


def test_pauses_keep_their_noise_down(tmp_path: Path) -> None:
    sound, who = panel(90)
    heard = level(sound, tmp_path)
    silent, speaking = heard.whole(who == -1), heard.whole(who >= 0)
    raised = heard.after - heard.before
    louder = integrated_lufs(heard.after[speaking]) - integrated_lufs(heard.before[speaking])
    assert np.median(raised[silent]) - louder <= 1.0
    assert raised[silent].mean() - louder <= 3.0


def test_a_long_pause_after_a_loud_speaker_is_not_turned_up(tmp_path: Path) -> None:
    pause = 10 ** (-60 / 20) * np.random.default_rng(1).standard_normal(12 * RATE_HZ)
    heard = level(np.concatenate([talk(20, -20.0), pause, talk(20, -32.0, seed=2)]), tmp_path)
    assert heard.curve[205:250].max() <= heard.curve[100:190].max() + 0.5
    assert heard.curve[205:315].max() <= heard.curve[320:400].max() + 0.1


def test_the_gain_of_a_quiet_turn_is_there_when_it_begins(tmp_path: Path) -> None:
    heard = level(np.concatenate([talk(12, -20.0), np.zeros(24_000), talk(12, -32.0, seed=2)]), tmp_path)
    middle = 0.5 * (heard.curve[60] + heard.curve[190])
    assert 121 <= int(np.argmax(heard.curve > middle)) <= 126  # in the half second between them


@pytest.mark.parametrize(("strength", "left"), [(1.0, 0.5), (0.8, 1.0), (0.5, 4.5), (0.3, 12.0)])
def test_less_strength_leaves_more_of_the_difference(strength: float, left: float, tmp_path: Path) -> None:
    sound = np.concatenate([talk(15, -22.0), np.zeros(24_000), talk(15, -34.0, seed=2)])
    heard = level(sound, tmp_path, strength)
    one, other = (heard.after[a:b] for a, b in ((20, 130), (180, 290)))
    apart = abs(integrated_lufs(one) - integrated_lufs(other))
    assert apart <= left
    assert wanted_db(np.array([0.0]), strength) == 0.0


def test_without_strength_nothing_is_touched(tmp_path: Path) -> None:
    assert not level(panel(20)[0], tmp_path, 0.0).curve.any()


def test_no_voice_is_moved_further_than_the_bounds(tmp_path: Path) -> None:
    sound = np.concatenate([talk(20, -14.0), np.zeros(RATE_HZ), talk(20, -50.0, seed=2)])
    curve = level(sound, tmp_path, 1.0).curve
    assert curve.max() == MOST_DB
    assert curve.min() >= LEAST_DB


def test_music_keeps_its_swells_and_is_raised_by_six_decibels_at_most(tmp_path: Path) -> None:
    sound = np.concatenate([talk(15, -22.0), chords(20, -40.0), talk(15, -30.0, seed=2)])
    curve = level(sound, tmp_path, 1.0).curve
    inside = curve[180:320]
    assert np.ptp(inside) == 0.0
    assert inside[0] == MUSIC_MOST_DB
    assert curve[400:480].mean() > 0


def test_speech_over_a_bed_of_music_is_still_levelled(tmp_path: Path) -> None:
    voices = np.concatenate([talk(15, -22.0), talk(15, -32.0, seed=2)])
    heard = level(voices + chords(30, -50.0), tmp_path, 1.0)
    one, other = (integrated_lufs(heard.after[a:b]) for a, b in ((20, 140), (160, 290)))
    assert abs(one - other) <= 1.0


def test_a_jingle_keeps_its_level_and_the_talk_fades_into_it(tmp_path: Path) -> None:
    jingle = chords(6, -20.0)
    sound = np.concatenate([jingle, talk(20, -34.0), talk(20, -22.0, seed=2), jingle])
    ends = (0, len(jingle)), (len(sound) - len(jingle), len(sound))
    curve = level(sound, tmp_path, 0.8, ends).curve
    assert not curve[:61].any()
    assert not curve[461:].any()
    assert np.abs(np.diff(curve)).max() < 2.0  # dB in 100 ms
    assert curve[100:250].min() > 3


def test_nothing_but_a_jingle_and_nothing_at_all_are_left_alone(tmp_path: Path) -> None:
    jingle = chords(6, -20.0)
    assert not level(jingle, tmp_path, 0.8, ((0, len(jingle)),)).curve.any()
    assert not level(tone(2.0, -200.0), tmp_path).curve.any()
    assert not level(tone(0.25, -20.0), tmp_path).curve.any()
