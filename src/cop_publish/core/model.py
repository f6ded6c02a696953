"""The nouns of the pipeline, each stage a type of its own because it knows something more.

::

    text ─parse─> Draft ─clear(consents)─> Cleared ─produce──> Release ─render─> Site  (output.py)

A Draft's words are `Text`: raw, with their place, and they may hold secrets.  A Cleared thing's words
are plain `str` that anyone may read.  Only `core/clear.py` constructs the Cleared types, and an
architecture test says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cop_publish.core.edits import UNEDITED

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cop_publish.core.consents import Level, PersonId
    from cop_publish.core.edits import Edit
    from cop_publish.core.kept import Kept
    from cop_publish.core.loudness import SoundReport
    from cop_publish.core.problems import Place
    from cop_publish.core.timeline import Timeline


class Audience(StrEnum):
    """Whom an item or a passage is for."""

    PUBLIC = "public"
    NETWORK = "network"


class EpisodeKind(StrEnum):
    """Apple's itunes:episodeType."""

    FULL = "full"
    TRAILER = "trailer"
    BONUS = "bonus"


class Part(StrEnum):
    """What a person does in an item; `host` and `guest` and `author` are roles of podcast:person."""

    HOST = "host"
    GUEST = "guest"
    AUTHOR = "author"


class MeetingStatus(StrEnum):
    """RFC 5545 STATUS of an event."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


# --- Draft: as it was written; may hold names and confidential passages -------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they stand in a file, marks and person IDs included, and where they start."""

    raw: str
    where: Place


@dataclass(frozen=True, slots=True)
class ImageDraft:
    """An image that an item lists: alt text, and who can be recognised in it."""

    file: str  # relative to the workspace, POSIX separators
    alt: Text
    people: tuple[PersonId, ...]
    where: Place


@dataclass(frozen=True, slots=True)
class ChapterDraft:
    """A chapter in source time."""

    start_seconds: float
    title: Text
    url: str  # empty: none
    where: Place


@dataclass(frozen=True, slots=True)
class CueDraft:
    """A WebVTT cue in source time; `speaker` comes from its voice tag."""

    start_seconds: float
    end_seconds: float
    speaker: PersonId | None
    text: Text


@dataclass(frozen=True, slots=True)
class EpisodeDraft:
    """An episode's folder as read: ``episodes/012-citizens-jury/``."""

    id: str  # the folder's name; also the item's name in the registry
    where: Place
    guid: str
    title: Text
    summary: Text  # one plain paragraph, no Markdown
    published_at: datetime  # aware
    number: int | None
    season: int | None
    kind: EpisodeKind
    explicit: bool
    language: str  # BCP 47
    people: tuple[PersonId, ...]
    audience: Audience
    topics: tuple[str, ...]
    meeting: str | None  # the meeting's id
    chapters: tuple[ChapterDraft, ...]
    cues: tuple[CueDraft, ...]
    notes: Text  # Markdown
    cover: ImageDraft | None
    images: tuple[ImageDraft, ...]
    recording: str | None  # relative to the workspace; None: only its receipt is here
    edit: Edit = UNEDITED
    transcript: str = "transcript.vtt"  # the file in its folder that the cues come from
    revoiced: tuple[PersonId, ...] = ()  # whose words the recording holds in another voice
    embargo: datetime | None = None  # aware; not before it, whatever the date


@dataclass(frozen=True, slots=True)
class PostDraft:
    """A post as read: ``posts/2026-11-20-jury-lessons.md``, Jekyll's names and keys unchanged."""

    id: str  # the file's stem; also the item's name in the registry
    where: Place
    guid: str  # empty: its public address
    title: Text
    summary: Text  # empty raw: taken from the excerpt
    published_at: datetime  # aware
    category: str  # first segment of the address
    slug: str
    authors: tuple[PersonId, ...]
    people: tuple[PersonId, ...]  # others who are spoken of or quoted
    audience: Audience
    topics: tuple[str, ...]
    meeting: str | None
    redirect_from: tuple[str, ...]
    language: str
    body: Text  # Markdown, with `<!--more-->` still in it
    image: ImageDraft | None
    images: tuple[ImageDraft, ...]
    embargo: datetime | None = None  # aware; not before it, whatever the date


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """A meeting as read: ``meetings/2026-12-09.md``; past and future ones are both shown."""

    id: str  # the file's stem
    where: Place
    title: Text
    summary: Text
    starts_at: datetime  # aware
    ends_at: datetime  # aware
    place: Text
    link: str  # where to join or sign up; empty: the mailing list
    status: MeetingStatus
    people: tuple[PersonId, ...]
    audience: Audience
    topics: tuple[str, ...]
    body: Text
    images: tuple[ImageDraft, ...]


@dataclass(frozen=True, slots=True)
class PageDraft:
    """A page of the site's own text: ``about.md``."""

    id: str  # the file's stem
    where: Place
    title: Text
    summary: Text
    people: tuple[PersonId, ...]
    body: Text
    images: tuple[ImageDraft, ...]


Draft = EpisodeDraft | PostDraft | MeetingDraft | PageDraft


# --- Cleared: consents and marks applied; every word here may be public ---------------------------


@dataclass(frozen=True, slots=True)
class Credit:
    """A person as agreed: the exact words, and no ID (a stable ID across items would link people)."""

    label: str
    level: Level
    part: Part


@dataclass(frozen=True, slots=True)
class Image:
    """An image that may be shown; its pixels are rebuilt before they are."""

    file: str  # relative to the workspace
    alt: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter; in published time once its episode is (`in_published_time`)."""

    start_seconds: float
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Cue:
    """A transcript cue; in published time once its episode is.  `speaker` is the agreed label, or empty."""

    start_seconds: float
    end_seconds: float
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that the show notes mention, in the recording's time, and where."""

    seconds: float
    where: Place


@dataclass(frozen=True, slots=True)
class ClearedEpisode:
    """An episode of which every word may be public.

    Its times are the recording's, for only the finished sound knows the others: `in_published_time`.
    """

    id: str
    guid: str
    title: str
    summary: str
    published_at: datetime
    number: int | None
    season: int | None
    kind: EpisodeKind
    explicit: bool
    language: str
    credits: tuple[Credit, ...]
    topics: tuple[str, ...]
    meeting: str | None
    chapters: tuple[Chapter, ...]
    cues: tuple[Cue, ...]
    notes: str  # Markdown; with times of the recording as `{t:40:10}` until it is in published time
    cover: Image | None
    images: tuple[Image, ...]
    recording: str | None
    voices: str  # digest of whom the sound and its tags are about, and how they are called; in the recipe
    edit: Edit = UNEDITED
    moments: tuple[Moment, ...] = ()  # every time in `notes`
    revoiced: tuple[str, ...] = ()  # labels of those whose words somebody else reads
    dropped_cues: int = 0  # of the transcript, because they are not heard
    derived_cuts: tuple[Place, ...] = ()  # cues that go, with their sound, by a mark or for want of a yes
    crowded_cues: tuple[Place, ...] = ()  # of which hardly anything is left beside such cuts
    transcript: str = "transcript.vtt"  # the file in its folder that the cues come from


@dataclass(frozen=True, slots=True)
class ClearedPost:
    """A post of which every word may be public."""

    id: str
    guid: str
    title: str
    summary: str
    published_at: datetime
    category: str
    slug: str
    credits: tuple[Credit, ...]
    topics: tuple[str, ...]
    meeting: str | None
    redirect_from: tuple[str, ...]
    language: str
    body: str  # Markdown without `<!--more-->`
    excerpt: str  # Markdown before `<!--more-->`, or empty
    image: Image | None
    images: tuple[Image, ...]
    file: str = ""  # that it was read from; empty: named after its id


@dataclass(frozen=True, slots=True)
class ClearedMeeting:
    """A meeting of which every word may be public."""

    id: str
    title: str
    summary: str
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    status: MeetingStatus
    credits: tuple[Credit, ...]
    topics: tuple[str, ...]
    body: str
    images: tuple[Image, ...]
    file: str = ""  # as of a post


@dataclass(frozen=True, slots=True)
class ClearedPage:
    """A page of the site's own text of which every word may be public."""

    id: str
    title: str
    summary: str
    body: str
    images: tuple[Image, ...]


Cleared = ClearedEpisode | ClearedPost | ClearedMeeting | ClearedPage


# --- Release: cleared things with the sound that goes with them -----------------------------------


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a meter says of a whole file: EBU R 128, a mono file read as heard (dual mono)."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float


@dataclass(frozen=True, slots=True)
class Master:
    """The finished MP3 of an episode: facts about the very file that listeners get."""

    recipe: str  # sha256 over recording, edits, sound settings and voices
    sha256: str
    size_bytes: int
    duration_seconds: float
    loudness: Loudness  # measured on the decoded MP3
    file: Path | None  # None: only the receipt is here, the bytes are in the store
    made_now: bool = False  # encoded in this run
    recording: str = ""  # sha256 of the recording it was made from
    voices: str = ""  # `voices_digest` of the episode that it was made for
    timeline: Timeline | None = None  # of the recording in it; None: the recording is whole
    report: SoundReport | None = None  # None: it was made elsewhere or long ago


@dataclass(frozen=True, slots=True)
class EpisodeRelease:
    """An episode ready to be rendered."""

    episode: ClearedEpisode
    master: Master


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An item that is ready but dated in the future."""

    id: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """What the feed says in place of an episode that was withdrawn, for a while; nothing of the episode."""

    guid: str
    published_at: datetime  # aware; as the episode had it, so that no app takes it for a new one
    until: datetime


@dataclass(frozen=True, slots=True)
class Releases:
    """Everything that is public at one instant, newest first, and what is held back until later."""

    episodes: tuple[EpisodeRelease, ...]
    posts: tuple[ClearedPost, ...]
    meetings: tuple[ClearedMeeting, ...]  # past and future
    pages: tuple[ClearedPage, ...]
    held_back: tuple[HeldBack, ...]
    now: datetime  # aware; decides which meeting is next, and nothing else
    notices: tuple[Notice, ...] = ()  # in place of episodes that were withdrawn
    kept: tuple[Kept, ...] = ()  # beside it, what keeps its live bytes: for lists and neighbours alone
