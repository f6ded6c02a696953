"""What each setting of [sound] does to a master, heard in the finished MP3."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from cutting_room import HZ, Judge, Room, heard_lufs, level_db, mono, speech
from sounds import Sound, talk, tone, write_wav
from workshop import Workshop

from cop_publish.audio.engine import find_engine
from cop_publish.audio.master import order
from cop_publish.settings import Sound as Settings

if TYPE_CHECKING:
    from pathlib import Path

AS_IT_IS = Settings(leveller=0.0, highpass_hz=0)
SPEAKERS_LUFS = (-18.0, -30.0, -24.0, -21.0)  # four people round one microphone
TURN_SECONDS = 20


def mastered(folder: Path, recording: Sound, sound: Settings) -> Sound:
    room = Room(folder, sound=sound).record(recording)
    encoded, heard = room.encode(), room.heard()
    assert len(heard) == len(recording) == encoded.samples  # to the sample, whatever is set
    return heard


# --- channels --------------------------------------------------------------

SOUNDS = {
    "one voice in both channels": np.stack([talk(6.0), talk(6.0)], axis=1),
    "two voices, a side each": np.stack([talk(6.0), talk(6.0, -20.0, seed=4)], axis=1),
    "one channel": talk(6.0)[:, None],
    "a dead side": np.stack([talk(6.0), 0 * talk(6.0)], axis=1),
}


@pytest.mark.parametrize(
    ("channels", "name", "expected"),
    [
        ("auto", "one voice in both channels", 1),
        ("auto", "two voices, a side each", 2),
        ("auto", "one channel", 1),
        ("auto", "a dead side", 1),
        ("mono", "two voices, a side each", 1),
        ("mono", "one channel", 1),
        ("stereo", "one voice in both channels", 2),
        ("stereo", "two voices, a side each", 2),
        ("stereo", "one channel", 2),
    ],
)
def test_a_master_has_the_channels_that_are_set_or_that_its_sound_needs(
    channels: str, name: str, expected: int, tmp_path: Path
) -> None:
    heard = mastered(tmp_path, SOUNDS[name], replace(Settings(), channels=channels))
    assert heard.shape[1] == expected
    assert heard_lufs(heard, tmp_path) == pytest.approx(-16.0, abs=0.15)


def test_both_voices_are_heard_when_two_sides_become_one(tmp_path: Path) -> None:
    near, far = speech(8.0), speech(8.0, 8, 210.0)
    heard = mastered(tmp_path, np.stack([near, far], axis=1), replace(AS_IT_IS, channels="mono"))
    judge = Judge(mono(heard))
    for voice in (near, far):
        place, score = judge.find(voice[2 * HZ : 6 * HZ])
        assert abs(place - 2 * HZ) <= HZ // 1000
        assert score > 0.4  # of two voices that are equally loud each is half of the energy


# --- the leveller ----------------------------------------------------------


def spread_lu(heard: Sound, folder: Path) -> float:
    """From the softest of the four speakers to the loudest."""
    turns = [heard[n * TURN_SECONDS * HZ :][: TURN_SECONDS * HZ] for n in range(len(SPEAKERS_LUFS))]
    loudness = [heard_lufs(turn[2 * HZ : -2 * HZ], folder) for turn in turns]
    return max(loudness) - min(loudness)


def four_speakers() -> Sound:
    return np.concatenate(
        [talk(TURN_SECONDS, level, seed=seed) for seed, level in enumerate(SPEAKERS_LUFS, 1)]
    )


@pytest.mark.parametrize(("leveller", "least", "most"), [(0.0, 10.0, 14.0), (0.8, 0.0, 1.0), (1.0, 0.0, 1.0)])
def test_the_leveller_brings_speakers_together(
    leveller: float, least: float, most: float, tmp_path: Path
) -> None:
    heard = mastered(tmp_path, four_speakers(), replace(Settings(), leveller=leveller))
    assert least <= spread_lu(heard, tmp_path) <= most


# --- filters ---------------------------------------------------------------


def hummed(seconds: float = 8.0) -> Sound:
    """A voice over mains hum, with a zero line that is off."""
    return speech(seconds) + tone(seconds, -30.0, pitch_hz=50.0) + 0.05


def hum_db(heard: Sound) -> float:
    """How loud 50 Hz is, against the treble of the voice."""
    power = np.abs(np.fft.rfft(mono(heard) * np.hanning(len(heard)))) ** 2
    pitches = np.fft.rfftfreq(len(heard), 1 / HZ)
    return float(10 * np.log10(power[np.abs(pitches - 50) < 5].sum() / power[pitches > 300].sum()))


def test_the_high_pass_takes_hum_and_a_zero_line_that_is_off(tmp_path: Path) -> None:
    kept = mastered(tmp_path, hummed(), AS_IT_IS)
    taken = mastered(tmp_path, hummed(), replace(AS_IT_IS, highpass_hz=80))
    assert hum_db(taken) < hum_db(kept) - 6
    assert abs(taken.mean()) < 0.001


def quiet_stretch(heard: Sound) -> float:
    return level_db(heard[round(4.6 * HZ) : round(5.4 * HZ)])


def noisy(noise_dbfs: float, seconds: float = 10.0) -> Sound:
    """A voice over a fan, silent from 4 to 6 s."""
    voice = speech(seconds).copy()
    voice[4 * HZ : 6 * HZ] = 0.0
    noise = 10 ** (noise_dbfs / 20) * np.random.default_rng(2).standard_normal(len(voice))
    return np.asarray(voice + noise)


@pytest.mark.parametrize("noise_dbfs", [-72.0, -60.0, -48.0])
@pytest.mark.parametrize(
    ("setting", "lower_db"),
    [
        ({"noise_reduction_db": 12}, 10.0),
        ({"gate": True}, 6.5),
        ({"noise_reduction_db": 6, "gate": True}, 11.0),
    ],
    ids=["noise", "gate", "both"],
)
def test_the_noise_between_words_becomes_less(
    setting: dict[str, Any], lower_db: float, noise_dbfs: float, tmp_path: Path
) -> None:
    """However loud the room is: it is looked at first."""
    before = mastered(tmp_path, noisy(noise_dbfs), AS_IT_IS)
    after = mastered(tmp_path, noisy(noise_dbfs), replace(AS_IT_IS, **setting))
    assert quiet_stretch(after) < quiet_stretch(before) - lower_db
    assert level_db(after[:HZ]) == pytest.approx(level_db(before[:HZ]), abs=1.0)


def test_a_faint_voice_is_not_taken_for_noise(tmp_path: Path) -> None:
    """It lies where another recording has its noise."""
    recording = 10 ** (-24 / 20) * noisy(-60.0)
    before = mastered(tmp_path, recording, AS_IT_IS)
    after = mastered(tmp_path, recording, replace(AS_IT_IS, noise_reduction_db=12, gate=True))
    assert level_db(after[:HZ]) == pytest.approx(level_db(before[:HZ]), abs=1.0)
    assert quiet_stretch(after) < quiet_stretch(before) - 10


def hissing(seconds: float = 8.0) -> Sound:
    """A voice with sharp esses: bursts of noise between 5 and 9 kHz."""
    rng, voice = np.random.default_rng(6), 0.5 * speech(seconds)
    pitches = np.fft.rfftfreq(len(voice), 1 / HZ)
    spectrum = np.fft.rfft(rng.standard_normal(len(voice)))
    noise = np.fft.irfft(spectrum * ((pitches > 5000) & (pitches < 9000)), len(voice))
    is_on = (np.arange(len(voice)) // (HZ // 10)) % 5 == 0
    return np.asarray(voice + 0.15 * noise * is_on)


def test_sharp_esses_become_softer(tmp_path: Path) -> None:
    def share(heard: Sound) -> float:
        power = np.abs(np.fft.rfft(mono(heard))) ** 2
        pitches = np.fft.rfftfreq(len(heard), 1 / HZ)
        esses = power[(pitches > 5000) & (pitches < 9000)].sum() / power.sum()
        return float(10 * np.log10(esses))

    sharp = share(mastered(tmp_path, hissing(), AS_IT_IS))
    assert share(mastered(tmp_path, hissing(), replace(AS_IT_IS, de_ess=0.8))) < sharp - 1


@pytest.mark.parametrize(
    "setting",
    [{"highpass_hz": 120}, {"noise_reduction_db": 12}, {"de_ess": 0.5}, {"gate": True}],
    ids=["high-pass", "noise", "de-ess", "gate"],
)
def test_no_filter_moves_the_sound(setting: dict[str, Any], tmp_path: Path) -> None:
    recording = speech(8.0)
    judge = Judge(mono(mastered(tmp_path, recording, replace(AS_IT_IS, **setting))))
    for seconds in (0.5, 3.0, 7.0):
        at = round(seconds * HZ)
        assert abs(judge.find(recording[at : at + HZ // 2])[0] - at) <= HZ // 1000


# --- what makes a new master -----------------------------------------------

HEARD: dict[str, Any] = {
    "target_lufs": -18.0,
    "true_peak_dbtp": -2.0,
    "mono_kbps": 64,
    "stereo_kbps": 160,
    "channels": "stereo",
    "leveller": 0.5,
    "highpass_hz": 0,
    "noise_reduction_db": 6,
    "de_ess": 0.3,
    "gate": True,
    "longest_pause_seconds": 2.0,
    "intro": "jingle.wav",
    "outro": "jingle.wav",
    "crossfade_seconds": 2.0,
}


def recipe(workshop: Workshop, **changed: Any) -> str:  # noqa: ANN401 - settings by name
    workshop.sound = replace(Settings(), **changed)
    asked = order(workshop.episode, workshop.studio)
    assert asked is not None
    return asked.recipe


def test_what_is_heard_changes_the_recipe_and_the_encoder_does_not(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    write_wav(workshop.recording, tone(2.0))
    write_wav(tmp_path / "jingle.wav", tone(1.0))
    recipes = [recipe(workshop), *(recipe(workshop, **{key: value}) for key, value in HEARD.items())]
    assert len(set(recipes)) == len(HEARD) + 1
    engine = find_engine("", tmp_path)
    assert engine is not None
    assert recipe(workshop, ffmpeg=engine) == recipes[0]
    assert {*HEARD, "ffmpeg"} == set(Settings.__dataclass_fields__)


def test_another_sound_under_a_jingles_name_changes_the_recipe_and_another_name_does_not(
    tmp_path: Path,
) -> None:
    workshop = Workshop(tmp_path)
    write_wav(workshop.recording, tone(2.0))
    for name in ("one.wav", "two.wav"):
        write_wav(tmp_path / name, tone(1.0))
    before = recipe(workshop, intro="one.wav")
    assert recipe(workshop, intro="two.wav") == before
    write_wav(tmp_path / "one.wav", tone(1.5))
    assert recipe(workshop, intro="one.wav") != before
