"""Something taken back, before anybody has written it down: what a dry run of a withdrawal builds from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.consents import TakenBack

if TYPE_CHECKING:
    from datetime import date

    from cop_publish.core.consents import Consent, Consents, PersonId


@dataclass(frozen=True, slots=True)
class Lowering:
    """What somebody takes back, in one item or (None) everywhere."""

    person: PersonId
    scope: TakenBack
    item: str | None
    on: date

    def of(self, consents: Consents) -> Consents:
        """The consents as they will be; records of others stay as they are."""
        known = dict(consents.consents)
        if self.item is not None and (self.person, self.item) not in known:
            standing = known.get((self.person, None))
            if standing is not None:
                known[self.person, self.item] = replace(standing, item=self.item)
        for (person, item), record in known.items():
            if person == self.person and self.item in {None, item}:
                known[person, item] = self._lowered(record)
        return replace(consents, consents=known)

    def _lowered(self, record: Consent) -> Consent:
        if record.withdrawn_on is None:
            return replace(record, withdrawn_on=self.on, withdrawn=frozenset({self.scope}))
        if TakenBack.ITEM in record.withdrawn:
            return record
        if self.scope in record.withdrawn:
            return record
        day = max(self.on, record.withdrawn_on)
        return replace(record, withdrawn_on=day, withdrawn=record.withdrawn | {self.scope})


def raised(consents: Consents, person: PersonId, scope: TakenBack) -> Consents:
    """The consents as they were before this was taken back, whoever has written it down meanwhile."""

    def before(record: Consent) -> Consent:
        left = record.withdrawn - {scope}
        if record.withdrawn_on is None or TakenBack.ITEM in record.withdrawn or left == record.withdrawn:
            return record
        day = record.withdrawn_on if left else None
        return replace(record, withdrawn=left or frozenset({TakenBack.ITEM}), withdrawn_on=day)

    known = {key: before(r) if r.person == person else r for key, r in consents.consents.items()}
    return replace(consents, consents=known)
