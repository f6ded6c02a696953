"""What is known of a sound before it is made: that its recording can be opened, and how long it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cop_publish.audio import faults
from cop_publish.audio.engine import find_engine
from cop_publish.audio.faults import Refused
from cop_publish.audio.master import explained, order, produce
from cop_publish.audio.recording.probe import SHORTFALL_SECONDS, CutOff, probe
from cop_publish.core.edit_checks import check_times
from cop_publish.core.feed_rules import sound_to_come
from cop_publish.core.timeline import SAMPLE_RATE_HZ, timeline_of
from cop_publish.errors import AudioFailed

if TYPE_CHECKING:
    from cop_publish.audio.master import Studio
    from cop_publish.audio.order import Order
    from cop_publish.core.model import ClearedEpisode, Master


def foretell(episode: ClearedEpisode, studio: Studio) -> Master:
    """The master where it is there; else one with the length that the recording declares, and no file.

    Raises AudioFailed and NotCleared as `produce` does, for what shows without decoding.
    """
    asked = order(episode, studio)
    if asked is None:
        return produce(episode, studio)
    with explained(episode, studio):
        declared_seconds = _declared(asked)
    if declared_seconds is None:
        return sound_to_come(episode)
    samples = round(declared_seconds * SAMPLE_RATE_HZ)
    # What a file declares and what is decoded differ a little: only what is late by both is told.
    if check_times(episode, samples + round(SHORTFALL_SECONDS * SAMPLE_RATE_HZ)):
        raise AudioFailed("The sound could not be made.", check_times(episode, samples))
    timeline = timeline_of(samples, episode.edit.cuts)
    seconds = timeline.samples / SAMPLE_RATE_HZ
    return replace(sound_to_come(episode), duration_seconds=seconds, timeline=timeline)


def _declared(asked: Order) -> float | None:
    """The length in the recording's own words; None where it says nothing that can be relied on."""
    engine = find_engine(asked.sound.ffmpeg, asked.root)
    if engine is None:
        raise Refused(faults.NO_ENGINE)
    is_whole = not asked.edit.accepts_cut_off
    try:
        source = probe(engine, asked.recording, CutOff.REFUSED if is_whole else CutOff.ACCEPTED)
    except Refused as refused:
        if refused.fault in {faults.BAD_TAG, faults.UNEVEN}:  # mastering writes it anew and goes on
            return None
        raise
    return source.declared_seconds if is_whole and not source.with_video else None
