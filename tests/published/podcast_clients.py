"""Programs that listeners and readers use, each with a home of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mutagen.mp3
import needs

if TYPE_CHECKING:
    from io import BytesIO

HERE = Path(__file__).parent
SECONDS = 60


@dataclass(frozen=True)
class Gpodder:
    """gPodder at the command line, ``gpo``, as a listener has it on a first day."""

    home: Path

    def run(self, *words: str) -> str:
        """What it prints; raises AssertionError when it fails."""
        gpo = needs.program("gpo", debian="gpodder")
        own = {"GPODDER_HOME": str(self.home), "HOME": str(self.home), "LANG": "C.UTF-8"}
        return _said([gpo, *words], os.environ | own)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """What it remembers: the table ``podcast`` or ``episode``."""
        return _rows(self.home / "Database", table)

    def downloads(self) -> list[Path]:
        """The sound files on the listener's disk."""
        return sorted(self.home.glob("Downloads/*/*.mp3"))


@dataclass(frozen=True)
class Newsboat:
    """The feed reader of the terminal, subscribed to some feeds."""

    home: Path
    feeds: tuple[str, ...]

    def reload(self) -> None:
        newsboat = needs.program("newsboat")
        self.home.mkdir(exist_ok=True)
        urls, config = self.home / "urls", self.home / "config"
        urls.write_text("".join(f"{feed}\n" for feed in self.feeds), encoding="utf-8")
        config.touch()
        argv = [newsboat, "-C", str(config), "-u", str(urls), "-c", str(self._cache), "-x", "reload"]
        _said(argv, os.environ | {"HOME": str(self.home), "LANG": "C.UTF-8"})

    def rows(self, table: str) -> list[dict[str, Any]]:
        """What it remembers: the table ``rss_feed`` or ``rss_item``."""
        return _rows(self._cache, table)

    @property
    def _cache(self) -> Path:
        return self.home / "cache.db"


def read_by_node(feed: Path) -> dict[str, Any]:
    """What podcast-partytime and feedsmith make of a feed."""
    node = needs.program("node", debian="nodejs")
    if not (HERE / "node_modules" / "feedsmith").is_dir():
        needs.missing("the npm packages are not installed (run `npm install` in tests/published)")
    read: dict[str, Any] = json.loads(_said([node, str(HERE / "read_feed.mjs"), str(feed)], dict(os.environ)))
    return read


def sound_seconds(file: Path | BytesIO) -> int:
    """How long a player that reads the file says it is, in whole seconds."""
    sound: Any = mutagen.mp3.MP3(file)  # type: ignore[no-untyped-call]  # mutagen has no types here
    length: float = sound.info.length
    return round(length)


def _said(argv: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, (argv, done.stdout, done.stderr)
    return done.stdout


def _rows(database: Path, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - our own words
