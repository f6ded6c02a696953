"""What the sample show's own files say that the world should read: taken from them without cop-publish."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Chapter:
    start_seconds: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Episode:
    id: str
    guid: str
    title: str
    summary: str
    published_at: datetime
    number: int
    season: int
    host: str
    guests: tuple[str, ...]  # only those who agreed to be named
    chapters: tuple[Chapter, ...]
    cover_alt: str  # empty: the show's cover

    @property
    def page(self) -> str:
        return f"episodes/{self.id}.html"

    @property
    def transcript(self) -> str:
        return f"episodes/{self.id}/transcript.vtt"

    @property
    def chapters_file(self) -> str:
        return f"episodes/{self.id}/chapters.json"


@dataclass(frozen=True, slots=True)
class Post:
    title: str
    page: str
    published_at: datetime


def show(root: Path) -> dict[str, Any]:
    """``[show]`` of the settings."""
    table: dict[str, Any] = tomllib.loads((root / "cop-publish.toml").read_text(encoding="utf-8"))["show"]
    return table


def episodes(root: Path) -> tuple[Episode, ...]:
    """Newest first, as in the feed."""
    found = [_episode(root, path) for path in root.glob("episodes/*/episode.md")]
    return tuple(sorted(found, key=lambda e: e.published_at, reverse=True))


def posts(root: Path, now: datetime) -> tuple[Post, ...]:
    """Those that are due at `now`, newest first."""
    found = [_post(path) for path in root.glob("posts/*.md")]
    due = (post for post in found if post.published_at <= now)
    return tuple(sorted(due, key=lambda p: p.published_at, reverse=True))


def withheld(root: Path) -> Iterator[str]:
    """Family names, addresses and handles of everyone who nowhere agreed to be named."""
    named = {
        path.stem
        for path in root.glob("registry/consents/*/*.yaml")
        if _yaml(path.read_text(encoding="utf-8"))["level"] == "named"
    }
    for path in root.glob("registry/people/*.yaml"):
        if path.stem not in named:
            person = _yaml(path.read_text(encoding="utf-8"))
            yield person["name"]["family"]
            yield from person["also"]["emails"]
            yield from person["also"]["handles"]


def _episode(root: Path, path: Path) -> Episode:
    front = _front(path)
    folder = path.parent.name
    people = {person: _label(root, folder, person) for person in front["people"]}
    hosts = [person for person in show(root)["hosts"] if person in people]
    guests = [label for person, label in people.items() if label and person not in hosts]
    return Episode(
        id=folder,
        guid=front["guid"],
        title=front["title"],
        summary=front["summary"],
        published_at=_local(front["date"]),
        number=int(front["number"]),
        season=int(front["season"]),
        host=people[hosts[0]],
        guests=tuple(guests),
        chapters=tuple(
            Chapter(_seconds(c["start"]), c["title"], c.get("url", "")) for c in front["chapters"]
        ),
        cover_alt=front.get("cover_alt", ""),
    )


def _post(path: Path) -> Post:
    front = _front(path)
    year, month, day, slug = path.stem.split("-", 3)
    published_at = _local(front.get("date", f"{year}-{month}-{day} 00:00"))
    return Post(
        front["title"], f"{front.get('category', 'blog')}/{year}/{month}/{day}/{slug}.html", published_at
    )


def _label(root: Path, item: str, person: str) -> str:
    """The name that a person agreed to be known by, or nothing."""
    for folder in (item, "standing"):
        path = root / "registry" / "consents" / folder / f"{person}.yaml"
        if path.exists():
            consent = _yaml(path.read_text(encoding="utf-8"))
            return str(consent["display"]) if consent["level"] == "named" else ""
    return ""


def _seconds(text: str) -> int:
    minutes, rest = text.split(":")
    return int(minutes) * 60 + int(rest)


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def _front(path: Path) -> dict[str, Any]:
    return _yaml(path.read_text(encoding="utf-8").split("---\n")[1])


def _yaml(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - every scalar stays text
    return found
