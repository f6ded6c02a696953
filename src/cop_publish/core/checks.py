"""Checks across items: what is used twice, what leads nowhere, what must never come back."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cop_publish.core.key_places import place_of
from cop_publish.core.model import Cleared, ClearedEpisode, ClearedMeeting, ClearedPost
from cop_publish.core.problems import Place, Problem, Problems
from cop_publish.core.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from cop_publish.core.consents import Consents, PersonId
    from cop_publish.core.model import Draft


LONGEST_PART_BYTES = 200  # of an address between slashes; file systems take 255, and stores add endings
STANDING = "standing"  # the registry's folder for consents that hold in every item
_RENAME = "Rename it, and its folder in the registry's consents/."


def check_unique(drafts: Iterable[Draft]) -> Problems:
    """Report a guid that two items use, and a name that is the registry's own."""
    guids: dict[str, list[Place]] = defaultdict(list)
    standing = []
    for draft in drafts:
        standing += [Place(draft.where.path)] if draft.id.casefold() == STANDING else []
        guid = getattr(draft, "guid", "")
        if guid:
            guids[guid.strip().casefold()].append(place_of(draft, "guid"))
    return (
        *_twice(
            guids,
            "has the guid of {first}",
            "Give the newer one a guid of its own; apps show only one of them.",
        ),
        *(Problem(w, "its name is the registry's own for standing consents", _RENAME) for w in standing),
    )


def check_hosts(hosts: Iterable[PersonId], consents: Consents, settings: Callable[[], Place]) -> Problems:
    """Report a host whom the registry does not know: their credit would quietly be a guest's.

    `settings` finds the line that lists the hosts.
    """
    unknown = [host for host in hosts if host not in consents.people]
    gone = [host for host in hosts if host in consents.erased]
    close = {host: suggest(host, consents.people) for host in unknown if host not in gone}
    return (
        *(
            Problem(settings(), f"`show.hosts` names {host}, who was erased", "Take the ID out.")
            for host in gone
        ),
        *(
            Problem(
                settings(),
                f"`show.hosts` names {host}, who is not in the registry",
                f"Did you mean {near}?" if near else "Add them with `cop-publish new person`.",
            )
            for host, near in close.items()
        ),
    )


def check_links(
    cleared: Iterable[Cleared],
    withdrawn: frozenset[str],
    drafts: Mapping[str, Draft],
    staying: frozenset[str] = frozenset(),
) -> Problems:
    """Report a meeting that is not there, and an item that was withdrawn, at its lines in `drafts`.

    `staying`: items that are live and stay as they are, in a withdrawal.
    """
    items = tuple(cleared)
    gone = {guid.strip().casefold() for guid in withdrawn}
    meetings = {c.id for c in items if isinstance(c, ClearedMeeting)}
    problems = []
    for item in items:
        if isinstance(item, ClearedEpisode | ClearedPost):
            draft = drafts[item.id]
            if item.meeting and item.meeting not in meetings | staying:
                close = suggest(item.meeting, meetings)
                hint = f"Did you mean `{close}`?" if close else "Remove the key, or add the meeting."
                where = place_of(draft, "meeting")
                problems.append(Problem(where, "`meeting` names a meeting that is not public here", hint))
            if item.guid and item.guid.strip().casefold() in gone:
                where = place_of(draft, "guid")
                what = "its guid was withdrawn and can never come back"
                problems.append(Problem(where, what, withdrawn_fix(where.path)))
    return tuple(problems)


def check_addresses(keys: Iterable[tuple[str, Place]], withdrawn: frozenset[str]) -> Problems:
    """Report two items with one address, and one that is also a folder, too long or withdrawn."""
    seen: dict[str, list[Place]] = defaultdict(list)
    same: dict[str, list[Place]] = defaultdict(
        list
    )  # a host that hides extensions has one page for x and x.html
    for key, place in keys:
        seen[key.casefold()].append(place)
        same[key.casefold().removesuffix(".html")].append(place)
    gone = {path.lstrip("/").casefold() for path in withdrawn}
    back = [
        Problem(place, "its address was withdrawn and can never come back", withdrawn_fix(place.path))
        for key in seen.keys() & gone
        for place in seen[key]
    ]
    folders = {key.rsplit("/", n)[0] for key in seen for n in range(1, key.count("/") + 1)}
    clash = [
        Problem(places[0], "its address is also a folder", "Change its slug.")
        for k, places in seen.items()
        if k in folders
    ]
    long = [place for key, places in seen.items() if has_long_part(key) for place in places]
    return (
        *_twice(same, "has the same address as {first}", "Change the slug of one of the two."),
        *clash,
        *back,
        *(Problem(place, _TOO_LONG, "Shorten its name or slug.") for place in long),
    )


def withdrawn_fix(file: str) -> str:
    """A withdrawal that was cut off has left it in the store, and only a withdrawal takes it out of there."""
    path = file.removesuffix("/episode.md")
    if not path.startswith(("episodes/", "posts/")):
        return "Remove the item."
    return f"If it ever was public, run `cop-publish withdraw {path}` (again), and then remove the item."


_TOO_LONG = f"its address has a part longer than {LONGEST_PART_BYTES} bytes, which not every store takes"


def has_long_part(key: str) -> bool:
    """Whether a key cannot be a path on every disk: it would fail in the middle of a publish."""
    return any(len(part.encode()) > LONGEST_PART_BYTES for part in key.split("/"))


def advise_consents(consents: Consents, items: frozenset[str]) -> tuple[str, ...]:
    """Say which consents are for an item that is not there: a mistyped name must not pass unseen.

    The folder is named by whose consents lie in it and by the item that was meant: its own name is free text.
    """
    unused: dict[str, list[str]] = defaultdict(list)
    for person, item in consents.consents:
        if item is not None and item not in items:
            unused[item].append(person)
    what = "there is no item of this folder's name, so what it records is not used"
    return tuple(
        f"{', '.join(f'registry/consents/…/{p}.yaml' for p in sorted(people))}: {what}. {_meant(item, items)}"
        for item, people in sorted(unused.items())
    )


def advise_edits(episodes: Iterable[ClearedEpisode]) -> tuple[str, ...]:
    """Say which cues of a transcript are not published: by the edit list, by a mark, for want of a yes."""
    return tuple(line for episode in episodes for line in _left_out(episode))


def _left_out(episode: ClearedEpisode) -> Iterator[str]:
    derived, crowded = len(episode.derived_cuts), len(episode.crowded_cues)
    if edited := episode.dropped_cues - derived - crowded:
        cues, it = (
            ("1 cue", "is left out, as edit.yaml takes it")
            if edited == 1
            else (
                f"{edited} cues",
                "are left out, as edit.yaml takes them",
            )
        )
        yield f"{episode.id}: {cues} of the transcript {it} out."
    yield from _crowded(episode)
    if derived:
        cues, each = ("1 cue goes", "it is") if derived == 1 else (f"{derived} cues go", "each is")
        lines = ", ".join(str(place.line) for place in episode.derived_cuts)
        yield (
            f"{episode.id}: {cues} from transcript and sound, for {each} marked, calls somebody by `@{{…}}` "
            "who is not named, or is of somebody without a yes to their voice "
            f"({episode.transcript}, line {lines}). Listen to the places. Where the sound itself has the "
            "agreed words, write them as they are said."
        )


def _crowded(episode: ClearedEpisode) -> Iterator[str]:
    for place in episode.crowded_cues:
        yield (
            f"{episode.id}: the words of {episode.transcript}:{place.line} go too, for most of that cue goes "
            "with the marked one beside it. Mend the times of the two, or cut by hand in edit.yaml."
        )


def _meant(item: str, items: frozenset[str]) -> str:
    close = suggest(item, items)
    return f"Did you mean `{close}`?" if close else "Rename the folder after the item, or remove it."


def _twice(seen: Mapping[str, list[Place]], what: str, fix: str) -> Problems:
    return tuple(
        Problem(place, what.format(first=places[0].path), fix)
        for places in seen.values()
        for place in places[1:]
    )
