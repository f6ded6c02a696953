"""Make the recordings and transcripts of the sample show: ``python tools/make_sample_sounds.py``.

Run by hand, and seldom: what it makes is committed.  It needs espeak-ng and ffmpeg on PATH.  The words
stand once, in ``tools/sample-scripts/``; every voice is synthetic, and the people are made up.  The
levels are uneven on purpose, as in a real call, so that mastering has something to do.

Equal scripts give equal sound from equal builds of espeak-ng and ffmpeg.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "tools" / "sample-scripts"
RATE_HZ = 22_050  # what espeak-ng speaks at

PAUSE_SECONDS = 0.35  # between two sentences of one speaker
TURN_SECONDS = 0.6  # before another speaker
CHAPTER_SECONDS = 1.1  # before a chapter, at least: it starts on a whole second

# Names as an English voice should say them.
SPOKEN = {"Siân": "Sharn", "Alys": "Aliss", "Ap-Example": "App Example"}

SYNTHETIC = "Synthetic sample: every voice is made by eSpeak NG, and the people are fictional."

Sound = NDArray[np.float64]  # mono, at RATE_HZ, full scale is 1


@dataclass(frozen=True, slots=True)
class Voice:
    """An espeak-ng voice with its variant; pitch 0 to 99, speed in words a minute."""

    name: str
    pitch: int
    words_per_minute: int


@dataclass(frozen=True, slots=True)
class Recording:
    """One episode: where it goes, and how loud each speaker came through."""

    episode: str
    file: str
    codec: tuple[str, ...]
    levels_lufs: dict[str, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or two of one speaker; `chapter` is set on the first line of a chapter."""

    speaker: str
    words: str
    chapter: str


VOICES = {
    "p-host": Voice("en-gb-x-rp+f3", 28, 166),
    "p-7f3k": Voice("en-gb-x-gbclan+f4", 82, 172),
    "p-k2m9": Voice("en-gb-scotland+m3", 22, 162),
    "p-r8w3": Voice("en-gb-x-gbcwmd+m2", 52, 170),
}
RECORDINGS = (
    Recording(
        "012-citizens-jury",
        "recording.flac",
        ("-c:a", "flac", "-compression_level", "12"),
        {"p-host": -19.0, "p-7f3k": -30.0, "p-k2m9": -25.0},
    ),
    Recording(
        "013-explaining-an-algorithm",
        "recording.opus",
        ("-c:a", "libopus", "-b:a", "48k", "-application", "voip"),
        {"p-host": -31.0, "p-r8w3": -21.5},
    ),
)


def main() -> int:
    """Make every recording; 1 when an episode's front matter says other chapters than its sound has."""
    return max(make(recording) for recording in RECORDINGS)


def make(recording: Recording) -> int:
    """Speak, place and write one episode."""
    lines = read_script(SCRIPTS / f"{recording.episode}.txt")
    clips = level(lines, [speak(line, recording.episode) for line in lines], recording.levels_lufs)
    starts, sound = place(lines, clips)
    folder = ROOT / "episodes" / recording.episode
    folder.mkdir(parents=True, exist_ok=True)
    encode(sound, folder / recording.file, recording)
    ends = [start + len(clip) / RATE_HZ for start, clip in zip(starts, clips, strict=True)]
    (folder / "transcript.vtt").write_text(transcript(lines, starts, ends), encoding="utf-8")
    print(f"{recording.episode}: {len(sound) / RATE_HZ:.3f} s")
    return compare_chapters(folder / "episode.md", lines, starts)


def read_script(path: Path) -> list[Line]:
    """``# A chapter``, then ``p-host: Words.``; one line is one cue."""
    lines, chapter = [], ""
    for row in path.read_text(encoding="utf-8").splitlines():
        if row.startswith("# "):
            chapter = row[2:]
        elif row:
            speaker, words = row.split(": ", 1)
            lines.append(Line(speaker, words, chapter))
            chapter = ""
    return lines


def speak(line: Line, episode: str) -> Sound:
    """A line as sound, without the silence around it."""
    voice = VOICES[line.speaker]
    words = re.sub(r"@\{(p-[a-z0-9]+)\}", lambda found: agreed_words(found[1], episode), line.words)
    for written, spoken in SPOKEN.items():
        words = words.replace(written, spoken)
    manner = ["-v", voice.name, "-p", str(voice.pitch), "-s", str(voice.words_per_minute)]
    made = subprocess.run(["espeak-ng", *manner, "--stdout", words], check=True, capture_output=True)
    with wave.open(io.BytesIO(made.stdout)) as file:
        if file.getframerate() != RATE_HZ:
            sys.exit(f"espeak-ng spoke at {file.getframerate()} Hz, not {RATE_HZ} Hz")
        # espeak-ng cannot know the length when it writes to a pipe; read what came.
        frames = made.stdout[made.stdout.index(b"data") + 8 :]
    sound = np.frombuffer(frames[: len(frames) // 2 * 2], dtype="<i2") / 32768
    heard = np.flatnonzero(np.abs(sound) > 0.003)
    return sound[heard[0] : heard[-1] + 1]


def agreed_words(person: str, episode: str) -> str:
    """What a person agreed to be called in this episode, else in general."""
    consents = ROOT / "registry" / "consents"
    own = consents / episode / f"{person}.yaml"
    record = own if own.exists() else consents / "standing" / f"{person}.yaml"
    return str(yaml.safe_load(record.read_text(encoding="utf-8"))["display"])


def level(lines: list[Line], clips: list[Sound], levels_lufs: dict[str, float]) -> list[Sound]:
    """The clips, each speaker at their own level."""
    gains = {
        speaker: 10 ** ((wanted - loudness_lufs(_all_of(speaker, lines, clips))) / 20)
        for speaker, wanted in levels_lufs.items()
    }
    return [clip * gains[line.speaker] for line, clip in zip(lines, clips, strict=True)]


def _all_of(speaker: str, lines: list[Line], clips: list[Sound]) -> Sound:
    return np.concatenate([clip for line, clip in zip(lines, clips, strict=True) if line.speaker == speaker])


def loudness_lufs(sound: Sound) -> float:
    """Integrated loudness by EBU R 128, as a plain meter reads a mono file."""
    argv = [*read_pcm_argv(), "-af", "ebur128", "-f", "null", "-"]
    report = subprocess.run(argv, input=pcm(sound), check=True, capture_output=True).stderr.decode()
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", report)[-1])


def place(lines: list[Line], clips: list[Sound]) -> tuple[list[float], Sound]:
    """When each clip starts, and the whole sound: sting, talk with pauses, sting."""
    opening, closing = sting((392.0, 493.9, 587.3, 784.0)), sting((587.3, 493.9, 392.0))
    starts: list[float] = []
    end, before = len(opening) / RATE_HZ - 0.6, ""
    for line, clip in zip(lines, clips, strict=True):
        pause = PAUSE_SECONDS if line.speaker == before else TURN_SECONDS
        start = np.ceil(end + CHAPTER_SECONDS) if line.chapter and before else round(end + pause, 3)
        starts.append(float(start))
        end, before = start + len(clip) / RATE_HZ, line.speaker
    closing_at = end + TURN_SECONDS
    sound = np.zeros(round((closing_at + 0.4) * RATE_HZ) + len(closing))
    pieces = [(0.0, opening), *zip(starts, clips, strict=True), (closing_at, closing)]
    for start, piece in pieces:
        at = round(start * RATE_HZ)
        sound[at : at + len(piece)] += piece
    return starts, sound


def sting(notes_hz: tuple[float, ...]) -> Sound:
    """A few soft wooden notes, our own."""
    step, length = int(0.24 * RATE_HZ), int(1.4 * RATE_HZ)
    seconds = np.arange(length) / RATE_HZ
    sound = np.zeros(step * (len(notes_hz) - 1) + length)
    for number, note_hz in enumerate(notes_hz):
        tone = np.sin(2 * np.pi * note_hz * seconds) * np.exp(-4.5 * seconds)
        knock = 0.25 * np.sin(2 * np.pi * note_hz * 3.93 * seconds) * np.exp(-16 * seconds)
        attack = np.minimum(seconds / 0.006, 1)
        sound[number * step : number * step + length] += 0.16 * attack * (tone + knock)
    return sound * np.minimum((len(sound) - np.arange(len(sound))) / (0.3 * RATE_HZ), 1)


def encode(sound: Sound, path: Path, recording: Recording) -> None:
    """Write the recording; its own metadata says that it is synthetic."""
    if np.abs(sound).max() >= 1:
        sys.exit(f"{recording.episode} would clip")
    # Metadata that a master must not carry over: a test has something to look for.
    says = ("-metadata", f"comment={SYNTHETIC}", "-metadata", "artist=eSpeak NG")
    plain = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")
    argv = [*read_pcm_argv(), *plain, *says, *recording.codec, "-y", str(path)]
    subprocess.run(argv, input=pcm(sound), check=True, capture_output=True)


def read_pcm_argv() -> list[str]:
    """The start of an ffmpeg command that reads our samples from a pipe."""
    return ["ffmpeg", "-hide_banner", "-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "pipe:0"]


def pcm(sound: Sound) -> bytes:
    """16-bit samples."""
    return np.round(sound * 32767).astype("<i2").tobytes()


def transcript(lines: list[Line], starts: list[float], ends: list[float]) -> str:
    """WebVTT with person IDs as the speakers."""
    cues = [
        f"{clock(start)} --> {clock(end)}\n<v {line.speaker}>{line.words}\n"
        for line, start, end in zip(lines, starts, ends, strict=True)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def clock(seconds: float) -> str:
    """``00:01:05.250``."""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


def compare_chapters(path: Path, lines: list[Line], starts: list[float]) -> int:
    """1, and the right lines printed, when the front matter names other chapters than the sound has."""
    found = [(line.chapter, start) for line, start in zip(lines, starts, strict=True) if line.chapter]
    wanted = [
        (f"{int(start) // 60}:{int(start) % 60:02}" if number else "0:00", title)
        for number, (title, start) in enumerate(found)
    ]
    front_matter = path.read_text(encoding="utf-8").split("---\n")[1] if path.exists() else "chapters: []"
    # BaseLoader leaves 1:05 the text that it is; YAML 1.1 would make a number of it.
    written = yaml.load(front_matter, yaml.BaseLoader)["chapters"]  # noqa: S506  it makes text only
    if [(chapter["start"], chapter["title"]) for chapter in written] == wanted:
        return 0
    print(f"{path.name} should have these chapters:")
    print("\n".join(f'  - {{start: {start}, title: "{title}"}}' for start, title in wanted))
    return 1


if __name__ == "__main__":
    sys.exit(main())
