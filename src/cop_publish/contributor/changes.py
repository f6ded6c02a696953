"""What changed since a contributor last answered: cue by cue, and never what is withheld."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from cop_publish.core.pieces import pieces_of, withheld_in
from cop_publish.core.redline import Kind, Stretch, hide, redline
from cop_publish.render.contributor_page import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cop_publish.sign_off import Asked

Talk = list[list[str]]  # of cues: who says it, and the words

ALIKE = 0.5  # of the words of two cues, from which on one is the other changed

_PARTS = {"title": "The title", "summary": "The summary", "text": "The text"}
_NOTES = {
    "lines": ("Chapters that mention you", "These are not the same as before."),
    "pictures": ("Pictures that show you", "These are not the same as before."),
    "recording": ("The recording", "It was replaced by another one."),
    "edit": ("The cuts", "Other parts of the recording are taken out or covered than before."),
}


def changes(asked: Asked, shown: Callable[[str], str] = str) -> Iterator[Change]:
    """Compare with what they saw when they last answered; what is withheld since is not shown again.

    `shown` veils a whole text before it is compared: a name whose half was there before falls in two after.
    """
    if not asked.answers:
        return
    if not asked.answers[-1].content:
        yield Change("What you saw before", (), _ERASED)
        return
    before: dict[str, Any] = json.loads(asked.answers[-1].content)
    after = asked.view.value
    withheld = list(withheld_in(asked.draft, pieces_of(asked.draft, asked.cleared)))
    withheld += [shown(text) for text in withheld]
    pairs = [("How you are described", before["as"][1], after["as"][1])]
    pairs += [(name, before[key], after[key]) for key, name in _PARTS.items()]
    pairs += _cues(_as_you(before), _as_you(after))
    for name, old, new in pairs:
        stretches = hide(redline(shown(old), shown(new)), withheld)
        if not new and any(stretch.kind is Kind.WITHHELD for stretch in stretches):
            stretches = (Stretch(Kind.WITHHELD, ""),)  # of a cue that went, not its rest either
        if stretches:
            yield Change(shown(name), stretches)
    for key, (name, note) in _NOTES.items():
        if before[key] != after[key]:
            yield Change(name, (), note)


_ERASED = "We keep it no longer, for it showed somebody who was erased. Please read all of this page."


def _as_you(seen: dict[str, Any]) -> Talk:
    """What is heard, under "You" where it is theirs: another description is no other words."""
    return [["You" if who == seen["as"][1] else who, words] for who, words in seen["talk"]]


def _cues(old: Talk, new: Talk) -> Iterator[tuple[str, str, str]]:
    """Pair the cues that are not as they were, in order: who says it, the words before, and now."""
    matcher = SequenceMatcher(None, [tuple(cue) for cue in old], [tuple(cue) for cue in new], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield from _paired(old[a:b], new[c:d])


def _paired(old: Talk, new: Talk) -> Iterator[tuple[str, str, str]]:
    """Pair what one person said before and now, where it is much alike; the rest went, or came."""
    for who, words in new:
        like = next((i for i, cue in enumerate(old) if cue[0] == who and _are_alike(cue[1], words)), None)
        if like is None:
            yield _says(who), "", words
            continue
        yield from ((_says(gone), went, "") for gone, went in old[:like])
        yield _says(who), old[like][1], words
        old = old[like + 1 :]
    yield from ((_says(gone), went, "") for gone, went in old)


def _are_alike(before: str, after: str) -> bool:
    return SequenceMatcher(None, before.split(), after.split(), autojunk=False).ratio() >= ALIKE


def _says(who: str) -> str:
    return "You say" if who == "You" else f"{who} says" if who else "What is heard"
