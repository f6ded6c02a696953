"""Who speaks: a person's ID as it stands, or a name that the registry knows, and nobody else.

A name is a voice of its own, or stands before the words (``Marguerite Example: words``): there only an ID or
a known name counts, so that "Note: we …" stays what was said.  No message ever shows a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from cop_publish.core.consents import PersonId
from cop_publish.core.model import CueDraft, Text
from cop_publish.core.problems import Place
from cop_publish.core.spoken import Found, Manner, Spoken
from cop_publish.core.values import PERSON_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_LABEL = re.compile(
    r"(?:>>|[-–—])?\s*"
    r"(?P<name>[^\s:：\[]+(?:[ \u00a0][^\s:：\[]+){0,5})\s*[:：](?:\s+|$)"  # noqa: RUF001 - a wide colon
)
_WORDS_OF_A_NAME = range(2, 5)
_MOST_LINES_OF_A_NAME = 3
# What meeting software adds to a name of its own accord.
_ADDED = re.compile(
    r"\s*[(\[](?:guest|external|unverified|host|co-host|[a-z]{2,6}(?:/[a-z]{2,6}){1,2})[)\]]$", re.IGNORECASE
)
_FAMILY_FIRST = re.compile(r"([^,]+),\s*([^,]+)")
_FIX = "Write the person's ID, such as p-7f3k, or add the name to their `aliases` in the registry."


def who_speaks(found: Found, alias: Callable[[str], PersonId | None]) -> list[CueDraft]:
    """Give a cue for each voice, in file order; what is wrong joins the problems of `found`."""
    voices = _Voices(found, alias)
    cues: list[CueDraft] = []
    for place, group in groupby(found.spoken, key=lambda spoken: spoken.cue):
        voiced = voices.resolved(group)
        if len(voiced) > 1 and found.manner is Manner.BY_HAND:
            found.problem(
                place.line, "more than one person speaks in this cue", "Make a cue of each one's words."
            )
        for person, said in voiced:
            text = Text(" ".join(said.lines), said.where)
            cues.append(CueDraft(said.start_seconds, said.end_seconds, person, text))
    voices.tell()
    return cues


@dataclass(slots=True)
class _Voices:
    """Looks voices up, and remembers those that nobody answers to."""

    found: Found
    alias: Callable[[str], PersonId | None]
    known: dict[str, PersonId | None] = field(default_factory=dict)
    unknown: dict[str, list[int]] = field(default_factory=dict)  # the lines of the words
    labels: dict[str, list[int]] = field(default_factory=dict)  # what stands before words, and is nobody
    named: int = 0  # how often somebody's name stands before words

    def resolved(self, cue: Iterator[Spoken]) -> list[tuple[PersonId | None, Spoken]]:
        """Who says what in one cue; words of one person that follow each other are joined."""
        parts: list[tuple[PersonId | None, Spoken]] = []
        for person, said in (part for spoken in cue for part in self._parts(spoken)):
            if parts and parts[-1][0] == person:
                before = parts[-1][1]
                parts[-1] = person, replace(before, lines=before.lines + said.lines)
            elif any(said.lines):
                parts.append((person, said))
        return parts

    def _parts(self, spoken: Spoken) -> Iterator[tuple[PersonId | None, Spoken]]:
        if spoken.voice is not None:
            person = self.person(spoken.voice)
            if person is None:
                self.unknown.setdefault(spoken.voice.casefold(), []).append(spoken.where.line)
            yield person, spoken
        elif self.found.names_in_words:
            yield from self._split_at_names(spoken)
        else:
            yield None, spoken

    def _split_at_names(self, spoken: Spoken) -> Iterator[tuple[PersonId | None, Spoken]]:
        lines, at, where = spoken.lines, 0, spoken.where
        person: PersonId | None = None
        gathered: list[str] = []
        while at < len(lines):
            name = self._name_before(lines[at:])
            if name is None:
                if at:
                    self._remember_stranger(lines[at], spoken.where.line + at)
                gathered.append(lines[at])
                at += 1
                continue
            yield person, replace(spoken, lines=tuple(gathered), where=where)
            person, label_end, taken = name
            self.named += 1
            rest = " ".join(lines[at : at + taken])[label_end:]
            gathered = [rest] if rest else []
            is_exact = where.column and at == 0 and taken == len(lines)
            where = _moved(where, label_end) if is_exact else Place(where.path, spoken.where.line + at)
            at += taken
        if person is None:
            self._remember_label(spoken)
        yield person, replace(spoken, lines=tuple(gathered), where=where)

    def _name_before(self, lines: Sequence[str]) -> tuple[PersonId, int, int] | None:
        """Who is named before these words, how long that is, and over how many lines it is written."""
        for taken in range(1, min(len(lines), _MOST_LINES_OF_A_NAME) + 1):
            label = _LABEL.match(" ".join(lines[:taken]))
            person = self.person(label["name"]) if label else None
            if label and person is not None:
                return person, label.end(), taken
            if label or any(":" in line for line in lines[:taken]):
                return None
        return None

    def _remember_label(self, spoken: Spoken) -> None:
        label = _LABEL.match(spoken.lines[0]) if spoken.lines else None
        if label:
            self.labels.setdefault(label["name"].casefold(), []).append(spoken.where.line)

    def _remember_stranger(self, line: str, number: int) -> None:
        """Further down in a cue, words would quietly become those of whoever was named above them."""
        label = _LABEL.match(line)
        words = label["name"].split() if label else []
        if label and len(words) in _WORDS_OF_A_NAME and all(word[0].isupper() for word in words):
            self.labels.setdefault(label["name"].casefold(), []).append(number)

    def person(self, name: str) -> PersonId | None:
        """Whom a voice names."""
        if PERSON_ID.fullmatch(name):
            return PersonId(name)
        if name not in self.known:
            plain = _ADDED.sub("", name)
            forms = dict.fromkeys((name, plain, _FAMILY_FIRST.sub(r"\2 \1", plain)))
            self.known[name] = next((p for p in map(self.alias, filter(None, forms)) if p is not None), None)
        return self.known[name]

    def tell(self) -> None:
        """Report each voice that nobody answers to once, however many cues it has."""
        # Where names stand before most words, the others are voices too; else "Note:" is a word, unless it
        # comes again.
        unnamed = sum(spoken.voice is None for spoken in self.found.spoken)
        least = 1 if self.named and 2 * (self.named + sum(map(len, self.labels.values()))) > unnamed else 2
        labels = [lines for lines in self.labels.values() if len(lines) >= least]
        for lines in (*self.unknown.values(), *labels):
            more = f" and of {len(lines) - 1} more" if len(lines) > 1 else ""
            what = f"the voice of this cue{more} is neither a person's ID nor a name the registry knows"
            self.found.problem(lines[0], what, _FIX)


def _moved(where: Place, columns: int) -> Place:
    return Place(where.path, where.line, where.column + columns)
