"""The gate: every byte that is about to be public is read again, and only what passes is `Approved`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cop_publish.core.allowed import Offer
from cop_publish.core.output import Approved, InStore, manifest_of
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.errors import CopPublishError, LeakFound, NeedsHumanLook, NotCleared, Unscannable
from cop_publish.gate.allows import needs_second
from cop_publish.gate.jigsaws import weigh
from cop_publish.gate.memory import Memory, rules_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.output import PublicFile, Site
    from cop_publish.gate.find import Finding, Wanted
    from cop_publish.gate.guard import Guard, Terms
    from cop_publish.gate.scan import Verdict


def approve(site: Site, guard: Guard, memory: Memory) -> Approved:
    """Reads every file that the memory does not hold.  Its `save` is the caller's, also after a failure.

    Raises NotCleared where a file shows what somebody has not signed off; LeakFound, Unscannable or
    NeedsHumanLook, the first that applies with every finding at once; and CopPublishError when the gate
    misses one of its own test leaks.
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
    items = frozenset(item for file in site.files for item in file.items)
    found = _Found(doubts=list(weigh(items, guard, memory)))
    if unseen:
        _scan_all(unseen, guard, memory, found)
    _refuse(found)
    memory.only_in_store = tuple(file.key for file in site.files if isinstance(file.content, InStore))
    return Approved(site.files, manifest_of(site.files), site.held_back, site.changes_at, site.relied)


def _require_sign_offs(site: Site, guard: Guard) -> None:
    unsigned = sorted({item for file in site.files for item in file.items & guard.unsigned})
    what = "somebody's sign-off is missing, or was to another draft or another recording"
    fix = "`cop-publish status` says whose; show them their page with `cop-publish sign-off`."
    problems = [Problem(Place(_masked(item, guard)), what, fix, Matter.CONSENT) for item in unsigned]
    if problems:
        message = "Nothing was published: what somebody has not signed off was about to become public."
        raise NotCleared(message, problems)


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands in the way of publishing, by how sure it is."""

    leaks: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)


def wanted_of(guard: Guard) -> Wanted:
    """Everything that a scan looks for."""
    from cop_publish.gate import canaries, find, tripwires  # noqa: PLC0415 - heavy: not for a run without changes
    from cop_publish.gate.search import search_for  # noqa: PLC0415 - the same

    said = {**canaries.SAID, **(guard.passages.said if guard.passages else {})}
    search = search_for((*guard.people, canaries.CANARY), tripwires.phrases(), said)
    allowed = frozenset((mark, allow.rule) for allow in guard.allows for mark in allow.fingerprints)
    people = {person.id: person for person in guard.people}
    return find.Wanted(search, people, guard.passages, guard.allow_key, allowed, guard.called)


def _scan_all(
    unseen: list[tuple[PublicFile, Terms, str]], guard: Guard, memory: Memory, found: _Found
) -> None:
    from cop_publish.gate import canaries  # noqa: PLC0415 - heavy: not for a run without changes

    wanted = wanted_of(guard)
    canaries.prove(wanted.search)
    for file, terms, name in unseen:
        verdict = _verdict(file, terms, wanted)
        memory.scanned += 1
        memory.allows_used |= verdict.used
        if verdict.clean:
            if (
                not verdict.used
            ):  # what is allowed is looked for again in each run: else nobody knows that it is needed
                memory.remember(name)
            continue
        memory.offered |= _offers(verdict, terms)
        place = Place(_masked(file.key, guard))
        cure = _cure(file, guard)
        found.leaks.extend(_leaks(place, verdict.findings, cure))
        found.doubts.extend(_doubts(place, verdict.findings))
        found.unread.extend(Problem(place, reason, cure or _AFRESH) for reason in verdict.unread)


def _refuse(found: _Found) -> None:
    leaks, doubts, unread = found.leaks, found.doubts, found.unread
    if leaks:
        places = "1 place holds" if len(leaks) == 1 else f"{len(leaks)} places hold"
        message = f"{places} what must not be public. Nothing was published."
        raise LeakFound(message, leaks + doubts + unread)
    if unread:
        message = "The gate cannot read all of what was about to be public. Nothing was published."
        raise Unscannable(message, unread + doubts)
    if doubts:
        places = "1 place" if len(doubts) == 1 else f"{len(doubts)} places"
        message = f"{places} must be looked at by somebody who knows. Nothing was published."
        raise NeedsHumanLook(message, doubts)


def _offers(verdict: Verdict, terms: Terms) -> dict[str, Offer]:
    """What an allow of each finding would say, by its fingerprint."""
    return {
        mark: Offer(finding.rule, terms.item, finding.person)
        for finding, marks in verdict.findings.items()
        for mark in marks
    }


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


def _leaks(place: Place, findings: Mapping[Finding, set[str]], cure: str) -> list[Problem]:
    """One problem for each thing that stands there, naming every channel that shows it."""
    problems = []
    for (rule, person), (channels, marks) in _by_rule(findings, sure=True).items():
        leak = _leak(place, rule, person, channels, cure)
        problems.append(replace(leak, fix=f"{leak.fix} {_allowed(rule, marks)}" if marks else leak.fix))
    return problems


def _allowed(rule: str, marks: set[str]) -> str:
    """Say how to allow what is nothing of the kind: "the bill page by page" is not Bill Page."""
    seen = ", once two people have looked" if needs_second(rule) else ""
    return f"{OR_ALLOW}{seen}: {_command(rule, marks)}"


OR_ALLOW = "If it is something else, allow it"


def _command(rule: str, marks: set[str]) -> str:
    second = " --second …" if needs_second(rule) else ""
    return f"cop-publish allow {' '.join(sorted(marks))} --reason … --by …{second} --expires …"


def _by_rule(
    findings: Mapping[Finding, set[str]], *, sure: bool
) -> dict[tuple[str, str], tuple[list[str], set[str]]]:
    """The channels and fingerprints of each rule and person."""
    found: dict[tuple[str, str], tuple[list[str], set[str]]] = {}
    for finding in sorted(findings):
        if finding.is_sure is sure:
            channels, marks = found.setdefault((finding.rule, finding.person), ([], set()))
            channels.append(finding.channel)
            marks |= findings[finding]
    return found


def _doubts(place: Place, findings: Mapping[Finding, set[str]]) -> list[Problem]:
    """What a human must look at, each with the command that allows it."""
    problems = []
    for (rule, person), (channels, marks) in _by_rule(findings, sure=False).items():
        whose = f" of {person}, who is withheld here" if person else ""
        what = f"may hold the {rule}{whose} ({', '.join(channels)})"
        otherwise = f"; if not, allow it: {_command(rule, marks)}" if marks else ", or put it in other words."
        problems.append(Problem(place, what, f"Read it. If it is so, take it out{otherwise}", Matter.LOOK))
    return problems


_TAKE_OUT = "Take it out, or record a consent and write @{…} for the agreed words."


def _leak(place: Place, rule: str, person: str, channels: list[str], cure: str) -> Problem:
    if _OUTSIDE.issuperset(channels):
        cure = ""  # the file's bytes are innocent
    seen = ", ".join(channels)
    if not person:
        return Problem(place, f"holds {rule} ({seen})", cure or "Take it out of the source.")
    what = f"holds the {rule} of {person}, who is withheld here ({seen})"
    return Problem(place, what, cure or _TAKE_OUT)


_OUTSIDE = {"address", "header"}


_AFRESH = "Publish it in a form that the gate reads, made afresh by cop-publish."


def _cure(file: PublicFile, guard: Guard) -> str:
    """What helps where taking it out of a source is not all there is to do."""
    if _TRANSCRIPT.search(file.key):
        return _SAID
    if not file.key.endswith(".mp3") or not file.items:
        return ""
    # No source may hold it: a master was made once, under the terms of then.
    folders = " ".join(f"episodes/{_masked(item, guard)}" for item in sorted(file.items))
    return (
        f"Master it again: cop-publish episode {folders} --remaster. "
        "If it is still found, it stands in the recording's metadata or chapters: take it out there."
    )


_TRANSCRIPT = re.compile(r"transcript\.\w+$")
_SAID = (
    "What a transcript says, the sound says too: write @{…} for a name there, or mark the words, and the cue "
    "goes from both."
)


def _masked(key: str, guard: Guard) -> str:
    from cop_publish.gate.mask import mask  # noqa: PLC0415 - only when something was found

    return mask(key, guard.people)
