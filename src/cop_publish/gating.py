"""Site -> Approved: what the gate is told of the registry, and what it says told by file and line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cop_publish.core.consents import Level
from cop_publish.core.ledger import said_of
from cop_publish.core.output import SHORT_LIVED, Approved, FileClass, Headers, PublicFile, Site
from cop_publish.core.problems import Place
from cop_publish.core.words import words_of
from cop_publish.errors import LeakFound, NeedsHumanLook, Unscannable
from cop_publish.gate.allows import faults as allow_faults
from cop_publish.gate.approve import approve
from cop_publish.gate.guard import STANDING, Guard
from cop_publish.gate.memory import Memory
from cop_publish.gate.passages import Passages, passages_of
from cop_publish.jigsaws import GATE_MEMORY, jigsaws_of
from cop_publish.ready import Ready, raise_problems
from cop_publish.registry.allows import allow_key, holding_allows, make_allow_key, read_allows
from cop_publish.registry.ledger import read_ledger
from cop_publish.render.bodies import source_file
from cop_publish.signing import unsigned_now
from cop_publish.unchanged import state_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from cop_publish.core.agreed_signs import AgreedSign
    from cop_publish.core.consents import Consents, PersonId
    from cop_publish.core.ledger import Ledger, Words
    from cop_publish.core.model import Cleared, EpisodeRelease
    from cop_publish.core.problems import Problem, Problems
    from cop_publish.settings import Settings
    from cop_publish.withdrawal.stays import Stays


def gated(site: Site, ready: Ready, mastered: tuple[EpisodeRelease, ...], stays: Stays) -> Approved:
    """Let the gate read each item's own words as that item's alone, and then every byte of the site.

    A page shows other items too (the next episode, the next meeting), and whoever is named there may stand on
    it; in the words of this item they may not.
    """
    registry = ready.settings.registry
    if registry is not None and not stays.is_withdrawal:
        read_allows(registry, today=ready.now.date())  # for what has expired
    state_folder(ready.settings.root)
    memory = Memory.load(ready.settings.root / GATE_MEMORY)
    memory.keep_offers(stays.ids)  # of a doubt for which it stays: this time nothing new of it is read
    recordings = {release.episode.id: release.master.recording for release in mastered}
    unsigned = unsigned_now(ready.to_sign, ready.settings, recordings)
    guard = stays.allowing(replace(guard_of(ready), unsigned=unsigned, jigsaws=jigsaws_of(ready)))
    try:
        return _approved(site, ready, guard, memory, stays)
    except (LeakFound, NeedsHumanLook) as found:
        is_foreseen = stays.is_withdrawal and isinstance(found, LeakFound)  # it goes on without that item
        if guard.allow_key or registry is None or is_foreseen or not (key := make_allow_key(registry)):
            raise
        guard = replace(guard, allow_key=key)  # so that it can be allowed
        return _approved(site, ready, guard, memory, stays)
    finally:
        memory.save()  # after a refusal too: what passed need not be read again


def _approved(site: Site, ready: Ready, guard: Guard, memory: Memory, stays: Stays) -> Approved:
    words = own_words(ready)
    try:
        approve(Site(words, (), None), guard, memory)
        approved = approve(site, guard, memory)
    except (LeakFound, NeedsHumanLook, Unscannable) as found:
        raise type(found)(found.summary, at_their_lines(found.problems, ready, guard)) from found
    items = frozenset(item for file in words for item in file.items)
    unneeded = {m for a in guard.allows for m in a.fingerprints} if stays.is_withdrawal else set[str]()
    faults = tuple(allow_faults(guard.allows, memory.allows_used | unneeded, items))
    raise_problems(faults, "Nothing was published: the registry has problems.")
    return approved


def at_their_lines(problems: Iterable[Problem], ready: Ready, guard: Guard) -> Problems:
    """What the gate found in own words, at the lines that it stands in."""
    from cop_publish.sources import located  # noqa: PLC0415 - only where something was found

    written = [
        replace(p, where=Place(p.where.path.removesuffix(_WORDS))) if p.where.path.endswith(_WORDS) else p
        for p in problems
    ]
    return located(written, ready.waits.drafts if ready.waits else (), guard)


def items_of(ready: Ready) -> list[Cleared]:
    """Everything that may be public now."""
    return [*ready.episodes, *ready.posts, *ready.meetings, *ready.pages]


def own_words(ready: Ready) -> tuple[PublicFile, ...]:
    """Give every item's cleared words as a file that is scanned and never published."""
    headers = Headers("text/plain; charset=utf-8", SHORT_LIVED)
    return tuple(
        PublicFile(
            source_file(item) + _WORDS, words_of(item).encode(), headers, FileClass.PAGE, frozenset({item.id})
        )
        for item in items_of(ready)
    )


_WORDS = ".words.txt"


@dataclass(frozen=True, slots=True)
class Shown:
    """Items whose words are about to be public, and who is in them, as far as that is known."""

    items: Collection[str]
    present: Mapping[str, frozenset[PersonId]]
    # By item, the words that marks withhold: these are found faster than by their digests.
    withheld: Mapping[str, tuple[Words, ...]] = field(default_factory=dict, repr=False)
    signs: Mapping[str, tuple[AgreedSign, ...]] = field(default_factory=dict)  # by item: meant as text
    ledger: Ledger | None = field(default=None, repr=False)  # as a dry run foresees it; None: as it is


def guard_of(ready: Ready) -> Guard:
    """Say for the gate who may be named where, and in which words."""
    items, waits = [item.id for item in items_of(ready)], ready.waits
    shown = Shown(items, ready.present, waits.withheld if waits else {}, waits.signs if waits else {})
    return guard_for(shown, ready.settings, ready.consents, today=ready.now.date())


def guard_for(shown: Shown, settings: Settings, consents: Consents, *, today: date) -> Guard:
    """Say it of these items, of what is being made or of what is brought back: by one and the same rule.

    Raises what the ledger and the list of allows raise when they cannot be trusted.
    """
    records = {
        i: {p: consents.of(p, i, today=today) for p in asked} for i, asked in _asked(shown.items, consents)
    }
    named = {
        item: frozenset(p for p, record in by_person.items() if record.level is Level.NAMED)
        for item, by_person in records.items()
    }
    standing = {p: consents.of(p, STANDING, today=today) for p in consents.people}
    everywhere = frozenset(
        p
        for p, c in standing.items()
        if c.level is Level.NAMED and all(p in names for names in named.values())
    )
    wordings = {i: tuple(sorted({c.display for c in r.values() if c.display})) for i, r in records.items()}
    wordings[STANDING] = tuple(sorted(c.display for p, c in standing.items() if p in everywhere))
    addresses = frozenset({settings.show.owner_email, settings.site.mailing_list.removeprefix("mailto:")})
    guard = Guard(
        tuple(consents.people.values()),
        named,
        everywhere,
        wordings,
        public_addresses=addresses,
        present=shown.present,
        records=records,
        signs=shown.signs,
    )
    if settings.registry is None:
        return guard
    allows, passages = holding_allows(settings.registry, today=today), _guarded(shown, settings.registry)
    return replace(guard, allows=allows, allow_key=allow_key(settings.registry), passages=passages)


def _guarded(shown: Shown, registry: Path) -> Passages | None:
    """Give the ledger as the gate takes it; None where nothing is guarded."""
    ledger = read_ledger(registry) if shown.ledger is None else shown.ledger
    said = {
        mark: said
        for found in shown.withheld.values()
        for one in found
        for mark, said in said_of(ledger.key, one).items()
    }
    return passages_of(ledger, said)


def _asked(items: Collection[str], consents: Consents) -> Iterator[tuple[str, set[PersonId]]]:
    """With each item, whoever has a record that can hold for it: of hundreds of members, a few."""
    recorded: dict[str | None, set[PersonId]] = {}
    for person, item in consents.consents:
        if person in consents.people:
            recorded.setdefault(item, set()).add(person)
    standing = recorded.get(None, set())
    return ((item, standing | recorded.get(item, set())) for item in items)
