"""What a file says of its own length, read from its own bytes.

ffmpeg says how long most files are, and then nothing is needed here.  It guesses, or believes the size of
the file, where a format has no length (MP3 and AAC frames one after the other), keeps it in a place that
ffmpeg does not read (Sony's Wave64), or tells the end by a mark only (Ogg).  There a recording that was cut
off looks whole to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.audio.recording.mpeg import walk_frames
from cop_publish.audio.recording.ogg import read_ogg
from cop_publish.audio.recording.outlines import ends_early
from cop_publish.audio.recording.w64 import read_w64
from cop_publish.audio.recording.wav import Wav, read_wav

if TYPE_CHECKING:
    from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Claim:
    """Everything is as it should be unless said otherwise."""

    seconds: float | None = None  # None: the file does not say it, or ffmpeg reads it as well
    estimated: bool = False  # by its size: what ffmpeg finds written in it goes before
    present_seconds: float | None = None  # how much of that is there, where bytes alone tell
    stops_short: bool = False  # the file ends in the middle of what it began
    uneven: bool = False  # sample rate or channels change on the way, or several files stand in one
    ignore_length: bool = False  # ffmpeg must not believe the header's own
    pcm_hz: int = 0  # sample rate of plain PCM, where any sample can be sought; 0: something else
    sound_from: int = 0  # bytes of a damaged tag, which ffmpeg would take the sound for


def read_claim(file: BinaryIO, size_bytes: int) -> Claim:
    """What the header, or a walk along the frames, says; a second or two for the longest MP3."""
    for read in (_wav, _ogg, _frames):
        file.seek(0)
        if claim := read(file, size_bytes):
            return claim
    file.seek(0)
    return Claim(stops_short=ends_early(file, size_bytes))


def _wav(file: BinaryIO, size_bytes: int) -> Claim | None:
    wav = read_wav(file, size_bytes)
    if wav is None:
        file.seek(0)
        wav = read_w64(file, size_bytes)
    return _of_wav(wav) if wav else None


def _of_wav(wav: Wav) -> Claim:
    return Claim(
        seconds=wav.declared_seconds,
        present_seconds=wav.present_seconds,
        ignore_length=wav.ignore_length,
        pcm_hz=wav.rate_hz if wav.pcm else 0,
    )


def _ogg(file: BinaryIO, size_bytes: int) -> Claim | None:
    ogg = read_ogg(file, size_bytes)
    if ogg is None:
        return None
    whole = ogg.seconds if ogg.links > 1 else None  # ffmpeg knows one, and of several the last
    return Claim(seconds=whole, stops_short=ogg.stops_short, uneven=ogg.links > 1)


def _frames(file: BinaryIO, size_bytes: int) -> Claim | None:
    walk = walk_frames(file, size_bytes)
    if walk is None:
        return None
    return Claim(
        seconds=walk.seconds_by_size,
        estimated=True,
        stops_short=walk.stops_short,
        uneven=walk.uneven,
        sound_from=walk.sound_from,
    )
