"""The look-ahead limiter, planned: how much each boundary between hops of 2 ms is turned down.

Everything counts in whole thousandths of a decibel (`_mdb`), so that equal sound gives equal gains on any
machine.  A cap is what a hop bears: the gain, all in all, at which its true peak would reach the ceiling.
Between boundaries the gain runs in a straight line, so it stays under the cap of a hop if it does at both:

1. wanted[b]   = the least that the caps of both hops at boundary b leave, never above 0;
2. released[b] = min over i <= b of wanted[i] + (b - i) x 0.12 dB     so released <= wanted
3. held[b]     = min(released[b], released[b + 1], released[b + 2])   so held[b - j] <= released[b], j = 0..2
4. eased[b]    = (held[b] + 2 held[b - 1] + held[b - 2]) / 4, down    so eased[b] <= released[b] <= wanted[b]

The gain thus begins to fall 4 ms before the hop, 5 ms before its middle, and comes back by 0.06 dB/ms.  No
boundary feels another further away than the deepest cut takes to be released, so minutes are worked out one
by one, and a minute in which nothing is limited holds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cop_publish.audio.grid import Array

RELEASE_MDB = 120  # per hop: 0.06 dB/ms
AHEAD = 2  # boundaries, of 2 ms
PAGE = 30_000  # boundaries: a minute

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Caps:
    """The hops that a gain in use might drive over the ceiling, rising, and the gain that each bears."""

    hops: Whole
    mdb: Whole

    def joined(self, hops: Whole, mdb: Whole) -> Caps:
        """With further hops; where a hop is in both, the lower cap holds."""
        both, place = np.unique(np.concatenate([self.hops, hops]), return_inverse=True)
        least = np.full(len(both), np.iinfo(np.int64).max)
        np.minimum.at(least, place, np.concatenate([self.mdb, mdb]))
        return Caps(both, least)


NO_CAPS = Caps(np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Limiter:
    """What it takes at each boundary, 0 or less; minutes without anything to take are not there."""

    pages: Mapping[int, npt.NDArray[np.signedinteger]]

    @property
    def deepest_mdb(self) -> int:
        """0 where nothing is limited."""
        return min((int(minute.min()) for minute in self.pages.values()), default=0)

    @property
    def hops(self) -> int:
        """How many it works on."""
        return sum(int(np.count_nonzero(minute)) for minute in self.pages.values())

    def mdb(self, first: int, last: int) -> Whole:
        """For boundaries `first` to `last` (not included)."""
        taken = np.zeros(last - first, np.int64)
        for page in range(first // PAGE, (last - 1) // PAGE + 1 if last > first else 0):
            if (minute := self.pages.get(page)) is not None:
                start, stop = max(first, page * PAGE), min(last, (page + 1) * PAGE)
                taken[start - first : stop - first] = minute[start - page * PAGE : stop - page * PAGE]
        return taken


def limit(caps: Caps, base_mdb: Callable[[Array], Whole]) -> Limiter:
    """Keep a gain (`base_mdb` at given boundaries) under the caps."""
    return Limiter(dict(_limited(caps, base_mdb)))


def _limited(
    caps: Caps, base_mdb: Callable[[Array], Whole]
) -> list[tuple[int, npt.NDArray[np.signedinteger]]]:
    # The boundaries of a hop may need unequal cuts; both get the deeper one.
    wanted = caps.mdb - np.maximum(base_mdb(caps.hops), base_mdb(caps.hops + 1))
    over = wanted < 0
    hops, wanted = caps.hops[over], wanted[over]
    if not len(hops):
        return []
    reach = int(-wanted.min()) // RELEASE_MDB + 1 + 2 * AHEAD
    pages: list[tuple[int, npt.NDArray[np.signedinteger]]] = []
    for page in _touched(hops, reach):
        start, stop = page * PAGE, (page + 1) * PAGE
        eased = _eased(hops, wanted, start - reach, stop + AHEAD + 1)[reach : -AHEAD - 1]
        if eased.any():
            pages.append((page, eased.astype(np.min_scalar_type(int(eased.min())))))  # two bytes, mostly
    return pages


def _touched(hops: Whole, reach: int) -> list[int]:
    pages = np.concatenate([(hops - AHEAD) // PAGE, (hops + 1) // PAGE, (hops + 1 + reach) // PAGE])
    return [int(page) for page in np.unique(np.maximum(pages, 0))]


def _eased(hops: Whole, wanted: Whole, start: int, stop: int) -> Whole:
    """The four steps on boundaries `start` to `stop`; right except for the far ends, which are cut off."""
    first, last = np.searchsorted(hops, (start, stop - 1))  # the second boundary of each is inside too
    places, least = hops[first:last] - start, wanted[first:last]
    curve = np.zeros(stop - start, np.int64)
    for boundary in (places, places + 1):
        curve[boundary] = np.minimum(curve[boundary], least)
    slope = RELEASE_MDB * np.arange(len(curve))
    released = np.minimum.accumulate(curve - slope) + slope
    held = released.copy()
    for ahead in range(1, AHEAD + 1):
        np.minimum(held[:-ahead], released[ahead:], out=held[:-ahead])
    eased = held.copy()
    eased[2:] = (held[2:] + 2 * held[1:-1] + held[:-2]) // 4
    return eased
