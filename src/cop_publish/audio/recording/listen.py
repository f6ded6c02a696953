"""Decoding a whole recording without keeping it: how long it really is, and where it is damaged.

Time stamps are not believed: samples are counted as they come out of the decoder, before anything is filled
in between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.audio import faults
from cop_publish.audio.argv import DEMUXERS, Input
from cop_publish.audio.engine import run
from cop_publish.audio.faults import Refused
from cop_publish.core.timeline import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from pathlib import Path

NEAR_SECONDS = 1.0  # faults closer than this are one place
MOST_PLACES = 200
QUEUED_FRAMES = 12  # how far the decoder may be ahead of what is printed, where it has a thread of its own
# One whole line at a time, so that no message of another thread is mixed into it, as `ashowinfo` would.
_COUNTED = "asetpts=N/SR/TB,ametadata=mode=add:key=decoded:value=1,ametadata=mode=print:key=decoded"
_FRAME = re.compile(r"^\[Parsed_ametadata_\d+ @ \w+\] \[info\] frame:\d+ +pts:\d+ +pts_time:([\d.]+)")
_NO_DAMAGE = "non monoton"  # time stamps that run backwards where files were joined


@dataclass(frozen=True, slots=True)
class Damage:
    """What was heard of a recording, in its own time."""

    seconds: float  # really decoded
    places_seconds: tuple[float, ...]  # where something could not be decoded, to a second or so
    parts: int  # 1: neither sample rate nor channels change
    frame_seconds: float = 0.0  # decoded at once

    @property
    def at_the_end(self) -> bool:
        last = self.seconds - NEAR_SECONDS - QUEUED_FRAMES * self.frame_seconds
        return bool(self.places_seconds) and self.places_seconds[-1] > last


def listen(engine: str, source: Input) -> Damage:
    """Decode everything and say how it went.  Raises Refused where it cannot be decoded at all."""
    return _run(listen_argv(engine, source))


def rewrite(engine: str, source: Input, target: Path, skip_bytes: int) -> Damage:
    """Write a recording anew as a plain WAV at 48 kHz, without the first bytes.  Raises Refused."""
    return _run(rewrite_argv(engine, source, target, skip_bytes))


def listen_argv(engine: str, source: Input) -> list[str]:
    """A line on standard error for each decoded frame; progress on standard output, as a sign of life."""
    length = ["-ignore_length", "1"] if source.ignore_length else []
    return [*_open(engine, source, length), "-af", _COUNTED, "-f", "null", "-"]


def rewrite_argv(engine: str, source: Input, target: Path, skip_bytes: int) -> list[str]:
    """The same, and the sound as 32-bit float, each part brought to one rate and layout on its own."""
    skip = ["-f", "mp3", "-skip_initial_bytes", str(skip_bytes)] if skip_bytes else []
    even = f"{_COUNTED},aresample={SAMPLE_RATE_HZ},aformat=sample_fmts=flt:channel_layouts={source.layout}"
    wav = ["-c:a", "pcm_f32le", "-rf64", "auto", "-f", "wav", "-y", f"file:{target}"]
    return [*_open(engine, source, skip), "-af", even, *wav]


def _open(engine: str, source: Input, options: list[str]) -> list[str]:
    return [
        *(engine, "-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", "-progress", "pipe:1"),
        *("-protocol_whitelist", "file,pipe", "-format_whitelist", DEMUXERS),
        *(*options, "-t", f"{source.seconds:.6f}", "-i", f"file:{source.path}", "-map", "0:a:0"),
        *("-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"),
    ]


def _run(argv: list[str]) -> Damage:
    ear = Ear()
    outcome = run(argv, lambda _: None, ear.hear)
    if not outcome.ok:
        raise Refused(faults.cannot_run(outcome))
    return ear.damage()


class Ear:
    """Takes ffmpeg's lines: decoded frames, and between them what went wrong."""

    def __init__(self) -> None:
        self._before = 0.0  # seconds of the parts before this one
        self._at = 0.0  # start of the last frame in this part
        self._frame = 0.0  # length of the frame before it, and so most likely its own
        self._parts = 1
        self._places: list[float] = []
        self._last = -NEAR_SECONDS
        self._opened = False

    def hear(self, line: str) -> None:
        """Faults while the file is being opened are found again when it is decoded."""
        self._opened |= line.startswith("[info] Input #0")
        if frame := _FRAME.match(line):
            self._count(float(frame[1]))
        elif self._opened and _is_damage(line):
            if self._seconds >= self._last + NEAR_SECONDS and len(self._places) < MOST_PLACES:
                self._places.append(self._seconds)
            self._last = self._seconds

    def damage(self) -> Damage:
        return Damage(self._seconds, tuple(self._places), self._parts, self._frame)

    @property
    def _seconds(self) -> float:
        return self._before + self._at + self._frame

    def _count(self, at: float) -> None:
        """The count begins at 0 again where ffmpeg builds its filters anew, for another rate or layout."""
        if at < self._at:
            self._before, self._parts = self._seconds, self._parts + 1
        else:
            self._frame = at - self._at or self._frame
        self._at = at


def _is_damage(line: str) -> bool:
    return ("[error]" in line and _NO_DAMAGE not in line) or ("[warning]" in line and "orrupt" in line)
