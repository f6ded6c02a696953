"""What each value of ``[sound]`` may be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cop_publish.settings import Sound

# ISO/IEC 11172-3, layer III: the constant rates that an MP3 of 48 kHz can have.
_RATES_KBPS = frozenset({32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320})
_CHANNELS = ("auto", "mono", "stereo")
# Key: the least, the most, and what to write instead.
_RANGES = {
    "target_lufs": (-30, -10, "Apple asks for -16."),
    "true_peak_dbtp": (-9, -0.5, "Apple asks for -1."),
    "leveller": (0, 1, "Between 0 (off) and 1; 0.8 is usual."),
    "noise_reduction_db": (0, 30, "0 is off; 8 is gentle, 12 can be heard."),
    "de_ess": (0, 1, "0 is off; 0.3 is usual."),
    "crossfade_seconds": (0, 10, "Such as 1."),
}
_HIGHPASS_HZ = range(20, 301)
_JINGLE = re.compile(r"sounds/(?!\.)[^/]+")  # one folder, so that a change in it is seen at once
_PAUSE_SECONDS = (1.0, 60.0)


def sound_faults(sound: Sound, root: Path) -> Iterator[tuple[str, str, str]]:
    """Yield key, what is wrong and how to mend it."""
    for key, (least, most, advice) in _RANGES.items():
        if not least <= getattr(sound, key) <= most:
            yield key, "is out of range", advice
    for key in ("mono_kbps", "stereo_kbps"):
        if getattr(sound, key) not in _RATES_KBPS:
            yield key, "is no rate of an MP3", "Such as 96 or 128."
    if sound.channels not in _CHANNELS:
        yield "channels", "is not known", "Write auto, mono or stereo."
    if sound.highpass_hz and sound.highpass_hz not in _HIGHPASS_HZ:
        yield "highpass_hz", "is out of range", "80 is usual; 0 is off."
    shortest, longest = _PAUSE_SECONDS
    if sound.longest_pause_seconds and not shortest <= sound.longest_pause_seconds <= longest:
        yield "longest_pause_seconds", "is out of range", "1.5 is usual; 0 leaves pauses as they are."
    yield from _jingle_faults(sound, root)


def _jingle_faults(sound: Sound, root: Path) -> Iterator[tuple[str, str, str]]:
    for key, name in (("intro", sound.intro), ("outro", sound.outro)):
        if name and not _JINGLE.fullmatch(name):
            yield key, "must lie in the folder sounds/", f'Put it there, and write "sounds/{key}.wav".'
        elif name and not (root / name).is_file():
            yield key, "names a file that is not there", "Give its path from the workspace, or take it out."
