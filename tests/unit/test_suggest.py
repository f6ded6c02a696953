"""What is suggested for a file that is not there is a file of that folder with a name like it."""

from __future__ import annotations

import pytest

from cop_publish.core.suggest import beside

FILES = (
    "episodes/a/episode.md",
    "episodes/a/recording.opus",
    "episodes/a/cover.png",
    "episodes/b/covers.png",
)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("episodes/a/covr.png", "cover.png"),
        ("episodes/a/recoding.opus", "recording.opus"),
        ("episodes/a/map.jpg", None),  # the recording has the same folder, and nothing else
        ("posts/cover.png", None),
    ],
)
def test_the_nearest_name_beside_it(path: str, name: str | None) -> None:
    assert beside(path, FILES) == name
