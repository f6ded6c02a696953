"""What is compared while encoding: good blocks pass, also those before a clap, and wrong ones do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cop_publish.audio.faults import Refused
from cop_publish.audio.grid import BLOCK
from cop_publish.audio.mp3.ear import Heard, nothing_heard
from cop_publish.audio.proof.proof import prove_unedited
from cop_publish.audio.proof.prove import accounts_of
from cop_publish.core.timeline import whole

BLOCKS = 50


def heard(levels_db: dict[int, float], correlations: dict[int, float]) -> Heard:
    """Talk at -20 dB that is as it was fed, but for these blocks."""
    power = np.full(BLOCKS, 0.01, np.float32)
    correlation = np.full(BLOCKS, 0.95, np.float32)
    for block, level in levels_db.items():
        power[block] = 10 ** (level / 10)
    for block, found in correlations.items():
        correlation[block] = found
    return replace(nothing_heard(BLOCKS * BLOCK), power=power, correlation=correlation)


def test_a_good_master_is_accounted_for() -> None:
    proof = prove_unedited(whole(BLOCKS * BLOCK), *accounts_of(heard({}, {})))
    assert (proof.blocks, proof.blocks_accounted) == (BLOCKS, BLOCKS)


def test_one_block_of_something_else_refuses() -> None:
    with pytest.raises(Refused, match="1 of 50"):
        prove_unedited(whole(BLOCKS * BLOCK), *accounts_of(heard({}, {20: 0.3})))


def test_the_moment_before_a_clap_may_hold_some_of_it() -> None:
    proof = prove_unedited(whole(BLOCKS * BLOCK), *accounts_of(heard({20: -28.0}, {20: 0.2})))
    assert proof.blocks_accounted == proof.blocks


def test_but_not_nothing_of_its_own() -> None:
    with pytest.raises(Refused, match="1 of 50"):
        prove_unedited(whole(BLOCKS * BLOCK), *accounts_of(heard({20: -28.0}, {20: 0.1})))
