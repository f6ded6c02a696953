"""Which items a message may name before names are masked: those in which no part of anybody's name is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.folding import folded, squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.core.consents import Person

LONG_WORD_LETTERS = 4  # from here on a word counts inside another one too


def tellable(items: Iterable[str], people: Iterable[Person]) -> frozenset[str]:
    """Give the names of items that hold no word of a name, an address or a handle of these people."""
    words = frozenset(word for person in people for word in _words(person))
    return frozenset(name for name in items if not _tells(folded(name), words))


def _words(person: Person) -> Iterator[bytes]:
    names = (person.given, person.family, *person.known_as, *person.aliases, *person.handles)
    for name in (*names, *(address.partition("@")[0] for address in person.emails)):
        yield from folded(name).split()


def _tells(name: bytes, words: frozenset[bytes]) -> bool:
    glued = squash(name)
    return any(word in words for word in name.split()) or any(
        word in glued for word in words if len(word) >= LONG_WORD_LETTERS
    )
