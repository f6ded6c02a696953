"""Whether a recording is all there, once it has been decoded; and what its producer should listen to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.audio import faults
from cop_publish.audio.faults import Refused
from cop_publish.audio.recording import remarks
from cop_publish.audio.recording.probe import CutOff, missing_seconds

if TYPE_CHECKING:
    from cop_publish.audio.faults import Fault
    from cop_publish.audio.recording.listen import Damage
    from cop_publish.audio.recording.probe import Source


def check_whole(source: Source, found_seconds: float, damage: Damage | None) -> tuple[str, ...]:
    """Remarks for the producer.  Raises Refused where sound is missing and that is not accepted.

    `damage` is what `listen` heard, asked for where the first pass met errors; None: it met none.  It counts
    the samples that were really decoded, where `found_seconds` may hold silence in place of lost ones.
    """
    found = min(found_seconds, damage.seconds) if damage else found_seconds
    if missing_seconds(source, found):
        raise Refused(_fault(source.declared_seconds or 0.0, found, damage))
    if source.cut_off is CutOff.REFUSED and not source.end_known and damage and damage.at_the_end:
        raise Refused(faults.STOPS_SHORT)
    places = damage.places_seconds if damage else ()
    return (*_accepted(source, found), *((remarks.damaged(places),) if places else ()))


def _fault(declared_seconds: float, found_seconds: float, damage: Damage | None) -> Fault:
    """A fault at the end alone is the cut itself."""
    places = damage.places_seconds if damage else ()
    if damage is None or not places or (len(places) == 1 and damage.at_the_end):
        return faults.cut_off(found_seconds, declared_seconds)
    return faults.damaged(places, found_seconds, declared_seconds)


def _accepted(source: Source, found_seconds: float) -> tuple[str, ...]:
    declared = source.declared_seconds
    if source.cut_off is CutOff.REFUSED or declared is None or found_seconds >= declared - 1:
        return ()
    return (remarks.cut_off(found_seconds, declared),)
