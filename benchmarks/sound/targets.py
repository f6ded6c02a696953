"""What was asked of ours, and whether it was reached: said plainly either way."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import contenders as who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contenders import Contender
    from judges import Verdict
    from results import Results

TARGET_LUFS: Final = -16.0
ERROR_LU: Final = 0.10  # in every case
MEDIAN_ERROR_LU: Final = 0.03
PEAK_DBTP: Final = -1.0
SPREAD_LU: Final = 1.0
MEMORY_BYTES: Final = 250_000_000
FOUND: Final = 0.6  # a match of the removed stretch from here on is a leak
CONTROL: Final = 0.9  # a kept stretch must match at least so well


@dataclass(frozen=True, slots=True)
class Race:
    """How many times as fast as another."""

    other: Contender
    ours: Contender
    asked: float
    words: str


RACES: Final = (
    Race(who.FFN, who.OURS_STEREO, 3.5, "like for like, stereo"),
    Race(who.FFN_LIKE_MONO, who.OURS_MONO, 3.5, "like for like, mono"),
    Race(who.FFN, who.OURS_MONO, 6.0, "its default (stereo), and ours for speech (mono)"),
    Race(who.FFN, who.OURS_AUTO, 6.0, "its default, and ours left to choose"),
    Race(who.PYDUB, who.OURS_STEREO, 1.15, "both stereo"),
    Race(who.PYDUB, who.OURS_MONO, 1.15, "stereo, and ours mono"),
)
RACES_ON_MONO: Final = (Race(who.FFN_LIKE_MONO, who.OURS_MONO, 3.5, "like for like, from mono"),)


@dataclass(frozen=True, slots=True)
class _Case:
    """A verified master of ours."""

    sound: str
    name: str
    verdict: Verdict


def targets(results: Results) -> Iterator[str]:
    """One line each, with what was found."""
    for sound, about in results.sounds.items():
        for race in RACES if about["channels"] == 2 else RACES_ON_MONO:
            yield from _race(results, sound, race)
    yield from _failures(results)
    cases = [
        _Case(sound, name, verdict)
        for sound, found in results.verdicts.items()
        for name, verdict in found.items()
        if is_ours(name) and "unverified" not in name
    ]
    if cases:
        yield from _promises(cases)
        yield from _memory(results)


def wall_seconds(results: Results, sound: str, contender: str) -> float | None:
    """The median; None where no run came to an end."""
    runs = results.of(sound, contender)
    return statistics.median(run.taken.wall_seconds for run in runs) if runs else None


def error_lu(verdict: Verdict) -> float:
    """By the meter that is furthest from the target."""
    return max(abs(heard - TARGET_LUFS) for heard in verdict.heard_lufs.values())


def peak_dbtp(verdict: Verdict) -> float:
    """By the meter that reads most."""
    return max(verdict.true_peak_dbtp.values())


def is_ours(name: str) -> bool:
    """Whose it is, by its name in the tables."""
    return name.startswith("ours")


def _race(results: Results, sound: str, race: Race) -> Iterator[str]:
    other = wall_seconds(results, sound, race.other.name)
    ours = wall_seconds(results, sound, race.ours.name)
    if other and ours and sound.startswith("episode"):
        found = other / ours
        words = f"{sound}: {found:.2f} × as fast as {race.other.name}; {race.words} (asked {race.asked})"
        yield _said(words, reached=found >= race.asked)


def _failures(results: Results) -> Iterator[str]:
    """Each once, however often it was run."""
    ours = {(run.sound, run.contender): run for run in results.runs if is_ours(run.contender)}
    for (sound, name), last in ours.items():
        if last.failed:
            yield _said(f"{sound}: {name} came to no end", reached=False)
        elif name not in results.verdicts.get(sound, {}):
            yield _said(f"{sound}: {name} was not judged", reached=False)


def _promises(cases: list[_Case]) -> Iterator[str]:
    """Each by its worst case."""
    speech = [case for case in cases if case.sound.startswith("episode")]
    removed = [case for case in cases if case.verdict.planted is not None]
    yield from _worst("loudness off by at most, LU", cases, error_lu, ERROR_LU)
    median = statistics.median(error_lu(case.verdict) for case in cases)
    words = f"loudness off at the median of {len(cases)} cases, LU: {median:.3f} (asked {MEDIAN_ERROR_LU})"
    yield _said(words, reached=median <= MEDIAN_ERROR_LU)
    yield from _worst("true peak by the meter that reads most, dBTP", cases, peak_dbtp, PEAK_DBTP)
    yield from _worst("spread of the speakers, LU", speech, lambda v: v.spread_lu, SPREAD_LU)
    yield from _worst("samples too many or too few", cases, lambda v: abs(v.samples_off), 0)
    yield from _worst("words of the recorder, or tags", cases, lambda v: len(v.leaked) + len(v.tags), 0)
    yield from _worst("warnings of mp3val", cases, lambda v: len(v.mp3val or ()), 0)
    yield from _worst("match of the removed stretch", removed, lambda v: v.planted or 0.0, FOUND)
    yield from _worst("... a kept one misses 1 by", removed, lambda v: 1 - (v.control or 0.0), 1 - CONTROL)
    other = [case for case in cases if not _has_asked_channels(case)]
    yield _said(f"masters with other channels than asked: {len(other)} (asked 0)", reached=not other)


def _has_asked_channels(case: _Case) -> bool:
    asked = 1 if "mono" in case.name else 2 if "stereo" in case.name else case.verdict.channels
    return case.verdict.channels == asked


def _memory(results: Results) -> Iterator[str]:
    ours = [run for run in results.runs if is_ours(run.contender) and not run.failed]
    most = max(ours, key=lambda run: run.taken.peak_pss_bytes)
    found_mb = most.taken.peak_pss_bytes / 1e6
    words = f"memory at most, MB: {found_mb:.0f} in {most.sound}, {most.contender} (asked below 250)"
    yield _said(words, reached=most.taken.peak_pss_bytes < MEMORY_BYTES)


def _worst(
    words: str, cases: list[_Case], measure: Callable[[Verdict], float], asked: float
) -> Iterator[str]:
    if cases:
        worst = max(cases, key=lambda case: measure(case.verdict))
        found = measure(worst.verdict)
        where = f"{words}: {found:.3g} in {worst.sound}, {worst.name} (asked {asked:.3g})"
        yield _said(where, reached=found <= asked)


def _said(words: str, *, reached: bool) -> str:
    return f"{'reached' if reached else 'NOT REACHED'}: {words}"
