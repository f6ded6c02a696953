"""Where somebody's name still stands in what was written: every line at once, with what to do about it.

The gate refuses whatever would be public with their name; this says in which lines of which files it came in.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cop_publish.core.key_places import place_of_address
from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience, EpisodeDraft, PageDraft
from cop_publish.core.present import texts_of
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.gate.find import Wanted, findings
from cop_publish.gate.guard import Terms
from cop_publish.gate.search import search_for
from cop_publish.gate.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.core.consents import Person
    from cop_publish.core.model import Draft, Text
    from cop_publish.core.problems import Problems

_REFERENCE = re.compile(r"@\{[^{}]*\}")
_ANEW = (
    "Withdraw it whole; then give it another name and slug, and publish it anew. Nothing may lead there from "
    "the old address."
)
_SPOKEN = (
    "It is heard too: write `@{%s}`, or mark those words, and the whole cue goes from text and sound; or cut "
    "it in edit.yaml."
)


def still_named(drafts: Iterable[Draft], person: Person) -> Problems:
    """A problem for each line that holds a form of their name, an address or a handle, and is not marked."""
    wanted = Wanted(search_for((person,), ()), {person.id: person})
    terms = Terms(frozenset(), (), here=(person.id,))
    found = []
    for draft in drafts:
        if not isinstance(draft, PageDraft) and draft.audience is Audience.NETWORK:
            continue
        address = View("address", f"{draft.id} {getattr(draft, 'slug', '')}".replace("-", " ").title())
        if any(finding.person for finding, _ in findings(address, terms, wanted)):
            what = f"its file's name or slug, and so its address, holds a name of {person.id}"
            found.append(Problem(place_of_address(draft), what, _ANEW, Matter.CONSENT))
        spoken = {id(cue.text) for cue in draft.cues} if isinstance(draft, EpisodeDraft) else set()
        for text in texts_of(draft):
            cure = _SPOKEN % person.id if id(text) in spoken else f"Write @{{{person.id}}}, or take it out."
            for place, rule in _lines(text, terms, wanted):
                holds = "may hold" if rule.endswith(" alone") else "holds"  # it may be a word, or another's
                what = f"{holds} {rule} of {person.id}, who is withheld here now"
                found.append(Problem(place, what, cure, Matter.CONSENT))
    return tuple(dict.fromkeys(found))


def with_lines(problems: Problems, named: Problems) -> Problems:
    """Problems with the lines that still name somebody, in place of those that know no more than the file."""
    lines = {problem.where for problem in named}
    files = {where.path for where in lines}
    told = [p for p in problems if p.where.line or p.where.path not in files]
    return (*(p for p in told if replace(p.where, column=0) not in lines), *named)


def is_named(words: str, person: Person) -> bool:
    """Whether a line of plain words holds a form of their name, an address or a handle."""
    wanted = Wanted(search_for((person,), ()), {person.id: person})
    terms = Terms(frozenset(), (), here=(person.id,))
    return any(finding.person for finding, _ in findings(View("line", words), terms, wanted))


def _lines(text: Text, terms: Terms, wanted: Wanted) -> Iterator[tuple[Place, str]]:
    marked, _ = apply_marks(text, Audience.PUBLIC)
    if marked is None:
        return  # a damaged mark is a problem of its own
    for words, line in zip(marked.words.splitlines(), marked.lines, strict=False):
        view = View("line", _REFERENCE.sub(" ", words))  # what stands for the agreed words is no name
        rules = {finding.rule for finding, _ in findings(view, terms, wanted) if finding.person}
        if rules:
            rule = min(rules, key=lambda rule: (rule.endswith(" alone"), rule != "full name", rule))
            yield Place(text.where.path, line), rule if rule.startswith(("a ", "the ")) else f"the {rule}"
