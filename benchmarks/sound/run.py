"""The sound beside its peers: made, timed in turns, and judged by meters that are nobody's own.

    python benchmarks/sound/run.py [--minutes 10 60 180] [--runs 3] [--only WORD …] [--forget WORD …]

The first length is run in turns as often as asked, and medians count; the second once; the third is ours
alone, for its memory.  What was found is kept as it comes (`results.json` in the folder), so a run that was
stopped goes on where it was; `--forget ours` measures a changed program again.  `--only` takes words out of
the names of sounds or contenders.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import contenders as who
from generated_sound import Asked, Kind, make
from judges import judge
from results import Results, Run, load
from synth import RATE_HZ
from tables import print_all
from watch import run as run_watched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contenders import Contender
    from generated_sound import TestSound

REPOSITORY: Final = Path(__file__).parents[2]
FOLDER: Final = REPOSITORY / ".cop-publish" / "sound-benchmark"  # which git ignores
HARD_SECONDS: Final = 120
HARD_PEERS: Final = (*who.PEERS, who.OURS_STEREO, who.OURS_MONO)


@dataclass(frozen=True, slots=True)
class Heat:
    """A sound, who runs on it, and how often."""

    asked: Asked
    runners: Sequence[Contender]
    rounds: int


@dataclass(frozen=True, slots=True)
class Ground:
    """Where everything is, and what is known already."""

    folder: Path
    source: Path  # the copy of our program
    program: str  # its digest
    results: Results

    def target(self, sound: TestSound, contender: Contender) -> Path:
        name = "".join(letter if letter.isalnum() else "-" for letter in contender.name)
        return self.folder / "made" / sound.name / f"{name}.mp3"


def main() -> None:
    """Everything that was asked for and is not known yet; then the tables."""
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    results = load(options.folder / "results.json", _machine(options.on))
    results.forget(options.forget)
    source = _frozen_source(options.folder)
    ground = Ground(options.folder, source, _program_digest(source), results)
    for heat in _heats(options.minutes, options.runs):
        runners = [one for one in heat.runners if _wanted(options.only, heat.asked.name, one.name)]
        if runners:
            _hold(Heat(heat.asked, runners, heat.rounds), ground)
    print_all(results)


def _options() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description="Measure the sound beside its peers.")
    asked.add_argument("--minutes", type=int, nargs="+", default=[10, 60, 180])
    asked.add_argument("--runs", type=int, default=3, help="rounds at the first length")
    asked.add_argument("--only", nargs="+", default=[], help="words in names of sounds or contenders")
    asked.add_argument("--forget", nargs="+", default=[], help="the same, to measure again")
    asked.add_argument("--on", default="", help="the date to write beside the results")
    asked.add_argument("--folder", type=Path, default=FOLDER)
    return asked.parse_args()


def _heats(minutes: Sequence[int], runs: int) -> Iterator[Heat]:
    """What is compared with whom."""
    first = minutes[0]
    everyone = (*who.PEERS, *who.FLOORS, *who.OURS)
    yield Heat(Asked(f"episode-{first}", Kind.EPISODE, first * 60), (*everyone, who.OURS_AUTO), runs)
    on_mono = (who.FFN, who.FFN_LIKE_MONO, who.PYDUB, who.FLOOR_MONO, who.OURS_MONO, who.OURS_AUTO)
    yield Heat(Asked(f"episode-{first}-mono", Kind.EPISODE, first * 60, channels=1), on_mono, runs)
    hard_seconds = min(HARD_SECONDS, first * 60)
    for kind in (Kind.HITS, Kind.FAINT, Kind.CLIPPED):
        yield Heat(Asked(str(kind), kind, hard_seconds), HARD_PEERS, 1)
    removed = (who.FLOOR_STEREO, who.MUTED, who.TRIMMED, who.CUT_STEREO, who.CUT_MONO)
    yield Heat(Asked("planted", Kind.PLANTED, HARD_SECONDS), removed, 1)
    if len(minutes) > 1:
        yield Heat(Asked(f"episode-{minutes[1]}", Kind.EPISODE, minutes[1] * 60), everyone, 1)
    for longer in minutes[2:]:
        alone = (who.OURS_STEREO, who.OURS_MONO)
        yield Heat(Asked(f"episode-{longer}", Kind.EPISODE, longer * 60), alone, 1)


def _wanted(words: Sequence[str], sound: str, contender: str) -> bool:
    return not words or any(word in sound or word in contender for word in words)


def _hold(heat: Heat, ground: Ground) -> None:
    """In turns: A B C, A B C.  The sound is read once before, so that nobody waits for the disk."""
    print(f"{heat.asked.name}: {heat.asked.seconds} s", flush=True)
    sound = _sound(heat.asked, ground)
    _digest(sound.path)
    for number in range(1, heat.rounds + 1):
        for contender in heat.runners:
            if not ground.results.has(sound.name, contender.name, number):
                _run(contender, sound, number, ground)
            _judge(contender, sound, ground)


def _sound(asked: Asked, ground: Ground) -> TestSound:
    folder = ground.folder / "sounds"
    folder.mkdir(exist_ok=True)
    sound = make(asked, folder)
    known = {"seconds": sound.seconds, "channels": sound.channels, "sha256": sound.sha256}
    if ground.results.sounds.setdefault(sound.name, known) != known:
        raise SystemExit(f"{sound.name} is another sound than the results are of: --forget {sound.name}")
    return sound


def _run(contender: Contender, sound: TestSound, number: int, ground: Ground) -> None:
    target = ground.target(sound, contender)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    command, environment = contender.command(sound, target), who.environment(ground.source)
    taken = run_watched(command, environment, target.with_suffix(".log"))
    done = taken.exit_code == 0 and target.exists()
    sha256 = _digest(target) if done else ""
    ground.results.runs.append(Run(sound.name, contender.name, number, sha256, taken, ground.program))
    ground.results.save()
    told = f"{taken.wall_seconds:7.2f} s" if done else f"FAILED ({taken.exit_code}): {target.stem}.log"
    print(f"  {number}  {contender.name:45} {told}", flush=True)


def _judge(contender: Contender, sound: TestSound, ground: Ground) -> None:
    """Once for each contender: its runs make the same bytes, or the table says that they do not."""
    verdicts = ground.results.verdicts.setdefault(sound.name, {})
    path = ground.target(sound, contender)
    if contender.name in verdicts or not path.exists():
        return
    removed = sound.planted if contender.cuts else None
    cut_samples = round((removed[1] - removed[0]) * RATE_HZ) + contender.fade_samples if removed else 0
    try:
        verdicts[contender.name] = judge(who.engine(), sound, path, cut_samples=cut_samples)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(f"     {contender.name} could not be judged: {error}", flush=True)
    ground.results.save()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _frozen_source(folder: Path) -> Path:
    """A copy of the program, so that edits meanwhile change nothing."""
    copy = folder / "src"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(REPOSITORY / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def _program_digest(source: Path) -> str:
    """Of the part that makes the sound."""
    digest = hashlib.sha256()
    for path in sorted([*source.glob("cop_publish/audio/**/*.py"), *source.glob("cop_publish/core/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _machine(on: str) -> dict[str, str]:
    told = subprocess.run([who.engine(), "-version"], capture_output=True, text=True, check=True).stdout
    cpu = (
        Path("/proc/cpuinfo").read_text("utf-8").partition("model name")[2].partition("\n")[0].lstrip("\t: ")
    )
    return {
        "cpu": cpu,
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "ffmpeg": told.split()[2],
        "date": on,
    }


if __name__ == "__main__":
    main()
