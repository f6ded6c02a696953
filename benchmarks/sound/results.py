"""What was found so far, in one JSON file that is replaced whole after every run: stop and go on any time."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from judges import Verdict
from watch import Taken

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one contender on one sound."""

    sound: str
    contender: str
    round: int
    sha256: str  # of what it made; empty where it failed
    taken: Taken
    program: str  # which state of our program was here; it is for the table to say where runs differ in it

    @property
    def failed(self) -> bool:
        return not self.sha256


@dataclass(slots=True)
class Results:
    """Everything, and where it is kept."""

    path: Path
    machine: dict[str, str]
    sounds: dict[str, dict[str, Any]] = field(default_factory=dict)  # seconds, channels, sha256
    runs: list[Run] = field(default_factory=list)
    verdicts: dict[str, dict[str, Verdict]] = field(default_factory=dict)  # by sound, by contender

    def has(self, sound: str, contender: str, number: int) -> bool:
        return any((run.sound, run.contender, run.round) == (sound, contender, number) for run in self.runs)

    def of(self, sound: str, contender: str) -> list[Run]:
        """Those that came to an end."""
        return [r for r in self.runs if (r.sound, r.contender) == (sound, contender) and not r.failed]

    def forget(self, words: list[str]) -> None:
        """What was found of contenders and sounds with such a word in their name: a new program, say."""
        self.runs = [run for run in self.runs if not _named(words, run.sound, run.contender)]
        self.sounds = {name: about for name, about in self.sounds.items() if not _named(words, name, "")}
        for sound, verdicts in self.verdicts.items():
            for contender in [name for name in verdicts if _named(words, sound, name)]:
                del verdicts[contender]

    def save(self) -> None:
        kept = {
            "machine": self.machine,
            "sounds": self.sounds,
            "runs": [asdict(run) for run in self.runs],
            "verdicts": {
                sound: {contender: asdict(verdict) for contender, verdict in verdicts.items()}
                for sound, verdicts in self.verdicts.items()
            },
        }
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        part.replace(self.path)


def load(path: Path, machine: dict[str, str]) -> Results:
    """What is there already, of this machine; a run that failed is tried again.

    Raises SystemExit where it was measured on another.
    """
    if not path.exists():
        return Results(path, machine)
    kept = json.loads(path.read_text("utf-8"))
    if {**kept["machine"], "date": ""} != {**machine, "date": ""}:
        raise SystemExit(f"{path} was measured elsewhere or with another ffmpeg: move it away to begin anew.")
    runs = [Run(**{**run, "taken": Taken(**run["taken"])}) for run in kept["runs"]]
    verdicts = {
        sound: {name: Verdict(**verdict) for name, verdict in found.items()}
        for sound, found in kept["verdicts"].items()
    }
    return Results(path, machine, kept["sounds"], [run for run in runs if not run.failed], verdicts)


def _named(words: list[str], sound: str, contender: str) -> bool:
    return any(word in sound or word in contender for word in words)
