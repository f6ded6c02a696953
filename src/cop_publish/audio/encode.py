"""Recording → measured → planned → encoded → decoded and measured again, until the MP3 keeps its promise."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.audio import faults
from cop_publish.audio.argv import SAMPLE_RATE_HZ, Input, encode_argv
from cop_publish.audio.engine import LONGEST_SECONDS, find_engine, run
from cop_publish.audio.faults import Refused
from cop_publish.audio.one_pass import Reading, measure
from cop_publish.audio.plan import Plan, first_plan, keeps_promise, next_plan
from cop_publish.audio.probe import Source, missing_seconds, probe
from cop_publish.audio.shelf import Encoded, Shelf, hash_file, stamp_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cop_publish.settings import Sound

ROUNDS = 6
POLISHING_ROUNDS = 3  # after these, what keeps the promise is good enough
SHORTEST_SECONDS = 0.4  # EBU R 128 measures in blocks of 400 ms
FAINTEST_LUFS = -60.0  # anything below is the noise of an unused track
SPARE_BYTES = 16_000_000
_OUT_TIME = re.compile(rb"out_time_us=(\d+)\n")


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and how an encode is made."""

    engine: str
    shelf: Shelf
    sound: Sound
    progress: Callable[[str, float], None]


def set_up_bench(shelf: Shelf, sound: Sound, root: Path, progress: Callable[[str, float], None]) -> Bench:
    """Find the encoder.  Raises Refused when the settings name one that is not there."""
    engine = find_engine(sound.ffmpeg, root)
    if engine is None:
        raise Refused(faults.NO_ENGINE)
    return Bench(engine, shelf, sound, progress)


def encode(bench: Bench, recording: Path, recipe: str) -> Encoded:
    """Make the MP3 of a recording, without tags, and put it on the shelf.  Raises Refused, OSError."""
    stamp = stamp_of(recording)
    source = probe(bench.engine, recording)
    before = _listen(bench, "Measuring the recording", source.input, source.declared_seconds)
    _check(source, before)
    plan = first_plan(before, bench.sound)
    _check_space(bench.shelf.folder, plan)
    _remark(bench, plan, before)
    with bench.shelf.part() as part:
        after = _rounds(bench, source.input, plan, part)
        if stamp_of(recording) != stamp:
            raise Refused(faults.CHANGED)
        sha256 = hash_file(part)
        bench.shelf.keep(part, bench.shelf.encode_path(recipe))
    encoded = Encoded(recipe, sha256, after.samples / SAMPLE_RATE_HZ, after.loudness, before.loudness)
    bench.shelf.note(encoded)
    return encoded


def _rounds(bench: Bench, source: Input, plan: Plan, part: Path) -> Reading:
    """Encode and measure what came out, with a better plan each time.  Raises Refused."""
    for round_number in range(1, ROUNDS + 1):
        again = "" if round_number == 1 else f", round {round_number}"
        _write(bench, f"Encoding{again}", source, plan, part)
        heard = _listen(
            bench,
            f"Measuring the MP3{again}",
            Input(part, plan.mix.channels, LONGEST_SECONDS + 1),
            plan.samples / SAMPLE_RATE_HZ,
        )
        if not heard.outcome.ok or heard.samples != plan.samples:
            raise Refused(faults.WRONG_LENGTH)
        better = next_plan(plan, heard.loudness, bench.sound)
        good_enough = round_number >= POLISHING_ROUNDS and keeps_promise(heard.loudness, bench.sound)
        if better is None or good_enough:
            return heard
        plan = better
    raise Refused(faults.off_target(heard.loudness, bench.sound))


def _listen(bench: Bench, step: str, source: Input, expected_seconds: float | None) -> Reading:
    bench.progress(step, 0.0)

    def heard(seconds: float) -> None:
        if expected_seconds:
            bench.progress(step, min(1.0, seconds / expected_seconds))

    reading = measure(bench.engine, source, heard)
    bench.progress(step, 1.0)
    return reading


def _write(bench: Bench, step: str, source: Input, plan: Plan, part: Path) -> None:
    bench.progress(step, 0.0)
    whole = 1e6 * plan.samples / SAMPLE_RATE_HZ

    def take(chunk: bytes) -> None:
        if times := _OUT_TIME.findall(chunk):
            bench.progress(step, min(1.0, int(times[-1]) / whole))

    outcome = run(encode_argv(bench.engine, source, plan, part), take, lambda _: None)
    if not outcome.ok:
        raise Refused(faults.cannot_run(outcome))


def _check(source: Source, before: Reading) -> None:
    """Refuse what would make a master of less than the recording, or of nothing."""
    seconds = before.samples / SAMPLE_RATE_HZ
    if not before.outcome.ok:
        raise Refused(faults.cannot_run(before.outcome))
    if before.samples == 0:
        raise Refused(faults.NO_SOUND)
    if missing_seconds(source, seconds):
        raise Refused(faults.cut_off(seconds, source.declared_seconds or 0.0))
    if seconds < SHORTEST_SECONDS:
        raise Refused(faults.TOO_SHORT)
    if seconds > LONGEST_SECONDS:
        raise Refused(faults.TOO_LONG)
    if before.loudness.integrated_lufs < FAINTEST_LUFS:
        raise Refused(faults.ALL_SILENT)


def _check_space(folder: Path, plan: Plan) -> None:
    """Room for the encode and its tagged copy, said before an hour of work rather than after."""
    needed = 2 * plan.kbps * 125 * (plan.samples // SAMPLE_RATE_HZ) + SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Refused(faults.little_space(free, needed))


def _remark(bench: Bench, plan: Plan, before: Reading) -> None:
    """Tell the producer what was mended, and what should be listened to."""
    if plan.mix.remark:
        bench.progress(f"In the recording {plan.mix.remark}", 1.0)
    if before.outcome.said:
        bench.progress("The recording is damaged in places: listen to the result", 1.0)
