"""What a publish writes into the registry, and looks at there again before anything becomes public."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from cop_publish.core.guarded import prints_of
from cop_publish.core.head import RegistryState
from cop_publish.core.ledger import ledger_of
from cop_publish.core.pairs import NOTHING
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.errors import NotCleared, StorageFailed
from cop_publish.registry.audit import Event, append, read_chain, settle
from cop_publish.registry.ledger import guard, read_ledger
from cop_publish.registry.read import read_registry
from cop_publish.registry.secret import KEY_BYTES, key_of, read_key
from cop_publish.registry.state import MARK, people_digest, registry_state, serial_of
from cop_publish.shared_registry import require_newest, share

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from cop_publish.core.consents import Consents, PersonId, TakenBack
    from cop_publish.core.head import RegistryMark
    from cop_publish.core.ledger import Ledger, Words
    from cop_publish.ready import Ready
    from cop_publish.settings import Settings

_AGAIN = "Run the command again."
_STOPPED = "Nothing was published: what was agreed changed meanwhile."


def keep_marks(ready: Ready) -> None:
    """Guard what the marks of every item withhold, so that they can be known without their marks.

    Raises NotCleared where the registry cannot be written, or its audit does not hold.
    """
    if ready.settings.registry is not None and ready.waits is not None:
        learn_marks(ready.settings.registry, ready.waits.withheld, at=ready.now)


def learn_marks(folder: Path, withheld: Mapping[str, tuple[Words, ...]], *, at: datetime) -> None:
    """Guard what is withheld, by item, where that is not guarded yet; raises as `keep_marks` does."""
    marked = {item: words for item, words in withheld.items() if prints_of(words, b"")}
    if marked:
        key = key_of(folder)
        guard(folder, {item: prints_of(words, key) for item, words in marked.items()}, at=at)


def foresee_marks(folder: Path, withheld: Mapping[str, tuple[Words, ...]]) -> Ledger:
    """The ledger as `learn_marks` would leave it, for a dry run: nothing is written, not even a key."""
    ledger = read_ledger(folder)
    key = ledger.key or read_key(folder) or secrets.token_bytes(KEY_BYTES)
    new = [one for words in withheld.values() for one in prints_of(words, key)]
    held = set(ledger.prints)
    pairs = (ledger.pairs if ledger else NOTHING).with_tags(tag for one in new for tag in one.pairs)
    return ledger_of(key, [*ledger.prints, *(one for one in new if one not in held)], pairs, ledger.said)


def refuse_older(settings: Settings, newest: RegistryMark | None) -> None:
    """Raise StorageFailed for a copy of the registry older than that of the latest publish, `newest`.

    Before anything is made or recorded: what this copy recorded would have to be joined with the newer one.
    """
    folder = settings.registry
    if newest is not None and folder is not None and (folder / MARK).is_file():
        serial = serial_of(folder)
        if serial < newest.serial:
            raise StorageFailed(newest.refusal(RegistryState(serial, "")))


def look_again(ready: Ready, holds_until: datetime | None, *, now: datetime) -> RegistryState | None:
    """Refuse to upload what was made from records that changed meanwhile, or that no longer hold at `now`.

    Making the sound of an episode takes minutes, in which somebody may take a yes back, here or in the bucket
    through which a registry is shared (StorageFailed then).  Records also what was decided against a
    department or a calendar, and changes made by hand since the last time, and gives the registry's state
    then, for the store compares it with that of the latest publish.
    """
    folder, rules = ready.settings.registry, ready.rules
    if folder is None or rules is None:
        return None
    require_newest(ready.settings)
    if people_digest(folder) != rules.digest:
        what = "the registry was changed while this was being made"
        raise NotCleared(_STOPPED, [Problem(Place("registry"), what, _AGAIN, Matter.CONSENT)])
    if holds_until is not None and now >= holds_until:
        what = f"what may be public changed at {holds_until:%Y-%m-%d %H:%M}, while this was being made"
        raise NotCleared(_STOPPED, [Problem(Place("registry"), what, _AGAIN, Matter.CONSENT)])
    _record_overrides(folder, ready)
    settle(folder, at=ready.now)
    share(ready.settings, now=now)  # before anything is public: else two could publish by two registries
    return None if rules.consents.fictional else registry_state(folder)  # of a sample there may be many


def state_to_compare(settings: Settings, *, at: datetime) -> RegistryState | None:
    """The registry's state for a release of bytes that were approved before; None as in `look_again`.

    Records what was changed by hand since the last time, as a publish does.  Raises NotCleared where that
    cannot be written, or the audit does not hold.
    """
    folder = settings.registry
    if folder is None or read_registry(folder).fictional:
        return None
    settle(folder, at=at)
    return registry_state(folder)


def record_withdrawal(settings: Settings, item: str, *, at: datetime) -> str:
    """Record that an item was withdrawn; gives why that failed, for a withdrawal never waits for a record."""
    return _recorded(settings, Event("withdraw", item), at)


def record_taken_back(
    settings: Settings, person: PersonId, item: str | None, scope: TakenBack, *, at: datetime
) -> str:
    """Record what a person took back; as `record_withdrawal`."""
    event = Event("withdraw", item or "everywhere", person, facts={"scope": scope.value})
    return _recorded(settings, event, at)


def record_remaining(
    settings: Settings, person: PersonId, scope: TakenBack, items: Collection[str], *, at: datetime
) -> str:
    """Record in which items they still are, and in which they are no longer; as `record_withdrawal`.

    What the audit says already is not said again.
    """
    if settings.registry is None:
        return ""
    known = _still_in(read_chain(settings.registry).entries, person, scope)
    news = [*((item, REMAINS) for item in items if item not in known)]
    news += [(item, LEFT) for item in sorted(known - set(items))]
    said = [_recorded(settings, Event(kind, item, person, {"scope": scope.value}), at) for item, kind in news]
    return next(filter(None, said), "")


REMAINS = "withdraw remains"  # they took it back, and are in this item until it is mended
LEFT = "withdraw left"  # they no longer are


def _still_in(entries: Iterable[Mapping[str, Any]], person: PersonId, scope: TakenBack) -> set[str]:
    found: set[str] = set()
    for entry in entries:
        if (entry.get("person"), entry.get("fact_scope")) == (person, scope.value):
            found |= {entry["item"]} if entry["event"] == REMAINS else set()
            found -= {entry["item"]} if entry["event"] == LEFT else set()
        elif entry.get("event") == "withdraw" and "person" not in entry:
            found.discard(entry.get("item", ""))
    return found


def _recorded(settings: Settings, event: Event, at: datetime) -> str:
    try:
        if settings.registry is not None:
            append(settings.registry, event, at=at)
    except (NotCleared, OSError):
        return _UNRECORDED
    return ""


_UNRECORDED = "It could not be recorded in the registry's audit: `cop-publish doctor` says why."


def recorded_state(
    settings: Settings, consents: Consents, *, at: datetime
) -> tuple[RegistryState | None, str]:
    """How far the registry is, so that no older copy of it publishes after a withdrawal; else why not.

    None of a sample, of which there may be many, and of a registry whose audit is damaged.
    """
    folder = settings.registry
    if folder is None or consents.fictional:
        return None, ""
    try:
        settle(folder, at=at)
        return registry_state(folder), ""
    except (NotCleared, OSError):
        return None, _UNRECORDED


def _record_overrides(folder: Path, ready: Ready) -> None:
    published = {e.id for e in ready.episodes} | {p.id for p in ready.posts} | {m.id for m in ready.meetings}
    for block, override in ready.waits.overridden if ready.waits else ():
        if block.item in published:
            said = {"by": override.by, "reason": override.reason}
            event = Event("override", block.item, facts={"kind": str(override.kind)}, said=said)
            append(folder, event, at=ready.now)
