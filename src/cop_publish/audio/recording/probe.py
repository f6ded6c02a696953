"""What a recording is, before anything is made of it: layout, declared length, or why it cannot be used."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from shutil import disk_usage
from typing import TYPE_CHECKING

from cop_publish.audio import faults
from cop_publish.audio.argv import Input, probe_argv
from cop_publish.audio.engine import LONGEST_SECONDS, run
from cop_publish.audio.faults import Refused
from cop_publish.audio.recording import remarks
from cop_publish.audio.recording.claim import Claim, read_claim
from cop_publish.audio.recording.listen import rewrite
from cop_publish.audio.scratch import scratch_bytes
from cop_publish.core.timeline import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from pathlib import Path

SHORTFALL_SECONDS = 0.5  # missing at the end: cut off
SHORTFALL_SHARE = 0.01  # ... or this share of a short file
VIDEO_SHORTFALL_SECONDS = 5.0  # the sound of a call may stop before its picture does
MOST_CHANNELS = 8  # 7.1; of more, nobody knows which is which
_DURATION = re.compile(r"^\[info\]   Duration: (?:N/A|(\d+):(\d\d):(\d\d\.\d+))")
_STREAM = re.compile(r"^\[info\]   Stream #0:\d+.*?: (Audio|Video): (.*)")
_LAYOUT = re.compile(r" Hz, ([^,]+)")
_GUESSED = ("Estimating duration from bitrate", "using bitrate for duration")
_NAMED_LAYOUTS = {"mono": 1, "stereo": 2, "downmix": 2, "quad": 4, "hexagonal": 6, "octagonal": 8}


class CutOff(Enum):
    """What the producer says of a recording whose end is missing: `accept_cut_off` in edit.yaml."""

    REFUSED = auto()
    ACCEPTED = auto()


@dataclass(frozen=True, slots=True)
class Source:
    """A recording that can be opened."""

    input: Input
    declared_seconds: float | None  # None: the file does not say, or only guesses
    with_video: bool
    channels: int = 2  # in the file
    exact_seek: bool = False  # decoding may begin at any sample and gives the same ones
    cut_off: CutOff = CutOff.REFUSED
    end_known: bool = True  # the file says where its end is, and does not only stop there
    remarks: tuple[str, ...] = ()  # what the producer should know, each a sentence without its full stop


@dataclass(frozen=True, slots=True)
class Dump:
    """What ffmpeg says of a file when it opens it."""

    channels: int  # 0: no sound
    seconds: float | None
    with_video: bool
    tracks: int = 1  # of sound
    streamed: bool = False  # a transport stream: `seconds` is where it stops, wherever that is


def probe(engine: str, path: Path, cut_off: CutOff = CutOff.REFUSED, room: Path | None = None) -> Source:
    """Open a recording and look at it, or raise Refused with the reason.

    A file that cannot be edited as it is (it changes its sample rate on the way, or its tag lies about its
    size) is written anew as a plain WAV to `room`, a private path of the caller's; without one it is refused.
    """
    try:
        claim = _claim(path)
    except OSError as error:
        raise Refused(faults.unreadable(error)) from error
    _check_claim(claim, cut_off)
    if claim.uneven or claim.sound_from:
        return _anew(engine, path, claim, cut_off, room)
    return _source(path, _look(engine, path), claim, cut_off)


def parse_dump(lines: list[str]) -> Dump:
    """Read ``Duration:`` and ``Stream`` lines; the first sound track decides.

    The file's own metadata is printed before them, and a key with a line break in it can look like them:
    so the last ``Duration:`` counts, and what follows it.
    """
    seconds, sounds, video = None, list[int](), False
    opened, guessed, streamed = False, False, False
    for line in lines:
        if line.startswith(("[info] Stream mapping", "[info] Output #")):
            break
        opened |= line.startswith("[info] Input #0")
        streamed |= line.startswith("[info] Input #0, mpegts")
        guessed |= not opened and any(words in line for words in _GUESSED)
        if found := _DURATION.match(line):
            seconds, sounds, video = _seconds(found), [], False
        if found := _STREAM.match(line):
            kind, details = found.groups()
            video |= kind == "Video" and "attached pic" not in details
            sounds += [_channels(details)] if kind == "Audio" else []
    return Dump(sounds[0] if sounds else 0, None if guessed else seconds, video, len(sounds), streamed)


def missing_seconds(source: Source, found_seconds: float) -> float:
    """How much of the declared length is not there; 0 within what formats round and pad, or if accepted."""
    if source.declared_seconds is None or source.cut_off is CutOff.ACCEPTED:
        return 0.0
    missing = source.declared_seconds - found_seconds
    allowed = min(SHORTFALL_SECONDS, SHORTFALL_SHARE * source.declared_seconds + 0.1)
    if source.with_video:
        allowed = max(VIDEO_SHORTFALL_SECONDS, SHORTFALL_SHARE * source.declared_seconds)
    return missing if missing > allowed else 0.0


def _seconds(found: re.Match[str]) -> float | None:
    hours, minutes, seconds = found.groups()
    return None if hours is None else int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _channels(details: str) -> int:
    """Of ``pcm_s16le, 48000 Hz, 5.1(side), s16``: 6; two for a layout with a name that we do not know."""
    found = _LAYOUT.search(details)
    name = found[1].partition("(")[0].strip() if found else ""
    if name in _NAMED_LAYOUTS:
        return _NAMED_LAYOUTS[name]
    if name.endswith(" channels"):
        return int(name.split()[0])
    numbers = name.split(".")
    return sum(map(int, numbers)) if all(number.isdigit() for number in numbers) else 2


def _claim(path: Path) -> Claim:
    size_bytes = path.stat().st_size
    if size_bytes == 0:
        raise Refused(faults.EMPTY)
    with path.open("rb") as file:
        return read_claim(file, size_bytes)


def _check_claim(claim: Claim, cut_off: CutOff) -> None:
    """What can be known without decoding; hours are not decoded only to be refused."""
    if claim.seconds is not None and claim.seconds > LONGEST_SECONDS:
        raise Refused(faults.TOO_LONG)
    if claim.present_seconds == 0:
        raise Refused(faults.NO_SOUND)
    if cut_off is CutOff.ACCEPTED:
        return
    if claim.stops_short and not claim.estimated:
        raise Refused(faults.STOPS_SHORT)
    if claim.seconds is not None and claim.present_seconds is not None:
        missing = claim.seconds - claim.present_seconds  # by their bytes, so to the sample
        if missing > min(SHORTFALL_SECONDS, SHORTFALL_SHARE * claim.seconds):
            raise Refused(faults.cut_off(claim.present_seconds, claim.seconds))


def _look(engine: str, path: Path) -> Dump:
    lines: list[str] = []
    outcome = run(probe_argv(engine, path), lambda _: None, lines.append)
    if outcome.ok and not lines:
        raise Refused(faults.NOT_FFMPEG)
    dump = parse_dump(lines)
    if not outcome.ok or dump.channels == 0:
        raise Refused(faults.cannot_open(outcome))
    if dump.channels > MOST_CHANNELS:
        raise Refused(faults.too_many_channels(dump.channels))
    return dump


def _source(path: Path, dump: Dump, claim: Claim, cut_off: CutOff) -> Source:
    ffmpegs_word = claim.estimated and dump.seconds is not None
    declared = dump.seconds if ffmpegs_word or claim.seconds is None else claim.seconds
    if declared is not None and declared > LONGEST_SECONDS:
        raise Refused(faults.TOO_LONG)
    if claim.stops_short and not ffmpegs_word and cut_off is CutOff.REFUSED:
        raise Refused(faults.STOPS_SHORT)
    stop = claim.seconds if claim.ignore_length and claim.seconds else LONGEST_SECONDS + 1
    return Source(
        Input(
            path,
            min(2, dump.channels),
            stop,
            ignore_length=claim.ignore_length,
            plain_wav=bool(claim.pcm_hz),
            clocked=not claim.pcm_hz,
        ),
        declared,
        dump.with_video,
        channels=dump.channels,
        exact_seek=claim.pcm_hz == SAMPLE_RATE_HZ,
        cut_off=cut_off,
        end_known=declared is not None and not dump.streamed,
        remarks=_remarks(dump, claim, cut_off),
    )


def _remarks(dump: Dump, claim: Claim, cut_off: CutOff) -> tuple[str, ...]:
    said = []
    if dump.channels > 2:  # noqa: PLR2004 - as many as a master has
        said.append(remarks.mixed_down(dump.channels))
    if dump.tracks > 1:
        said.append(remarks.first_of(dump.tracks))
    if cut_off is CutOff.ACCEPTED and claim.stops_short:
        said.append(remarks.CUT_OFF)
    return tuple(said)


def _anew(engine: str, path: Path, claim: Claim, cut_off: CutOff, room: Path | None) -> Source:
    if room is None:
        raise Refused(faults.BAD_TAG if claim.sound_from else faults.UNEVEN)
    needed, free = (
        scratch_bytes(round((claim.seconds or 0) * SAMPLE_RATE_HZ), 2),
        disk_usage(room.parent).free,
    )
    if free < needed:
        raise Refused(faults.little_space(free, needed))
    damage = rewrite(engine, Input(path, 2, LONGEST_SECONDS + 1), room, claim.sound_from)
    plain = _source(room, _look(engine, room), _claim(room), cut_off)
    said = [remarks.BAD_TAG] if claim.sound_from else []
    said += [remarks.UNEVEN] if claim.uneven else []
    said += [remarks.damaged(damage.places_seconds)] if damage.places_seconds else []
    return replace(plain, declared_seconds=claim.seconds, remarks=(*said, *plain.remarks))
