"""What the encoder takes: measured on a few seconds of the very sound, not looked up.

LAME scales its input by 0.95 up to 160 kb/s and cuts off what the bit rate cannot carry, so an MP3 is about
0.45 LU quieter than what went in, and how much exactly depends on the sound and on the build of the encoder.
It depends on the level hardly at all, so it is measured while the plan is still being made.
"""

from __future__ import annotations

from concurrent.futures import wait
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from cop_publish.audio.grid import BLOCK, FRAME
from cop_publish.audio.mp3.chunk import decode_frames, encode_chunk
from cop_publish.audio.mp3.frames import STEP_FRAMES, Chunk
from cop_publish.audio.mp3.pace import Pace
from cop_publish.audio.mp3.press import booth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cop_publish.audio.grid import Array, Doubles, Floats
    from cop_publish.audio.mp3.chunk import Booth
    from cop_publish.audio.mp3.info_frame import Stream
    from cop_publish.audio.mp3.press import Press
    from cop_publish.audio.planning.levels import Read

TRIAL_FRAMES = 500  # 12 s
_TRIAL_BLOCKS = TRIAL_FRAMES * FRAME // BLOCK
WORKING_PEAK = 0.5
WINDOW = 16_384  # samples
_HANN = np.hanning(WINDOW).astype(np.float32)
_STEP_BLOCKS = STEP_FRAMES * FRAME // BLOCK
# BS.1770-5 annex 1 at 48 kHz: the head's shelf and the high-pass, (b0, b1, b2), (1, a1, a2).
_K_WEIGHTING = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)


def loudest_stretch(momentary: Array, frames: int) -> Chunk:
    """Twelve seconds with the most energy, or all of what is shorter; by the loudness each 100 ms alone."""
    energy = np.concatenate([np.zeros(1), np.cumsum(10 ** (np.asarray(momentary, np.float64) / 10))])
    starts = np.arange(0, max(1, len(momentary) - _TRIAL_BLOCKS), _STEP_BLOCKS)
    sums = energy[np.minimum(starts + _TRIAL_BLOCKS, len(momentary))] - energy[starts]
    first = int(np.argmax(np.round(sums, 9))) * STEP_FRAMES
    return Chunk(first, min(first + TRIAL_FRAMES, frames))


@contextmanager
def trial(press: Press, stream: Stream, sound: Read, momentary: Array) -> Iterator[Callable[[], float]]:
    """Let a hand encode the loudest stretch of a sound meanwhile; what it gives says the loss in decibels.

    `momentary` is the loudness of the sound, every 100 ms.  Asking raises Refused, OSError.
    """
    stretch = loudest_stretch(momentary, stream.frames)
    at = booth(press, stream, _at_working_level(sound, stretch, stream), Pace(_untold, "", 0.0, 0.0))
    loss = press.hands.submit(encoder_loss_db, at, stretch)
    try:
        yield loss.result
    finally:
        at.over.set()
        if not loss.cancel():
            wait([loss])


def _at_working_level(sound: Read, stretch: Chunk, stream: Stream) -> Read:
    """The sound so loud that its highest sample in the stretch is well below full scale."""
    start, stop = stretch.encoded_samples
    highest = float(np.abs(sound(start, min(stop, stream.samples))).max(initial=0.0))
    gain = np.float32(WORKING_PEAK / highest) if highest else np.float32(1.0)

    def feed(start: int, stop: int, /) -> Floats:
        return sound(start, stop) * gain

    return feed


def encoder_loss_db(booth: Booth, stretch: Chunk) -> float:
    """How much quieter the stretch comes out than it goes in, to a thousandth.  Raises Refused, OSError."""
    start, stop = stretch.first * FRAME, min(stretch.stop * FRAME, booth.stream.samples)
    pcm = np.frombuffer(decode_frames(booth, encode_chunk(booth, stretch)), "<f4")
    decoded = pcm.reshape(-1, booth.stream.channels)[start - stretch.encoded_first * FRAME :]
    fed = booth.feed(start, stop)
    before, after = weighted_energy(fed), weighted_energy(decoded[: stop - start])
    return round(10 * float(np.log10(before / after)), 3) if before > 0 < after else 0.0


def weighted_energy(sound: Array) -> float:
    """The energy of all channels after K-weighting: by Parseval's theorem, in windows of 0.34 s."""
    windows = np.pad(sound, ((0, -len(sound) % WINDOW), (0, 0))).reshape(-1, WINDOW, sound.shape[1])
    powers = np.abs(np.fft.rfft(windows * _HANN[:, None], axis=1)) ** 2
    return float(_k_weights() @ powers.sum(axis=(0, 2)))


@cache
def _k_weights() -> Doubles:
    """|response|^2 at each frequency of a window."""
    z = np.exp(-2j * np.pi * np.arange(WINDOW // 2 + 1) / WINDOW)
    response = np.ones(len(z))
    for above, below in _K_WEIGHTING:
        response *= np.abs(np.polyval(above[::-1], z) / np.polyval(below[::-1], z)) ** 2
    return response


def _untold(_step: str, _share: float) -> None:
    """Nobody waits for this."""
