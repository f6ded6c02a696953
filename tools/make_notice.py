"""Make the sound that stands in the feed for an episode that was withdrawn: ``python tools/make_notice.py``.

Run by hand, and seldom: what it makes is committed.  Three seconds, two soft tones and nothing of anybody's;
its tags say what it is.  Equal builds of ffmpeg give equal bytes.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg  # type: ignore[import-untyped]  # it has no types
import mutagen.id3

OUT = Path(__file__).resolve().parent.parent / "src/cop_publish/render/episode-withdrawn.mp3"
TONES = "0.12*sin(2*PI*392*t)*between(t,0.3,1.3)+0.12*sin(2*PI*294*t)*between(t,1.4,2.6)"
SOFT = "afade=t=in:st=0.3:d=0.2,afade=t=out:st=2.2:d=0.5"
TITLE = "Episode withdrawn"
ABOUT = "A notice of cop-publish: two tones made by a program, in place of an episode that was withdrawn."

id3: Any = mutagen.id3  # its frames are made by specifications at run time, and have no types


def main() -> None:
    """Write the file, and say how large it is."""
    source = ("-f", "lavfi", "-i", f"aevalsrc='{TONES}':s=48000:d=3")
    bare = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact", "-id3v2_version", "0")
    sound = ("-af", SOFT, "-ac", "1", "-c:a", "libmp3lame", "-b:a", "96k")
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", *source, *sound, *bare, str(OUT)]
    subprocess.run(argv, check=True)
    tag = id3.ID3()
    tag.add(id3.TIT2(encoding=1, text=TITLE))
    tag.add(id3.COMM(encoding=1, lang="eng", desc="", text=ABOUT))
    tag.update_to_v23()
    tag.save(OUT, v1=0, v2_version=3, padding=lambda _: 0)
    print(f"{OUT.name}: {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
