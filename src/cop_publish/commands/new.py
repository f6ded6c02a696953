"""`cop-publish new`: skeletons, each with the next step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cop_publish.commands.consent import new_consent
from cop_publish.commands.options import HERE, instant
from cop_publish.commands.people import new_person

if TYPE_CHECKING:
    from datetime import datetime

    from cop_publish.console import Console
    from cop_publish.settings import Show


@click.group()
def new() -> None:
    """Write the skeleton of a show, an episode, a post, a meeting, a person or a consent."""


@new.command("show")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--registry",
    type=click.Path(path_type=Path),
    help="The private registry; else beside it.",
)
@click.pass_obj
def new_show(console: Console, /, folder: Path, registry: Path | None) -> None:
    """Make a folder for a new show, which builds at once, and its private registry beside it."""
    from uuid import uuid4  # noqa: PLC0415 - only here

    from cop_publish.intake import skeleton  # noqa: PLC0415 - the same

    folder = folder.absolute()
    beside = registry.absolute() if registry else folder.with_name(f"{folder.name}-registry")
    _written(console, skeleton.new_show(folder, beside, uuid4()))


@new.command("episode")
@click.argument("words", nargs=-1, required=True)
@HERE
@click.pass_obj
def new_episode(console: Console, /, words: tuple[str, ...], root: Path) -> None:
    """Write an episode's folder, with its guid already in it. WORDS name it."""
    from uuid import uuid4  # noqa: PLC0415 - only here

    from cop_publish.intake import skeleton  # noqa: PLC0415 - the same

    show = _workspace(root, words, console)
    day, hosts = instant(None).date(), show.hosts
    _written(console, skeleton.new_episode(root, " ".join(words), uuid4(), day, hosts))


@new.command("post")
@click.argument("words", nargs=-1, required=True)
@HERE
@click.pass_obj
def new_post(console: Console, /, words: tuple[str, ...], root: Path) -> None:
    """Write a post's file. WORDS are its title."""
    from cop_publish.intake import skeleton  # noqa: PLC0415 - only here

    _workspace(root, words, console)
    _written(console, skeleton.new_post(root, " ".join(words), instant(None).date()))


@new.command("meeting")
@click.argument("day", metavar="DAY", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("words", nargs=-1, required=True)
@HERE
@click.pass_obj
def new_meeting(console: Console, /, day: datetime, words: tuple[str, ...], root: Path) -> None:
    """Write a meeting's file. DAY is like 2026-12-09, WORDS are its title."""
    from cop_publish.intake import skeleton  # noqa: PLC0415 - only here

    _workspace(root, words, console)
    _written(console, skeleton.new_meeting(root, " ".join(words), day.date()))


new.add_command(new_person)
new.add_command(new_consent)


def _workspace(root: Path, words: tuple[str, ...], console: Console) -> Show:
    """Read the settings, and refuse words that hold a name of somebody: they become a public address."""
    from cop_publish.intake.settings_file import read_settings  # noqa: PLC0415 - not for --help
    from cop_publish.naming import refuse_names  # noqa: PLC0415 - the same

    settings = read_settings(root)
    refuse_names(" ".join(words), settings, console.protect, now=instant(None))
    return settings.show


def _written(console: Console, written: Any) -> None:  # noqa: ANN401 - skeleton.Written, imported late
    for path in written.paths:
        console.say(f"wrote {click.format_filename(path)}")
    console.say(f"Next: {written.next_step}")
