"""The story of `cop-publish sign-off`: what one person agrees to, and their answer recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cop_publish.core.clear import clear
from cop_publish.core.pieces import pieces_of
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.core.sign_offs import Decision, SignOff, State, must_sign_off
from cop_publish.core.view import view_of
from cop_publish.core.windows import Kind, Override
from cop_publish.errors import NotCleared, WrongUsage
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.workspace import read_workspace
from cop_publish.ready import find_ready, raise_problems
from cop_publish.registry.audit import Event, append
from cop_publish.registry.sign_offs import append_sign_off, seal
from cop_publish.scope import Placeholders, Scope
from cop_publish.signing import answers_of, has_sound, traces

if TYPE_CHECKING:
    from datetime import datetime

    from cop_publish.core.consents import Consent, PersonId
    from cop_publish.core.model import Cleared, Draft
    from cop_publish.core.view import View
    from cop_publish.publish import Errand
    from cop_publish.ready import Ready
    from cop_publish.settings import Settings

WORDING = "page-v1"  # raised when the page asks in other words
FINGERPRINT_LETTERS = 8  # of the digest: enough to tell one draft from another, short enough to read out


@dataclass(frozen=True, slots=True)
class Asked:
    """One person's part in one item, and what they answered so far."""

    settings: Settings
    ready: Ready
    draft: Draft
    cleared: Cleared
    consent: Consent
    view: View
    state: State
    answers: tuple[SignOff, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a contributor said, as a producer types it."""

    decision: Decision
    how: str
    fingerprint: str = ""  # of the page they say yes to
    remark: str = ""
    evidence: str = ""


def find_asked(errand: Errand, item: str, person: PersonId) -> Asked:
    """Find what `person` would agree to in `item`, as it stands now.

    Raises WrongUsage where they are not part of it, and what `find_ready` raises; other people's sign-offs
    of the item need not be there.
    """
    settings = read_settings(errand.root)
    scope = Scope(
        to_be_signed=frozenset({item}), overrides=_NOT_YET, placeholders=Placeholders.REFUSED
    )  # refused: answers would go to an address that is nobody's
    ready = find_ready(settings, scope, frozenset(), errand.protect, now=errand.now)
    waiting = next((w.problems for w in ready.waiting if w.id == item), ())
    raise_problems(waiting, f"{item} cannot be shown yet: it has problems of its own.")
    items = read_workspace(settings, ready.consents).items
    draft = next((i.draft for i in items if i.id == item and i.draft is not None), None)
    if draft is None:
        raise WrongUsage(f"There is no episode, post or meeting called {item} that could be published.")
    cleared, _ = clear(draft, ready.consents, settings.show.hosts, now=ready.now)
    if cleared is None or person not in pieces_of(draft, cleared).people:
        raise WrongUsage(f"Nothing of {person} would be public in {item}.")
    consent = replace(ready.consents.of(person, item, today=ready.now.date()), person=person)
    view = view_of(draft, cleared, consent, traces(draft, cleared, person, settings))
    recorded = answers_of(settings)
    answers, state = recorded.of(item, person), recorded.state_of(view)
    if state is State.NOT_ASKED and not must_sign_off(consent, with_sound=has_sound(cleared)):
        state = State.NOT_NEEDED
    return Asked(settings, ready, draft, cleared, consent, view, state, answers)


# What waits for a department or an election can be seen all the same; nothing is published by looking.
_NOT_YET = tuple(Override(kind, by="", reason="") for kind in Kind)


def record(asked: Asked, answer: Answer, at: datetime) -> SignOff:
    """Add an answer to the registry.

    Raises NotCleared for a yes to another draft than the one that would be published now.
    """
    view, settings = asked.view, asked.settings
    if settings.registry is None:
        raise WrongUsage("Set `[registry] path` in cop-publish.toml, or $COP_PUBLISH_REGISTRY, first.")
    if answer.decision is Decision.APPROVED:
        _require_same(view, answer.fingerprint)
    kept = SignOff(
        item=view.item,
        person=view.person,
        digest=view.digest,
        content=view.content,
        decision=answer.decision,
        at=at,
        how=answer.how,
        wording=WORDING,
        remark=answer.remark,
        evidence=seal(answer.evidence),
    )
    append_sign_off(settings.registry, kept)
    facts = {"decision": kept.decision.value, "view": kept.digest}
    append(settings.registry, Event("sign-off", kept.item, kept.person, facts), at=at)
    return kept


def fingerprint_of(view: View) -> str:
    """The beginning of the digest, as people read it out: ``9c41 77e0``."""
    half = FINGERPRINT_LETTERS // 2
    return f"{view.digest[:half]} {view.digest[half:FINGERPRINT_LETTERS]}"


def asked_lines(asked: Asked) -> list[str]:
    """Say what they agree to, and how to record the answer."""
    value, view = asked.view.value, asked.view
    level, called = value["as"]
    lines = [
        f"{view.person} in {view.item}: {asked.state.value}",
        f"  fingerprint  {fingerprint_of(view)}",
        f"  called       {called or '-'} ({level})",
        f"  title        {value['title']}",
        *(f"  line         {words}" for words in value["lines"]),
        *([f"  text         {value['text']}"] if value["text"] else []),
        *(f"  heard        {f'{who}: ' if who else ''}{words}" for who, words in value["talk"]),
        *(f"  picture      {alt}" for alt, _ in value["pictures"]),
    ]
    command = f"cop-publish sign-off {view.item} {view.person}"
    return [
        *lines,
        f"Show them: {command} --page FILE.html",
        f'Their yes: {command} --approve "{fingerprint_of(view)}" --how e-mail',
    ]


def page_lines(asked: Asked, *files: str) -> list[str]:
    """Say what to do with the page, or with its text."""
    view = asked.view
    record_it = (
        f'cop-publish sign-off {view.item} {view.person} --approve "{fingerprint_of(view)}" --how e-mail'
    )
    return [
        *(f"wrote {file}" for file in files),
        f"It is for {view.person} alone: send it to nobody else, keep it out of git, and delete it then.",
        f"Record their answer with the fingerprint that stands in it: {record_it}",
    ]


def asked_json(asked: Asked) -> dict[str, Any]:
    """Say for scripts where it stands; words of theirs stay out of it."""
    view = asked.view
    return {
        "item": view.item,
        "person": view.person,
        "state": asked.state.value,
        "digest": view.digest,
        "answers": [{"decision": a.decision.value, "at": a.at.isoformat()} for a in asked.answers],
    }


def _require_same(view: View, fingerprint: str) -> None:
    given = re.sub(r"[\s-]", "", fingerprint).lower()
    if len(given) >= FINGERPRINT_LETTERS and view.digest.startswith(given):
        return
    what = f"{view.person} said yes to another draft than the one that would be published now"
    fix = (  # without the right one: it would be pasted in, and prove nothing
        "Take the fingerprint from the page that they answered. If that is what you typed, something has "
        f"changed since: show them the new page, cop-publish sign-off {view.item} {view.person} --page FILE."
    )
    problem = Problem(Place(f"registry/signoffs/…/{view.person}.jsonl"), what, fix, Matter.CONSENT)
    raise NotCleared("Nothing was recorded.", [problem])
