"""Names alone: which words before them are no name, and how many letters may be wrong."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import pytest
from gate_samples import OWAIN

from cop_publish.gate.lone import GIVEN, LONE_RULES, distance, lone_names

OPENERS = (
    "a an and as at but by dear for from hello hi if in it its like no not of on or our said so thank thanks "
    "that the their then there this though to was we were what when where which while who why with yes i"
)


@pytest.mark.parametrize("word", OPENERS.split())
def test_a_word_that_begins_a_sentence_makes_nobody_else_of_the_name_behind_it(word: str) -> None:
    """Else "With Owain" would be two names, as "Robert Owain" is, and somebody else."""
    text = f"{word.title()} Owain and more."
    assert list(LONE_RULES[GIVEN](text, OWAIN, frozenset())) == [((len(word) + 1, len(word) + 6), True)]
    assert list(LONE_RULES[GIVEN]("Robert Owain and more.", OWAIN, frozenset())) == [((7, 12), False)]


def _by_its_definition(a: str, b: str) -> int:
    @cache
    def away(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        ways = [away(i - 1, j) + 1, away(i, j - 1) + 1, away(i - 1, j - 1) + (a[i - 1] != b[j - 1])]
        if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
            ways.append(away(i - 2, j - 2) + 1)
        return min(ways)

    return away(len(a), len(b))


def test_letters_that_are_wrong_are_counted_as_the_definition_says() -> None:
    chance = random.Random(1)
    for _ in range(2000):
        a, b = ("".join(chance.choices("abc", k=chance.randint(0, 7))) for _ in range(2))
        assert distance(a, b) == _by_its_definition(a, b), (a, b)


def test_a_part_of_a_given_name_counts_alone_from_four_letters_on() -> None:
    person = replace(OWAIN, given="Ruth-Ann de Wolf", family="Madeup", known_as=())
    names = {name for _, name in lone_names(person)}
    assert {"Ruth", "Wolf", "Madeup"} <= names
    assert not names & {"Ann", "de"}
