"""The synthetic test signals of EBU Tech 3341 and 3342, and ffmpeg's momentary and short-term loudness.

Left out are those made of real programmes (3341-7 and -8, 3342-5 and -6), and 3341-11, -13 and -14, which ask
for a meter that is read more often than every 100 ms.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sounds import ENGINE, Sound, tone

if TYPE_CHECKING:
    from pathlib import Path

RATE_HZ = 48_000


@dataclass(frozen=True, slots=True)
class Signal:
    """(samples, channels), and what a meter has to say of it."""

    sound: Sound
    expected: float
    tolerance: float = 0.1  # LU, EBU Tech 3341 table 1
    layout: str = "stereo"


def stereo(*parts: tuple[float, float]) -> Sound:
    """A tone of 1 kHz on both channels in parts of (seconds, peak dBFS)."""
    one = np.concatenate([tone(seconds, level) for seconds, level in parts])
    return np.stack([one, one], axis=1)


def surround(*levels: float) -> Sound:
    """20 s of 1 kHz on left, right, centre, left surround, right surround."""
    return np.stack([tone(20, level) for level in levels], axis=1)


INTEGRATED = {
    "3341-1": lambda: Signal(stereo((20, -23)), -23.0),
    "3341-2": lambda: Signal(stereo((20, -33)), -33.0),
    "3341-3": lambda: Signal(stereo((10, -36), (60, -23), (10, -36)), -23.0),
    "3341-4": lambda: Signal(stereo((10, -72), (10, -36), (60, -23), (10, -36), (10, -72)), -23.0),
    "3341-5": lambda: Signal(stereo((20, -26), (20.1, -20), (20, -26)), -23.0),
    "3341-6": lambda: Signal(surround(-28, -28, -24, -30, -30), -23.0, layout="5.0"),
}
RANGE = {  # EBU Tech 3342 table 1, within 1 LU
    "3342-1": lambda: Signal(stereo((20, -20), (20, -30)), 10.0, 1.0),
    "3342-2": lambda: Signal(stereo((20, -20), (20, -15)), 5.0, 1.0),
    "3342-3": lambda: Signal(stereo((20, -40), (20, -20)), 20.0, 1.0),
    "3342-4": lambda: Signal(stereo((20, -50), (20, -35), (20, -20), (20, -35), (20, -50)), 15.0, 1.0),
}
SHORT_TERM = {"3341-9": lambda: Signal(stereo(*[(1.34, -20), (1.66, -30)] * 5), -23.0)}
MOMENTARY = {"3341-12": lambda: Signal(stereo(*[(0.18, -20), (0.22, -30)] * 25), -23.0)}
MAX_SHORT_TERM = {
    f"3341-10, {i}": lambda i=i: Signal(stereo((0.15 * i, -200), (3, -23), (1, -200)), -23.0)
    for i in (1, 2, 10, 19)
}


def peak_sine(divisor: float, degrees: float, level: float) -> Sound:
    """3341-15 to -19: a sine of 48000 / `divisor` Hz that no sample meets at its top, faded in and out."""
    count = 24_000
    fade = np.minimum(1, np.minimum(np.arange(count), np.arange(count)[::-1]) / 2400)
    return np.asarray(level * fade * np.sin(2 * np.pi * np.arange(count) / divisor + np.radians(degrees)))


def peak_burst(offset: int) -> Sound:
    """3341-20 to -23: one burst with its top on a grid four times as fine, of which every fourth is kept."""
    fine = np.arange(-48_000, 48_000) + 0.0
    burst = np.cos(2 * np.pi * fine / (4 * 6)) * np.exp(-0.5 * (fine / 60) ** 2)
    return np.asarray(burst[offset::4])


TRUE_PEAKS = {  # the sound, and what it peaks at in dBTP: within +0.2 and -0.4 dB
    "3341-15": lambda: (peak_sine(4, 0, 0.5), -6.0),
    "3341-16": lambda: (peak_sine(4, 45, 0.5), -6.0),
    "3341-17": lambda: (peak_sine(6, 60, 0.5), -6.0),
    "3341-18": lambda: (peak_sine(8, 67.5, 0.5), -6.0),
    "3341-19": lambda: (peak_sine(4, 45, 1.41), 3.0),
    "3341-20": lambda: (peak_burst(0), 0.0),
    "3341-21": lambda: (peak_burst(1), 0.0),
    "3341-22": lambda: (peak_burst(2), 0.0),
    "3341-23": lambda: (peak_burst(3), 0.0),
}


def loudness(sound: Sound, folder: Path, layout: str = "") -> tuple[Sound, Sound]:
    """Momentary and short-term loudness every 100 ms, in LUFS as heard, read by ffmpeg."""
    frames = sound if sound.ndim == 2 else sound[:, None]
    layout = layout or ("mono" if frames.shape[1] == 1 else "stereo")
    graph = "ebur128=metadata=1:framelog=quiet:dualmono=1"
    for key in "MS":
        graph += f",ametadata=mode=print:key=lavfi.r128.{key}:file={key}.log"
    command = [ENGINE, "-nostdin", "-v", "error", "-f", "f32le", "-ar", str(RATE_HZ), "-ch_layout", layout]
    command += ["-i", "pipe:0", "-af", graph, "-f", "null", "-"]
    subprocess.run(command, input=frames.astype("<f4").tobytes(), check=True, timeout=60, cwd=folder)
    momentary, short_term = (_values(folder / f"{key}.log") for key in "MS")
    return momentary, short_term


def _values(path: Path) -> Sound:
    lines = [line for line in path.read_text("ascii").splitlines() if line.startswith("lavfi")]
    values = np.array([float(line.partition("=")[2]) for line in lines])
    return np.asarray(np.maximum(np.nan_to_num(values, nan=-120.0, neginf=-120.0), -120.0))
