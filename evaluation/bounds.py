"""Clopper-Pearson: between which rates the true one lies, exactly, when k of n were found."""

from __future__ import annotations

import math

_CONFIDENCE = 0.95
_STEPS = 60  # halvings: beyond what a double tells apart


def clopper_pearson(found: int, of: int) -> tuple[float, float]:
    """The lower and the upper bound of the rate, two-sided at 95 %.

    C. J. Clopper and E. S. Pearson, Biometrika 26 (1934): the rates at which so many or more, and so few or
    fewer, would each be seen in 2.5 % of trials.
    """
    tail = (1 - _CONFIDENCE) / 2
    low = 0.0 if found == 0 else _root(lambda rate: 1 - _at_most(found - 1, of, rate) - tail)
    high = 1.0 if found == of else _root(lambda rate: tail - _at_most(found, of, rate))
    return low, high


def _root(rises: object) -> float:
    """Where a function that rises over 0 to 1 crosses zero."""
    assert callable(rises)  # noqa: S101 - for the reader and the type checker
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if rises(middle) < 0 else (low, middle)
    return (low + high) / 2


def _at_most(count: int, of: int, rate: float) -> float:
    """The chance of `count` or fewer: the binomial distribution, summed from the rarer side."""
    if rate in {0.0, 1.0}:
        return 1.0 if rate == 0.0 or count >= of else 0.0
    if of - count <= count:
        return 1.0 - math.fsum(_exactly(k, of, rate) for k in range(count + 1, of + 1))
    return math.fsum(_exactly(k, of, rate) for k in range(count + 1))


def _exactly(count: int, of: int, rate: float) -> float:
    choices = math.lgamma(of + 1) - math.lgamma(count + 1) - math.lgamma(of - count + 1)
    return math.exp(choices + count * math.log(rate) + (of - count) * math.log1p(-rate))
