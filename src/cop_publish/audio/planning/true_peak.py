"""True peak: what the sound reaches between its samples (ITU-R BS.1770-5 annex 2), where it can matter.

Sound is seen 16 times a sample, through 48 taps of sinc under a Kaiser window (beta 8, 80 dB): flat to 21 kHz
within 0.01 dB, images of anything below 21 kHz at -80 dB.  BS.1770 asks for 4 times and 12 taps; at 8 times,
claps read 0.02 dB less.

Looking at all of an hour costs seconds and would find nothing at most places, so only hops are looked at
whose highest sample comes within `NEAR_DB` of the ceiling, and their neighbours; and in them, only what is
next to a sample within `NEAR_DB` of the highest.  Sound without content above B Hz rises between samples to
at most 1 / cos(pi B / 48000) times the highest sample, so 4 dB miss nothing of what is below 13.5 kHz,
where speech and all but a little of music ends.  For the rest, the MP3 is measured.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from cop_publish.audio.grid import HOP, Array, Doubles, Floats
from cop_publish.audio.planning.levels import Read, pieces

NEAR_DB = 4.0
NEAR = 10 ** (-NEAR_DB / 20)
OVERSAMPLING = 16
TAPS = 48
BEFORE = TAPS // 2 - 1  # samples that the taps reach back from the one in front of a moment
AFTER = TAPS // 2
KAISER_BETA = 8.0
SPAN_HOPS = 2500  # read in one go: 5 s
BRIDGE_HOPS = 8  # hops nearer to each other than this are read together
MOMENTS = 350  # multiplied in one go: of more, OpenBLAS makes threads, and a busy machine lets them wait

Flags = npt.NDArray[np.bool_]


def near_hops(peak: Floats, limit: float) -> Array:
    """Indices of the hops whose true peak may pass `limit` (both linear), rising."""
    near = peak > limit * NEAR
    wide = near.copy()
    wide[1:] |= near[:-1]
    wide[:-1] |= near[1:]
    return np.flatnonzero(wide)


def true_peaks(read: Read, hops: Array) -> Doubles:
    """The true peak (linear, any channel) of each of these hops of 2 ms; `hops` rise."""
    found = np.zeros(len(hops))
    for first, last in _spans(hops):
        start, stop = int(hops[first]), int(hops[last - 1]) + 1
        here = hops[first:last] - start
        asked = np.zeros(stop - start, np.bool_)
        asked[here] = True
        found[first:last] = _peaks(_around(read, start, stop), asked, NEAR)[here]
    return found


def every_true_peak(read: Read, samples: int) -> Doubles:
    """The true peak of every hop, looked for between all samples: the slow way."""
    spans = pieces(-(-samples // HOP), SPAN_HOPS)
    return np.concatenate([_peaks(_around(read, a, b), np.ones(b - a, np.bool_), -1.0) for a, b in spans])


def _spans(hops: Array) -> list[tuple[int, int]]:
    """Runs of `hops` that are read in one go, as indices (first, last not included)."""
    spans, first = [], 0
    for here in range(1, len(hops) + 1):
        ends = here == len(hops)
        if ends or hops[here] - hops[here - 1] > BRIDGE_HOPS or hops[here] - hops[first] >= SPAN_HOPS:
            spans.append((first, here))
            first = here
    return spans if len(hops) else []


def _around(read: Read, first: int, last: int) -> Doubles:
    """The hops from `first` to `last` (not included), and what the taps reach beyond them."""
    return read(first * HOP - BEFORE, last * HOP + AFTER).astype(np.float64)


def _peaks(sound: Doubles, asked: Flags, near: float) -> Doubles:
    """Of each hop that is asked for: of its samples, and of the moments between them and up to the next."""
    samples = np.abs(sound[BEFORE : len(sound) - AFTER + 1])
    highest = samples[:-1].reshape(len(asked), -1).max(axis=1)
    bar = np.repeat(np.where(asked, near * highest, np.inf), HOP)
    for channel in range(sound.shape[1]):
        beside = np.maximum(samples[:-1, channel], samples[1:, channel])
        places = np.flatnonzero(beside > bar)
        windows = np.lib.stride_tricks.sliding_window_view(sound[:, channel], TAPS)
        for first, last in pieces(len(places), MOMENTS):
            some = places[first:last]
            between = np.abs(windows[some] @ _filter()).max(axis=1)
            np.maximum.at(highest, some // HOP, between)
    return np.asarray(highest)


@cache
def _filter() -> Doubles:
    """(taps, phases 1 to 15 of 16): the last is the sample itself."""
    places = np.arange(TAPS)[:, None] - BEFORE - np.arange(1, OVERSAMPLING) / OVERSAMPLING
    window = np.i0(KAISER_BETA * np.sqrt(1 - (places / (TAPS / 2)) ** 2)) / np.i0(KAISER_BETA)
    taps = np.sinc(places) * window
    return np.asarray(taps / taps.sum(axis=0))
