"""How soon it answers: ``--version`` and ``--help`` over bare Python's start, and a run with nothing to do.

python benchmarks/start.py [ROUNDS]
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from clock import (
    REPOSITORY,
    Command,
    cop_publish,
    freeze_source,
    in_turns,
    median_cpu_seconds,
    median_wall_seconds,
)

ROUNDS = 40
NOW = "2026-11-23T09:00+00:00"
LIMITS_SECONDS = {"--version": 0.040, "--help": 0.060, "nothing to do": 0.250}  # the last one in all
SHOW = ("episodes", "posts", "meetings", "images", "templates", "registry")
SHOW_FILES = ("cop-publish.toml", "about.md", "cover.png", "withdrawn.yaml")
HEAVY = {
    *("PIL", "ahocorasick_rs", "boto3", "botocore", "comrak", "feedgen", "icalendar", "jinja2", "lxml"),
    *("markdown_it", "mutagen", "nh3", "numpy", "pydub", "rich"),
}
_IMPORTED = re.compile(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\w+)", re.MULTILINE)


def main() -> None:
    """Print every figure beside its limit."""
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        freeze_source(folder / "src")
        show = _published_show(folder / "show")
        nothing = cop_publish("episode", "--now", NOW)
        runs = in_turns(
            {
                "bare Python": Command((sys.executable, "-c", "pass"), show),
                "--version": Command(cop_publish("--version"), show),
                "--help": Command(cop_publish("--help"), show),
                "nothing to do": Command(nothing, show),
            },
            rounds,
        )
        bare = runs.pop("bare Python")
        print(f"Medians of {rounds} runs in turns, Python {sys.version.split()[0]}, milliseconds")
        print(f"{'':16}{'wall':>6}{'CPU':>6}{'over bare':>11}{'limit':>7}")
        print(f"{'bare Python':16}{_ms(median_wall_seconds(bare)):6}{_ms(median_cpu_seconds(bare)):6}")
        for what, found in runs.items():
            wall_seconds = median_wall_seconds(found)
            over_seconds = wall_seconds - median_wall_seconds(bare)
            counts = wall_seconds if what == "nothing to do" else over_seconds
            limit = LIMITS_SECONDS[what]
            verdict = "" if counts <= limit else "  TOO SLOW"
            cpu = _ms(median_cpu_seconds(found))
            print(f"{what:16}{_ms(wall_seconds):6}{cpu:6}{_ms(over_seconds):11}{_ms(limit):7}{verdict}")
        _say_modules(nothing, show)


def _published_show(show: Path) -> Path:
    """A copy of the sample show, published once into the folder beside it."""
    show.mkdir()
    for part in SHOW:
        shutil.copytree(REPOSITORY / part, show / part, ignore=shutil.ignore_patterns("master.json"))
    for file in SHOW_FILES:
        shutil.copy(REPOSITORY / file, show)
    first = subprocess.run(
        cop_publish("episode", "--now", NOW), cwd=show, capture_output=True, text=True, check=True
    )
    again = subprocess.run(
        cop_publish("episode", "--now", NOW), cwd=show, capture_output=True, text=True, check=True
    )
    if first.stdout == again.stdout or "othing" not in again.stdout:
        raise SystemExit(f"The second run had something to do:\n{again.stdout}")
    return show


def _say_modules(argv: tuple[str, ...], show: Path) -> None:
    """Which third-party packages a run with nothing to do loads."""
    traced = (argv[0], "-X", "importtime", *argv[1:])
    shown = subprocess.run(traced, cwd=show, capture_output=True, text=True, check=True).stderr
    loaded = sorted(name for name in set(_IMPORTED.findall(shown)) if _is_third_party(name))
    heavy = sorted(set(loaded) & HEAVY)
    print(f"With nothing to do it loads {', '.join(loaded)}; of the heavy ones {', '.join(heavy) or 'none'}.")


def _is_third_party(name: str) -> bool:
    known = name in sys.stdlib_module_names or name.startswith("_")  # _distutils_hack comes with pip
    found = None if known else importlib.util.find_spec(name)
    return found is not None and "site-packages" in (found.origin or "")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"


if __name__ == "__main__":
    main()
