"""What an edit list does to a transcript is said, and a fault of a transcript names the file it is in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from samples import EPISODE, NOW, SHOW, SITE

from cop_publish.core.checks import advise_edits
from cop_publish.core.feed_text import transcript_place
from cop_publish.ready import find_ready
from cop_publish.scope import EVERYTHING
from cop_publish.settings import Settings, Sound, StorageSettings

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "episodes/014-new"
FILES = {
    "registry/registry.yaml": "version: 1\nfictional: yes\n",
    "registry/people/p-r8w3.yaml": "name: {given: Rowan, family: Madeup}\n",
    "registry/consents/014-new/p-r8w3.yaml": (
        "level: named\ndisplay: Rowan Madeup\nallow: {words: yes, voice: yes}\ngiven: {on: 2026-01-01}\n"
    ),
    f"{FOLDER}/episode.md": (
        "---\nguid: 01a2c0de-0000-7000-8000-000000000014\ntitle: A new episode\nsummary: Something new.\n"
        "date: 2026-11-21 07:00\npeople: [p-r8w3]\n---\nNotes.\n"
    ),
    f"{FOLDER}/recording.wav": "looked at when it is mastered",
}
TRANSCRIPTS = {
    "transcript.vtt": "WEBVTT\n\n00:00.000 --> 00:02.000\n<v p-r8w3>Hello.\n\n"
    "00:04.000 --> 00:06.000\n<v p-r8w3>There.\n\n00:08.000 --> 00:09.000\n<v p-r8w3>Bye.\n",
    "transcript.srt": "1\n00:00:00,000 --> 00:00:02,000\np-r8w3: Hello.\n\n"
    "2\n00:00:04,000 --> 00:00:06,000\np-r8w3: There.\n\n3\n00:00:08,000 --> 00:00:09,000\np-r8w3: Bye.\n",
    "transcript.json": '{"version": "1.0.0", "segments": ['
    '{"speaker": "p-r8w3", "startTime": 0, "endTime": 2, "body": "Hello."},'
    '{"speaker": "p-r8w3", "startTime": 4, "endTime": 6, "body": "There."},'
    '{"speaker": "p-r8w3", "startTime": 8, "endTime": 9, "body": "Bye."}]}',
}


@pytest.mark.parametrize("name", TRANSCRIPTS)
@pytest.mark.parametrize(
    ("edit", "advice"),
    [
        ("", ()),
        (
            "cut: [{from: 0:03, to: 0:07}]\n",
            ("014-new: 1 cue of the transcript is left out, as edit.yaml takes it out.",),
        ),
        (
            "cut: [{from: 0:03, to: 0:10}]\n",
            ("014-new: 2 cues of the transcript are left out, as edit.yaml takes them out.",),
        ),
    ],
    ids=["none", "one", "two"],
)
def test_a_producer_is_told_how_many_cues_an_edit_list_takes_out(
    name: str, edit: str, advice: tuple[str, ...], tmp_path: Path
) -> None:
    files = {
        **FILES,
        f"{FOLDER}/{name}": TRANSCRIPTS[name],
        **({f"{FOLDER}/edit.yaml": edit} if edit else {}),
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    show = replace(SHOW, hosts=())
    settings = Settings(tmp_path, show, SITE, Sound(), StorageSettings(), tmp_path / "registry")
    ready = find_ready(settings, EVERYTHING, frozenset(), lambda _people: None, now=NOW)
    (episode,) = ready.episodes
    assert ready.advice == advice
    assert episode.transcript == name
    assert transcript_place(episode).path == f"{FOLDER}/{name}"


def test_nothing_is_said_where_every_cue_is_published() -> None:
    assert advise_edits([EPISODE]) == ()
    assert len(advise_edits([EPISODE, replace(EPISODE, dropped_cues=7)])) == 1
