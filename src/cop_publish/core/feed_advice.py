"""What makes a feed worse for listeners without breaking it: told, never refused."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from cop_publish.core.feed_text import SETTINGS, Feed, again, episode_place, titles
from cop_publish.core.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from cop_publish.core.model import EpisodeRelease

LIKE_LENGTH_SECONDS = 10 * 60  # AntennaPod's measure of "the same episode again"

_NUMBER_IN_TITLE = re.compile(r"\b(episode|ep|season|s\d+e\d+)\b[ .:#]*\d*|^#?\d+\s*[:.–-]", re.IGNORECASE)
_COPYRIGHT_WORDS = re.compile(r"copyright|©|\(c\)|\b(19|20)\d\d\b", re.IGNORECASE)


def a01_no_tags_in_titles(feed: Feed) -> Iterator[Problem]:
    """Some apps take `<AI>` in a title for HTML, and drop it."""
    for field in titles(feed):
        if re.search(r"<\w", field.text):
            yield Problem(
                field.where, f"`{field.key}` holds `<`, and some apps drop what follows", "Reword it."
            )


def a02_no_two_that_apps_merge(feed: Feed) -> Iterator[Problem]:
    """AntennaPod shows two episodes of one title, one day and a like length as one."""
    same: dict[Hashable, list[EpisodeRelease]] = defaultdict(list)
    for release in feed.releases.episodes:
        same[release.episode.title.casefold(), release.episode.published_at.date()].append(release)
    for group in same.values():
        for one, two in combinations(group, 2):
            apart = abs(one.master.duration_seconds - two.master.duration_seconds)
            if apart < LIKE_LENGTH_SECONDS:
                first = episode_place(one.episode).path
                what = f"it has the title and the day of {first}, and some apps show only one"
                yield Problem(episode_place(two.episode), what, "Change its title.")


def a03_no_numbers_in_titles(feed: Feed) -> Iterator[Problem]:
    """Apps put the number of an episode before its title; in the title it stands twice (PSP-1)."""
    for release in feed.releases.episodes:
        if release.episode.number is not None and _NUMBER_IN_TITLE.search(release.episode.title):
            where = episode_place(release.episode)
            yield Problem(where, "`title` seems to hold its own number", "Apps add the number by themselves.")


def a04_bare_copyright(feed: Feed) -> Iterator[Problem]:
    """The copyright is the owner's name alone, without the word, the sign or a year (PSP-1)."""
    if _COPYRIGHT_WORDS.search(feed.show.copyright):
        yield Problem(SETTINGS, "`show.copyright` holds more than its owner's name", "Give the name alone.")


def a05_sound_is_used_once(feed: Feed) -> Iterator[Problem]:
    """The very same sound under two guids is heard twice."""
    sounds = ((r.master.sha256, episode_place(r.episode)) for r in feed.releases.episodes)
    for where, first in again(sounds):
        yield Problem(where, f"its sound is byte for byte that of {first.path}", "Is it the right recording?")


def a06_numbers_are_used_once(feed: Feed) -> Iterator[Problem]:
    """Two full episodes with one number in one season are a slip of the pen."""
    numbers = (
        ((e.kind, e.season, e.number), episode_place(e))
        for e in (r.episode for r in feed.releases.episodes)
        if e.number is not None
    )
    for where, first in again(numbers):
        yield Problem(where, f"it has the number of {first.path}", "Is it meant?")


ADVICE = (
    a01_no_tags_in_titles,
    a02_no_two_that_apps_merge,
    a03_no_numbers_in_titles,
    a04_bare_copyright,
    a05_sound_is_used_once,
    a06_numbers_are_used_once,
)
