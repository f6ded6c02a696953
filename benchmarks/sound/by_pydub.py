"""What many podcasters have: level by pydub's own measure of loudness (dBFS), and let it encode.

python by_pydub.py FFMPEG SOURCE TARGET
"""

from __future__ import annotations

import sys

from pydub import AudioSegment  # type: ignore[import-untyped]  # it has no types

TARGET_DBFS = -16.0


def main() -> None:
    """The whole recording in memory: pydub knows no other way."""
    engine, source, target = sys.argv[1:]
    AudioSegment.converter = engine
    sound = AudioSegment.from_wav(source)
    sound.apply_gain(TARGET_DBFS - sound.dBFS).export(target, format="mp3", bitrate="128k")


if __name__ == "__main__":
    main()
