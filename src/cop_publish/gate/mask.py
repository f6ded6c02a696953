"""Messages without what they protect: every form of a member becomes ``[withheld]``."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from cop_publish.core.folding import Reading, fold, loosen, read
from cop_publish.gate.decode import layers
from cop_publish.gate.forms import Guarded
from cop_publish.gate.search import Search, is_confirmed, search_for
from cop_publish.gate.view import Unreadable, View

if TYPE_CHECKING:
    from cop_publish.core.consents import Person
    from cop_publish.gate.forms import Form

WITHHELD = "[withheld]"


def mask(text: str, people: tuple[Person, ...]) -> str:
    """The text with every protected form of these people replaced, encoded ones too."""
    search = _search(people)
    masked = _mask_plain(text, search)
    if not _still_tells(masked, search):
        return masked
    words = [_mask_word(word, search) for word in re.split(r"([\s/]+)", masked)]
    masked = "".join(words)
    return WITHHELD if _still_tells(masked, search) else masked


def _mask_plain(text: str, search: Search) -> str:
    reading, places = _placed(text)
    spans = _spans(reading, search)
    for start, end in reversed(_merged([(places[start], places[end - 1] + 1) for start, end in spans])):
        text = text[:start] + WITHHELD + text[end:]
    return text


def _mask_word(word: str, search: Search) -> str:
    return WITHHELD if _still_tells(word, search) else word


def _still_tells(text: str, search: Search) -> bool:
    try:
        return any(_spans(read(layer.text), search) for layer in layers(View("message", text)))
    except Unreadable:
        return True


def _spans(reading: Reading, search: Search) -> list[tuple[int, int]]:
    def counts(form: Form) -> bool:
        return form.guarded is not Guarded.MARKING and is_confirmed(form, reading)

    kinds = (search.hits, search.glued_hits, search.parted_hits)
    return [(hit.start, hit.end) for hit in chain.from_iterable(kind(reading, counts) for kind in kinds)]


def _placed(text: str) -> tuple[Reading, list[int]]:
    """The reading of a text, and for every byte of its folded words the place of its character.

    Folds a character at a time; the last word of the name in ``'s`` shows only with its neighbour.
    """
    loose = [loosen(character) for character in text]
    joined = "".join(loose)
    origins = [place for place, piece in enumerate(loose) for _ in piece]
    folded = bytearray()
    places: list[int] = []
    gap = -1  # the place of the space that comes before the next word
    for index, character in enumerate(joined):
        if character == "'":
            gap = origins[index] if joined[index + 1 : index + 2].lower() == "s" else gap
            continue
        word = fold(character)
        if not word:
            gap = origins[index]
            continue
        if gap >= 0 and folded:
            folded += b" "
            places.append(gap)
        folded += word
        places += [origins[index]] * len(word)
        gap = -1
    return Reading(joined, bytes(folded)), places


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@lru_cache(maxsize=4)
def _search(people: tuple[Person, ...]) -> Search:
    return search_for(people)
