"""What pages list: everything that is made now, and what keeps its live bytes beside it, in one order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from cop_publish.core import routes
from cop_publish.core.kept import KeptEpisode, KeptMeeting, KeptPage, KeptPost
from cop_publish.core.model import MeetingStatus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cop_publish.core.kept import AnyEpisode, AnyMeeting, AnyPost, Kept
    from cop_publish.core.model import Releases
    from cop_publish.settings import SiteSettings

_One = TypeVar("_One", KeptEpisode, KeptPost, KeptMeeting, KeptPage)


@dataclass(frozen=True, slots=True)
class Listed:
    """Everything that is public at one instant, as lists need it; episodes and posts the newest first."""

    episodes: tuple[AnyEpisode, ...]
    posts: tuple[AnyPost, ...]
    meetings: tuple[AnyMeeting, ...]
    own_pages: frozenset[str]  # keys of the site's own text
    now: datetime

    def ahead(self) -> tuple[AnyMeeting, ...]:
        """Meetings that are not over, the nearest first."""
        ahead = (m for m in self.meetings if m.ends_at > self.now)
        return tuple(sorted(ahead, key=lambda m: (m.starts_at, m.id)))

    def past(self) -> tuple[AnyMeeting, ...]:
        """Meetings that are over, the latest first."""
        past = (m for m in self.meetings if m.ends_at <= self.now)
        return tuple(sorted(past, key=lambda m: (m.starts_at, m.id), reverse=True))

    def next_meeting(self) -> AnyMeeting | None:
        """The one to invite people to: the first that is not over, and not cancelled."""
        ahead = [m for m in self.ahead() if m.status is not MeetingStatus.CANCELLED]
        return ahead[0] if ahead else None

    def changes_at(self) -> datetime | None:
        """The next instant at which the pages differ by the clock alone: when a meeting ends."""
        return min((m.ends_at for m in self.ahead()), default=None)


def listed(releases: Releases, site: SiteSettings) -> Listed:
    """Put what is kept in its place among what is made; without any of it, everything is as it was."""
    kept = releases.kept
    episodes: list[AnyEpisode] = [*releases.episodes, *_of(KeptEpisode, kept)]
    posts: list[AnyPost] = [*releases.posts, *_of(KeptPost, kept)]
    if kept:  # as `ready.py` sorts what is made
        episodes.sort(key=_by_day, reverse=True)
        posts.sort(key=lambda post: (post.published_at, post.id), reverse=True)
    meetings: list[AnyMeeting] = [*releases.meetings, *_of(KeptMeeting, kept)]
    own = {routes.page(page, site) for page in releases.pages} | {p.page for p in _of(KeptPage, kept)}
    return Listed(tuple(episodes), tuple(posts), tuple(meetings), frozenset(own), releases.now)


def _of(kind: type[_One], kept: Iterable[Kept]) -> tuple[_One, ...]:
    return tuple(one for one in kept if isinstance(one, kind))


def _by_day(release: AnyEpisode) -> tuple[datetime, int, str]:
    return release.episode.published_at, release.episode.number or 0, release.episode.guid
