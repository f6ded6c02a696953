"""That a master holds what it may, and nothing else, told from the finished MP3 and the original recording.

Three things are looked at.  Its length is that of the timeline, to the sample.  Every block of 100 ms that
can be heard is its permitted source, in its place.  And what is left when all of that is taken away is
searched for every removed range; a kept second that is left out of it must be found by the same search.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from cop_publish.audio.faults import Fault, Refused, Spot
from cop_publish.audio.proof.correlation import (
    FIT,
    LEFT_OVER,
    WINDOW,
    Accounts,
    account,
    left_over,
    search,
    sizes,
    sizes_near,
    windows_of,
)
from cop_publish.audio.proof.permitted import REACH, Alone, Originals, Permitted, permitted_of, shifted
from cop_publish.audio.proof.sketch import BLOCK, RATE_HZ, SIXTH, Sketch, emphasised
from cop_publish.core.loudness import Proof, Removed
from cop_publish.core.timeline import SAMPLE_RATE_HZ, Gap, Origin, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.audio.grid import Array, Floats

ACCOUNTED: Final = 0.5  # of a block; this and the next from the distributions in docs/decisions/009
FOUND: Final = 0.45  # of a removed range: from here on it is a leak
CONTROL: Final = 0.9  # of the kept range that must be found
QUIETEST_DB, LOUDEST_DB = -65.0, -45.0  # between these lies the level at which a block counts as heard
OVER_NOISE_DB = 6.0
BESIDE_DB = 30.0  # so far under a neighbour, a block holds that neighbour's spread by the encoder
SPEECH_DB = -60.0  # a removed range that is quieter throughout is silent
EDGE: Final = 24  # 3 ms: so far a loud sound reaches into its quiet neighbour when it is made a sketch
PIECE = 30 * RATE_HZ
_TAP_FRAME = 1024
_TAP_PLACES = 240

_OURS = "Nothing was published. Report it: this is a fault of ours."


@dataclass(frozen=True, slots=True)
class Tally:
    """Active blocks, those accounted for, the weakest score, and where it is (block number; -1: nowhere)."""

    blocks: int
    accounted: int
    weakest: float
    weakest_at: int


def prove(timeline: Timeline, originals: Originals, published: Sketch) -> Proof:
    """Check a finished master against the recording.  Raises Refused when anything in it is not permitted."""
    if published.samples != timeline.samples:
        raise Refused(wrong_length(published.samples, timeline.samples))
    case = _Case(_answering(permitted_of(timeline, originals), published), published)
    accounts = case.accounts()
    found = tally(accounts)
    if found.accounted < found.blocks:
        raise Refused(not_accounted(found))
    ranges = [gap for gap in timeline.gaps if not gap.is_pause]
    scores = case.scores(ranges, heard_from_db(accounts.levels_db))
    control = case.control(accounts) if any(s is not None for s in scores) else None
    if control is not None and control <= CONTROL:
        raise Refused(void(control))
    removed = tuple(_removed(gap, score) for gap, score in zip(ranges, scores, strict=True))
    for number, one in enumerate(removed, 1):
        if one.score is not None and one.score >= FOUND:
            raise Refused(leaked(number, one))
    return _proof(timeline, found, removed, control)


def prove_unedited(timeline: Timeline, accounts: Accounts, least: Floats) -> Proof:
    """The same from blocks that were compared while encoding, where nothing was removed.  Raises Refused.

    `least` is what is asked of the score of each.
    """
    found = tally(accounts, least)
    if found.accounted < found.blocks:
        raise Refused(not_accounted(found))
    return _proof(timeline, found, (), None)


def tally(accounts: Accounts, least: Floats | float = ACCOUNTED) -> Tally:
    """Count the blocks that can be heard, and those that are as permitted: of which the score is enough."""
    active = np.flatnonzero(_active(accounts.levels_db))
    if len(active) == 0:
        return Tally(0, 0, 1.0, -1)
    scores = accounts.scores[active]
    asked = np.broadcast_to(least, len(accounts.scores))[active]
    weakest = int(np.argmin(scores - asked))
    passed = int(np.count_nonzero(scores >= asked))
    return Tally(len(active), passed, round(float(scores[weakest]), 3), int(active[weakest]))


def joined(parts: list[Accounts]) -> Accounts:
    """The accounts of parts that follow one another."""
    levels = np.concatenate([part.levels_db for part in parts])
    return Accounts(levels, np.concatenate([part.scores for part in parts]))


def wrong_length(found: int, planned: int) -> Fault:
    """Samples too many or too few."""
    what = f"the finished MP3 is {found} samples long, and its edit list makes {planned}"
    return Fault(what, _OURS, Spot.EPISODE)


def not_accounted(found: Tally) -> Fault:
    """Something is heard that is not the permitted sound at that place."""
    at = _clock(found.weakest_at / 10)
    count = found.blocks - found.accounted
    what = f"{count} of {found.blocks} tenths of a second of the finished MP3 are not what may be heard there"
    return Fault(f"{what}, least of all at {at}", _OURS, Spot.EPISODE)


def leaked(number: int, removed: Removed) -> Fault:
    """A removed range is in the master after all."""
    where = f"{_clock(removed.start_seconds)} to {_clock(removed.end_seconds)} of the recording"
    what = f"removed range {number} ({where}) can still be heard in the finished MP3 ({removed.score:.2f})"
    return Fault(what, _OURS, Spot.EPISODE)


def void(control: float) -> Fault:
    """The search would not have found a leak."""
    what = f"the search for removed ranges proves nothing: a kept second was found with {control:.2f} only"
    fix = f"Turn noise_reduction_db, de_ess or gate in [sound] down (needed: {CONTROL})."
    return Fault(what, fix, Spot.SETTINGS)


@dataclass(frozen=True, slots=True)
class _Case:
    """A master and what it may hold."""

    permitted: Permitted
    published: Sketch

    def accounts(self) -> Accounts:
        return joined([account(*self._sounds(start, stop + FIT)) for start, stop in self._pieces()])

    def scores(self, ranges: list[Gap], from_db: float) -> list[float | None]:
        """Of every range the highest score anywhere louder than that; None: too short, or silent."""
        windows = [self._windows(gap.start, gap.end) for gap in ranges]
        together = np.concatenate(windows) if windows else np.zeros((0, WINDOW, 1), np.float32)
        best = np.zeros(len(together), np.float32)
        for start, stop in self._pieces() if len(together) else ():
            heard, first, second = self._sounds(start - WINDOW, stop + WINDOW)
            rest = left_over(heard, first, second)
            best = np.maximum(best, search(together, rest, heard, _suspicious(heard, rest, from_db)))
        parts = np.split(best, np.cumsum([len(w) for w in windows])[:-1]) if windows else []
        return [round(float(part.max()), 3) if len(part) else None for part in parts]

    def control(self, accounts: Accounts) -> float | None:
        """Leave the loudest second of kept talk out of what is permitted, and search for it."""
        place = _loudest_second(accounts.levels_db, self.permitted.timeline)
        if place is None:
            return None
        start, end, at = place
        case = _Case(self.permitted.without(start, end), self.published)
        begin = at // SIXTH - RATE_HZ
        heard, first, second = case._sounds(begin, begin + 3 * RATE_HZ)
        windows = self._windows(start, end)
        return round(
            float(
                search(windows, left_over(heard, first, second), heard, [(0, len(heard))]).max(initial=0.0)
            ),
            3,
        )

    def _windows(self, start: int, end: int) -> Floats:
        """Windows of a range of the recording, as the processing would have left them.

        Each comes twice, on samples and halfway between: what is spliced at 48 kHz need not fall on a sample
        of 8 kHz, and half a sample off a leak scores 0.6.
        """
        first, last = -(-start // SIXTH) + EDGE, end // SIXTH - EDGE
        # Alone: the taps would bring in a little of the kept sound on either side, and that is there.
        recording, taps = Alone(self.permitted.originals.recording, first, last), self.permitted.response
        ahead = (0, SIXTH // 2) if last - first >= WINDOW else ()
        sounds = [emphasised(shifted(recording, sixths, first - 1, last, taps)) for sixths in ahead]
        windows = [windows_of(sound) for sound in sounds if _loudest_db(sound) >= SPEECH_DB]
        nothing = np.zeros((0, WINDOW, recording.channels), np.float32)
        return np.concatenate([nothing, *windows])

    def _pieces(self) -> Iterator[tuple[int, int]]:
        length = self.published.pcm.samples
        for start in range(0, length, PIECE):
            yield start, min(start + PIECE, -(-length // BLOCK) * BLOCK)

    def _sounds(self, start: int, stop: int) -> tuple[Floats, Floats, Floats]:
        heard = self.published.pcm.read(start - 1, stop)
        first, second = self.permitted.read(start - 1, stop)
        return emphasised(heard), emphasised(first), emphasised(second)


def _answering(permitted: Permitted, published: Sketch) -> Permitted:
    """Learn from the sound itself what the processing did to the talk: high-pass, filters, part of a sample.

    The taps reach 4 ms; a sound that is out of place by more is not made to fit.
    """
    size = _TAP_FRAME
    cross, power = np.zeros(size // 2 + 1, np.complex128), np.zeros(size // 2 + 1)
    hann = np.hanning(size + 1)[:size, None]
    for start in _talk_places(permitted.timeline):
        heard = emphasised(published.pcm.read(start - 1, start + size)) * hann
        meant = emphasised(permitted.read(start - 1, start + size)[0]) * hann
        loud = float(np.square(heard).sum() * np.square(meant).sum()) ** 0.5
        if loud > size * 10 ** (LOUDEST_DB / 10):
            source = np.fft.rfft(meant, axis=0)
            even = 1 / float(np.square(meant).sum())
            cross += (np.conj(source) * np.fft.rfft(heard, axis=0)).sum(axis=1) / loud
            power += np.square(np.abs(source)).sum(axis=1) * even
    if not power.any():
        return permitted
    steady = 1e-3 * power.max()  # where the talk has next to nothing, nothing is taken to be done
    taps = np.fft.fftshift(np.fft.irfft((cross + steady) / (power + steady), size))
    middle = taps[size // 2 - REACH : size // 2 + REACH + 1] * np.hanning(2 * REACH + 3)[1:-1]
    return replace(permitted, response=middle.astype(np.float32))


def _talk_places(timeline: Timeline) -> list[int]:
    """Evenly spread places, at 8 kHz of published time, at which only the recording is heard."""
    stretches = [
        (at + piece.overlap, at + piece.end - piece.start)
        for piece, at in zip(timeline.pieces, timeline.starts, strict=True)
        if piece.origin is Origin.RECORDING
    ]
    step = max(sum(end - start for start, end in stretches) // _TAP_PLACES, SIXTH * _TAP_FRAME)
    return [place // SIXTH for start, end in stretches for place in range(start, end, step)]


def heard_from_db(levels_db: Floats) -> float:
    """The level from which on a block counts as heard: a little over the noise."""
    sounding = levels_db[levels_db > QUIETEST_DB]
    noise_db = float(np.percentile(sounding, 10)) if len(sounding) else QUIETEST_DB
    return min(max(noise_db + OVER_NOISE_DB, QUIETEST_DB), LOUDEST_DB)


def _active(levels_db: Floats) -> Array:
    """Blocks that can be heard: over the noise, and not only the spread of a loud neighbour."""
    beside = np.pad(levels_db, 1, constant_values=-np.inf)
    spread = np.maximum(beside[:-2], beside[2:]) - BESIDE_DB
    return np.asarray((levels_db > heard_from_db(levels_db)) & (levels_db > spread))


def _suspicious(heard: Floats, rest: Floats, from_db: float) -> Iterator[tuple[int, int]]:
    """Stretches in which half a second leaves too much over."""
    whole, left = sizes_near(heard)[::BLOCK], sizes(rest)[::BLOCK]
    floor = 10 ** (from_db / 20) * (WINDOW * heard.shape[1]) ** 0.5
    odd = (left > LEFT_OVER * whole) & (whole > floor)
    edges = np.flatnonzero(np.diff(odd.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    for begin, end in edges.tolist():
        yield max(begin - 1, 0) * BLOCK, end * BLOCK + WINDOW


def _loudest_second(levels_db: Floats, timeline: Timeline) -> tuple[int, int, int] | None:
    """The kept second that is loudest: its start and end in the recording, and where it is heard."""
    best: tuple[float, tuple[int, int, int]] | None = None
    for piece, at in zip(timeline.pieces, timeline.starts, strict=True):
        first, last = -(-(at + piece.overlap) // 4800), (at + piece.end - piece.start) // 4800 - 11
        if piece.origin is not Origin.RECORDING or last <= first:
            continue
        power = np.convolve(10 ** (levels_db[first : last + 10] / 10), np.ones(10), "valid")
        block = first + int(np.argmax(power))
        start = piece.start + block * 4800 - at
        if best is None or power.max() > best[0]:
            best = float(power.max()), (start, start + SAMPLE_RATE_HZ, block * 4800)
    return best[1] if best else None


def _loudest_db(sound: Floats) -> float:
    """The level of the loudest half second; silence for less than that."""
    if len(sound) < WINDOW:
        return -np.inf
    loudest = float(sizes(sound).max())
    return float(10 * np.log10(loudest**2 / (WINDOW * sound.shape[1]) + 1e-12))


def _removed(gap: Gap, score: float | None) -> Removed:
    return Removed(gap.start / SAMPLE_RATE_HZ, gap.end / SAMPLE_RATE_HZ, gap.instead.value, score)


def _proof(timeline: Timeline, found: Tally, removed: tuple[Removed, ...], control: float | None) -> Proof:
    samples = timeline.samples
    return Proof(timeline.sha256, samples, found.blocks, found.accounted, found.weakest, removed, control)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
