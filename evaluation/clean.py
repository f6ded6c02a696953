"""Clean pages: prose as a community writes it, full of words that are also people's names.

None of it names anybody in the registry.  The words are our own; what a sentence is about means nothing.
"""

from __future__ import annotations

import html
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.strip().split("\n")]


_WHO = _lines(
    """
    the panel
    a young person
    the green party of the ward
    an Italian neighbour
    the wood yard
    the council
    most young people
    a lee shore of houses
    the ray of hope in the report
    Will of the people, as a poster had it,
    the May meeting
    the Green Paper
    the Young People’s Board
    Hannah Leesonby
    Joryson and Co
    Martens and Ashers, the old shop,
    everyone in Woodhouse Grove
    the Mark II model
    Grace period rules
    a li or two of road
    """
)
_DID = _lines(
    """
    will mark the map
    may hope for an answer
    marked out a green space
    would grace any table
    asked, and will ask again
    had faith in the count
    read the evidence in an hour
    kept the sorrow out of it
    left an ng in the spelling
    rose to the question
    met by the wood
    thanked all who came
    """
)
_END = _lines(
    """
    before the end of May
    in good faith
    and so will we
    with a good grace
    at the young carers’ centre
    on Green Lane
    as a mark of thanks
    to the last letter
    as we had hoped
    if the vote is close
    by and by
    for a ray of light
    """
)
_LEAD = _lines(
    """
    Will the council answer?
    Hope is not a plan.
    Faith in the count was low.
    Mark these words.
    Grace is not a policy.
    May we ask again?
    Young people wrote most of it.
    Wood burns better dry.
    Green is the colour of the map.
    And so it goes on.
    All three roads were shut.
    Two of us stayed to the end.
    Several departments wrote to the panel.
    One of the maps is for the council, and two are for young people.
    The head of the river is a mile away.
    Four people in ten had faith in the count.
    """
)
_HEADINGS = _lines(
    """
    What Young People Will Ask
    A Green Wood for All
    Mark and Measure
    Will It Last? An A to Z of Green Ideas
    May, June and the Weeks Between
    Ian’s Way is Not a Road We Know
    """
)


def pages(count: int, seed: int) -> Iterator[str]:
    """So many pages of HTML, about 12 KB each, the same ones for a seed."""
    for number in range(count):
        chance = random.Random(f"clean {seed} {number}")
        parts = [
            f"<p>{html.escape(_paragraph(chance), quote=False)}</p>" for _ in range(chance.randint(24, 36))
        ]
        parts.insert(2, f"<h2>{chance.choice(_HEADINGS)}</h2>")
        parts.insert(4, f"<ul>{''.join(f'<li>{_sentence(chance)}</li>' for _ in range(4))}</ul>")
        cells = "".join(f"<td>{chance.choice(_WHO)}</td>" for _ in range(4))
        parts.insert(6, f"<table><tr>{cells}</tr></table>")
        title = f"Notes {number}: {chance.choice(_HEADINGS)}"
        yield (
            f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
            f"<meta name='description' content='{_sentence(chance)}'></head><body><h1>{title}</h1>"
            f"{''.join(parts)}</body></html>"
        )


def _paragraph(chance: random.Random) -> str:
    sentences = [_sentence(chance) for _ in range(chance.randint(3, 6))]
    if chance.random() < 0.3:  # noqa: PLR2004 - a sentence in twelve or so
        sentences.insert(chance.randrange(len(sentences)), chance.choice(_LEAD))
    return " ".join(sentences)


def _sentence(chance: random.Random) -> str:
    words = f"{chance.choice(_WHO)} {chance.choice(_DID)} {chance.choice(_END)}."
    return words[0].upper() + words[1:]
