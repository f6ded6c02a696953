"""``master.json`` beside an episode: the published master is canonical, and this is how a colleague knows it.

It holds digests, numbers and chapter times; no title and no name.  `recording` and `voices` let a colleague
without the recording see that what it was published under is no longer what was agreed, and `timeline` tells
when what is in the transcript is heard.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from cop_publish.audio.faults import BAD_RECEIPT, OTHER_RECEIPT
from cop_publish.audio.shelf import replace_text
from cop_publish.core.model import Loudness, Master
from cop_publish.core.timeline import SAMPLE_RATE_HZ, timeline_from, whole
from cop_publish.errors import AudioFailed

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.model import Chapter
    from cop_publish.core.timeline import Timeline

NAME = "master.json"
VERSION = 2


@dataclass(frozen=True, slots=True)
class MasterReceipt:
    """A published master, without its bytes."""

    recipe: str
    sha256: str
    size_bytes: int
    duration_seconds: float
    loudness: Loudness
    chapter_starts_seconds: tuple[float, ...]
    recording: str
    voices: str
    timeline: Timeline


def write_receipt(folder: Path, master: Master, chapters: tuple[Chapter, ...]) -> Path:
    """Say in the episode's folder that this master is now public.  Call it only after publishing.

    Atomic, and the file stays untouched when it already says so.  Raises OSError.
    """
    receipt = {
        "version": VERSION,
        "recipe": master.recipe,
        "sha256": master.sha256,
        "bytes": master.size_bytes,
        "duration_seconds": master.duration_seconds,
        "loudness": {key: round(value, 2) for key, value in asdict(master.loudness).items()},
        "chapters": [chapter.start_seconds for chapter in chapters],
        "recording": master.recording,
        "voices": master.voices,
        "timeline": (master.timeline or whole(round(master.duration_seconds * SAMPLE_RATE_HZ))).to_value(),
    }
    path = folder / NAME
    text = _json(receipt)
    if not path.is_file() or path.read_text("utf-8") != text:
        replace_text(path, text)
        path.chmod(0o644)  # a file of the workspace like any other
    return path


def _json(receipt: dict[str, object]) -> str:
    """Indented, with each row of numbers on one line, so that a difference between two can be read."""
    text = json.dumps(receipt, indent=2)
    return re.sub(r"\[\s+([^\[\]]*?)\s+\]", lambda row: f"[{' '.join(row[1].split())}]", text) + "\n"


def read_receipt(folder: Path) -> MasterReceipt | None:
    """The receipt of an episode that was published; None for one that was not.  Raises AudioFailed."""
    path = folder / NAME
    try:
        return _parse(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        what = OTHER_RECEIPT if isinstance(fault, _OtherVersion) else BAD_RECEIPT
        problem = what.at(f"{folder.parent.name}/{folder.name}/{NAME}")
        message = "The receipt of a published master cannot be used."
        raise AudioFailed(message, [problem]) from fault


class _OtherVersion(ValueError):
    """It is a receipt, and not of ours."""


def _parse(value: dict[str, object]) -> MasterReceipt:
    if value["version"] != VERSION:
        message = "a receipt of another version"
        raise _OtherVersion(message)
    loudness, chapters, timeline = value["loudness"], value["chapters"], timeline_from(value["timeline"])
    if abs(timeline.samples - float(str(value["duration_seconds"])) * SAMPLE_RATE_HZ) > 1:
        message = "a timeline of another length"
        raise ValueError(message)
    if not isinstance(loudness, dict) or not isinstance(chapters, list):
        message = "loudness is a table and chapters are a list"
        raise TypeError(message)
    return MasterReceipt(
        recipe=_digest(value["recipe"]),
        sha256=_digest(value["sha256"]),
        size_bytes=int(str(value["bytes"])),
        duration_seconds=float(str(value["duration_seconds"])),
        loudness=Loudness(**{key: float(number) for key, number in loudness.items()}),
        chapter_starts_seconds=tuple(float(start) for start in chapters),
        recording=_digest(value["recording"]),
        voices=_digest(value["voices"]),
        timeline=timeline,
    )


def _digest(value: object) -> str:
    """Only a SHA-256: it becomes a file's name and a key in the store."""
    text = str(value)
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):  # noqa: PLR2004 - hex digits of SHA-256
        message = "not a SHA-256"
        raise ValueError(message)
    return text
