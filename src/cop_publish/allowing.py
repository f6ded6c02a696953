"""The story of `cop-publish allow`: somebody has looked at what the gate found, and it is no leak."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from cop_publish.core.allowed import SHARED
from cop_publish.errors import WrongUsage
from cop_publish.gate.allows import needs_second
from cop_publish.gate.memory import last_look
from cop_publish.intake.settings_file import read_settings
from cop_publish.registry.allows import add_allows, allow_key, every_allow, make_allow_key
from cop_publish.registry.audit import Event, append, read_chain
from cop_publish.registry.read import read_registry
from cop_publish.registry.secret import closed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from cop_publish.core.allowed import Allow, Offer
    from cop_publish.core.consents import Consents, Person

    Protect = Callable[[tuple[Person, ...]], None]

SOON = timedelta(days=30)
_MEMORY = ".cop-publish/gate.json"


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked at a finding, and what they say of it."""

    by: str  # a person's ID
    second: str  # another's, or empty
    reason: str = field(repr=False)
    expires: date | None  # None: nothing is allowed by it


@dataclass(frozen=True, slots=True)
class Listed:
    """What stands in the list or could, in lines for people."""

    soon_over: tuple[str, ...]
    unused: tuple[str, ...]
    offered: tuple[str, ...]
    others: tuple[str, ...]
    count: int  # of all allows
    is_first: bool  # until now no report could say a fingerprint


def allow(
    root: Path, fingerprints: Sequence[str], look: Look, protect: Protect, *, now: datetime
) -> list[Offer]:
    """Write the allow of these findings of the last report, one record for each kind; give what they are.

    Raises WrongUsage for a fingerprint that the report has not, for somebody whom the registry does not
    know, and where a second person is needed; NotCleared where the audit does not hold.
    """
    registry = open_registry(root, look, protect, now=now)
    today = now.date()
    last = last_look(root / _MEMORY)
    groups = _groups(fingerprints, last.offered if last is not None else {}, every_allow(registry))
    require_second(look, (offer.rule for offer in groups))
    try:
        add_allows(registry, [_record(offer, marks, look, today) for offer, marks in groups.items()])
    except OSError:
        raise closed("the list of allows") from None
    for offer, marks in groups.items():
        facts = {"rule": offer.rule, "fingerprints": str(len(marks)), "expires": str(look.expires)}
        said = {"by": look.by, "second": look.second, "reason": look.reason}
        append(registry, Event("allow", offer.item, offer.person, facts, said), at=now)
    return list(groups)


def listed(root: Path, protect: Protect, *, now: datetime) -> Listed:
    """Say which allows end soon, which nothing needed, and what the last report would have allowed.

    A registry without a key for fingerprints gets one, so that the next report has them.
    """
    registry, _ = _registry(root, protect)
    last, allows, today = last_look(root / _MEMORY), every_allow(registry), now.date()
    is_first = not allow_key(registry)
    if is_first and not make_allow_key(registry):
        raise closed("the key of allows")
    soon = [a for a in allows if a.expires and a.expires <= today + SOON]
    unused = [a for a in allows if last is not None and not last.used.issuperset(a.fingerprints)]
    return Listed(
        tuple(_line(a, _end(a, today)) for a in soon),
        tuple(_line(a, "the last report did not come across it") for a in unused),
        tuple(_offer_lines(last.offered)) if last is not None else (),
        tuple(_line(a, _end(a, today)) for a in allows if a not in soon and a not in unused),
        len(allows),
        is_first,
    )


def open_registry(root: Path, look: Look, protect: Protect, *, now: datetime) -> Path:
    """Give the registry's folder, once it is known that this look can be recorded in it.

    Raises WrongUsage for a slip in it, and NotCleared where the audit does not hold.
    """
    registry, consents = _registry(root, protect)
    _refuse_slips(look, consents, now.date())
    if read_chain(registry).problems:  # refuses before anything is written
        append(registry, Event("allow"), at=now)
    return registry


def require_second(look: Look, rules: Iterable[str]) -> None:
    """Raise WrongUsage where one pair of eyes is not enough."""
    if not look.second and any(map(needs_second, rules)):
        raise WrongUsage(
            "A whole name, an address or a marking needs two people: --second is the ID of who else looked."
        )


def _registry(root: Path, protect: Protect) -> tuple[Path, Consents]:
    settings = read_settings(root)
    consents = read_registry(settings.registry)
    protect(tuple(consents.people.values()))
    assert settings.registry is not None, "read_registry refuses without one"  # noqa: S101 - for the type
    return settings.registry, consents


def _refuse_slips(look: Look, consents: Consents, today: date) -> None:
    if not look.reason.strip():
        raise WrongUsage("An allow needs a reason.")
    for option, person in (("--by", look.by), ("--second", look.second)):
        if person and person not in consents.people:
            raise WrongUsage(f"{option} is the ID of somebody in the registry, such as p-7f3k.")
    if look.second == look.by:
        raise WrongUsage("--second is the same as --by: ask somebody else.")
    if look.expires is not None and look.expires <= today:
        raise WrongUsage("--expires is the first day on which it must be looked at again: a day to come.")


def _groups(
    fingerprints: Sequence[str], offered: Mapping[str, Offer], allows: Sequence[Allow]
) -> dict[Offer, list[str]]:
    known = {mark for allowed in allows for mark in allowed.fingerprints}
    groups: dict[Offer, list[str]] = {}
    for mark in dict.fromkeys(fingerprints):
        if mark in known:
            raise WrongUsage(
                f"{mark} is allowed already: --renew gives it another end, --remove takes it out."
            )
        if mark not in offered:
            raise WrongUsage(
                f"The last report has no fingerprint {mark}: run `cop-publish check`, and copy it from there."
            )
        groups.setdefault(offered[mark], []).append(mark)
    return groups


def _record(offer: Offer, marks: Sequence[str], look: Look, today: date) -> dict[str, object]:
    record = {
        "fingerprints": sorted(marks),
        "item": offer.item or SHARED,
        "rule": offer.rule,
        "person": offer.person,
        "reason": look.reason,
        "by": look.by,
        "second": look.second,
        "on": today,
        "expires": look.expires,
    }
    return {key: value for key, value in record.items() if value}


def _end(allowed: Allow, today: date) -> str:
    return f"{'ended' if allowed.expires and allowed.expires <= today else 'ends'} on {allowed.expires}"


def _line(allowed: Allow, what: str) -> str:
    whose = f" of {allowed.person}" if allowed.person else ""
    marks = " ".join(allowed.fingerprints)
    return f"{allowed.where}: {allowed.rule}{whose} in {allowed.item or SHARED}: {what}  {marks}"


def _offer_lines(offered: Mapping[str, Offer]) -> Iterator[str]:
    for mark, offer in sorted(offered.items(), key=lambda pair: (pair[1].item, pair[1].rule, pair[0])):
        whose = f" of {offer.person}" if offer.person else ""
        second = ", needs a second person" if needs_second(offer.rule) else ""
        yield f"{mark}  {offer.rule}{whose} in {offer.item or 'pages of several items'}{second}"


def allowed_lines(offers: Sequence[Offer], look: Look) -> list[str]:
    """Say what was allowed, and until when."""
    lines = []
    for offer in offers:
        whose = f" of {offer.person}" if offer.person else ""
        where = offer.item or "pages of several items"
        lines.append(f"Allowed until {look.expires}: the {offer.rule}{whose} in {where}.")
    return [*lines, "The next publish reads everything again; the registry has who and why."]


_RENEW = "cop-publish allow --renew FINGERPRINT --expires … --by … --reason …"
_REMOVE = "cop-publish allow --remove FINGERPRINT --by … --reason …"


def listed_lines(found: Listed) -> list[str]:
    """Say it for people."""
    lines = [f"{found.count} allows in the registry" if found.count != 1 else "1 allow in the registry"]
    lines += (
        ["From now on each finding has a fingerprint: run `cop-publish check`."] if found.is_first else []
    )
    for heading, entries in (
        (f"Soon over, or over: look again, and {_RENEW}, or {_REMOVE}", found.soon_over),
        (f"Perhaps not needed: what `cop-publish check` says is not, {_REMOVE}", found.unused),
        ("Others", found.others),
        ("Found by the last report: allow them one by one, or take them out", found.offered),
    ):
        lines += [f"{heading}", *(f"  {entry}" for entry in entries)] if entries else []
    return lines
