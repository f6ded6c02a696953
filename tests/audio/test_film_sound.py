"""The sound of films and calls stays where its clock has it: transcript and edit list count from there."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sounds import ENGINE, decode, talk, write_wav
from workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path


def film(path: Path, *, late_seconds: float, picture_seconds: float) -> Path:
    """Four seconds of talk that begin so late in a film."""
    wav = write_wav(path.with_suffix(".wav"), talk(4))
    picture = ["-f", "lavfi", "-i", f"testsrc=d={picture_seconds}:s=64x64:r=5"]
    sound = ["-itsoffset", f"{late_seconds}", "-i", str(wav), "-map", "0:v", "-map", "1:a"]
    subprocess.run([ENGINE, "-v", "error", *picture, *sound, str(path)], check=True, timeout=60)
    return path


@pytest.mark.parametrize("name", ["recording.mp4", "recording.mkv"])
@pytest.mark.parametrize("late_seconds", [0.0, 2.0, 0.75])
def test_the_sound_of_a_film_keeps_its_place_on_the_clock(
    late_seconds: float, name: str, tmp_path: Path
) -> None:
    """Sound that begins 2 s after the picture may not move up: silence stands in its place."""
    workshop = Workshop(tmp_path, name)
    film(workshop.recording, late_seconds=late_seconds, picture_seconds=6)
    master = workshop.produce()
    assert master.file is not None
    assert master.duration_seconds == pytest.approx(late_seconds + 4.0, abs=0.05)
    heard = np.abs(decode(master.file)[:, 0])
    begins = int(np.argmax(heard > 0.02)) / 48_000
    said = int(np.argmax(np.abs(talk(4)) > 0.02)) / 48_000
    assert begins == pytest.approx(late_seconds + said, abs=0.06)  # an encoder's own delay among it
