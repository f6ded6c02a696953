"""The types of ``cop-publish.toml``: a few small frozen values, read once by `intake/settings_file.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.consents import PersonId


@dataclass(frozen=True, slots=True)
class UpdateFrequency:
    """podcast:updateFrequency: words for people, and an RFC 5545 rule for machines."""

    text: str
    rrule: str = ""


@dataclass(frozen=True, slots=True)
class Show:
    """``[show]``: what every feed and page says of the show itself."""

    title: str
    description: str  # plain text, at most 4000 bytes (PSP-1)
    language: str  # BCP 47, `en-gb`
    author: str  # the show's public author: an organisation or a community, not a person
    owner_email: str  # a role address; directories refuse a feed without one
    categories: tuple[tuple[str, ...], ...]  # Apple's: ("Society & Culture", "Documentary")
    guid: str  # podcast:guid, a UUIDv5, assigned once
    cover: str  # relative to the workspace
    cover_alt: str
    explicit: bool = False
    kind: str = "episodic"  # itunes:type: episodic | serial
    copyright: str = ""
    license: str = ""  # a slug of the podcast namespace's list, `cc-by-4.0`
    license_url: str = ""
    ai_content: str = ""  # podcast:txt purpose="ai-content"
    update_frequency: UpdateFrequency | None = None
    hosts: tuple[PersonId, ...] = ()
    hub: str = ""  # WebSub


@dataclass(frozen=True, slots=True)
class App:
    """A podcast app's page for this show, for the subscribe page."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """``[site]``: where it lives and how it is laid out."""

    url: str  # ends in a slash; https in earnest
    mailing_list: str  # where to sign up: an https address or an e-mail address
    timezone: str = "Europe/London"  # a key of the IANA time zone database
    permalink: str = ""  # Jekyll's form; empty: /:category/:year/:month/:day/:slug.html
    posts_per_page: int = 20
    apps: tuple[App, ...] = ()


@dataclass(frozen=True, slots=True)
class Sound:
    """``[sound]``: DESIGN.md section 6."""

    target_lufs: float = -16.0
    true_peak_dbtp: float = -1.0
    mono_kbps: int = 96
    stereo_kbps: int = 128
    channels: str = "auto"  # auto | mono | stereo
    leveller: float = 0.8  # 0: off, 1: every speaker equally loud
    highpass_hz: int = 80  # 0: off
    noise_reduction_db: int = 0  # 0: off
    de_ess: float = 0.0  # 0: off, at most 1
    gate: bool = False
    longest_pause_seconds: float = 0.0  # longer ones are shortened; 0: pauses stay as they are
    intro: str = ""  # a sound file, relative to the workspace; at most two minutes
    outro: str = ""
    crossfade_seconds: float = 1.0  # of intro and outro with the talk
    ffmpeg: str = ""  # empty: the one from the imageio-ffmpeg wheel


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """``[storage]``: a folder (the default) or an S3 bucket; credentials never stand here."""

    folder: str = "published"  # relative to the workspace
    bucket: str = ""  # set: S3 instead of a folder
    prefix: str = ""  # inside the bucket, empty or ending in a slash
    endpoint: str = ""  # empty: AWS
    region: str = ""
    path_style: bool = False
    ca_file: str = ""  # a certificate authority of one's own
    cloudfront: str = ""  # a distribution whose copies of what changed are invalidated
    after: tuple[str, ...] = ()  # a command and its words: it gets the changed addresses, one a line


@dataclass(frozen=True, slots=True)
class RegistryStore:
    """``[registry] bucket`` and its like: where several producers share their registry."""

    storage: StorageSettings
    profile: str = ""  # of the AWS configuration: credentials of its own; empty: the usual chain


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole file."""

    root: Path  # the workspace: where cop-publish.toml lies
    show: Show
    site: SiteSettings
    sound: Sound
    storage: StorageSettings
    registry: Path | None  # resolved; None: nowhere said
    images: str = "listed"  # [disclosure] images: every picture stands in its item's front matter
    registry_store: RegistryStore | None = None  # set: `registry` is a copy of what lies there
