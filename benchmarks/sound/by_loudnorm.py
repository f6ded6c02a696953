"""ffmpeg's loudnorm in two passes, as its documentation tells people to do it by hand.

python by_loudnorm.py FFMPEG SOURCE TARGET
"""

from __future__ import annotations

import json
import subprocess
import sys

ASKED = "loudnorm=I=-16:TP=-1:LRA=11"


def main() -> None:
    """Measure, then encode with what was measured."""
    engine, source, target = sys.argv[1:]
    first = [engine, "-nostdin", "-hide_banner", "-i", source]
    measuring = [*first, "-af", f"{ASKED}:print_format=json", "-f", "null", "-"]
    said = subprocess.run(measuring, capture_output=True, text=True, check=True).stderr
    known = measured_in(said)
    second = f"{ASKED}:linear=true:{known}"
    encoding = [*first, "-af", second, "-ar", "48000", "-c:a", "libmp3lame", "-b:a", "128k", "-y", target]
    subprocess.run(encoding, check=True)


def measured_in(said: str) -> str:
    """The options for the second pass, from the JSON at the end of what the first one said."""
    found = json.loads(said[said.rindex("{") : said.rindex("}") + 1])
    names = {"measured_I": "i", "measured_TP": "tp", "measured_LRA": "lra", "measured_thresh": "thresh"}
    options = [f"{option}={found[f'input_{name}']}" for option, name in names.items()]
    return ":".join([*options, f"offset={found['target_offset']}"])


if __name__ == "__main__":
    main()
