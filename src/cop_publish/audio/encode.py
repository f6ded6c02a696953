"""Recording → heard → planned → rendered → heard again → proved: the story of a master's sound."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.audio import faults
from cop_publish.audio.engine import LONGEST_SECONDS, find_engine
from cop_publish.audio.faults import Refused
from cop_publish.audio.hearing.measure import Heard, Inputs, Room, measure
from cop_publish.audio.jingles import NO_JINGLES, Jingles, hear_jingles
from cop_publish.audio.mp3.info_frame import Stream
from cop_publish.audio.mp3.pace import Pace
from cop_publish.audio.mp3.press import Press
from cop_publish.audio.mp3.render import Rendered, render
from cop_publish.audio.mp3.trial import trial
from cop_publish.audio.order import stamps_of
from cop_publish.audio.planning.gating import decibels, integrated_lufs, noise_floor_lufs
from cop_publish.audio.planning.levels import levels
from cop_publish.audio.planning.plan import Material, first_plan, rate_kbps
from cop_publish.audio.planning.true_peak import highest_true_peak
from cop_publish.audio.proof.prove import Cast, prove_master
from cop_publish.audio.recording.listen import listen
from cop_publish.audio.recording.probe import CutOff, Source, probe
from cop_publish.audio.recording.whole import check_whole
from cop_publish.audio.scratch import scratch_bytes
from cop_publish.audio.shelf import Encoded, Shelf, hash_file, open_shelf
from cop_publish.audio.story import tell
from cop_publish.core.pauses import pause_cuts
from cop_publish.core.timeline import SAMPLE_RATE_HZ, Origin, Timeline, timeline_of, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from cop_publish.audio.order import Order
    from cop_publish.audio.planning.levels import Share
    from cop_publish.audio.planning.plan import Plan
    from cop_publish.settings import Sound

    Progress = Callable[[str, float], None]

SHORTEST_SECONDS = 0.4  # EBU R 128 measures in blocks of 400 ms
FAINTEST_LUFS = -60.0  # anything below is the noise of an unused track
PROMISED_LU = 0.1  # how far a master may be from its target in the end
ROOM_BELOW_TALK_LU = 20.0  # talk without a pause has no room in it to go by
SPARE_BYTES = 16_000_000
PLANNERS = 2  # look at parts of the sound side by side; what they find does not depend on how many they are
LISTENING = "Listening to the recording"
LISTENING_EDITED = "Listening to what is left of it"
PROVING = "Proving what is in the MP3"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one master is made, by whose hands, and who is told how far it is."""

    order: Order
    engine: str
    shelf: Shelf
    hands: Executor
    progress: Progress


def encode(order: Order, hands: Executor, progress: Progress) -> Encoded:
    """Make the MP3 of a recording, without tags, and put it on the shelf.

    `hands` are threads, as many as encoders may run at a time; the bytes do not depend on how many.
    Raises Refused, OSError.
    """
    desk = set_up(order, hands, progress)
    _check_unchanged(order)
    with desk.shelf.part() as room, desk.shelf.part() as part:
        source = probe(desk.engine, order.recording, _cut_off(order), room)
        with hear(desk, source) as cast:
            _check_space(desk, _mp3_bytes(cast))
            press = Press(desk.engine, hands, part, progress)
            planned = plan_of(press, cast, order.sound)
            rendered = render(press, cast.heard.sound.read, planned.plan, order.sound)
            _keeps_promise(rendered, order)
            progress(PROVING, 0.0)
            proof = prove_master(desk.engine, source, cast, rendered, part)
            progress(PROVING, 1.0)
            report = tell(order.sound, cast, planned.peak_dbtp, rendered, proof)
        _check_unchanged(order)
        sha256 = hash_file(part)
        desk.shelf.keep(part, desk.shelf.encode_path(order.recipe))
    encoded = Encoded(order.recipe, sha256, cast.timeline.samples, cast.timeline, report)
    desk.shelf.note(encoded)
    return encoded


def set_up(order: Order, hands: Executor, progress: Progress) -> Desk:
    """Find the encoder.  Raises Refused when the settings name one that is not there, OSError."""
    engine = find_engine(order.sound.ffmpeg, order.root)
    if engine is None:
        raise Refused(faults.NO_ENGINE)
    return Desk(order, engine, open_shelf(order.cache), hands, progress)


def hear(desk: Desk, source: Source) -> Cast:
    """Decode the recording; and once more through its edit list, or to take noise out, where that is asked.

    How long a recording is, where its pauses are and how loud they are, is known when it has been decoded.
    """
    guess = round((source.declared_seconds or LONGEST_SECONDS) * SAMPLE_RATE_HZ)
    _check_space(desk, scratch_bytes(guess, source.input.channels) if source.declared_seconds else 0)
    order, inputs = desk.order, Inputs(source.input, source.exact_seek)
    first = replace(order.sound, noise_reduction_db=0, gate=False)
    recorded = measure(desk.engine, inputs, whole(guess), first, _room(desk, LISTENING, guess))
    with ExitStack() as opened:
        opened.enter_context(recorded)
        said = _check(desk, source, recorded)
        if first == order.sound and not _is_edited(order):
            opened.pop_all()
            return Cast(recorded, whole(recorded.samples), NO_JINGLES, said)
        talk_lufs = integrated_lufs(recorded.momentary)
        room_lufs = min(noise_floor_lufs(recorded.momentary), talk_lufs - ROOM_BELOW_TALK_LU)
        jingles = hear_jingles(desk.engine, order, talk_lufs, desk.shelf.folder)
        timeline = _timeline(order, recorded, jingles)
    room = _room(desk, LISTENING_EDITED, timeline.samples)
    inputs = Inputs(source.input, source.exact_seek, room_lufs, jingles.intro, jingles.outro)
    heard = measure(desk.engine, inputs, timeline, order.sound, room)
    with ExitStack() as opened:
        opened.enter_context(heard)
        _check_left(heard, timeline)
        opened.pop_all()
    return Cast(heard, timeline, jingles, said)


@dataclass(frozen=True, slots=True)
class Planned:
    """How a master is made; what it was planned from, 15 MB an hour, is not kept while it is."""

    plan: Plan
    peak_dbtp: float  # of what was heard


def plan_of(press: Press, cast: Cast, sound: Sound) -> Planned:
    """Plan a master; what the encoder takes of it is measured meanwhile.  Raises Refused, OSError."""
    heard, mix = cast.heard, cast.heard.mix
    stream = Stream(rate_kbps(sound, mix.channels), mix.channels, heard.samples)
    with (
        trial(press, stream, heard.sound.read, heard.momentary) as loss,
        ThreadPoolExecutor(PLANNERS) as pool,
    ):
        material = _material(cast, pool.map)
        plan = first_plan(material, sound, mix)
        peak_dbtp = decibels(highest_true_peak(material.read, material.levels.peak))
        return Planned(replace(plan, encoder_db=loss()), peak_dbtp)


def _material(cast: Cast, share: Share) -> Material:
    """Intro and outro are not levelled."""
    protected = tuple(
        (start, start + piece.end - piece.start)
        for piece, start in zip(cast.timeline.pieces, cast.timeline.starts, strict=True)
        if piece.origin in (Origin.INTRO, Origin.OUTRO)
    )
    sound = cast.heard.sound
    small = levels(sound.read, sound.samples, sound.channels, share)
    return Material(sound.read, small, cast.heard.momentary, protected, share)


def _is_edited(order: Order) -> bool:
    sound = order.sound
    return bool(order.edit.cuts or sound.longest_pause_seconds or sound.intro or sound.outro)


def _timeline(order: Order, recorded: Heard, jingles: Jingles) -> Timeline:
    longest = order.sound.longest_pause_seconds
    pauses = pause_cuts(recorded.momentary.tolist(), longest) if longest else ()
    timeline = timeline_of(recorded.samples, order.edit.cuts, pauses, jingles.bookends(order.sound))
    if not any(piece.origin is Origin.RECORDING for piece in timeline.pieces):
        raise Refused(faults.NOTHING_LEFT)
    return timeline


def _check_unchanged(order: Order) -> None:
    """What is made goes under a recipe that names the bytes of its sources."""
    if stamps_of(order.recording, order.sound, order.root) != order.stamps:
        raise Refused(faults.CHANGED)


def _cut_off(order: Order) -> CutOff:
    return CutOff.ACCEPTED if order.edit.accepts_cut_off else CutOff.REFUSED


def _room(desk: Desk, step: str, samples: int) -> Room:
    pace = Pace(desk.progress, step, 0.0, 1.0)
    pace.expect(samples)
    return Room(desk.shelf.folder, 1 if desk.order.jobs == 1 else 2, pace.moved)


def _check(desk: Desk, source: Source, recorded: Heard) -> tuple[str, ...]:
    """Refuse what would make a master of less than the recording, or of nothing; and say what is odd."""
    seconds = recorded.samples / SAMPLE_RATE_HZ
    if recorded.samples == 0:
        raise Refused(faults.NO_SOUND)
    damage = listen(desk.engine, source.input) if recorded.damaged else None
    said = [*source.remarks, *check_whole(source, seconds, damage)]
    if seconds < SHORTEST_SECONDS:
        raise Refused(faults.TOO_SHORT)
    if seconds > LONGEST_SECONDS:
        raise Refused(faults.TOO_LONG)
    if _is_faint(recorded):
        raise Refused(faults.ALL_SILENT)
    mended = [f"in the recording {recorded.mix.remark}"] if recorded.mix.remark else []
    return (*said, *mended)


def _check_left(heard: Heard, timeline: Timeline) -> None:
    """The same of what the edit list leaves."""
    if heard.samples != timeline.samples:
        raise Refused(faults.CHANGED)
    if heard.samples < SHORTEST_SECONDS * SAMPLE_RATE_HZ or _is_faint(heard):
        raise Refused(faults.NOTHING_LEFT)


def _is_faint(heard: Heard) -> bool:
    return integrated_lufs(heard.momentary) < FAINTEST_LUFS


def _mp3_bytes(cast: Cast) -> int:
    """More than the encode and its tagged copy will take, at any rate that an MP3 can have."""
    return 2 * 320 * 125 * (cast.timeline.samples // SAMPLE_RATE_HZ)


def _check_space(desk: Desk, needed_bytes: int) -> None:
    """Room for the decoded sound and for the encode, said before the work rather than after."""
    needed = needed_bytes + SPARE_BYTES
    free = shutil.disk_usage(desk.shelf.folder).free
    if free < needed:
        raise Refused(faults.little_space(free, needed))


def _keeps_promise(rendered: Rendered, order: Order) -> None:
    loudness = rendered.loudness
    if abs(loudness.integrated_lufs - order.sound.target_lufs) > PROMISED_LU:
        raise Refused(faults.off_target(loudness, order.sound))
