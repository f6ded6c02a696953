"""Who is guarded, and who may be named where: all that the gate knows of the registry."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cop_publish.core.consents import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.allowed import Allow
    from cop_publish.core.consents import Consent, Person, PersonId
    from cop_publish.core.jigsaw import Jigsaw
    from cop_publish.gate.passages import Passages

STANDING = ""  # the key in `wordings` for what was agreed once for every file


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed for one file."""

    named: frozenset[PersonId]
    wordings: tuple[str, ...]  # sorted
    addresses: tuple[str, ...] = ()  # role addresses, sorted
    item: str = ""  # the one item whose words the file shows; empty: of several, or the site's own
    here: tuple[PersonId, ...] = ()  # people of that item who are withheld in it, sorted
    agreed: tuple[tuple[PersonId, int, int | None], ...] = ()  # of these: their level and group's size there


@dataclass(frozen=True)
class Guard:
    """Every member of the registry; whoever is not allowed by name in a file is withheld there."""

    people: tuple[Person, ...]
    named: Mapping[str, frozenset[PersonId]] = field(default_factory=dict)  # by item
    everywhere: frozenset[PersonId] = frozenset()  # named by standing consent, in every file
    wordings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by item, or STANDING
    unsigned: frozenset[str] = frozenset()  # items to which somebody's yes is missing
    public_addresses: frozenset[str] = frozenset()  # role addresses and the like: the show's own
    present: Mapping[str, frozenset[PersonId]] = field(default_factory=dict)  # by item: everyone in it
    records: Mapping[str, Mapping[PersonId, Consent]] = field(
        default_factory=dict
    )  # by item: what was agreed
    allows: tuple[Allow, ...] = ()
    allow_key: bytes = b""  # of their fingerprints; empty: none are told
    passages: Passages | None = None  # the ledger of what was marked confidential
    jigsaws: tuple[Jigsaw, ...] = ()  # what a reader could put together; of items to come as well

    def terms(self, items: frozenset[str]) -> Terms:
        """What was agreed for a file that shows the words of these items."""
        named = self.everywhere.union(*(self.named.get(item, frozenset()) for item in items))
        wordings = {words for item in (STANDING, *items) for words in self.wordings.get(item, ()) if words}
        item = min(items) if len(items) == 1 else ""
        here = tuple(sorted(self.present.get(item, frozenset()) - named))
        records = self.records.get(item, {})
        agreed = tuple((p, int(records[p].level), records[p].group_size) for p in here if p in records)
        addresses = tuple(sorted(filter(None, self.public_addresses)))  # no list, no address
        return Terms(named, tuple(sorted(wordings)), addresses, item, here, agreed)

    @cached_property
    def called(self) -> Mapping[PersonId, tuple[tuple[str, int, str], ...]]:
        """By person: the items where they agreed to words below their name, at which level, and the words.

        Words that they no longer agree to are at no level: anonymous.
        """
        found: dict[PersonId, list[tuple[str, int, str]]] = {}
        for item, records in sorted(self.records.items()):
            for person, record in records.items():
                if record.display and record.level in (Level.ROLE, Level.ORGANISATION):
                    found.setdefault(person, []).append((item, int(record.level), record.display))
                if record.formerly:
                    found.setdefault(person, []).append((item, int(Level.ANONYMOUS), record.formerly))
        return {person: tuple(words) for person, words in found.items()}
