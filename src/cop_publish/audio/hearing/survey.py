"""A first look at a recording that is to be mixed down: the energies of its channels, and nothing kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cop_publish.audio import argv, faults
from cop_publish.audio.engine import limits_for, run
from cop_publish.audio.faults import Refused
from cop_publish.audio.hearing.tally import LOOK_SAMPLES, Adder
from cop_publish.audio.scratch import FLOAT_BYTES

if TYPE_CHECKING:
    from cop_publish.audio.argv import Input
    from cop_publish.audio.hearing.tally import Sums


def survey(engine: str, source: Input) -> Sums:
    """Decode all of it; broken samples are found when it is heard.  Raises Refused."""
    adder, window, rest = Adder(source.channels), LOOK_SAMPLES * source.channels * FLOAT_BYTES, bytearray()

    def take(chunk: bytes) -> None:
        rest.extend(chunk)
        while len(rest) >= window:
            look(bytes(rest[:window]))
            del rest[:window]

    def look(pcm: bytes) -> None:
        adder.take(np.ascontiguousarray(np.frombuffer(pcm, "<f4").reshape(-1, source.channels).T))

    outcome = run(argv.survey_argv(engine, source), take, lambda _: None, limits_for(source.seconds))
    if not outcome.ok:
        raise Refused(faults.cannot_run(outcome))
    look(bytes(rest[: len(rest) // (source.channels * FLOAT_BYTES) * source.channels * FLOAT_BYTES]))
    return adder.sums()
