"""Who is guarded, and who may be named where: all that the gate knows of the registry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.consents import Person, PersonId

STANDING = ""  # the key in `wordings` for what was agreed once for every file


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed for one file."""

    named: frozenset[PersonId]
    wordings: tuple[str, ...]  # sorted
    addresses: tuple[str, ...] = ()  # role addresses, sorted


@dataclass(frozen=True, slots=True)
class Guard:
    """Every member of the registry; whoever is not allowed by name in a file is withheld there."""

    people: tuple[Person, ...]
    named: Mapping[str, frozenset[PersonId]] = field(default_factory=dict)  # by item
    everywhere: frozenset[PersonId] = frozenset()  # named by standing consent, in every file
    wordings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by item, or STANDING
    unsigned: frozenset[str] = frozenset()  # items to which somebody's yes is missing
    public_addresses: frozenset[str] = frozenset()  # role addresses and the like: the show's own

    def terms(self, items: frozenset[str]) -> Terms:
        """What was agreed for a file that shows the words of these items."""
        named = self.everywhere.union(*(self.named.get(item, frozenset()) for item in items))
        wordings = {words for item in (STANDING, *items) for words in self.wordings.get(item, ()) if words}
        return Terms(named, tuple(sorted(wordings)), tuple(sorted(self.public_addresses)))
