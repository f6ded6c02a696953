"""What the encoder takes: measured on a few seconds of the very sound, not looked up.

LAME scales its input by 0.95 up to 160 kb/s and cuts off what the bit rate cannot carry, so an MP3 is about
0.45 LU quieter than what went in, and how much exactly depends on the sound and on the build of the encoder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cop_publish.audio.grid import BLOCK, FRAME
from cop_publish.audio.mp3.chunk import decode_frames, encode_chunk
from cop_publish.audio.mp3.frames import STEP_FRAMES, Chunk

if TYPE_CHECKING:
    from cop_publish.audio.grid import Array, Doubles
    from cop_publish.audio.mp3.chunk import Booth

TRIAL_FRAMES = 500  # 12 s
_TRIAL_BLOCKS = TRIAL_FRAMES * FRAME // BLOCK
_STEP_BLOCKS = STEP_FRAMES * FRAME // BLOCK
# BS.1770-5 annex 1 at 48 kHz: the head's shelf and the high-pass, (b0, b1, b2), (1, a1, a2).
_K_WEIGHTING = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)


def loudest_stretch(momentary: Doubles, frames: int) -> Chunk:
    """Twelve seconds with the most energy, or all of what is shorter; by the loudness each 100 ms alone."""
    energy = np.concatenate([np.zeros(1), np.cumsum(10 ** (np.asarray(momentary, np.float64) / 10))])
    starts = np.arange(0, max(1, len(momentary) - _TRIAL_BLOCKS), _STEP_BLOCKS)
    sums = energy[np.minimum(starts + _TRIAL_BLOCKS, len(momentary))] - energy[starts]
    first = int(np.argmax(np.round(sums, 9))) * STEP_FRAMES
    return Chunk(first, min(first + TRIAL_FRAMES, frames))


def encoder_loss_db(booth: Booth, stretch: Chunk) -> float:
    """How much quieter the stretch comes out than it goes in, to a thousandth.  Raises Refused, OSError."""
    start, stop = stretch.first * FRAME, min(stretch.stop * FRAME, booth.stream.samples)
    pcm = np.frombuffer(decode_frames(booth, encode_chunk(booth, stretch)), "<f4")
    decoded = pcm.reshape(-1, booth.stream.channels)[start - stretch.encoded_first * FRAME :]
    fed = booth.feed(start, stop)
    before, after = weighted_energy(fed), weighted_energy(decoded[: stop - start])
    return round(10 * float(np.log10(before / after)), 3) if before > 0 < after else 0.0


def weighted_energy(sound: Array) -> float:
    """The energy of all channels after K-weighting, by Parseval's theorem."""
    size = 1 << int(len(sound) + 4800).bit_length()
    spectrum = np.fft.rfft(sound.astype(np.float64), size, axis=0)
    z = np.exp(-2j * np.pi * np.arange(len(spectrum)) / size)
    response = np.ones(len(spectrum))
    for above, below in _K_WEIGHTING:
        response *= np.abs(np.polyval(above[::-1], z) / np.polyval(below[::-1], z)) ** 2
    return float(response @ (np.abs(spectrum) ** 2).sum(axis=1))
