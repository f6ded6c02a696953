"""A small site for tests: several items of each kind, and settings without a workspace of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from samples import ABOUT, EPISODE, MASTER, MEETING, NOW, POST, RELEASE, SHOW, SITE

from cop_publish.core.consents import Level
from cop_publish.core.model import (
    Chapter,
    Credit,
    Cue,
    Image,
    MeetingStatus,
    Part,
    Releases,
)
from cop_publish.render.images import Made, Picture, Variant
from cop_publish.settings import Settings, Sound, StorageSettings

SETTINGS = Settings(
    root=Path("/nonexistent"),
    show=SHOW,
    site=SITE,
    sound=Sound(),
    storage=StorageSettings(),
    registry=None,
)
OLDER = replace(
    RELEASE,
    episode=replace(
        EPISODE,
        id="011-a-beginning",
        guid="0199e0b2-7c1e-7d55-9a53-1f2e3d4c5b6b",
        title="A beginning",
        number=11,
        published_at=NOW - timedelta(days=40),
        cues=(),
        chapters=(),
        topics=(),
        meeting=None,
        notes="",
    ),
    master=replace(MASTER, sha256="cd" * 32),
)
PAST = replace(
    MEETING,
    id="2026-10-14",
    title="Autumn meeting",
    starts_at=NOW - timedelta(days=40),
    ends_at=NOW - timedelta(days=40) + timedelta(hours=1),
)
CANCELLED = replace(
    MEETING,
    id="2026-12-01",
    title="Extra meeting",
    status=MeetingStatus.CANCELLED,
    starts_at=NOW + timedelta(days=8),
    ends_at=NOW + timedelta(days=8, hours=1),
)
LISTED = Image("images/map.png", "A map")
OTHER_POST = replace(
    POST,
    id="2026-10-01-maps",
    slug="maps",
    title="Maps",
    summary="",
    meeting="2026-10-14",
    published_at=NOW - timedelta(days=53),
    redirect_from=("/old/maps/", "/maps"),
    body="The first words.\n\n![x](/images/map.png)\n",
    image=LISTED,
    images=(LISTED,),
    credits=(Credit("Siân Ap-Example", Level.NAMED, Part.AUTHOR),),
)
LONG_TALK = replace(
    EPISODE,
    notes="Notes with *emphasis* and a [link](/about.html).\n",
    chapters=(Chapter(0.0, "Welcome", ""), Chapter(20.0, "The jury", "https://commons.example/jury")),
    cues=(
        Cue(0.0, 4.0, "Alys Example", "Welcome to the show."),
        Cue(4.5, 9.0, "a policy adviser in central government", "Thank you & <hello>."),
        Cue(21.0, 25.0, "Alys Example", "Now the jury."),
    ),
)
RELEASES = Releases(
    episodes=(replace(RELEASE, episode=LONG_TALK), OLDER),
    posts=(POST, OTHER_POST),
    meetings=(MEETING, CANCELLED, PAST),
    pages=(ABOUT,),
    held_back=(),
    now=NOW,
)


def _picture(stem: str, width: int) -> Picture:
    return Picture((Variant(f"images/{stem}.0a0a0a0a.png", width, width, b"png"),))


MADE = Made(
    pictures={"images/map.png": _picture("picture", 900), SHOW.cover: _picture("picture-c", 1500)},
    covers={SHOW.cover: _picture("cover", 3000)},
)
