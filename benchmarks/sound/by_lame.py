"""The floor: LAME alone, equal parts of the recording side by side on all cores.

No level is set and nobody looks at the result.

    python by_lame.py FFMPEG SOURCE TARGET CHANNELS KBPS SECONDS
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """One encoder a core; the parts are put behind each other, which is a cheap joint and not a good one."""
    engine, source, target, channels, kbps, seconds = sys.argv[1:]
    workers = os.cpu_count() or 1
    part_seconds = float(seconds) / workers
    parts = [Path(f"{target}.{number}") for number in range(workers)]
    coding = ["-ac", channels, "-c:a", "libmp3lame", "-b:a", f"{kbps}k", "-write_xing", "0"]
    running = []
    for number, part in enumerate(parts):
        which = ["-ss", f"{number * part_seconds}", "-t", f"{part_seconds}", "-i", source]
        bare = ["-id3v2_version", "0", "-f", "mp3", "-y", str(part)]
        running.append(subprocess.Popen([engine, "-nostdin", "-v", "error", *which, *coding, *bare]))
    if sum(abs(child.wait()) for child in running):
        raise SystemExit("An encoder failed.")
    with Path(target).open("wb") as whole:
        for part in parts:
            whole.write(part.read_bytes())
            part.unlink()


if __name__ == "__main__":
    main()
