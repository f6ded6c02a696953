"""Intro and outro: heard alone, and made as loud as the talk that they stand beside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.audio import faults
from cop_publish.audio.clips import LONGEST_SECONDS, sounding
from cop_publish.audio.faults import Refused
from cop_publish.audio.hearing.measure import Clip, Inputs, Room, measure
from cop_publish.audio.order import jingles_of
from cop_publish.audio.planning.gating import SILENCE_LUFS, integrated_lufs
from cop_publish.audio.recording.probe import probe
from cop_publish.core.timeline import SAMPLE_RATE_HZ, Bookends, whole

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.audio.order import Order
    from cop_publish.settings import Sound

MOST_DB = 20.0  # of gain; what is fainter than that is not meant to be heard


@dataclass(frozen=True, slots=True)
class Jingles:
    """What stands before and after the talk; None: nothing."""

    intro: Clip | None = None
    outro: Clip | None = None
    intro_samples: int = 0
    outro_samples: int = 0

    def bookends(self, sound: Sound) -> Bookends:
        """Their place in the timeline."""
        crossfade = round(sound.crossfade_seconds * SAMPLE_RATE_HZ)
        return Bookends(self.intro_samples, self.outro_samples, crossfade)


NO_JINGLES = Jingles()


def hear_jingles(engine: str, order: Order, talk_lufs: float, folder: Path) -> Jingles:
    """Find how long they are, and what makes them as loud as the talk.  Raises Refused, OSError."""
    plain = replace(order.sound, highpass_hz=0, noise_reduction_db=0, de_ess=0.0, gate=False)
    room = Room(folder, 1, lambda _: None)

    def hear(path: Path | None) -> tuple[Clip | None, int]:
        try:
            return _heard(engine, path, plain, talk_lufs, room) if path else (None, 0)
        except Refused as refusal:
            name = path.relative_to(order.root).as_posix() if path else ""
            raise Refused(faults.of_jingle(refusal.fault, name)) from refusal

    (intro, intro_samples), (outro, outro_samples) = map(hear, jingles_of(order.sound, order.root))
    return Jingles(intro, outro, intro_samples, outro_samples)


def _heard(engine: str, path: Path, plain: Sound, talk_lufs: float, room: Room) -> tuple[Clip, int]:
    """The clip without the silence at its ends, and how many samples that leaves."""
    source = probe(engine, path)
    longest = round(LONGEST_SECONDS * SAMPLE_RATE_HZ)
    if (source.declared_seconds or 0) > LONGEST_SECONDS:
        raise Refused(faults.LONG_JINGLE)
    with measure(engine, Inputs(source.input), whole(longest), plain, room) as heard:
        if heard.samples > longest:
            raise Refused(faults.LONG_JINGLE)
        first, last = sounding(heard.pcm.read(0, heard.samples))
        loudness = integrated_lufs(heard.momentary)
    if first == last or loudness <= SILENCE_LUFS:
        raise Refused(faults.SILENT_JINGLE)
    gain_db = max(-MOST_DB, min(MOST_DB, talk_lufs - loudness))
    return Clip(source.input, round(gain_db, 3), first), last - first
