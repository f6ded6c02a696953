"""Our own linter: what must be true of the feeds before feedgen sees anything.

Public validators let much of this pass, feed parsers nearly all of it, and feedgen either raises
without naming an episode or writes it out.  Each rule is one function; its docstring says what holds.

::

    F01-F04   every text           feed_rules.py
    F10-F20   the show             feed_rules_show.py
    F30-F42   the episodes         feed_rules_episode.py
    F60-F63   the blog's feeds     feed_rules.py
    A01-A06   advice, not refusal  feed_advice.py
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.feed_advice import ADVICE
from cop_publish.core.feed_rules_episode import (
    EPISODE_RULES,
    LONGEST_SECONDS,
    SMALLEST_SOUND_BYTES,
    f41_there_is_an_episode,
)
from cop_publish.core.feed_rules_show import SHOW_RULES
from cop_publish.core.feed_text import (
    SETTINGS,
    Feed,
    Field,
    again,
    direction_overrides,
    forbidden_characters,
    other_texts,
    post_place,
    titles,
)
from cop_publish.core.languages import is_language_tag
from cop_publish.core.model import EpisodeRelease, Loudness, Master, Releases
from cop_publish.core.problems import Place, Problem, Problems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cop_publish.core.model import ClearedEpisode
    from cop_publish.settings import Show, SiteSettings

LONGEST_VALUE = 255  # PSP-1, in characters, of every value but descriptions

# A listener's phone reads the whole feed at each poll: 8 MB took one 13 to 44 seconds.
LARGE_FEED_BYTES = 512 * 1024
TOO_LARGE_FEED_BYTES = 2 * 1024 * 1024


def check_feed(show: Show, site: SiteSettings, releases: Releases) -> Problems:
    """Say everything that forbids writing the podcast feed, in file order; nothing means that it may be."""
    feed = Feed(show, site, releases)
    return tuple(sorted({problem for rule in RULES for problem in rule(feed)}))


def check_before_sound(
    show: Show, site: SiteSettings, episodes: tuple[ClearedEpisode, ...], *, now: datetime
) -> Problems:
    """Say what `check_feed` would, of episodes whose sound is not made yet; the sound is taken for good."""
    newest_first = sorted(episodes, key=lambda episode: episode.published_at, reverse=True)
    releases = tuple(EpisodeRelease(episode, sound_to_come(episode)) for episode in newest_first)
    feed = Feed(show, site, Releases(releases, (), (), (), (), now))
    rules = RULES if episodes else tuple(rule for rule in RULES if rule is not f41_there_is_an_episode)
    return tuple(sorted({problem for rule in rules for problem in rule(feed)}))


def check_blog(show: Show, site: SiteSettings, releases: Releases) -> Problems:
    """Say everything that forbids writing the blog's RSS and Atom, in file order."""
    feed = Feed(show, site, releases)
    return tuple(sorted({problem for rule in BLOG_RULES for problem in rule(feed)}))


def advise_feed(show: Show, site: SiteSettings, releases: Releases) -> Problems:
    """Say what listeners would be better off without; none of it forbids anything."""
    feed = Feed(show, site, releases)
    return tuple(sorted({problem for rule in ADVICE for problem in rule(feed)}))


def check_size(size_bytes: int) -> Problems:
    """Refuse a written feed above 2 MB: it keeps every episode, and phones read all of it."""
    if size_bytes <= TOO_LARGE_FEED_BYTES:
        return ()
    what = f"the podcast feed has {size_bytes} bytes; {TOO_LARGE_FEED_BYTES} is the most that phones bear"
    return (Problem(SETTINGS, what, "Shorten the show notes of old episodes."),)


def advise_size(size_bytes: int) -> Problems:
    """Warn of a written feed above 512 KB, while there is time."""
    if size_bytes <= LARGE_FEED_BYTES:
        return ()
    what = f"the podcast feed has {size_bytes} bytes, and every app reads all of it at every poll"
    return (Problem(SETTINGS, what, f"At {TOO_LARGE_FEED_BYTES} it is refused; shorten old show notes."),)


def check_rendered(where: Place, key: str, html: str) -> Problems:
    """Report what XML cannot hold in HTML made from a checked text: `&#7;` becomes such a character there."""
    return tuple(forbidden_characters(Field(where, key, html)))


def f01_no_forbidden_characters(feed: Feed) -> Iterator[Problem]:
    """No text holds a character that XML cannot hold: controls, NUL, U+FFFE, half a surrogate pair."""
    for field in (*titles(feed), *other_texts(feed)):
        yield from forbidden_characters(field)


def f02_no_direction_overrides_in_titles(feed: Feed) -> Iterator[Problem]:
    """No title turns the direction of reading: `U+202E` makes one read as another."""
    for field in titles(feed):
        yield from direction_overrides(field)


def f03_titles_are_one_short_line(feed: Feed) -> Iterator[Problem]:
    """A title is one line of 1 to 255 characters without spaces around it (PSP-1)."""
    for field in titles(feed):
        yield from _short_line(field)


def f04_short_values_are_short(feed: Feed) -> Iterator[Problem]:
    """The copyright and each guid have at most 255 characters and no spaces around them (PSP-1)."""
    for field in other_texts(feed):
        if field.key in ("guid", "show.copyright") and field.text:
            yield from _short_line(field)


RULES = (
    f01_no_forbidden_characters,
    f02_no_direction_overrides_in_titles,
    f03_titles_are_one_short_line,
    f04_short_values_are_short,
    *SHOW_RULES,
    *EPISODE_RULES,
)


def f60_post_texts_can_be_written(feed: Feed) -> Iterator[Problem]:
    """No text of a post holds a character that XML cannot hold."""
    for post in feed.releases.posts:
        where = post_place(post)
        for key in ("guid", "summary", "body", "excerpt"):
            yield from forbidden_characters(Field(where, key, getattr(post, key)))
        for n, credit in enumerate(post.credits):
            yield from forbidden_characters(Field(where, f"author[{n}]", credit.label))
        for n, topic in enumerate(post.topics):
            yield from forbidden_characters(Field(where, f"topics[{n}]", topic))


def f61_post_titles_are_one_short_line(feed: Feed) -> Iterator[Problem]:
    """A post's title is one line of 1 to 255 characters that turns no direction of reading."""
    for post in feed.releases.posts:
        field = Field(post_place(post), "title", post.title)
        yield from forbidden_characters(field)
        yield from direction_overrides(field)
        yield from _short_line(field)


def f62_posts_are_past_and_in_a_language(feed: Feed) -> Iterator[Problem]:
    """A post's date has a time zone and is not in the future, and its language is a BCP 47 tag."""
    for post in feed.releases.posts:
        if post.published_at.tzinfo is None:
            yield Problem(post_place(post), "`date` has no time zone", "Write the offset from UTC.")
        elif post.published_at > feed.releases.now:
            yield Problem(post_place(post), "`date` is in the future", "It must be held back until then.")
        if not is_language_tag(post.language):
            yield Problem(post_place(post), "`language` is not a language tag", "Write one such as `en-gb`.")


def f63_post_guids_are_unique(feed: Feed) -> Iterator[Problem]:
    """Each post's guid, or its address where it has none, is used once."""
    guids = [
        (post.guid or routes.address(feed.site, routes.post_page(post, feed.site)), post_place(post))
        for post in feed.releases.posts
    ]
    for where, first in again(guids):
        yield Problem(where, f"it has the guid or the address of {first.path}", "Give it one of its own.")


BLOG_RULES = (
    f60_post_texts_can_be_written,
    f61_post_titles_are_one_short_line,
    f62_posts_are_past_and_in_a_language,
    f63_post_guids_are_unique,
)


def sound_to_come(episode: ClearedEpisode) -> Master:
    """What stands for a sound that is not made yet, under a name of its own, and fit for a feed."""
    name = hashlib.sha256(episode.id.encode("utf-8", "replace")).hexdigest()
    return Master("", name, SMALLEST_SOUND_BYTES, LONGEST_SECONDS, Loudness(0.0, 0.0, 0.0), None)


def _short_line(field: Field) -> Iterator[Problem]:
    if not field.text.strip():
        yield Problem(field.where, f"`{field.key}` is empty", "Give it words.")
    elif field.text != field.text.strip():
        yield Problem(field.where, f"`{field.key}` has spaces around it", "Remove them.")
    elif len(field.text.splitlines()) > 1 or "\t" in field.text:
        yield Problem(field.where, f"`{field.key}` is more than one line", "Write it in one.")
    if len(field.text) > LONGEST_VALUE:
        what = f"`{field.key}` has {len(field.text)} characters; apps keep {LONGEST_VALUE}"
        yield Problem(field.where, what, "Shorten it.")
