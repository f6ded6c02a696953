"""Sounds for the tests, synthesised: speech-like bursts, claps, tones; and how to write them to files."""

from __future__ import annotations

import struct
import subprocess
from typing import TYPE_CHECKING

import imageio_ffmpeg  # type: ignore[import-untyped]  # it has no types
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pathlib import Path

Sound = npt.NDArray[np.float64]  # (samples,) or (samples, channels), full scale 1.0
ENGINE = str(imageio_ffmpeg.get_ffmpeg_exe())


def tone(
    seconds: float, level_db: float = -23.0, *, rate_hz: int = 48_000, pitch_hz: float = 1000.0
) -> Sound:
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.asarray(10 ** (level_db / 20) * np.sin(2 * np.pi * pitch_hz * times))


def talk(seconds: float, level_db: float = -20.0, *, rate_hz: int = 48_000, seed: int = 1) -> Sound:
    """Harmonics of a voice in syllables and pauses, with breath noise."""
    rng = np.random.default_rng(seed)
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    pitches = np.arange(110 + 10 * seed, min(4000, 0.45 * rate_hz), 110 + 10 * seed)
    voice = sum(np.sin(2 * np.pi * f * times + rng.random() * 6) / (k + 1) for k, f in enumerate(pitches))
    syllables = np.sin(2 * np.pi * 2.1 * times) ** 2 * (np.sin(2 * np.pi * 0.31 * times + seed) > -0.6)
    sound = np.asarray(voice) * syllables + 0.01 * rng.standard_normal(len(times))
    return np.asarray(10 ** (level_db / 20) * sound / np.sqrt(np.mean(sound**2)))


def uneven_stereo(seconds: float = 12.0) -> Sound:
    """Two voices 14 dB apart, panned, with claps: needs a limiter, and its sides carry something."""
    rng = np.random.default_rng(5)
    near, far = talk(seconds, -18.0), talk(seconds, -32.0, seed=4)
    sound = np.stack([near + 0.3 * far, 0.4 * near + far], axis=1)
    for start in range(24_000, len(sound) - 300, 96_000):
        sound[start : start + 250] += 0.5 * rng.standard_normal((250, 2))
    return np.asarray(0.5 * sound / np.abs(sound).max())


def write_wav(path: Path, sound: Sound, *, rate_hz: int = 48_000, chunks: bytes = b"") -> Path:
    """16-bit PCM; `chunks` stand in front of the sound, where recorders write about themselves."""
    pcm = (np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes()
    path.write_bytes(_riff(_layout((1, 16), sound, rate_hz), chunks, pcm))
    return path


def write_float_wav(path: Path, sound: Sound, *, rate_hz: int = 48_000) -> Path:
    path.write_bytes(_riff(_layout((3, 32), sound, rate_hz), b"", sound.astype("<f4").tobytes()))
    return path


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def convert(source: Path, target: Path, *options: str) -> Path:
    """Make a file of another format with the wheel's ffmpeg."""
    command = [ENGINE, "-nostdin", "-v", "error", "-i", f"file:{source}", *options, "-y", f"file:{target}"]
    subprocess.run(command, check=True, timeout=60)
    return target


def decode(path: Path) -> npt.NDArray[np.float32]:
    """The file as its listeners' players decode it: (samples, channels) at the file's own rate."""
    channels = 2 if "stereo" in describe(path) else 1
    command = [ENGINE, "-nostdin", "-v", "error", "-i", f"file:{path}", "-f", "f32le", "-"]
    raw = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    return np.frombuffer(raw, "<f4").reshape(-1, channels)


def describe(path: Path) -> str:
    """What ffmpeg says of a file."""
    command = [ENGINE, "-nostdin", "-hide_banner", "-i", f"file:{path}"]
    return subprocess.run(command, check=False, capture_output=True, timeout=60).stderr.decode(
        "utf-8", "replace"
    )


def _layout(coding: tuple[int, int], sound: Sound, rate_hz: int) -> bytes:
    code, bits = coding
    channels = 1 if sound.ndim == 1 else sound.shape[1]
    frame = channels * bits // 8
    return struct.pack("<HHIIHH", code, channels, rate_hz, rate_hz * frame, frame, bits)


def _riff(layout: bytes, chunks: bytes, pcm: bytes) -> bytes:
    return chunk(b"RIFF", b"WAVE" + chunk(b"fmt ", layout) + chunks + chunk(b"data", pcm))


def cut_short(path: Path, share: float) -> Path:
    """As a full card or a broken copy leaves it: only the first part of its bytes."""
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    return path


def garble(path: Path, start_share: float, stop_share: float) -> Path:
    """As a bad sector leaves it: other bytes in the middle."""
    content = bytearray(path.read_bytes())
    start, stop = int(start_share * len(content)), int(stop_share * len(content))
    content[start:stop] = np.random.default_rng(1).bytes(stop - start)
    path.write_bytes(content)
    return path


def make(path: Path, sound: Sound, *options: str, rate_hz: int = 48_000) -> Path:
    """A file of the format that its name says."""
    return convert(write_wav(path.with_name(f"{path.name}.wav"), sound, rate_hz=rate_hz), path, *options)
