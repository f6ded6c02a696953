"""Every release -> Site -> Approved: where the renderers meet, and the gate reads what they made."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from cop_publish.audio.receipt import NAME as RECEIPT
from cop_publish.bookkeeping import keep_marks
from cop_publish.core import routes
from cop_publish.core.checks import advise_edits
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
from cop_publish.episode import foretell_episodes, master_episodes
from cop_publish.errors import (
    CopPublishError,
    InvalidSource,
    LeakFound,
    NeedsHumanLook,
    NotCleared,
    Unscannable,
)
from cop_publish.gating import gated, items_of
from cop_publish.in_words import find_fault
from cop_publish.jigsaws import advise_later
from cop_publish.ready import Ready, find_ready, raise_problems
from cop_publish.render.blog_feeds import NEWEST_POSTS, blog_atom, blog_rss
from cop_publish.render.bodies import Bodies
from cop_publish.render.chapters import json_chapters
from cop_publish.render.feed import FeedParts, podcast_feed
from cop_publish.render.images import Made, make_pictures
from cop_publish.render.links import check_links
from cop_publish.render.listed import listed
from cop_publish.render.notice import notice_file
from cop_publish.render.pages import render_pages
from cop_publish.render.transcripts import transcript_files
from cop_publish.scope import EVERYTHING, Scope
from cop_publish.setting_aside import Firm, Rendered, put_aside, rendered, sift, told
from cop_publish.unchanged import state_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cop_publish.core.kept import Kept
    from cop_publish.core.model import Cleared
    from cop_publish.core.output import Manifest
    from cop_publish.core.relied import Relied
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings


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
    firm = Firm(errand.scope, public, settings.site)
    ready = _linted(ready, settings, firm)
    ready, mastered = _with_sound(ready, errand, settings, live)
    errand.progress("making the pages and feeds", 0.0)
    kept, elsewhere = errand.stays.kept, errand.stays.keys | errand.stays.feeds.keys()
    made = rendered(ready, mastered, partial(_drawn, settings, kept), firm, elsewhere)
    ready, mastered, releases = made.ready, made.mastered, _releases(made.ready, made.mastered, kept)
    site = errand.stays.beside(made.site)
    site = replace(site, relied=(*site.relied, *_relied(ready)))
    errand.progress("making the pages and feeds", 1.0)
    errand.progress("checking every byte that would be public", 0.0)
    approved = gated(site, ready, mastered, errand.stays)
    errand.progress("checking every byte that would be public", 1.0)
    known = frozenset(advise_edits(r.episode for r in mastered if not r.master.made_now))
    told = [line for line in ready.advice if line not in known]  # of a sound that was made before
    advice = (*told, *advise_later(ready), *_advice(releases, settings, approved))
    return Built(ready, releases, approved, advice)


def _relied(ready: Ready) -> tuple[Relied, ...]:
    """What the items that are public now rely on, to be kept with the release."""
    public = {item.id for item in items_of(ready)}
    drafts = [draft for draft in ready.waits.drafts if draft.id in public] if ready.waits else []
    return relied_on(drafts, ready.consents, ready.to_sign, today=ready.now.date())


def check_site(errand: Errand, settings: Settings) -> Ready:
    """Make every check that needs no finished sound, of episodes too; what is wrong is told all at once.

    What was live when this workspace last looked counts as live.  Raises as `build_site` does.
    """
    live, site = errand.scope.live, settings.site
    ready = find_ready(settings, errand.scope, frozenset(), errand.protect, now=errand.now)
    gathering = Firm(EVERYTHING, frozenset(), site)  # nothing is refused before all has been seen
    ready = _linted(ready, settings, gathering)
    foretold, failed = foretell_episodes(ready.episodes, errand, settings)
    episodes = tuple(release.episode for release in foretold)
    ready = replace(put_aside(ready, failed), episodes=episodes)
    stays = (key for key in live if any(w.address and w.address.is_own(key) for w in ready.waiting))
    made = rendered(ready, foretold, partial(_drawn, settings, ()), gathering, {routes.FEED, *stays})
    faults = [fault for fault in (_gate_fault(made, errand), find_fault(ready)) if fault is not None]
    if faults:
        worst = min(faults, key=lambda fault: fault.exit_code)
        problems = (problem for fault in faults for problem in fault.problems)
        raise type(worst)(worst.summary, (*problems, *told(made.ready)))
    return replace(made.ready, advice=(*made.ready.advice, *advise_later(made.ready)))


def _gate_fault(made: Rendered, errand: Errand) -> CopPublishError | None:
    """What the gate refuses of what would be public now; it goes on to what still waits."""
    try:
        gated(made.site, made.ready, (), errand.stays)
    except (LeakFound, NeedsHumanLook, NotCleared, Unscannable, InvalidSource) as found:
        return found  # InvalidSource: of an allow that nothing needs
    return None


def site_to_show(
    errand: Errand, settings: Settings, ready: Ready, item: str
) -> tuple[Site, EpisodeRelease | None]:
    """Make everything as it would be public with one more item, to be searched and shown to a contributor.

    Nothing here is approved.  Episodes that never had a master are left out, but for the item itself.
    """
    firm = Firm(Scope(frozenset({item})), frozenset(), settings.site)
    ready = _linted(ready, settings, firm)
    wanted = tuple(e for e in ready.episodes if e.id == item or _had_master(e.id, settings))
    mastered, failed = master_episodes(wanted, errand, settings, None)
    raise_problems(tuple(failed.get(item, ())), "The sound of the episode could not be made.")
    made = {release.episode.id for release in mastered}
    pages = (routes.page(e, settings.site) for e in ready.episodes if e.id not in made)
    elsewhere = {routes.FEED, *pages}
    shown = rendered(ready, mastered, partial(_drawn, settings, ()), firm, elsewhere)
    return shown.site, next((release for release in mastered if release.episode.id == item), None)


def _had_master(episode: str, settings: Settings) -> bool:
    return (settings.root / "episodes" / episode / RECEIPT).is_file()


def _with_sound(
    ready: Ready, errand: Errand, settings: Settings, live: Manifest | None
) -> tuple[Ready, tuple[EpisodeRelease, ...]]:
    """Every episode with its master.  A new one whose sound cannot be made waits, as others do.

    Raises AudioFailed when it is one that the command named, or that is public already.
    """
    public = frozenset(entry.key for entry in live.entries) if live else frozenset[str]()
    stored = frozenset(entry.sha256 for entry in live.entries) if live else None
    mastered, failed = master_episodes(ready.episodes, errand, settings, stored)
    left = put_aside(ready, failed)
    whole = {e.id for e in ready.episodes if Firm(errand.scope, public, settings.site).has(e)}
    must = (p for item in left.waiting if item.id in whole.intersection(failed) for p in item.problems)
    summary = "Nothing was published: the sound of an episode could not be made."
    raise_problems(tuple(must), summary, told(left))
    return replace(left, episodes=tuple(release.episode for release in mastered)), mastered


def _linted(ready: Ready, settings: Settings, firm: Firm) -> Ready:
    """Let wait what the feed cannot say, before minutes are spent on its sound."""
    problems = check_before_sound(settings.show, settings.site, ready.episodes, now=ready.now)
    return sift(ready, problems, firm, "Nothing was published: apps could not read this feed.")


def render_site(releases: Releases, settings: Settings, to_come: Collection[str] = ()) -> Site:
    """Render every public file, and refuse links that lead nowhere.  `to_come`: keys made another time."""
    site = draw_site(releases, settings)
    lost = check_links(site.files, settings.site, to_come)
    raise_problems(lost, "Nothing was published: a link leads nowhere.")
    return site


def _drawn(
    settings: Settings, kept: tuple[Kept, ...], ready: Ready, mastered: tuple[EpisodeRelease, ...]
) -> Site:
    return draw_site(_releases(ready, mastered, kept), settings)


def draw_site(releases: Releases, settings: Settings) -> Site:
    """Render every public file; nothing here sees a Draft.  Where their links lead is another question."""
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
    over_at = listed(releases, settings.site).changes_at()
    moments = [held.due_at for held in releases.held_back] + ([over_at] if over_at else [])
    moments += [notice.until for notice in releases.notices]
    return Site(tuple(sorted(files, key=lambda f: f.key)), releases.held_back, min(moments, default=None))


def _releases(ready: Ready, episodes: tuple[EpisodeRelease, ...], kept: tuple[Kept, ...]) -> Releases:
    held_back, notices = ready.held_back, ready.notices
    return Releases(episodes, ready.posts, ready.meetings, ready.pages, held_back, ready.now, notices, kept)


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
        waits = any((settings.root / "episodes").glob("*/episode.md"))
        return (_NONE_READY if waits else _NO_EPISODE,)
    found: Problems = advise_feed(settings.show, settings.site, releases) + advise_size(feed.size_bytes)
    return tuple(str(problem) for problem in found)


_NONE_READY = "No episode is ready yet, so there is no podcast feed: cop-publish status says why."
_NO_EPISODE = "There is no episode yet, so there is no podcast feed: cop-publish new episode WORDS"
