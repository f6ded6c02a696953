"""Every leak of the evaluation: channel x writing x name, the same ones for a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from channels import CHANNELS, File
from people import SHAPES, Somebody
from writings import HELD_OUT, PROMISED, TELLING, Way, Written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Leak:
    """One file that holds one name in one way, and where in the table it belongs."""

    channel: str
    writing: str
    person: Somebody
    file: File


def promised(people: Sequence[Somebody], seed: int, shapes: Iterable[str] = SHAPES) -> Iterator[Leak]:
    """Every channel x every promised way x every shape of name for which all three go together."""
    yield from _all(PROMISED, people, seed, shapes)


def held_out(people: Sequence[Somebody], seed: int, shapes: Iterable[str] = SHAPES) -> Iterator[Leak]:
    """The same of what is not promised."""
    yield from _all(HELD_OUT, people, seed, shapes)


def telling(people: Sequence[Somebody], seed: int) -> Iterator[Leak]:
    """Roles and organisations, in what people read: in code and in addresses they stand by chance."""
    found = _all(TELLING, people, seed, SHAPES)
    return (leak for leak in found if leak.channel.startswith(_READ))


# Channels whose words somebody reads or hears.
_READ = (
    *(
        "page: paragraph",
        "page: heading",
        "page: title",
        "page: list",
        "page: table cell",
        "page: alt",
        "feed: title",
    ),
    *(
        "page: meta",
        "feed: escaped",
        "feed: CDATA",
        "drawing",
        "JSON: chapter",
        "JSON: search",
        "WebVTT: cue",
    ),
    *("SubRip", "calendar", "ID3: title", "ID3: chapter", "ID3: lyrics", "text file"),
)


def _all(
    ways: Mapping[str, Way], people: Sequence[Somebody], seed: int, shapes: Iterable[str]
) -> Iterator[Leak]:
    by_shape = {shape: [p for p in people if p.shape == shape] for shape in shapes}
    for channel, make in CHANNELS.items():
        for writing, way in ways.items():
            chance = random.Random(f"{seed} {channel} {writing}")
            for candidates in by_shape.values():
                chance.shuffle(candidates)
                found = _first_that_fits(candidates, way)
                file = make(found[1]) if found else None
                if found and file and not _is_told(channel, writing):
                    yield Leak(channel, writing, found[0], file)


_IN_PROSE_ONLY = ("middle name", "middle initial")
_CODE = (
    "page: script",
    "page: style",
    "style sheet",
    "script",
    "page: a cell for each word",
    "address of the file",
    "JSON: a field for each word",
)


def _is_told(channel: str, writing: str) -> bool:
    """A limit that is told: in code, addresses and over cells, capitals stand together by chance."""
    return writing in _IN_PROSE_ONLY and channel in _CODE


def _first_that_fits(candidates: Iterable[Somebody], way: Way) -> tuple[Somebody, Written] | None:
    for person in candidates:
        written = way(person)
        if written is not None:
            return person, written
    return None
