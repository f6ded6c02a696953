"""What the feed rules look at: the feed as one value, and every text in it with its place and key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cop_publish.core.problems import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from cop_publish.core.model import ClearedEpisode, ClearedPost, Releases
    from cop_publish.settings import Show, SiteSettings

SETTINGS = Place("cop-publish.toml")

# XML 1.0 section 2.2 allows none of these but the C1 controls, which are a sign of a wrong encoding.
# lxml raises on them without saying in which episode, so they must be found here.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# They make a title read otherwise than it is written; isolation belongs in the page, not in the text.
_OVERRIDES = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Feed:
    """Everything that a feed is made from."""

    show: Show
    site: SiteSettings
    releases: Releases


class Field(NamedTuple):
    """A text with the key under which a producer finds it."""

    where: Place
    key: str
    text: str


def episode_place(episode: ClearedEpisode) -> Place:
    """The file that an episode was read from."""
    return Place(f"episodes/{episode.id}/episode.md")


def transcript_place(episode: ClearedEpisode) -> Place:
    """The file that an episode's cues were read from."""
    return Place(f"episodes/{episode.id}/{episode.transcript}")


def post_place(post: ClearedPost) -> Place:
    """The file that a post was read from."""
    return Place(post.file or f"posts/{post.id}.md")


def forbidden_characters(field: Field) -> Iterator[Problem]:
    """Yield at most one problem: the first character that XML cannot hold, by its code and position."""
    found = _FORBIDDEN.search(field.text)
    if found:
        what = (
            f"`{field.key}` holds the control character U+{ord(found[0]):04X} at {_spot(field.text, found)}"
        )
        yield Problem(field.where, what, "Delete it; apps refuse a feed with it.")


def direction_overrides(field: Field) -> Iterator[Problem]:
    """Yield at most one problem: the first character that turns the direction of reading."""
    found = _OVERRIDES.search(field.text)
    if found:
        sign, spot = f"U+{ord(found[0]):04X}", _spot(field.text, found)
        what = f"`{field.key}` turns the direction of reading with {sign} at {spot}"
        yield Problem(field.where, what, "Delete it; right-to-left words need no such character.")


def _spot(text: str, found: re.Match[str]) -> str:
    before = text[: found.start()]
    line = before.count("\n") + 1
    column = found.start() - (before.rfind("\n") + 1) + 1
    return f"character {column}" if line == 1 else f"line {line}, character {column}"


def again(values: Iterable[tuple[Hashable, Place]]) -> Iterator[tuple[Place, Place]]:
    """Yield the place of every value that was there before, and the place where it was first."""
    first: dict[Hashable, Place] = {}
    for value, where in values:
        if value in first:
            yield where, first[value]
        first.setdefault(value, where)


def titles(feed: Feed) -> Iterator[Field]:
    """Every text of the podcast feed that apps show as one line."""
    yield Field(SETTINGS, "show.title", feed.show.title)
    yield Field(SETTINGS, "show.author", feed.show.author)
    for episode in _episodes(feed):
        where = episode_place(episode)
        yield Field(where, "title", episode.title)
        for n, chapter in enumerate(episode.chapters, 1):
            yield Field(where, f"chapters[{n}].title", chapter.title)


def other_texts(feed: Feed) -> Iterator[Field]:
    """Every other text of the podcast feed, its transcripts and its chapters."""
    show = feed.show
    yield Field(SETTINGS, "show.description", show.description)
    yield Field(SETTINGS, "show.copyright", show.copyright)
    yield Field(SETTINGS, "show.license", show.license)
    yield Field(SETTINGS, "show.ai_content", show.ai_content)
    yield Field(SETTINGS, "show.cover_alt", show.cover_alt)
    if show.update_frequency:
        yield Field(SETTINGS, "show.update_frequency.text", show.update_frequency.text)
    for episode in _episodes(feed):
        yield from _episode_texts(episode)


def _episode_texts(episode: ClearedEpisode) -> Iterator[Field]:
    where = episode_place(episode)
    yield Field(where, "guid", episode.guid)
    yield Field(where, "summary", episode.summary)
    yield Field(where, "notes", episode.notes)
    if episode.cover:
        yield Field(where, "cover_alt", episode.cover.alt)
    for n, chapter in enumerate(episode.chapters, 1):
        yield Field(where, f"chapters[{n}].url", chapter.url)
    for n, credit in enumerate(episode.credits, 1):
        yield Field(where, f"people[{n}]", credit.label)
    for n, cue in enumerate(episode.cues, 1):
        yield Field(transcript_place(episode), f"cues[{n}]", f"{cue.speaker} {cue.text}")


def _episodes(feed: Feed) -> Iterator[ClearedEpisode]:
    return (release.episode for release in feed.releases.episodes)
