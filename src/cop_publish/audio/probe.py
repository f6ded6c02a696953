"""What a recording is, before anything is made of it: layout, declared length, or why it cannot be used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.audio import faults
from cop_publish.audio.argv import Input, probe_argv
from cop_publish.audio.engine import LONGEST_SECONDS, run
from cop_publish.audio.faults import Refused
from cop_publish.audio.wav import Wav, read_wav

if TYPE_CHECKING:
    from pathlib import Path

SHORTFALL_SECONDS = 0.5  # missing at the end: cut off
SHORTFALL_SHARE = 0.01  # ... or this share of a short file
VIDEO_SHORTFALL_SECONDS = 5.0  # the sound of a call may stop before its picture does
_DURATION = re.compile(r"^\[info\]   Duration: (?:N/A|(\d+):(\d\d):(\d\d\.\d+))")
_STREAM = re.compile(r"^\[info\]   Stream #0:\d+.*?: (Audio|Video): (.*)")
_GUESSED = ("Estimating duration from bitrate", "using bitrate for duration")


@dataclass(frozen=True, slots=True)
class Source:
    """A recording that can be opened."""

    input: Input
    declared_seconds: float | None  # None: the file does not say, or only guesses
    with_video: bool


@dataclass(frozen=True, slots=True)
class Dump:
    """What ffmpeg says of a file when it opens it."""

    channels: int  # 0: no sound
    seconds: float | None
    with_video: bool


def probe(engine: str, path: Path) -> Source:
    """Open a recording and look at it, or raise Refused with the reason."""
    try:
        wav = _wav(path)
    except OSError as error:
        raise Refused(faults.unreadable(error)) from error
    lines: list[str] = []
    outcome = run(probe_argv(engine, path), lambda _: None, lines.append)
    if outcome.ok and not lines:
        raise Refused(faults.NOT_FFMPEG)
    dump = parse_dump(lines)
    if not outcome.ok or dump.channels == 0:
        raise Refused(faults.cannot_open(outcome))
    declared = wav.declared_seconds if wav else dump.seconds
    if declared is not None and declared > LONGEST_SECONDS:
        raise Refused(faults.TOO_LONG)
    return _source(path, dump, wav)


def parse_dump(lines: list[str]) -> Dump:
    """Read ``Duration:`` and ``Stream`` lines; the first sound track decides.

    The file's own metadata is printed before them, and a key with a line break in it can look like them:
    so the last ``Duration:`` counts, and what follows it.
    """
    seconds, channels, video, opened, guessed = None, 0, False, False, False
    for line in lines:
        if line.startswith(("[info] Stream mapping", "[info] Output #")):
            break
        opened |= line.startswith("[info] Input #0")
        guessed |= not opened and any(words in line for words in _GUESSED)
        if found := _DURATION.match(line):
            seconds, channels, video = _seconds(found), 0, False
        if found := _STREAM.match(line):
            kind, details = found.groups()
            video |= kind == "Video" and "attached pic" not in details
            channels = channels or (_channels(details) if kind == "Audio" else 0)
    return Dump(channels, None if guessed else seconds, video)


def missing_seconds(source: Source, found_seconds: float) -> float:
    """How much of the declared length is not there; 0 within what formats round and pad."""
    if source.declared_seconds is None:
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
    """1, or 2 for everything that is mixed down to two: ``pcm_s16le, 48000 Hz, mono, s16``."""
    return 1 if re.search(r" Hz, (mono|1 channels)\b", details) else 2


def _wav(path: Path) -> Wav | None:
    size_bytes = path.stat().st_size
    if size_bytes == 0:
        raise Refused(faults.EMPTY)
    with path.open("rb") as file:
        return read_wav(file, size_bytes)


def _source(path: Path, dump: Dump, wav: Wav | None) -> Source:
    if wav is None:
        return Source(Input(path, dump.channels, LONGEST_SECONDS + 1), dump.seconds, dump.with_video)
    stop = wav.declared_seconds if wav.ignore_length else LONGEST_SECONDS + 1
    source = Input(path, dump.channels, stop, ignore_length=wav.ignore_length)
    return Source(source, wav.declared_seconds, with_video=False)
