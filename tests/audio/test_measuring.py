"""Hearing a recording: every sample in its place, and nothing of what was removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import needs
import numpy as np
import pytest
from hall import AS_RECORDED, assembled, everything, hear, noise, plain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sounds import ENGINE, talk, tone, write_float_wav, write_wav

from cop_publish.audio.argv import Input
from cop_publish.audio.faults import Refused
from cop_publish.audio.hearing.joining import Part, joined
from cop_publish.audio.hearing.measure import Clip, Inputs, Room, measure, meter
from cop_publish.core.timeline import Bookends, Cut, Instead, Origin, timeline_of, whole
from cop_publish.settings import Sound

if TYPE_CHECKING:
    from pathlib import Path

INSTEADS = (Instead.NOTHING, Instead.TONE, Instead.SILENCE)
EXACT = 2e-6  # a fade is computed in floats
ALL_FILTERS = Sound(noise_reduction_db=12, de_ess=0.5, gate=True)


def many_cuts(count: int, *, every_seconds: float = 0.5) -> list[Cut]:
    """Cuts, tones and silences by turns, at odd places and of odd lengths."""
    return [
        Cut(n * every_seconds + 0.1234567 + n * 1e-5, n * every_seconds + 0.25 + n * 1.7e-5, INSTEADS[n % 3])
        for n in range(count)
    ]


# --- places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 2])
def test_every_sample_is_where_the_timeline_says(tmp_path: Path, channels: int) -> None:
    path = write_float_wav(tmp_path / "a.wav", noise(20, channels=channels))
    intro = write_float_wav(tmp_path / "i.wav", noise(3, channels=channels, seed=8))
    outro = write_float_wav(tmp_path / "o.wav", noise(2, seed=9))
    around = Bookends(3 * 48_000 - 500, 2 * 48_000, 31_111)
    timeline = timeline_of(20 * 48_000, many_cuts(30), around=around)
    inputs = Inputs(
        Input(path, channels, 20.0),
        intro=Clip(Input(intro, channels, 60.0), skipped=500),
        outro=Clip(Input(outro, 1, 60.0), gain_db=-6.0),
    )
    sounds = {
        Origin.RECORDING: plain(path, channels),
        Origin.INTRO: plain(intro, channels)[500:],
        Origin.OUTRO: plain(outro) * np.float32(10 ** (-6 / 20)),
    }
    with hear(inputs, timeline, tmp_path) as heard:
        assert heard.samples == timeline.samples
        assert np.abs(everything(heard) - assembled(timeline, sounds)).max() < EXACT


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 7 * 48_000), st.integers(1, 96_000), st.sampled_from(INSTEADS)), max_size=8
    )
)
def test_any_edits_give_what_numpy_gives(tmp_path: Path, ranges: list[tuple[int, int, Instead]]) -> None:
    path = write_float_wav(tmp_path / "a.wav", noise(8))
    cuts = [Cut(start / 48_000, (start + length) / 48_000, how) for start, length, how in ranges]
    timeline = timeline_of(8 * 48_000, [*cuts, Cut(8.0, 9.0)])
    with hear(Inputs(Input(path, 1, 8.0)), timeline, tmp_path) as heard:
        found = everything(heard)
    assert len(found) == timeline.samples
    assert np.abs(found - assembled(timeline, {Origin.RECORDING: noise(8).astype(np.float32)})).max() < EXACT


@pytest.mark.parametrize("system", [False, True], ids=["wheel", "system"])
def test_hundreds_of_cuts_are_exact(tmp_path: Path, system: bool) -> None:  # noqa: FBT001 - a parameter
    """So many that their graph is too long for a command line."""
    engine = needs.program("ffmpeg") if system else ENGINE
    path = write_float_wav(tmp_path / "a.wav", noise(240))
    timeline = timeline_of(240 * 48_000, many_cuts(479))
    with hear(Inputs(Input(path, 1, 240.0)), timeline, tmp_path, engine=engine) as heard:
        found = everything(heard)
    expected = assembled(timeline, {Origin.RECORDING: noise(240).astype(np.float32)})
    assert len(found) == timeline.samples
    assert np.abs(found - expected).max() < EXACT


def test_no_filter_carries_removed_sound_into_what_is_kept(tmp_path: Path) -> None:
    """All is silent but for what is removed: with every filter on, not a sample of it is left."""
    sound = np.zeros(10 * 48_000)
    removed = slice(100_003, 200_001)
    sound[removed] = 0.9 * np.sign(np.sin(np.arange(99_998) / 50)) + 0.05
    path = write_float_wav(tmp_path / "a.wav", sound)
    cut = Cut(100_003 / 48_000, 200_001 / 48_000)
    with hear(Inputs(Input(path, 1, 10.0)), timeline_of(len(sound), [cut]), tmp_path, ALL_FILTERS) as heard:
        assert not everything(heard).any()
        assert heard.samples == 10 * 48_000 - 99_998 - 480
        assert heard.dc_offset == heard.clipped_samples == 0
        assert heard.momentary.max() < -100
    late = Cut(100_003 / 48_000, 200_000 / 48_000 - 0.02)  # the same test can fail
    with hear(Inputs(Input(path, 1, 10.0)), timeline_of(len(sound), [late]), tmp_path, ALL_FILTERS) as heard:
        assert everything(heard).any()


@pytest.mark.parametrize("system", [False, True], ids=["wheel", "system"])
@pytest.mark.parametrize(
    "sound",
    [
        Sound(),
        Sound(noise_reduction_db=6),
        Sound(highpass_hz=0, noise_reduction_db=20),
        Sound(de_ess=0.4),
        Sound(gate=True),
        ALL_FILTERS,
    ],
    ids=["high-pass", "less noise", "noise alone", "de-ess", "gate", "all"],
)
def test_no_filter_moves_or_shortens_the_sound(tmp_path: Path, sound: Sound, system: bool) -> None:  # noqa: FBT001 - a parameter
    engine = needs.program("ffmpeg") if system else ENGINE
    original = talk(6)
    original[-2000:] = tone(1, -12.0)[:2000]  # the very end is loud, so that it is seen to be there
    path = write_float_wav(tmp_path / "a.wav", original)
    with hear(Inputs(Input(path, 1, 6.0)), whole(len(original)), tmp_path, sound, engine=engine) as heard:
        found = everything(heard)[:, 0]
    assert len(found) == len(original)
    voice = original - np.convolve(original, np.ones(97) / 97, "same")  # high-pass turns low phases
    lags = [float(np.dot(voice[9600:-9600], np.roll(found, -lag)[9600:-9600])) for lag in range(-40, 41)]
    assert abs(int(np.argmax(lags)) - 40) <= 1
    assert np.corrcoef(found[-1900:], original[-1900:])[0, 1] > 0.9


def test_intro_and_outro_are_not_filtered(tmp_path: Path) -> None:
    hum = write_float_wav(tmp_path / "hum.wav", tone(4, -12.0, pitch_hz=30.0))
    clip = Clip(Input(hum, 1, 9.0))
    timeline = timeline_of(4 * 48_000, [], around=Bookends(4 * 48_000, 4 * 48_000, 0))
    with hear(Inputs(Input(hum, 1, 4.0), intro=clip, outro=clip), timeline, tmp_path, Sound()) as heard:
        intro, talked, outro = (
            np.abs(everything(heard)[n : n + 96_000]).max() for n in (0, 240_000, 432_000)
        )
    assert intro == outro == pytest.approx(10 ** (-12 / 20), rel=1e-3)
    assert talked < intro / 4


def test_a_recording_longer_than_it_says_is_heard_to_its_end(tmp_path: Path) -> None:
    path = write_float_wav(tmp_path / "a.wav", noise(5))
    timeline = timeline_of(4 * 48_000, [Cut(1, 2)])
    with hear(Inputs(Input(path, 1, 60.0)), timeline, tmp_path) as heard:
        assert heard.samples == timeline.samples + 48_000


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [Part("a", 0, 100), Part("a", 200, 300, 101)],
        [Part("a", 0, 99), Part("a", 200, 500, 100)],
        [Part("a", 0, None), Part("a", 200, 500, 10)],
        [Part("a", 0, 100, 10)],
        [Part("a", 0, 100), Part("a", 200, 300, 60), Part("a", 400, 500, 60)],
    ],
)
def test_pieces_shorter_than_their_crossfades_are_refused(parts: list[Part]) -> None:
    with pytest.raises(ValueError, match=r"crossfades|nothing is heard"):
        joined(parts, {"a": "[0:a:0]anull"}, "t")


# --- two halves -----------------------------------------------------------------------------------


def counting_engine(folder: Path) -> str:
    """The engine, leaving a line for each time that it is started."""
    script = folder / "engine"
    script.write_text(f'#!/bin/sh\necho x >> "{folder}/starts"\nexec "{ENGINE}" "$@"\n')
    script.chmod(0o700)
    return str(script)


def starts(folder: Path) -> int:
    count = len((folder / "starts").read_text().splitlines())
    (folder / "starts").unlink()
    return count


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_larger_packets_change_nothing(tmp_path: Path, rate_hz: int) -> None:
    path = write_wav(tmp_path / "a.wav", talk(7, rate_hz=rate_hz), rate_hz=rate_hz)
    found = []
    for plain_wav in (False, True):
        recording = Input(path, 1, 7.0, plain_wav=plain_wav)
        with hear(Inputs(recording), whole(7 * 48_000), tmp_path, Sound()) as heard:
            found.append((everything(heard).tobytes(), heard.momentary.tobytes()))
    assert found[0] == found[1]


@pytest.mark.parametrize("channels", [1, 2])
def test_two_halves_are_one_whole(tmp_path: Path, channels: int) -> None:
    """To the last bit: sound, loudness and sums, side by side or one after the other."""
    sound = np.stack([talk(63.37, seed=n + 1) for n in range(channels)], axis=1) + 0.01
    sound[1_500_000:1_500_009] = 1.0
    path = write_wav(tmp_path / "a.wav", sound)
    engine, found = counting_engine(tmp_path), []
    for seek, workers, expected in ((False, 2, 1), (True, 1, 2), (True, 2, 2)):
        inputs, room = (
            Inputs(Input(path, channels, 70.0, plain_wav=seek), seek),
            Room(tmp_path, workers, lambda _: None),
        )
        with measure(engine, inputs, whole(len(sound)), Sound(), room) as heard:
            found.append((everything(heard).tobytes(), heard.momentary, heard.short_term, heard.dc_offset))
            assert heard.samples == len(sound)
            assert heard.clipped_samples == 9 * channels
        assert starts(tmp_path) == expected
    for other in found[1:]:
        assert other[0] == found[0][0]
        assert (other[1] == found[0][1]).all()
        assert (other[2] == found[0][2]).all()
        assert other[3] == pytest.approx(found[0][3], rel=1e-5)
    assert len(found[0][1]) == len(found[0][2]) == 633


def test_a_recording_shorter_than_it_says_is_heard_in_one_piece(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", talk(50))
    inputs = Inputs(Input(path, 1, 300.0), exact_seek=True)
    with hear(inputs, whole(200 * 48_000), tmp_path, Sound()) as heard:
        assert heard.samples == 50 * 48_000
        assert len(heard.momentary) == 500


@pytest.mark.parametrize(
    ("sound", "cuts", "expected"),
    [(Sound(), [], 2), (ALL_FILTERS, [], 1), (Sound(gate=True), [], 1), (Sound(), [Cut(3, 4)], 1)],
    ids=["plain", "filters", "gate", "cut"],
)
def test_halves_only_where_they_are_exact(
    tmp_path: Path, sound: Sound, cuts: list[Cut], expected: int
) -> None:
    path = write_wav(tmp_path / "a.wav", np.tile(talk(5), 13))
    timeline = timeline_of(65 * 48_000, cuts)
    inputs = Inputs(Input(path, 1, 70.0), exact_seek=True)
    with hear(inputs, timeline, tmp_path, sound, engine=counting_engine(tmp_path)) as heard:
        assert heard.samples == timeline.samples
    assert starts(tmp_path) == expected


# --- what is wrong with it ------------------------------------------------------------------------


def test_a_broken_sample_is_named_in_the_recordings_own_time(tmp_path: Path) -> None:
    sound = talk(8)
    sound[5 * 48_000] = np.nan
    path = write_float_wav(tmp_path / "a.wav", sound)
    inputs = Inputs(Input(path, 1, 8.0))
    with pytest.raises(Refused, match=r"not a number, 5\.000 s"):
        hear(inputs, timeline_of(len(sound), [Cut(1, 2)]), tmp_path, Sound())
    with hear(inputs, timeline_of(len(sound), [Cut(4.9, 5.1)]), tmp_path, Sound()) as heard:
        assert np.isfinite(everything(heard)).all()


def test_a_broken_sample_in_the_second_half_is_named_too(tmp_path: Path) -> None:
    sound = np.tile(talk(5), 13)
    sound[2_500_000] = np.inf
    path = write_float_wav(tmp_path / "a.wav", sound)
    with pytest.raises(Refused, match=r"not a number, 52\.083 s"):
        hear(Inputs(Input(path, 1, 70.0), exact_seek=True), whole(len(sound)), tmp_path, Sound())


def test_clipping_and_dc_are_seen_before_the_high_pass_takes_them(tmp_path: Path) -> None:
    sound = talk(5) + 0.25
    sound[48_000:48_004] = 0.999  # four at the top
    sound[100_000:100_002] = 1.0  # two are no flat top
    sound[150_000:150_005] = -1.2  # above full scale, in a float file
    path = write_float_wav(tmp_path / "a.wav", sound)
    with hear(Inputs(Input(path, 1, 5.0)), whole(len(sound)), tmp_path, Sound()) as heard:
        assert heard.clipped_samples == 9
        assert heard.dc_offset == pytest.approx(float(sound.mean()), abs=1e-4)
        assert abs(everything(heard).mean()) < 0.001


def test_no_sound_at_all_is_no_samples(tmp_path: Path) -> None:
    path = write_float_wav(tmp_path / "a.wav", np.zeros((0, 1)))
    with hear(Inputs(Input(path, 1, 5.0)), whole(48_000), tmp_path, Sound()) as heard:
        assert heard.samples == len(heard.momentary) == 0


# --- channels -------------------------------------------------------------------------------------


def stereo(path: Path, left: float, right: float, *, seed: int = 3) -> Path:
    voice = talk(6, seed=seed)
    return write_float_wav(path, np.stack([left * voice, right * voice], axis=1))


@pytest.mark.parametrize("sides", [(1.0, 0.0), (0.0, 1.0), (1.0, -1.0)], ids=["left", "right", "turned"])
def test_curing_the_recording_leaves_its_intro_alone(tmp_path: Path, sides: tuple[float, float]) -> None:
    """An intro alike on both sides would vanish with an inverted channel that is turned back over all."""
    path = stereo(tmp_path / "a.wav", *sides)
    intro = stereo(tmp_path / "i.wav", 0.5, 0.5, seed=2)
    timeline = timeline_of(6 * 48_000, [], around=Bookends(6 * 48_000, 0, 0))
    clip = Clip(Input(intro, 2, 60.0))
    with hear(Inputs(Input(path, 2, 6.0), intro=clip), timeline, tmp_path) as heard:
        assert heard.mix.channels == 1
        assert "channel" in heard.mix.remark
        sound = heard.sound.read(0, heard.samples)[:, 0]
    assert np.allclose(sound[: 6 * 48_000], 0.5 * talk(6, seed=2), atol=1e-5)
    assert np.allclose(np.abs(sound[6 * 48_000 :]), np.abs(talk(6, seed=3)), atol=1e-5)


@pytest.mark.parametrize(
    ("sides", "channels"),
    [
        ((1.0, 0.0), "auto"),
        ((1.0, 0.0), "stereo"),
        ((1.0, 1.0), "auto"),
        ((1.0, 0.2), "mono"),
        ((1.0, 0.2), "auto"),
        ((1.0, -0.9), "mono"),
        ((1.0, -0.4), "mono"),
    ],
)
def test_loudness_is_that_of_the_chosen_channels(
    tmp_path: Path, sides: tuple[float, float], channels: str
) -> None:
    """Measured again, by itself, as the file that it would be."""
    path = stereo(tmp_path / "a.wav", *sides)
    with hear(
        Inputs(Input(path, 2, 6.0)), whole(1), tmp_path, Sound(highpass_hz=0, channels=channels)
    ) as heard:
        mixed = heard.sound.read(0, heard.samples)
        momentary, short_term = heard.momentary, heard.short_term
    again = write_float_wav(tmp_path / "again.wav", mixed.astype(np.float64))
    alone = meter(ENGINE, Input(again, mixed.shape[1], 9.0), tmp_path)
    assert np.abs(alone.momentary - momentary)[3:].max() < 0.02
    assert np.abs(alone.short_term - short_term)[29:].max() < 0.02


def test_one_microphone_may_be_published_in_stereo(tmp_path: Path) -> None:
    path = write_float_wav(tmp_path / "a.wav", talk(2))
    with hear(Inputs(Input(path, 1, 2.0)), whole(1), tmp_path, Sound(channels="stereo")) as heard:
        sound = heard.sound.read(0, heard.samples)
    assert sound.shape == (96_000, 2)
    assert (sound[:, 0] == sound[:, 1]).all()


# --- a light meter --------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 2])
def test_a_file_is_metered_as_a_recording_is_heard(tmp_path: Path, channels: int) -> None:
    path = write_wav(tmp_path / "a.wav", np.stack([talk(5)] * channels, axis=1))
    alone = meter(ENGINE, Input(path, channels, 9.0), tmp_path)
    with hear(Inputs(Input(path, channels, 9.0)), whole(1), tmp_path) as heard:
        assert (heard.momentary == alone.momentary).all()
        assert (heard.short_term == alone.short_term).all()


def test_one_loudspeakers_worth_of_mono_counts_twice(tmp_path: Path) -> None:
    """EBU Tech 3341 case 1 is stereo; the same sine in one channel, heard from both, reads the same."""
    for channels in (1, 2):
        path = write_wav(tmp_path / f"{channels}.wav", np.stack([tone(5)] * channels, axis=1))
        readings = meter(ENGINE, Input(path, channels, 9.0), tmp_path)
        assert np.abs(readings.momentary[3:] + 23.0).max() < 0.1
        assert np.abs(readings.short_term[29:] + 23.0).max() < 0.1


def test_what_cannot_be_decoded_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_text("no sound\n" * 100)
    with pytest.raises(Refused):
        meter(ENGINE, Input(path, 1, 9.0), tmp_path)
    with pytest.raises(Refused):
        hear(Inputs(Input(path, 1, 9.0)), whole(1), tmp_path, AS_RECORDED)
    assert [p.name for p in tmp_path.iterdir()] == ["a.wav"]
