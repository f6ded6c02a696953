"""Listening: exact length, loudness, true peak and channel energies of a file in one streaming pass."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cop_publish.audio.argv import SAMPLE_RATE_HZ, Input, measure_argv
from cop_publish.audio.engine import Outcome, run
from cop_publish.audio.faults import Refused, not_finite
from cop_publish.audio.plan import Energies
from cop_publish.core.model import Loudness

if TYPE_CHECKING:
    from collections.abc import Callable

HALF_STEP_DB = 0.05  # of the summary's one decimal
_SUMMARY_PEAK = re.compile(r"^    Peak: +(-?(?:[\d.]+|inf)) dBFS")
SILENCE_LUFS = -70.0  # BS.1770's absolute gate: the meter hears nothing


@dataclass(frozen=True, slots=True)
class Reading:
    """What one pass over a file found."""

    loudness: Loudness
    samples: int  # at 48 kHz
    energies: Energies | None  # None: one channel
    outcome: Outcome


def measure(engine: str, source: Input, heard_seconds: Callable[[float], None]) -> Reading:
    """Decode and measure a whole file; `outcome` says how it went.  Raises Refused for a broken sample."""
    tally, meter = Tally(source.channels), Meter()

    def take(chunk: bytes) -> None:
        tally.add(chunk)
        heard_seconds(tally.samples / SAMPLE_RATE_HZ)

    outcome = run(measure_argv(engine, source), take, meter.hear)
    return Reading(meter.loudness(), tally.samples, tally.energies(), outcome)


class Tally:
    """Counts samples and sums energies of interleaved 32-bit float PCM, whatever pieces it comes in."""

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self.samples = 0
        self._rest = b""
        self._sums = np.zeros(3)

    def add(self, chunk: bytes) -> None:
        """Raises Refused at the first value that is not a finite number."""
        pcm = self._rest + chunk
        whole = len(pcm) - len(pcm) % (4 * self.channels)
        self._rest = pcm[whole:]
        frames = np.frombuffer(pcm[:whole], "<f4").reshape(-1, self.channels).astype(np.float64)
        finite = np.isfinite(frames).all(axis=1)
        if not finite.all():
            raise Refused(not_finite((self.samples + int(np.argmin(finite))) / SAMPLE_RATE_HZ))
        self.samples += len(frames)
        if self.channels > 1:
            left, right = frames[:, 0], frames[:, 1]
            self._sums += (left @ left, right @ right, left @ right)

    def energies(self) -> Energies | None:
        """None for one channel."""
        return Energies(*(float(x) for x in self._sums)) if self.channels > 1 else None


class Meter:
    """Reads what ffmpeg's ebur128 filter writes as frame metadata; the last value of each key counts.

    It writes only after whole 100 ms.  Loudness needs no more, but the peak may lie in what is left over:
    that is in the summary at the end, which has one decimal.
    """

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._summary = False
        self._summary_dbtp = -math.inf

    def hear(self, line: str) -> None:
        """Take one line of ffmpeg's: ``[...] lavfi.r128.I=-16.331``."""
        _, found, rest = line.partition("] lavfi.r128.")
        if found:
            key, _, value = rest.partition("=")
            self._last[key] = _number(value)
        self._summary |= line.endswith("] [info] Summary:")
        if self._summary and (peak := _SUMMARY_PEAK.match(line)):
            self._summary_dbtp = float(peak[1])

    def loudness(self) -> Loudness:
        """What was read last; silence if nothing was."""
        peaks = [value for key, value in self._last.items() if key.startswith("true_peaks_ch")]
        peak = max(peaks, default=0.0)
        peak_dbtp = 20 * math.log10(peak) if peak > 0 else -math.inf
        if self._summary_dbtp > peak_dbtp + 2 * HALF_STEP_DB:
            peak_dbtp = self._summary_dbtp + HALF_STEP_DB
        return Loudness(
            integrated_lufs=self._last.get("I", SILENCE_LUFS),
            true_peak_dbtp=peak_dbtp,
            range_lu=self._last.get("LRA", 0.0),
        )


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return SILENCE_LUFS
    return value if math.isfinite(value) else SILENCE_LUFS
