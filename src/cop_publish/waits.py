"""What of the registry makes an item wait at this moment, beside the consents that `clear` looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cop_publish.core.agreed_signs import agreed_signs
from cop_publish.core.guarded import (
    advise_marks,
    find_standing,
    guarded_advice,
    guarded_problem,
    withheld_by_marks,
    withheld_in,
    words_of_passages,
)
from cop_publish.core.model import Audience, EpisodeDraft, PageDraft, PostDraft
from cop_publish.core.present import texts_of
from cop_publish.core.windows import advise_periods, blocked_now
from cop_publish.registry.calendar import read_calendar
from cop_publish.registry.ledger import read_ledger
from cop_publish.registry.records import advise_records
from cop_publish.registry.state import people_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from cop_publish.core.agreed_signs import AgreedSign
    from cop_publish.core.consents import Consents
    from cop_publish.core.ledger import Ledger, Words
    from cop_publish.core.model import Draft
    from cop_publish.core.problems import Problem
    from cop_publish.core.windows import Blocked, Override, Period
    from cop_publish.intake.workspace import ItemRead
    from cop_publish.scope import Scope


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds at `now`, which is in the site's time zone, beside people's own yes and no."""

    consents: Consents
    ledger: Ledger
    periods: tuple[Period, ...]
    now: datetime
    digest: str  # of the records they were read from


@dataclass(frozen=True, slots=True)
class Waits:
    """What came of looking at every item."""

    problems: tuple[Problem, ...]
    advice: tuple[str, ...]
    overridden: tuple[tuple[Blocked, Override], ...]  # what would wait, had nobody decided otherwise
    embargoes: dict[str, datetime]  # by item, of those that are not public yet
    drafts: tuple[Draft, ...]  # every one that could be read
    guarded: tuple[str, ...] = ()  # items that say what was marked once
    blocked: tuple[str, ...] = ()  # items that an election or a department holds up, as they are not live
    # By item: the words that its marks withhold, folded; they never leave this process.
    withheld: Mapping[str, tuple[Words, ...]] = field(default_factory=dict, repr=False)
    signs: Mapping[str, tuple[AgreedSign, ...]] = field(default_factory=dict)  # by item: meant as text


def withheld_of(items: Iterable[ItemRead]) -> dict[str, tuple[Words, ...]]:
    """Give by item the words that its marks withhold, folded, of items that cannot be read too."""
    found = {
        item.id: words_of_passages(withheld_in(item.draft)) if item.draft else _in_unread(item)
        for item in items
    }
    return {item: words for item, words in found.items() if words}


def signs_of(items: Iterable[ItemRead]) -> dict[str, tuple[AgreedSign, ...]]:
    """Give by item the signs of marks that it means as text, of items that cannot be read too."""
    found = {item.id: agreed_signs(texts_of(item.draft) if item.draft else item.unread) for item in items}
    return {item: signs for item, signs in found.items() if signs}


def _in_unread(item: ItemRead) -> tuple[Words, ...]:
    return words_of_passages(passage for text in item.unread for passage in withheld_by_marks(text))


def read_rules(folder: Path, consents: Consents, *, now: datetime) -> Rules:
    """Read them; raises InvalidSource and NotCleared as the registry's own readers do."""
    assert now.tzinfo is not None, "an instant without a time zone"  # noqa: S101 - the caller's promise
    periods = read_calendar(folder, now.tzinfo)
    return Rules(consents, read_ledger(folder), periods, now, people_digest(folder))


def find_waits(
    items: Iterable[ItemRead], rules: Rules, scope: Scope, is_live: Callable[[ItemRead], bool]
) -> Waits:
    """Look at every item; what is public already stays, whatever the calendar or a department says."""
    problems: list[Problem] = []
    periods = (period for period in rules.periods if period.ends_at > rules.now)
    advice: list[str] = [*advise_records(rules.consents), *advise_periods(periods, rules.consents)]
    overridden: list[tuple[Blocked, Override]] = []
    embargoes: dict[str, datetime] = {}
    drafts: list[Draft] = []
    held_up: dict[str, None] = {}
    withheld = {item.id: _in_unread(item) for item in items if item.unread}
    telling: dict[str, None] = {}
    for item, draft in ((item, item.draft) for item in items if item.draft is not None):
        drafts.append(draft)
        passages = tuple(withheld_in(draft))
        advice += advise_marks(passages, rules.ledger)
        if passages:
            withheld[draft.id] = (*withheld.get(draft.id, ()), *words_of_passages(passages))
        if not isinstance(draft, PageDraft) and draft.audience is Audience.NETWORK:
            continue
        for standing in find_standing(draft, rules.ledger):
            if standing.found.is_telling:
                problems.append(guarded_problem(standing))
                telling[draft.id] = None
            else:
                advice.append(guarded_advice(standing))
        blocked = list(blocked_now(draft, rules.consents, rules.periods, now=rules.now))
        embargo = draft.embargo if isinstance(draft, EpisodeDraft | PostDraft) else None
        if (blocked or embargo) and is_live(item):
            continue
        for block in blocked:
            override = scope.overriding(block.kind)
            if override is None:
                problems.append(block.problem)
                held_up[draft.id] = None
            else:
                overridden.append((block, override))
        if embargo is not None and embargo > rules.now:
            embargoes[draft.id] = embargo
    return Waits(
        tuple(problems),
        tuple(advice),
        tuple(overridden),
        embargoes,
        tuple(drafts),
        tuple(telling),
        tuple(held_up),
        withheld,
        signs_of(items),
    )
