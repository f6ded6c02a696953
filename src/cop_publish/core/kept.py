"""What lists, neighbours and meetings say of an item that keeps its live bytes, made of those bytes alone.

It stands in for what `core/clear.py` would have made: only that module makes a Cleared thing, and here
nothing was cleared.  Each has every field of the type that it stands in for, so that no template fails for
want of one; what no list shows is empty.  Its words are public already, and the gate reads them again on
every page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core.edits import UNEDITED

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cop_publish.core.edits import Edit
    from cop_publish.core.loudness import SoundReport
    from cop_publish.core.model import (
        Chapter,
        ClearedMeeting,
        ClearedPage,
        ClearedPost,
        Credit,
        EpisodeKind,
        EpisodeRelease,
        Image,
        Loudness,
        MeetingStatus,
        Moment,
    )
    from cop_publish.core.problems import Place
    from cop_publish.core.timeline import Timeline


@dataclass(frozen=True, slots=True)
class KeptTalk:
    """An episode as feed and page tell of it; `cues` says only whether there are any."""

    id: str
    guid: str
    title: str
    summary: str
    published_at: datetime  # aware
    number: int | None
    season: int | None
    kind: EpisodeKind
    language: str
    meeting: str | None
    cues: bool
    explicit: bool = False
    credits: tuple[Credit, ...] = ()
    topics: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    notes: str = ""
    cover: Image | None = None
    images: tuple[Image, ...] = ()
    recording: str | None = None
    voices: str = ""
    edit: Edit = UNEDITED
    moments: tuple[Moment, ...] = ()
    revoiced: tuple[str, ...] = ()
    dropped_cues: int = 0
    derived_cuts: tuple[Place, ...] = ()
    crowded_cues: tuple[Place, ...] = ()
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class KeptSound:
    """The sound that is live; its duration as the feed says it, in whole seconds."""

    sha256: str
    size_bytes: int
    duration_seconds: float
    recipe: str = ""
    loudness: Loudness | None = None
    file: Path | None = None
    made_now: bool = False
    recording: str = ""
    voices: str = ""
    timeline: Timeline | None = None
    report: SoundReport | None = None


@dataclass(frozen=True, slots=True)
class KeptEpisode:
    """Stands in for an EpisodeRelease."""

    episode: KeptTalk
    master: KeptSound
    page: str  # its public key, as of all that is kept

    @property
    def id(self) -> str:
        return self.episode.id


@dataclass(frozen=True, slots=True)
class KeptPost:
    """Stands in for a ClearedPost; its summary is what lists say of it, a summary of its own or not."""

    id: str
    page: str
    guid: str
    title: str
    summary: str
    published_at: datetime  # aware
    category: str
    topics: tuple[str, ...]
    meeting: str | None
    language: str
    slug: str = ""
    credits: tuple[Credit, ...] = ()
    redirect_from: tuple[str, ...] = ()
    body: str = ""
    excerpt: str = ""
    image: Image | None = None
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptMeeting:
    """Stands in for a ClearedMeeting."""

    id: str
    page: str
    title: str
    summary: str
    starts_at: datetime  # aware
    ends_at: datetime  # aware
    place: str
    link: str
    status: MeetingStatus
    credits: tuple[Credit, ...] = ()
    topics: tuple[str, ...] = ()
    body: str = ""
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptPage:
    """Stands in for a ClearedPage: that it is there is all that other pages must know."""

    id: str
    page: str
    title: str
    summary: str = ""
    body: str = ""
    images: tuple[Image, ...] = ()


Kept = KeptEpisode | KeptPost | KeptMeeting | KeptPage

if TYPE_CHECKING:
    # Of each kind, what is made now and what is kept: to a list they are the same.
    AnyEpisode = EpisodeRelease | KeptEpisode
    AnyPost = ClearedPost | KeptPost
    AnyMeeting = ClearedMeeting | KeptMeeting
    AnyPage = ClearedPage | KeptPage
