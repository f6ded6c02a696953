"""The recordings that everyone is measured on, always the same, with who speaks when written down.

An episode is four synthetic voices 12 LU apart who take turns, panned, with pauses, applause, hiss, hum and
music in between: about -26 LUFS with a range of about 14 LU.  It is written piece by piece, so three hours
need no more memory than ten minutes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from synth import RATE_HZ, Dice, Samples, Voice, drum, hum, music, noise, speak
from wav_file import write_header

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MADE_AS: Final = 1  # counted up when the same name begins to mean other bytes
MUSIC_SECONDS: Final = 12  # in front, alone; then it goes on softly below the talk
# -36, -24, -30 and -26 LUFS as heard, each alone
VOICES: Final = (
    Voice(110, 1.00, 0.0196, 1.25, 0.66),
    Voice(196, 1.12, 0.0780, 0.70, 1.23),
    Voice(128, 0.96, 0.0407, 1.08, 0.91),
    Voice(223, 1.16, 0.0607, 0.91, 1.08),
)
ORDER: Final = (1, 0, 3, 2, 1, 3, 1, 2, 3, 0)  # who speaks after whom


class Kind(StrEnum):
    """What is difficult about a sound."""

    EPISODE = "episode"
    HITS = "hits"  # 28 LU below full scale, with drums that reach it: 12 dB of limiting
    FAINT = "faint"  # about -48 LUFS
    CLIPPED = "clipped"  # about -6 LUFS, with flat tops
    PLANTED = "planted"  # an episode with a stretch that must not be published


@dataclass(frozen=True, slots=True)
class Turn:
    """Someone speaks, from and to a place of the recording."""

    speaker: int
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Asked:
    """Which sound to make."""

    name: str
    kind: Kind
    seconds: int
    channels: int = 2
    seed: int = 3


@dataclass(frozen=True, slots=True)
class TestSound:
    """A sound that was made, and the truth about it."""

    name: str
    kind: Kind
    path: Path
    channels: int
    samples: int
    sha256: str
    turns: tuple[Turn, ...]
    planted: tuple[float, float] | None  # seconds

    @property
    def seconds(self) -> float:
        return self.samples / RATE_HZ


@dataclass(frozen=True, slots=True)
class _Scene:
    """Some seconds of an episode: whoever speaks in it, in the two loudspeakers."""

    sound: npt.NDArray[np.float64]  # (samples, 2)
    turn: Turn | None = None
    planted: tuple[float, float] | None = None


def make(asked: Asked, folder: Path) -> TestSound:
    """The sound from the folder, or written there now."""
    path, facts = folder / f"{asked.name}.wav", folder / f"{asked.name}.json"
    if facts.exists():
        known = json.loads(facts.read_text("utf-8"))
        if known["asked"] == _key(asked) and path.exists():
            return _read(known["sound"], path)
    sound = _write(asked, path)
    kept = {"asked": _key(asked), "sound": {**asdict(sound), "path": path.name}}
    facts.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    return sound


def _key(asked: Asked) -> dict[str, Any]:
    return {**asdict(asked), "made_as": MADE_AS}


def _read(kept: dict[str, Any], path: Path) -> TestSound:
    turns = tuple(Turn(**turn) for turn in kept["turns"])
    planted = (kept["planted"][0], kept["planted"][1]) if kept["planted"] else None
    return TestSound(**{**kept, "path": path, "kind": Kind(kept["kind"]), "turns": turns, "planted": planted})


def _write(asked: Asked, path: Path) -> TestSound:
    count, place = asked.seconds * RATE_HZ, 0
    turns: list[Turn] = []
    planted: tuple[float, float] | None = None
    digest = hashlib.sha256()
    room = Dice(asked.seed + 1)
    with path.open("wb") as file:
        write_header(file, RATE_HZ, asked.channels, count)
        for scene in _scenes(asked):
            sound = scene.sound[: count - place]
            turns += [scene.turn] if scene.turn and len(sound) == len(scene.sound) else []
            planted = scene.planted or planted
            pcm = _pcm(asked, _in_its_room(asked, sound, place, room))
            file.write(pcm)
            digest.update(pcm)
            place += len(sound)
            if place == count:
                break
    return TestSound(
        asked.name, asked.kind, path, asked.channels, count, digest.hexdigest(), tuple(turns), planted
    )


def _in_its_room(
    asked: Asked, sound: npt.NDArray[np.float64], start: int, room: Dice
) -> npt.NDArray[np.float64]:
    """With the hiss and the hum that are always there, and the music where it plays."""
    stop = start + len(sound)
    hiss = np.stack([noise(len(sound), room), noise(len(sound), room)], axis=1)
    played = (0.0005 * hum(start, stop))[:, None] + sound + 0.0009 * hiss
    loud = 0.16 if asked.kind is Kind.HITS and (start // RATE_HZ) % 40 < 20 else 0.006
    if start < MUSIC_SECONDS * RATE_HZ:
        loud = 0.12
    strings = music(start, stop)
    behind = music(start + 4321, stop + 4321)  # the other loudspeaker hears it a little later
    return np.asarray(played + loud * np.stack([strings, 0.7 * strings + 0.3 * behind], axis=1))


def _pcm(asked: Asked, sound: npt.NDArray[np.float64]) -> bytes:
    gain = {Kind.FAINT: 0.08, Kind.CLIPPED: 16.0}.get(asked.kind, 1.0)
    heard = sound if asked.channels == 2 else (0.5 * (sound[:, 0] + sound[:, 1]))[:, None]
    return np.rint(np.clip(gain * heard, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()


def _scenes(asked: Asked) -> Iterator[_Scene]:
    """Without an end: who writes stops where the sound is long enough."""
    dice, place, number = Dice(asked.seed), 0, 0
    while True:
        for made in _exchange(asked, number, dice) if number else _opening(asked, dice):
            scene = _moved(made, place / RATE_HZ)
            yield scene
            place += len(scene.sound)
        number += 1


def _moved(scene: _Scene, seconds: float) -> _Scene:
    """A scene that was made at nought, in its place."""
    turn, planted = scene.turn, scene.planted
    if turn:
        turn = replace(
            turn, start_seconds=turn.start_seconds + seconds, end_seconds=turn.end_seconds + seconds
        )
    if planted:
        planted = (planted[0] + seconds, planted[1] + seconds)
    return replace(scene, turn=turn, planted=planted)


def _opening(asked: Asked, dice: Dice) -> Iterator[_Scene]:
    yield _Scene(_struck(asked, np.zeros((MUSIC_SECONDS * RATE_HZ, 2)), dice))


def _exchange(asked: Asked, number: int, dice: Dice) -> Iterator[_Scene]:
    """One turn, the pause after it, and after some of them applause."""
    speaker = ORDER[(number - 1) % len(ORDER)]
    seconds = round(dice.between(6.0, 16.0), 2)
    said = _placed(speak(VOICES[speaker], seconds, dice), VOICES[speaker])
    yield _Scene(_struck(asked, said, dice), Turn(speaker, 0.0, seconds))
    if asked.kind is Kind.PLANTED and number == 3:
        yield _planted(dice)
    pause = np.zeros((round(dice.between(0.4, 1.6) * RATE_HZ), 2))
    yield _Scene(pause)
    if number % 5 == 0:
        yield _Scene(_applause(dice))


def _planted(dice: Dice) -> _Scene:
    """Four seconds that are nowhere else: a voice roughened with noise, as no other syllable is."""
    seconds, voice = 4.0, VOICES[3]
    spoken = speak(voice, seconds, dice)
    said = spoken * (0.4 + 1.2 * noise(len(spoken), dice))
    return _Scene(_placed(said, voice), planted=(0.0, seconds))


def _placed(sound: Samples, voice: Voice) -> npt.NDArray[np.float64]:
    return np.stack([voice.left * sound, voice.right * sound], axis=1)


def _applause(dice: Dice) -> npt.NDArray[np.float64]:
    sound = np.zeros((3 * RATE_HZ, 2))
    for _ in range(6):
        start = round(dice.between(0.0, 2.9) * RATE_HZ)
        clap = 0.3 * drum(dice)
        sound[start : start + len(clap)] += clap[:, None]
    return sound


def _struck(asked: Asked, sound: npt.NDArray[np.float64], dice: Dice) -> npt.NDArray[np.float64]:
    """With a drum every other second, where drums are what is hard."""
    if asked.kind is Kind.HITS:
        for start in range(0, len(sound) - RATE_HZ, 2 * RATE_HZ):
            hit = drum(dice)
            sound[start : start + len(hit)] += 0.95 * hit[:, None]
    return sound
