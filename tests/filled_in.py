"""A new show whose producer has replaced what `cop-publish new show` wrote as an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OWN = (
    ("cop-publish.toml", "One or two sentences about the show; apps show them.", "Talks about juries."),
    ("cop-publish.toml", "A plain cover in two colours", "A blue band above a yellow one"),
    ("cop-publish.toml", "podcast@show.example", "podcast@show.internal"),
    ("cop-publish.toml", "https://show.example/", "https://show.internal/"),
    ("about.md", "Say who makes the show, and on what basis people take part:", "On what basis we meet:"),
)


def fill_in(show: Path) -> None:
    """Write words and addresses of its own into a new show."""
    for name, example, own in _OWN:
        path = show / name
        text = path.read_text("utf-8")
        assert example in text, f"{name} has no {example}"
        path.write_text(text.replace(example, own), "utf-8")
