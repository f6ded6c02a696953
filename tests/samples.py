"""Small cleared things for tests: plainly fictional, every field set, `replace()` what a test is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cop_publish.core.consents import Level, PersonId
from cop_publish.core.model import (
    Chapter,
    ClearedEpisode,
    ClearedMeeting,
    ClearedPage,
    ClearedPost,
    Credit,
    Cue,
    EpisodeKind,
    EpisodeRelease,
    Loudness,
    Master,
    MeetingStatus,
    Part,
    Releases,
)
from cop_publish.settings import Show, SiteSettings, UpdateFrequency

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

SHOW = Show(
    title="The Made-up Commons",
    description="A fictional show about talking with the public about data.",
    language="en-gb",
    author="A fictional community of practice",
    owner_email="podcast@commons.example",
    categories=(("Government",), ("Society & Culture", "Documentary")),
    guid="5d1dd2a7-5c2b-5f0b-8a0e-0f6a3c1d2e4b",
    cover="cover.png",
    cover_alt="Paper cards in two colours",
    copyright="2026 A fictional community of practice",
    license="cc-by-4.0",
    license_url="https://creativecommons.org/licenses/by/4.0/",
    ai_content="Every voice in this sample show is synthetic.",
    update_frequency=UpdateFrequency("Monthly", "FREQ=MONTHLY"),
    hosts=(PersonId("p-host"),),
)
SITE = SiteSettings(url="https://commons.example/", mailing_list="https://commons.example/join")

EPISODE = ClearedEpisode(
    id="012-citizens-jury",
    guid="0199e0b2-7c1e-7d55-9a53-1f2e3d4c5b6a",
    title="What the citizens’ jury changed",
    summary="Two voices on what happened after a fictional jury met.",
    published_at=datetime(2026, 11, 20, 7, 0, tzinfo=UTC),
    number=12,
    season=2,
    kind=EpisodeKind.FULL,
    explicit=False,
    language="en-gb",
    credits=(
        Credit("Alys Example", Level.NAMED, Part.HOST),
        Credit("a policy adviser in central government", Level.ROLE, Part.GUEST),
    ),
    topics=("juries",),
    meeting="2026-10-14",
    chapters=(Chapter(0.0, "Welcome", ""), Chapter(20.0, "The jury", "https://commons.example/jury")),
    cues=(
        Cue(0.0, 4.0, "Alys Example", "Welcome to the show."),
        Cue(4.5, 9.0, "a policy adviser in central government", "Thank you & <hello>."),
    ),
    notes="Notes with *emphasis* and a [link](https://commons.example/map).\n",
    cover=None,
    images=(),
    recording="episodes/012-citizens-jury/recording.flac",
    voices="0" * 64,
)
MASTER = Master(
    recipe="1" * 64,
    sha256="ab" * 32,
    size_bytes=960_000,
    duration_seconds=80.25,
    loudness=Loudness(-16.0, -1.4, 3.2),
    file=None,
)
RELEASE = EpisodeRelease(EPISODE, MASTER)
POST = ClearedPost(
    id="2026-11-20-jury-lessons",
    guid="",
    title="Lessons from a jury",
    summary="What we learned.",
    published_at=datetime(2026, 11, 20, tzinfo=UTC),
    category="blog",
    slug="jury-lessons",
    credits=(Credit("a contributor", Level.ANONYMOUS, Part.AUTHOR),),
    topics=("juries",),
    meeting=None,
    redirect_from=(),
    language="en-gb",
    body="First.\n\n## A heading\n\nThen.\n",
    excerpt="First.\n",
    image=None,
    images=(),
)
MEETING = ClearedMeeting(
    id="2026-12-09",
    title="Winter meeting",
    summary="Where next?",
    starts_at=datetime(2026, 12, 9, 14, 0, tzinfo=UTC),
    ends_at=datetime(2026, 12, 9, 15, 30, tzinfo=UTC),
    place="Online",
    link="https://commons.example/join",
    status=MeetingStatus.CONFIRMED,
    credits=(),
    topics=(),
    body="An agenda.\n",
    images=(),
)
ABOUT = ClearedPage("about", "About", "Who we are.", "We are made up.\n", ())
RELEASES = Releases(
    episodes=(RELEASE,), posts=(POST,), meetings=(MEETING,), pages=(ABOUT,), held_back=(), now=NOW
)
LATER = NOW + timedelta(days=1)
