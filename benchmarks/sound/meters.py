"""Meters that are not ours: ebur128 of two builds of ffmpeg, loudgain (libebur128) and bs1770gain.

loudgain reads 16-bit sound, so a true peak above full scale shows a little lower there than with the others.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from generated_sound import Turn

FRAME_SECONDS: Final = 0.1
BLOCK_SECONDS: Final = 0.4  # EBU R 128, momentary
ABSOLUTE_GATE_LUFS: Final = -70.0
RELATIVE_GATE_LU: Final = -10.0
NOTHING_LUFS: Final = -120.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a meter says of a file, plainly: a mono file as if one loudspeaker played it."""

    meter: str
    plain_lufs: float
    true_peak_dbtp: float


@dataclass(slots=True)
class Heard:
    """ffmpeg's ebur128 to the end of a file; `momentary_lufs` every 100 ms."""

    integrated_lufs: float = NOTHING_LUFS
    range_lu: float = 0.0
    true_peak: float = 0.0
    momentary_lufs: list[float] = field(default_factory=list)

    def reading(self, meter: str) -> Reading:
        return Reading(meter, self.integrated_lufs, decibels(self.true_peak))


def hear(engine: str, path: Path) -> Heard:
    """Decode and meter with an ffmpeg.  Raises CalledProcessError."""
    meter = "ebur128=metadata=1:peak=true:framelog=verbose,ametadata=mode=print:file=-"
    options = [
        "-nostdin",
        "-v",
        "error",
        "-i",
        f"file:{path}",
        "-map",
        "0:a:0",
        "-af",
        meter,
        "-f",
        "null",
        "-",
    ]
    with subprocess.Popen([engine, *options], stdout=subprocess.PIPE, text=True) as child:
        heard = parse_ebur128(child.stdout or ())
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, engine)
    return heard


def parse_ebur128(lines: Iterable[str]) -> Heard:
    """Lines like ``lavfi.r128.I=-16.0``: the last of each counts, but every momentary one is kept."""
    heard = Heard()
    for line in lines:
        name, _, number = line.strip().removeprefix("lavfi.r128.").partition("=")
        if name == "M":
            heard.momentary_lufs.append(_number(number))
        elif name == "I":
            heard.integrated_lufs = _number(number)
        elif name == "LRA":
            heard.range_lu = _number(number)
        elif name.startswith("true_peaks_ch"):
            heard.true_peak = max(heard.true_peak, float(number))
    return heard


def other_readings(path: Path) -> list[Reading]:
    """What the meters say that are not the contenders' own ffmpeg, as far as this machine has them."""
    found: list[Reading] = []
    if debian := shutil.which("ffmpeg"):
        found.append(hear(debian, path).reading("system ffmpeg"))
    if loudgain := shutil.which("loudgain"):
        found.append(parse_loudgain(_said([loudgain, "-O", "-q", str(path)])))
    if bs1770gain := shutil.which("bs1770gain"):
        found.append(parse_bs1770gain(_said([bs1770gain, "-i", "-t", "--xml", str(path)])))
    return found


def parse_loudgain(table: str) -> Reading:
    """A line of names and a line of values, with tabs between."""
    names, values = (line.split("\t") for line in table.strip().splitlines()[:2])
    row = dict(zip(names, values, strict=True))
    return Reading("loudgain", float(row["Loudness"].split()[0]), decibels(float(row["True_Peak"])))


def parse_bs1770gain(text: str) -> Reading:
    """XML, of one track.  It comes from a program that we started ourselves."""
    track = ET.fromstring(text).find("track")  # noqa: S314 - as said above
    loudness = track.find("integrated") if track is not None else None
    peak = track.find("true-peak") if track is not None else None
    if loudness is None or peak is None:
        raise ValueError("bs1770gain says nothing of a track.")
    return Reading("bs1770gain", float(loudness.attrib["lufs"]), decibels(float(peak.attrib["amplitude"])))


def spread_lu(momentary_lufs: list[float], turns: Iterable[Turn]) -> float:
    """From the softest speaker to the loudest, by gated loudness (BS.1770-5) of all that each says."""
    spoken: dict[int, list[float]] = {}
    for turn in turns:
        first = math.ceil((turn.start_seconds + BLOCK_SECONDS) / FRAME_SECONDS - 1e-6) - 1
        last = math.floor(turn.end_seconds / FRAME_SECONDS + 1e-6) - 1
        spoken.setdefault(turn.speaker, []).extend(momentary_lufs[first : last + 1])
    levels = [gated_lufs(blocks) for blocks in spoken.values()]
    return max(levels) - min(levels) if levels else 0.0


def gated_lufs(blocks_lufs: list[float]) -> float:
    """Integrated loudness of momentary blocks: an absolute gate, then one 10 LU below what passes it."""
    loud = [block for block in blocks_lufs if block > ABSOLUTE_GATE_LUFS]
    if not loud:
        return NOTHING_LUFS
    gate = _mean_lufs(loud) + RELATIVE_GATE_LU
    return _mean_lufs([block for block in loud if block > gate])


def decibels(ratio: float) -> float:
    """Of an amplitude."""
    return 20 * math.log10(ratio) if ratio > 0 else NOTHING_LUFS


def _mean_lufs(blocks: list[float]) -> float:
    return 10 * math.log10(sum(10 ** (block / 10) for block in blocks) / len(blocks))


def _number(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else NOTHING_LUFS


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
