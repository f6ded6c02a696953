"""A workspace with one episode, and a studio that writes down what it was told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from samples import EPISODE, SHOW

from cop_publish.audio.master import Studio, produce
from cop_publish.audio.receipt import write_receipt
from cop_publish.settings import Sound

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.model import ClearedEpisode, Master

COVER = b"\xff\xd8\xff\xe0" + b"a picture" * 50
FEED = "https://commons.example/feed.xml"
NO_ENGINE = "/nonexistent/ffmpeg"  # whoever starts an encoder with this fails


@dataclass
class Workshop:
    """The workspace at `root`; `steps` are the progress words, each once."""

    root: Path
    name: str = "recording.wav"
    sound: Sound = field(default_factory=Sound)
    episode: ClearedEpisode = field(default=EPISODE)
    remaster: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()
    jobs: int = 0
    steps: list[str] = field(default_factory=list)
    fractions: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        recording = f"episodes/{self.episode.id}/{self.name}"
        chapters = tuple(replace(c, start_seconds=c.start_seconds / 40) for c in self.episode.chapters)
        self.episode = replace(self.episode, recording=recording, chapters=chapters)

    @property
    def folder(self) -> Path:
        return self.root / "episodes" / self.episode.id

    @property
    def recording(self) -> Path:
        return self.folder / self.name

    @property
    def cache(self) -> Path:
        return self.root / ".cop-publish" / "masters"

    @property
    def studio(self) -> Studio:
        return Studio(
            root=self.root,
            cache=self.cache,
            show=SHOW,
            feed_url=FEED,
            sound=self.sound,
            cover_jpeg=lambda _: COVER,
            progress=self._progress,
            remaster=self.remaster,
            made=self.made,
            jobs=self.jobs,
        )

    def produce(self) -> Master:
        self.steps.clear()
        self.fractions.clear()
        return produce(self.episode, self.studio)

    def publish(self, master: Master) -> None:
        write_receipt(self.folder, master, self.episode.chapters)

    def take_away_engine(self) -> None:
        self.sound = replace(self.sound, ffmpeg=NO_ENGINE)

    def _progress(self, step: str, fraction: float) -> None:
        self.fractions.append(fraction)
        if step not in self.steps:
            self.steps.append(step)
