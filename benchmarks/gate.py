"""How fast the gate reads a generated blog, in MB of finished site a second of one core.

    python benchmarks/gate.py [--posts 1000] [--rounds 5] [--passages 300] [--departed 300] [--beside SRC]

A thousand posts are some 18 MB.  `--passages` puts as many marked passages into the ledger, made of the
posts' own words in another order, with their words at hand, as while the marks still stand in drafts;
`--departed` puts in as many more that are known by their digests alone.  `--beside` times another copy of
the source in turns with this one: before and after.  All that a first run does for the gate is timed:
loading it, the search, the canaries.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cop_publish.gate.passages import Passages

HERE = Path(__file__).resolve()
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def main() -> None:
    """Time each source in turns, each run in a process of its own."""
    asked = argparse.ArgumentParser(description="Time the gate.")
    asked.add_argument("--posts", type=int, default=1000)
    asked.add_argument("--passages", type=int, default=0)
    asked.add_argument("--departed", type=int, default=0)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--beside", type=Path)
    asked.add_argument("--workspace", type=Path, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.workspace:
        print(json.dumps(_once(options.workspace, options.passages, options.departed)))
        return
    from generated_show import write_show  # noqa: PLC0415 - not for a timed process

    sources = {"this": HERE.parents[1] / "src"} | ({"beside": options.beside} if options.beside else {})
    with tempfile.TemporaryDirectory() as name:
        write_show(Path(name), options.posts)
        found: dict[str, list[dict[str, float]]] = {source: [] for source in sources}
        for counted in range(options.rounds + 1):
            for source, path in sources.items():
                run = _run(Path(name), path, options.passages, options.departed)
                if counted:
                    found[source].append(run)
    for source, runs in found.items():
        speeds = [run["bytes"] / run["cpu_seconds"] / 1e6 for run in runs]
        print(
            f"{source:8} {runs[0]['files']:.0f} files, {runs[0]['bytes'] / 1e6:.1f} MB: "
            f"{statistics.median(speeds):.1f} MB a second of CPU ({min(speeds):.1f} to {max(speeds):.1f})"
        )


def _run(workspace: Path, source: Path, passages: int, departed: int) -> dict[str, float]:
    argv = [sys.executable, str(HERE), "--workspace", str(workspace)]
    argv += ["--passages", str(passages), "--departed", str(departed)]
    environment = {**os.environ, "PYTHONPATH": f"{source.resolve()}{os.pathsep}{HERE.parent}"}
    said = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(said)
    return found


def _once(workspace: Path, passages: int, departed: int) -> dict[str, float]:
    """Render the site, then let the gate read all of it: loading, search and canaries included."""
    from cop_publish.core.model import Releases  # noqa: PLC0415 - of the source that is timed
    from cop_publish.gating import guard_of  # noqa: PLC0415 - the same
    from cop_publish.intake.settings_file import read_settings  # noqa: PLC0415 - the same
    from cop_publish.ready import find_ready  # noqa: PLC0415 - the same
    from cop_publish.scope import Scope  # noqa: PLC0415 - the same
    from cop_publish.site import render_site  # noqa: PLC0415 - the same

    settings = read_settings(workspace)
    ready = find_ready(settings, Scope(None), frozenset(), lambda _people: None, now=NOW)
    site = render_site(
        Releases((), ready.posts, ready.meetings, ready.pages, ready.held_back, ready.now), settings
    )
    guard = guard_of(ready)
    if passages or departed:
        guard = replace(guard, passages=_ledger(workspace, passages, departed))
    begun = time.process_time()
    from cop_publish.gate.approve import approve  # noqa: PLC0415 - its loading is timed
    from cop_publish.gate.memory import Memory  # noqa: PLC0415 - the same

    approve(site, guard, Memory())
    seconds = time.process_time() - begun
    size = sum(file.size_bytes for file in site.files if isinstance(file.content, bytes))
    return {"files": len(site.files), "bytes": size, "cpu_seconds": seconds}


def _ledger(workspace: Path, at_hand: int, departed: int) -> Passages:
    from cop_publish.gate import passages  # noqa: PLC0415 - of the source that is timed

    chance = random.Random(1)  # noqa: S311 - words for a benchmark
    post = min((workspace / "posts").iterdir()).read_text("utf-8")
    words = sorted(set(re.findall("[a-z]{2,}", post)))
    texts = [" ".join(chance.choices(words, k=chance.randint(5, 25))) for _ in range(at_hand + departed)]
    ledger = passages.Passages(_KEY, tuple(passages.passage_of(text, _KEY) for text in texts))
    if not hasattr(passages, "said_in"):  # an older source, which knows one way only
        return ledger
    from cop_publish.core.pairs import NOTHING, TAGS, tags_of  # noqa: PLC0415 - of the source that is timed

    said = {mark: said for text in texts[:at_hand] for mark, said in passages.said_in(text, _KEY).items()}
    chaff = chance.sample(range(TAGS), TAGS // 4)
    tags = [tag for text in texts for tag in tags_of(_KEY, text.split())]
    return replace(ledger, pairs=NOTHING.with_tags([*chaff, *tags]), said=said)


_KEY = b"benchmark"


if __name__ == "__main__":
    main()
