"""The proof that a master holds what it may: leaks planted here are found, good masters are not refused."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
import sounds

from cop_publish.audio.argv import Input
from cop_publish.audio.faults import Refused
from cop_publish.audio.proof.correlation import (
    WINDOW,
    Accounts,
    accounted,
    left_over,
    search,
    windows_of,
)
from cop_publish.audio.proof.permitted import Originals, permitted_of
from cop_publish.audio.proof.proof import prove, tally
from cop_publish.audio.proof.sketch import Sketch, emphasised, sketch, sketched
from cop_publish.core.timeline import Bookends, Cut, Gap, Instead, Origin, Piece, Timeline, timeline_of, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cop_publish.audio.grid import Floats

HZ = 48_000
SECONDS = 24
CUTS = (Cut(4.0, 6.5), Cut(9.2, 10.4, Instead.TONE), Cut(13.0, 14.1, Instead.SILENCE), Cut(18.0, 18.3))
REMOVED = slice(round(4.2 * HZ), round(6.2 * HZ))  # words from the first of them


@cache
def speech(seconds: float = SECONDS, seed: int = 3) -> Floats:
    """Like a voice: syllables of gliding pitch and changing vowels, breath between; no two alike."""
    rng = np.random.default_rng(seed)
    parts: list[Floats] = []
    while sum(map(len, parts)) < seconds * HZ:
        times = np.arange(int(rng.uniform(0.12, 0.35) * HZ)) / HZ
        pitch, glide = rng.uniform(95, 210), rng.uniform(-0.4, 0.4)
        turns = 2 * np.pi * pitch * (times + glide * times**2)
        vowel = rng.uniform((300, 900), (800, 2400))[:, None]
        weights = np.exp(-(((np.arange(1, 30) * pitch - vowel) / 180) ** 2)).sum(axis=0) + 0.02
        voice = sum(w * np.sin(k * turns + rng.uniform(0, 6)) for k, w in enumerate(weights, 1))
        syllable = voice * np.sin(np.pi * times / times[-1]) * rng.uniform(0.5, 1.0)
        pause = np.zeros(int(rng.choice([0.02, 0.05, 0.3]) * HZ))
        parts += [np.asarray(syllable, np.float32), pause.astype(np.float32)]
    sound = np.concatenate(parts)[: round(seconds * HZ)]
    sound += 0.002 * rng.standard_normal(len(sound))
    return np.asarray(0.25 * sound / np.abs(sound).max(), np.float32)[:, None]


@cache
def music(seconds: float, seed: int = 7) -> Floats:
    """Chords that change every half second."""
    rng = np.random.default_rng(seed)
    chords = []
    for _ in range(round(seconds * 2)):
        times = np.arange(HZ // 2) / HZ
        notes = 110 * 2 ** (rng.choice([0, 3, 5, 7, 10, 12, 15, 19, 24], 5) / 12)
        chords.append(
            sum(np.sin(2 * np.pi * n * times) + 0.4 * np.sin(4 * np.pi * n * times) for n in notes)
            * np.exp(-2 * times)
        )
    return np.asarray(0.05 * np.concatenate(chords), np.float32)[:, None]


TIMELINE = timeline_of(SECONDS * HZ, CUTS)


def heard(timeline: Timeline, recording: Floats, around: Floats | None = None) -> Floats:
    """The published sound as it should be: another way to it than the graph's, and than the proof's."""
    out = np.zeros((timeline.samples, recording.shape[1]))
    for index, (piece, at) in enumerate(zip(timeline.pieces, timeline.starts, strict=True)):
        length = piece.end - piece.start
        weight = np.ones((length, 1))
        weight[: piece.overlap, 0] = np.linspace(0, 1, piece.overlap)
        after = timeline.pieces[index + 1].overlap if index + 1 < len(timeline.pieces) else 0
        weight[length - after :, 0] *= np.linspace(1, 0, after)
        out[at : at + length] += weight * _piece(piece, recording, around)
    return np.asarray(out, np.float32)


def _piece(piece: Piece, recording: Floats, around: Floats | None) -> Floats:
    length = piece.end - piece.start
    if piece.origin is Origin.RECORDING:
        return recording[piece.start : piece.end]
    if piece.origin is Origin.TONE:
        return np.asarray(sounds.tone(length / HZ, -20.0), np.float32)[:, None]
    if piece.origin is Origin.SILENCE:
        return np.zeros((length, 1), np.float32)
    assert around is not None
    return around[piece.start : piece.end]


class Desk(NamedTuple):
    """Makes finished MP3s of published sound, and their proofs."""

    folder: Path
    open: ExitStack

    def sketched(self, sound: Floats, *options: str) -> Sketch:
        """By way of a file: 32-bit float WAV, or with `options` the MP3 that ffmpeg makes with them."""
        wav = sounds.write_float_wav(self.folder / "sound.wav", sound.astype(np.float64))
        made = sounds.convert(wav, self.folder / "sound.mp3", *options) if options else wav
        source = Input(made, sound.shape[1], 600.0)
        return self.open.enter_context(sketch(sounds.ENGINE, source, self.folder))

    def master(self, sound: Floats, filters: str = "anull", kbps: int = 96) -> Sketch:
        return self.sketched(
            sound, "-af", filters, "-c:a", "libmp3lame", "-b:a", f"{kbps}k", "-reservoir", "0"
        )

    def originals(self, recording: Floats | None = None) -> Originals:
        return Originals(self.sketched(speech() if recording is None else recording).pcm)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with ExitStack() as files:
        yield Desk(tmp_path, files)


CHAINS = {
    "plain": "anull",
    "highpass, levelled and limited": "highpass=f=80,dynaudnorm=f=300:g=15,volume=6dB,"
    "alimiter=limit=.8:level=0:latency=1",
    "noise taken out, de-essed, gated": "highpass=f=80,afftdn=nr=12:tn=1,"  # it comes 1200 samples late
    "atrim=start_sample=1200,asetpts=PTS-STARTPTS,apad=whole_len={samples},"
    "deesser=i=.5,agate=threshold=.003:range=.25",
}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_a_good_master_is_proved_whatever_was_done_to_its_sound(desk: Desk, chain: str) -> None:
    published = desk.master(heard(TIMELINE, speech()), chain.format(samples=TIMELINE.samples))
    found = prove(TIMELINE, desk.originals(), published)
    assert found.samples == TIMELINE.samples
    assert found.blocks == found.blocks_accounted > 100
    assert found.weakest_block > 0.55
    assert found.control is not None
    assert found.control > 0.93
    assert [(r.start_seconds, r.instead) for r in found.removed] == [
        (4.0, "nothing"),
        (9.2, "tone"),
        (13.0, "silence"),
        (18.0, "nothing"),
    ]
    scores = [r.score for r in found.removed]
    assert scores[3] is None  # shorter than half a second: length and blocks alone
    assert all(s is not None and s < 0.45 for s in scores[:3])


def test_intro_and_outro_may_sound_under_the_talk(desk: Desk) -> None:
    around, samples = music(4.0), 4 * HZ
    timeline = timeline_of(SECONDS * HZ, CUTS, (), Bookends(samples, samples, HZ))
    published = desk.master(heard(timeline, speech(), 2.0 * around))
    clip = desk.sketched(around).pcm
    found = prove(timeline, replace(desk.originals(), intro=clip, outro=clip), published)
    assert found.blocks == found.blocks_accounted


def test_a_removed_stretch_in_another_place_is_refused(desk: Desk) -> None:
    leak = heard(TIMELINE, speech())
    leak[10 * HZ : 12 * HZ] = speech()[REMOVED]
    refused(desk, leak, "are not what may be heard there, least of all at 0:1")


def test_a_removed_stretch_twelve_decibels_down_under_the_talk_is_refused(desk: Desk) -> None:
    leak = heard(TIMELINE, speech())
    add_under(leak[10 * HZ : 12 * HZ], speech()[REMOVED], -12.0)
    refused(desk, leak, "removed range 1|are not what may be heard there")


@pytest.mark.parametrize("seconds", [2.0, 1.0, 0.5])
def test_a_removed_stretch_eighteen_decibels_down_under_music_passes_as_music_and_is_found(
    desk: Desk, seconds: float
) -> None:
    timeline = timeline_of(SECONDS * HZ, CUTS, (), Bookends(0, 6 * HZ, HZ))
    leak, length = heard(timeline, speech(), music(6.0)), round(seconds * HZ)
    add_under(leak[-4 * HZ :][:length], speech()[REMOVED][:length], -18.0)
    originals = replace(desk.originals(), outro=desk.sketched(music(6.0)).pcm)
    with pytest.raises(Refused, match=r"removed range 1 \(0:04\.0 to 0:06\.5 of the recording\)"):
        prove(timeline, originals, desk.master(leak))


@pytest.mark.parametrize("late", [0.05, -0.05])
def test_a_cut_that_comes_50_milliseconds_too_late_or_too_early_is_refused(desk: Desk, late: float) -> None:
    asked, done = (timeline_of(SECONDS * HZ, (Cut(3.85 + x, 6.45 + x),)) for x in (0.0, late))
    assert asked.samples == done.samples
    with pytest.raises(Refused, match=r"1 of .* are not what may be heard there|2 of .* are not what may be"):
        prove(asked, desk.originals(), desk.master(heard(done, speech())))


def test_everything_50_milliseconds_late_is_refused(desk: Desk) -> None:
    refused(desk, np.roll(heard(TIMELINE, speech()), 2400, axis=0), "are not what may be heard there")


def test_a_voice_under_its_tone_is_refused(desk: Desk) -> None:
    leak = heard(TIMELINE, speech())
    tone = next(i for i, p in enumerate(TIMELINE.pieces) if p.origin is Origin.TONE)
    at, piece = TIMELINE.starts[tone], TIMELINE.pieces[tone]
    add_under(leak[at : at + piece.end - piece.start], speech()[piece.start : piece.end], -9.0)
    refused(desk, leak, "removed range 2|are not what may be heard there")


def test_a_voice_in_its_silence_is_refused(desk: Desk) -> None:
    leak = heard(TIMELINE, speech())
    gap = next(i for i, p in enumerate(TIMELINE.pieces) if p.origin is Origin.SILENCE)
    at, piece = TIMELINE.starts[gap], TIMELINE.pieces[gap]
    leak[at : at + piece.end - piece.start] += 0.1 * speech()[piece.start : piece.end]
    refused(desk, leak, "are not what may be heard there")


def test_one_sample_too_many_is_refused(desk: Desk) -> None:
    sound = heard(TIMELINE, speech())
    refused(desk, np.pad(sound, ((0, 1), (0, 0))), f"{TIMELINE.samples + 1} samples long")


def test_a_timeline_that_lets_a_removed_range_through_does_not_make_it_permitted(desk: Desk) -> None:
    """The pieces come from the gaps; should they ever not agree, the gaps decide."""
    broken = Timeline(whole(SECONDS * HZ).pieces, (Gap(4 * HZ, round(6.5 * HZ)),))
    with pytest.raises(Refused, match="are not what may be heard there"):
        prove(broken, desk.originals(), desk.master(speech()))


def test_a_leak_that_cancels_when_both_channels_are_added_is_refused(desk: Desk) -> None:
    recording = np.concatenate([speech(), 0.6 * speech(seed=4)], axis=1)
    kept = np.concatenate([heard(TIMELINE, recording[:, [c]]) for c in (0, 1)], axis=1)
    proved = prove(TIMELINE, desk.originals(recording), desk.master(kept, kbps=128))
    assert proved.blocks == proved.blocks_accounted
    leak = kept.copy()
    leak[10 * HZ : 12 * HZ] += 0.5 * recording[REMOVED, :1] * np.array([1.0, -1.0], np.float32)
    with pytest.raises(Refused, match=r"removed range|are not what may be heard"):
        prove(TIMELINE, desk.originals(recording), desk.master(leak, kbps=128))


def test_a_repeated_jingle_is_not_taken_for_a_leak_of_its_removed_copy(desk: Desk) -> None:
    recording = speech().copy()
    for second in (1, 4, 15):  # the middle one falls into the first cut
        recording[second * HZ : (second + 2) * HZ] = 2 * music(2.0)
    found = prove(TIMELINE, desk.originals(recording), desk.master(heard(TIMELINE, recording)))
    assert found.removed[0].score is not None
    assert found.removed[0].score < 0.5


def test_a_silent_range_has_no_score_and_a_noisy_one_is_searched_for(desk: Desk) -> None:
    recording = speech().copy()
    recording[4 * HZ : round(6.5 * HZ)] = 0.0
    noise = np.random.default_rng(2).standard_normal((round(1.2 * HZ), 1))
    recording[round(9.2 * HZ) : round(9.2 * HZ) + len(noise)] = 0.05 * noise
    found = prove(TIMELINE, desk.originals(recording), desk.master(heard(TIMELINE, recording)))
    assert found.removed[0].score is None
    assert found.removed[1].score is not None
    assert found.removed[1].score < 0.3


def test_the_loud_sound_beside_a_quiet_removed_range_is_not_taken_for_it(desk: Desk) -> None:
    recording = 2 * music(float(SECONDS))
    timeline = timeline_of(SECONDS * HZ, (Cut(6.2, 7.3), Cut(12.3, 13.1, Instead.SILENCE)))
    for gap in timeline.gaps:
        noise = np.random.default_rng(gap.start).standard_normal((gap.end - gap.start, 1))
        recording[gap.start : gap.end] = 0.008 * noise
    found = prove(timeline, desk.originals(recording), desk.master(heard(timeline, recording)))
    scores = [r.score for r in found.removed]
    assert all(s is not None and s < 0.35 for s in scores)


def test_where_nothing_was_removed_nothing_is_searched_for(desk: Desk) -> None:
    timeline = whole(SECONDS * HZ)
    found = prove(timeline, desk.originals(), desk.master(speech()))
    assert (found.removed, found.control) == ((), None)
    assert found.edits_sha256 == timeline.sha256


def test_a_search_that_does_not_find_a_kept_second_proves_nothing(desk: Desk) -> None:
    """Brutally clipped: every block is recognised, and a leak would be found with less than it should be."""
    crushed = desk.master(heard(TIMELINE, speech()), "volume=40dB,asoftclip=type=hard,volume=-12dB")
    with pytest.raises(Refused, match=r"proves nothing: a kept second was found with 0\.[78]"):
        prove(TIMELINE, desk.originals(), crushed)


def add_under(sound: Floats, words: Floats, level_db: float) -> None:
    """Mix words into a stretch of sound, so much quieter than it."""
    sound += np.float32(10 ** (level_db / 20) * size(sound) / size(words)) * words


def refused(desk: Desk, sound: Floats, words: str) -> None:
    with pytest.raises(Refused, match=words):
        prove(TIMELINE, desk.originals(), desk.master(sound))


def size(sound: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(sound))))


# --- on plain arrays ------------------------------------------------------------------------------


def test_blocks_are_compared_in_the_workers_too_and_other_speech_is_not_the_same() -> None:
    one, other = speech()[: 4 * HZ], speech(seed=9)[: 4 * HZ]
    same = tally(accounted(one, 0.5 * one))
    assert (same.blocks, same.accounted) == (same.blocks, same.blocks)
    assert same.weakest > 0.99
    unlike = tally(accounted(one, other))
    assert unlike.accounted < 0.1 * unlike.blocks


def test_a_sketch_made_here_is_the_one_that_the_decoder_makes(desk: Desk) -> None:
    ours = sketched(speech()[: 3 * HZ])
    theirs = desk.sketched(speech()[: 3 * HZ]).pcm.read(0, len(ours))
    middle = slice(400, -400)
    assert size((ours - theirs)[middle]) < 0.05 * size(theirs[middle])


def test_a_removed_pause_that_ends_in_a_click_is_nothing_to_search_for() -> None:
    pause = 0.001 * np.random.default_rng(1).standard_normal((6000, 1)).astype(np.float32)
    pause[-150:] = speech()[-150:] * 4
    (window,) = windows_of(pause)
    assert np.abs(window).max() < 0.1  # the first of its windows, which has only the noise
    assert len(windows_of(emphasised(sketched(speech()[: 2 * HZ])))) == 7


def test_what_is_left_over_of_permitted_sound_is_nothing_and_of_a_leak_all_of_it() -> None:
    first, second = (emphasised(sketched(speech(seed=s)[: 4 * HZ])) for s in (1, 2))
    nothing = np.zeros_like(first)
    inside = slice(400, -400)
    assert size(left_over(0.7 * first, first, nothing)[inside]) < 0.01 * size(first)
    assert size(left_over(0.7 * first + 0.2 * second, first, second)[inside]) < 0.01 * size(first)
    assert size(left_over(second, first, nothing)[inside]) > 0.9 * size(second[inside])


def test_the_search_finds_a_window_wherever_it_is_and_however_quiet() -> None:
    sound = emphasised(sketched(speech(seed=5)[: 8 * HZ]))
    window = windows_of(emphasised(sketched(speech(seed=6)[:HZ])))[:1]
    quiet = sound.copy()
    quiet[32_000 : 35_000 + WINDOW] = 0.0
    quiet[33_333 : 33_333 + WINDOW] = 0.01 * window[0]
    whole_of = [(0, len(sound))]
    assert search(window, quiet, quiet, whole_of)[0] > 0.99
    assert search(window, -quiet, -quiet, whole_of)[0] > 0.99
    assert search(window, sound, sound, whole_of)[0] < 0.6


def test_what_permitted_sound_leaves_over_of_itself_is_no_leak_and_the_same_beside_other_sound_is() -> None:
    window = windows_of(emphasised(sketched(speech(seed=6)[:HZ])))[:1]
    other = windows_of(emphasised(sketched(speech(seed=8)[:HZ])))[0]
    rest = np.pad(0.4 * window[0], ((2000, 2000), (0, 0)))
    itself, another = (rest + np.pad(sound, ((2000, 2000), (0, 0))) for sound in (window[0], other))
    assert search(window, rest, another, [(0, len(rest))])[0] > 0.9
    assert search(window, rest, itself, [(0, len(rest))])[0] < 0.5


class _Counting:
    """Sound of hours in which every sample says where it is."""

    channels = 1
    samples = 6 * 3600 * 8000

    def read(self, start: int, stop: int) -> Floats:
        return np.asarray((np.arange(start, stop) % 1009)[:, None], np.float32)


def test_places_are_exact_hours_into_a_recording() -> None:
    """A float32 index would be wrong from 35 minutes on at this rate."""
    timeline = timeline_of(6 * 3600 * HZ, (Cut(10.0, 11.0),))
    at = 5 * 3600 * 8000
    layer, _ = permitted_of(timeline, Originals(_Counting())).read(at, at + 8000)
    a_second_and_its_fade = 8000 + 80
    assert np.array_equal(layer[:, 0], (np.arange(at, at + 8000) + a_second_and_its_fade) % 1009)


def test_noise_and_the_spread_of_a_loud_neighbour_are_not_counted() -> None:
    levels = np.array([-70, -60, -58, -20, -52, -20, -90, -30], np.float32)
    scores = np.array([0.1, 0.2, 0.3, 0.9, 0.1, 0.8, 0.0, 0.7], np.float32)
    found = tally(Accounts(levels, scores))
    assert (found.blocks, found.accounted, found.weakest, found.weakest_at) == (3, 3, 0.7, 7)


@pytest.mark.parametrize("sixths", range(6))
def test_the_search_is_as_sure_between_two_samples_of_a_sketch(desk: Desk, sixths: int) -> None:
    """The kept second behind this cut stands so many samples of 48 kHz beside a sample of 8 kHz."""
    timeline = timeline_of(SECONDS * HZ, (Cut(0.0, 1.0 + sixths / HZ),))
    found = prove(timeline, desk.originals(), desk.master(heard(timeline, speech())))
    assert found.control is not None
    assert found.control > 0.95


def test_the_edge_of_a_loud_sound_is_not_taken_for_a_leak() -> None:
    window = windows_of(emphasised(sketched(speech(seed=6)[HZ : 2 * HZ])))
    other = emphasised(sketched(speech(seed=7)[: 4 * HZ]))
    other[: 2 * 8000] *= 0.001  # quiet, then loud
    stretches = [(start, start + WINDOW + 60) for start in range(0, 24_000, 1000)]
    assert search(window, other, other, stretches).max() < 0.6
