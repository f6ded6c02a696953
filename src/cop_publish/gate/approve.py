"""The gate: every byte that is about to be public is read again, and only what passes is `Approved`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.output import Approved, InStore, manifest_of
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.errors import CopPublishError, LeakFound, NotCleared, Unscannable
from cop_publish.gate.memory import Memory, rules_digest

if TYPE_CHECKING:
    from cop_publish.core.output import PublicFile, Site
    from cop_publish.gate.guard import Guard, Terms
    from cop_publish.gate.scan import Finding, Verdict, Wanted


def approve(site: Site, guard: Guard, memory: Memory) -> Approved:
    """Reads every file that the memory does not hold.  Its `save` is the caller's, also after a failure.

    Raises NotCleared where a file shows what somebody has not signed off; LeakFound (with what cannot be
    read, if any) or Unscannable, each with every finding at once; CopPublishError when the gate misses one
    of its own test leaks.
    """
    _require_sign_offs(site, guard)
    rules = rules_digest(guard)
    unseen: list[tuple[PublicFile, Terms, str]] = []
    for file in site.files:
        terms = guard.terms(file.items)
        name = memory.name(file, terms, rules)
        if memory.holds(name):
            memory.reused += 1
        else:
            unseen.append((file, terms, name))
    if unseen:
        _scan_all(unseen, guard, memory)
    memory.only_in_store = tuple(file.key for file in site.files if isinstance(file.content, InStore))
    return Approved(site.files, manifest_of(site.files), site.held_back, site.changes_at)


def _require_sign_offs(site: Site, guard: Guard) -> None:
    unsigned = sorted({item for file in site.files for item in file.items & guard.unsigned})
    what = "somebody's sign-off is missing, or was to another draft or another recording"
    fix = "`cop-publish status` says whose; show them their page with `cop-publish sign-off`."
    problems = [Problem(Place(_masked(item, guard)), what, fix, Matter.CONSENT) for item in unsigned]
    if problems:
        message = "Nothing was published: what somebody has not signed off was about to become public."
        raise NotCleared(message, problems)


def _scan_all(unseen: list[tuple[PublicFile, Terms, str]], guard: Guard, memory: Memory) -> None:
    from cop_publish.gate import canaries, scan, tripwires  # noqa: PLC0415 - heavy: not for a run without changes
    from cop_publish.gate.search import search_for  # noqa: PLC0415 - the same

    search = search_for((*guard.people, canaries.CANARY), tripwires.phrases())
    canaries.prove(search)
    wanted = scan.Wanted(search, frozenset(person.id for person in guard.people))
    leaks: list[Problem] = []
    unread: list[Problem] = []
    for file, terms, name in unseen:
        verdict = _verdict(file, terms, wanted)
        memory.scanned += 1
        if verdict.clean:
            memory.remember(name)
            continue
        place = Place(_masked(file.key, guard))
        cure = _cure(file, guard)
        leaks += _leaks(place, verdict.findings, cure)
        unread += [Problem(place, reason, cure or _AFRESH) for reason in verdict.unread]
    if leaks:
        places = "1 place holds" if len(leaks) == 1 else f"{len(leaks)} places hold"
        message = f"{places} what must not be public. Nothing was published."
        raise LeakFound(message, leaks + unread)
    if unread:
        message = "The gate cannot read all of what was about to be public. Nothing was published."
        raise Unscannable(message, unread)


def _verdict(file: PublicFile, terms: Terms, wanted: Wanted) -> Verdict:
    from cop_publish.gate import scan  # noqa: PLC0415 - loaded by the caller already
    from cop_publish.gate.view import Unreadable  # noqa: PLC0415 - the same

    if isinstance(file.content, InStore):
        return scan.scan_address(file, terms, wanted)
    try:
        with scan.opened(file) as content:
            return scan.scan(file, content, terms, wanted)
    except Unreadable as reason:
        verdict = scan.scan_address(file, terms, wanted)
        verdict.unread.append(str(reason))
        return verdict
    except Exception as fault:  # noqa: BLE001 - a reader that fails refuses, and its text may quote the file
        message = (
            f"A reader of the gate failed ({type(fault).__name__}). Nothing was published: report this fault."
        )
        raise CopPublishError(message) from None


def _leaks(place: Place, findings: set[Finding], cure: str) -> list[Problem]:
    """One problem for each thing that stands there, naming every channel that shows it."""
    channels: dict[tuple[str, str], list[str]] = {}
    for finding in sorted(findings):
        channels.setdefault((finding.rule, finding.person), []).append(finding.channel)
    return [_leak(place, rule, person, seen, cure) for (rule, person), seen in channels.items()]


def _leak(place: Place, rule: str, person: str, channels: list[str], cure: str) -> Problem:
    if _OUTSIDE.issuperset(channels):
        cure = ""  # the file's bytes are innocent
    seen = ", ".join(channels)
    if not person:
        return Problem(place, f"holds {rule} ({seen})", cure or "Take it out of the source.")
    what = f"holds {_of(rule)} of {person}, who is withheld here ({seen})"
    return Problem(
        place, what, cure or "Take it out, or record a consent and write @{…} for the agreed words."
    )


_OUTSIDE = {"address", "header"}


def _of(rule: str) -> str:
    return rule if rule.startswith(("a ", "the ")) else f"the {rule}"


_AFRESH = "Publish it in a form that the gate reads, made afresh by cop-publish."


def _cure(file: PublicFile, guard: Guard) -> str:
    """What helps where no source holds what was found: a master was made once, under the terms of then."""
    if not file.key.endswith(".mp3") or not file.items:
        return ""
    folders = " ".join(f"episodes/{_masked(item, guard)}" for item in sorted(file.items))
    return (
        f"Master it again: cop-publish episode {folders} --remaster. "
        "If it is still found, it stands in the recording's metadata or chapters: take it out there."
    )


def _masked(key: str, guard: Guard) -> str:
    from cop_publish.gate.mask import mask  # noqa: PLC0415 - only when something was found

    return mask(key, guard.people)
