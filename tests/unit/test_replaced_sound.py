"""A sound from which something was taken does not stay for apps with an old feed; a new mastering may."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from samples import EPISODE, MASTER

from cop_publish.audio.receipt import write_receipt
from cop_publish.core.model import EpisodeRelease
from cop_publish.core.routes import is_sound_of
from cop_publish.core.timeline import Cut, Instead, timeline_of
from cop_publish.episode import told_too_much

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.timeline import Timeline

SAMPLES = 80 * 48_000
BEFORE = replace(MASTER, recording="c" * 64, voices="d" * 64, duration_seconds=80.0)


def publish(folder: Path) -> None:
    home = folder / "episodes" / EPISODE.id
    home.mkdir(parents=True)
    write_receipt(home, BEFORE, EPISODE.chapters)


def heard(*cuts: Cut, pauses: tuple[Cut, ...] = ()) -> Timeline:
    return timeline_of(SAMPLES, cuts, pauses)


@pytest.mark.parametrize(
    ("changed", "goes"),
    [
        ({}, False),
        ({"timeline": heard()}, False),
        ({"timeline": heard(pauses=(Cut(3.0, 4.0),))}, False),
        ({"timeline": heard(Cut(10.0, 12.0))}, True),
        ({"timeline": heard(Cut(10.0, 12.0, Instead.TONE))}, True),
        ({"voices": "e" * 64}, True),  # whom it is about, or what its tags say
        ({"recording": "f" * 64}, True),  # edited elsewhere, perhaps
    ],
)
def test_what_was_taken_out_goes_at_once(changed: dict[str, Any], goes: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a column of the table
    publish(tmp_path)
    release = EpisodeRelease(EPISODE, replace(BEFORE, sha256="9" * 64, recipe="8" * 64, **changed))
    assert told_too_much([release], tmp_path) == ({EPISODE.id} if goes else frozenset())


def test_where_nobody_can_tell_it_goes(tmp_path: Path) -> None:
    assert told_too_much([EpisodeRelease(EPISODE, BEFORE)], tmp_path) == {EPISODE.id}


@pytest.mark.parametrize(
    ("key", "is_its"),
    [
        ("media/012-citizens-jury.abababab.mp3", True),
        ("media/012-citizens-jury.2.abababab.mp3", False),
        ("media/12-citizens-jury.abababab.mp3", False),
        ("media/012-citizens-jury.abababab.jpg", False),
        ("episodes/012-citizens-jury.abababab.mp3", False),
    ],
)
def test_the_sounds_of_an_episode_are_known_by_their_names(key: str, is_its: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_sound_of("012-citizens-jury", key) == is_its
