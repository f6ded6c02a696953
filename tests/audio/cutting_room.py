"""What the tests of edited masters share: speech without two moments alike, and a judge of their own."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from sounds import ENGINE, Sound, decode, write_wav

from cop_publish.audio.crew import make_alone
from cop_publish.audio.order import Order, stamps_of
from cop_publish.core.edits import UNEDITED, Edit
from cop_publish.settings import Sound as Settings

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.audio.shelf import Encoded

HZ = 48_000
WINDOW = HZ // 2
RECIPE = "1" * 64
FOUND, ABSENT = 0.55, 0.45  # what the judge says of speech that is there (0.63 or more), or not (0.33)


@cache
def speech(seconds: float, seed: int = 3, pitch_hz: float = 150.0) -> Sound:
    """Like a voice: syllables of gliding pitch and changing vowels, breath between; no two alike.  Mono."""
    rng = np.random.default_rng(seed)
    sound = 0.002 * rng.standard_normal(round(seconds * HZ))
    at = 0
    while at < len(sound):
        times = np.arange(int(rng.uniform(0.12, 0.35) * HZ)) / HZ
        turns = 2 * np.pi * pitch_hz * rng.uniform(0.7, 1.4) * (times + rng.uniform(-0.4, 0.4) * times**2)
        vowel = rng.uniform((300, 900), (800, 2400))[:, None]
        weights = np.exp(-(((np.arange(1, 30) * pitch_hz - vowel) / 180) ** 2)).sum(axis=0) + 0.02
        voice = sum(w * np.sin(k * turns + rng.uniform(0, 6)) for k, w in enumerate(weights, 1))
        breath = 0.3 * rng.standard_normal(len(times))
        syllable = 0.1 * (voice + breath) * np.sin(np.pi * times / times[-1]) * rng.uniform(0.5, 1.0)
        sound[at : at + len(times)] += syllable[: len(sound) - at]
        at += len(times) + int(rng.choice([0.02, 0.05, 0.2]) * HZ)
    return np.asarray(sound)


@dataclass
class Room:
    """A workspace with one recording; `encode` makes its master without tags."""

    root: Path
    recording: str = "recording.wav"
    sound: Settings = field(default_factory=Settings)
    edit: Edit = UNEDITED

    def record(self, sound: Sound) -> Room:
        write_wav(self.root / self.recording, sound)
        return self

    def order(self, jobs: int = 2, recipe: str = RECIPE) -> Order:
        cache_ = self.root / "masters"
        path = self.root / self.recording
        stamps = stamps_of(path, self.sound, self.root)
        return Order("012-new", self.root, cache_, path, stamps, recipe, self.sound, self.edit, jobs)

    def encode(self, jobs: int = 2) -> Encoded:
        return make_alone(self.order(jobs), lambda _step, _done: None)

    @property
    def published(self) -> Path:
        return self.root / "masters" / f"{RECIPE}.mp3"

    def heard(self) -> Sound:
        """What listeners hear: (samples, channels)."""
        return np.asarray(decode(self.published), np.float64)


class Judge:
    """Finds sounds in another one, knowing nothing of how that was made; mono.

    Normalised cross-correlation, to `step` samples, of what lies between 300 Hz and half the rate left by it.
    """

    def __init__(self, sound: Sound, step: int = 6) -> None:
        self._step = step
        self._heard = _treble(sound, step)
        self._size = 1 << (2 * len(self._heard)).bit_length()
        self._spectrum = np.fft.rfft(self._heard, self._size)

    def find(self, needle: Sound) -> tuple[int, float]:
        """Where it is, and how surely (0 to 1)."""
        wanted = _treble(needle, self._step)
        both = np.fft.irfft(self._spectrum * np.conj(np.fft.rfft(wanted, self._size)), self._size)
        sums = np.concatenate([[0.0], np.cumsum(self._heard**2)])
        energies = sums[len(wanted) :] - sums[: -len(wanted)]
        energies = np.maximum(energies, 1e-4 * energies.max())
        scores = both[: len(energies)] / np.sqrt(energies * np.sum(wanted**2))
        return self._step * int(np.argmax(scores)), float(scores.max())


def _treble(sound: Sound, step: int) -> Sound:
    """Every `step`-th sample, with treble and bass brought nearer to each other."""
    size = 3 << len(sound).bit_length()
    pitches = np.fft.rfftfreq(size, 1 / HZ)[: size // 2 // step + 1]
    weights = np.where(pitches > 300, pitches**0.5, 0.0)
    spectrum = np.fft.rfft(sound, size)[: len(pitches)] * weights
    return np.asarray(np.fft.irfft(spectrum, size // step)[: len(sound) // step])


def mono(sound: Sound) -> Sound:
    return sound if sound.ndim == 1 else np.asarray(sound.mean(axis=1))


def heard_lufs(sound: Sound, folder: Path) -> float:
    """Integrated loudness by ffmpeg's meter; mono as heard from two loudspeakers."""
    path = write_wav(folder / "metered.wav", sound)
    command = [ENGINE, "-nostdin", "-i", str(path), "-af", "ebur128=dualmono=1", "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stderr
    return float(re.findall(r"I:\s+(-?[0-9.]+) LUFS", said)[-1])


def level_db(sound: Sound) -> float:
    return float(10 * np.log10(np.mean(np.square(sound)) + 1e-12))


def share_of_tone(sound: Sound, pitch_hz: float) -> float:
    """How much of the energy of a sound is at one pitch (10 Hz to either side)."""
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    pitches = np.fft.rfftfreq(len(sound), 1 / HZ)
    return float(power[np.abs(pitches - pitch_hz) < 10].sum() / power.sum())
