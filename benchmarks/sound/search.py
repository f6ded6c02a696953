"""Look for a stretch of a recording in a finished file: matched filters of a second each.

Both are decoded at 8 kHz and pre-emphasised, which is where speech differs from other speech; what counts is
the highest normalised correlation with any place.  About 1: it is there.  A stretch that is known to be
there must be found too, or the search proves nothing.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pathlib import Path

RATE_HZ: Final = 8000
WINDOW: Final = RATE_HZ
BLOCK: Final = 1 << 17
LOUD: Final = 0.25  # of the loudest window's energy; softer ones are pauses, which are like any other pause

Sound = npt.NDArray[np.float64]


def decode(engine: str, path: Path) -> Sound:
    """One channel at 8 kHz, high tones lifted."""
    options = [
        "-nostdin",
        "-v",
        "error",
        "-i",
        f"file:{path}",
        "-map",
        "0:a:0",
        "-ac",
        "1",
        "-ar",
        str(RATE_HZ),
    ]
    raw = subprocess.run([engine, *options, "-f", "s16le", "-"], capture_output=True, check=True).stdout
    sound = np.frombuffer(raw, "<i2").astype(np.float64)
    return np.asarray(np.diff(sound, prepend=0.0))


def scores(recording: Sound, stretch_seconds: tuple[float, float], master: Sound) -> list[float]:
    """How well each loud second of the stretch is found anywhere in the master, 0 to 1."""
    start, stop = (round(seconds * RATE_HZ) for seconds in stretch_seconds)
    windows = [recording[at : at + WINDOW] for at in range(start, stop - WINDOW + 1, WINDOW)]
    energies = [float(window @ window) for window in windows]
    return [
        best_match(window, master)
        for window, energy in zip(windows, energies, strict=True)
        if energy >= LOUD * max(energies)
    ]


def best_match(window: Sound, master: Sound) -> float:
    """The highest normalised correlation of a window with any place of a sound."""
    squares = np.concatenate([[0.0], np.cumsum(master * master)])
    energy = squares[len(window) :] - squares[: -len(window)]
    floor = 1e-6 * float(energy.max(initial=0.0))  # in digital silence nothing is like anything
    place = np.abs(_correlated(window, master)) / np.sqrt(np.maximum(energy, floor + 1e-9))
    return float(place.max(initial=0.0)) / float(np.sqrt(window @ window))


def _correlated(window: Sound, master: Sound) -> Sound:
    """At every place where the window fits, by overlap-save."""
    kernel = np.conj(np.fft.rfft(window, BLOCK))
    step = BLOCK - len(window) + 1
    places = len(master) - len(window) + 1
    found = [
        np.fft.irfft(np.fft.rfft(master[at : at + BLOCK], BLOCK) * kernel, BLOCK)[:step]
        for at in range(0, max(places, 0), step)
    ]
    return np.concatenate(found)[:places] if found else np.zeros(0)
