"""How far a step is, told on the way."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TOLD_STEPS = 500  # a terminal shows no finer ones


class Pace:
    """Tells how far a step is, whoever moves it on: from `begin` to `end` and never back."""

    def __init__(self, progress: Callable[[str, float], None], step: str, begin: float, end: float) -> None:
        self._progress, self._step, self._begin, self._end = progress, step, begin, end
        self._lock, self._done, self._told, self._whole = threading.Lock(), 0, -1, 1

    def expect(self, samples: int) -> None:
        """So much is to be done."""
        with self._lock:
            self._whole = max(1, samples)
        self.moved(0)

    def moved(self, samples: int) -> None:
        with self._lock:
            self._done += samples
            share = min(1.0, self._done / self._whole)
            if int(share * TOLD_STEPS) > self._told:
                self._told = int(share * TOLD_STEPS)
                self._progress(self._step, self._begin + (self._end - self._begin) * share)

    def finish(self) -> None:
        self.moved(self._whole)


class Again:
    """Paces of steps of which nobody knows how often they will come: each time goes half of what is left."""

    def __init__(self, progress: Callable[[str, float], None]) -> None:
        self._progress, self._times = progress, Counter[str]()

    def next(self, step: str) -> Pace:
        begin = 1 - 0.5 ** self._times[step]
        self._times[step] += 1
        return Pace(self._progress, step, begin, 1 - 0.5 ** self._times[step])
