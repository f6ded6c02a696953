"""Others who have not said yes yet stand on somebody's page without their names and descriptions.

Their words stay, for what somebody agrees to is understood by what stands around it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from cop_publish.contributor.changes import changes
from cop_publish.core.sign_offs import State
from cop_publish.signing import answers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cop_publish.core.consents import Person
    from cop_publish.render.contributor_page import ContributorPage
    from cop_publish.sign_off import Asked

SOMEONE = "[someone else]"
_SHORTEST_LETTERS = 3  # of a name that is looked for alone


def veiled(page: ContributorPage, asked: Asked) -> ContributorPage:
    """Put a label for everyone else of the item who must say yes and has not."""
    names = frozenset(_names(asked)) - {page.description}
    if not names:
        return page
    words = _replacer(names, page.description, str)
    html = _replacer(names, page.description, lambda text: escape(text, quote=False))
    shown = replace(
        page,
        title=words(page.title),
        summary=words(page.summary),
        lines=tuple(map(words, page.lines)),
        pictures=tuple(replace(p, words=words(p.words)) for p in page.pictures),
        passages=tuple(
            replace(p, html=_in_text(p.html, html), speaker=words(p.speaker)) for p in page.passages
        ),
        spots=tuple(
            replace(s, excerpts=tuple((words(a), b, words(c)) for a, b, c in s.excerpts)) for s in page.spots
        ),
        changes=tuple(changes(asked, words)),
    )
    return replace(shown, others=_OTHERS) if shown != page else page


_OTHERS = (
    f"Where you read {SOMEONE}, a person stands who has not yet agreed to how they are called; "
    "what they say may still change."
)


def _names(asked: Asked) -> Iterator[str]:
    """What those are called who have not said yes; of somebody named, each part of the name too."""
    answers, me = answers_of(asked.settings), asked.view.person
    for view in asked.ready.to_sign:
        if view.item != asked.view.item or view.person == me or answers.state_of(view) is State.SIGNED:
            continue
        level, label = view.value["as"]
        if level != "anonymous" and label:
            yield label
        if level == "named":
            yield from _parts(asked.ready.consents.people[view.person])


def _parts(person: Person) -> Iterator[str]:
    names = (person.full_name, person.given, person.family, *person.known_as)
    yield from (name for name in names if len(name) >= _SHORTEST_LETTERS)


def _replacer(names: frozenset[str], own: str, form: Callable[[str], str]) -> Callable[[str], str]:
    """Replace whole names, the longest first; what the reader themselves is called stays whole."""
    longest_first = sorted({*names, own} - {""}, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(_spaced(form(name)) for name in longest_first)})(?!\w)")
    kept = form(own).casefold()

    def put(found: re.Match[str]) -> str:
        return found[0] if " ".join(found[0].split()).casefold() == kept else SOMEONE

    return lambda words: pattern.sub(put, words)


def _spaced(name: str) -> str:
    """Find a name however it is wrapped, and as Markdown escapes it; a description begins a sentence too."""
    words = r"\s+".join("".join(map(_sign, word)) for word in name.split())
    return f"(?i:{words})" if name[0].islower() else words


def _sign(character: str) -> str:
    return character if character.isalnum() else rf"\\?{re.escape(character)}"


def _in_text(html: str, words: Callable[[str], str]) -> str:
    """Replace between the tags alone."""
    return "".join(part if part.startswith("<") else words(part) for part in re.split(r"(<[^>]*>)", html))
