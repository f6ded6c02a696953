"""What may go: packs and media that no kept release needs and no feed of the last weeks names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from cop_publish.core.record import Kept, PackUse, Record, Retired


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what was public can be had back, or still be asked for."""

    releases: int = 20  # the newest that are kept
    months: int = 1200  # ... and of the older ones the last of each month, so many months back
    media_days: int = 30  # apps keep a feed, and ask for what it names


def kept_releases(before: Iterable[Kept], rule: Retention) -> tuple[Kept, ...]:
    """The releases to keep, the oldest first."""
    ordered = sorted(before, key=lambda kept: kept.seq)
    monthly = {kept.at.strftime("%Y-%m"): kept for kept in ordered}  # the last of a month stays
    of_months = [monthly[month] for month in sorted(monthly)[max(0, len(monthly) - rule.months) :]]
    newest = ordered[max(0, len(ordered) - rule.releases) :]
    return tuple(sorted({*of_months, *newest}, key=lambda kept: kept.seq))


def due(base: Record, kept: Collection[Kept], rule: Retention, *, now: datetime) -> frozenset[str]:
    """The keys of retired media that may be deleted."""
    old = now - timedelta(days=rule.media_days)
    return frozenset(gone.entry.key for gone in base.retired if gone.at <= old and not _is_named(gone, kept))


def needed_packs(
    packs: Mapping[int, PackUse], kept: Collection[Kept], current: int
) -> tuple[dict[int, PackUse], dict[int, PackUse]]:
    """Split packs into those that the current release or a kept one needs, and the others."""
    needed = {
        seq: use
        for seq, use in packs.items()
        if use.last == current or any(seq <= release.seq <= use.last for release in kept)
    }
    return needed, {seq: use for seq, use in packs.items() if seq not in needed}


def _is_named(gone: Retired, kept: Collection[Kept]) -> bool:
    return any(gone.stored.since <= release.seq <= gone.last for release in kept)
