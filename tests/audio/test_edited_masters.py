"""Edited masters, from real files to the finished MP3: what was taken out is gone, all else in its place."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from cutting_room import ABSENT, FOUND, HZ, WINDOW, Judge, Room, level_db, mono, share_of_tone, speech
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3
from sounds import Sound, decode, make, write_wav
from workshop import Workshop

from cop_publish.audio.encode import plan_of, set_up
from cop_publish.audio.faults import Refused
from cop_publish.audio.hearing.measure import Inputs, measure
from cop_publish.audio.hearing.measure import Room as Scratch
from cop_publish.audio.jingles import NO_JINGLES
from cop_publish.audio.mp3.press import Press
from cop_publish.audio.mp3.render import render
from cop_publish.audio.proof.prove import Cast, prove_master
from cop_publish.audio.recording.probe import probe
from cop_publish.core.edits import Edit
from cop_publish.core.model import Chapter, Cue, Moment
from cop_publish.core.problems import Place
from cop_publish.core.published_time import in_published_time
from cop_publish.core.timeline import Cut, Instead, Origin, Timeline, timeline_of
from cop_publish.settings import Sound as Settings

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.audio.shelf import Encoded
    from cop_publish.core.loudness import Proof

A_MILLISECOND = HZ // 1000
SECONDS = 30
CUTS = (
    Cut(4.0, 6.5),
    Cut(9.2, 10.4, Instead.TONE),
    Cut(13.0, 14.1, Instead.SILENCE),
    Cut(24.00007, 25.3),
)
PAUSE = slice(round(16.5 * HZ), round(19.5 * HZ))
SETTINGS = Settings(longest_pause_seconds=1.5, intro="intro.wav", outro="outro.mp3")


def talk(channels: int) -> Sound:
    """Half a minute with a long pause in it; in stereo two people, each on a side."""
    if channels == 1:
        sound = speech(SECONDS)[:, None].copy()
    else:
        near, far = speech(SECONDS), speech(SECONDS, 8, 210.0)
        sound = np.stack([near + 0.3 * far, 0.3 * near + far], axis=1)
    sound[PAUSE] *= 0.003
    return sound


def jingle(channels: int, seed: int) -> Sound:
    """Three seconds that are like nothing else here, with silence at both ends."""
    hiss = 0.01 * np.random.default_rng(seed).standard_normal(3 * HZ)  # so that it begins and ends at once
    sides = [0.3 * speech(3.0, seed + n, 300.0) + hiss for n in range(channels)]
    return np.pad(np.stack(sides, axis=1), ((HZ // 5, HZ // 10), (0, 0)))


@dataclass(frozen=True, slots=True)
class Made:
    """A recording, its jingles, and the master of them."""

    recording: Sound
    intro: Sound
    outro: Sound
    encoded: Encoded
    heard: Sound


@pytest.fixture(scope="module", params=["mono talk, stereo jingles", "stereo talk, mono jingles"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    channels, others = (1, 2) if request.param.startswith("mono") else (2, 1)
    root: Path = tmp_path_factory.mktemp("edited")
    recording, intro, outro = talk(channels), jingle(others, 20), jingle(others, 30)
    write_wav(root / "intro.wav", intro)
    make(root / "outro.mp3", outro, "-b:a", "256k")
    room = Room(root, sound=SETTINGS, edit=Edit(CUTS)).record(recording)
    return Made(recording, intro, outro, room.encode(), room.heard())


def windows(start: int, end: int) -> list[slice]:
    """Half seconds of a range, every quarter of a second."""
    return [slice(at, at + WINDOW) for at in range(start, end - WINDOW + 1, WINDOW // 2)]


def test_the_master_is_as_long_as_its_timeline_to_the_sample(made: Made) -> None:
    timeline = made.encoded.timeline
    assert len(made.heard) == timeline.samples == made.encoded.samples
    assert made.heard.shape[1] == made.recording.shape[1]
    around = [len(piece) for piece in (made.intro, made.outro)]
    taken_out = (2.5 + 1.29993) + timeline.totals.pause_seconds
    longest = len(made.recording) + sum(around) - taken_out * HZ - 2 * HZ
    assert longest - HZ < timeline.samples < longest  # less the silence around the jingles, and the fades
    assert timeline.totals.pauses == 1
    assert 1.5 < timeline.totals.pause_seconds < 3.0


def test_no_half_second_of_a_removed_range_is_in_it(made: Made) -> None:
    talk_, judge = mono(made.recording), Judge(mono(made.heard))
    for cut in CUTS:
        for window in windows(round(cut.start_seconds * HZ), round(cut.end_seconds * HZ)):
            assert judge.find(talk_[window])[1] < ABSENT


def test_everything_that_is_kept_is_heard_where_the_timeline_says(made: Made) -> None:
    talk_, judge, timeline = mono(made.recording), Judge(mono(made.heard)), made.encoded.timeline
    kept = [piece for piece in timeline.pieces if piece.origin is Origin.RECORDING]
    looked_at = 0
    for piece in kept:
        for window in windows(piece.start + HZ + 480, piece.end - HZ):  # past what sounds with the jingles
            if level_db(talk_[window]) < -50:
                continue
            place, score = judge.find(talk_[window])
            said = timeline.published_seconds(window.start / HZ) * HZ
            assert abs(place - said) <= A_MILLISECOND
            assert score > FOUND
            looked_at += 1
    assert len(kept) == len(CUTS) + 2
    assert looked_at > 20


def test_a_tone_and_a_silence_stand_where_the_words_stood(made: Made) -> None:
    timeline, heard = made.encoded.timeline, mono(made.heard)
    places = {
        piece.origin: slice(start + 2400, start + piece.end - piece.start - 2400)
        for piece, start in zip(timeline.pieces, timeline.starts, strict=True)
    }
    a_tone, silence = heard[places[Origin.TONE]], heard[places[Origin.SILENCE]]
    assert len(a_tone) == pytest.approx(1.2 * HZ, abs=4800)
    assert share_of_tone(a_tone, 1000.0) > 0.99
    assert -40 < level_db(a_tone) < -12
    assert level_db(silence) < -80


def test_the_jingles_are_first_and_last_and_fade_into_the_talk(made: Made) -> None:
    talk_, judge, timeline = mono(made.recording), Judge(mono(made.heard)), made.encoded.timeline
    intro, outro = mono(made.intro), mono(made.outro)
    (first, *_, last), (*_, last_start) = timeline.pieces, timeline.starts
    assert (first.origin, last.origin) == (Origin.INTRO, Origin.OUTRO)
    begins = HZ // 5  # the silence before it was taken off
    place, score = judge.find(intro[begins + 2400 :][: 3 * WINDOW])
    assert abs(place - 2400) <= A_MILLISECOND
    assert score > FOUND
    place, score = judge.find(outro[begins + HZ :][: 3 * WINDOW])
    assert abs(place - (last_start + HZ)) <= 2 * A_MILLISECOND  # an MP3 begins to sound a little early
    assert score > FOUND
    opening = judge.find(talk_[HZ // 4 :][:WINDOW])[0]  # under the end of the intro already
    assert abs(opening - (first.end - HZ + HZ // 4)) <= A_MILLISECOND
    assert timeline.published_seconds(0.25) * HZ == pytest.approx(opening, abs=A_MILLISECOND)


def test_the_report_says_what_was_done_and_what_was_proved(made: Made) -> None:
    report = made.encoded.report
    assert (report.cuts, report.replaced, report.pauses) == (2, 2, 1)
    assert report.cut_seconds == pytest.approx(3.79993, abs=0.001)
    proof = report.proof
    assert proof.samples == made.encoded.samples
    assert proof.edits_sha256 == made.encoded.timeline.sha256
    assert 0 < proof.blocks == proof.blocks_accounted
    for attribute in ("start_seconds", "end_seconds"):
        assert [getattr(removed, attribute) for removed in proof.removed] == pytest.approx(
            [getattr(cut, attribute) for cut in CUTS], abs=1e-4
        )
    assert all(r.score is not None and r.score < ABSENT for r in proof.removed)
    assert proof.control is not None
    assert proof.control > 0.9
    assert len(report.cut_marks_seconds) == len(CUTS)


def test_the_judge_of_these_tests_finds_what_is_not_taken_out(tmp_path: Path) -> None:
    room = Room(tmp_path).record(talk(1))
    room.encode()
    talk_, judge = mono(talk(1)), Judge(mono(room.heard()))
    for cut in CUTS:
        for window in windows(round(cut.start_seconds * HZ), round(cut.end_seconds * HZ)):
            place, score = judge.find(talk_[window])
            assert abs(place - window.start) <= A_MILLISECOND
            assert score > FOUND


def test_chapters_cues_and_times_in_the_notes_are_where_their_sound_is(tmp_path: Path) -> None:
    """Told from the finished file: what was said at a time of the recording is heard at the published one."""
    write_wav(tmp_path / "intro.wav", jingle(1, 20))
    times = (8.0, 11.0, 20.25)
    workshop = Workshop(tmp_path, sound=replace(SETTINGS, outro=""))
    where = Place("episodes/012-citizens-jury/episode.md", 9)
    workshop.episode = replace(
        workshop.episode,
        edit=Edit(CUTS),
        chapters=(Chapter(0.0, "Welcome", ""), *(Chapter(time, "A chapter", "") for time in times)),
        cues=tuple(Cue(time, time + 0.8, "", "Words.") for time in times),
        notes=" ".join(f"{{t:{time}}}" for time in times),
        moments=tuple(Moment(time, where) for time in times),
    )
    write_wav(workshop.recording, talk(1))
    master = workshop.produce()
    assert master.file is not None
    judge, talk_ = Judge(mono(decode(master.file).astype(np.float64))), mono(talk(1))
    sounding = [judge.find(talk_[round(time * HZ) :][:WINDOW])[0] / HZ for time in times]
    assert sounding == sorted(sounding)
    assert sounding != pytest.approx(times, abs=0.5)  # all of them moved

    tags: Any = ID3(master.file)  # type: ignore[no-untyped-call]  # mutagen has no types
    starts = sorted(chapter.start_time / 1000 for chapter in tags.getall("CHAP"))
    episode = in_published_time(workshop.episode, master.timeline)
    assert starts == pytest.approx([0.0, *sounding], abs=0.0015)
    assert [c.start_seconds for c in episode.chapters] == pytest.approx([0.0, *sounding], abs=0.0015)
    assert [c.start_seconds for c in episode.cues] == pytest.approx(sounding, abs=0.0015)
    assert [c.end_seconds - c.start_seconds for c in episode.cues] == pytest.approx([0.8] * 3, abs=0.0015)
    linked = [float(found) for found in re.findall(r"#t=([0-9.]+)", episode.notes)]
    assert linked == pytest.approx(sounding, abs=0.0015)


# --- leaks planted in the pipeline itself -------------------------------------------------------------

SAMPLES = SECONDS * HZ
HONEST = timeline_of(SAMPLES, CUTS)


def proved(room: Room, played: Timeline, claimed: Timeline) -> Proof:
    """Master a recording as one timeline has it, and prove it against another."""
    order = room.order()
    with ThreadPoolExecutor(2) as hands:
        desk = set_up(order, hands, lambda _step, _done: None)
        with desk.shelf.part() as part:
            source = probe(desk.engine, order.recording)
            scratch = Scratch(desk.shelf.folder, 1, lambda _: None)
            heard = measure(desk.engine, Inputs(source.input), played, order.sound, scratch)
            with Cast(heard, played, NO_JINGLES, ()) as cast:
                press = Press(desk.engine, hands, part, desk.progress)
                plan = plan_of(press, cast, order.sound).plan
                rendered = render(press, heard.sound.read, plan, order.sound)
                return prove_master(desk.engine, source, replace(cast, timeline=claimed), rendered, part)


def without(index: int, *instead: Cut) -> Timeline:
    """The timeline that forgets one of the cuts."""
    return timeline_of(SAMPLES, (*CUTS[:index], *instead, *CUTS[index + 1 :]))


LEAKS = {
    "a cut is forgotten": (without(0), HONEST, "samples long"),
    "a tone is forgotten": (without(1), HONEST, "not what may be heard there"),
    "a silence is forgotten": (without(2), HONEST, "not what may be heard there"),
    "another range is cut": (without(0, Cut(20.0, 22.5)), HONEST, "not what may be heard there"),
    "a cut comes 100 ms late": (
        without(0, Cut(4.1, 6.6)),
        HONEST,
        "not what may be heard there",
    ),
    "a tone's range is only listed": (
        replace(without(1), gaps=HONEST.gaps),
        replace(without(1), gaps=HONEST.gaps),
        "not what may be heard there",
    ),
}


@pytest.fixture(scope="module")
def talk_room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(tmp_path_factory.mktemp("leaks"), sound=Settings(leveller=0.0)).record(talk(1))


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_in_the_pipeline_is_refused(leak: str, talk_room: Room) -> None:
    played, claimed, words = LEAKS[leak]
    with pytest.raises(Refused, match=words):
        proved(talk_room, played, claimed)


def test_the_same_pipeline_without_a_leak_is_proved(talk_room: Room) -> None:
    proof = proved(talk_room, HONEST, HONEST)
    assert proof.blocks == proof.blocks_accounted > 0
    assert len(proof.removed) == len(CUTS)


# --- any edit list, any number of hands -----------------------------------------------------------------

LONG_SECONDS = 130  # two chunks
_EDGES = st.lists(st.integers(0, LONG_SECONDS * 100), min_size=2, max_size=12, unique=True).map(sorted)


def bursts(seconds: int) -> Sound:
    """Noise in syllables: cheap, and no two are alike."""
    rng = np.random.default_rng(11)
    loudness = np.repeat(rng.choice([0.0, 0.05, 0.2, 0.3], seconds * 4), HZ // 4)
    return np.asarray(loudness * rng.uniform(-1, 1, seconds * HZ))


@pytest.fixture(scope="module")
def long_room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(tmp_path_factory.mktemp("long")).record(bursts(LONG_SECONDS))


@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # to make a failing list smaller would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(edges=_EDGES, kinds=st.lists(st.sampled_from(Instead), min_size=6, max_size=6))
def test_any_edit_list_gives_the_same_bytes_for_any_number_of_hands(
    edges: list[int], kinds: list[Instead], long_room: Room
) -> None:
    cuts = [
        Cut(start / 100, end / 100, kind)
        for start, end, kind in zip(edges[::2], edges[1::2], kinds, strict=False)
    ]
    long_room.edit = Edit(tuple(cuts))
    bytes_, samples = set(), set()
    for jobs in (1, 2, 3, 8):
        samples.add(long_room.encode(jobs).samples)
        bytes_.add(long_room.published.read_bytes())
    assert len(bytes_) == 1
    assert samples == {timeline_of(LONG_SECONDS * HZ, cuts).samples}


# --- the trap of 32-bit floats ----------------------------------------------------------------------------

TRAP = 2**24  # the first sample number after which a float32 cannot tell two neighbours apart: 349.5 s


def test_a_cut_behind_sample_2_to_the_24_is_where_it_is_to_the_sample(tmp_path: Path) -> None:
    recording = bursts(390)
    start, end, tone_start, tone_end = TRAP + 84_785, TRAP + 244_789, TRAP + 600_001, TRAP + 660_007
    assert all(int(np.float32(place)) != place for place in (start, end, tone_start, tone_end))
    cuts = (Cut(start / HZ, end / HZ), Cut(tone_start / HZ, tone_end / HZ, Instead.TONE))
    room = Room(tmp_path, sound=Settings(highpass_hz=0), edit=Edit(cuts)).record(recording)
    encoded, heard = room.encode(), mono(room.heard())
    assert [(gap.start, gap.end) for gap in encoded.timeline.gaps] == [(start, end), (tone_start, tone_end)]
    moved = end - start + 480  # all that comes after it: 10 ms of both sides sound together
    assert len(heard) == len(recording) - moved
    for place, shift in [
        (start - 480 - 2 * WINDOW, 0),
        (end + 480, moved),
        (tone_start - 480 - WINDOW, moved),
        (tone_end + 480, moved),
        (len(recording) - 2 * WINDOW, moved),
    ]:
        window = recording[place : place + 2 * WINDOW]
        around = place - shift - 500
        found, score = Judge(heard[around : around + len(window) + 1000], step=1).find(window)
        assert found == 500
        assert score > 0.2  # of noise beyond what the MP3 keeps; by chance it is 0.02
    inside = heard[tone_start - moved + 480 : tone_end - moved - 480]
    assert share_of_tone(inside, 1000.0) > 0.99
