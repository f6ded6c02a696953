r"""What an item says in a mark's own signs and means as text, for the gate: ``:::`` and ``@{``.

The gate stops both on what is about to be public, for a renderer that let a mark through would show them.
Where a text wrote ``\:::``, or code has what cannot be a mark, they may stand in that item: each with the
word before it and the word behind it, by which it is known again on a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core.folding import fold, loosen
from cop_publish.core.lines import lines_of
from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience
from cop_publish.core.words import without_markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.core.lines import Line
    from cop_publish.core.model import Text

REACH = 80  # characters in which the word beside a sign is looked for
_REFERENCES = re.compile(r"\\@\{")
_TAG = re.compile(r"<[^<>]*>")
_GATED = re.compile(r":::+|@\{")


@dataclass(frozen=True, slots=True, order=True)
class AgreedSign:
    """Signs that mean nothing, and the folded words on both sides; empty: the text begins or ends there."""

    signs: str
    before: str
    behind: str

    def stands(self, other: AgreedSign) -> bool:
        """Whether these signs are the other ones.

        One neighbour is enough: beside the other a page may say more, as where the text ends.
        """
        if self.signs != other.signs:
            return False
        is_alone = not self.before and not self.behind
        is_behind = self.before != "" and self.before == other.before
        return is_alone or is_behind or (self.behind != "" and self.behind == other.behind)


def agreed_signs(texts: Iterable[Text]) -> tuple[AgreedSign, ...]:
    """Give every sign that these texts show to the public and mean as text."""
    return tuple(sorted({sign for text in texts if _may_hold(text.raw) for sign in _in_text(text)}))


def sign_at(text: str, start: int, end: int) -> AgreedSign:
    """Give what stands at a place of a loosened text, and the words beside it; tags, as of HTML, are none."""
    before, behind = (
        fold(_TAG.sub(" ", text[a:b])) for a, b in ((max(0, start - REACH), start), (end, end + REACH))
    )
    first, last = (before.split() or [b""])[-1].decode(), (behind.split() or [b""])[0].decode()
    return AgreedSign(text[start:end], first, last)


def _may_hold(raw: str) -> bool:
    return ":::" in raw or ("\\" in raw and "@{" in raw)


def _in_text(text: Text) -> Iterator[AgreedSign]:
    marked, _ = apply_marks(text, Audience.PUBLIC)
    shown = loosen(marked.words if marked is not None else text.raw)
    places = {sign_at(shown, *found.span()) for found in _GATED.finditer(shown)}
    lines = lines_of(text)
    whole = "".join(line.raw for line in lines)
    at = 0
    for line in lines:
        for start, end in _places(line):
            known = _known_by(whole, at + start, at + end)
            yield from (sign for sign in known if any(map(sign.stands, places)))
        at += len(line.raw)


def _places(line: Line) -> Iterator[tuple[int, int]]:
    yield from ((sign.first, sign.end) for sign in line.signs)
    yield from ((found.start() + 1, found.end()) for found in _REFERENCES.finditer(line.raw))


def _known_by(text: str, start: int, end: int) -> Iterator[AgreedSign]:
    """The sign as it stands, and as it does where Markdown's own signs are gone."""
    signs = text[start:end]
    if not _GATED.fullmatch(signs):
        return
    before, behind = text[max(0, start - REACH) : start], text[end : end + REACH]
    for way in {(before, behind), (without_markup(before), without_markup(behind))}:
        loose = [loosen(part) for part in way]
        start = len(loose[0])
        yield sign_at(f"{loose[0]}{signs}{loose[1]}", start, start + len(signs))
