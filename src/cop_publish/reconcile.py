"""Bring a store back to what it should be, whatever happened to it: everything in it is read again first.

What is missing or has other bytes is sent again, by the same safe steps as any publish.  What no release put
there is named, and removed only when that was asked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cop_publish.core.output import Manifest
from cop_publish.core.plan import SPOILED
from cop_publish.intake.settings_file import read_settings
from cop_publish.publish import Outcome, carry_out, plan_for, publisher_of
from cop_publish.storage.audit import audit
from cop_publish.storage.live import listed_etags, look
from cop_publish.storage.release import settle

if TYPE_CHECKING:
    from cop_publish.publish import Errand
    from cop_publish.storage.audit import Audit
    from cop_publish.storage.live import Live, Publisher


def reconcile(errand: Errand) -> Outcome:
    """Send again what is not as it was published; name the strangers."""
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    live = settle(publisher, lambda _: errand.progress("finishing an earlier publish", 0.0))
    found = _audit(errand, publisher, live)
    outcome = carry_out(errand, settings, publisher, _as_found(live, found, publisher))
    return replace(outcome, advice=(*outcome.advice, *_strangers(found)))


def plan_reconcile(errand: Errand) -> Outcome:
    """Say what `reconcile` would do; changes nothing."""
    settings = read_settings(errand.root)
    publisher = publisher_of(settings)
    live = look(publisher)
    found = _audit(errand, publisher, live)
    outcome = plan_for(errand, settings, publisher, _as_found(live, found, publisher))
    return replace(outcome, advice=(*outcome.advice, *_strangers(found)))


def prune(errand: Errand) -> Outcome:
    """As `reconcile`, and then remove the strangers."""
    outcome = reconcile(errand)
    publisher = publisher_of(outcome.settings)
    strange = _audit(errand, publisher, look(publisher)).strange
    publisher.store.delete(strange)
    words = [line for line in outcome.advice if not line.endswith(_PRUNE)]
    words += [f"Removed {key}: no release had put it there." for key in strange]
    return replace(outcome, advice=tuple(words), removed=strange)


_PRUNE = "Add --prune to remove it."


def _strangers(found: Audit) -> list[str]:
    return [f"No release put {key} there. {_PRUNE}" for key in found.strange]


def _audit(errand: Errand, publisher: Publisher, live: Live) -> Audit:
    return audit(publisher.store, live.record, lambda d: errand.progress("reading everything again", d))


def _as_found(live: Live, found: Audit, publisher: Publisher) -> Live:
    """What is public by what was read, not by what was recorded."""
    entries = [
        replace(entry, sha256=SPOILED) if entry.key in found.spoiled else entry
        for entry in live.manifest.entries
        if entry.key not in found.missing
    ]
    record = replace(live.record, manifest=Manifest(tuple(entries)))
    return replace(live, record=record, listed=listed_etags(publisher.store))
