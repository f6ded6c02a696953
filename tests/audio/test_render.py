"""Side by side and in pieces, and yet one sound, as a single encoder makes it; and all of it is heard."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sounds import ENGINE, decode, talk

from cop_publish.audio.argv import encode_chunk_argv
from cop_publish.audio.faults import Refused
from cop_publish.audio.grid import BLOCK, FRAME, Floats
from cop_publish.audio.hearing.mix import AS_IT_IS_MONO, AS_IT_IS_STEREO
from cop_publish.audio.hearing.readings import parse_readings
from cop_publish.audio.mp3 import chunk, frames, render
from cop_publish.audio.mp3.frames import Chunk, chunks_of, frame_bytes
from cop_publish.audio.mp3.pace import Pace
from cop_publish.audio.mp3.press import Press, booth
from cop_publish.audio.mp3.trial import loudest_stretch, trial
from cop_publish.audio.planning.gating import integrated_lufs, range_lu
from cop_publish.audio.planning.levels import levels, reader
from cop_publish.audio.planning.plan import Material, Plan, first_plan
from cop_publish.audio.planning.true_peak import every_true_peak
from cop_publish.settings import Sound

if TYPE_CHECKING:
    from pathlib import Path

BLOCKS = range(72_000, 79 * 48_000, 48_000)  # some, in every chunk
LIMIT = 10 ** (-1.0 / 20)


def meter(sound: Floats, key: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """ffmpeg's ebur128 over a whole sound at once, every 100 ms."""
    graph = f"ebur128=metadata=1:framelog=verbose:dualmono=1,ametadata=mode=print:key=lavfi.r128.{key}:file=-"
    source = ["-f", "f32le", "-ar", "48000", "-ac", str(sound.shape[1]), "-i", "pipe:0"]
    command = [ENGINE, "-v", "error", *source, "-af", graph, "-f", "null", "-"]
    written = subprocess.run(
        command, input=sound.tobytes(), check=True, capture_output=True, timeout=60
    ).stdout
    return parse_readings(written).astype(np.float64)


@cache
def conversation(seconds: int, channels: int) -> Floats:
    """Voices of several levels, pauses with a quiet room in them, claps and digital silence."""
    rng = np.random.default_rng(7)
    voices = [talk(10, -16.0 - 4 * (n % 4), seed=n % 5 + 1) for n in range(-(-seconds // 10))]
    sound = np.concatenate(voices)[: seconds * 48_000]
    times = np.arange(len(sound)) / 48_000
    sound *= np.where(np.sin(2 * np.pi * times / 5.3) > -0.3, 1.0, 1e-3)  # pauses of 2 s
    sound += 10 ** (-75 / 20) * rng.standard_normal(len(sound))
    for start in range(30_000, len(sound) - 240, 7 * 48_000):
        sound[start : start + 240] += 0.5 * rng.standard_normal(240)
    sound[len(sound) // 2 : len(sound) // 2 + 20_000] = 0.0
    other = 0.7 * np.roll(sound, 401) + 0.1 * np.roll(sound, 48_000)
    columns = [sound, other][:channels]
    return np.ascontiguousarray(np.stack(columns, axis=1) * 0.5, dtype=np.float32)


@cache
def shouting(channels: int) -> Floats:
    """Half a minute of a voice that is 14 dB louder for a moment now and then: low tones at the ceiling."""
    sound = talk(30, -30.0, seed=3)
    times = np.arange(len(sound)) / 48_000
    sound *= np.where(times % 9.0 < 0.15, 5.0, 1.0)
    columns = [sound, 0.8 * np.roll(sound, 97)][:channels]
    return np.ascontiguousarray(np.stack(columns, axis=1), dtype=np.float32)


def material_of(sound: Floats) -> Material:
    read = reader(sound)
    return Material(read, levels(read, *sound.shape), meter(sound, "M"))


@cache
def material(seconds: int, channels: int) -> Material:
    return material_of(conversation(seconds, channels))


@cache
def shouted(channels: int) -> Material:
    return material_of(shouting(channels))


def planned(made_of: Material, kbps: int) -> tuple[Plan, Sound]:
    sound = Sound(mono_kbps=kbps, stereo_kbps=kbps)
    mix = AS_IT_IS_MONO if made_of.levels.channels == 1 else AS_IT_IS_STEREO
    return first_plan(made_of, sound, mix), sound


def compensated(press: Press, made_of: Material, plan: Plan) -> Plan:
    with trial(press, render.stream_of(plan), made_of.read, made_of.momentary) as loss:
        return replace(plan, encoder_db=loss())


@dataclass
class Printer:
    """A press whose file is `part`, and what it told."""

    part: Path
    told: list[tuple[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.part.write_bytes(b"left over from before" * 1000)

    def render(self, made_of: Material, plan: Plan, sound: Sound, hands: int = 2) -> render.Rendered:
        with ThreadPoolExecutor(hands) as pool:
            press = self.press(pool)
            return render.render(press, made_of.read, compensated(press, made_of, plan), sound)

    def press(self, pool: ThreadPoolExecutor) -> Press:
        return Press(ENGINE, pool, self.part, lambda step, share: self.told.append((step, share)))


def by_one_encoder(made_of: Material, plan: Plan) -> list[bytes]:
    """The frames that one encoder makes from the first sample to the last."""
    whole = (render.stream_of(plan).frames + 4) * FRAME
    pcm = made_of.read(0, whole) * plan.encoder_gain(0, whole)[:, None]
    argv = encode_chunk_argv(ENGINE, plan.mix.channels, plan.kbps)
    raw = subprocess.run(argv, input=pcm.tobytes(), check=True, capture_output=True, timeout=60).stdout
    return split(raw, plan)[: render.stream_of(plan).frames]


def split(raw: bytes, plan: Plan) -> list[bytes]:
    size = frame_bytes(plan.kbps)
    return [raw[at : at + size] for at in range(0, len(raw), size)]


# --- one sound ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("channels", "kbps"), [(1, 96), (2, 128)])
def test_every_frame_is_the_one_that_a_single_encoder_makes(tmp_path: Path, channels: int, kbps: int) -> None:
    plan, sound = planned(material(80, channels), kbps)
    rendered = Printer(tmp_path / "part").render(material(80, channels), plan, sound)
    assert len(chunks_of(rendered.stream.frames)) == 4
    assert other_frames(tmp_path / "part", rendered, material(80, channels)) == []


@pytest.mark.parametrize(("channels", "kbps"), [(1, 48), (1, 96), (2, 96)])
def test_after_repairs_too_the_mp3_is_what_the_final_plan_says(
    tmp_path: Path, channels: int, kbps: int
) -> None:
    plan, sound = planned(shouted(channels), kbps)
    rendered = Printer(tmp_path / "part").render(shouted(channels), too_high(plan), sound)
    assert rendered.again_frames % rendered.stream.frames > 0  # parts of it, not only all of it
    assert other_frames(tmp_path / "part", rendered, shouted(channels)) == []


def other_frames(part: Path, rendered: render.Rendered, made_of: Material) -> list[int]:
    """Numbers of the frames that one encoder makes differently."""
    ours = split(part.read_bytes()[rendered.stream.info_bytes :], rendered.plan)
    theirs = by_one_encoder(made_of, rendered.plan)
    return [n for n, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b]


def test_less_preroll_would_be_heard_in_the_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: after 1.2 s an encoder still remembers the speech before a pause."""
    plan, _ = planned(material(80, 1), 96)
    whole = by_one_encoder(material(80, 1), plan)
    monkeypatch.setattr(frames, "PREROLL_FRAMES", 50)
    monkeypatch.setattr(render, "chunks_of", partial(chunks_of, longest=200))
    with ThreadPoolExecutor(2) as pool:
        render.render_unheard(Printer(tmp_path / "part").press(pool), material(80, 1).read, plan)
    ours = split((tmp_path / "part").read_bytes()[288:], plan)
    assert sum(a != b for a, b in zip(ours, whole, strict=True)) > 0


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(longest=st.integers(8, 30).map(lambda n: 25 * n))
def test_any_chunks_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, longest: int
) -> None:
    plan, _ = planned(material(30, 1), 96)
    monkeypatch.setattr(render, "chunks_of", partial(chunks_of, longest=longest))
    with ThreadPoolExecutor(2) as pool:
        render.render_unheard(Printer(tmp_path / "part").press(pool), material(30, 1).read, plan)
    again = render_alone(tmp_path / "whole", plan)
    assert (tmp_path / "part").read_bytes() == again


def render_alone(part: Path, plan: Plan) -> bytes:
    """All of it as one chunk, by one hand."""
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
        patch.setattr(render, "chunks_of", lambda count: (Chunk(0, count),))
        render.render_unheard(Printer(part).press(pool), material(30, 1).read, plan)
    return part.read_bytes()


def test_the_number_of_hands_changes_no_byte(tmp_path: Path) -> None:
    plan, sound = planned(material(30, 2), 128)
    plan = too_high(plan)
    made = set()
    for hands in (1, 2, 3, 8):
        rendered = Printer(tmp_path / "part").render(material(30, 2), plan, sound, hands)
        assert rendered.again_frames > 0
        made.add((tmp_path / "part").read_bytes())
    assert len(made) == 1


# --- heard ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("channels", "kbps"), [(1, 96), (2, 128)])
def test_what_the_chunks_sound_like_is_what_the_finished_file_sounds_like(
    tmp_path: Path, channels: int, kbps: int
) -> None:
    plan, sound = planned(material(80, channels), kbps)
    made_of = material(80, channels)
    rendered = Printer(tmp_path / "part").render(made_of, plan, sound)
    (tmp_path / "part.mp3").write_bytes((tmp_path / "part").read_bytes())
    decoded = decode(tmp_path / "part.mp3")
    assert len(decoded) == plan.samples
    heard, loudness = rendered.heard, rendered.loudness
    momentary, short_term = meter(decoded, "M"), meter(decoded, "S")
    assert np.abs(heard.momentary - momentary)[momentary > -90].max() <= 0.02
    assert np.abs(heard.short_term - short_term)[short_term > -90].max() <= 0.02
    assert loudness.integrated_lufs == pytest.approx(integrated_lufs(momentary), abs=0.005)
    assert loudness.range_lu == pytest.approx(range_lu(short_term), abs=0.01)
    peaks = every_true_peak(reader(decoded), len(decoded))
    assert loudness.true_peak_dbtp == pytest.approx(20 * np.log10(peaks.max()), abs=0.01)
    highest = np.maximum.reduceat(peaks, np.arange(0, len(peaks), 50))
    samples = np.maximum.reduceat(np.abs(decoded).max(axis=1), np.arange(0, len(decoded), BLOCK))
    assert heard.peak.max() == pytest.approx(peaks.max(), rel=0.001)
    assert (heard.peak <= highest * 1.001).all()
    assert (heard.peak >= samples * 0.999).all()  # between samples only what may be the highest is looked at
    fed = made_of.read(0, plan.samples) * rendered.plan.gain(0, plan.samples)[:, None]
    whole = [alike(fed[at : at + BLOCK], decoded[at : at + BLOCK]) for at in BLOCKS]
    assert heard.correlation[[at // BLOCK for at in BLOCKS]] == pytest.approx(whole, abs=0.01)
    assert loudness.true_peak_dbtp <= -1.05
    assert loudness.integrated_lufs == pytest.approx(-16.0, abs=render.TOLERANCE_LU)


def alike(one: Floats, other: Floats) -> float:
    return float(np.vdot(one, other) / np.sqrt(np.vdot(one, one) * np.vdot(other, other)))


def too_high(plan: Plan, ceiling_dbtp: float = -0.6) -> Plan:
    """A plan whose limiter leaves the encoder no room: what comes out rises above -1 dBTP."""
    caps = replace(plan.caps, mdb=plan.caps.mdb + round(1000 * (ceiling_dbtp - plan.ceiling_dbtp)))
    return replace(plan, ceiling_dbtp=ceiling_dbtp).limited(caps)


@pytest.mark.parametrize(("channels", "kbps"), [(1, 48), (1, 64), (1, 96), (2, 96), (2, 128)])
def test_no_place_stays_too_loud(tmp_path: Path, channels: int, kbps: int) -> None:
    plan, sound = planned(shouted(channels), kbps)
    printer = Printer(tmp_path / "part")
    rendered = printer.render(shouted(channels), too_high(plan, -1.0), sound)
    assert render.AGAIN_LOUD in {step for step, _ in printer.told}
    (tmp_path / "part.mp3").write_bytes((tmp_path / "part").read_bytes())
    decoded = decode(tmp_path / "part.mp3")
    assert every_true_peak(reader(decoded), len(decoded)).max() <= LIMIT
    assert rendered.loudness.integrated_lufs == pytest.approx(-16.0, abs=0.1)


def test_what_cannot_be_mended_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, sound = planned(shouted(1), 48)
    monkeypatch.setattr(render, "ROUNDS", 0)
    with pytest.raises(Refused) as refused:
        Printer(tmp_path / "part").render(shouted(1), too_high(plan), sound)
    assert refused.value.fault == render.NEVER_QUIET


def test_a_block_that_is_not_what_was_fed_is_seen(tmp_path: Path) -> None:
    """As if the encoder had put 0.7 s from elsewhere into the sound: those blocks and no others."""
    plan, _ = planned(material(30, 1), 96)
    made_of, foreign = material(30, 1), talk(0.7, -14.0, seed=9).astype(np.float32)[:, None]

    def other(start: int, stop: int, /) -> Floats:
        piece = made_of.read(start, stop).copy()
        first, last = max(start, 480_000), min(stop, 480_000 + len(foreign))
        if first < last:
            piece[first - start : last - start] = foreign[first - 480_000 : last - 480_000]
        return piece

    with ThreadPoolExecutor(1) as pool:
        printer = Printer(tmp_path / "part")
        at = booth(printer.press(pool), render.stream_of(plan), made_of.read, Pace(lambda *_: None, "", 0, 1))
        encoded = chunk.encode_chunk(replace(at, feed=other), Chunk(250, 900))
        heard = chunk.hear_chunk(at, Chunk(250, 900), encoded, 1.0)
    active = np.flatnonzero(heard.power > 1e-5) + heard.start // BLOCK
    strange = active[heard.correlation[active - heard.start // BLOCK] < 0.5]
    assert set(strange) >= set(range(100, 107)) & set(active)
    assert set(strange) <= set(range(99, 108))
    assert len(strange) >= 5


@pytest.mark.parametrize(("channels", "kbps", "usual"), [(1, 96, 0.445), (2, 128, 0.445), (2, 192, 0.264)])
def test_what_the_encoder_takes_is_measured(tmp_path: Path, channels: int, kbps: int, usual: float) -> None:
    plan, _ = planned(material(30, channels), kbps)
    with ThreadPoolExecutor(1) as pool:
        press = Printer(tmp_path / "part").press(pool)
        loss = compensated(press, material(30, channels), plan).encoder_db
    assert loss == pytest.approx(usual, abs=0.06)


def test_the_trial_is_of_the_loudest_twelve_seconds() -> None:
    momentary = np.full(1200, -30.0)
    momentary[600:720] = -15.0
    assert loudest_stretch(momentary, 5000) == Chunk(2500, 3000)
    assert loudest_stretch(momentary[:50], 210) == Chunk(0, 210)
    assert loudest_stretch(np.zeros(0), 18) == Chunk(0, 18)


@pytest.mark.parametrize("samples", [19_200, 19_201, 47 * 1152 + 47, 47 * 1152 + 48, 576_123])
def test_the_length_is_exact_whatever_it_is(tmp_path: Path, samples: int) -> None:
    made_of = material_of(conversation(30, 1)[:samples])
    plan = first_plan(made_of, Sound(), AS_IT_IS_MONO)
    rendered = Printer(tmp_path / "part.mp3").render(made_of, plan, Sound())
    assert len(decode(tmp_path / "part.mp3")) == samples
    assert len(rendered.heard.momentary) == samples // BLOCK
    assert len(rendered.heard.power) == -(-samples // BLOCK)


# --- on the way -----------------------------------------------------------------------------------


def test_progress_never_goes_back_within_a_step(tmp_path: Path) -> None:
    plan, sound = planned(shouted(1), 48)
    printer = Printer(tmp_path / "part")
    printer.render(shouted(1), too_high(plan), sound)
    steps = {step: [share for other, share in printer.told if other == step] for step, _ in printer.told}
    assert set(steps) >= {render.ENCODING, render.AGAIN_LOUD}
    assert all(shares == sorted(shares) and shares[0] >= 0 for shares in steps.values())
    assert len(steps[render.ENCODING]) > 20
    assert steps[render.ENCODING][-1] == 1.0


def test_work_that_is_not_wanted_any_more_stops(tmp_path: Path) -> None:
    plan, _ = planned(material(30, 1), 96)
    with ThreadPoolExecutor(1) as pool:
        press = Printer(tmp_path / "part").press(pool)
        pace = Pace(press.progress, "", 0.0, 1.0)
        at = booth(press, render.stream_of(plan), material(30, 1).read, pace)
        encoded = chunk.encode_chunk(at, Chunk(0, 500))
        at.over.set()
        with pytest.raises(chunk.Called):
            chunk.encode_chunk(at, Chunk(0, 500))
        with pytest.raises(chunk.Called):
            chunk.hear_chunk(at, Chunk(0, 500), encoded, 1.0)


def test_when_one_chunk_fails_all_of_them_end_and_the_reason_is_told(tmp_path: Path) -> None:
    plan, sound = planned(material(30, 1), 96)
    made_of = material(30, 1)

    def read(start: int, stop: int, /) -> Floats:
        if stop > 20 * 48_000:
            raise OSError(5, "the disk is gone")
        return made_of.read(start, stop)

    plan = replace(plan, encoder_db=0.45)
    with ThreadPoolExecutor(2) as pool:
        press = Printer(tmp_path / "part").press(pool)
        with pytest.raises(OSError, match="the disk is gone"):
            render.render_unheard(press, read, plan)
        assert pool.submit(int, "7").result(timeout=5) == 7
    assert sound.mono_kbps == plan.kbps
