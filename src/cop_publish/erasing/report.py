"""What erasing says, to people and to scripts: IDs, counts and places, never a name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cop_publish.core.store_check import copies
from cop_publish.registry.erased import NAME
from cop_publish.withdrawal.report import until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cop_publish.core.problems import Place
    from cop_publish.erasing.person import Erased, Plan
    from cop_publish.erasing.sought import Mentions
    from cop_publish.registry.theirs import Theirs
    from cop_publish.storage.whole import Forgotten

UNREACHED = (
    "This cannot reach backups, nor what a synced folder keeps of earlier days; e-mails; their page, where "
    "you wrote one elsewhere; what git remembers (git log -S finds it); recordings, pictures and documents, "
    "which you delete; older versions that a public bucket keeps of what was taken out by publishing and not "
    "by withdraw; colleagues' machines, before each has run `cop-publish erase {person}` there; and what "
    "anybody else kept of what was public. Tell those to whom you passed it on. The law gives you a month."
)
_UNFOUND = (
    "After this nothing here knows their name: where somebody writes it in a text, it is published unseen. "
    "If they do not want to be named, keep the name alone with --keep-name: it is found then, and refused."
)
_FOUND = "Their name alone is kept, so that it is found wherever somebody writes it, and never published."
_STAYS = (
    "The audit keeps {person}, the days and the items, without a name; that ID is never given again. "
    "Passages that were marked stay guarded, by digests that say no words."
)
_NEXT = (
    "Run `cop-publish publish` once: from then on an older copy of the registry, with {person} in it, is "
    "refused."
)
_NAMELESS = (
    "Nothing here knows any more what {person} was called, so where their name stands in other files cannot "
    "be said: look for it yourself."
)
_MOST = 20  # files of a kind that are told


def plan_lines(plan: Plan) -> list[str]:
    """Say what would go, what that means, and what it does not reach."""
    person = plan.request.person
    if plan.is_nothing:
        return [_before(plan), *_here(plan, "What goes from this machine")]
    again = "The erasing of {} was cut off; what is left of theirs goes now." if plan.is_begun else ""
    return [
        *([again.format(person)] if again else []),
        f"Of {person} this removes for good: {_listed(_counted(plan.theirs)) or 'nothing'}.",
        *(
            [f"What may hold them and is made again when it is needed: {_names(plan)}."]
            if plan.caches
            else []
        ),
        _FOUND if plan.request.keeps == NAME else _UNFOUND,
        _STAYS.format(person=person),
        *mention_lines(plan.mentions, plan),
        UNREACHED.format(person=person),
    ]


def erased_lines(erased: Erased) -> list[str]:
    """Say what came of it."""
    plan = erased.plan
    person = plan.request.person
    if plan.is_nothing:
        return [_before(plan), *_here(plan, "Gone from this machine"), *_older_lines(erased.older)]
    gone = _listed(_counted(plan.theirs))
    gone = f" Gone: {gone}." if gone else ""
    return [
        f"Erased: {person}; the registry has nothing of theirs{_but(plan)}.{gone}",
        *_older_lines(erased.older),
        *([_FOUND] if plan.request.keeps == NAME else []),
        *mention_lines(erased.mentions, plan),
        _NEXT.format(person=person),
        UNREACHED.format(person=person),
    ]


def _here(plan: Plan, what: str) -> Iterator[str]:
    """What a colleague's machine had kept of somebody who is erased in the registry already."""
    parts = [*_counted(plan.theirs), *([_names(plan)] if plan.caches else [])]
    if parts:
        yield f"{what}: {_listed(parts)}."


def _older_lines(older: Forgotten) -> Iterator[str]:
    """What the bucket of a shared registry had of it before, and what nobody can remove there yet."""
    if older.versions:
        count = "1 older version" if older.versions == 1 else f"{older.versions} older versions"
        yield f"Gone from the bucket of the shared registry: {count} of it."
    if older.locked:
        what = "NOT removed yet: older versions of the registry, which its bucket does not let go of"
        yield f"{what} (Object Lock) {until(older.locked)}. Run this again then."
    if older.copied_to:
        yield f"NOT removed: copies of the registry in {copies(older.copied_to)}. Remove them there."


def _before(plan: Plan) -> str:
    return f"{plan.request.person} was erased before, and nothing of theirs is in the registry{_but(plan)}."


def _but(plan: Plan) -> str:
    return " but their name" if plan.request.keeps == NAME else ""


def plan_json(plan: Plan) -> dict[str, Any]:
    """What would go, by kind, and where somebody else has to look."""
    return {
        "person": plan.request.person,
        "keeps": plan.request.keeps,
        "done_before": plan.is_nothing,
        "removes": dict(_counts(plan.theirs)),
        "made_again": [path.name for path in plan.caches],
        **_mentions_json(plan.mentions),
    }


def erased_json(erased: Erased) -> dict[str, Any]:
    """What went, by kind, and where somebody else has to look."""
    made = plan_json(erased.plan)
    older = erased.older
    left = {"older_versions": older.versions, "is_all_gone": older.is_all}
    return {**made, **left, **_mentions_json(erased.mentions), "erased": True}


def _counts(theirs: Theirs) -> Iterator[tuple[str, int]]:
    yield "file", int(theirs.own is not None)
    yield "consents", len(theirs.consents)
    yield "answers", len(theirs.answers)
    yield "pages_of_others", len(theirs.pages)
    yield "notes", len(theirs.notes)
    yield "allows", len(theirs.allows)
    yield "copies", len(theirs.copies)


_WORDS = {
    "file": ("their file", "their file"),
    "consents": ("{} consent", "{} consents"),
    "answers": ("their answers to {} item", "their answers to {} items"),
    "pages_of_others": (
        "in {} file of others' answers the page that showed them",
        "in {} files of others' answers the pages that showed them",
    ),
    "notes": ("{} note of the audit with its salt", "{} notes of the audit with their salts"),
    "allows": ("{} allow about them", "{} allows about them"),
    "copies": ("{} other copy of such a file", "{} other copies of such files"),
}


def _counted(theirs: Theirs) -> list[str]:
    return [_WORDS[kind][count > 1].format(count) for kind, count in _counts(theirs) if count]


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def _names(plan: Plan) -> str:
    return _listed([f".cop-publish/{path.name}" for path in plan.caches])


def mention_lines(mentions: Mentions, plan: Plan) -> Iterator[str]:
    """Each file where they still stand, with what to do about it."""
    person = plan.request.person
    if not plan.sought.knows:
        yield _NAMELESS.format(person=person)
    yield from _told(mentions.by_id, f"has {person}", "Take the ID out, and what is theirs with it.")
    yield from _told(mentions.by_name, f"holds a name of {person}", "Take it out.")
    yield from _told(mentions.perhaps, f"may hold a part of the name of {person}", "Look, and take it out.")


def _told(places: Sequence[Place], what: str, fix: str) -> Iterator[str]:
    first = {place.path: place for place in reversed(places)}
    counts = Counter(place.path for place in places)
    for path, place in sorted(first.items())[:_MOST]:
        more = f", and so do {counts[path] - 1} more lines of it" if counts[path] > 1 else ""
        yield f"{place}: this {what}{more}. {fix}"
    if len(first) > _MOST:
        yield f"{len(first) - _MOST} more files like the last; --json names all."


def _mentions_json(mentions: Mentions) -> dict[str, list[str]]:
    return {
        "holding_id": [str(place) for place in mentions.by_id],
        "holding_name": [str(place) for place in mentions.by_name],
        "perhaps": [str(place) for place in mentions.perhaps],
    }
