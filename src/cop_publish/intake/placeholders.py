"""What `cop-publish new` writes for somebody to replace, found again where nobody has.

A new show builds at once, so that a producer sees its pages; what stands here is not for listeners yet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cop_publish.core.problems import Place, Problem
from cop_publish.intake.settings_file import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cop_publish.core.problems import Problems
    from cop_publish.settings import Settings

# RFC 2606 and RFC 6761: domains that can never be anybody's, for examples and tests.
_NOBODYS = re.compile(r"(?:^|\.)(?:example|invalid|test|example\.(?:com|net|org))\.?$", re.IGNORECASE)
DESCRIPTION = "One or two sentences about the show; apps show them."
COVER_ALT = "A plain cover in two colours"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that a skeleton has: as a key's value, or, without one, as a line of the text."""

    kind: str  # episode | post | meeting | page
    key: str
    words: str
    fix: str


LINES = (
    Line("episode", "summary", "One plain paragraph, no Markdown.", "Say what the episode is about."),
    Line("episode", "", "Show notes. Put the recording beside this file", "Write the show notes."),
    Line("post", "summary", "One plain sentence about it.", "Say what the post is about."),
    Line("post", "", "Write here. Name people by their ID only", "Write the post."),
    Line("meeting", "summary", "What it is about.", "Say what the meeting is about."),
    Line("meeting", "", "An agenda.", "Write the agenda, or take the line out."),
    Line("page", "", "Say who makes the show, and on what basis", "Say who you are, in your own words."),
)


def placeholders_in(text: str, path: str, kind: str) -> Iterator[Problem]:
    """Give each line of an item's file that is still its skeleton's."""
    lines = [line for line in LINES if line.kind == kind]
    for number, written in enumerate(text.splitlines(), 1):
        for line in lines:
            if _is(line, written):
                what = f"`{line.key}` is still" if line.key else "this line is still"
                yield Problem(Place(path, number), f"{what} the example that `new` wrote", line.fix)


def placeholders_of(settings: Settings) -> Problems:
    """Give what the settings still have of their skeleton: words, and addresses that are nobody's."""
    show, site, root = settings.show, settings.site, settings.root
    found = []
    for key, words, fix in (
        ("show.description", DESCRIPTION, "Say in a sentence or two what the show is about."),
        ("show.cover_alt", COVER_ALT, "Put your own cover there, and say what it shows."),
    ):
        if getattr(show, key.removeprefix("show.")).strip() == words:
            found.append(Problem(place_of(root, key), f"`{key}` is still the example that `new` wrote", fix))
    for key, address, fix in (
        ("show.owner_email", show.owner_email, "Give one that you read: contributors answer to it."),
        ("site.url", site.url, "Give the address at which the show will be found."),
        ("site.mailing_list", site.mailing_list, "Give the one where people sign up."),
    ):
        if is_nobodys(address):
            found.append(Problem(place_of(root, key), f"`{key}` is an example's, and nobody's", fix))
    return tuple(found)


def is_nobodys(address: str) -> bool:
    """Whether a web or e-mail address is in a domain that is kept for examples."""
    try:
        host = urlsplit(address).hostname or address.rpartition("@")[2]
    except ValueError:
        return False
    return bool(_NOBODYS.search(host))


def read_placeholders(root: Path, files: Iterable[tuple[str, str]]) -> Problems:
    """Search files, each a path from the workspace on and its kind; one that cannot be read has none."""
    found: list[Problem] = []
    for path, kind in files:
        try:
            text = (root / path).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        found += placeholders_in(text, path, kind)
    return tuple(found)


def _is(line: Line, written: str) -> bool:
    words = written.strip()
    if line.key:
        key, _, words = words.partition(":")
        return key == line.key and words.strip().strip("\"'") == line.words
    return words.startswith(line.words)
