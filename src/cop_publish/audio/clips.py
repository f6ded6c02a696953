"""pydub, for what it is good at: short clips.  The tone in place of a removed range, an intro, a preview.

Nothing longer than two minutes ever comes here: pydub holds all of a sound in memory, several times over.

It is given our own samples and never a file, so it needs no ffprobe.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Final

import numpy as np

from cop_publish.core.timeline import SAMPLE_RATE_HZ

# pydub warns while it is imported: of audioop, which Python 3.13 takes from a package of its own, of its
# escape sequences, and of an ffmpeg that is not on PATH.  None of that is about us.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydub import AudioSegment  # type: ignore[import-untyped]  # it has no types
    from pydub.generators import Sine  # type: ignore[import-untyped]  # the same
    from pydub.silence import detect_leading_silence  # type: ignore[import-untyped]  # the same

if TYPE_CHECKING:
    from cop_publish.audio.grid import Floats
    from cop_publish.audio.pcm import Readable

LONGEST_SECONDS: Final = 120.0
TONE_HZ: Final = 1000.0
TONE_DBFS: Final = -20.0  # of its peaks: audible as a tone, no louder than the talk around it
TONE_EDGE_MS: Final = 5  # so that it does not click
SILENCE_DBFS: Final = -60.0
FADE_IN_MS: Final = 200
FADE_OUT_MS: Final = 500
_A_MS = SAMPLE_RATE_HZ // 1000
_FULL = 2.0**31  # pydub's 32-bit samples


def tone(samples: int) -> Floats:
    """A tone of so many samples at 48 kHz with soft edges: (samples, 1).  Raises ValueError of a long one."""
    _refuse_long(samples)
    second = Sine(TONE_HZ, sample_rate=SAMPLE_RATE_HZ, bit_depth=32).to_audio_segment(1000.0, TONE_DBFS)
    frames = _frames(second * (samples // SAMPLE_RATE_HZ + 1))[:samples]  # whole waves, so that they join
    edge = min(TONE_EDGE_MS, samples // 2 // _A_MS)  # pydub fades whole milliseconds
    if edge:
        frames[: edge * _A_MS] = _frames(_segment(frames[: edge * _A_MS]).fade_in(edge))
        frames[-edge * _A_MS :] = _frames(_segment(frames[-edge * _A_MS :]).fade_out(edge))
    return frames


def sounding(frames: Floats) -> tuple[int, int]:
    """Where an intro or outro at 48 kHz, (n, channels), begins and ends to sound: 0, 0 if it never does.

    To the millisecond.  Raises ValueError beyond two minutes.
    """
    segment = _segment(frames)
    first = _A_MS * detect_leading_silence(segment, SILENCE_DBFS, chunk_size=1)
    last = len(frames) - _A_MS * detect_leading_silence(segment.reverse(), SILENCE_DBFS, chunk_size=1)
    return (first, last) if first < last else (0, 0)


def excerpt(pcm: Readable, start_seconds: float, end_seconds: float) -> Floats:
    """A stretch of a sound at 48 kHz, faded in and out, to listen to: (n, channels).

    Raises ValueError for more than two minutes, before anything is read.
    """
    start, end = (round(1000 * seconds) * _A_MS for seconds in (start_seconds, end_seconds))
    _refuse_long(end - start)
    segment = _segment(pcm.read(start, end))
    return _frames(segment.fade_in(min(FADE_IN_MS, len(segment))).fade_out(min(FADE_OUT_MS, len(segment))))


def _refuse_long(samples: int) -> None:
    if samples > LONGEST_SECONDS * SAMPLE_RATE_HZ:
        raise ValueError(
            f"a clip is at most {LONGEST_SECONDS:g} s long, not {samples / SAMPLE_RATE_HZ:.1f} s"
        )


def _segment(frames: Floats) -> AudioSegment:
    """Pydub's own form of our samples; anything beyond full scale is clipped."""
    _refuse_long(len(frames))
    whole = np.clip(np.round(frames.astype(np.float64) * _FULL), -_FULL, _FULL - 1).astype("<i4")
    return AudioSegment(
        data=whole.tobytes(), sample_width=4, frame_rate=SAMPLE_RATE_HZ, channels=frames.shape[1]
    )


def _frames(segment: AudioSegment) -> Floats:
    whole = np.frombuffer(segment.raw_data, "<i4").reshape(-1, segment.channels)
    return np.asarray(whole / _FULL, np.float32)
