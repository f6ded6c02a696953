"""Every release -> Site -> Approved: where the renderers meet, and the gate reads what they made."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.audio.receipt import NAME as RECEIPT
from cop_publish.bookkeeping import keep_marks
from cop_publish.core import routes
from cop_publish.core.consents import Level
from cop_publish.core.feed_rules import advise_feed, advise_size, check_before_sound
from cop_publish.core.model import EpisodeRelease, Releases
from cop_publish.core.output import (
    DAY_LIVED,
    SHORT_LIVED,
    Approved,
    Content,
    FileClass,
    Headers,
    InStore,
    OnDisk,
    PublicFile,
    Site,
)
from cop_publish.core.problems import Place, Problem, Problems
from cop_publish.core.relied import relied_on
from cop_publish.core.words import words_of
from cop_publish.episode import master_episodes
from cop_publish.errors import InvalidSource, LeakFound, NeedsHumanLook
from cop_publish.gate.allows import faults as allow_faults
from cop_publish.gate.approve import approve
from cop_publish.gate.guard import STANDING, Guard
from cop_publish.gate.memory import Memory
from cop_publish.gate.passages import Passages, passages_of
from cop_publish.jigsaws import GATE_MEMORY, advise_later, jigsaws_of
from cop_publish.ready import Ready, Waiting, find_ready, raise_problems
from cop_publish.registry.allows import allow_key, holding_allows, make_allow_key, read_allows
from cop_publish.registry.ledger import read_ledger
from cop_publish.render.blog_feeds import NEWEST_POSTS, blog_atom, blog_rss
from cop_publish.render.bodies import Bodies, source_file
from cop_publish.render.chapters import json_chapters
from cop_publish.render.feed import FeedParts, podcast_feed
from cop_publish.render.images import Made, make_pictures
from cop_publish.render.links import check_links
from cop_publish.render.notice import notice_file
from cop_publish.render.pages import changes_at, render_pages
from cop_publish.render.transcripts import transcript_files
from cop_publish.signing import unsigned_now
from cop_publish.unchanged import state_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from cop_publish.core.consents import Consents, PersonId
    from cop_publish.core.model import Cleared
    from cop_publish.core.output import Manifest
    from cop_publish.core.relied import Relied
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings
    from cop_publish.withdrawal.stays import Stays


@dataclass(frozen=True, slots=True)
class Built:
    """A site that the gate has passed, and what it was made from."""

    ready: Ready
    releases: Releases
    approved: Approved
    advice: tuple[str, ...]


def build_site(errand: Errand, settings: Settings, live: Manifest | None) -> Built:
    """Make and scan everything that is public at `errand.now`; `live` is None for a build to look at.

    Raises what `find_ready`, the masters, the renderers and the gate raise, each listing every problem.
    """
    public = frozenset(e.key for e in live.entries) if live else frozenset[str]()
    ready = find_ready(settings, errand.scope, public, errand.protect, now=errand.now)
    if not errand.is_dry:
        keep_marks(ready)
    _lint(ready, settings)
    ready, mastered = _with_sound(ready, errand, settings, live)
    releases = _releases(ready, mastered)
    errand.progress("making the pages and feeds", 0.0)
    site = errand.stays.beside(render_site(releases, settings, errand.stays.keys))
    site = replace(site, relied=(*site.relied, *_relied(ready)))
    errand.progress("making the pages and feeds", 1.0)
    errand.progress("checking every byte that would be public", 0.0)
    approved = _gated(site, ready, mastered, errand.stays)
    errand.progress("checking every byte that would be public", 1.0)
    advice = (*ready.advice, *advise_later(ready), *_advice(releases, settings, approved))
    return Built(ready, releases, approved, advice)


def _relied(ready: Ready) -> tuple[Relied, ...]:
    """What the items that are public now rely on, to be kept with the release."""
    public = {item.id for item in items_of(ready)}
    drafts = [draft for draft in ready.waits.drafts if draft.id in public] if ready.waits else []
    return relied_on(drafts, ready.consents, today=ready.now.date())


def check_site(errand: Errand, settings: Settings) -> Ready:
    """Make every check that needs no sound; raises as `build_site` does."""
    ready = find_ready(settings, errand.scope, frozenset(), errand.protect, now=errand.now)
    _lint(ready, settings)
    to_come = {routes.FEED, *(routes.page(episode, settings.site) for episode in ready.episodes)}
    site = render_site(_releases(ready, ()), settings, to_come)
    _gated(site, ready, (), errand.stays)
    return replace(ready, advice=(*ready.advice, *advise_later(ready)))


def site_to_show(
    errand: Errand, settings: Settings, ready: Ready, item: str
) -> tuple[Site, EpisodeRelease | None]:
    """Make everything as it would be public with one more item, to be searched and shown to a contributor.

    Nothing here is approved.  Episodes that never had a master are left out, but for the item itself.
    """
    _lint(ready, settings)
    wanted = tuple(e for e in ready.episodes if e.id == item or _had_master(e.id, settings))
    mastered, failed = master_episodes(wanted, errand, settings, None)
    raise_problems(tuple(failed.get(item, ())), "The sound of the episode could not be made.")
    made = {release.episode.id for release in mastered}
    pages = (routes.page(e, settings.site) for e in ready.episodes if e.id not in made)
    site = render_site(_releases(ready, mastered), settings, {routes.FEED, *pages})
    return site, next((release for release in mastered if release.episode.id == item), None)


def _had_master(episode: str, settings: Settings) -> bool:
    return (settings.root / "episodes" / episode / RECEIPT).is_file()


def _gated(site: Site, ready: Ready, mastered: tuple[EpisodeRelease, ...], stays: Stays) -> Approved:
    """Let the gate read each item's own words as that item's alone, and then every byte of the site.

    A page shows other items too (the next episode, the next meeting), and whoever is named there may stand on
    it; in the words of this item they may not.
    """
    registry = ready.settings.registry
    if registry is not None and not stays.is_withdrawal:
        read_allows(registry, today=ready.now.date())  # for what has expired
    state_folder(ready.settings.root)
    memory = Memory.load(ready.settings.root / GATE_MEMORY)
    recordings = {release.episode.id: release.master.recording for release in mastered}
    unsigned = unsigned_now(ready.to_sign, ready.settings, recordings)
    guard = stays.allowing(replace(guard_of(ready), unsigned=unsigned, jigsaws=jigsaws_of(ready)))
    try:
        return _approved(site, ready, guard, memory, stays)
    except NeedsHumanLook:
        if guard.allow_key or registry is None or not (key := make_allow_key(registry)):
            raise
        guard = replace(guard, allow_key=key)  # so that it can be allowed
        return _approved(site, ready, guard, memory, stays)
    finally:
        memory.save()  # after a refusal too: what passed need not be read again


def leaking_items(ready: Ready) -> frozenset[str]:
    """Give the items in whose own words the gate finds something withheld; nothing is made or remembered."""
    try:
        approve(Site(own_words(ready), (), None), guard_of(ready), Memory())
    except LeakFound as leak:
        places = {problem.where.path.removesuffix(_WORDS) for problem in leak.problems}
        return frozenset(item.id for item in items_of(ready) if source_file(item) in places)
    except NeedsHumanLook:
        return frozenset()
    return frozenset()


def items_of(ready: Ready) -> list[Cleared]:
    """Everything that may be public now."""
    return [*ready.episodes, *ready.posts, *ready.meetings, *ready.pages]


def _approved(site: Site, ready: Ready, guard: Guard, memory: Memory, stays: Stays) -> Approved:
    words = own_words(ready)
    try:
        approve(Site(words, (), None), guard, memory)
        approved = approve(site, guard, memory)
    except (LeakFound, NeedsHumanLook) as found:
        places = {p: replace(p, where=Place(p.where.path.removesuffix(_WORDS))) for p in found.problems}
        raise type(found)(found.summary, places.values()) from found
    items = frozenset(item for file in words for item in file.items)
    unneeded = {m for a in guard.allows for m in a.fingerprints} if stays.is_withdrawal else set[str]()
    faults = tuple(allow_faults(guard.allows, memory.allows_used | unneeded, items))
    raise_problems(faults, "Nothing was published: the registry has problems.")
    return approved


def own_words(ready: Ready) -> tuple[PublicFile, ...]:
    """Give every item's cleared words as a file that is scanned and never published."""
    headers = Headers("text/plain; charset=utf-8", SHORT_LIVED)
    return tuple(
        PublicFile(
            source_file(item) + _WORDS, words_of(item).encode(), headers, FileClass.PAGE, frozenset({item.id})
        )
        for item in items_of(ready)
    )


_WORDS = ".words.txt"


def _with_sound(
    ready: Ready, errand: Errand, settings: Settings, live: Manifest | None
) -> tuple[Ready, tuple[EpisodeRelease, ...]]:
    """Every episode with its master.  A new one whose sound cannot be made waits, as others do.

    Raises AudioFailed when it is one that the command named, or that is public already.
    """
    public = {entry.key for entry in live.entries} if live else set[str]()
    stored = frozenset(entry.sha256 for entry in live.entries) if live else None
    mastered, failed = master_episodes(ready.episodes, errand, settings, stored)
    must = [
        problem
        for episode in ready.episodes
        if routes.page(episode, settings.site) in public
        or (errand.scope.ids and errand.scope.has(episode.id))
        for problem in failed.get(episode.id, ())
    ]
    raise_problems(tuple(must), "Nothing was published: the sound of an episode could not be made.")
    waiting = tuple(Waiting(episode, problems) for episode, problems in failed.items())
    episodes = tuple(release.episode for release in mastered)
    return replace(ready, episodes=episodes, waiting=(*ready.waiting, *waiting)), mastered


def _lint(ready: Ready, settings: Settings) -> None:
    """Refuse what the feed cannot say before minutes are spent on sound."""
    problems = check_before_sound(settings.show, settings.site, ready.episodes, now=ready.now)
    raise_problems(problems, "Nothing was published: apps could not read this feed.")


def render_site(releases: Releases, settings: Settings, to_come: Collection[str] = ()) -> Site:
    """Render every public file; nothing here sees a Draft.  `to_come`: keys that are made another time."""
    made = make_pictures(
        settings.root, releases, settings.show, cache=state_folder(settings.root) / "pictures"
    )
    files = [
        *render_pages(releases, settings, made),
        *(f for release in releases.episodes for f in _episode_files(release, settings)),
        *_feeds(releases, settings, made),
    ]
    files = _only_shown(files)
    _refuse_twins(files)
    raise_problems(check_links(files, settings.site, to_come), "Nothing was published: a link leads nowhere.")
    moments = [held.due_at for held in releases.held_back] + [m for m in (changes_at(releases),) if m]
    moments += [notice.until for notice in releases.notices]
    return Site(tuple(sorted(files, key=lambda f: f.key)), releases.held_back, min(moments, default=None))


def guard_of(ready: Ready) -> Guard:
    """Say for the gate who may be named where, and in which words."""
    consents, today = ready.consents, ready.now.date()
    items = items_of(ready)
    records = {
        i.id: {p: consents.of(p, i.id, today=today) for p in asked} for i, asked in _asked(items, consents)
    }
    named = {
        item: frozenset(p for p, record in by_person.items() if record.level is Level.NAMED)
        for item, by_person in records.items()
    }
    standing = {p: consents.of(p, STANDING, today=today) for p in consents.people}
    everywhere = frozenset(
        p
        for p, c in standing.items()
        if c.level is Level.NAMED and all(p in names for names in named.values())
    )
    wordings = {i: tuple(sorted({c.display for c in r.values() if c.display})) for i, r in records.items()}
    wordings[STANDING] = tuple(sorted(c.display for p, c in standing.items() if p in everywhere))
    settings = ready.settings
    addresses = frozenset({settings.show.owner_email, settings.site.mailing_list.removeprefix("mailto:")})
    guard = Guard(
        tuple(consents.people.values()),
        named,
        everywhere,
        wordings,
        public_addresses=addresses,
        present=ready.present,
        records=records,
    )
    if settings.registry is None:
        return guard
    allows, passages = holding_allows(settings.registry, today=today), _guarded(settings.registry)
    return replace(guard, allows=allows, allow_key=allow_key(settings.registry), passages=passages)


def _guarded(registry: Path) -> Passages | None:
    """Give the ledger as the gate takes it, with what was marked just now; None where nothing is guarded."""
    ledger = read_ledger(registry)
    return passages_of(ledger.key, ledger.prints)


def _asked(items: list[Cleared], consents: Consents) -> Iterator[tuple[Cleared, set[PersonId]]]:
    """With each item, whoever has a record that can hold for it: of hundreds of members, a few."""
    recorded: dict[str | None, set[PersonId]] = {}
    for person, item in consents.consents:
        if person in consents.people:
            recorded.setdefault(item, set()).add(person)
    standing = recorded.get(None, set())
    return ((item, standing | recorded.get(item.id, set())) for item in items)


def _releases(ready: Ready, episodes: tuple[EpisodeRelease, ...]) -> Releases:
    held_back, notices = ready.held_back, ready.notices
    return Releases(episodes, ready.posts, ready.meetings, ready.pages, held_back, ready.now, notices)


def _episode_files(release: EpisodeRelease, settings: Settings) -> Iterator[PublicFile]:
    episode, master = release.episode, release.master
    items = frozenset({episode.id})
    sound: Content = InStore(master.sha256, master.size_bytes)
    if master.file is not None:
        sound = OnDisk(master.file, master.sha256, master.size_bytes)
    yield PublicFile(
        routes.episode_sound(release), sound, Headers("audio/mpeg", DAY_LIVED), FileClass.MEDIA, items
    )
    yield from transcript_files(episode, settings.site)
    if episode.chapters:
        yield PublicFile(
            routes.episode_chapters(episode),
            json_chapters(episode, settings.show),
            Headers("application/json+chapters; charset=utf-8", SHORT_LIVED),
            FileClass.PAGE,
            items,
        )


def _feeds(releases: Releases, settings: Settings, made: Made) -> Iterator[PublicFile]:
    bodies = Bodies(releases, settings.site, made)
    whole: dict[str, str] = {}
    problems: list[Problem] = []
    items: list[Cleared] = [*(r.episode for r in releases.episodes), *releases.posts[:NEWEST_POSTS]]
    for item in items:
        whole[item.id], found = bodies.in_feed(item)
        problems += found
    raise_problems(tuple(problems), "The feeds were not written.")
    show, site = settings.show, settings.site
    if releases.notices:
        yield notice_file()
    if releases.episodes or releases.notices:
        covers = {file: picture.largest.key for file, picture in made.covers.items()}
        feed = podcast_feed(releases, show, site, FeedParts(whole, covers))
        yield _feed(routes.FEED, feed, _RSS, frozenset(r.episode.id for r in releases.episodes))
    posts = frozenset(p.id for p in releases.posts)
    yield _feed(routes.BLOG_RSS, blog_rss(releases, show, site, whole), _RSS, posts)
    yield _feed(routes.BLOG_ATOM, blog_atom(releases, show, site, whole), "application/atom+xml", posts)


_RSS = "application/rss+xml"


def _feed(key: str, content: bytes, content_type: str, items: frozenset[str]) -> PublicFile:
    headers = Headers(f"{content_type}; charset=utf-8", SHORT_LIVED)
    return PublicFile(key, content, headers, FileClass.FEED, items)


def _only_shown(files: list[PublicFile]) -> list[PublicFile]:
    """Leave out pictures that nothing shows: one for a marked passage goes with the passage."""
    shown = {key for f in files if isinstance(f.content, bytes) for key in _PICTURE.findall(f.content)}
    return [f for f in files if not f.key.startswith("images/") or f.key.encode() in shown]


_PICTURE = re.compile(rb"images/[A-Za-z0-9._-]+")


def _refuse_twins(files: list[PublicFile]) -> None:
    """Refuse two files for one key: what a reader would get would be chance."""
    seen: dict[str, PublicFile] = {}
    problems = []
    for file in files:
        before = seen.setdefault(file.key, file)
        if before is not file and before.sha256 != file.sha256:
            what = "two items would be published under this address"
            problems.append(Problem(Place(file.key), what, "Change the slug or the name of one of them."))
    if problems:
        raise InvalidSource("Nothing was published.", problems)


def _advice(releases: Releases, settings: Settings, approved: Approved) -> tuple[str, ...]:
    feed = next((f for f in approved.files if f.key == routes.FEED), None)
    if feed is None:
        return ("There is no episode yet, so there is no podcast feed: cop-publish new episode WORDS",)
    found: Problems = advise_feed(settings.show, settings.site, releases) + advise_size(feed.size_bytes)
    return tuple(str(problem) for problem in found)
