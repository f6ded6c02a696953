"""Feed rules on the show itself: what must stand in cop-publish.toml."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cop_publish.core.apple_categories import CATEGORIES
from cop_publish.core.feed_text import SETTINGS, Feed, episode_place
from cop_publish.core.languages import is_language_tag
from cop_publish.core.licenses import LICENSES
from cop_publish.core.problems import Problem
from cop_publish.core.rrule import rrule_fault
from cop_publish.core.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DESCRIPTION_LIMIT_BYTES = 4000  # PSP-1, of a channel's and an item's description
TXT_LIMIT = 4000  # podcast:txt, in characters
WORDS_LIMIT = 128  # podcast:updateFrequency, podcast:license and podcast:person, in characters
COVER_TYPES = (".jpg", ".jpeg", ".png")  # Apple: JPEG or PNG
LOOPBACK = ("localhost", "127.0.0.1", "::1")  # a preview on one's own machine needs no TLS

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def f10_description_fits(feed: Feed) -> Iterator[Problem]:
    """A show says what it is, in at most 4,000 bytes (PSP-1)."""
    size = len(feed.show.description.encode("utf-8", "replace"))
    if not feed.show.description.strip():
        yield _show("`show.description` is empty", "Say in a few sentences what the show is about.")
    elif size > DESCRIPTION_LIMIT_BYTES:
        what = f"`show.description` is {size} bytes long; apps take {DESCRIPTION_LIMIT_BYTES}"
        yield _show(what, "Shorten it.")


def f11_languages_are_known(feed: Feed) -> Iterator[Problem]:
    """A show's and an episode's language is a BCP 47 tag."""
    fix = "Write a tag such as `en-gb` or `cy`; the country of `en-gb` is not `uk`."
    if not is_language_tag(feed.show.language):
        yield _show("`show.language` is not a language tag", fix)
    for release in feed.releases.episodes:
        if not is_language_tag(release.episode.language):
            yield Problem(episode_place(release.episode), "`language` is not a language tag", fix)


def f12_categories_are_apples(feed: Feed) -> Iterator[Problem]:
    """A show has at least one category of Apple's list, letter by letter."""
    if not feed.show.categories:
        yield _show("`show.categories` is empty", "Give at least one, such as `Government`.")
    for n, path in enumerate(feed.show.categories):
        key = f"show.categories[{n + 1}]"
        if not path or path[0] not in CATEGORIES:
            yield _show(
                f"`{key}` is not one of Apple's categories", _meant(path[0] if path else "", CATEGORIES)
            )
        elif len(path) > len(("category", "subcategory")):
            yield _show(f"`{key}` has more than two levels", "Give a category and at most one below it.")
        elif path[1:] and path[1] not in CATEGORIES[path[0]]:
            what = f"`{key}` names nothing that Apple has below `{path[0]}`"
            yield _show(what, _meant(path[1], CATEGORIES[path[0]]))


def f13_guid_is_a_uuid5(feed: Feed) -> Iterator[Problem]:
    """A show has a podcast:guid, a UUID of version 5, assigned once and kept when addresses change."""
    try:
        known = uuid.UUID(feed.show.guid)
    except ValueError:
        known = None
    if (
        known is None
        or known.version != uuid.uuid5(uuid.NAMESPACE_URL, "").version
        or str(known) != feed.show.guid
    ):
        yield _show(
            "`show.guid` is not a UUID of version 5 in lower case",
            "Take the one that `cop-publish new show` wrote, or the one that your old feed has.",
        )


def f14_owner_can_be_reached(feed: Feed) -> Iterator[Problem]:
    """A show has an owner's e-mail address: directories refuse a feed without one."""
    if not _EMAIL.fullmatch(feed.show.owner_email):
        yield _show(
            "`show.owner_email` is not an e-mail address",
            "Give the address of a role, not of a person: it is public in the feed.",
        )


def f15_show_has_a_cover(feed: Feed) -> Iterator[Problem]:
    """A show has a JPEG or PNG cover and alt text for it."""
    if not feed.show.cover:
        yield _show("`show.cover` is missing", "Name a square JPEG or PNG of 1400 to 3000 pixels.")
    elif not feed.show.cover.lower().endswith(COVER_TYPES):
        yield _show("`show.cover` is neither JPEG nor PNG", "Apps show no other type; convert it.")
    if not feed.show.cover_alt.strip():
        yield _show("`show.cover_alt` is missing", "Say what the cover shows, for those who cannot see it.")


def f16_kind_is_known(feed: Feed) -> Iterator[Problem]:
    """A show is `episodic` (newest first) or `serial` (in order from the first)."""
    if feed.show.kind not in ("episodic", "serial"):
        yield _show("`show.kind` is neither `episodic` nor `serial`", "Write one of the two.")


def f17_license_is_known_or_linked(feed: Feed) -> Iterator[Problem]:
    """A licence is a slug of the podcast namespace's list, or comes with the address of its text."""
    show = feed.show
    if len(show.license) > WORDS_LIMIT:
        yield _show(f"`show.license` is longer than {WORDS_LIMIT} characters", "Give its short name.")
    elif show.license and not show.license_url and show.license not in LICENSES:
        yield _show(
            "`show.license` is not a known slug, and `show.license_url` is empty",
            _meant(show.license, LICENSES, "Give the address of its text in `show.license_url`."),
        )
    elif show.license_url and not show.license:
        yield _show("`show.license_url` stands without `show.license`", "Give the licence's short name.")


def f18_update_frequency_can_be_read(feed: Feed) -> Iterator[Problem]:
    """How often a show appears: at most 128 characters for people, an RFC 5545 rule for machines."""
    frequency = feed.show.update_frequency
    if frequency is None:
        return
    if not frequency.text.strip() or len(frequency.text) > WORDS_LIMIT:
        what = f"`show.update_frequency.text` is empty or longer than {WORDS_LIMIT} characters"
        yield _show(what, "Write a few words, such as `Monthly`.")
    fault = rrule_fault(frequency.rrule) if frequency.rrule else ""
    if fault:
        yield _show(
            f"`show.update_frequency.rrule` {fault}", "Write a rule such as `FREQ=MONTHLY;INTERVAL=2`."
        )


def f19_addresses_are_whole(feed: Feed) -> Iterator[Problem]:
    """Every address is absolute and ASCII, and the site's is https: apps warn of sound sent in the clear."""
    site = urlsplit(feed.site.url)
    if not _is_web_address(feed.site.url) or not feed.site.url.endswith("/") or site.query or site.fragment:
        yield _show("`site.url` is not a web address that ends in a slash", "Write it like `https://…/`.")
    elif site.scheme != "https" and site.hostname not in LOOPBACK:
        yield _show("`site.url` is not https", "Apps refuse to play sound that is sent in the clear.")
    for key, address in (("show.hub", feed.show.hub), ("show.license_url", feed.show.license_url)):
        if address and not _is_web_address(address):
            yield _show(f"`{key}` is not a web address", "Write it whole, from `https://` on.")


def f20_disclosure_fits(feed: Feed) -> Iterator[Problem]:
    """What a show says of artificial voices fits podcast:txt, 4,000 characters."""
    if len(feed.show.ai_content) > TXT_LIMIT:
        yield _show(f"`show.ai_content` is longer than {TXT_LIMIT} characters", "Shorten it.")


SHOW_RULES = (
    f10_description_fits,
    f11_languages_are_known,
    f12_categories_are_apples,
    f13_guid_is_a_uuid5,
    f14_owner_can_be_reached,
    f15_show_has_a_cover,
    f16_kind_is_known,
    f17_license_is_known_or_linked,
    f18_update_frequency_can_be_read,
    f19_addresses_are_whole,
    f20_disclosure_fits,
)


def _show(what: str, fix: str) -> Problem:
    return Problem(SETTINGS, what, fix)


def _meant(word: str, known: Iterable[str], otherwise: str = "Apple's list decides, case included.") -> str:
    close = suggest(word, known)
    return f"Did you mean `{close}`?" if close else otherwise


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port_reads = parts.port is None or parts.port > 0
    except ValueError:
        return False
    printable = address.isascii() and address.isprintable() and " " not in address
    return parts.scheme in ("http", "https") and bool(parts.hostname) and printable and port_reads
