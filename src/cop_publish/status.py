"""What is live, ready, held back and waiting on whom: one line an item, IDs instead of names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cop_publish.core import routes
from cop_publish.core.problems import Matter
from cop_publish.in_words import find_fault
from cop_publish.intake.settings_file import read_settings
from cop_publish.jigsaws import open_jigsaws
from cop_publish.ready import Waiting, find_ready
from cop_publish.report import moment_words
from cop_publish.scope import Placeholders, Scope
from cop_publish.storage.live import published_manifest
from cop_publish.storage.open import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.core.model import ClearedEpisode, ClearedPost, HeldBack
    from cop_publish.publish import Errand
    from cop_publish.ready import Ready


@dataclass(frozen=True, slots=True)
class Status:
    """Every episode and post in one of four states."""

    live: tuple[str, ...]
    ready: tuple[str, ...]
    held_back: tuple[HeldBack, ...]
    waiting: tuple[Waiting, ...]
    drafts: tuple[str, ...]
    public: frozenset[str]  # keys
    expiring: tuple[str, ...]  # what somebody agreed to that ends soon, and what that stops
    live_but_waiting: frozenset[str]  # of those: what the world can read although it should be mended


def find_status(errand: Errand) -> Status:
    """Compare what is ready with what is live; raises what `find_ready` and the store raise."""
    settings = read_settings(errand.root)
    manifest = published_manifest(open_store(settings.storage, settings.root))
    keys = frozenset(e.key for e in manifest.entries) if manifest else frozenset[str]()
    scope = Scope(live=keys, placeholders=Placeholders.WAIT)
    ready = find_ready(settings, scope, frozenset(), errand.protect, now=errand.now)
    live, not_yet = _split(ready, keys)
    to_weigh = tuple(Waiting(o.jigsaw.item, (o.problem,)) for o in open_jigsaws(ready))
    known = {w.id for w in (*ready.waiting, *to_weigh)}
    to_weigh += tuple(w for w in _refused_words(ready) if w.id not in known)  # it is no more ready for that
    held_up = {w.id for w in to_weigh}
    both = {w.id for w in ready.waiting if w.address is not None and w.address.is_among(keys)}
    both |= held_up.intersection(live)
    waiting = (*ready.waiting, *to_weigh)
    live, not_yet = (tuple(i for i in items if i not in held_up) for items in (live, not_yet))
    return Status(
        live, not_yet, ready.held_back, waiting, ready.drafts, keys, ready.expiring, frozenset(both)
    )


def _refused_words(ready: Ready) -> Iterator[Waiting]:
    """The items in whose own words the gate finds something, as it will when they are published."""
    fault = find_fault(ready)
    shown = {episode.id for episode in ready.episodes} | {post.id for post in ready.posts}
    drafts = ready.waits.drafts if fault is not None and ready.waits else ()
    for draft in (draft for draft in drafts if draft.id in shown):
        folder = draft.where.path.removesuffix("episode.md")
        problems = tuple(p for p in fault.problems if p.where.path.startswith(folder)) if fault else ()
        if problems:
            yield Waiting(draft.id, problems)


def status_lines(status: Status) -> list[str]:
    """Say it for people."""
    lines = [f"live        {item}" for item in status.live]
    lines += [f"ready       {item}   (cop-publish publish)" for item in status.ready]
    lines += [f"draft       {item}   (published: no)" for item in status.drafts]
    lines += [f"held back   {h.id}   until {moment_words(h.due_at)}" for h in status.held_back]
    for waiting in status.waiting:
        matters = {problem.matter for problem in waiting.problems}
        whom = _WAITS_ON[matters.pop() if len(matters) == 1 else Matter.CONTENT]
        state = "live, waits" if waiting.id in status.live_but_waiting else "waiting    "
        lines.append(f"{state} {waiting.id}   on {whom}: {waiting.problems[0]}")
    lines += [f"soon        {line}" for line in status.expiring]
    return lines or ["There is nothing yet: cop-publish new episode WORDS"]


def status_json(status: Status) -> dict[str, Any]:
    """Say it for scripts."""
    return {
        "live": list(status.live),
        "ready": list(status.ready),
        "drafts": list(status.drafts),
        "soon": list(status.expiring),
        "held_back": [{"id": h.id, "due_at": h.due_at.isoformat()} for h in status.held_back],
        "waiting": [
            {
                "id": w.id,
                "live": w.id in status.live_but_waiting,
                "problems": [str(p) for p in w.problems],
            }
            for w in status.waiting
        ],
    }


_WAITS_ON = {
    Matter.LOOK: "somebody who looks or listens",
    Matter.CONTENT: "whoever wrote it",
    Matter.CONSENT: "a contributor",
    Matter.SOUND: "the recording",
}


def _split(ready: Ready, keys: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    items: tuple[ClearedEpisode | ClearedPost, ...] = (*ready.episodes, *ready.posts)
    live = tuple(i.id for i in items if routes.page(i, ready.settings.site) in keys)
    return live, tuple(i.id for i in items if i.id not in live)
