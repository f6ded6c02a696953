"""Prove what is live, through the public address: as a listener's app asks, without credentials.

The feed is read twice (an app asks every hour: 304 must be the second answer), every enclosure is asked
for its head and its first two bytes, and of the newest episode everything that the feed names.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from cop_publish.core import routes
from cop_publish.core.problems import Place, Problem
from cop_publish.errors import StorageFailed
from cop_publish.storage.anonymous import Answer, Stranger, stays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cop_publish.settings import Settings
    from cop_publish.storage.audit import Audit

SOUND = "audio/mpeg"
_FEED_TYPES = {"application/rss+xml", "application/xml", "text/xml"}
_PODCAST = "{https://podcastindex.org/namespace/1.0}"
_ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_OK, _PARTIAL, _ELSEWHERE, _NOT_MODIFIED = 200, 206, 302, 304
_FAILS = 500


@dataclass(frozen=True, slots=True)
class Enclosure:
    """What a feed promises of an episode's sound; `length_bytes` is -1 where it is no number."""

    address: str
    length_bytes: int
    content_type: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and every fault: one sentence and its cure."""

    enclosures: int
    addresses: int  # other than feed and enclosures: pages, transcripts, pictures
    faults: tuple[Problem, ...]


def verify(settings: Settings) -> Verdict:
    """Ask for everything that an app would ask for; raises StorageFailed when nobody answers at all."""
    trusted = settings.storage.ca_file
    address = routes.address(settings.site, routes.FEED)
    with Stranger(settings.root / trusted if trusted else None) as stranger:
        answer = stranger.visit("GET", address, {})
        faults = [*_feed_faults(stranger, address, answer)]
        channel = _channel(answer)
        if channel is None:
            return Verdict(0, 0, (*faults, *([_no_feed(address)] if answer.status == _OK else [])))
        items = channel.findall("item")
        enclosures = [found for item in items for found in _enclosures(item)]
        for enclosure in enclosures:
            faults += _enclosure_faults(stranger, enclosure, address)
        named = [*_named(channel, items)]
        for there, types in named:
            faults += _page_faults(stranger, there, types, address)
    return Verdict(len(enclosures), len(named), tuple(dict.fromkeys(faults)))


def verify_anyway(settings: Settings) -> Verdict:
    """As `verify`, where nobody answering is a fault like any other: what else was read is told too."""
    try:
        return verify(settings)
    except StorageFailed as error:
        address = routes.address(settings.site, routes.FEED)
        fix = "Until somebody answers there, nobody can listen or subscribe."
        return Verdict(0, 0, (Problem(Place(address), error.summary.removesuffix("."), fix),))


def reread(settings: Settings, progress: Callable[[str, float], None]) -> Audit:
    """Read everything in the store again and compare it with what was published; raises StorageFailed."""
    from cop_publish.publish import publisher_of  # noqa: PLC0415 - only for --deep, as all of these
    from cop_publish.storage.audit import audit  # noqa: PLC0415 - the same
    from cop_publish.storage.live import look  # noqa: PLC0415 - the same

    publisher = publisher_of(settings)
    live = look(publisher)
    if live.head is None:
        raise StorageFailed("Nothing was published there yet, so there is nothing to compare.")
    if live.head.lease is not None:
        msg = "A publish is under way, or was cut off."
        raise StorageFailed(
            f"{msg} Wait for it, or run `cop-publish publish` to finish it; then run this again."
        )
    return audit(publisher.store, live.record, lambda done: progress("reading everything again", done))


def _feed_faults(stranger: Stranger, address: str, answer: Answer) -> Iterator[Problem]:
    yield from _answer_faults(answer, address, _FEED_TYPES)
    if answer.status != _OK:
        return
    known = {
        condition: answer.headers[name]
        for name, condition in (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since"))
        if name in answer.headers
    }
    if not known or stranger.ask("GET", answer.address, known).status != _NOT_MODIFIED:
        fix = "Let the host send ETag, and answer 304 to If-None-Match."
        yield Problem(Place(address), "apps get the whole feed each time they ask, changed or not", fix)


def _no_feed(address: str) -> Problem:
    fix = "Publish again; if it stays so, something between the store and the world rewrites it."
    return Problem(Place(address), "it is not a podcast feed", fix)


def _channel(answer: Answer) -> ET.Element | None:
    if answer.status != _OK or b"<!DOCTYPE" in answer.body or b"<!ENTITY" in answer.body:
        return None
    try:
        return ET.fromstring(answer.body).find("channel")  # noqa: S314 - bombs are declared in a document type: refused above
    except ET.ParseError:
        return None


def _enclosures(item: ET.Element) -> Iterator[Enclosure]:
    for found in item.findall("enclosure"):
        length = found.get("length", "")
        number = int(length) if length.isascii() and length.isdigit() else -1
        yield Enclosure(found.get("url", ""), number, found.get("type", ""))


def _enclosure_faults(stranger: Stranger, enclosure: Enclosure, feed: str) -> Iterator[Problem]:
    """The head says type and length, and a request for two bytes gets two bytes: players seek by that."""
    place = Place(enclosure.address)
    try:
        head = _head(stranger, enclosure.address, feed)
        yield from _answer_faults(head, enclosure.address, {SOUND})
        if head.status != _OK:
            return
        length = head.headers.get("content-length", "")
        if length != str(enclosure.length_bytes):
            said = f"the feed says {enclosure.length_bytes} bytes, the host {length or 'nothing'}"
            yield Problem(place, said, "Publish again; then run `cop-publish verify --deep`.")
        part = stranger.ask("GET", head.address, {"Range": "bytes=0-1"})
    except StorageFailed as error:
        yield Problem(place, error.summary.removesuffix("."), "Then run this again.")
        return
    span = part.headers.get("content-range", "")
    two_bytes = 2
    if part.status != _PARTIAL or len(part.body) != two_bytes or span != f"bytes 0-1/{length}":
        fix = "Let the host answer byte ranges with 206: players seek by them, Apple insists on it."
        yield Problem(place, f"it does not answer byte ranges ({part.status})", fix)


def _named(channel: ET.Element, items: list[ET.Element]) -> Iterator[tuple[str, set[str]]]:
    """What the feed names beside sound: the show's page and cover, and all of the newest episode."""
    yield channel.findtext("link", ""), {"text/html"}
    newest = max(items, key=_moment, default=None)
    for of in (channel, *([newest] if newest is not None else [])):
        for image in of.findall(f"{_ITUNES}image"):
            yield image.get("href", ""), {"image/png", "image/jpeg"}
    if newest is None:
        return
    yield newest.findtext("link", ""), {"text/html"}
    for name in ("transcript", "chapters"):
        for found in newest.findall(f"{_PODCAST}{name}"):
            yield found.get("url", ""), {found.get("type", "")}


def _moment(item: ET.Element) -> float:
    try:
        return parsedate_to_datetime(item.findtext("pubDate", "")).timestamp()
    except ValueError:
        return 0.0


def _page_faults(stranger: Stranger, address: str, types: set[str], feed: str) -> Iterator[Problem]:
    try:
        yield from _answer_faults(_head(stranger, address, feed), address, types)
    except StorageFailed as error:
        yield Problem(Place(address), error.summary.removesuffix("."), "Then run this again.")


def _head(stranger: Stranger, address: str, feed: str) -> Answer:
    """Ask the show's own host; another one is not told that anyone listens."""
    if not stays(feed, address):
        return Answer(_ELSEWHERE, {"location": address}, b"", feed)
    return stranger.visit("HEAD", address, {})


def _answer_faults(answer: Answer, address: str, types: set[str]) -> Iterator[Problem]:
    """It is there, on the feed's own host, and called what it is."""
    place = Place(address)
    if answer.leads_to is not None:
        what = "it leads away from the show's own address, or is redirected for ever"
        yield Problem(place, what, "Mend `[site] url`, or the host's redirects: others learn who listens.")
    elif answer.status != _OK:
        yield Problem(place, f"the answer is {answer.status}", _cure(answer.status))
    elif answer.content_type not in types:
        said = f"it is sent as {answer.content_type or 'nothing'}, not as {' or '.join(sorted(types))}"
        yield Problem(place, said, "Let the host send the type that was published with it.")


def _cure(status: int) -> str:
    if status == 404:  # noqa: PLR2004 - HTTP: not found
        return "Publish again; if it stays so, `[site] url` is not where the store is read."
    if status in {401, 403}:
        return "Let everyone read public/: `cop-publish storage policy public` prints the rule."
    if status >= _FAILS:
        return "Tell the host."
    return "Check how the host answers at this address."


def verdict_lines(verdict: Verdict, again: Audit | None) -> list[str]:
    """Say it for people: every fault, or what was seen to be as it should be; `again`: what --deep read."""
    faults = [*verdict.faults, *(again.faults if again else ())]
    if faults:
        return [*map(str, faults), *(_stored(again) if again and not again.faults else ())]
    sounds = f"{verdict.enclosures} enclosure" + ("" if verdict.enclosures == 1 else "s")
    others = f"{verdict.addresses} other address" + ("" if verdict.addresses == 1 else "es")
    said = [f"What is live is as it should be: the feed, {sounds} and {others} were asked for as apps do."]
    return [*said, *(_stored(again) if again else ())]


def _stored(again: Audit) -> Iterator[str]:
    yield f"All {again.files} files in the store, read again, are as published, and no others are there."


def verdict_json(verdict: Verdict, again: Audit | None) -> dict[str, Any]:
    """Say it for scripts."""
    found = [*verdict.faults, *(again.faults if again else ())]
    faults = [{"where": f.where.path, "what": f.what, "fix": f.fix} for f in found]
    counts = {"enclosures": verdict.enclosures, "addresses": verdict.addresses}
    deep = {"files": again.files, "size_bytes": again.size_bytes} if again else None
    return {"ok": not faults, "asked_for": counts, "read_again": deep, "faults": faults}
