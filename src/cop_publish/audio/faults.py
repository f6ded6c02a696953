"""What can be wrong with a recording or the encoder, in a producer's words.

ffmpeg's own words are only looked at for what they mean: they can quote a file's metadata, and that may
hold a name.
"""

from __future__ import annotations

import errno
import signal
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from cop_publish.core.problems import Matter, Place, Problem

if TYPE_CHECKING:
    from cop_publish.audio.engine import Outcome
    from cop_publish.core.model import Loudness
    from cop_publish.settings import Sound

EXPORT_AGAIN = "Export it again from the recorder or the call, and put it in this one's place."
COPY_AGAIN = (
    "Copy it again from the recorder; if that is all there is, write `accept_cut_off: yes` in edit.yaml."
)


class Spot(Enum):
    """Where a fault is to be mended."""

    RECORDING = auto()
    EPISODE = auto()
    MASTERS = auto()
    SETTINGS = auto()
    JINGLE = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, the cure, where, and whose move it is."""

    what: str
    fix: str
    spot: Spot = Spot.RECORDING
    matter: Matter = Matter.SOUND
    path: str = ""  # of the file itself, relative to the workspace; empty: `spot` says enough

    def at(self, path: str) -> Problem:
        """The problem at a path of the workspace, with bytes that are no text written as such."""
        place = Place(path.encode("utf-8", "backslashreplace").decode())
        return Problem(place, self.what, self.fix, self.matter)


class Refused(Exception):
    """Carries a fault up to `produce`, which says where it lies."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault

    def __reduce__(self) -> tuple[type[Refused], tuple[Fault]]:
        """So that a worker on another machine can send it."""
        return Refused, (self.fault,)


NOT_A_FILE = Fault("the recording is not a plain file", "Put the sound file itself here.")
EMPTY = Fault("the recording is empty (0 bytes)", "Copy it again, and wait until the copy has finished.")
NOT_SOUND = Fault(
    "this is not a sound file that can be read, whatever its name says",
    "Use WAV, FLAC, MP3, M4A, Opus, or the video of a call.",
)
NO_SOUND_TRACK = Fault("there is no sound track in this file", "Choose the file that has the sound.")
NO_SOUND = Fault("the file has a header, and no sound after it", EXPORT_AGAIN)
NEVER_FINISHED = Fault("the recording was never finished: its index is missing", EXPORT_AGAIN)
STOPS_SHORT = Fault("the recording is cut off: the file ends in the middle of its sound", COPY_AGAIN)
UNEVEN = Fault(
    "the recording changes its sample rate or channels on the way, so no cut could be placed exactly",
    "Join its parts in an editor, and export them as one WAV or FLAC.",
)
BAD_TAG = Fault(
    "the recording's tag says a wrong size, so its sound cannot be found",
    "Remove its tags in an editor, or export it again.",
)
TOO_LONG = Fault("the recording is longer than 6 hours", "Cut it into episodes.")
TOO_SHORT = Fault("the recording is shorter than 0.4 seconds", "Choose the file with the whole recording.")
ALL_SILENT = Fault(
    "the recording is silent: no speech was found", "Choose the track on which the microphones are."
)
UNKNOWN_CHANNELS = Fault(
    "the recording has many channels, and does not say which is which", "Export a stereo mix of them."
)
UNDECODABLE = Fault("the recording cannot be decoded", EXPORT_AGAIN)
CHANGED = Fault(
    "the recording changed while it was being read", "Wait until its copy is complete, and run again."
)
HUNG = Fault("decoding the recording did not move for two minutes, and was stopped", EXPORT_AGAIN)
DISK_FULL = Fault("the disk is full, and nothing was kept", "Free some space, and run again.", Spot.MASTERS)
NO_ENGINE = Fault(
    "[sound] ffmpeg names a program that is not there", "Correct it, or remove the line.", Spot.SETTINGS
)
NOT_FFMPEG = Fault(
    "[sound] ffmpeg names a program that is not ffmpeg", "Correct it, or remove the line.", Spot.SETTINGS
)
NO_MP3 = Fault(
    "[sound] ffmpeg names a program that cannot write MP3", "Correct it, or remove the line.", Spot.SETTINGS
)
NO_RECORDING = Fault(
    "there is neither a recording nor a receipt of its published master (master.json)",
    "Put the recording into the episode's folder.",
    Spot.EPISODE,
)
NO_RECORDING_TO_REMASTER = Fault(
    "it is to be mastered again, and its recording is not here",
    "Put the recording into the episode's folder.",
    Spot.EPISODE,
)
LOST = Fault(
    "its published master is neither here nor in the store, and made again today it would be another one",
    "Bring the store back, or run `cop-publish episode --remaster` with its folder.",
    Spot.EPISODE,
)
NO_LONGER_AGREED = Fault(
    "the published sound's tags may say something that is no longer agreed, and its recording is not here",
    "Master it again where the recording is: `cop-publish episode --remaster` with its folder.",
    Spot.EPISODE,
    Matter.CONSENT,
)
MASTERS_UNUSABLE = Fault(
    "the folder of masters cannot be used", "Make it a folder that you can write to.", Spot.MASTERS
)
BAD_RECEIPT = Fault("this receipt cannot be read", "Bring it back from version control.")
OTHER_RECEIPT = Fault(
    "this receipt was written by another version of cop-publish",
    "Use that version; or delete the file, and the sound is made again: a new address, the same guid.",
)
NOTHING_LEFT = Fault("the edit list leaves nothing of the recording", "Take out less.", Spot.EPISODE)
NO_JINGLE = Fault(
    "there is no such sound file for an intro or outro",
    "Put it there, or take it out of [sound] or edit.yaml.",
    Spot.JINGLE,
)
LONG_JINGLE = Fault("this intro or outro is longer than two minutes", "Cut it.", Spot.JINGLE)
SILENT_JINGLE = Fault(
    "this intro or outro is silent, or shorter than 0.4 seconds", "Choose another file, or none.", Spot.JINGLE
)
WRONG_LENGTH = Fault(
    "the finished MP3 is not as long as its recording",
    "Report it: this is a fault of ours or of the encoder.",
)

_NOT_STARTED = (126, 127)  # POSIX sh: found and cannot be run, not found
_SENTENCES = (
    ("moov atom not found", NEVER_FINISHED),
    ("matches no streams", NO_SOUND_TRACK),
    ("no 'data' tag found", NO_SOUND),
    ("Unknown encoder", NO_MP3),
    ("No space left on device", DISK_FULL),
    ("File too large", DISK_FULL),
    ("Disk quota exceeded", DISK_FULL),
    ("not on whitelist", NOT_SOUND),
    ("there is not enough information to do it", UNKNOWN_CHANNELS),
    ("Invalid data found", NOT_SOUND),
)


def cannot_open(outcome: Outcome) -> Fault:
    """Why a file could not be opened."""
    fault = _meaning(outcome)
    return NOT_SOUND if fault is UNDECODABLE else fault


def cannot_run(outcome: Outcome) -> Fault:
    """Why a run that had begun did not end well."""
    fault = _meaning(outcome)
    return UNDECODABLE if fault is NOT_SOUND else fault


def unreadable(error: OSError) -> Fault:
    """The system's refusal; its words are the errno's, never the path's."""
    if is_full(error):
        return DISK_FULL
    if error.errno == errno.ENOENT:
        return CHANGED
    if error.errno in (errno.EACCES, errno.EPERM):
        return Fault("the recording may not be read", "Give yourself permission to read it.")
    return Fault(f"the recording cannot be read (error {error.errno})", "Copy it again.")


def of_jingle(fault: Fault, path: str) -> Fault:
    """The fault of an intro or outro; a full disk or a missing encoder is still just that."""
    if fault.spot is Spot.JINGLE:
        return replace(fault, path=path)
    if fault.spot is not Spot.RECORDING:
        return fault
    what = fault.what.replace("the recording", "the sound")
    return Fault(what, "Export it again as WAV, FLAC or MP3, or choose another file.", Spot.JINGLE, path=path)


def is_full(error: OSError) -> bool:
    """Whether a write failed for want of space."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def cut_off(found_seconds: float, declared_seconds: float) -> Fault:
    """The header promises more than there is."""
    what = f"the recording is cut off: {found_seconds:.1f} s can be read of {declared_seconds:.1f} s"
    return Fault(what, COPY_AGAIN)


def damaged(places_seconds: tuple[float, ...], found_seconds: float, declared_seconds: float) -> Fault:
    """Sound is missing in the middle of it."""
    first = clock(places_seconds[0])
    what = (
        f"the recording is damaged, first at {first}, and part of it is lost:"
        f" {found_seconds:.1f} s can be read of {declared_seconds:.1f} s"
    )
    return Fault(what, COPY_AGAIN)


def too_many_channels(channels: int) -> Fault:
    """Beyond 7.1 there is no telling which is which; a recorder's microphones, most likely."""
    return Fault(f"the recording has {channels} channels", "Export a stereo mix of them.")


def not_finite(at_seconds: float) -> Fault:
    """A floating-point file with a broken sample."""
    what = f"the sound holds a value that is not a number, {at_seconds:.3f} s from its start"
    return Fault(what, "Export it again from the editor, as 24-bit WAV or FLAC.")


def little_space(free_bytes: int, needed_bytes: int) -> Fault:
    """Said before anything is encoded."""
    free, needed = _megabytes(free_bytes), _megabytes(needed_bytes)
    what = f"the disk has {free} MB free, and this episode may need {needed} MB"
    return Fault(what, "Free some space, and run again.", Spot.MASTERS)


def off_target(heard: Loudness, sound: Sound) -> Fault:
    """The MP3 measures outside the promise after every round."""
    what = (
        f"the finished MP3 measures {heard.integrated_lufs:.1f} LUFS and {heard.true_peak_dbtp:.1f} dBTP,"
        f" not {sound.target_lufs:g} LUFS and at most {sound.true_peak_dbtp:g} dBTP"
    )
    return Fault(what, "Even out very loud and very quiet passages in an editor, or change [sound].")


def clock(seconds: float) -> str:
    """A time as players show it: 0:03, 1:20:00."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _meaning(outcome: Outcome) -> Fault:
    if outcome.timed_out:
        return HUNG
    if outcome.exit_code == -signal.SIGXFSZ:
        return DISK_FULL
    if outcome.exit_code in _NOT_STARTED:
        return NOT_FFMPEG
    for words, fault in _SENTENCES:
        if any(words in line for line in outcome.said):
            return fault
    return UNDECODABLE


def _megabytes(count_bytes: int) -> int:
    return -(-count_bytes // 1_000_000)
