"""Meters that are not ours, reading a finished MP3 as its listeners hear it (mono from both loudspeakers)."""

from __future__ import annotations

import math
import subprocess
from typing import TYPE_CHECKING

import needs
from meters import Reading, parse_bs1770gain, parse_loudgain
from sounds import ENGINE

if TYPE_CHECKING:
    from pathlib import Path

ONE_SPEAKER_LU = 10 * math.log10(2)  # what a plain meter does not hear of a mono file


def all_meters(path: Path, channels: int) -> list[Reading]:
    """ffmpeg's, libebur128's (loudgain) and bs1770gain's own."""
    more = ONE_SPEAKER_LU if channels == 1 else 0.0
    loudgain = [needs.program("loudgain"), "-O", "-q", str(path)]
    bs1770gain = [needs.program("bs1770gain"), "-i", "-t", "--xml", str(path)]
    plain = [parse_loudgain(_said(loudgain)), parse_bs1770gain(_said(bs1770gain))]
    heard = [Reading(one.meter, one.plain_lufs + more, one.true_peak_dbtp) for one in plain]
    return [by_ffmpeg(path), *heard]


def by_ffmpeg(path: Path) -> Reading:
    """To a thousandth; the true peak of the last moment too, which is no whole block of loudness."""
    meter = "ebur128=metadata=1:peak=true:dualmono=1:framelog=verbose"
    loudness = _last(path, meter, "lavfi.r128.I")
    peaks = [_last(path, f"apad=pad_len=4800,{meter}", f"lavfi.r128.true_peaks_ch{n}") for n in (0, 1)]
    return Reading("ffmpeg", loudness[0], 20 * math.log10(max(value for peak in peaks for value in peak)))


def _last(path: Path, meter: str, key: str) -> list[float]:
    """The last value of a key; none where there is no such channel."""
    command = [ENGINE, "-nostdin", "-v", "error", "-i", f"file:{path}", "-map", "0:a:0", "-af"]
    command += [f"{meter},ametadata=mode=print:key={key}:file=-", "-f", "null", "-"]
    lines = [line for line in _said(command).splitlines() if line.startswith(f"{key}=")]
    return [float(line.partition("=")[2]) for line in lines[-1:]]


def _said(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
