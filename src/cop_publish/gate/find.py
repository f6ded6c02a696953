"""One view searched: every tier of rules over it, less what was agreed and what was allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from cop_publish.core.consents import Level
from cop_publish.core.folding import Reading, fold, folded, loosen, read, squash
from cop_publish.gate import tripwires
from cop_publish.gate.allows import fingerprint, words_around
from cop_publish.gate.forms import DOUBTFUL, Form, Guarded
from cop_publish.gate.lone import sights
from cop_publish.gate.passages import WHOLE, sightings
from cop_publish.gate.roles import is_role_address
from cop_publish.gate.search import Hit, Search, is_confirmed
from cop_publish.gate.telling import Known, clues

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cop_publish.core.consents import Person, PersonId
    from cop_publish.gate.guard import Terms
    from cop_publish.gate.passages import Passages
    from cop_publish.gate.search import Counts, Met
    from cop_publish.gate.view import View

NOISE_LETTERS = 10  # of a form that is looked for in compressed bytes: shorter ones stand there by chance
_BYTES_AROUND = 160  # of a hit, in which the six words on each side are looked for


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something withheld, and the channel it stands in; never what it says."""

    channel: str
    rule: str
    person: str  # an ID, or empty
    is_sure: bool = True  # False: for a human to look at


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a scan looks for."""

    search: Search
    people: Mapping[PersonId, Person]
    passages: Passages | None = None
    allow_key: bytes = field(default=b"", repr=False)
    allowed: frozenset[tuple[str, str]] = frozenset()  # fingerprints, each with its rule
    called: Mapping[PersonId, tuple[tuple[str, int, str], ...]] = field(default_factory=dict)  # as in `Guard`


Found = tuple[Finding, bytes]  # with the words around it, folded


def findings(view: View, terms: Terms, wanted: Wanted) -> Iterator[tuple[Finding, str]]:
    """Everything that is wrong with a view, each with its fingerprint (empty: the registry has no key)."""
    reading = read(view.text)
    for finding, words in _found(view, reading, terms, wanted):
        mark = ""
        if wanted.allow_key:
            mark = fingerprint(wanted.allow_key, finding.rule, terms.item, finding.person, words)
        yield finding, mark


def _found(view: View, reading: Reading, terms: Terms, wanted: Wanted) -> Iterator[Found]:
    seen: set[str] = set()
    met = wanted.search.met(reading)
    for finding, words in _of_the_registry(view, reading, met, terms, wanted):
        if finding.is_sure:
            seen.add(finding.person)
        yield finding, words
    if view.noise:
        return
    yield from _marks(view, reading, terms)
    if view.code or view.gapless:  # a name alone, or a few words of a passage, stand in code by chance
        return
    if (
        terms.here and not view.timed
    ):  # they are looked for in what is heard, where nothing parts agreed words
        yield from _alone(view, reading, terms, wanted, seen)
    if wanted.passages is not None:
        yield from _passages(view, reading, wanted.search.said_in(reading, met), wanted.passages)


# --- names, contacts and markings of the whole registry ---------------------------------------------


def _of_the_registry(view: View, reading: Reading, met: Met, terms: Terms, wanted: Wanted) -> Iterator[Found]:
    agreed: _Agreed | None = None
    counts = _counts(view, reading, terms, wanted)
    for hit in chain(wanted.search.hits(reading, counts, met), _hits(view, reading, wanted.search, counts)):
        agreed = agreed or _Agreed(reading, terms)
        for form in hit.counting:
            if not agreed.covers(hit, form):
                words = _folded_around(reading.folded, hit.start, hit.end)
                is_sure = form.rule not in DOUBTFUL
                yield Finding(view.channel, form.rule, form.person or "", is_sure), words


def _counts(view: View, reading: Reading, terms: Terms, wanted: Wanted) -> Counts:
    """Whether a form is somebody's who is withheld here, and confirmed, which is looked for once."""
    least = NOISE_LETTERS if view.noise else 0
    confirmed: dict[str, bool] = {}

    def counts(form: Form) -> bool:
        if len(form.words) < least or not _is_wanted(form, terms, wanted):
            return False
        if form.confirm not in confirmed:
            confirmed[form.confirm] = is_confirmed(form, reading)
        return confirmed[form.confirm]

    return counts


def _is_wanted(form: Form, terms: Terms, wanted: Wanted) -> bool:
    if form.guarded is Guarded.NAME and form.person in terms.named:
        return False
    return form.person is None or form.person in wanted.people


def _hits(view: View, reading: Reading, search: Search, counts: Counts) -> Iterator[Hit]:
    """Names that do not stand there as whole words in a row."""
    if view.glued:
        yield from search.glued_hits(reading, counts)
    if not (view.code or view.noise or view.gapless):  # there words with capitals stand together by chance
        yield from search.parted_hits(reading, counts)


class _Agreed:
    """Where agreed words stand in a text; looked up only once something was hit."""

    def __init__(self, reading: Reading, terms: Terms) -> None:
        self._named = terms.named
        self._wordings = _spans(terms.wordings, reading.folded)
        roles = [address for address in terms.addresses if is_role_address(address)]
        self._addresses = _spans(roles, reading.folded)

    def covers(self, hit: Hit, form: Form) -> bool:
        """Whether a hit lies inside agreed words.

        Words agreed for one person do not cover the name of another, unless someone who may be named
        goes by it as well.  A role address covers what is part of it, such as somebody's web address,
        but no name, and never an address that is somebody's own.
        """
        span = (hit.start, hit.end)
        if (
            form.guarded is Guarded.CONTACT
            and span not in self._addresses
            and _is_within(hit, self._addresses)
        ):
            return True
        if form.given and span in self._wordings:  # "Ann Bea Lee" agreed to hers, where Ann Lee did not
            return True
        if form.guarded is Guarded.NAME and not any(form.person in self._named for form in hit.forms):
            return False
        return form.guarded is not Guarded.MARKING and _is_within(hit, self._wordings)


def _is_within(hit: Hit, spans: list[tuple[int, int]]) -> bool:
    return any(start <= hit.start and hit.end <= end for start, end in spans)


def _spans(texts: Iterable[str], folded_text: bytes) -> list[tuple[int, int]]:
    """Where each text stands as whole words, or as one word."""
    padded = b" " + folded_text + b" "
    spans = []
    for words in {way for text in texts for way in (folded(text), squash(folded(text))) if way}:
        start = padded.find(b" " + words + b" ")
        while start >= 0:
            spans.append((start, start + len(words)))
            start = padded.find(b" " + words + b" ", start + 1)
    return spans


def _folded_around(text: bytes, start: int, end: int) -> bytes:
    before = text[max(0, start - _BYTES_AROUND) : start].split()[-6:]
    return b" ".join([*before, text[start:end], *text[end : end + _BYTES_AROUND].split()[:6]])


# --- left-over marks, addresses of government, telephones ---------------------------------------------


def _marks(view: View, reading: Reading, terms: Terms) -> Iterator[Found]:
    text = reading.loose
    if not any(tripwire(text, view) for tripwire in tripwires.TRIPWIRES.values()):
        return
    for address in terms.addresses:  # the show's own may be anywhere, and hides no longer one
        text = re.sub(rf"(?<![\w.+'-]){re.escape(address)}(?![\w-])", " ", text)
    for rule, tripwire in tripwires.TRIPWIRES.items():
        place = tripwire(text, view)
        if place:
            yield Finding(view.channel, rule, ""), words_around(text, *place)


# --- people of this very item, and the ledger's passages ----------------------------------------------


def _alone(view: View, reading: Reading, terms: Terms, wanted: Wanted, seen: set[str]) -> Iterator[Found]:
    """Names alone, and what tells without a name.  Whose whole name was found is not looked for again."""
    here = [wanted.people[p] for p in terms.here if p in wanted.people and p not in seen]
    if not here:
        return
    shared = frozenset(
        name.lower()
        for p in terms.named
        if p in wanted.people
        for whole in (wanted.people[p].given, wanted.people[p].family, *wanted.people[p].known_as)
        for name in (loosen(whole), *loosen(whole).split())
    )
    agreed = _loose_spans(terms.wordings, reading.loose)
    told = chain(sights(reading.loose, here, shared), clues(reading, _known(here, terms, wanted)))
    for sight in told:
        if not any(start <= sight.start and sight.end <= end for start, end in agreed):
            finding = Finding(view.channel, sight.rule, sight.person, sight.is_sure)
            yield finding, words_around(reading.loose, sight.start, sight.end)


def _known(here: Iterable[Person], terms: Terms, wanted: Wanted) -> Iterator[Known]:
    """What these people agreed to in this item, and to be called elsewhere."""
    agreed = {person: (Level(level), size) for person, level, size in terms.agreed}
    for person in here:
        level, size = agreed.get(person.id, (Level.ANONYMOUS, None))
        called = wanted.called.get(person.id, ())
        elsewhere = tuple((Level(its), words) for item, its, words in called if item != terms.item and its)
        former = tuple(words for item, its, words in called if item == terms.item and not its)
        yield Known(person, level, size, elsewhere, former)


def _loose_spans(texts: Iterable[str], text: str) -> list[tuple[int, int]]:
    """Where agreed words stand, over the end of a line or of a subtitle too."""
    small, spans = text.lower(), []
    for words in {loosen(t).lower() for t in texts if t}:
        pattern = r"\s+".join(re.escape(word) for word in words.split())
        spans += [found.span() for found in re.finditer(pattern, small)]
    return spans


def _passages(
    view: View, reading: Reading, at_hand: list[tuple[int, bytes]], ledger: Passages
) -> Iterator[Found]:
    for sighting in sightings(reading.words, ledger, at_hand):
        words = fold(reading.folded[sighting.start : sighting.end].decode())
        yield Finding(view.channel, sighting.rule, "", sighting.rule == WHOLE), words
