r"""Put the agreed wording in place of ``@{p-7f3k}``; an ID itself must never be public.

Genuine signs are written ``\@{``, and never before an ID.
"""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

from cop_publish.core.lines import split_lines
from cop_publish.core.lookalikes import fold, skim
from cop_publish.core.problems import Problem
from cop_publish.core.suggest import suggest
from cop_publish.core.values import PERSON_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cop_publish.core.consents import PersonId
    from cop_publish.core.problems import Place, Problems

_REFERENCE = re.compile(r"@\{(" + PERSON_ID.pattern + r")\}")
_DAMAGED = re.compile(  # in folded text: whatever was meant as a reference and is not one exactly
    r"@\\*\{"
    r"|@[\s\\]*[{(\[<][\s\\]*p[\s\\]*[-_]"
    r"|[{][\s\\]*p[\s\\]*-[\s\\]*[a-z0-9]{4,12}[\s\\]*[})\]]"
    r"|@\s*p-[a-z]*[0-9][a-z0-9]*"
)
_ESCAPED_SIGNS = re.compile(r"\\@\{")  # as written: no look-alike is one
_TO_REPLACE = re.compile(rf"{_REFERENCE.pattern}|\\(?=@\{{)")  # the backslash goes
_ESCAPED_ID = re.compile(r"\\@[\s\\]*\{[\s\\]*p[\s\\]*[-_]")  # in folded text
_COULD_REFER = re.compile(r"[@{]")  # every reference has one, exact or damaged
_NAMELESS = ("a contributor", "a second contributor", "a third contributor", "a fourth contributor")
_FIX_REFERENCE = (
    "Write `@{p-…}` with the person's ID, without spaces, in lower case; "
    "if it is meant as text, write `\\@{`."
)
_FIX_ESCAPE = "Take the backslash out; an ID itself must never be public."


def put_wordings(
    words: str,
    labels: Mapping[PersonId, str],
    where: Place,
    escape: Callable[[str], str],
    lines: Sequence[int] = (),
) -> tuple[str, Problems]:
    r"""Replace every ``@{ID}`` by its label, a capital first where an article opens a sentence.

    Of ``\@{`` the backslash goes.

    `lines` gives for each line of `words` its line in the file (`Marked.lines`); without it they are
    counted from `where`.  With problems the words are empty.
    """
    if not labels and not _COULD_REFER.search(skim(words)):
        return words, ()
    problems: list[Problem] = []
    for number, line in enumerate(split_lines(words)):
        place = where.down(number) if number else where
        if lines and number < len(lines) and lines[number] != where.line:
            place = where.down(lines[number] - where.line)
        problems += (Problem(place, what, fix) for what, fix in _faults(line, labels))
    if problems:
        return "", tuple(problems)

    def wording(found: re.Match[str]) -> str:
        if not found[1]:
            return ""
        label = next(label for person, label in labels.items() if person == found[1])
        return escape(_capitalised(label) if _opens_sentence(words[: found.start()]) else label)

    return _TO_REPLACE.sub(wording, words), ()


def plain(label: str) -> str:
    """Give a label on one line, for text that is not markup."""
    return " ".join(label.split())


def markdown_escape(label: str) -> str:
    """Give a label that reads in Markdown exactly as agreed (CommonMark 2.4: any ASCII punctuation)."""
    return plain(label).translate(_ESCAPES)


_ESCAPES = str.maketrans({character: f"\\{character}" for character in string.punctuation})


def _faults(line: str, labels: Mapping[PersonId, str]) -> Iterator[tuple[str, str]]:
    for found in _REFERENCE.finditer(line):
        if found[1] not in labels:
            close = suggest(found[1], labels)
            hint = f"Did you mean {close}? " if close else ""
            yield f"{found[1]} is not known here", f"{hint}Correct the ID, or add the person."
    if _ESCAPED_ID.search(fold(line)):
        yield "a backslash stands before what reads as a reference to a person", _FIX_ESCAPE
        return
    rest = fold(_REFERENCE.sub(" ", _ESCAPED_SIGNS.sub("¤", line)))
    if _DAMAGED.search(rest):
        yield "this looks like a reference to a person but is not one exactly", _FIX_REFERENCE
    for bare in sorted(person for person in labels if _stands_bare(person, rest)):
        yield f"{bare} stands in the text as it is, and an ID must never be public", f"Write `@{{{bare}}}`."


def _stands_bare(person: PersonId, seen: str) -> bool:
    """Whether an ID is in a folded text; one of letters alone, ``p-host``, counts only as a whole word."""
    if any(character.isdigit() for character in person):
        return person in seen
    return re.search(rf"(?<![a-z0-9]){re.escape(person)}(?![a-z0-9])", seen) is not None


# --- the start of a sentence ------------------------------------------------------------------------

_ARTICLES = frozenset({"a", "an", "another", "one", "our", "some", "someone", "the", "their", "two", "three"})
_OPENERS = " \t\"'“‘«([*_"
_SENTENCE_END = re.compile(r"(\S{0,40})[.!?][\"'”’»)\]*_]*\s+[\"'“‘«(\[*_]*$")
_BLANK_LINE = re.compile(r"\n[ \t>]*\n")
_LINE_START = re.compile(r"(?:[ \t>]|#{1,6}\s|[-*+]\s|\d{1,9}[.)]\s)*")
_ABBREVIATIONS = frozenset(
    {
        "e.g",
        "i.e",
        "eg",
        "ie",
        "cf",
        "vs",
        "viz",
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
        "st",
        "rev",
        "hon",
        "no",
        "nos",
    }
)


def _opens_sentence(before: str) -> bool:
    paragraph = _BLANK_LINE.split(before.replace("\r\n", "\n"))[-1]
    *above, line = paragraph.split("\n")
    start = _LINE_START.match(line)
    if start and not line[start.end() :].strip(_OPENERS):
        is_item_or_heading = start[0].strip(" \t>")
        if is_item_or_heading or not any(above) or above[-1].startswith("#"):
            return True
    ended = _SENTENCE_END.search(paragraph)
    return ended is not None and _ends_sentence(ended[1])


def _ends_sentence(word: str) -> bool:
    """Whether a full stop after this word ends a sentence: not after ``e.g``, ``Dr``, an initial or dots."""
    word = word.lower().strip("(\"'“‘*_")
    return len(word) > 1 and word not in _ABBREVIATIONS and not word.endswith(".")


def _capitalised(label: str) -> str:
    """Start with a capital where an article opens the label; a name keeps the capitals its bearer chose."""
    first = label.split(maxsplit=1)[0] if label.strip() else ""
    return label[:1].upper() + label[1:] if first in _ARTICLES else label


def nameless_label(before: int) -> str:
    """What somebody without agreed words is called in an item; `before`: how many such were called there."""
    return _NAMELESS[before] if before < len(_NAMELESS) else "another contributor"
