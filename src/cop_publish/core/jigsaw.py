"""Who could be told by elimination (facts 4.2, T6): people must weigh what a reader knows already.

1. The public page of an item's meeting names people whom the item does not, and somebody in the item is not
   named: they may be one of those.
2. All but one or two of those in the item or at its meeting are named, and more are than are not: whoever is
   left can be told from the rest, unless their agreed words fit many.  Of a meeting too, by its own page.

Who is named is read from the cleared words, which are what is published.  A host who is named in every item
tells nothing by being named once more.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.core.consents import FEW_ALIKE, Level
from cop_publish.core.folding import folded
from cop_publish.core.key_places import place_of
from cop_publish.core.model import ClearedMeeting, ClearedPage
from cop_publish.core.pieces import may_be_in, pieces_of
from cop_publish.core.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from cop_publish.core.consents import Consent, Consents, PersonId
    from cop_publish.core.model import Cleared, ClearedEpisode, ClearedPost, Draft
    from cop_publish.core.problems import Place
    from cop_publish.core.relied import Relied

RULE = "jigsaw"  # as an allow of it says
_MOST_LEFT = 2  # so few are told from the rest


@dataclass(frozen=True, slots=True)
class Jigsaw:
    """What a reader could put together about whoever is not named in an item."""

    item: str
    where: Place
    meeting: str
    unnamed: tuple[tuple[PersonId, int], ...]  # in the item, each with the level they agreed to there
    named: tuple[PersonId, ...]  # in the item
    named_there: tuple[PersonId, ...]  # on the page of its meeting
    others: int  # of these, whom the item does not name; 0: it is the second kind
    left: tuple[PersonId, ...]  # in item and meeting together, named nowhere

    @property
    def is_own(self) -> bool:
        """Whether it is of a meeting itself."""
        return self.item == self.meeting

    @property
    def weighed(self) -> bytes:
        """All that a human weighs, as one text: what was allowed holds until any of it changes."""
        return json.dumps([self.meeting, self.unnamed, self.named, self.named_there, self.left]).encode()

    @property
    def what(self) -> str:
        """What can be put together, in words that name nobody."""
        if self.others:
            who = "1 person" if self.others == 1 else f"{self.others} people"
            page = f"the page of its meeting ({self.meeting}) names {who} whom it does not"
            return f"somebody in it is not named, and {page}: could a reader tell who it is"
        who = "one" if len(self.left) == 1 else "two"
        place = "here" if self.is_own else f"here or on the page of its meeting ({self.meeting})"
        return f"everybody but {who} is named {place}: could a reader tell who is left"

    @property
    def cure(self) -> str:
        """What helps, beside an allow."""
        if self.others:
            return "Name nobody there, or take `meeting:` out"
        less = "leave them out" if self.is_own else "take `meeting:` out"
        if any(level for _, level in self.unnamed):
            size = f"Record as `group_size` how many people their words fit ({FEW_ALIKE} or more: no matter)"
            return f"{size}, {less}, or name fewer"
        return f"{less.capitalize()}, or name fewer"


def find_jigsaws(
    pairs: Iterable[tuple[Draft, Cleared]], consents: Consents, hosts: Iterable[PersonId], *, today: date
) -> Iterator[Jigsaw]:
    """Give the jigsaw of each meeting, and item that comes from one whose page is public; most have none."""
    listed = list(pairs)
    look = _Look(consents, today)
    pages = {c.id: (draft, c) for draft, c in listed if isinstance(c, ClearedMeeting)}
    read: dict[str, _Seen] = {}  # pages that are needed, each once
    known = _known(hosts, consents, today)
    for draft, item in listed:
        if isinstance(item, ClearedPage) or not look.may_leave_unnamed(draft):
            continue
        meeting = item.id if isinstance(item, ClearedMeeting) else item.meeting
        if meeting in pages and (here := look.at(draft, item)).unnamed:
            if meeting not in read:
                read[meeting] = look.at(*pages[meeting])
            where = place_of(draft, "people" if meeting == draft.id else "meeting")
            yield from _jigsaw(where, here, read[meeting], known)


def jigsaws_of_release(
    relied: Iterable[Relied],
    places: Mapping[tuple[str, str], Place],
    consents: Consents,
    hosts: Iterable[PersonId],
    *,
    today: date,
) -> Iterator[Jigsaw]:
    """Give those of a release by what it wrote down of who is in it; nobody reads its words for that.

    `places`: each item of it with its meeting, where both are public in it, and where the item says so.
    """
    named: dict[str, set[PersonId]] = defaultdict(set)
    unnamed: dict[str, dict[PersonId, Consent]] = defaultdict(dict)
    for row in relied:
        if row.level == Level.NAMED:
            named[row.item].add(row.person)
        else:  # they are called so there, whatever they have agreed to since
            record = consents.of(row.person, row.item, today=today)
            unnamed[row.item][row.person] = replace(record, level=Level(row.level))
    known = _known(hosts, consents, today)
    for (item, meeting), where in places.items():
        here, there = (_Seen(i, frozenset(named[i]), unnamed[i]) for i in (item, meeting))
        if here.unnamed:
            yield from _jigsaw(where, here, there, known)


def _known(hosts: Iterable[PersonId], consents: Consents, today: date) -> frozenset[PersonId]:
    """The hosts who are named everywhere."""
    return frozenset(host for host in hosts if consents.of(host, "", today=today).level is Level.NAMED)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Who is in an item as it is public."""

    item: str
    named: frozenset[PersonId]
    unnamed: Mapping[PersonId, Consent]

    @property
    def people(self) -> frozenset[PersonId]:
        return self.named.union(self.unnamed)


def _jigsaw(where: Place, here: _Seen, there: _Seen, known: frozenset[PersonId]) -> Iterator[Jigsaw]:
    named = here.named | there.named
    others = there.named - here.named - known.difference(here.unnamed)
    left = (here.people | there.people) - named
    is_last = len(left) <= _MOST_LEFT and len(left) < len(named)
    told = [person for person, record in here.unnamed.items() if person in left and not _fits_many(record)]
    if others or (is_last and told):
        unnamed = sorted((person, int(record.level)) for person, record in here.unnamed.items())
        yield Jigsaw(
            item=here.item,
            where=where,
            meeting=there.item,
            unnamed=tuple(unnamed),
            named=tuple(sorted(here.named)),
            named_there=tuple(sorted(there.named)),
            others=len(others),
            left=tuple(sorted(left)),
        )


def _fits_many(record: Consent) -> bool:
    """Whether the words they agreed to fit so many people that to be the only one left tells nothing.

    Words that have run out fit fewer than "a contributor" does, as they are called since.
    """
    has_words = record.level > Level.ANONYMOUS or record.lapsed
    return has_words and record.group_size is not None and record.group_size >= FEW_ALIKE


class _Look:
    """Reads items with what everybody in them agreed to today."""

    def __init__(self, consents: Consents, today: date) -> None:
        self._consents = consents
        self._today = today
        self._recorded: dict[str | None, set[PersonId]] = defaultdict(set)
        for person, item in consents.consents:
            self._recorded[item].add(person)

    def may_leave_unnamed(self, draft: Draft) -> bool:
        """Whether somebody could be in it without a name: quick, where everybody is named."""
        levels = (self._consents.of(p, draft.id, today=self._today).level for p in may_be_in(draft))
        return any(level is not Level.NAMED for level in levels)

    def at(self, draft: Draft, cleared: ClearedEpisode | ClearedPost | ClearedMeeting) -> _Seen:
        """Say who is named: by the agreed words, or in whatever way the gate lets them be on that page."""
        people = pieces_of(draft, cleared).people
        asked = people | self._recorded[None] | self._recorded[cleared.id]
        records = {person: self._consents.of(person, cleared.id, today=self._today) for person in asked}
        labels = [credit.label for credit in cleared.credits]
        words = b" %b " % folded("\n".join([*labels, words_of(cleared)]))
        named = {p for p, r in records.items() if r.level is Level.NAMED and self._stands(r, words)}
        unnamed = {p: records[p] for p in people if records[p].level is not Level.NAMED}
        return _Seen(cleared.id, frozenset(named), unnamed)

    def _stands(self, record: Consent, words: bytes) -> bool:
        known = self._consents.people.get(record.person)
        ways = map(folded, (record.display, known.full_name if known else ""))
        return any(b" %b " % way in words for way in ways if way)
