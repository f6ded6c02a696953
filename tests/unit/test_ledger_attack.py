"""Who has a registry has its key: with both and a dictionary, what do they learn of a passage's words?

The dictionary is the passage's own words and 2,000 others, which is more than a real attacker would know.
"""

from __future__ import annotations

import hmac
import random
from datetime import UTC, datetime
from itertools import pairwise, product
from typing import TYPE_CHECKING

import pytest

from cop_publish.core.ledger import print_of, words_in
from cop_publish.core.pairs import tags_of
from cop_publish.intake.skeleton import new_registry
from cop_publish.registry.ledger import PASSAGES, guard
from cop_publish.registry.pair_filter import FILTER, read_filter
from cop_publish.registry.secret import key_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AT = datetime(2026, 6, 10, 9, tzinfo=UTC)
TOLD = "The minister has not yet been told that the pilot will end in March"
WORDS = tuple(word for word in words_in(TOLD) if word)
PAIRS = tuple(pairwise(WORDS))
FEWEST, MOST = 400, 610  # of 2,013: a quarter, and five standard deviations to each side


def dictionary() -> list[str]:
    """Say every word of the passage and 2,000 more, in no order that tells."""
    chance = random.Random(7)
    syllables = [first + last for first, last in product("bcdfghklmnprstvw", ("a", "en", "is", "o", "un"))]
    others = {"".join(chance.choices(syllables, k=3)) for _ in range(2300)} - {*WORDS}
    return sorted({*WORDS, *sorted(others)[:2000]})


def candidates(
    passes: Callable[[str, str], bool], words: list[str], asked: tuple[str, ...]
) -> dict[str, set[str]]:
    """By each word: what may come after it."""
    return {word: {after for after in words if passes(word, after)} for word in asked}


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    folder.mkdir(mode=0o700)
    new_registry(folder)
    guard(folder, {"2026-06-01-a": [print_of(key_of(folder), words_in(TOLD))]}, at=AT)
    return folder


def test_the_key_and_a_dictionary_single_out_no_word_and_no_pair_of_a_passage(registry: Path) -> None:
    """After each word, the passage's or not, some 500 of 2,013 may come; its own next is among them."""
    key, words = key_of(registry), dictionary()
    kept = read_filter(registry, key)
    assert kept is not None
    flags = kept.pairs.flags
    after = candidates(
        lambda a, b: any(flags[tag] for tag in tags_of(key, (a, b))), words, (*WORDS, *words[::100])
    )
    assert all(b in after[a] for a, b in PAIRS)
    counts = sorted(len(found) for found in after.values())
    assert FEWEST < counts[0] <= counts[-1] < MOST, counts


def test_neither_file_holds_what_can_be_tried_word_by_word(registry: Path) -> None:
    """Nor any digest of a word or a pair, in the form of older versions or in that of a run."""
    key = key_of(registry)
    written = (registry / PASSAGES).read_text() + (registry / FILTER).read_text()
    for said in (*WORDS, *(" ".join(pair) for pair in PAIRS)):
        for form in (said, f"word {said}", f"first {said}", f"second {said}"):
            assert hmac.digest(key, form.encode(), "sha256").hex()[:8] not in written


def test_the_form_of_older_versions_gave_the_passage_away() -> None:
    """What the ledger held until then: by the same dictionary each word has one successor or two."""
    key, words = b"k" * 32, dictionary()

    def digest(said: str) -> str:
        return hmac.digest(key, f"word {said}".encode(), "sha256").hex()[:8]

    held = {digest(said) for said in (*WORDS, *(" ".join(pair) for pair in PAIRS))}
    known = [word for word in words if digest(word) in held]
    assert set(known) == set(WORDS)
    after = candidates(lambda a, b: digest(f"{a} {b}") in held, known, WORDS)
    assert {(a, b) for a, found in after.items() for b in found} == set(PAIRS)
    assert sum(len(found) == 1 for found in after.values()) == len(after) - 2  # "the" has two, the last none
