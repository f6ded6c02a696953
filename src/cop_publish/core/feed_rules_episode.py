"""Feed rules on the episodes: each one alone, then all of them together."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cop_publish.core import routes
from cop_publish.core.feed_rules_show import COVER_TYPES, WORDS_LIMIT
from cop_publish.core.feed_text import SETTINGS, Feed, again, episode_place, transcript_place
from cop_publish.core.model import EpisodeKind
from cop_publish.core.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.core.model import ClearedEpisode
    from cop_publish.core.problems import Place

# Half of what PSP-1 allows for an item's description, so that the notes and a link fit beside it.
SUMMARY_LIMIT_BYTES = 2000
SMALLEST_SOUND_BYTES = 16_384  # AntennaPod takes a smaller length for unknown
LONGEST_SECONDS = 24 * 60 * 60
MOST_CHAPTERS = 255  # ID3v2's table of contents counts them in one byte

_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def f30_summary_fits(feed: Feed) -> Iterator[Problem]:
    """An episode has a summary that leaves room in the description for notes and a link."""
    for episode, where in _episodes(feed):
        size = len(escape(episode.summary, quote=False).encode("utf-8", "replace"))
        if not episode.summary.strip():
            yield Problem(where, "`summary` is empty", "Say in a sentence or two what one hears.")
        elif size > SUMMARY_LIMIT_BYTES:
            what = f"`summary` is {size} bytes long; at most {SUMMARY_LIMIT_BYTES} fit"
            yield Problem(where, what, "Shorten it; the notes have room for more.")


def f31_dates_are_past(feed: Feed) -> Iterator[Problem]:
    """An episode's date has a time zone and is not in the future: directories hide all episodes then."""
    for episode, where in _episodes(feed):
        if episode.published_at.tzinfo is None:
            yield Problem(where, "`date` has no time zone", "Write the offset from UTC.")
        elif episode.published_at > feed.releases.now:
            yield Problem(where, "`date` is in the future", "It must be held back until then.")


def f32_numbers_are_positive(feed: Feed) -> Iterator[Problem]:
    """Numbers of seasons and episodes start at 1, and a serial show numbers every full episode (Apple)."""
    for episode, where in _episodes(feed):
        for key, number in (("number", episode.number), ("season", episode.season)):
            if number is not None and number < 1:
                yield Problem(where, f"`{key}` is {number}", "Count from 1, or remove the key.")
        if episode.number is None and episode.kind is EpisodeKind.FULL and feed.show.kind == "serial":
            what = "`number` is missing, and apps order a serial show by it"
            yield Problem(where, what, "Number it, or make it a `bonus` or a `trailer`.")


def f33_one_trailer_a_season(feed: Feed) -> Iterator[Problem]:
    """A trailer without number is the show's, or its season's; Apple shows only the newest of two."""
    trailers = [
        (episode.season, where)
        for episode, where in _episodes(feed)
        if episode.kind is EpisodeKind.TRAILER and episode.number is None
    ]
    for where, first in again(trailers):
        what = f"it is a second trailer for the same season as {first.path}"
        yield Problem(where, what, "Make the older one a `bonus`, or give each its season.")


def f34_credits_can_be_shown(feed: Feed) -> Iterator[Problem]:
    """A credit is words, at most 128 characters of them (podcast:person)."""
    for episode, where in _episodes(feed):
        for n, credit in enumerate(episode.credits, 1):
            if not credit.label.strip() or len(credit.label) > WORDS_LIMIT:
                what = f"the agreed words of `people[{n}]` are empty or longer than {WORDS_LIMIT} characters"
                yield Problem(where, what, "Agree other words with them.")


def f35_covers_can_be_shown(feed: Feed) -> Iterator[Problem]:
    """An episode's own cover is JPEG or PNG, and has alt text."""
    for episode, where in _episodes(feed):
        if episode.cover and not episode.cover.file.lower().endswith(COVER_TYPES):
            yield Problem(where, "`cover` is neither JPEG nor PNG", "Apps show no other type; convert it.")
        if episode.cover and not episode.cover.alt.strip():
            yield Problem(where, "`cover_alt` is missing", "Say what the cover shows.")


def f36_chapters_are_in_order(feed: Feed) -> Iterator[Problem]:
    """Chapters start one after another and inside the sound; links of theirs are web addresses."""
    for release in feed.releases.episodes:
        chapters, where = release.episode.chapters, episode_place(release.episode)
        end = release.master.duration_seconds
        if len(chapters) > MOST_CHAPTERS:
            yield Problem(where, f"there are {len(chapters)} chapters", f"Players know {MOST_CHAPTERS}.")
        for n, chapter in enumerate(chapters):
            start = chapter.start_seconds
            if not 0 <= start < end:
                what = f"chapters[{n + 1}] starts at {start:g} s, outside the sound (0 to {end:g} s)"
                yield Problem(where, what, "Move it or delete it.")
            if n and start <= chapters[n - 1].start_seconds:
                what = f"chapters[{n + 1}] does not start after the one before it"
                yield Problem(where, what, "Sort them.")
            if chapter.url and urlsplit(chapter.url).scheme not in ("http", "https"):
                yield Problem(where, f"the url of chapters[{n + 1}] is no web address", "Write it in full.")


def f37_cues_are_in_order(feed: Feed) -> Iterator[Problem]:
    """Cues end after they start, follow each other, and start inside the sound."""
    for release in feed.releases.episodes:
        where, cues = transcript_place(release.episode), release.episode.cues
        for n, cue in enumerate(cues):
            if not 0 <= cue.start_seconds < cue.end_seconds:
                yield Problem(where, f"cue {n + 1} does not end after it starts", "Mend its times.")
            if cue.start_seconds >= release.master.duration_seconds:
                yield Problem(where, f"cue {n + 1} starts after the sound has ended", "Mend its times.")
            if n and cue.start_seconds < cues[n - 1].start_seconds:
                yield Problem(where, f"cue {n + 1} starts before the one above it", "Sort the cues.")


def f38_sound_is_there(feed: Feed) -> Iterator[Problem]:
    """An enclosure has a length that apps believe, and plays for a second to a day."""
    for release in feed.releases.episodes:
        where, master = episode_place(release.episode), release.master
        if master.size_bytes < SMALLEST_SOUND_BYTES:
            what = f"its sound has {master.size_bytes} bytes; below {SMALLEST_SOUND_BYTES} apps see a fault"
            yield Problem(where, what, "Look at the recording.")
        if not 1 <= master.duration_seconds <= LONGEST_SECONDS:
            yield Problem(where, f"its sound lasts {master.duration_seconds:g} s", "Look at the recording.")


def f39_guids_are_unique(feed: Feed) -> Iterator[Problem]:
    """Each guid is there, is one word, and is used once: apps drop one of two."""
    for episode, where in _episodes(feed):
        if not episode.guid or re.search(r"\s", episode.guid):
            yield Problem(where, "`guid` is empty or holds a space", "Never change one that was published.")
    guids = [(episode.guid, where) for episode, where in _episodes(feed) if episode.guid]
    for where, first in again(guids):
        yield Problem(where, f"it has the guid of {first.path}", "Give the newer one a guid of its own.")


def f40_enclosures_are_unique(feed: Feed) -> Iterator[Problem]:
    """Each sound has an address of its own, of plain ASCII: Apple ignores the second of two."""
    for episode, where in _episodes(feed):
        if not _PLAIN_ID.fullmatch(episode.id):
            what = "the folder's name makes an address that some apps cannot read"
            yield Problem(where, what, "Use a to z, 0 to 9 and hyphens only.")
    sounds = [(routes.episode_sound(r), episode_place(r.episode)) for r in feed.releases.episodes]
    for where, first in again(sounds):
        yield Problem(where, f"it has the same sound address as {first.path}", "Rename one of the folders.")


def f41_there_is_an_episode(feed: Feed) -> Iterator[Problem]:
    """A feed has an episode: an empty one makes apps forget all that they had."""
    if not feed.releases.episodes and not feed.releases.notices:
        yield Problem(SETTINGS, "the podcast feed would be empty", "Publish an episode first.")


def f42_newest_comes_first(feed: Feed) -> Iterator[Problem]:
    """Episodes stand newest first."""
    dated = [(e.published_at, where) for e, where in _episodes(feed) if e.published_at.tzinfo]
    for (above, _), (below, where) in pairwise(dated):
        if below > above:
            yield Problem(where, "it stands below an older episode", "List episodes newest first.")


EPISODE_RULES = (
    f30_summary_fits,
    f31_dates_are_past,
    f32_numbers_are_positive,
    f33_one_trailer_a_season,
    f34_credits_can_be_shown,
    f35_covers_can_be_shown,
    f36_chapters_are_in_order,
    f37_cues_are_in_order,
    f38_sound_is_there,
    f39_guids_are_unique,
    f40_enclosures_are_unique,
    f41_there_is_an_episode,
    f42_newest_comes_first,
)


def _episodes(feed: Feed) -> Iterator[tuple[ClearedEpisode, Place]]:
    return ((r.episode, episode_place(r.episode)) for r in feed.releases.episodes)
