"""Whoever hears or reads an episode learns whose words somebody else reads: in what is published."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

from workspaces import published_sample, say

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

EPISODE = "012-citizens-jury"
TOLD = "The words of a policy adviser in central government are read by somebody else."


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path.name} does not hold it exactly once"
    path.write_text(text.replace(old, new), encoding="utf-8")


def published(show: Path) -> dict[str, str]:
    """What is public of the episode, and the feed; the lines of subtitles joined."""
    public = show / "published/public"
    files = {
        name: (public / name).read_text("utf-8")
        for name in (
            f"episodes/{EPISODE}.html",
            "feed.xml",
            *(f"episodes/{EPISODE}/transcript.{kind}" for kind in ("vtt", "srt", "json", "html")),
        )
    }
    srt = next(name for name in files if name.endswith("srt"))
    files[srt] = re.sub(r"\n\n\d+\n.*?-->.*?\n|\n", " ", files[srt])
    return {name: " ".join(unescape(text).split()) for name, text in files.items()}


def test_page_feed_and_every_transcript_say_whose_words_somebody_else_reads(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    show = published_sample(tmp_path_factory, tmp_path / "show")
    assert not any("read by somebody else" in text for text in published(show).values())
    edit(show / f"registry/consents/{EPISODE}/p-k2m9.yaml", "voice: yes", "voice: revoiced")
    people = "people: [p-host, p-7f3k, p-k2m9]\n"
    edit(show / f"episodes/{EPISODE}/episode.md", people, f"{people}revoiced: [p-k2m9]\n")
    said = say(show, "publish")
    assert said.code == 0, said.err
    files = published(show)
    assert [name for name, text in files.items() if TOLD not in text] == []
    page = files[f"episodes/{EPISODE}.html"]
    assert 'government</span> <span class="part">read by somebody else</span>' in page
    assert page.count("read by somebody else</span>") == 1
    cues = json.loads((show / f"published/public/episodes/{EPISODE}/transcript.json").read_text("utf-8"))
    told = [cue["speaker"] for cue in cues["segments"] if cue["body"].startswith(f"[{TOLD}] ")]
    assert told == ["a policy adviser in central government"]
