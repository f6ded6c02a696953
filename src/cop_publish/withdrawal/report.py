"""What a withdrawal says, to people and to scripts: IDs and counts, never a name."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from cop_publish.core.store_check import copies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.storage.base import Locked
    from cop_publish.storage.withdraw import WithdrawalReceipt
    from cop_publish.withdrawal.person import PersonWithdrawal
    from cop_publish.withdrawal.refetch import Seen

RECALL = (
    "Nobody can recall: copies in browsers and CDNs (pages up to 5 minutes, sound and pictures up to 24 "
    "hours), what apps and listeners downloaded, what directories, search engines and archives keep."
)
NOTHING_CHANGED = "Nothing was changed: this was a dry run."


def person_lines(found: PersonWithdrawal) -> list[str]:
    """Say what came of a person's withdrawal."""
    request = found.request
    but = ", ".join(one.item for one in found.remaining)
    where = request.item or "everything" + (f" but {but}" if but else "")
    what = f"the {request.scope.value} of {request.person}, in {where}"
    stayed = [*found.left_out, *stayed_lines(found.stayed, found.unlisted), *remaining_lines(found)]
    if found.receipt is None:
        changed = [f"forget  {key} as it was" for key in found.changed]
        return [*found.plan, *gone_lines(found.keys), *changed, *stayed, NOTHING_CHANGED]
    times = times_of(found.receipt)
    pages = f"{len(found.changed)} pages, lists and feeds hold nothing that they held before"
    pages += f", but what they say of {but}" if but else ""
    return [
        f"Withdrawn: {what}. No longer served after {times}.",
        removed_line(found.receipt),
        *left_lines(found.receipt),
        f"{pages}. The registry says it, so no later build brings it back.",
        *(seen_lines(found.seen) if found.seen else ()),
        *stayed,
        *(
            f"{person} has not signed off {item} as it is now, and the next publish asks for that: "
            f"cop-publish sign-off {item} {person} --page FILE"
            for item, person in found.to_ask
        ),
        *(told.sentence for told in found.told),
        *([found.unrecorded] if found.unrecorded else []),
        RECALL,
    ]


def times_of(receipt: WithdrawalReceipt) -> str:
    """How long it took, after ``No longer served after``."""
    what = "all was removed" if is_all_gone(receipt) else "what could be removed was"
    return f"{receipt.seconds_until_not_served:.1f} s; {what} after {receipt.seconds:.1f} s"


def remaining_lines(found: PersonWithdrawal) -> Iterator[str]:
    """Where they still are: each item, every place that must be mended, and the way to take it down."""
    person, is_dry = found.request.person, found.receipt is None
    for one in found.remaining:
        first, *more = one.addresses
        and_more = f" and {len(more)} more addresses" if more else ""
        would = "WOULD NOT be withdrawn" if is_dry else "NOT withdrawn yet"
        yield f"{would}: {one.item} stays as it is, with {person} in it, at {first}{and_more}."
        yield from (str(problem) for problem in one.problems)
        down = f" Until then, {one.take_down} takes the whole of it down at once." if one.take_down else ""
        yield f"Mend these places of {one.item}, and run this again.{down}"


def gone_lines(keys: Iterable[str]) -> list[str]:
    """The keys that would go for good."""
    return [f"purge   {key}" for key in keys]


def removed_line(receipt: WithdrawalReceipt) -> str:
    """What the store no longer has."""
    files = _count(len(receipt.keys), "file")
    versions = f"{files} in {_count(receipt.versions, 'version')}" if receipt.versions else files
    packs = f"{_count(receipt.packs_rewritten, 'pack')} written again, {receipt.packs_removed} removed"
    dropped = f"{_count(receipt.releases_dropped, 'release')} that showed it can no longer be gone back to"
    uploads = _count(receipt.unfinished_uploads, "unfinished upload")
    return f"Removed: {versions}, {uploads}; {packs}; {dropped}."


def left_lines(receipt: WithdrawalReceipt) -> Iterator[str]:
    """What the store still has, and no reader gets."""
    if receipt.locked:
        held = _count(len(receipt.locked), "file")
        what = f"NOT removed yet: {held}, which the bucket does not let go of (Object Lock)"
        what = f"{what} {until(receipt.locked)}"
        then = "the first publish or withdrawal after that, by whoever may remove versions, removes it"
        yield f"{what}. Readers get nothing of it; {then}."
    if receipt.copied_to:
        where = copies(receipt.copied_to)
        yield f"NOT removed: copies in {where}. Remove there what is listed here, with every version of it."


def is_all_gone(receipt: WithdrawalReceipt) -> bool:
    """Whether the store, and what it copies to, has nothing left of it."""
    return not receipt.locked and not receipt.copied_to


def until(locked: Iterable[Locked]) -> str:
    """Say when the last of these can be removed."""
    ends = [one.until for one in locked]
    if None in ends:
        return "while somebody holds it (legal hold)"
    last = max(end for end in ends if end is not None).astimezone(UTC)
    return f"until {last.day} {last:%B %Y, %H:%M} UTC"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def seen_lines(seen: Seen) -> Iterator[str]:
    """What was seen when everything was fetched again."""
    if seen.ok:
        older = f" ({seen.older} of them still as they were before, with nothing withheld in them)"
        known = f" but in {len(seen.remaining)} answers, for what stays as it is" if seen.remaining else ""
        found = f"nothing of it is there{known}{older if seen.older else ''}"
        yield f"Fetched again from {seen.by}, {seen.asked} addresses: {found}."
    if seen.still:
        yield f"NOT gone yet, {len(seen.still)} addresses still answer: {', '.join(seen.still)}"
    if seen.holding:
        what = f"{len(seen.holding)} answers still hold it or cannot be read"
        yield f"NOT gone yet, {what}: {', '.join(seen.holding)}"


def stayed_lines(items: Iterable[str], unlisted: Iterable[tuple[str, str]]) -> list[str]:
    """Which live items were left alone and why, and which lists (item and key) could not keep an entry."""
    named = ", ".join(listed := tuple(items))
    whose = "it" if len(listed) == 1 else "them"
    what = f"could not be made anew, so what is live of {whose} stays as it is, in lists too,"
    lines = [f"{named}: {what} until `cop-publish check` has nothing to say of {whose}."] if named else []
    lost = [
        f"{key} leaves out {item} until then: templates of the show’s own give it no place."
        for item, key in unlisted
    ]
    return [*lines, *lost]


def person_json(found: PersonWithdrawal) -> dict[str, Any]:
    """Say it for scripts, and for the file of whoever asked."""
    request = found.request
    return {
        "dry_run": found.receipt is None,
        "person": request.person,
        "scope": request.scope.value,
        "item": request.item,
        "items": list(found.items),
        "keys": list(found.keys),
        "changed": list(found.changed),
        "plan": list(found.plan),
        "pictures_left_out": list(found.left_out),
        "stayed_as_they_are": list(found.stayed),
        "left_out_of_lists": [{"item": item, "list": key} for item, key in found.unlisted],
        "remaining": [
            {
                "item": one.item,
                "exit_code": one.exit_code,
                "still_public": list(one.addresses),
                "places": [{"where": str(p.where), "what": p.what, "fix": p.fix} for p in one.problems],
                "take_down": one.take_down.strip("`"),
            }
            for one in found.remaining
        ],
        "to_sign_off_again": [{"item": item, "person": person} for item, person in found.to_ask],
        "cannot_be_recalled": RECALL,
        "hooks": [{"hook": told.hook, "ok": told.ok, "said": told.sentence} for told in found.told],
        **(seen_json(found.seen) if found.seen else {}),
        **(counts(found.receipt) if found.receipt else {}),
    }


def seen_json(seen: Seen) -> dict[str, Any]:
    """The second look, for scripts."""
    return {
        "fetched_again": seen.asked,
        "fetched_from": seen.by,
        "still_served": list(seen.still),
        "still_holding": list(seen.holding),
        "held_by_what_remains": list(seen.remaining),
    }


def counts(receipt: WithdrawalReceipt) -> dict[str, Any]:
    """What was removed, and how fast."""
    return {
        "versions": receipt.versions,
        "unfinished_uploads": receipt.unfinished_uploads,
        "packs_rewritten": receipt.packs_rewritten,
        "packs_removed": receipt.packs_removed,
        "releases_dropped": receipt.releases_dropped,
        "locked": [{"key": one.key, "until": one.until and one.until.isoformat()} for one in receipt.locked],
        "copied_to_buckets": receipt.copied_to,
        "seconds_until_not_served": round(receipt.seconds_until_not_served, 3),
        "seconds": round(receipt.seconds, 3),
    }
