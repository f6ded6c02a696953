"""The page for one contributor: self-contained, without scripts, nothing from anywhere else.

It gets words that anyone may read, and no person's ID.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from cop_publish.render.contributor_text import text_of
from cop_publish.render.theme import write_alone

if TYPE_CHECKING:
    from datetime import datetime

    from cop_publish.core.redline import Stretch
    from cop_publish.settings import Settings

TEMPLATE = "contributor.html"


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of the finished sound; `source` is its address, empty where there is only the time."""

    start_seconds: float
    end_seconds: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture that shows them as it will be seen, and the words for those who do not see it."""

    words: str
    source: str  # a data: address; empty where the picture cannot be read
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or a cue: whose it is, what was taken out of it, and whether it is said aloud."""

    html: str
    speaker: str = ""
    is_theirs: bool = False
    removed: str = ""  # "28 s"; "a passage"; empty: nothing


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the output, and what stands there."""

    name: str
    key: str
    described: int
    sentences: int
    employed: int
    items: frozenset[str]
    excerpts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A part of the page that is not what they last answered."""

    part: str
    stretches: tuple[Stretch, ...]  # empty: it is no text, and `note` says what changed
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributorPage:
    """Everything that one person is to be told, in the order of the page."""

    title: str
    summary: str
    lines: tuple[str, ...]  # chapters that are theirs to agree to
    pictures: tuple[Photograph, ...]
    kind: str  # episode | post | meeting | page
    due_at: datetime | None
    made_at: datetime
    asks: str  # whether it waits for their answer, in a sentence
    description: str
    how: str  # "by your role, without your name"
    agreed: str  # when they told us that, in a sentence; or empty
    name: str
    employer: str
    photograph: str
    voice: str
    spots: tuple[Spot, ...]
    shared: str  # that others are called the same, in a sentence; or empty
    checked_files: int
    clips: tuple[Clip, ...]
    listening: str  # what to listen for, in a sentence; or empty
    sound_note: str
    passages: tuple[Passage, ...]
    answered_at: datetime | None
    changes: tuple[Change, ...]
    department: tuple[str, ...]
    guess: str  # how many people fit the description, in a sentence; or empty
    fingerprint: str
    log_head: str  # the beginning of the audit's head: kept by many people, it cannot be rewritten unseen


def write_contributor_page(page: ContributorPage, settings: Settings) -> bytes:
    """Write the page.  Raises InvalidSource where the workspace's own template cannot be used."""
    return _written(page, settings, as_text=False).encode()


def write_contributor_text(page: ContributorPage, settings: Settings) -> bytes:
    """Write the same as plain text, for where no HTML file may be opened; raises as the page does.

    It is drawn from the page itself, so that no sentence can stand in one and not in the other.
    """
    return text_of(_written(page, settings, as_text=True)).encode()


def _written(page: ContributorPage, settings: Settings, *, as_text: bool) -> str:
    answers = [(words, _letter(page, settings, words)) for words in _ANSWERS]
    doubt = _letter(page, settings, _DOUBT)
    shown = {"page": page, "answers": answers, "doubt": doubt, "as_text": as_text}
    return write_alone(TEMPLATE, shown, settings)


_ANSWERS = (
    "Publish exactly this",
    "Publish after these changes",
    "Leave me out",
    "I need to ask someone first",
)
_DOUBT = "Somebody could guess that it is me"


def _letter(page: ContributorPage, settings: Settings, words: str) -> str:
    """Address an e-mail in which the answer already stands, with what it is an answer to."""
    subject = f"{words}: {page.title} ({page.fingerprint})"
    body = f"{words}.\n\nPage: {page.title}\nFingerprint: {page.fingerprint}\n\n"
    return f"mailto:{settings.show.owner_email}?subject={quote(subject)}&body={quote(body)}"
